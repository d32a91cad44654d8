"""One row of an import file, whatever the file: what it must say and how it moves in time.

Pure: knows neither file formats nor the database.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from outreach.errors import InvalidInputError, InvalidInputsError, OutreachError
from outreach.events import zones
from outreach.events.calendar_text import one_line, plain
from outreach.events.drafts import (
    DELIVERIES,
    SUMMARY_CHARACTERS,
    EventDraft,
    TextDraft,
    VenueDraft,
    check,
)
from outreach.i18n import LANGUAGES, N_, language_name, local

Outcome = Literal["announced", "held", "cancelled"]

#: How long an event lasts when nobody said so.
GUESSED_LENGTH = timedelta(hours=2)

_STATUSES: Mapping[str, tuple[Outcome, int | None]] = {
    "": ("announced", None),
    "announced": ("announced", None),
    "held": ("held", None),
    "held_no_attendance": ("held", 0),
    "cancelled": ("cancelled", None),
    "canceled": ("cancelled", None),
}
_NO_REGISTRATION = ("no", "not_needed", "invitation_only")
_REGISTRATION = ("", "yes", "required", "requested", *_NO_REGISTRATION)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event as a file tells it."""

    #: Where in the file, for whoever has to mend it: "Row 4".
    where: str
    #: The same each time this event is read, so that a second import adds nothing.
    reference: str
    #: Name of the organization; None where the file names none.
    host: str | None
    draft: EventDraft
    outcome: Outcome = "announced"
    head_count: int | None = None
    source_url: str | None = None
    #: Two letters, by which the county of a city is found.
    state: str | None = None
    is_in_welcoming_week: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationRow:
    """One organization as a file tells it."""

    where: str
    reference: str | None
    name: str
    sector: str
    website: str | None = None
    city: str | None = None
    state: str | None = None


def problem(where: str, reason: OutreachError | str) -> InvalidInputError:
    """A problem with the place in the file where it is."""
    return InvalidInputError(N_("%(where)s: %(reason)s"), where=where, reason=str(reason))


def problems_of(where: str, error: OutreachError) -> list[InvalidInputError]:
    """All problems that an error holds, each with the place and the field."""
    inner = error.problems if isinstance(error, InvalidInputsError) else [error]
    return [
        problem(
            f"{where}, {each.field}" if isinstance(each, InvalidInputError) and each.field else where, each
        )
        for each in inner
    ]


def shifted(rows: Sequence[EventRow], earliest_on: date) -> list[EventRow]:
    """The same events moved by whole weeks, so that the first falls on that day or close to it.

    Weekdays and wall times stay. What became of the events does not move with them, and the moved ones
    are other events than those of the file: both may be imported. Raises InvalidInputsError for a time
    that clocks skip on the new day.
    """
    if not rows:
        return []
    first_on = min(row.draft.starts_local for row in rows).date()
    by = timedelta(weeks=round((earliest_on - first_on).days / 7))
    moved, problems = [], []
    for row in rows:
        draft = replace(
            row.draft,
            starts_local=row.draft.starts_local + by,
            ends_local=row.draft.ends_local + by,
            parts=tuple(
                replace(part, starts_local=part.starts_local + by, ends_local=part.ends_local + by)
                for part in row.draft.parts
            ),
        )
        try:
            check(draft)
        except InvalidInputsError as error:
            problems += problems_of(row.where, error)
        reference = f"{row.reference}+{by.days}d"
        moved.append(replace(row, reference=reference, draft=draft, outcome="announced", head_count=None))
    if problems:
        raise InvalidInputsError(problems)
    return moved


