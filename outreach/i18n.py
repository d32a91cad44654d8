"""Languages: which are on offer, what a sentence is in each, and how dates and numbers read there.

A language is four things in one row: the catalogue its sentences come from, the format locale its
dates come from, the tag HTML is marked with and the direction it runs in. `locale` everywhere in the
code is the key of that row. Knows no request: the locale is always an argument.
"""

import gettext as gettext_module
import io
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

TRANSLATIONS_FOLDER = Path(__file__).resolve().parents[1] / "translations"

SOURCE_LOCALE = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """One row of the table of languages."""

    #: Key, and the first part of every public address: lower case.
    locale: str
    #: Its own name, in its own script: what a reader looks for.
    endonym: str
    english_name: str
    #: Value of the `lang` attribute and of hreflang (BCP 47).
    html_lang: str
    #: Folder under `translations/`.
    catalogue: str
    #: What Babel formats dates and numbers with (CLDR has no Dari of its own, for one).
    format_locale: str
    direction: Literal["ltr", "rtl"] = "ltr"


_TABLE = (
    Language("en", "English", "English", "en-US", "en", "en_US"),
    Language("es", "Español", "Spanish", "es", "es", "es_US"),
    Language("ar", "العربية", "Arabic", "ar", "ar", "ar", "rtl"),
    Language("sw", "Kiswahili", "Swahili", "sw", "sw", "sw"),
    Language("so", "Soomaali", "Somali", "so", "so", "so"),
    Language("my", "မြန်မာ", "Burmese", "my", "my", "my"),
    Language("ne", "नेपाली", "Nepali", "ne", "ne", "ne"),
    Language("vi", "Tiếng Việt", "Vietnamese", "vi", "vi", "vi"),
    Language("fr", "Français", "French", "fr", "fr", "fr"),
    Language("prs", "دری", "Dari", "fa-AF", "fa_AF", "fa_AF", "rtl"),
    Language("ps", "پښتو", "Pashto", "ps", "ps", "ps", "rtl"),
    Language("rw", "Ikinyarwanda", "Kinyarwanda", "rw", "rw", "rw"),
    Language("zh-hans", "简体中文", "Chinese", "zh-Hans", "zh_Hans", "zh_Hans"),
)
LANGUAGES: Mapping[str, Language] = {language.locale: language for language in _TABLE}

#: Tags browsers send for a language that we list under another name.
_ALIASES = {"fa": "prs", "fa-af": "prs", "zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans",
            "zh-tw": "zh-hans", "zh-hk": "zh-hans"}  # fmt: skip


def N_(message: str) -> str:  # noqa: N802 (gettext's own name, which the extractor looks for)
    """Marks a sentence for translation where no reader is known yet."""
    return message


class Translator:
    """Says sentences, dates and numbers in one language; made by `translator`, kept for ever."""

    def __init__(self, language: Language, catalogue: gettext_module.NullTranslations) -> None:
        self.language = language
        self.locale = language.locale
        self.gettext = catalogue.gettext
        self.ngettext = catalogue.ngettext
        self.pgettext = catalogue.pgettext
        self.npgettext = catalogue.npgettext
        self._babel = Locale.parse(language.format_locale)

    def __call__(self, message: str, /, **values: object) -> str:
        """The sentence in this language, its named placeholders filled."""
        text = self.gettext(message)
        return text % values if values else text

    def plural(self, singular: str, plural: str, count: int, /, **values: object) -> str:
        """The sentence in the form this language uses for `count`, which fills %(count)s as well."""
        return self.ngettext(singular, plural, count) % {"count": count, **values}

    def day(self, on: date) -> str:
        """Weekday and full date, "Saturday, March 7, 2026": no form that a reader can misread."""
        return _date(on, _FULL_DAYS.get(self.locale, "full"), self._babel)

    def short_day(self, on: date) -> str:
        """Day and month, for a list that already says the year."""
        if self.locale in _DAY_BEFORE_MONTH:
            return _date(on, "d MMM", self._babel)
        return _skeleton("MMMd", on, self._babel)

    def month_name(self, on: date) -> str:
        """The short name of the month, for a date tile."""
        # Not "LLL": Babel 2.18 shares its stand-alone names between locales, so the first one read wins.
        return _date(on, "MMM", self._babel)

    def full_month_name(self, on: date) -> str:
        """The month's whole name, as it stands in a date."""
        return _date(on, "MMMM", self._babel)

    def weekday(self, on: date) -> str:
        """The weekday's full name."""
        return _date(on, "EEEE", self._babel)

    def clock(self, at: datetime) -> str:
        """Twelve-hour clock time of a local wall time, "6:30 PM"."""
        return _skeleton("hm", at.time(), self._babel).replace("\u202f", "\u00a0")

    def when(self, at: datetime) -> str:
        """Weekday, date and clock time of a local wall time."""
        return self(N_("%(day)s, %(time)s"), day=self.day(at.date()), time=self.clock(at))

    def number(self, value: int | float) -> str:
        """A decimal number as this language groups it."""
        return _decimal(value, self._babel)

    def percent(self, share: float) -> str:
        """A share of one as a whole percentage."""
        return format_percent(share, locale=self._babel)

    def listed(self, items: Iterable[str]) -> str:
        """Items as one phrase: "a, b, and c"."""
        phrase = format_list(list(items), locale=self._babel)
        # CLDR's pattern knows no sounds: before an i, Spanish says "e".
        return _BEFORE_I.sub(" e ", phrase) if self.locale == "es" else phrase


