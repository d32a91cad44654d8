"""Reads held events and their tallies; the only place that reads a tally, and never one that is sealed.

Sums are made in the database. What comes back is a line for each quarter, county and size of room,
however many events there are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Float,
    Integer,
    String,
    Subquery,
    and_,
    case,
    cast,
    column,
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
    values,
)

from outreach.accounts.models import Jurisdiction
from outreach.database import db
from outreach.engagement import periods, sums
from outreach.engagement.appendix import Rooms
from outreach.engagement.bounds import Exposure, Spread
from outreach.engagement.figures import LARGE_ROOM_PEOPLE
from outreach.engagement.gathering import EVERYTHING, Cut, Gathered, Part, Scope, Size, Strata, stratum
from outreach.engagement.keeping import Piece
from outreach.engagement.measures import hinges_on_one
from outreach.engagement.models import EditionEvent, EventTally
from outreach.engagement.periods import Period
from outreach.engagement.statistics import Statistics, by_stratum
from outreach.events.kinds import KINDS
from outreach.events.models import Event, Venue
from outreach.registration.models import Attendance

#: Places without a county, to be compared with each other.
ONLINE, ELSEWHERE = "online", "elsewhere"

#: By what the sums of a frozen quarter may be kept apart, the first as far as the rules allow.
KEPT_CUTS: tuple[Cut, ...] = ("county", "size", "kind", "organization")


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


def parts(question: Question) -> dict[str, list[Part]]:
    """The plain sums of readable events, for each value of the cut ("" without one). One query."""
    rows = _rooms(question, "quarter", "place")
    keys = (rows.c.value, rows.c.quarter, rows.c.place, sums.is_large(rows.c))
    wanted = sums.sums_of(rows.c)
    found: dict[str, list[Part]] = {}
    lines = db.session.execute(select(*keys, *wanted.values()).group_by(*keys))
    for value, quarter, place, is_large, *numbers in lines:
        counted: dict[str, Any] = dict(zip(wanted, (number or 0 for number in numbers), strict=True))
        made = Statistics(**counted)
        found.setdefault(value, []).append(Part(periods.quarter(quarter).name, place, bool(is_large), made))
    return found


def complete(
    question: Question, found: Mapping[str, Sequence[Part]], closed: Mapping[str, Gathered]
) -> dict[str, Gathered]:
    """Closed sums with all that their ranges and bounds come from. A few queries, however many events."""
    if not closed:
        return {}
    return with_exposures(question, with_spreads(question, found, closed))


def with_spreads(
    question: Question, found: Mapping[str, Sequence[Part]], closed: Mapping[str, Gathered]
) -> dict[str, Gathered]:
    """Closed sums completed with how unlike each other their rooms are. One query."""
    rows, strata = _rooms(question, "quarter", "place"), _strata_table(found, closed)
    meetings = sums.met(rows.c.a, rows.c.b)
    among_all = sums.spread_of(meetings, sums.stake(rows.c, strata.c.a, strata.c.b))
    among_alike = sums.spread_of(meetings, sums.stake(rows.c, strata.c.a_alike, strata.c.b_alike))
    lines = db.session.execute(
        select(strata.c.value, strata.c.is_large, *among_all.values(), *among_alike.values())
        .join(
            strata,
            and_(
                *(strata.c[name] == rows.c[name] for name in ("value", "quarter", "place")),
                strata.c.is_large == sums.is_large(rows.c),
            ),
        )
        .where(rows.c.k >= 2)
        .group_by(strata.c.value, strata.c.is_large)
    )
    completed = dict(closed)
    for value, is_large, *numbers in lines:
        *among_all_sums, largest = numbers[: len(among_all)]
        *among_alike_sums, largest_alike = numbers[len(among_all) :]
        completed[value] = _completed(
            completed[value],
            "large" if is_large else "small",
            (Spread(*among_all_sums), largest),
            (Spread(*among_alike_sums), largest_alike),
        )
    return completed


#: A spread, and the largest stake in it.
_Stakes = tuple[Spread, float]


def _completed(before: Gathered, size: Size, among_all: _Stakes, among_alike: _Stakes) -> Gathered:
    whole = _spread_out(before.whole, *among_all)
    if size == "large":
        return replace(before, whole=whole, large=_spread_out(before.large, *among_alike))
    return replace(before, whole=whole, small=_spread_out(before.small, *among_alike))


def _spread_out(closed: Statistics, spread: Spread, largest_stake: float) -> Statistics:
    return replace(
        closed,
        spread=closed.spread + spread,
        hinges_on_one=closed.hinges_on_one or hinges_on_one(closed.by_chance, largest_stake),
    )


def _strata_table(found: Mapping[str, Sequence[Part]], closed: Mapping[str, Gathered]) -> CTE:
    """A line for every part with the two groups of its stratum: all of them, and those in rooms alike."""
    lines = []
    for value, its_parts in found.items():
        width = closed[value].strata
        everybody = by_stratum((stratum(part, width), part.sums) for part in its_parts)
        alike = by_stratum(((*stratum(part, width), part.is_large), part.sums) for part in its_parts)
        for part in its_parts:
            own = everybody[stratum(part, width)]
            beside = alike[*stratum(part, width), part.is_large]
            lines.append(
                (
                    value, _quarter_number(part.quarter), part.place, int(part.is_large),
                    own.newcomers_in_company, own.residents_in_company,
                    beside.newcomers_in_company, beside.residents_in_company,
                )
            )  # fmt: skip
    columns: list[ColumnElement[Any]] = [
        column("value", String),
        column("quarter", Integer),
        column("place", String),
        *(column(name, Integer) for name in ("is_large", "a", "b", "a_alike", "b_alike")),
    ]
    # Written out, since a database takes only so many values beside a statement.
    return values(*columns, name="strata", literal_binds=True).data(lines).cte("strata")


def with_exposures(question: Question, closed: Mapping[str, Gathered]) -> dict[str, Gathered]:
    """Closed sums completed with the bounds of exposure. A few queries, however many events.

    Dinkelbach's iteration of `bounds.exposure_bounds`, for both groups and both ends at once. It ends
    when the bound is known to half a thousandth, and gives the outer side of what is left.
    """
    trials = {value: _first_trial(gathered.whole) for value, gathered in closed.items()}
    first = settled = _settled(question, trials)
    for left in range(_MOST_ROUNDS, 0, -1):
        moving = {}
        for value, sides in settled.items():
            steps = [_step(*side, certain) for side, certain in _sides(sides, closed[value].whole)]
            if left == 1 or all(step.is_near for step in steps):
                trials[value] = tuple(
                    _outermost(step, ratio, end)
                    for step, ratio, end in zip(steps, trials[value], (0.0, 1.0) * 2, strict=True)
                )
            else:
                trials[value] = moving[value] = tuple(
                    ratio + step.inner for step, ratio in zip(steps, trials[value], strict=True)
                )
        if not moving:
            break
        settled = _settled(question, moving)
    return {
        value: replace(gathered, whole=_exposed(gathered.whole, trials[value], first[value]))
        for value, gathered in closed.items()
    }


#: Trial ratios: the least and the greatest for newcomers, then for residents. What rooms give at them:
#: meetings less ratio·members, and members.
_Ratios = tuple[float, ...]
_Settled = tuple[tuple[float, int], ...]
_NOBODY: _Settled = ((0.0, 0),) * 4

#: A bound may be so much too wide, and never too narrow.
_CLOSE = 0.0005
_SAME = 1e-9
#: Two or three are usual.
_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class _Step:
    """From a trial ratio to the bound: it lies between the inner step and the outer one."""

    inner: float
    #: None where nobody need be of the group, so that nothing limits it.
    outer: float | None

    @property
    def is_near(self) -> bool:
        """Whether the outer step may stand for the bound."""
        if self.outer is None:
            return abs(self.inner) <= _SAME
        return abs(self.outer - self.inner) <= _CLOSE


def _step(excess: float, members: int, fewest: int) -> _Step:
    """The excess changes by at least `fewest`, and towards the bound by at most `members`, a step."""
    if not members or not excess:
        return _Step(0.0, 0.0)
    return _Step(excess / members, excess / fewest if fewest else None)


def _sides(settled: _Settled, whole: Statistics) -> Iterable[tuple[tuple[float, int], int]]:
    newcomers, residents = whole.newcomers_in_company, whole.residents_in_company
    return zip(settled, (newcomers, newcomers, residents, residents), strict=True)


def _outermost(step: _Step, ratio: float, end: float) -> float:
    if step.outer is None:
        return ratio + step.inner if step.is_near else end
    return min(1.0, max(0.0, ratio + step.outer))


def _first_trial(found: Statistics) -> _Ratios:
    """The exposure as answered, which both ends enclose, or the far ends where nobody answered."""
    ratios = []
    for members in (found.newcomers_in_company, found.residents_in_company):
        ratios += [found.meetings / members] * 2 if members else [1.0, 0.0]
    return tuple(ratios)


def _settled(question: Question, trials: Mapping[str, _Ratios]) -> dict[str, _Settled]:
    """What every room gives where it is settled at the trial ratios. One query."""
    names = ("newcomers_low", "newcomers_high", "residents_low", "residents_high")
    columns: list[ColumnElement[Any]] = [column("value", String), *(column(name, Float) for name in names)]
    lines = [(value, *ratios) for value, ratios in trials.items()]
    tried = values(*columns, name="tried", literal_binds=True).data(lines).cte("tried")
    rooms = _rooms(question)
    seats = rooms.join(tried, and_(tried.c.value == rooms.c.value, rooms.c.k + rooms.c.u >= 2))
    others = (rooms.c.k + rooms.c.u - 1).label("others")
    row = sums.fenced(
        {**rooms.c, "others": others, **{name: tried.c[name] for name in names}}, source=seats
    ).c
    given: dict[str, ColumnElement[Any]] = {}
    for group, (own, other) in {"newcomers": (row.a, row.b), "residents": (row.b, row.a)}.items():
        low, high = row[f"{group}_low"], row[f"{group}_high"]
        said, everybody = sums.as_said(own, other), sums.with_all(row, own, other)
        filled = sums.best_filled(row, own, high)
        given |= {
            f"{group}_said": said[0] - low * said[1],
            f"{group}_all": everybody[0] - low * everybody[1],
            f"{group}_as_said": said[1],
            f"{group}_filled": filled,
        }
    made = sums.fenced({**row, **given}).c
    wanted = []
    for group, own in (("newcomers", made.a), ("residents", made.b)):
        at_least, at_most = made[f"{group}_said"], made[f"{group}_all"]
        filled, is_lower = made[f"{group}_filled"], at_most < at_least
        wanted += [
            func.sum(sums.least(at_least, at_most)),
            func.sum(case((is_lower, own + made.u), else_=made[f"{group}_as_said"])),
            func.sum(
                1.0 * filled * (made.others + 1 - filled) / made.others - made[f"{group}_high"] * filled
            ),
            func.sum(filled),
        ]
    found = dict.fromkeys(trials, _NOBODY)
    for value, *numbers in db.session.execute(select(made.value, *wanted).group_by(made.value)):
        found[value] = tuple((numbers[at], int(numbers[at + 1])) for at in range(0, len(numbers), 2))
    return found


def _exposed(found: Statistics, ratios: _Ratios, first: _Settled) -> Statistics:
    newcomers = Exposure(ratios[0], ratios[1], found.newcomers_in_company, found.newcomers + found.unsaid)
    residents = Exposure(ratios[2], ratios[3], found.residents_in_company, found.residents + found.unsaid)
    # At the first trial nobody is of the group only where no answers would put one beside somebody.
    return replace(
        found,
        newcomer_exposures=(newcomers,) if first[1][1] else (),
        resident_exposures=(residents,) if first[3][1] else (),
    )


def open_quarters(open_from: date | None) -> list[Period]:
    """The quarters to which events belong that may be read and are not frozen, the earliest first.

    An event that could not be read when its own quarter was frozen belongs to the first that is not.
    """
    always = Period("", date(1, 1, 1), date(9999, 12, 30))
    numbers = db.session.scalars(
        select(_QUARTER)
        .select_from(_joined(Event, is_readable=True))
        .where(*_conditions(Question(always, open_from=open_from)))
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
    rows = _rooms(question, *KEPT_CUTS)
    keys = [rows.c[cut] for cut in KEPT_CUTS]
    wanted = sums.sums_of(rows.c)
    names = ("asked", "newcomers", "residents")
    lines = db.session.execute(select(*keys, *(wanted[name] for name in names)).group_by(*keys))
    return [
        Piece(
            tuple(line[: len(keys)]),
            Statistics(asked=line[-3], newcomers=line[-2] or 0, residents=line[-1] or 0),
        )
        for line in lines
    ]


def shapes(question: Question, strata: Strata) -> list[Rooms]:
    """How many rooms were like each other, for every stratum of this width. One query.

    A line for each pair of numbers of newcomers and residents, so that a million rooms are few lines.
    """
    rows = _rooms(question, "quarter", "place")
    keys = (rows.c.quarter, rows.c.place, rows.c.a, rows.c.b)
    found: dict[tuple[object, ...], Rooms] = defaultdict(Counter)
    lines = db.session.execute(select(*keys, func.count()).where(rows.c.k >= 1).group_by(*keys))
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


def _rooms(question: Question, *keys: str) -> Subquery:
    """The readable events as rooms, one row each, with what sums are made of."""
    raw = sums.fenced(
        {
            "value": _value(question),
            **{key: _KEYS[key] for key in keys if key in _KEYS},
            # Children under 16 are counted, and not asked.
            "heads": Event.__table__.c.head_count - func.coalesce(EventTally.children, 0),
            **{short: EventTally.__table__.c[name] for short, name in _BALLOTS.items()},
            "cast": EventTally.newcomers + EventTally.residents + EventTally.both + EventTally.unsaid,
        },
        *_conditions(question),
        source=_joined(Event, is_readable=True),
    )
    known = raw.c.a + raw.c.b
    size = case((known > LARGE_ROOM_PEOPLE, "large"), (known >= 0, "small"))
    columns: dict[str, ColumnElement[Any]] = {**raw.c, **sums.room_columns(raw.c)}
    if "size" in keys:
        columns["size"] = func.coalesce(size, "")
    if question.by == "size":
        columns["value"] = size
    of_size: list[ColumnElement[bool]] = []
    if question.by == "size":
        of_size.append(known.is_not(None))
    if question.scope.size:
        of_size.append(size == question.scope.size)
    return sums.fenced(columns, *of_size)


def _value(question: Question) -> ColumnElement[Any]:
    if question.by == "quarter" and question.takes_late_events and question.open_from:
        is_late = Event.starts_local < _midnight(question.open_from)
        return case((is_late, periods.quarter_name(question.open_from)), else_=_VALUES["quarter"])
    return _VALUES.get(question.by, _ALL)


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


def _when(question: Question) -> list[ColumnElement[bool]]:
    """On a day of the period that is not frozen, or before, where it could not be frozen then."""
    period, open_from = question.period, question.open_from
    before_end = Event.starts_local < _midnight(period.ends_on + timedelta(days=1))
    if open_from is None or open_from < period.starts_on:
        return [Event.starts_local >= _midnight(period.starts_on), before_end]
    if not question.takes_late_events:
        return [false()]
    is_frozen = exists().where(EditionEvent.event_id == Event.id)
    return [before_end, or_(Event.starts_local >= _midnight(open_from), ~is_frozen)]


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


_YEAR = cast(extract("year", Event.starts_local), Integer)
_SEASON = (cast(extract("month", Event.starts_local), Integer) - 1) // 3
#: Four times the year and the quarter from 0, so that the next quarter is the next number.
_QUARTER = _YEAR * 4 + _SEASON
_PLACE = case((Event.delivery == "online", ONLINE), else_=func.coalesce(Jurisdiction.slug, ELSEWHERE))
_KEYS: Mapping[str, ColumnElement[Any]] = {
    "quarter": _QUARTER,
    "place": _PLACE,
    "county": _PLACE,
    "kind": cast(Event.kind, String),
    "organization": cast(Event.organization_id, String),
}
_BALLOTS = {"a": "newcomers", "b": "residents", "both": "both"}
_ALL = literal("")
_VALUES: Mapping[Cut | None, ColumnElement[Any]] = {
    None: _ALL,
    "quarter": cast(_YEAR, String) + "-Q" + cast(_SEASON + 1, String),
    "county": _PLACE,
    "kind": cast(Event.kind, String),
    "organization": cast(Event.organization_id, String),
}


def _quarter_number(name: str) -> int:
    year, _, quarter = name.partition("-Q")
    return int(year) * 4 + int(quarter) - 1
