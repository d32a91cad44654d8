"""Reads public events: the filters that list, feed and JSON share, and what they find; knows no page.

A filter narrows what everybody may see. It never opens anything: drafts are found by no query here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, union_all
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from outreach.accounts.models import Jurisdiction, Organization
from outreach.database import db
from outreach.errors import InvalidInputError, InvalidInputsError, NotFoundError
from outreach.events import shown
from outreach.events.drafts import LONGEST_EVENT, PUBLIC_STATUSES
from outreach.events.kinds import KINDS
from outreach.events.models import Event, EventCohost, EventLanguage, EventText, Generation, Venue
from outreach.events.zones import FIRST_YEAR, LAST_YEAR
from outreach.folding import folded
from outreach.i18n import LANGUAGES, N_

PAGE_SIZE = 20
SEARCH_CHARACTERS = 60
#: What is still to come and is shown: a cancelled event stays, marked, until it would have ended.
UPCOMING_STATUSES = ("published", "cancelled")

_PUBLIC_GENERATION = select(Generation.value).where(Generation.name == "public")

#: What a kept page of an event depends on.
_PAGE_STATE = select(
    _PUBLIC_GENERATION.scalar_subquery(),
    Event.capacity,
    Event.seats_taken,
    Event.waiting_parties,
    Event.starts_at,
    Event.ends_at,
).where(Event.public_id == bindparam("public_id"))

#: How far a wall clock can be from UTC, rounded up.
_CLOCK_REACH = timedelta(hours=15)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader wants to see; the names in addresses are those of `values`."""

    #: Id of a kind.
    kind: str | None = None
    #: Public id of a host or co-host.
    organization: str | None = None
    #: A locale that is spoken or interpreted at the event.
    language: str | None = None
    #: Slug of a county.
    county: str | None = None
    #: First and last local day, both included.
    from_on: date | None = None
    to_on: date | None = None
    #: Words that must all occur in the event's texts or the names of its place or host.
    q: str = ""
    #: 1 for the first; of the list only, feeds have no pages.
    page: int = 1

    @classmethod
    def parse(cls, args: Mapping[str, str]) -> Self:
        """The filters of an address; empty values and unknown names are ignored.

        Raises InvalidInputsError with every value that cannot be, by its name in the address.
        """
        reader = _Reader(args)
        filters = cls(
            kind=reader.listed("kind", KINDS),
            organization=reader.known("organization", select(Organization.id), Organization.public_id),
            language=reader.listed("language", LANGUAGES),
            county=reader.known(
                "county", select(Jurisdiction.id).where(Jurisdiction.level == "county"), Jurisdiction.slug
            ),
            from_on=reader.day("from"),
            to_on=reader.day("to"),
            q=reader.words("q"),
            page=reader.page("page"),
        )
        if filters.from_on and filters.to_on and filters.to_on < filters.from_on:
            reader.refuse("to", N_("The last day must not be before the first day."))
        if reader.problems:
            raise InvalidInputsError(reader.problems)
        return filters

    def values(self) -> dict[str, str]:
        """The filters by their names in addresses, in one order, without those that are not set."""
        given = {
            "kind": self.kind,
            "organization": self.organization,
            "language": self.language,
            "county": self.county,
            "from": self.from_on and self.from_on.isoformat(),
            "to": self.to_on and self.to_on.isoformat(),
            "q": self.q,
            "page": str(self.page) if self.page > 1 else None,
        }
        return {name: value for name, value in given.items() if value}

    def query(self, **changes: Any) -> str:
        """The canonical query string, with some filters changed; the same filters give the same one."""
        return urlencode(replace(self, **changes).values())

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return replace(self, page=1) != Filters()

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over `Event`; pages are no part of it."""
        found: list[ColumnElement[bool]] = []
        if self.kind:
            found.append(Event.kind == self.kind)
        if self.organization:
            host = select(Organization.id).where(Organization.public_id == self.organization)
            own = select(Event.id).where(Event.organization_id.in_(host))
            shared = select(EventCohost.event_id).where(EventCohost.organization_id.in_(host))
            # One list of a host's events: with an "or", SQLite would look at every event of the region.
            found.append(Event.id.in_(union_all(own, shared)))
        if self.language:
            # Asked event by event, so that a page of a long list ends early.
            found.append(Event.languages.any(EventLanguage.locale == self.language))
        if self.county:
            there = select(Venue.id).join(Venue.county).where(Jurisdiction.slug == self.county)
            found.append(Event.venue_id.in_(there))
        if self.from_on:
            found.append(Event.ends_local > datetime.combine(self.from_on, time()))
        if self.to_on:
            found.append(Event.starts_local < datetime.combine(self.to_on, time()) + timedelta(days=1))
        found += [_mentions(word) for word in self.q.split()]
        return found


def upcoming(filters: Filters, now: datetime) -> list[Event]:
    """One page of events that are not over, the soonest first, ready to be shown as cards.

    The number of queries is the same for any number of events.
    """
    found = (
        union_all(*(_page_of(status, filters, now) for status in UPCOMING_STATUSES))
        .order_by("starts_at", "id")
        .limit(PAGE_SIZE)
        .offset((filters.page - 1) * PAGE_SIZE)
        .subquery()
    )
    return list(
        db.session.scalars(
            select(Event)
            .join(found, found.c.id == Event.id)
            .options(joinedload(Event.venue), selectinload(Event.texts), selectinload(Event.languages))
            .order_by(found.c.starts_at, found.c.id)
        )
    )


def count_upcoming(filters: Filters, now: datetime) -> int:
    """How many events the filters find on all pages together."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Event)
            .where(Event.status.in_(UPCOMING_STATUSES), Event.ends_at > now, *filters.conditions())
        )
        or 0
    )


