"""Words in one plain form, so that what is typed finds what was written; pure."""

import re
import unicodedata

_APOSTROPHES = re.compile("['’‘ʼ`´＇]")
#: One letter each for those that Arabic, Persian and Pashto keyboards give different signs.
_ONE_LETTER = str.maketrans({"ی": "ي", "ى": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "\u0640": None})


def folded(text: str) -> str:
    """The words of a text in one plain form, one space between them, whatever keyboard they came from.

    Case, accents, vowel points, stretching, invisible signs and punctuation go. Vowel signs of
    Burmese and Nepali stay: without them "stop" would be the beginning of "that is fine".
    """
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    kept = "".join(_kept(sign) for sign in unicodedata.normalize("NFKD", text))
    words = kept.translate(_ONE_LETTER).split()
    if len(words) > 1 and all(len(word) == 1 and word.isalpha() for word in words):
        return "".join(words)  # s.t.o.p
    return " ".join(words)


def _kept(sign: str) -> str:
    category = unicodedata.category(sign)
    if category[0] == "M":
        # Combining classes up to 9 are vowel signs, nukta and virama; the accents lie above.
        is_spelling = unicodedata.combining(sign) <= 9 and category != "Me"
        return sign if is_spelling and not "\ufe00" <= sign <= "\ufe0f" else ""
    if category == "Cf":
        return ""
    return sign if category[0] in "LN" else " "
