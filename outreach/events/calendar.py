"""Writes calendar text (RFC 5545, RFC 7986): one piece per event and language, and feeds joined from pieces.

The only place that writes through icalendar. Knows no database and no address: a piece is made once
for each change, stored by the caller, and joined as it is ever after.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event
from icalendar.prop import vDuration, vText, vUri

from outreach.errors import InvalidInputError
from outreach.events import zones
from outreach.events.calendar_text import isolated, one_line, plain, shortened
from outreach.i18n import LANGUAGES, N_, Translator

PRODUCT = "-//Outreach//Outreach 1//EN"

#: A name of CSS, the only form RFC 7986 section 5.9 allows.
COLOR = "teal"

DESCRIPTION_CHARACTERS = 600

#: One large program drops a feed of about a million bytes; this leaves room for its head.
BUDGET_BYTES = 900_000

_END = b"END:VCALENDAR\r\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """What one event says in one language to one audience; texts as people typed them."""

    #: The same in every language, feed and download, for ever.
    uid: str
    #: Wall time at the event's place, naive.
    starts_local: datetime
    ends_local: datetime
    #: IANA zone of the place; "UTC" for what has none.
    time_zone: str
    #: 1 for the second of two equal wall times in autumn, see `zones.fold_at`.
    starts_fold: int = 0
    ends_fold: int = 0
    #: Days only: from the day of the start through the day of the end (an end at midnight is the day before).
    is_all_day: bool = False
    summary: str
    description: str = ""
    location: str = ""
    #: The event's page; the last line of the description as well.
    url: str
    categories: tuple[str, ...] = ()
    status: Literal["confirmed", "tentative", "cancelled"] = "confirmed"
    #: "personal" takes the time of the reader and is private, "public" neither.
    audience: Literal["public", "personal"] = "public"
    locale: str
    latitude: float | None = None
    longitude: float | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which content is published, as what revision, since when."""

    signature: str
    sequence: int
    changed_at: datetime


def fragment(event: CalendarEvent, *, sequence: int, changed_at: datetime) -> bytes:
    """The event as one VEVENT, byte for byte the same for the same arguments.

    DTSTAMP equals LAST-MODIFIED, as RFC 5545 section 3.8.7.2 asks of a calendar without METHOD.
    Raises InvalidInputError for an end that is not after the start, a time that its place skips, an
    unknown zone and a position off the map: leave that event out of the feed and report it.
    """
    piece = Event()
    piece.add("UID", one_line(event.uid))
    piece.add("DTSTAMP", changed_at)
    piece.add("LAST-MODIFIED", changed_at)
    piece.add("SEQUENCE", sequence)
    piece.add("CREATED", event.created_at)
    starts, ends = _days(event) if event.is_all_day else _times(event)
    piece.add("DTSTART", starts)
    piece.add("DTEND", ends)
    piece["SUMMARY"] = _text(one_line(event.summary), event.locale)
    piece["DESCRIPTION"] = _text(_description(event), event.locale)
    if location := one_line(event.location):
        piece["LOCATION"] = _text(location, event.locale)
    if event.latitude is not None and event.longitude is not None:
        piece.add("GEO", _position(event.latitude, event.longitude))
    piece["URL"] = _address(event.url)
    if categories := [text for text in map(one_line, event.categories) if text]:
        piece.add("CATEGORIES", categories)
    piece.add("STATUS", event.status.upper())
    is_busy = event.audience == "personal" and event.status != "cancelled"
    piece.add("TRANSP", "OPAQUE" if is_busy else "TRANSPARENT")
    if event.audience == "personal":
        piece.add("CLASS", "PRIVATE")
    return _written(piece)


def signature(event: CalendarEvent) -> str:
    """A hash of the event's content, without its stamps: equal as long as nothing a reader sees moves."""
    return sha256(fragment(event, sequence=0, changed_at=_EPOCH)).hexdigest()


def stamp(stored: Stamp | None, signature: str, now: datetime) -> Stamp:
    """The stamp that content with this signature gets: the stored one if it is the same content.

    Otherwise the next revision, at least a second after the last, because some programs take a
    change only when LAST-MODIFIED grew and it counts in seconds. Serves events and whole feeds.
    """
    now = now.replace(microsecond=0)
    if stored is None:
        return Stamp(signature, 0, now)
    if stored.signature == signature:
        return stored
    return Stamp(signature, stored.sequence + 1, max(now, stored.changed_at + timedelta(seconds=1)))


