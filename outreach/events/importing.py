"""Reads files of events into rows, whatever their form; the only place that reads through icalendar. Pure.

Tables are somebody's own and are taken whole or not at all (`import_tables`). A calendar is somebody
else's, who will not mend it for us: what cannot be used of it is left out, and a note says so.
"""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from pathlib import PurePath
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.prop import vDDDLists, vDDDTypes, vRecur
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events import import_tables, recurrence, zones
from outreach.events.calendar_text import one_line, plain, shortened
from outreach.events.drafts import (
    DESCRIPTION_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    EventDraft,
    TextDraft,
    VenueDraft,
    check,
)
from outreach.events.forbidden_fields import refuse_forbidden
from outreach.events.import_rows import GUESSED_LENGTH, EventRow, OrganizationRow
from outreach.events.markup import without_markup
from outreach.i18n import LANGUAGES, N_, SOURCE_LOCALE, local

#: How many dates of one repeating event are taken, and how many events of one calendar.
MOST_DATES = 200
MOST_EVENTS = 2_000
#: How far into the past and the future the dates of an endless repetition are taken.
LOOK_BACK, LOOK_AHEAD = timedelta(days=60), timedelta(days=400)

_PLACE_CHARACTERS = 200
_ADDRESS_CHARACTERS = 500
_UNKNOWN_PLACE = "To be announced"
_WEB_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, and what of it was left out or changed."""

    rows: list[EventRow]
    notes: tuple[str, ...] = ()


def read_events(name: str, data: bytes, *, default_zone: str, kind: str, now: datetime) -> Reading:
    """The events of a file; the end of its name (.json, .csv, .ics) says which form it has.

    `default_zone` serves where the file names no zone, `kind` where it knows no kinds (calendars).
    Raises InvalidInputError or InvalidInputsError for a file that cannot be taken.
    """
    # Refuses an unknown zone before anything is read in it.
    zones.resolve(datetime(now.year, 1, 1), default_zone, fold=0, field="time_zone")
    form = PurePath(name).suffix.lower()
    if form == ".ics":
        return events_from_ics(data, default_zone=default_zone, kind=kind, now=now)
    if form == ".json":
        return Reading(import_tables.events_from_json(data, default_zone=default_zone))
    if form == ".csv":
        return Reading(import_tables.events_from_csv(data, default_zone=default_zone))
    raise InvalidInputError(N_("Give a file that ends in .json, .csv or .ics."))


def read_organizations(name: str, data: bytes) -> list[OrganizationRow]:
    """The organizations of a .json or .csv file. Raises as `read_events` does."""
    form = PurePath(name).suffix.lower()
    if form == ".json":
        return import_tables.organizations_from_json(data)
    if form == ".csv":
        return import_tables.organizations_from_csv(data)
    raise InvalidInputError(N_("Give a file that ends in .json or .csv."))


def events_from_ics(data: bytes, *, default_zone: str, kind: str, now: datetime) -> Reading:
    """The events of a calendar, each date of a repeating one by itself.

    Of a repeating event at most 200 dates are taken, those from 60 days ago on where there are more;
    of a calendar at most the 2,000 last events. Guests and organizers of invitations are never read.
    Raises InvalidInputError for what is no calendar.
    """
    calendars = _parsed(data)
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    refuse_forbidden(dict.fromkeys(str(name) for event in events for name in event))
    home_zone = next(filter(None, map(_home_zone, calendars)), default_zone)
    reader = _Reader(home_zone, kind, now)
    reader.read(events)
    rows = sorted(reader.rows.values(), key=lambda row: (row.draft.starts_at, row.reference))
    if len(rows) > MOST_EVENTS:
        reader.notes.append(
            f"The calendar holds {len(rows)} dates. The {len(rows) - MOST_EVENTS} oldest were left out."
        )
    return Reading(rows[-MOST_EVENTS:], tuple(reader.notes))


def _parsed(data: bytes) -> list[Calendar]:
    # Lines are unfolded before they are decoded: some programs fold inside a letter.
    lines = re.sub(rb"\r?\n[ \t]", b"", data.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")).splitlines()
    text = "\r\n".join(map(_decoded, lines))
    if "BEGIN:VCALENDAR" not in text.upper():
        raise InvalidInputError(N_("This file is not a calendar."))
    try:
        with warnings.catch_warnings():
            # About names of zones that the library guesses at, as we do.
            warnings.simplefilter("ignore")
            calendars = [each for each in Calendar.from_ical(text, multiple=True) if each.name == "VCALENDAR"]
    except Exception as error:
        # A parser that is given anybody's file may fail in any way; for the reader it is all one.
        reason = one_line(str(error))[:120]
        raise InvalidInputError(N_("This calendar cannot be read: %(reason)s"), reason=reason) from None
    begun = len(re.findall(r"^BEGIN:VEVENT\s*$", text, re.MULTILINE | re.IGNORECASE))
    if not calendars or begun != sum(len(found.walk("VEVENT")) for found in calendars):
        raise InvalidInputError(N_("This calendar is cut off in the middle. Please get it again."))
    return calendars


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _home_zone(calendar: Calendar) -> str | None:
    return _iana(str(calendar.get("X-WR-TIMEZONE", "")))


def _iana(name: str) -> str | None:
    """The place's zone behind a TZID; None for UTC, which is no place, and for names nobody knows."""
    pieces = name.strip().strip('"').split("/")
    candidates = [WINDOWS_TO_OLSON.get(name.strip().strip('"'), "")]
    candidates += ["/".join(pieces[start:]) for start in range(len(pieces))]
    for candidate in filter(None, candidates):
        try:
            ZoneInfo(candidate)
        except (KeyError, ValueError, OSError):
            continue
        return None if candidate.upper() in ("UTC", "GMT", "ETC/UTC", "ETC/GMT", "Z") else candidate
    return None