def event_by_public_id(public_id: str, *, is_whole: bool = True) -> Event:
    """A public event, with everything its page shows when it is wanted whole. Raises NotFoundError."""
    event = db.session.scalars(_public_event(is_whole), {"public_id": public_id}).unique().one_or_none()
    if event is None:
        raise NotFoundError(N_("There is no such event."))
    return event


def public_generation() -> int:
    """The counter that rises when anything on public pages changes."""
    return db.session.scalar(_PUBLIC_GENERATION) or 0


class PageState(NamedTuple):
    """What a kept page of an event depends on: nothing else on it changes with time."""

    generation: int
    seats: shown.Seats
    has_begun: bool
    is_over: bool


def page_state(public_id: str, now: datetime) -> PageState:
    """The state of one event's pages, in one query. Raises NotFoundError for an id that nobody has."""
    row = db.session.execute(_PAGE_STATE, {"public_id": public_id}).one_or_none()
    if row is None:
        raise NotFoundError(N_("There is no such event."))
    seats = shown.seats(row.capacity, row.seats_taken, row.waiting_parties)
    return PageState(row[0] or 0, seats, row.starts_at <= now, row.ends_at <= now)


def hosts(now: datetime) -> list[tuple[str, str]]:
    """Public id and name of every organization that hosts something to come, by name."""
    is_hosting = select(Event.id).where(
        Event.organization_id == Organization.id,
        Event.status.in_(UPCOMING_STATUSES),
        Event.ends_at > now,
    )
    rows = db.session.execute(
        select(Organization.public_id, Organization.name)
        .where(is_hosting.exists())
        .order_by(func.lower(Organization.name))
    )
    return [(public_id, name) for public_id, name in rows]


def counties() -> list[Jurisdiction]:
    """The counties of the region, by name."""
    return list(
        db.session.scalars(
            select(Jurisdiction).where(Jurisdiction.level == "county").order_by(Jurisdiction.name)
        )
    )


