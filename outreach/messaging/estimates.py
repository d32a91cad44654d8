"""What an announcement takes, said before it is sent: texts, parts, money and time; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.hours import ROUTINE
from outreach.messaging.quiet import next_allowed_for_announcement_at
from outreach.messaging.segments import Segments, costly_characters, measure

#: What a part costs in the United States: the vendor's list price and a middling fee of the phone
#: networks (third-party figures of 2026).
CENTS_PER_PART = 1.2
#: What a call of ours costs: up to two started minutes, and telling a machine from a person (likewise).
CENTS_PER_CALL = 3.0
#: A text of more parts than this is flagged, in any language.
PARTS_BUDGET = 2
#: A text to more groups than this is read by a second person before it leaves.
ONE_PERSON_MAY_TEXT = 200

#: Units that two parts have room for.
_ROOM = {"GSM-7": 2 * 153, "UCS-2": 2 * 67}


def dear_letters(body: str) -> tuple[str, ...]:
    """The letters that made a text dear; empty where it is only long, or where its whole script is dear."""
    if is_script_dear(body):
        return ()
    return tuple(sign for sign in costly_characters(body) if not sign.isspace())


def is_script_dear(body: str) -> bool:
    """Whether most letters of a text are outside of the small alphabet, so that no other spelling helps."""
    letters = {sign for sign in body.lower() if sign.isalpha()}
    return 2 * len(letters.intersection(costly_characters(body.lower()))) > len(letters)


@dataclass(frozen=True, slots=True)
class LanguageEstimate:
    """The text of one language, as it is sent, and who gets it."""

    locale: str
    body: str
    segments: Segments
    #: Groups that get it, those included that read a language without a text of its own.
    recipients: int

    @property
    def parts(self) -> int:
        """Parts that are charged for, over all who get it."""
        return self.recipients * self.segments.parts

    @property
    def cents(self) -> float:
        """What it costs, about."""
        return self.parts * CENTS_PER_PART

    @property
    def is_over_budget(self) -> bool:
        """Whether one text takes more parts than a text should."""
        return self.segments.parts > PARTS_BUDGET

    @property
    def dear_letters(self) -> tuple[str, ...]:
        """The letters that made it dear; empty where it is only long, or where its whole script is dear."""
        return dear_letters(self.body)

    @property
    def is_script_dear(self) -> bool:
        """Whether most of its letters are outside of the small alphabet, so that no other spelling helps."""
        return is_script_dear(self.body)

    @property
    def units_too_many(self) -> int:
        """By how many signs it is too long for its budget, as it is spelled now."""
        if not self.is_over_budget:
            return 0
        return max(1, self.segments.units - _ROOM[self.segments.encoding])


@dataclass(frozen=True, slots=True)
class Estimate:
    """All of one announcement."""

    languages: tuple[LanguageEstimate, ...]
    #: Languages without a text, and how many groups read them; these get the original one.
    missing: Mapping[str, int]
    #: When the last text has left.
    finishes_at: datetime
    starts_at: datetime
    #: Groups that are called about the event instead: no announcement is told by a call.
    called: int = 0
    #: Groups that hear nothing from us.
    silent: int = 0

    @property
    def recipients(self) -> int:
        """Groups that get a text."""
        return sum(each.recipients for each in self.languages)

    @property
    def parts(self) -> int:
        """Parts that are charged for."""
        return sum(each.parts for each in self.languages)

    @property
    def cents(self) -> float:
        """What it costs, about."""
        return self.parts * CENTS_PER_PART

    @property
    def is_in_time(self) -> bool:
        """Whether every text has left before the event begins; later ones are not sent at all."""
        return self.finishes_at < self.starts_at

    @property
    def needs_second_person(self) -> bool:
        """Whether somebody else than its author must confirm it."""
        return self.recipients > ONE_PERSON_MAY_TEXT


def estimate(
    bodies: Mapping[str, str],
    readers: Mapping[str, int],
    *,
    source_locale: str,
    parts_ahead: int,
    parts_per_second: float,
    starts_at: datetime,
    zone: str,
    now: datetime,
) -> Estimate:
    """What it takes to send each of `readers` (groups by language) the body of its language.

    A language without a body gets that of `source_locale`. `parts_ahead` wait to be sent before these.
    """
    missing = {locale: count for locale, count in readers.items() if count and locale not in bodies}
    languages = tuple(
        LanguageEstimate(
            locale,
            body,
            measure(body),
            readers.get(locale, 0) + (sum(missing.values()) if locale == source_locale else 0),
        )
        for locale, body in bodies.items()
    )
    parts = parts_ahead + sum(each.parts for each in languages)
    return Estimate(languages, missing, finishes_at(now, parts, parts_per_second, zone), starts_at)


def finishes_at(now: datetime, parts: int, parts_per_second: float, zone: str) -> datetime:
    """When the last of so many parts has left, if nothing is sent in quiet hours of an IANA zone."""
    seconds = parts / parts_per_second
    place = ZoneInfo(zone)
    at = next_allowed_for_announcement_at(now, zone)
    while True:
        closes_at = datetime.combine(at.astimezone(place).date(), ROUTINE.closes, place).astimezone(UTC)
        left = (closes_at - at).total_seconds()
        if seconds < left:
            return at + timedelta(seconds=seconds)
        seconds -= left
        at = next_allowed_for_announcement_at(closes_at, zone)


def parts_affordable(cents: int) -> int:
    """How many parts an amount of money buys."""
    return int(cents / CENTS_PER_PART + 1e-9)
