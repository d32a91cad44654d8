"""Keeps the calendar text of events: one entry per event, language and audience; knows no feed and no guest.

An entry is made anew when its event, our words or our address changed, and its stamps move only if
the content differs. Whoever reads finds out by one look at a few columns, and renders nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Literal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload, selectinload

from outreach import __version__, installation
from outreach.database import db, insert
from outreach.events import calendar, zones
from outreach.events.calendar import CalendarEvent, Stamp
from outreach.events.drafts import THEMES
from outreach.events.kinds import KINDS
from outreach.events.models import CalendarEntry, Event, EventPart, EventText
from outreach.events.shown import cancel_reason
from outreach.i18n import LANGUAGES, N_, Translator, catalogue_path, language_name, local, translator

#: Everybody; a guest who comes; a guest on the waiting list.
Audience = Literal["public", "personal", "waiting"]

_log = logging.getLogger(__name__)

#: What identifiers begin with. A guest's own entry is another one than the event's, so that leaving
#: an event does not strike it from a calendar that shows both; and a place on the waiting list is
#: another one than a seat, so that no program holds an old state for the newer.
_PREFIXES: dict[Audience, str] = {"public": "e", "personal": "r", "waiting": "w"}

#: How many events are loaded at once; a database takes only so many values in a list.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """What is kept of one event; `body` is None as long as `refresh` has not made it."""

    event_id: int
    body: bytes | None
    changed_at: datetime | None


def uid(public_id: str, audience: Audience) -> str:
    """The identifier of an event in calendars: the same in every language and feed, for ever."""
    return f"{_PREFIXES[audience]}-{public_id}@{installation.fact('uid_domain')}"


def look_up(
    *conditions: ColumnElement[bool],
    locale: str,
    audience: Audience = "public",
    public_url: str,
    is_latest_first: bool = False,
    limit: int | None = None,
) -> list[Entry]:
    """The kept entries of the events that meet the conditions, by their start; renders and writes nothing."""
    kept = and_(
        CalendarEntry.event_id == Event.id,
        CalendarEntry.locale == locale,
        CalendarEntry.audience == audience,
    )
    rows = db.session.execute(
        select(
            Event.id,
            Event.changed_at,
            Event.revision,
            Event.version,
            CalendarEntry.made_from,
            CalendarEntry.changed_at,
            CalendarEntry.body,
        )
        .outerjoin(CalendarEntry, kept)
        .where(*conditions)
        .order_by(Event.starts_at.desc() if is_latest_first else Event.starts_at, Event.id)
        .limit(limit)
    )
    edition = _edition(locale, public_url)
    return [
        Entry(event_id, body, changed_at)
        if made_from == _state(edition, event_changed_at, revision, version)
        else Entry(event_id, None, None)
        for event_id, event_changed_at, revision, version, made_from, changed_at, body in rows
    ]


def refresh(
    event_ids: Sequence[int],
    locale: str,
    *,
    audience: Audience = "public",
    public_url: str,
    now: datetime,
) -> None:
    """Makes the entries of these events that are missing or were made from an earlier state. Flushes.

    An event that cannot be written is left without a current entry and reported in the log, so that
    one broken row never takes a feed away.
    """
    for start in range(0, len(event_ids), _BATCH):
        ids = event_ids[start : start + _BATCH]
        stored = {
            entry.event_id: entry
            for entry in db.session.scalars(
                select(CalendarEntry)
                .where(
                    CalendarEntry.event_id.in_(ids),
                    CalendarEntry.locale == locale,
                    CalendarEntry.audience == audience,
                )
                .execution_options(populate_existing=True)
            )
        }
        for event in _loaded(ids):
            _refresh_one(event, stored.get(event.id), locale, audience, public_url=public_url, now=now)


def calendar_event(event: Event, locale: str, *, audience: Audience, public_url: str) -> CalendarEvent:
    """What an event says in a calendar, to everybody or in the calendar of a guest.

    A guest's calendar is shared and lies on strangers' machines: of an event that may be a private
    matter it shows neither title nor kind nor the name of the place.
    """
    t = translator(locale)
    kind = KINDS[event.kind]
    is_neutral = audience != "public" and kind.neutral_title is not None
    labels = [] if is_neutral else [kind.calendar_category, *([THEMES[event.theme]] if event.theme else [])]
    return CalendarEvent(
        uid=uid(event.public_id, audience),
        starts_local=event.starts_local,
        ends_local=event.ends_local,
        time_zone=event.time_zone,
        starts_fold=zones.fold_at(event.starts_at, event.time_zone),
        ends_fold=zones.fold_at(event.ends_at, event.time_zone),
        is_all_day=event.is_all_day,
        summary=_summary(event, t, audience),
        description="\n".join(_lines(event, t, audience, is_neutral=is_neutral)),
        location=_location(event, t, is_neutral=is_neutral),
        url=f"{public_url}/{locale}/events/{event.public_id}",
        categories=tuple(t(label) for label in labels),
        status=_status(event, audience),
        audience="public" if audience == "public" else "personal",
        locale=locale,
        created_at=event.created_at,
    )


def _loaded(ids: Sequence[int]) -> Iterable[Event]:
    return db.session.scalars(
        select(Event)
        .where(Event.id.in_(ids))
        .options(selectinload(Event.texts), selectinload(Event.parts), joinedload(Event.venue))
        .order_by(Event.id)
    )


def _refresh_one(
    event: Event,
    stored: CalendarEntry | None,
    locale: str,
    audience: Audience,
    *,
    public_url: str,
    now: datetime,
) -> None:
    made_from = _state(_edition(locale, public_url), event.changed_at, event.revision, event.version)
    if stored is not None and stored.made_from == made_from:
        return
    try:
        content = calendar_event(event, locale, audience=audience, public_url=public_url)
        signature = calendar.signature(content)
        if stored is not None and stored.signature == signature:
            stored.made_from = made_from
            db.session.flush()
            return
        before = Stamp(stored.signature, stored.sequence, stored.changed_at) if stored else None
        after = calendar.stamp(before, signature, now)
        body = calendar.fragment(content, sequence=after.sequence, changed_at=after.changed_at)
    except Exception as error:
        # Whatever it is: one event must not take everybody's calendar away.
        _log.error("event %s cannot be written to calendars: %s", event.public_id, type(error).__name__)
        return
    _store(event.id, locale, audience, made_from, after, body)


def _store(event_id: int, locale: str, audience: Audience, made_from: str, stamp: Stamp, body: bytes) -> None:
    facts = {
        "made_from": made_from,
        "signature": stamp.signature,
        "sequence": stamp.sequence,
        "changed_at": stamp.changed_at,
        "body": body,
    }
    # Two processes may make the same entry in the same moment: the first one's stamps stand for both.
    db.session.execute(
        insert(CalendarEntry)
        .values(event_id=event_id, locale=locale, audience=audience, **facts)
        .on_conflict_do_update(
            index_elements=["event_id", "locale", "audience"],
            set_=facts,
            where=CalendarEntry.made_from != made_from,
        )
    )


@cache
def _edition(locale: str, public_url: str) -> str:
    """Names the words and the address that entries are made with, so that new ones reach old entries."""
    path = catalogue_path(LANGUAGES[locale].catalogue)
    words = path.read_bytes() if path.exists() else b""
    return sha256(f"{__version__}\n{public_url}\n".encode() + words).hexdigest()[:12]


def _state(edition: str, changed_at: datetime, revision: int, version: int) -> str:
    return f"{edition} {revision} {version} {changed_at:%Y-%m-%dT%H:%M:%S.%f}"


def _status(event: Event, audience: Audience) -> Literal["confirmed", "tentative", "cancelled"]:
    if event.status == "cancelled":
        return "cancelled"
    return "tentative" if audience == "waiting" else "confirmed"


def _summary(event: Event, t: Translator, audience: Audience) -> str:
    neutral = KINDS[event.kind].neutral_title
    title = t(neutral) if neutral and audience != "public" else _title(event.text_in(t.locale), t)
    if event.status == "cancelled":
        return calendar.cancelled_summary(t, title)
    return t(N_("Waiting list: %(title)s"), title=title) if audience == "waiting" else title


def _title(text: EventText, t: Translator) -> str:
    if text.locale == t.locale:
        return text.title
    return t(N_("%(title)s (%(language)s)"), title=text.title, language=language_name(text.locale, t.locale))


def _lines(event: Event, t: Translator, audience: Audience, *, is_neutral: bool) -> list[str]:
    """The sentences of the description, the ones that change plans first."""
    text = event.text_in(t.locale)
    lines = []
    if event.status == "cancelled":
        reason = None if is_neutral else cancel_reason(event, t)
        lines.append(reason[0] if reason else "")
    elif event.moved_at is not None:
        lines.append(_moved(event, t))
    if audience == "personal" and event.status != "cancelled":
        lines.append(t(N_("You are registered.")))
    if audience == "waiting" and event.status != "cancelled":
        lines.append(
            t(N_("You are on the waiting list. Please come only when we tell you that you have a seat."))
        )
    if not event.is_end_known:
        lines.append(t(N_("The end is not announced. The time in your calendar is a guess.")))
    if event.delivery != "in_person":
        lines.append(_online(t, audience))
    if is_neutral:
        return _filled(lines)
    if event.is_police_present:
        lines.append(t(N_("Police officers will be at this event. They never see who signed up.")))
    if audience == "public":
        lines.append(text.summary)
    lines += [_part(part, event, t) for part in event.parts]
    if audience == "public":
        lines.append(text.description)
    return _filled(lines)


def _moved(event: Event, t: Translator) -> str:
    before = event.moved_from_at
    if before is None or before == event.starts_at:
        return t(N_("New time or place. Please look again at both."))
    return t(N_("New time. Before, it was %(when)s."), when=t.when(local(before, event.time_zone)))


def _filled(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip()]


def _online(t: Translator, audience: Audience) -> str:
    # The link itself is for guests only, and calendars are shared.
    if audience == "public":
        return t(N_("You can take part online. The event's page says how."))
    return t(N_("You can take part online. The link is on your pass."))


def _part(part: EventPart, event: Event, t: Translator) -> str:
    at = part.starts_local
    when = t.clock(at) if at.date() == event.starts_local.date() else t.when(at)
    if part.place.strip():
        return t(N_("%(when)s: %(title)s, %(place)s"), when=when, title=part.title, place=part.place)
    return t(N_("%(when)s: %(title)s"), when=when, title=part.title)


def _location(event: Event, t: Translator, *, is_neutral: bool) -> str:
    venue = event.venue
    if venue is None:
        return t(N_("Online")) if event.delivery == "online" else ""
    names = [None if is_neutral else venue.name, venue.address, venue.city]
    return ", ".join(dict.fromkeys(name.strip() for name in names if name and name.strip()))
