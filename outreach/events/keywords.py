"""Words on posters that a guest texts to register, and those that no poster may say; pure."""

import re

_FORM = re.compile(r"(?=.*[A-Z])[A-Z0-9]{3,12}")

#: What means something else by itself, in the languages written with these letters: to stop, to start
#: and to get help, yes and no, a list of events, news, to be forgotten, what is held, and the names of
#: languages, which choose one. A poster that said STOP would sign its readers off. Messaging hears these
#: words, of which this feature knows nothing; a test compares the two lists.
TAKEN = frozenset(
    """
    STOP STOPALL UNSUBSCRIBE END QUIT REVOKE OPTOUT CANCEL START UNSTOP SUBSCRIBE OPTIN HELP INFO
    YES YEAH YEP OKAY NOPE
    EVENT EVENTS EVENTO EVENTOS EVENEMENT EVENEMENTS MATUKIO TUKIO HAFLA MUNAASABADO DHACDOOYIN DHACDOOYINKA
    SUKIEN IBIRORI IBIKORWA
    NEWS NOTICIAS NOVEDADES HABARI WARAR WARARKA TINTUC NOUVELLES ACTUALITES AMAKURU
    DELETE DELETEME BORRAR ELIMINAR FUTA TIRTIR XOA SUPPRIMER EFFACER SIBA
    WHAT QUE NINI MAXAY QUOI IKI
    ALTO PARAR PARE DETENER BASTA BAJA CANCELAR CANCELE NOMAS INICIAR EMPEZAR ALTA REANUDAR AYUDA
    INFORMACION CLARO
    ACHA ACHENI SIMAMISHA SITISHA KOMA GHAIRI ANZA ENDELEA MSAADA NISAIDIE USINITUMIE MSINITUMIE NDIYO
    NDIO HAPANA
    JOOJI JOOJIYA JOOGSO BILOW BILAW CAAWI CAAWIN CAAWIMAAD CAAWIMO HAA MAYA
    DUNG DUNGLAI NGUNG HUY GIUP TROGIUP VANG KHONG
    ARRET ARRETER ARRETEZ ANNULER DESABONNER COMMENCER REPRENDRE AIDE AIDEZMOI OUI NON
    ENGLISH ESPANOL SPANISH ARABIC SOMALI SOOMAALI SWAHILI KISWAHILI BURMESE VIETNAMESE FRENCH FRANCAIS
    TIENGVIET NEPALI DARI PASHTO KINYARWANDA IKINYARWANDA CHINESE
    HAGARIKA GUHAGARIKA REKERAHO REKERAAHO TANGIRA MFASHA MUMFASHE UBUFASHA YEGO OYA
    """.split()  # noqa: SIM905 (a list of quoted words is harder to read)
)


def is_usable(keyword: str) -> bool:
    """Whether a poster may say this: 3 to 12 of A to Z and digits, a letter among them, not taken."""
    return bool(_FORM.fullmatch(keyword)) and keyword not in TAKEN