@dataclass(frozen=True, slots=True)
class _Start:
    """When something begins as the file counts it: by the clock of `zone`, which may be UTC."""

    at: datetime
    zone: str
    is_day: bool

    def same_clock(self, value: date | datetime) -> datetime:
        """Another time of the file by this one's clock; a day as its midnight."""
        if not isinstance(value, datetime):
            return datetime.combine(value, time())
        if value.tzinfo is None:
            return value
        return value.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None)


@dataclass(slots=True)
class _Series:
    """The events of one UID: the one that may repeat, and those that replace some of its dates."""

    masters: list[tuple[int, Component]] = field(default_factory=list)
    overrides: list[tuple[int, Component]] = field(default_factory=list)


class _Reader:
    """Turns the events of one calendar into rows; what cannot be used becomes a note."""

    def __init__(self, home_zone: str, kind: str, now: datetime) -> None:
        self.home_zone, self.kind, self.now = home_zone, kind, now
        self.rows: dict[str, EventRow] = {}
        self.notes: list[str] = []

    def read(self, events: Sequence[Component]) -> None:
        series: dict[str, _Series] = {}
        for number, event in enumerate(events, start=1):
            found = series.setdefault(_identity(event), _Series())
            (found.overrides if "RECURRENCE-ID" in event else found.masters).append((number, event))
        for uid, found in series.items():
            replaced = {
                str(_value(event, "RECURRENCE-ID")): self._original_start(event, found)
                for _, event in found.overrides
            }
            for number, event in found.masters:
                self._read_master(uid, number, event, {at for at in replaced.values() if at})
            for number, event in found.overrides:
                original = replaced[str(_value(event, "RECURRENCE-ID"))]
                start = self._start(event)
                if original is not None and start is not None:
                    self._add(uid, number, event, start, original)

    def _original_start(self, override: Component, series: _Series) -> datetime | None:
        value = _value(override, "RECURRENCE-ID")
        start = self._start(series.masters[0][1]) if series.masters else self._start(override)
        return start.same_clock(value) if start and isinstance(value, date) else None

    def _read_master(self, uid: str, number: int, event: Component, replaced: set[datetime]) -> None:
        start = self._start(event)
        if start is None:
            self._note(number, event, "has no start that can be read. It was left out.")
            return
        if "RRULE" not in event and "RDATE" not in event:
            self._add(uid, number, event, start, None)
            return
        for at in self._dates(number, event, start):
            if at not in replaced:
                self._add(uid, number, event, replace(start, at=at), at)

    def _start(self, event: Component) -> _Start | None:
        value = _value(event, "DTSTART")
        if not isinstance(value, date):
            return None
        if not isinstance(value, datetime):
            return _Start(datetime.combine(value, time()), self.home_zone, True)
        if value.tzinfo is None:
            return _Start(value, self.home_zone, False)
        name = str(_first(event, "DTSTART").params.get("TZID", "UTC"))
        if zone := _iana(name):
            return _Start(value.replace(tzinfo=None), zone, False)
        # A zone that only the file knows is told by our own; UTC repeats by its own clock.
        zone = "UTC" if value.utcoffset() == timedelta() else self.home_zone
        return _Start(value.astimezone(ZoneInfo(zone)).replace(tzinfo=None), zone, False)

    def _dates(self, number: int, event: Component, start: _Start) -> Sequence[datetime]:
        """The dates of a repeating event by its own clock, without those that were taken out."""
        horizon = max(start.at, self.now.replace(tzinfo=None) + LOOK_AHEAD)
        excluded = list(_times(event, "EXDATE"))
        try:
            found = recurrence.dates(
                start.at,
                [_rule_text(rule) for rule in _all(event, "RRULE")],
                added=[start.same_clock(value) for value in _times(event, "RDATE")],
                excluded={start.same_clock(value) for value in excluded},
                excluded_days={value for value in excluded if not isinstance(value, datetime)},
                until=min([horizon, *(_last(rule, start) for rule in _all(event, "RRULE"))]),
            )
        except InvalidInputError as error:
            self._note(number, event, f"is taken once: {error}")
            return [start.at]
        if len(found) > MOST_DATES:
            self._note(number, event, f"repeats {len(found)} times. {MOST_DATES} dates were taken.")
        since = self.now.replace(tzinfo=None) - LOOK_BACK
        return recurrence.most_useful(found, MOST_DATES, since=since)

    def _add(self, uid: str, number: int, event: Component, start: _Start, original: datetime | None) -> None:
        """Adds one date of an event, unless it cannot be used; `original` names it among its series."""
        if str(event.get("CLASS", "PUBLIC")).upper() in ("PRIVATE", "CONFIDENTIAL"):
            self.notes.append(f"Event {number} is marked as private. It was left out.")
            return
        title = shortened(one_line(_text(event, "SUMMARY")), TITLE_CHARACTERS)
        if not title:
            self._note(number, event, "has no title. It was left out.")
            return
        try:
            draft = self._draft(event, start, title)
            check(draft)
        except (InvalidInputError, InvalidInputsError, OverflowError) as error:
            self._note(number, event, f"was left out: {error}")
            return
        is_cancelled = str(event.get("STATUS", "")).upper() in ("CANCELLED", "CANCELED")
        if is_cancelled and draft.ends_at > self.now:
            self._note(number, event, "is canceled. It was left out.")
            return
        reference = f"ics-{sha256(uid.encode()).hexdigest()[:24]}"
        if original is not None:
            reference += f"-{original:%Y%m%dT%H%M}"
        if reference in self.rows:
            self._note(number, event, "is in the calendar twice. One of them was left out.")
            return
        self.rows[reference] = EventRow(
            where=f"Event {number}",
            reference=reference,
            host=None,
            draft=draft,
            outcome="cancelled" if is_cancelled else "announced",
            source_url=_source(event),
        )

    def _draft(self, event: Component, start: _Start, title: str) -> EventDraft:
        length, is_end_known = _length(event, start)
        ends = start.at + length
        zone = start.zone if start.zone != "UTC" else self.home_zone
        place, online_url = _place(event)
        description = shortened(plain(_text(event, "DESCRIPTION")), DESCRIPTION_CHARACTERS)
        is_short = "\n" not in description and len(description) <= SUMMARY_CHARACTERS
        # A start that the clocks skip is moved on by as much, as calendar programs do (RFC 5545 3.3.5).
        starts_at, ends_at = (
            at.replace(tzinfo=ZoneInfo(start.zone)).astimezone(UTC) for at in (start.at, ends)
        )
        starts_local, ends_local = (local(at, zone) for at in (starts_at, ends_at))
        return EventDraft(
            kind=self.kind,
            texts={
                (locale := _locale(event)): TextDraft(
                    title, description if is_short else "", "" if is_short else description
                )
            },
            source_locale=locale,
            starts_local=starts_local,
            ends_local=ends_local,
            time_zone=zone,
            starts_fold=1 if zones.fold_at(starts_at, zone) else 0,
            ends_fold=1 if zones.fold_at(ends_at, zone) else 0,
            is_all_day=start.is_day,
            is_end_known=is_end_known,
            delivery="online" if online_url else "in_person",
            venue=None if online_url else place,
            online_url=online_url,
        )

    def _note(self, number: int, event: Component, what: str) -> None:
        title = shortened(one_line(_text(event, "SUMMARY")), 40)
        note = f"Event {number} ({title}) {what}" if title else f"Event {number} {what}"
        if note not in self.notes:
            self.notes.append(note)


