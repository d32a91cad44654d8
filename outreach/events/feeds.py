"""Calendar feeds over HTTP: the public one with the list's filters, and single events; they know no guest.

Three layers: entries that are kept per event and language, whole feeds that are kept in the process
for as long as nothing public changes, and the reader's own copy, which one integer confirms.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from flask import Blueprint, Response, current_app, make_response, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import SQLAlchemyError

from outreach.accounts.models import Jurisdiction, Organization
from outreach.database import db, insert, transaction
from outreach.errors import InvalidInputsError, NotFoundError
from outreach.events import calendar, calendar_entries, queries
from outreach.events.calendar import Stamp
from outreach.events.calendar_entries import Entry
from outreach.events.drafts import PUBLIC_STATUSES
from outreach.events.kinds import KINDS
from outreach.events.models import Event, FeedState
from outreach.events.queries import Filters
from outreach.events.shelf import Shelf
from outreach.i18n import N_, Translator, language_name
from outreach.installation import is_demo
from outreach.runtime import now, settings
from outreach.web import Packed, answer_packed, pack, t, tag

bp = Blueprint("feeds", __name__, url_prefix="/<locale:locale>")

CONTENT_TYPE = "text/calendar; charset=utf-8"
FRESH_SECONDS = 300
REFRESH_HOURS = 4

#: What a feed holds, counted from midnight UTC.
KEPT_PAST = timedelta(days=60)
KEPT_CANCELLED = timedelta(days=14)
SHOWN_AHEAD = timedelta(days=400)

#: Room for what stands before the events: names, and the rules of a few time zones.
_HEAD_BYTES = 20_000
#: More entries than fit into the budget, so that a feed of any size is read in the same time.
_MOST_ENTRIES = 2_000
#: Entries that are made while others wait to write.
_MADE_AT_ONCE = 50
_SHELF = "outreach_feeds"
_SHELF_BYTES = 1024 * 1024
#: Filters that anybody may fill with anything; a feed that has one is not remembered in the database.
_OPEN_FILTERS = ("q", "from", "to")
_UNKNOWN = N_("There is no such calendar.")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Feed:
    """A feed as it is sent."""

    packed: Packed
    #: None for a feed that nobody remembers.
    changed_at: datetime | None


@bp.record
def _put_up_shelf(setup: BlueprintSetupState) -> None:
    setup.app.extensions[_SHELF] = Shelf[_Feed](
        capacity_bytes=_SHELF_BYTES, weigh=lambda feed: feed.packed.weight_bytes
    )


@bp.get("/calendar.ics")
def public_feed() -> Response:
    """Every public event that the filters of the address find, as a calendar to subscribe to."""
    at, args = now(), _given(request.args)
    key = (t().locale, *args.items())
    shelf: Shelf[_Feed] = current_app.extensions[_SHELF]
    try:
        state = (queries.public_generation(), at.date())
        feed = shelf.get(key, state, lambda: _build(args, at))
    except SQLAlchemyError as error:
        # Programs drop everything when a calendar is gone or empty: an old one is better.
        _log.error("feed served as it was: %s", type(error).__name__)
        last = shelf.last(key)
        if last is None:
            return _unavailable()
        feed = last
    response = _answer(feed)
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


@bp.get("/events/<public_id>.ics")
def single_event(public_id: str) -> Response:
    """One event to put into a calendar once. Raises NotFoundError for one that is not public."""
    conditions = (Event.public_id == public_id, Event.status.in_(PUBLIC_STATUSES))
    entries = _current(*conditions)
    if not entries or entries[0].body is None or entries[0].changed_at is None:
        raise NotFoundError(N_("There is no such event."))
    everything = Filters()
    body = _written(
        [entries[0].body],
        everything,
        _name(everything, t()),
        changed_at=entries[0].changed_at,
        is_feed=False,
    )
    response = _answer(_Feed(pack(body), entries[0].changed_at))
    # Without this, phones subscribe to the address instead of adding the event.
    response.headers["Content-Disposition"] = f'attachment; filename="event-{public_id}.ics"'
    return response


def _given(args: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address in one order, before anybody looked whether they are known."""
    names = ("kind", "organization", "language", "county", *_OPEN_FILTERS)
    values = {name: " ".join(args.get(name, "").split()) for name in names}
    return {name: value for name, value in values.items() if value}


def _build(args: Mapping[str, str], at: datetime) -> _Feed:
    try:
        filters = Filters.parse(args)
    except InvalidInputsError:
        # An empty calendar would look like a region where nothing happens.
        raise NotFoundError(_UNKNOWN) from None
    upcoming, past = _window(at)
    entries = _current(*upcoming, *filters.conditions(), limit=_MOST_ENTRIES)
    if len(entries) < _MOST_ENTRIES:
        entries += _current(
            *past, *filters.conditions(), is_latest_first=True, limit=_MOST_ENTRIES - len(entries)
        )
    # What is soonest comes first, and what is long over is the last that still finds room.
    pieces, dropped = calendar.within_budget(
        [entry.body for entry in entries if entry.body is not None], calendar.BUDGET_BYTES - _HEAD_BYTES
    )
    if dropped or len(entries) == _MOST_ENTRIES:
        _log.warning("feed %s holds %s events and leaves out the rest", filters.query(), len(pieces))
    name = _name(filters, t())
    signature = tag(_written(pieces, filters, name, changed_at=_EPOCH))
    is_remembered = not any(name in args for name in _OPEN_FILTERS)
    changed_at = _changed_at(f"{t().locale}?{filters.query()}", signature, at) if is_remembered else None
    body = _written(pieces, filters, name, changed_at=changed_at or _midnight(at))
    return _Feed(pack(body), changed_at)


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.date(), time(), tzinfo=UTC)