#: CLDR has the order of Dari's long dates, and none for its short ones, where it falls back on English's.
#: Of Kinyarwanda it has none and gives ISO's; newspapers there (2018-2024) write weekday, day, month, year.
_DAY_BEFORE_MONTH = frozenset({"prs", "rw"})
_FULL_DAYS = {"rw": "EEEE, d MMMM y"}

_BEFORE_I = re.compile(r" y (?=h?[iíIÍ](?![eE]))")

# The same few days, times and numbers stand on every page, and writing one takes as long as a query.
_kept = lru_cache(maxsize=4096)


@_kept
def _date(on: date, form: str, locale: Locale) -> str:
    return format_date(on, form, locale=locale)


@_kept
def _skeleton(skeleton: str, at: date | time, locale: Locale) -> str:
    return format_skeleton(skeleton, at, locale=locale)


@_kept
def _decimal(value: int | float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


_lock = threading.Lock()
_translators: dict[str, Translator] = {}


def translator(locale: str) -> Translator:
    """The translator of a listed locale, loaded at first use. Raises KeyError for another."""
    found = _translators.get(locale)
    if found is None:
        with _lock:
            found = _translators.get(locale)
            if found is None:
                language = LANGUAGES[locale]
                found = _translators[locale] = Translator(language, _load(language.catalogue))
    return found


def _load(catalogue: str) -> gettext_module.NullTranslations:
    """Reads the .po itself, so that what is edited is what is served and nothing has to be compiled."""
    path = catalogue_path(catalogue)
    if not path.exists():
        return gettext_module.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=None, abort_invalid=True))
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)


def catalogue_path(catalogue: str) -> Path:
    """Where a catalogue's sentences are kept."""
    return TRANSLATIONS_FOLDER / catalogue / "LC_MESSAGES" / "messages.po"


@cache
def is_reviewed(locale: str) -> bool:
    """Whether a native speaker has read a language's catalogue, as the catalogue's header says."""
    if locale == SOURCE_LOCALE:
        return True
    path = catalogue_path(LANGUAGES[locale].catalogue)
    return path.exists() and '"X-Reviewed: yes\\n"' in path.read_text(encoding="utf-8")[:4000]


def negotiate(accept_language: str, offered: Iterable[str]) -> str | None:
    """The offered locale that fits an Accept-Language header best, or None when none does.

    In the order of the reader's preferences: the exact tag, a known other name of it, the tag that
    CLDR's likely subtags make of it, the language alone (RFC 9110 section 12.5.4 leaves this to us).
    """
    known = {name.lower(): name for name in offered}
    for tag in _preferences(accept_language):
        for candidate in (tag, _ALIASES.get(tag, ""), _likely(tag), tag.split("-")[0]):
            if candidate in known:
                return known[candidate]
    return None


_RANGE = re.compile(r"\s*([A-Za-z0-9-]+|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d*)?))?\s*$")


#: Nobody speaks more; each unknown one takes a while to look up.
_TAGS_READ = 10


def _preferences(header: str) -> list[str]:
    ranked = []
    for position, part in enumerate(header[:500].split(",", _TAGS_READ)[:_TAGS_READ]):
        match = _RANGE.match(part)
        if match and match[1] != "*":
            quality = float(match[2]) if match[2] else 1.0
            if quality > 0:
                ranked.append((-quality, position, match[1].lower()))
    return [tag for _, _, tag in sorted(ranked)]


@lru_cache(maxsize=512)
def _likely(tag: str) -> str:
    try:
        parsed = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return ""
    return f"{parsed.language}-{parsed.script}".lower() if parsed.script else parsed.language


@cache
def language_name(code: str, locale: str) -> str:
    """A language's name as readers of `locale` call it; the code itself when CLDR has no name."""
    row = LANGUAGES.get(code)
    name = Locale.parse(LANGUAGES[locale].format_locale).languages.get(row.catalogue if row else code)
    return name or (row.english_name if row else code)


def local(at: datetime, zone: str) -> datetime:
    """An instant as wall time at a place, without zone, ready to be shown."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
