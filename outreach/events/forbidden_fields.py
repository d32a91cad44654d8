"""Which columns a file may not have: what we never hold about a person, by its names in many languages; pure.

What is not held cannot be demanded: a file that brings it is refused before anything of it is read.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events.calendar_text import one_line
from outreach.i18n import N_

#: What a column about a person's status, origin, papers, birth or home is called: parts of words, looked
#: for without accents, spaces and signs.
_FORBIDDEN_STEMS = (
    # English, Spanish, French, Portuguese
    "immigra", "inmigra", "imigra", "migratori", "migrantstatus", "nationalit", "nacionalid", "citizen",
    "ciudadan", "citoyen", "cidadan", "passport", "pasaport", "passeport", "passaport", "birth",
    "dateborn", "bornon", "bornin", "nacimiento", "nascimento", "naissance", "fechanac", "undocumented",
    "indocumentad", "sanspapiers", "document", "asylum", "asilo", "asile", "refugeestatus", "legalstatus",
    "estatuslegal", "greencard", "residencepermit", "titredesejour", "socialsecurity", "segurosocial",
    "aliennumber", "countryoforigin", "origincountry", "paisdeorigen", "paysdorigine", "homecountry",
    "ethnic", "deport", "homeaddress", "placeoforigin",
    # Swahili, Somali, Kinyarwanda, Vietnamese
    "uraia", "uhamiaji", "pasipoti", "kuzaliwa", "jinsiyad", "muwaadin", "dhalash", "dhalatay", "baasaboor",
    "ubwenegihugu", "pasiporo", "amavuko", "quoctich", "nhapcu", "ngaysinh", "noisinh", "hochieu", "thithuc",
    # Arabic, Dari, Pashto
    "جنسي", "هجره", "هجرة", "مهاجر", "جواز", "تاشير", "تأشير", "ميلاد", "ولاده", "ولادة", "اقامه", "إقامة",
    "تابعيت", "تابعیت", "ملیت", "مليت", "پاسپورت", "ویزا", "ويزا", "ویزه", "ويزه", "تولد", "تذکره", "تذكره",
    "زیږ", "زېږ", "کډوال",
    # Burmese, Chinese, Russian, German
    "နိုင်ငံသား", "လူဝင်မှု", "ပတ်စပို့", "မွေး", "ဗီဇာ",
    "国籍", "國籍", "移民", "签证", "簽證", "护照", "護照", "出生", "公民", "证件", "證件", "生日",
    "гражданств", "рожден", "паспорт", "виза", "иммигр", "мигра",
    "staatsangeh", "staatsburger", "geburt", "aufenthalt",
)  # fmt: skip
#: Those that are too short to be looked for inside other words.
_FORBIDDEN_WORDS = frozenset(
    ("visa", "visas", "visado", "visto", "viza", "fiiso", "dob", "ssn", "itin", "tps", "daca", "papers",
     "papeles", "papiers", "race", "raza", "alien", "born", "domicilio", "i94", "a number")
)  # fmt: skip


def refuse_forbidden(names: Iterable[str]) -> None:
    """Raises InvalidInputsError naming every field that holds what we never hold, in whatever language."""
    found = [name for name in names if is_forbidden(name)]
    if found:
        raise InvalidInputsError(
            [
                InvalidInputError(
                    N_(
                        "“%(name)s” cannot be imported. We never keep a person's immigration status, "
                        "nationality, papers, birth or home. Remove it from the file."
                    ),
                    name=one_line(name)[:80],
                )
                for name in found
            ]
        )


def is_forbidden(name: str) -> bool:
    """Whether a field by this name is about a person's status, origin, papers, birth or home."""
    words = _words(re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name))
    if _FORBIDDEN_WORDS & {*words, " ".join(words)}:
        return True
    letters = "".join(words)
    return any(stem in letters for stem in _stems())


@cache
def _stems() -> tuple[str, ...]:
    return tuple("".join(_words(stem)) for stem in _FORBIDDEN_STEMS)


def _words(text: str) -> list[str]:
    """The words of a text in small letters without accents; Burmese vowels are no accents and stay."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    letters = (sign for sign in decomposed if not unicodedata.combining(sign) or ord(sign) > 0x0FFF)
    return [word for word in re.split(r"[\s!-/:-@\[-`{-~\u2000-\u206f]+", "".join(letters)) if word]