def feed(
    fragments: Iterable[bytes],
    *,
    name: str,
    description: str,
    locale: str,
    url: str,
    source: str | None,
    home_zone: str,
    refresh_hours: int,
    changed_at: datetime,
) -> bytes:
    """The pieces as one calendar, with the VTIMEZONE of every zone they name.

    `url` is the page that shows the same, `source` the feed's own address (None for an address that
    is a secret), `home_zone` a hint, and what an empty calendar holds, since the grammar wants one
    component. Carries no METHOD and no UID: with those, some programs open a new calendar each time
    or take the feed for one event.
    """
    pieces = list(fragments)
    head = Calendar()
    head.add("VERSION", "2.0")
    head.add("PRODID", PRODUCT)
    head.add("CALSCALE", "GREGORIAN")
    head["NAME"] = head["X-WR-CALNAME"] = _text(one_line(name), locale)
    head["X-WR-CALDESC"] = _text(one_line(description), locale)
    head["X-WR-TIMEZONE"] = vText(home_zone)
    head["REFRESH-INTERVAL"] = vDuration(timedelta(hours=refresh_hours), params={"VALUE": "DURATION"})
    head["X-PUBLISHED-TTL"] = vDuration(timedelta(hours=refresh_hours))
    head["URL"] = _address(url)
    head["COLOR"] = vText(COLOR)
    if source is not None:
        head["SOURCE"] = vUri(_address(source), params={"VALUE": "URI"})
    head.add("LAST-MODIFIED", changed_at)
    spans = _zone_spans(pieces) if pieces else {home_zone: (changed_at.date(), changed_at.date())}
    rules = [zones.time_zone_component(zone, *spans[zone]) for zone in sorted(spans)]
    return b"".join([_written(head).removesuffix(_END), *rules, *pieces, _END])


def within_budget(fragments: Sequence[bytes], budget_bytes: int = BUDGET_BYTES) -> tuple[list[bytes], int]:
    """The pieces that fit, and how many do not; given in order of their start, the last are dropped."""
    used = 0
    for count, piece in enumerate(fragments):
        used += len(piece)
        if used > budget_bytes:
            return list(fragments[:count]), len(fragments) - count
    return list(fragments), 0


def cancelled_summary(t: Translator, title: str) -> str:
    """The title of an event that will not take place, for programs that do not show its status."""
    return t(N_("Canceled: %(title)s"), title=title)


def _days(event: CalendarEvent) -> tuple[date, date]:
    first_on = event.starts_local.date()
    last_on = (event.ends_local - timedelta(microseconds=1)).date()
    if event.ends_local < event.starts_local:
        raise _end_before_start()
    return first_on, max(first_on, last_on) + timedelta(days=1)


def _times(event: CalendarEvent) -> tuple[datetime, datetime]:
    zone = event.time_zone
    starts_at = zones.resolve(event.starts_local, zone, fold=event.starts_fold)
    ends_at = zones.resolve(event.ends_local, zone, fold=event.ends_fold, field="ends")
    if ends_at <= starts_at:
        raise _end_before_start()
    # A zoned time that comes twice means the first (RFC 5545 section 3.3.5), but not to every reader.
    if any(zones.is_doubled(local, zone) for local in (event.starts_local, event.ends_local)):
        return starts_at, ends_at
    info = ZoneInfo(zone)
    return event.starts_local.replace(tzinfo=info), event.ends_local.replace(tzinfo=info)


def _end_before_start() -> InvalidInputError:
    return InvalidInputError(N_("Choose an end that is later than the start."), field="ends")


def _description(event: CalendarEvent) -> str:
    address = str(_address(event.url))
    text = plain(event.description)
    if LANGUAGES[event.locale].direction == "rtl":
        text = isolated(text)
    text = shortened(text, max(DESCRIPTION_CHARACTERS - len(address) - 1, 0))
    return f"{text}\n{address}" if text else address


def _position(latitude: float, longitude: float) -> tuple[float, float]:
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise InvalidInputError(
            N_("Enter a latitude from -90 to 90 and a longitude from -180 to 180."), field="latitude"
        )
    # Four places are eleven meters. A fifth could be written as 1e-05, which is no number in a calendar.
    return round(latitude, 4), round(longitude, 4)


def _text(text: str, locale: str) -> vText:
    return vText(text, params={"LANGUAGE": LANGUAGES[locale].html_lang})


def _address(url: str) -> vUri:
    return vUri(one_line(url).replace(" ", "%20"))


def _written(component: Component) -> bytes:
    return bytes(component.to_ical(sorted=False))


#: A zoned time of a piece; what people typed never begins a line with a property's name.
_ZONED_DAY = re.compile(rb"\nDT(?:START|END);TZID=([^:;\r\n]+):(\d{4})(\d\d)(\d\d)T")


def _zone_spans(pieces: Iterable[bytes]) -> dict[str, tuple[date, date]]:
    """Each zone that the pieces name, with the first and the last day it is used on."""
    spans: dict[str, tuple[date, date]] = {}
    for piece in pieces:
        for zone, year, month, day in _ZONED_DAY.findall(piece):
            on = date(int(year), int(month), int(day))
            first, last = spans.get(zone.decode(), (on, on))
            spans[zone.decode()] = min(first, on), max(last, on)
    return spans
