"""Reads held events and their tallies; the only place that reads a tally, and never one that is sealed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    insert,
    join,
    literal,
    or_,
    outerjoin,
    select,
    tuple_,
)

from outreach.accounts.models import Jurisdiction
from outreach.database import db
from outreach.engagement import periods, statistics
from outreach.engagement.appendix import Rooms
from outreach.engagement.figures import LARGE_ROOM_PEOPLE
from outreach.engagement.gathering import EVERYTHING, Cut, Scope, Size, Strata
from outreach.engagement.keeping import Piece
from outreach.engagement.models import EditionEvent, EventTally
from outreach.engagement.periods import Period
from outreach.engagement.statistics import NOTHING, Statistics
from outreach.engagement.sums import Held, numbers_of
from outreach.events.kinds import KINDS
from outreach.events.models import Event, Venue
from outreach.registration.models import Attendance

#: Places without a county, to be compared with each other.
ONLINE, ELSEWHERE = "online", "elsewhere"

#: By what the sums of a frozen quarter may be kept apart, the first as far as the rules allow.
KEPT_CUTS: tuple[Cut, ...] = ("county", "size", "kind", "organization")

ALWAYS = Period("", date(1, 1, 1), date(9999, 12, 30))
#: So many events are fetched together.
_AT_ONCE = 1_000

#: A quarter by its number, and a place.
Where = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Question:
    """Which events are read, and by what their sums are kept apart."""

    period: Period
    scope: Scope = EVERYTHING
    by: Cut | None = None
    #: The day after the last frozen quarter. Events from before it that could not be read then are
    #: counted from then on.
    open_from: date | None = None
    #: Reads the events of an edition that is being frozen, whatever the period, in place of open ones.
    edition_id: int | None = None

    @property
    def takes_late_events(self) -> bool:
        """Whether the first quarter that is not frozen is in the period."""
        return self.open_from is not None and self.period.starts_on <= self.open_from <= self.period.ends_on

    @property
    def open_quarters(self) -> range:
        """The numbers of the quarters whose open events are in the report, late ones with them."""
        first, last = map(periods.quarter_number, (self.period.starts_on, self.period.ends_on))
        if self.open_from is None or self.open_from < self.period.starts_on:
            return range(first, last + 1)
        return range(last + 1) if self.takes_late_events else range(0)

    def quarter_name(self, number: int) -> str:
        """The quarter in which an event counts, from the number of its own."""
        if self.takes_late_events and self.open_from:
            number = max(number, periods.quarter_number(self.open_from))
        return periods.quarter(number).name


def held(
    question: Question, *, within: Collection[Where] | None = None, values: Collection[str] | None = None
) -> Iterator[Held]:
    """The readable events of a question, as they come: no list of them is made. One query.

    `within` takes those of some quarters and places only, `values` those of some values of the cut.
    """
    chosen = [*_conditions(question), *_of_size(question.scope.size)]
    if within is not None:
        chosen += [_IS_OPEN, *_around(within), tuple_(_QUARTER, _PLACE).in_(within)]
    if values is not None and question.by:
        chosen.append(_value(question).in_(values))
    lines = db.session.execute(
        select(*HELD_COLUMNS)
        .select_from(_joined(Event, is_readable=True))
        .where(*chosen)
        .execution_options(yield_per=_AT_ONCE)
    )
    return map(Held._make, lines)


def _around(within: Collection[Where]) -> list[ColumnElement[bool]]:
    """The days of these quarters and the venues of these places, by which an index leaves most others out."""
    numbers = [number for number, _ in within]
    first, last = periods.quarter(min(numbers)), periods.quarter(max(numbers))
    venues = select(Venue.id).outerjoin(Jurisdiction, Jurisdiction.id == Venue.county_id)
    there = venues.where(func.coalesce(Jurisdiction.slug, ELSEWHERE).in_({place for _, place in within}))
    is_there = or_(Event.venue_id.is_(None), Event.venue_id.in_(there), Event.delivery == ONLINE)
    return [*_between(first.starts_on, last.ends_on), is_there]


def strata() -> Any:
    """Selects the quarters and places that have readable, open events."""
    return _of_strata(_QUARTER, _PLACE)


def one_of_each() -> Any:
    """Selects the start, delivery and venue of one readable, open event of each quarter and place."""
    return _of_strata(func.min(Event.starts_local), func.min(Event.delivery), func.min(Event.venue_id))


def _of_strata(*facts: ColumnElement[Any]) -> Any:
    return (
        select(*facts)
        .select_from(_joined(Event, is_readable=True))
        .where(*_conditions(Question(ALWAYS)), _IS_OPEN)
        .group_by(_QUARTER, _PLACE)
    )


def open_quarters(open_from: date | None) -> list[Period]:
    """The quarters to which events belong that may be read and are not frozen, the earliest first.

    An event that could not be read when its own quarter was frozen belongs to the first that is not.
    """
    numbers = db.session.scalars(
        select(_QUARTER)
        .select_from(_joined(Event, is_readable=True))
        .where(*_conditions(Question(ALWAYS, open_from=open_from)))
        .distinct()
    )
    first = periods.quarter_number(open_from) if open_from else 0
    return [periods.quarter(number) for number in sorted({max(number, first) for number in numbers})]


def claim(question: Question, edition_id: int) -> None:
    """Puts the readable events that a question asks for into an edition: from then on they are frozen."""
    chosen = select(Event.id, literal(edition_id)).where(
        exists().where(Attendance.event_id == Event.id, Attendance.forgotten_at.is_not(None)),
        *_conditions(question),
    )
    db.session.execute(insert(EditionEvent).from_select(["event_id", "edition_id"], chosen))


def pieces(question: Question) -> list[Piece]:
    """The few sums by which it is judged how far the events may be kept apart by every cut."""
    found: dict[tuple[str, ...], Statistics] = defaultdict(lambda: NOTHING)
    for each in held(question):
        values: dict[Cut, str] = {
            "county": each.place,
            "size": each.size or "",
            "kind": each.kind,
            "organization": each.organization,
        }
        found[tuple(values[cut] for cut in KEPT_CUTS)] += statistics.of(numbers_of(each, each.tally))
    return [Piece(values, sums) for values, sums in found.items()]


def shapes(question: Question, strata: Strata) -> list[Rooms]:
    """How many rooms were like each other, for every stratum of this width. One query.

    A line for each pair of numbers of newcomers and residents, so that a million rooms are few lines.
    """
    keys = (_QUARTER, _PLACE, EventTally.newcomers, EventTally.residents)
    found: dict[tuple[object, ...], Rooms] = defaultdict(Counter)
    lines = db.session.execute(
        select(*keys, func.count())
        .select_from(_joined(Event, is_readable=True))
        .where(*_conditions(question), _KNOWN >= 1)
        .group_by(*keys)
    )
    for quarter, place, newcomers, residents, count in lines:
        found[(quarter, place) if strata == "quarter" else (place,)][newcomers, residents] += count
    return list(found.values())


def sealed_events(question: Question) -> dict[str, int]:
    """How many events took place whose guests are not forgotten yet, ballots or none, for each value.

    By size of room there is nothing to say: it is sealed as well.
    """
    if question.by == "size" or question.scope.size:
        return {}
    value = _value(question)
    found = db.session.execute(
        select(value, func.count())
        .select_from(_joined(Event, is_readable=False))
        .where(*_conditions(question), Attendance.forgotten_at.is_(None))
        .group_by(value)
    )
    return {str(key): count for key, count in found}


def _value(question: Question) -> ColumnElement[Any]:
    if question.by == "quarter" and question.takes_late_events and question.open_from:
        is_late = Event.starts_local < _midnight(question.open_from)
        return case((is_late, periods.quarter_name(question.open_from)), else_=_VALUES["quarter"])
    return _VALUES[question.by]


def _joined(event: type[Event], *, is_readable: bool) -> Any:
    """Events with their doors, their places and, where they may be read, their tallies."""
    door = Attendance.event_id == event.id
    found = (
        join(event, Attendance, and_(door, Attendance.forgotten_at.is_not(None))).outerjoin(
            EventTally, EventTally.event_id == event.id
        )
        if is_readable
        else outerjoin(event, Attendance, door)
    )
    return found.outerjoin(Venue, Venue.id == event.venue_id).outerjoin(
        Jurisdiction, Jurisdiction.id == Venue.county_id
    )


def _conditions(question: Question) -> list[ColumnElement[bool]]:
    """Closed as held on a day of the period at its place, and by its kind's rule for somebody."""
    scope = question.scope
    wanted: list[ColumnElement[bool]] = [
        Event.status == "held",
        or_(Event.head_count.is_(None), *_held_for_enough()),
        *(_of_edition(question.edition_id) if question.edition_id else _when(question)),
    ]
    if scope.kind is not None:
        wanted.append(Event.kind == scope.kind)
    if scope.county is not None:
        wanted.append(_PLACE.in_([scope.county]))
    if scope.organization_id is not None:
        wanted.append(Event.organization_id == scope.organization_id)
    return wanted