class Fields:
    """The fields of one row by our names for them; everything wrong is collected in `problems`."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self.values = values
        self.problems: list[InvalidInputError] = []

    def refuse(self, name: str, reason: OutreachError | str) -> None:
        """Notes that a field cannot be used."""
        self.problems.append(problem(f"{self.where}, {name}", reason))

    def text(self, name: str) -> str:
        """A field on one line; empty when it is missing."""
        return one_line(self._string(name))

    def long_text(self, name: str) -> str:
        """A field that may have several lines."""
        return plain(self._string(name))

    def optional(self, name: str) -> str | None:
        """A field on one line, or None."""
        return self.text(name) or None

    def choice(self, name: str, choices: Iterable[str]) -> str:
        """A field that says one of the choices; the first choice where it says anything else."""
        known = list(choices)
        given = self.text(name).casefold()
        if given in known:
            return given
        self.refuse(name, f"choose one of {', '.join(choice for choice in known if choice)}.")
        return known[0]

    def count(self, name: str) -> int | None:
        """A whole number, or None where there is none."""
        given = self.text(name)
        if not given:
            return None
        if not re.fullmatch(r"[0-9]{1,7}", given):
            self.refuse(name, "give a whole number.")
            return None
        return int(given)

    def words(self, name: str) -> tuple[str, ...]:
        """A list; in one text its items are separated by semicolons."""
        given = self.values.get(name)
        if isinstance(given, list):
            if all(isinstance(item, str) for item in given):
                return tuple(filter(None, map(one_line, given)))
            self.refuse(name, "give a list of texts.")
            return ()
        return tuple(filter(None, (one_line(item) for item in self._string(name).split(";"))))

    def moment(self, name: str) -> date | datetime | None:
        """A day, or a wall time without zone; None where there is none or it cannot be read."""
        given = self.text(name)
        if not given:
            return None
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", given):
                return date.fromisoformat(given)
            if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:00)?", given):
                return datetime.fromisoformat(given)
        except ValueError:
            self.refuse(name, f"{given} is not a day of the calendar.")
            return None
        self.refuse(name, "write days like 2026-09-12 and times like 2026-09-12 18:30.")
        return None

    def _string(self, name: str) -> str:
        given = self.values.get(name)
        if given is None:
            return ""
        if isinstance(given, str | int) and not isinstance(given, bool):
            return str(given)
        self.refuse(name, "give a text.")
        return ""


@dataclass(frozen=True, slots=True)
class Span:
    """When an event is, as `EventDraft` wants it."""

    starts_local: datetime
    ends_local: datetime
    is_all_day: bool
    is_end_known: bool
    ends_fold: Literal[0, 1] | None = None


def span(starts: date | datetime, ends: date | datetime | None, zone: str) -> Span:
    """When an event is, from what was announced: days, or times, with an end or without one.

    Days include the last one. A missing end is guessed two hours after the start. Raises
    InvalidInputError for a day with a time as its end and as `zones.resolve` does.
    """
    for at, name in ((starts, "starts"), (ends, "ends")):
        if at is not None:
            zones.check_year(at, name)
    if not isinstance(starts, datetime):
        last_on = starts if ends is None else ends
        if isinstance(last_on, datetime):
            raise InvalidInputError(N_("Give start and end both as days or both as times."), field="ends")
        midnight = datetime.combine(starts, time())
        return Span(midnight, datetime.combine(last_on, time()) + timedelta(days=1), True, True)
    if ends is None:
        ends_at = zones.resolve(starts, zone, fold=0) + GUESSED_LENGTH
        fold: Literal[0, 1] = 1 if zones.fold_at(ends_at, zone) else 0
        return Span(starts, local(ends_at, zone), False, False, fold)
    if not isinstance(ends, datetime):
        raise InvalidInputError(N_("Give start and end both as days or both as times."), field="ends")
    return Span(starts, ends, False, True)


def event_row(fields: Fields, *, default_zone: str) -> EventRow | None:
    """The event that a row's fields tell of; None when `fields.problems` says why not."""
    zone = fields.text("time_zone") or default_zone
    locale = fields.choice("locale", ("en", *LANGUAGES)) if fields.text("locale") else "en"
    when = _when(fields, zone)
    outcome, head_count = _STATUSES[fields.choice("status", _STATUSES)]
    counted, capacity = fields.count("head_count"), fields.count("capacity")
    registration = fields.choice("registration", _REGISTRATION)
    spoken, others = _languages(fields.words("spoken"))
    interpreted, more = _languages(fields.words("interpreted"))
    delivery = fields.choice("delivery", DELIVERIES) if fields.text("delivery") else "in_person"
    title = fields.text("title")
    if when is None or fields.problems:
        return None
    draft = EventDraft(
        kind=fields.text("kind"),
        texts={locale: _texts(title, fields, (*others, *more), locale)},
        source_locale=locale,
        starts_local=when.starts_local,
        ends_local=when.ends_local,
        time_zone=zone,
        ends_fold=when.ends_fold,
        is_all_day=when.is_all_day,
        is_end_known=when.is_end_known,
        delivery=delivery,  # type: ignore[arg-type]  # one of DELIVERIES, whose keys mypy cannot see
        venue=_venue(fields, delivery),
        online_url=fields.optional("online_url"),
        capacity=capacity,
        takes_registrations=registration not in _NO_REGISTRATION,
        keyword=(fields.text("keyword").upper() or None),
        keywords=_keywords(fields),
        spoken=spoken,
        interpreted=interpreted,
        offers=fields.words("offers"),
        reminders=tuple(word.casefold() for word in fields.words("reminders")),
        cohosts=fields.words("cohosts"),
    )
    try:
        check(draft)
    except InvalidInputsError as error:
        fields.problems += problems_of(fields.where, error)
    if fields.problems:
        return None
    return EventRow(
        where=fields.where,
        reference=fields.text("reference"),
        host=fields.optional("host"),
        draft=draft,
        outcome=outcome,
        head_count=head_count if counted is None else counted,
        source_url=fields.optional("source_url"),
        state=fields.optional("state"),
        is_in_welcoming_week=fields.values.get("in_welcoming_week") is True,
    )