def _window(at: datetime) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """What is to come or on today, and what is over; the same all day, so that a feed keeps its bytes."""
    today = _midnight(at)
    upcoming = [
        Event.status.in_(PUBLIC_STATUSES), Event.ends_at >= today, Event.starts_at < today + SHOWN_AHEAD
    ]  # fmt: skip
    past = [
        Event.ends_at < today,
        or_(
            and_(Event.status.in_(("published", "held")), Event.ends_at >= today - KEPT_PAST),
            and_(Event.status == "cancelled", Event.ends_at >= today - KEPT_CANCELLED),
        ),
    ]
    return upcoming, past


def _current(
    *conditions: ColumnElement[bool], is_latest_first: bool = False, limit: int | None = None
) -> list[Entry]:
    """The entries of the events that meet the conditions; those that are out of date are made first."""

    def look_up() -> list[Entry]:
        return calendar_entries.look_up(
            *conditions,
            locale=t().locale,
            public_url=settings().public_url,
            is_latest_first=is_latest_first,
            limit=limit,
        )

    entries = look_up()
    outdated = [entry.event_id for entry in entries if entry.body is None]
    if not outdated:
        return entries
    for start in range(0, len(outdated), _MADE_AT_ONCE):
        # A few at a time: whoever registers meanwhile waits for these, and not for a whole region's.
        with transaction():
            calendar_entries.refresh(
                outdated[start : start + _MADE_AT_ONCE],
                t().locale,
                public_url=settings().public_url,
                now=now(),
            )
    return look_up()


def _written(
    pieces: list[bytes], filters: Filters, name: str, *, changed_at: datetime, is_feed: bool = True
) -> bytes:
    query = filters.query()
    base, suffix = f"{settings().public_url}/{t().locale}", f"?{query}" if query else ""
    return calendar.feed(
        pieces,
        name=name,
        description=t()(N_("Events where newcomers and long-time residents meet. Everybody is welcome.")),
        locale=t().locale,
        url=f"{base}/events/{suffix}",
        source=f"{base}/calendar.ics{suffix}" if is_feed else None,
        home_zone=settings().time_zone,
        refresh_hours=REFRESH_HOURS,
        changed_at=changed_at,
    )


def _name(filters: Filters, t: Translator) -> str:
    """What calendar programs call the feed: the region, and what it was narrowed to."""
    names = [t(N_("Events in %(region)s"), region=settings().region_name)]
    if is_demo():
        names.append(t(N_("Demo")))
    if filters.kind:
        names.append(t(KINDS[filters.kind].plural))
    if filters.organization:
        hosts = select(Organization.name).where(Organization.public_id == filters.organization)
        names.append(db.session.scalars(hosts).one())
    if filters.language:
        names.append(language_name(filters.language, t.locale))
    if filters.county:
        counties = select(Jurisdiction.name).where(Jurisdiction.slug == filters.county)
        names.append(db.session.scalars(counties).one())
    if filters.q:
        names.append(filters.q)
    return " · ".join(names)


def _changed_at(feed: str, signature: str, at: datetime) -> datetime:
    """Since when a feed says this; it never moves back, whatever leaves the feed."""
    kept = db.session.get(FeedState, feed, populate_existing=True)
    if kept is not None and kept.signature == signature:
        return kept.changed_at
    with transaction():
        first = calendar.stamp(None, signature, at)
        db.session.execute(
            insert(FeedState)
            .values(feed=feed, signature=signature, sequence=first.sequence, changed_at=first.changed_at)
            .on_conflict_do_nothing()
        )
        # Locked, so that two processes which build the same feed agree on when it changed.
        kept = db.session.get_one(FeedState, feed, with_for_update=True, populate_existing=True)
        after = calendar.stamp(Stamp(kept.signature, kept.sequence, kept.changed_at), signature, at)
        kept.signature, kept.sequence, kept.changed_at = after.signature, after.sequence, after.changed_at
        return after.changed_at


def _answer(feed: _Feed) -> Response:
    """The feed, or 304 for a copy that is this one."""
    response = answer_packed(
        feed.packed, content_type=CONTENT_TYPE, max_age=FRESH_SECONDS, changed_at=feed.changed_at
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _unavailable() -> Response:
    """An answer that no program takes for an empty calendar."""
    response = make_response(b"", 503)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Retry-After"] = "300"
    response.cache_control.no_store = True
    return response