def _of_edition(edition_id: int) -> list[ColumnElement[bool]]:
    return [Event.id.in_(select(EditionEvent.event_id).where(EditionEvent.edition_id == edition_id))]


def _of_size(size: Size | None) -> list[ColumnElement[bool]]:
    return [] if size is None else [_SIZE.in_([size])]


def _when(question: Question) -> list[ColumnElement[bool]]:
    """On a day of the period that is not frozen, or before, where it could not be frozen then."""
    period, open_from = question.period, question.open_from
    if open_from is None or open_from < period.starts_on:
        return _between(period.starts_on, period.ends_on)
    if not question.takes_late_events:
        return [false()]
    return [*_between(date.min, period.ends_on), or_(Event.starts_local >= _midnight(open_from), _IS_OPEN)]


def _between(first: date, last: date) -> list[ColumnElement[bool]]:
    return [Event.starts_local >= _midnight(first), Event.starts_local < _midnight(last + timedelta(days=1))]


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time())


def _held_for_enough() -> list[ColumnElement[bool]]:
    """By each kind's rule; where all kinds have one, their names are not looked at."""
    rules = defaultdict(list)
    for kind in KINDS.values():
        rules[kind.held_from_people].append(kind.id)
    return [
        and_(Event.head_count >= people, *([Event.kind.in_(kinds)] if len(rules) > 1 else []))
        for people, kinds in rules.items()
    ]