def _when(fields: Fields, zone: str) -> Span | None:
    starts, ends = fields.moment("starts"), fields.moment("ends")
    if starts is None:
        if not fields.text("starts"):
            fields.refuse("starts", "say when the event begins.")
        return None
    weekday = fields.text("weekday").casefold()
    is_known = len(weekday) >= 3 and any(name.startswith(weekday) for name in _WEEKDAYS)
    if weekday and not (is_known and _WEEKDAYS[starts.weekday()].startswith(weekday)):
        fields.refuse("weekday", f"{starts:%Y-%m-%d} is a {_WEEKDAYS[starts.weekday()].capitalize()}.")
    try:
        return span(starts, ends, zone)
    except InvalidInputError as error:
        fields.problems += problems_of(fields.where, error)
        return None


def _languages(codes: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes that are among our languages, and the others."""
    lowered = tuple(dict.fromkeys(code.casefold() for code in codes))
    return (
        tuple(code for code in lowered if code in LANGUAGES),
        tuple(code for code in lowered if code not in LANGUAGES),
    )


def _keywords(fields: Fields) -> dict[str, str]:
    """Words to text by language, from items like "sw: KARIBU"."""
    found: dict[str, str] = {}
    for item in fields.words("keywords"):
        locale, colon, word = item.partition(":")
        locale = locale.strip().casefold()
        if not colon or locale not in LANGUAGES or locale in found:
            fields.refuse("keywords", "write the code of each language once and its word, like es: FIESTA.")
            break
        found[locale] = one_line(word).upper()
    return found


def _texts(title: str, fields: Fields, other_languages: tuple[str, ...], locale: str) -> TextDraft:
    summary, description = fields.text("summary"), fields.long_text("description")
    if not summary and "\n" not in description and len(description) <= SUMMARY_CHARACTERS:
        summary, description = description, ""
    lines = [description, *fields.values.get("facts", ())]
    if other_languages:
        names = ", ".join(language_name(code, locale) for code in other_languages)
        lines.append(f"Languages: {names}")
    return TextDraft(title, summary, plain("\n".join(filter(None, lines))))


def _venue(fields: Fields, delivery: str) -> VenueDraft | None:
    address, city, state = fields.optional("address"), fields.optional("city"), fields.optional("state")
    # There are two Kansas Cities.
    place = f"{city}, {state}" if city and state else city
    name = fields.optional("venue") or (None if delivery == "online" else address or place)
    if name is None:
        return None
    return VenueDraft(name, address, place, fields.optional("county"), fields.optional("access_notes"))
