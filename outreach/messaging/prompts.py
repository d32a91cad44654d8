"""What can be recorded for the phone: every sentence, cut at its gaps, and the clips that fill the gaps.

Pure: it knows no recording. A telephone plays the pieces one after the other, so a language that no
voice of the vendor speaks is spoken by people who read them once.

Titles and streets are not recorded: they are what is written at the door, and a host with an event for
tomorrow has nobody at hand for each language. They stay words, for a voice of the language they are in.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Literal

from outreach.i18n import LANGUAGES, N_, SOURCE_LOCALE, Translator, translator
from outreach.messaging import voice_phrases
from outreach.messaging.phrases import ONLINE, Phrase, Value, When
from outreach.registration import waitlist

#: Every sentence that a call can say, by the name that its recordings are filed under.
SENTENCES: Mapping[str, str] = {
    **{
        name.lower().replace("_", "-"): text
        for name, text in vars(voice_phrases).items()
        if name.isupper() and isinstance(text, str)
    },
    "online": ONLINE,
    "waiting-saved": waitlist.SAVED,
    "waiting-passed": waitlist.PASSED,
    "waiting-too-few": waitlist.TOO_FEW,
    "waiting-full": waitlist.FULL,
}
_NAMES = {text: name for name, text in SENTENCES.items()}

#: The keys from 1 on; 9 is for a person.
MOST_OFFERED = 8

#: A larger number is said digit by digit.
LARGEST_NUMBER = 20
#: Other minutes are said as the step before them, so that nobody comes late.
MINUTE_STEP = 5

#: Where the month goes before its day, as in CLDR's own long dates. Its Somali ones disagree with each other.
_MONTH_FIRST = frozenset({"en", "my", "ne", "ps", "zh-hans"})
#: Said digit by digit.
_DIGIT_GAPS = frozenset({"key", "code"})

_GAP = re.compile(r"%\((\w+)\)s")
_BEFORE_WORDS = re.compile(r"^[^\w¿¡(]+")
_A_MONDAY = date(2024, 1, 1)

Kind = Literal["sentence", "number", "weekday", "month", "day", "hour", "minute"]
#: What a reader must know of each kind of clip.
HINTS: Mapping[Kind, str] = {
    "sentence": N_("Part of a sentence; something else is said where the dots are."),
    "number": N_("A number, as in counting. Also one digit of a code, and one key."),
    "weekday": N_("A day of the week, before a date."),
    "month": N_("A month, beside the day of the month."),
    "day": N_("The day of the month, as in a date."),
    "hour": N_("A full hour with its time of day, as people say it: many languages count from sunrise."),
    "minute": N_("Minutes, said after the hour."),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """One clip of one language."""

    #: The name of its files and its address.
    id: str
    kind: Kind
    #: What is read, in the language itself where it is translated and in English otherwise.
    words: str
    #: The whole of it in English, with dots for what is said in its gaps.
    english: str
    is_translated: bool
    #: Changes with the sentence: what was read for another version is out of date.
    version: str


@dataclass(frozen=True, slots=True)
class Free:
    """Words that nobody can have recorded."""

    words: str


def prompts(locale: str, region: str) -> Mapping[str, Prompt]:
    """Every clip that a language needs, by its id, in the order in which a reader takes them."""
    return _prompts(translator(locale), region)


def parts(phrase: Phrase, locale: str, region: str) -> tuple[str | Free, ...]:
    """The ids of the clips that say a phrase, one after the other, and what must be spoken between them."""
    return tuple(_parts(phrase, translator(locale), region))


def is_translated(locale: str) -> bool:
    """Whether every sentence of a call is there in a language's catalogue."""
    t = translator(locale)
    return locale == SOURCE_LOCALE or all(t.gettext(text) != text for text in _NAMES)


def offered_locales(
    listed: Iterable[str], recorded: Mapping[str, Mapping[str, object]], voiced: Iterable[str], region: str
) -> tuple[str, ...]:
    """The languages of the call's menu; English when there is none.

    First those on offer everywhere, then others that are wholly recorded. Each has a voice of the
    vendor's and its sentences, or a current recording of every clip (`recorded`, by locale and id).
    """
    listed, voiced = tuple(listed), frozenset(voiced)
    spoken = [each for each in listed if each in voiced and is_translated(each)]
    whole = [each for each in recorded if prompts(each, region).keys() <= recorded[each].keys()]
    ordered = [*listed, *(each for each in LANGUAGES if each not in listed)]
    found = tuple(each for each in ordered if each in spoken or each in whole)
    return found[:MOST_OFFERED] or (SOURCE_LOCALE,)