def quarter_of(starts_local: Any) -> ColumnElement[Any]:
    """Four times the year and the quarter from 0, so that the next quarter is the next number."""
    year, month = (cast(extract(part, starts_local), Integer) for part in ("year", "month"))
    return year * 4 + (month - 1) // 3


def place_of(delivery: Any) -> ColumnElement[Any]:
    """With which place an event is compared; its venue and county are joined."""
    return case((delivery == "online", ONLINE), else_=func.coalesce(Jurisdiction.slug, ELSEWHERE))


_QUARTER, _PLACE = quarter_of(Event.starts_local), place_of(Event.delivery)
_KIND, _ORGANIZATION = cast(Event.kind, String), cast(Event.organization_id, String)
_IS_OPEN = ~exists().where(EditionEvent.event_id == Event.id)
_KNOWN = EventTally.newcomers + EventTally.residents
_SIZE: ColumnElement[Any] = case((_KNOWN > LARGE_ROOM_PEOPLE, "large"), (_KNOWN >= 0, "small"))
#: In the order of `Held`.
HELD_COLUMNS = (
    _QUARTER,
    _PLACE,
    _KIND,
    _ORGANIZATION,
    # Children under 16 are counted, and not asked.
    Event.head_count - func.coalesce(EventTally.children, 0),
    EventTally.newcomers,
    EventTally.residents,
    EventTally.both,
    EventTally.unsaid,
)
_VALUES: Mapping[Cut | None, ColumnElement[Any]] = {
    None: literal(""),
    "quarter": cast(_QUARTER // 4, String) + "-Q" + cast(_QUARTER % 4 + 1, String),
    "county": _PLACE,
    "kind": _KIND,
    "size": _SIZE,
    "organization": _ORGANIZATION,
}
