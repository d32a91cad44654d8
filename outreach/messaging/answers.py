"""What a short answer means: a digit to choose by, yes or no, how many people; knows no conversation.

Numbers are read in the digits of any script and in small number words. No native speaker has reviewed
the words; whatever is read from them is said back to the guest before it counts.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from outreach.folding import folded
from outreach.i18n import SOURCE_LOCALE

#: Number words from one on, per language; words for the same number stand side by side.
_NUMBERS: Mapping[str, str] = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty",
    "es": "uno/una/un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte",
    "ar": "واحد/واحدة اثنان/اثنين/اثنتين/شخصين/شخصان/طفلين/طفلان ثلاثة/ثلاث/تلاتة أربعة/أربع "
    "خمسة/خمس ستة/ست سبعة/سبع ثمانية/ثماني/ثمان تسعة/تسع عشرة/عشر",
    "sw": "moja/mmoja mbili/wawili tatu/watatu nne/wanne tano/watano sita saba nane/wanane tisa kumi",
    "so": "hal/kow laba/labo saddex afar shan lix toddoba/toddobo siddeed/sideed sagaal toban",
    "my": "တစ် နှစ် သုံး လေး ငါး ခြောက် ခုနစ်/ခုနှစ် ရှစ် ကိုး တစ်ဆယ်/ဆယ်",
    "vi": "một hai ba bốn năm sáu bảy tám chín mười",
    "fr": "un/une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt",
    # Dari "nine" is spelled like "no" and is left to its digit.
    "prs": "یک دو سه چهار پنج شش هفت هشت - ده",
    "ps": "یو دوه درې څلور پنځه شپږ اووه/اوه اته نهه لس",
    "rw": "umwe/rimwe babiri/kabiri batatu/gatatu bane/kane batanu/gatanu batandatu/gatandatu "
    "barindwi/karindwi umunani icyenda icumi",
}
_ALONE: Mapping[str, tuple[str, ...]] = {
    "en": ("me", "just me", "only me", "myself", "alone"),
    "es": ("yo", "solo yo", "yo solo", "yo sola", "solo", "sola"),
    "ar": ("أنا", "أنا فقط", "وحدي"),
    "fr": ("moi", "juste moi", "seulement moi", "seul", "seule"),
}
#: The guest counts, and companions follow: "me and 3 kids".
_SELF_AND: Mapping[str, tuple[str, ...]] = {
    "en": ("me and", "me plus", "i and", "myself and"),
    "es": ("yo y", "yo con", "yo más"),
    "ar": ("أنا و",),
    "fr": ("moi et", "moi avec"),
}
_OR: Mapping[str, tuple[str, ...]] = {
    "en": ("or",), "es": ("o", "u"), "ar": ("أو",), "sw": ("au",), "so": ("ama",), "vi": ("hoặc", "hay"),
    "fr": ("ou",), "prs": ("یا",), "ps": ("یا",), "rw": ("cyangwa",),
}  # fmt: skip
_YES: Mapping[str, tuple[str, ...]] = {
    "en": ("yes", "y", "yeah", "yep", "ok", "okay"),
    "es": ("sí", "claro", "de acuerdo"),
    "ar": ("نعم", "أيوه", "أي نعم"),
    "sw": ("ndiyo", "ndio"),
    "so": ("haa",),
    "my": ("ဟုတ်ကဲ့", "ဟုတ်တယ်", "ဟုတ်"),
    "vi": ("có", "vâng", "dạ", "đúng"),
    "fr": ("oui", "d'accord"),
    "ne": ("हो", "हुन्छ"),
    "prs": ("بلی", "بله"),
    "ps": ("هو",),
    "rw": ("yego",),
    "zh-hans": ("是", "是的", "好", "好的", "对"),
}
_NO: Mapping[str, tuple[str, ...]] = {
    "en": ("no", "n", "nope"),
    "es": ("no",),
    "ar": ("لا",),
    "sw": ("hapana",),
    "so": ("maya",),
    "my": ("မဟုတ်ဘူး", "မဟုတ်ပါ"),
    "vi": ("không",),
    "fr": ("non",),
    "ne": ("होइन", "हुँदैन"),
    "prs": ("نه", "نخیر"),
    "ps": ("نه",),
    "rw": ("oya",),
    "zh-hans": ("不", "不是", "否", "不要"),
}

#: Words by which people ask what is happening this week; no native speaker has reviewed any of them.
EVENTS: Mapping[str, tuple[str, ...]] = {
    "en": ("events", "event"),
    "es": ("eventos", "evento"),
    "ar": ("الفعاليات", "فعاليات", "فعالية"),
    "sw": ("matukio", "tukio", "hafla"),
    "so": ("munaasabado", "dhacdooyin", "dhacdooyinka"),
    "my": ("ပွဲများ", "ပွဲ", "ပွဲတွေ"),
    "vi": ("sự kiện", "sukien"),
    "fr": ("événements", "événement"),
    "ne": ("कार्यक्रमहरू", "कार्यक्रम"),
    "prs": ("محافل", "برنامه ها", "رویدادها"),
    "ps": ("غونډې", "پېښې"),
    "rw": ("ibirori", "ibikorwa"),
    "zh-hans": ("活动", "活動"),
}

#: Words by which people ask for news of events; no native speaker has reviewed any of them.
NEWS: Mapping[str, tuple[str, ...]] = {
    "en": ("news",),
    "es": ("noticias", "novedades"),
    "ar": ("أخبار", "الأخبار"),
    "sw": ("habari",),
    "so": ("warar", "wararka"),
    "my": ("သတင်း", "သတင်းများ"),
    "vi": ("tin tức", "tintuc"),
    "fr": ("nouvelles", "actualités"),
    "ne": ("समाचार",),
    "prs": ("اخبار", "خبرها"),
    "ps": ("خبرونه",),
    "rw": ("amakuru",),
    "zh-hans": ("消息", "新闻"),
}

#: Words by which people ask to be forgotten; no native speaker has reviewed any of them. They are asked once
#: more before anything is deleted.
DELETE: Mapping[str, tuple[str, ...]] = {
    "en": ("delete", "delete me"),
    "es": ("borrar", "eliminar"),
    "ar": ("حذف", "احذف"),
    "sw": ("futa",),
    "so": ("tirtir",),
    "my": ("ဖျက်", "ဖျက်ပါ"),
    "vi": ("xóa", "xoá"),
    "fr": ("supprimer", "effacer"),
    "ne": ("मेटाउनुहोस्", "हटाउनुहोस्"),
    "prs": ("حذف", "پاک کردن"),
    "ps": ("ړنګول",),
    "rw": ("siba",),
    "zh-hans": ("删除", "刪除"),
}

#: Words by which people ask what is held of their number; no native speaker has reviewed any of them.
WHAT: Mapping[str, tuple[str, ...]] = {
    "en": ("what",),
    "es": ("qué", "que"),
    "ar": ("ماذا",),
    "sw": ("nini",),
    "so": ("maxay",),
    "my": ("ဘာလဲ",),
    "vi": ("gì",),
    "fr": ("quoi",),
    "ne": ("के",),
    "prs": ("چه",),
    "ps": ("څه",),
    "rw": ("iki",),
    "zh-hans": ("什么", "什麼"),
}

#: Words by which people ask to be called; no native speaker has reviewed any of them.
CALLS: Mapping[str, tuple[str, ...]] = {
    "en": ("call", "call me"),
    "es": ("llamar", "llámenme", "llámeme"),
    "ar": ("اتصل", "اتصل بي", "اتصلوا", "اتصلوا بي"),
    "sw": ("nipigie", "nipigie simu"),
    "so": ("i soo wac", "wac"),
    "my": ("ဖုန်းခေါ်ပါ",),
    "vi": ("gọi tôi", "gọi cho tôi"),
    "fr": ("appelez", "appelez-moi"),
    "ne": ("फोन", "फोन गर्नुहोस्"),
    "prs": ("تماس", "زنگ بزنید"),
    "ps": ("زنګ", "زنګ ووهئ"),
    "rw": ("hamagara", "mpamagara"),
    "zh-hans": ("打电话", "请打电话"),
}

#: Two numbers with one of these between them may be a range, a date, a decimal; a minus is no party.
_UNCLEAR = re.compile(r"\d\s*[-‐‑–—/⁄.,:;~٫،]\s*\d|(?:^|\s)[-−]\s*\d")
_DIGITS = re.compile(r"\d+")
#: Nobody means a number of more digits by it; it is only known to be too large.
_MOST_DIGITS = 6
#: Chinese numerals count before a measure word or alone, Burmese ones as well.
_CHINESE = re.compile("([一二两兩三四五六七八九十]{1,3})(?=[个個位人口名大小]|$)")
_CHINESE_ONES = {sign: value for value, sign in enumerate("一二三四五六七八九", 1)} | {"两": 2, "兩": 2}


def choice(text: str) -> int | None:
    """The number that a message consists of, nothing but marks around it; digits of any script."""
    digits = folded(text)
    return int(digits) if digits.isdecimal() and len(digits) <= _MOST_DIGITS else None


def chosen_digits(text: str) -> tuple[int, ...] | None:
    """The digits that a message consists of ("1 3", "1,3", "13"), each once; None for any other."""
    digits = folded(text).replace(" ", "")
    if not digits.isdecimal() or len(digits) > _MOST_DIGITS:
        return None
    return tuple(dict.fromkeys(int(digit) for digit in digits))


def locale_of_events_word(text: str, offered: Sequence[str], known: str = "") -> str | None:
    """The language on offer in which to answer a message that is the word for a list of events.

    That of the word, whatever language is known of the guest; but the known one where languages share the
    word, and for the English one, which is understood everywhere: it is what posters say. None for no such
    word.
    """
    return _locale_of(EVENTS, text, offered, known)


def locale_of_news_word(text: str, offered: Sequence[str], known: str = "") -> str | None:
    """The same for the word that asks for news."""
    return _locale_of(NEWS, text, offered, known)


def locale_of_delete_word(text: str, offered: Sequence[str], known: str = "") -> str | None:
    """The same for the word that asks to be forgotten."""
    return _locale_of(DELETE, text, offered, known)


def locale_of_what_word(text: str, offered: Sequence[str], known: str = "") -> str | None:
    """The same for the word that asks what is held of the number."""
    return _locale_of(WHAT, text, offered, known)


def locale_of_call_word(text: str, offered: Sequence[str], known: str = "") -> str | None:
    """The same for the word that asks to be called."""
    return _locale_of(CALLS, text, offered, known)


def is_yes(text: str, locale: str) -> bool:
    """Whether a message is 1 or a word for yes, in its language or in English."""
    return choice(text) == 1 or _is_in(_YES, text, locale)


def is_no(text: str, locale: str) -> bool:
    """Whether a message is 2 or a word for no, in its language or in English."""
    return choice(text) == 2 or _is_in(_NO, text, locale)


def has_words(text: str) -> bool:
    """Whether there is any letter or digit to read: an empty text and an emoji have none."""
    return bool(folded(text))


def party_size(text: str, locale: str) -> int | None:
    """How many people a message names: one number, or the sum of several ("2 adults, 3 kids").

    None when it names none, or is a choice ("2 or 3") or a range. The answer can be any number from
    0 on; what is allowed is the caller's to say.
    """
    message = folded(text)
    if message in _folded(_ALONE, locale):
        return 1
    plain = unicodedata.normalize("NFKC", text)
    if _UNCLEAR.search(plain):
        return None
    found = [_number(digits) for digits in _DIGITS.findall(plain)] + _worded(message, locale)
    if not found or (len(found) > 1 and set(message.split()) & _folded(_OR, locale)):
        return None
    return sum(found) + message.startswith(tuple(_folded(_SELF_AND, locale)))


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _worded(message: str, locale: str) -> list[int]:
    if locale == "zh-hans":
        return [_chinese(numeral) for numeral in _CHINESE.findall(message.replace(" ", ""))]
    words = _WORDS.get(locale, _WORDS[SOURCE_LOCALE])
    if locale == "my":
        return [words[word] for word in _BURMESE.findall(message)]
    if locale == "ar":
        # "And" is written together with the number after it.
        message = " ".join(word.removeprefix("و") if word[1:] in words else word for word in message.split())
    return [words[word] for word in message.split() if word in words]


def _chinese(numeral: str) -> int:
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return sum(_CHINESE_ONES[sign] for sign in numeral)
    return _CHINESE_ONES.get(tens, 1) * 10 + _CHINESE_ONES.get(ones, 0)


def _locale_of(
    table: Mapping[str, tuple[str, ...]], text: str, offered: Sequence[str], known: str
) -> str | None:
    sharing = [locale for locale, words in table.items() if _is_said(words, text)]
    found = [locale for locale in offered if locale in sharing]
    is_everybodys = SOURCE_LOCALE in sharing
    if not found and not is_everybodys:
        return None
    if known and (is_everybodys or len(sharing) > 1):
        return known
    return (found or offered)[0]


def _is_said(words: Iterable[str], text: str) -> bool:
    return folded(text) in {folded(word) for word in words}


def _is_in(table: Mapping[str, tuple[str, ...]], text: str, locale: str) -> bool:
    return folded(text) in _folded(table, locale)


def _folded(table: Mapping[str, tuple[str, ...]], locale: str) -> frozenset[str]:
    return frozenset(folded(word) for word in (*table.get(locale, ()), *table[SOURCE_LOCALE]))


def _number_words(listed: str) -> dict[str, int]:
    return {
        folded(word): value
        for value, words in enumerate(listed.split(), 1)
        for word in words.split("/")
        if folded(word)
    }


#: A language's own words win over English ones.
_WORDS = {
    locale: _number_words(_NUMBERS[SOURCE_LOCALE]) | _number_words(listed)
    for locale, listed in _NUMBERS.items()
}
_BURMESE = re.compile(
    "({})(?=\\s*(?:ယောက်|ဦး)|$)".format(
        "|".join(sorted((word for word in _WORDS["my"] if not word.isascii()), key=len, reverse=True))
    )
)
