"""Words on posters that a guest texts to register, and those that no poster may say; pure.

An event has one word for everybody, which every phone can write, and words for readers of one language,
in any script. Words count as equal when they are `folded_word` alike.
"""

import re
import unicodedata

from outreach.folding import folded

_FORM = re.compile(r"(?=.*[A-Z])[A-Z0-9]{3,12}")
MOST_SIGNS = 12
#: With the vowel signs of Burmese or Nepali, which are no letters of their own.
_LONGEST = 40
#: Chinese says in two signs what takes others three.
_IDEOGRAPH = re.compile("[\u3400-\u9fff]")

#: What means something else by itself, in the languages written with these letters: to stop, to start
#: and to get help, yes and no, a list of events, news, to be forgotten or called, what is held, and the
#: names of languages, which choose one. A poster that said STOP would sign its readers off. Messaging
#: hears these words, of which this feature knows nothing; a test compares the two lists.
TAKEN = frozenset(
    """
    STOP STOPALL UNSUBSCRIBE END QUIT REVOKE OPTOUT CANCEL START UNSTOP SUBSCRIBE OPTIN HELP INFO
    YES YEAH YEP OKAY NOPE
    EVENT EVENTS EVENTO EVENTOS EVENEMENT EVENEMENTS MATUKIO TUKIO HAFLA MUNAASABADO DHACDOOYIN DHACDOOYINKA
    SUKIEN IBIRORI IBIKORWA
    NEWS NOTICIAS NOVEDADES HABARI WARAR WARARKA TINTUC NOUVELLES ACTUALITES AMAKURU
    CALL CALLME LLAMAR LLAMENME LLAMEME NIPIGIE ISOOWAC WAC GOITOI GOICHOTOI NIPIGIESIMU
    APPELEZ APPELEZMOI HAMAGARA MPAMAGARA
    DELETE DELETEME BORRAR ELIMINAR FUTA TIRTIR XOA SUPPRIMER EFFACER SIBA
    WHAT QUE NINI MAXAY QUOI IKI
    ALTO PARAR PARE DETENER BASTA BAJA CANCELAR CANCELE NOMAS INICIAR EMPEZAR ALTA REANUDAR AYUDA
    INFORMACION CLARO
    ACHA ACHENI SIMAMISHA SITISHA KOMA GHAIRI ANZA ENDELEA MSAADA NISAIDIE USINITUMIE MSINITUMIE NDIYO
    NDIO HAPANA
    JOOJI JOOJIYA JOOGSO BILOW BILAW CAAWI CAAWIN CAAWIMAAD CAAWIMO HAA MAYA
    DUNG DUNGLAI NGUNG HUY GIUP TROGIUP VANG KHONG
    ARRET ARRETER ARRETEZ ANNULER DESABONNER COMMENCER REPRENDRE AIDE AIDEZMOI OUI DACCORD NON
    ENGLISH ESPANOL SPANISH ARABIC SOMALI SOOMAALI SWAHILI KISWAHILI BURMESE VIETNAMESE FRENCH FRANCAIS
    TIENGVIET NEPALI DARI PASHTO KINYARWANDA IKINYARWANDA CHINESE
    HAGARIKA GUHAGARIKA REKERAHO REKERAAHO TANGIRA MFASHA MUMFASHE UBUFASHA YEGO OYA
    """.split()  # noqa: SIM905 (a list of quoted words is harder to read)
)
#: The same in other scripts, folded.
_TAKEN_FOLDED = frozenset(
    """
    đung відписатися допомога допоможіть зупинити почати скасувати старт стоп ابدا
    اتصل اتصلوا احذف اخبار استاپ اشتراك اغاز الاخبار العربية الغاء الفعاليات اوقف
    ايست ايقاف ايوه بدء بله بلي بند تماس توقف توقفوا حذف خبرها خبرونه دري راهنما
    رويدادها زنګ ساعدوني ستاپ ستوب شروع غونډي فعاليات فعالية قف كمك لا لغو لغوه ماذا
    محافل مرسته مساعدة مساعده نخير نعم نه هو ودروه ودروي پيل پيښي پښتو ړنګول
    कार्यक्रम कार्यक्रमहरू नेपाली फोन बन्द मद्दत मेटाउनुहोस् रोक रोक्नुहोस् शुरु
    समाचार सहयोग सुरु हटाउनुहोस् हुँदैन हुन्छ हो होइन ကူညီပါ စတင် စတင်ပါ စပါ ပွဲ
    ပွဲတွေ ပွဲများ ဖုန်းခေါ်ပါ ဖျက် ဖျက်ပါ မဟုတ်ပါ မဟုတ်ဘူး မြန်မာ ရပ္ ရပ္ပါ ရပ်
    ရပ်တန့် ရပ်တန့်ပါ ရပ်ပါ သတင်း သတင်းများ ဟုတ် ဟုတ်ကဲ့ ဟုတ်တယ် အကူအညီ 不是 不要 什么 什麼
    停止 删除 刪除 取消 好的 帮助 幫助 开始 恢复 打电话 新闻 是的 活动 活動 消息 简体中文 请打电话
    退訂 退订 開始
    """.split()  # noqa: SIM905
) | {word.casefold() for word in TAKEN}


def is_usable(keyword: str) -> bool:
    """Whether a poster may say this: 3 to 12 of A to Z and digits, a letter among them, not taken."""
    return bool(_FORM.fullmatch(keyword)) and keyword not in TAKEN


def is_usable_in_a_language(word: str) -> bool:
    """Whether a poster in one language may say this: one word of that length in any script, not taken."""
    plain = folded_word(word)
    return (
        plain is not None
        and len(word.split()) == 1
        and any(unicodedata.category(sign)[0] == "L" for sign in plain)
        and plain not in _TAKEN_FOLDED
    )


def folded_word(text: str) -> str | None:
    """A text's first word in the form in which words are compared; None where it can be no keyword.

    Marks around it, accents and the keyboard do not matter, nor in which script its digits are.
    """
    words = text.split(maxsplit=1)
    plain = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in folded(words[0][:_LONGEST] if words else "")
    )
    fewest = 2 if _IDEOGRAPH.search(plain) else 3
    signs = sum(unicodedata.category(sign)[0] != "M" for sign in plain)
    return plain if " " not in plain and fewest <= signs <= MOST_SIGNS else None