def _identity(event: Component) -> str:
    uid = str(event.get("UID", "")).strip()
    return uid or "\n".join((_text(event, "SUMMARY"), str(_value(event, "DTSTART"))))


def _all(event: Component, name: str) -> list[Any]:
    found = event.get(name)
    return found if isinstance(found, list) else [] if found is None else [found]


def _first(event: Component, name: str) -> Any:
    return next(iter(_all(event, name)), None)


def _value(event: Component, name: str) -> object:
    """A day, a time or a length; None where there is none or it is broken."""
    found = _first(event, name)
    return found.dt if isinstance(found, vDDDTypes) else None


def _times(event: Component, name: str) -> Iterator[date | datetime]:
    """Every day and time of a property that holds lists of them; of a period its start."""
    for found in _all(event, name):
        for each in found.dts if isinstance(found, vDDDLists) else ():
            value = each.dt[0] if isinstance(each.dt, tuple) else each.dt
            if isinstance(value, date):
                yield value


def _rule_text(rule: object) -> str:
    if not isinstance(rule, vRecur):
        raise InvalidInputError(N_("We cannot read how this event repeats."))
    return bytes(rule.to_ical()).decode()  # type: ignore[no-untyped-call]


def _last(rule: object, start: _Start) -> datetime:
    """When a rule ends, by the event's own clock; a day is meant to its end."""
    values = rule.get("UNTIL", ()) if isinstance(rule, vRecur) else ()
    ends = [
        start.same_clock(value)
        + (timedelta() if isinstance(value, datetime) else timedelta(hours=23, minutes=59))
        for value in values
        if isinstance(value, date)
    ]
    return min(ends, default=datetime(zones.LAST_YEAR, 12, 31))