class _Reader:
    """Reads an address's values and gathers what is wrong with them."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self.args = args
        self.problems: list[InvalidInputError] = []

    def refuse(self, name: str, message: str, **values: object) -> None:
        self.problems.append(InvalidInputError(message, field=name, **values))

    def text(self, name: str) -> str:
        return " ".join(self.args.get(name, "").split())

    def listed(self, name: str, known: Mapping[str, object]) -> str | None:
        value = self.text(name)
        if value and value not in known:
            self.refuse(name, N_("Choose from the list."))
            return None
        return value or None

    def known(self, name: str, rows: Select[int], column: Any) -> str | None:
        value = self.text(name)
        # PostgreSQL refuses a text with a NUL in it.
        if value and ("\0" in value or db.session.scalar(rows.where(column == value)) is None):
            self.refuse(name, N_("Choose from the list."))
            return None
        return value or None

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        try:
            found = date.fromisoformat(value) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
        except ValueError:
            found = None
        if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            self.refuse(name, N_("Enter a date that exists, like 2026-09-12."))
            return None
        return found

    def words(self, name: str) -> str:
        value = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", self.text(name)).split())
        if len(value) > SEARCH_CHARACTERS:
            self.refuse(name, N_("Use at most %(count)s letters."), count=SEARCH_CHARACTERS)
            return ""
        return value

    def page(self, name: str) -> int:
        value = self.text(name) or "1"
        if not re.fullmatch(r"[1-9][0-9]{0,4}", value):
            self.refuse(name, N_("Enter a page number from 1 on."))
            return 1
        return int(value)


def _page_of(status: str, filters: Filters, now: datetime) -> Select[int, datetime]:
    """Events of one status, bounded so that both databases read them in order from the index.

    `status IN (...)` would make them sort everything first; two branches of one UNION are merged.
    """
    earliest = now - LONGEST_EVENT
    if filters.from_on:
        begins_at = datetime.combine(filters.from_on, time(), tzinfo=now.tzinfo)
        earliest = max(earliest, begins_at - _CLOCK_REACH - LONGEST_EVENT)
    found = select(Event.id, Event.starts_at).where(
        Event.status == status, Event.starts_at >= earliest, Event.ends_at > now, *filters.conditions()
    )
    if filters.to_on:
        ends_at = datetime.combine(filters.to_on, time(), tzinfo=now.tzinfo) + timedelta(days=1)
        found = found.where(Event.starts_at < ends_at + _CLOCK_REACH)
    return found


def _mentions(word: str) -> ColumnElement[bool]:
    """Whether a word occurs in an event's texts of any language, or in the name of its place or host."""
    plain = folded(word)
    if not plain:
        # Of a sign that is no letter nothing is left in the plain form.
        texts = select(EventText.event_id).where(EventText.title.contains(word, autoescape=True))
        return Event.id.in_(texts)
    texts, places, names = (
        select(column).where(where.contains(plain, autoescape=True))
        for column, where in (
            (EventText.event_id, EventText.search_words),
            (Venue.id, Venue.search_words),
            (Organization.id, Organization.search_words),
        )
    )
    return or_(Event.id.in_(texts), Event.venue_id.in_(places), Event.organization_id.in_(names))


@cache
def _public_event(is_whole: bool) -> Select[Event]:
    """Made once: to describe everything anew takes as long as to ask for it."""
    return (
        select(Event)
        .where(Event.public_id == bindparam("public_id"), Event.status.in_(PUBLIC_STATUSES))
        .options(*_everything() if is_whole else (joinedload(Event.texts),))
    )


def _everything() -> tuple[ExecutableOption, ...]:
    # Few rows each, so that joining them costs less than asking for them one after the other.
    return (
        joinedload(Event.organization, innerjoin=True),
        joinedload(Event.campaign),
        joinedload(Event.venue).joinedload(Venue.county),
        joinedload(Event.texts),
        joinedload(Event.languages),
        joinedload(Event.cohosts),
        joinedload(Event.parts),
        joinedload(Event.keywords),
    )