@lru_cache(maxsize=64)
def _prompts(t: Translator, region: str) -> Mapping[str, Prompt]:
    return {prompt.id: prompt for prompt in (*_of_sentences(t, region), *_of_gaps(t))}


def _of_sentences(t: Translator, region: str) -> Iterator[Prompt]:
    for name, text in SENTENCES.items():
        said = _filled(t.gettext(text), t, region)
        english = _GAP.sub("…", _filled(text, t, region))
        for id_, piece in _pieces(name, said):
            if not isinstance(piece, _Gap):
                yield Prompt(
                    id_,
                    "sentence",
                    piece,
                    english,
                    is_translated=t.locale == SOURCE_LOCALE or t.gettext(text) != text,
                    version=_version(said),
                )


def _of_gaps(t: Translator) -> Iterator[Prompt]:
    english = translator(SOURCE_LOCALE)
    for number in range(LARGEST_NUMBER + 1):
        yield _fixed("number", number, t.number(number), str(number))
    for number in range(7):
        day = date.fromordinal(_A_MONDAY.toordinal() + number)
        yield _fixed("weekday", number + 1, t.weekday(day), english.weekday(day))
    for number in range(1, 13):
        first = date(2024, number, 1)
        yield _fixed("month", number, t.full_month_name(first), english.full_month_name(first))
    for number in range(1, 32):
        yield _fixed("day", number, t.number(number), str(number))
    for number in range(24):
        at = datetime.combine(_A_MONDAY, time(number))
        yield _fixed("hour", number, t.clock(at), f"{english.clock(at)} ({number}:00)")
    for number in range(MINUTE_STEP, 60, MINUTE_STEP):
        yield _fixed("minute", number, t.number(number), f"{number} minutes")


def _fixed(kind: Kind, number: int, words: str, english: str) -> Prompt:
    id_ = f"{kind}-{number}"
    # How a calendar's data spells a weekday changes nothing about how it is said.
    return Prompt(id_, kind, words, english, is_translated=True, version=_version(id_))


@dataclass(frozen=True, slots=True)
class _Gap:
    name: str


def _pieces(name: str, sentence: str) -> Iterator[tuple[str, str | _Gap]]:
    """What stands between a sentence's gaps, each with its id, and the gaps."""
    cut = _GAP.split(sentence)
    words = [_BEFORE_WORDS.sub("", text).rstrip(" ,(") for text in cut[::2]]
    is_one = sum(map(bool, words)) == 1
    count = 0
    for position, text in enumerate(words):
        if text:
            count += 1
            yield name if is_one else f"{name}-{count}", text
        if position < len(words) - 1:
            yield "", _Gap(cut[2 * position + 1])


def _filled(sentence: str, t: Translator, region: str) -> str:
    """The sentence with what is the same in every call of an installation."""
    return sentence.replace("%(region)s", region).replace("%(language)s", t.language.endonym)


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _parts(phrase: Phrase, t: Translator, region: str) -> Iterator[str | Free]:
    name = _NAMES.get(phrase.message)
    if name is None:
        yield Free(voice_phrases.spoken(voice_phrases.Line(t.locale, phrase), t))
        return
    for id_, piece in _pieces(name, _filled(t.gettext(phrase.message), t, region)):
        if isinstance(piece, _Gap):
            yield from _in_gap(piece.name, phrase.values[piece.name], t, region)
        else:
            yield id_


def _in_gap(name: str, value: Value, t: Translator, region: str) -> Iterator[str | Free]:
    match value:
        case Phrase():
            yield from _parts(value, t, region)
        case tuple():
            for message in value:
                yield from _parts(Phrase(message), t, region)
        case int():
            yield from _number(value)
        case datetime():
            yield from (_weekday(value), *_time(value))
        case When(local, is_all_day):
            yield from (_weekday(local), *_day(local, t.locale), *(() if is_all_day else _time(local)))
        case str() if name in _DIGIT_GAPS:
            yield from (f"number-{int(sign)}" for sign in value if sign.isdecimal())
        case str():
            if value.strip():
                yield Free(value)


def _number(value: int) -> Iterator[str]:
    """A number whole, or digit by digit where it is too large to have been recorded."""
    yield from (f"number-{part}" for part in ([value] if 0 <= value <= LARGEST_NUMBER else str(abs(value))))


def _weekday(at: datetime) -> str:
    return f"weekday-{at.isoweekday()}"


def _day(at: datetime, locale: str) -> tuple[str, str]:
    day, month = f"day-{at.day}", f"month-{at.month}"
    return (month, day) if locale in _MONTH_FIRST else (day, month)


def _time(at: datetime) -> tuple[str, ...]:
    minute = at.minute - at.minute % MINUTE_STEP
    return (f"hour-{at.hour}", f"minute-{minute}") if minute else (f"hour-{at.hour}",)