def _length(event: Component, start: _Start) -> tuple[timedelta, bool]:
    """How long an event lasts by its own clock, and whether the file says so."""
    ends, duration = _value(event, "DTEND"), _value(event, "DURATION")
    length = timedelta()
    if isinstance(duration, timedelta):
        length = duration
    if isinstance(ends, date):
        begins = _value(event, "DTSTART")
        first = start.same_clock(begins) if isinstance(begins, date) else start.at
        length = start.same_clock(ends) - first
    if start.is_day:
        return max(timedelta(days=length.days), timedelta(days=1)), True
    return (length, True) if length else (GUESSED_LENGTH, False)


def _text(event: Component, name: str) -> str:
    found = _first(event, name)
    return without_markup(str(found)) if isinstance(found, str) else ""


def _locale(event: Component) -> str:
    """The language that a title is marked with, where it is one of ours."""
    parameters: Mapping[str, object] = getattr(_first(event, "SUMMARY"), "params", {})
    language = str(parameters.get("LANGUAGE", "")).lower()
    return next((name for name in (language, language.split("-")[0]) if name in LANGUAGES), SOURCE_LOCALE)


def _place(event: Component) -> tuple[VenueDraft, str | None]:
    """Where it is; an address of the web as a place means that people meet there."""
    text = plain(_text(event, "LOCATION"))
    if found := _WEB_ADDRESS.search(text):
        link = found[0].rstrip(".,;)>")
        if link.startswith("https://") and len(link) <= _ADDRESS_CHARACTERS:
            return VenueDraft(_UNKNOWN_PLACE), link
        text = text.replace(found[0], "")
    name, _, address = one_line(text.replace("\n", ", ")).partition(", ")
    return (
        VenueDraft(
            shortened(name.strip(" ,-"), _PLACE_CHARACTERS) or _UNKNOWN_PLACE,
            shortened(address.strip(" ,-"), _PLACE_CHARACTERS) or None,
        ),
        None,
    )


def _source(event: Component) -> str | None:
    found = one_line(_text(event, "URL"))
    is_usable = _WEB_ADDRESS.fullmatch(found) and len(found) <= _ADDRESS_CHARACTERS
    return found if is_usable else None
