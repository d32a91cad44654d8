"""How often newcomers and long-time residents were in the room together, from four totals per event.

Pure; knows no guest, no event's name and no database. What may be *published* of these figures is
decided elsewhere (suppression), and how they are worded on a page as well.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from outreach.engagement.bounds import (
    Range,
    Room,
    Spread,
    exposure_bounds,
    met,
    ratio_range,
    wilson_range,
)
from outreach.i18n import N_

# The rule of a shared event. Fixed for a program year, so that nobody can shop for a threshold
# afterwards. The sentences below and in `figures.py` say these numbers in words: change both.
SHARED_LEAST_PEOPLE = 2
SHARED_LEAST_PERCENT = 10

#: Under this many people in the room an event cannot be shared by the rule above, so it is not asked to be.
ASSESSABLE_PEOPLE = 2 * SHARED_LEAST_PEOPLE

#: Below this many answers in a hundred people, only lowest and highest are said.
LEAST_ANSWERED_PERCENT = 60

#: Below the first number of events only counts are said; below the second the range is called rough.
ROUGH_RANGE_EVENTS = 10
LIKELY_RANGE_EVENTS = 40

NOT_ENOUGH_ANSWERS = N_("Not enough answers.")
FEW_EVENTS = N_("Fewer than 10 events: we show counts only.")
FEW_COMPARABLE_EVENTS = N_(
    "Fewer than 10 events had another event in the same place and season to compare with."
)
LOW_RESPONSE = N_("Fewer than 6 in 10 people answered. We show only the lowest and highest it could be.")
ONE_EVENT = N_("One event alone decides this figure.")
NO_EVENTS = N_("No events were held.")
NO_HEAD_COUNT = N_("Nobody counted heads.")
HEAD_COUNT_TOO_LOW = N_("The head count is lower than the number of answers.")

#: "bounds": whatever the people who did not say would have said. The others: what other events like these
#: might have given.
RangeKind = Literal["bounds", "rough", "likely"]
Answer = Literal["newcomers", "residents", "both"]

#: Stratum, newcomers, residents of a room with company.
_Seats = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """The ballots of one held event: who was in the room, in four totals.

    Guests only. Staff, volunteers on shift, speakers, interpreters, officers and sponsors never reach a
    tally, nor do guests who registered and did not come, nor cancelled events; an event where nobody
    was asked has no tally. Walk-ins count.

    `stratum` is the season and place within which chance is judged, like "2018-Q1 Jackson County".
    """

    stratum: str
    #: Moved here from another country.
    newcomers: int
    #: Grew up in the United States.
    residents: int
    #: Both, or it's complicated: a group of its own, never split between the other two.
    both: int
    #: Preferred not to say, or was counted in the room and gave no ballot.
    unsaid: int

    def __post_init__(self) -> None:
        if min(self.newcomers, self.residents, self.both, self.unsaid) < 0:
            raise ValueError("a tally counts people")

    @property
    def known(self) -> int:
        """People who put themselves in one of the two groups."""
        return self.newcomers + self.residents

    @property
    def answered(self) -> int:
        """People who gave any of the three answers."""
        return self.known + self.both

    @property
    def people(self) -> int:
        """Everybody in the room."""
        return self.answered + self.unsaid

    @property
    def room(self) -> Room:
        """The room as the bounds take it."""
        return self.newcomers, self.residents, self.unsaid


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure with what it was made of; `value` is None, never 0, when it is undefined or unsayable.

    `reason` then says why in a sentence. A range may be given without a value and a value without a
    range; `range_kind` says what the range is about. Shares run from 0 to 1.
    """

    numerator: float
    denominator: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    range_kind: RangeKind | None = None
    reason: str | None = None


def is_assessable(tally: Tally) -> bool:
    """Whether the room held enough people (4) for both groups to be there in real numbers."""
    return tally.people >= ASSESSABLE_PEOPLE


def is_tiny(tally: Tally) -> bool:
    """Whether somebody was there, but too few to assess: such events are counted apart."""
    return 0 < tally.people < ASSESSABLE_PEOPLE


def is_shared(tally: Tally, percent: int = SHARED_LEAST_PERCENT) -> bool:
    """Whether at least 2 of each group said they were there, and the smaller was at least 10% of the two.

    Two of 20 is enough, two of 21 is not. "At least one of each" would mean little: where 8% are
    newcomers, 81% of rooms of 20 filled by chance hold one.
    """
    return _is_real(min(tally.newcomers, tally.residents), of=tally.known, percent=percent)


def is_certainly_shared(tally: Tally) -> bool:
    """Whether the event is shared whatever the people who did not say would have said."""
    return _is_real(min(tally.newcomers, tally.residents), of=tally.known + tally.unsaid)


def is_possibly_shared(tally: Tally) -> bool:
    """Whether some answers of the people who did not say would make the event shared."""
    most = tally.known + tally.unsaid
    smaller = min(most // 2, tally.newcomers + tally.unsaid, tally.residents + tally.unsaid)
    return _is_real(smaller, of=most)


def _is_real(smaller: int, *, of: int, percent: int = SHARED_LEAST_PERCENT) -> bool:
    return smaller >= SHARED_LEAST_PEOPLE and 100 * smaller >= percent * of


def shared_events(tallies: Iterable[Tally]) -> Measure:
    """M1: shared events out of assessable events, 0 to 1, with the Wilson range.

    Counts only under 10 assessable events or when fewer than 60% answered.
    """
    assessable = _assessable(tallies)
    shared, events = sum(map(is_shared, assessable)), len(assessable)
    reason = too_few(events) or _too_silent(assessable)
    if reason:
        return Measure(shared, events, reason=reason)
    return with_range(Measure(shared, events, shared / events), wilson_range(shared, events), events)


def certainly_shared_events(tallies: Iterable[Tally]) -> Measure:
    """M1b, lower: events shared in any case, out of assessable ones (0 to 1). Counts only under 10 events."""
    return _share_of_events(tallies, is_certainly_shared)


def possibly_shared_events(tallies: Iterable[Tally]) -> Measure:
    """M1b, upper: events possibly shared, out of assessable ones (0 to 1). Counts only under 10 events."""
    return _share_of_events(tallies, is_possibly_shared)


def _share_of_events(tallies: Iterable[Tally], is_counted: Callable[[Tally], bool]) -> Measure:
    assessable = _assessable(tallies)
    counted, events = sum(map(is_counted, assessable)), len(assessable)
    reason = too_few(events)
    return Measure(counted, events, None if reason else counted / events, reason=reason)


def people_at_shared_events(tallies: Iterable[Tally]) -> Measure:
    """M1w: people at shared events out of people at assessable ones (0 to 1), with the bounds of the unsaid.

    Counts only under 10 assessable events; bounds only when fewer than 60% answered.
    """
    assessable = _assessable(tallies)
    least, counted, most = (
        sum(tally.people for tally in assessable if is_counted(tally))
        for is_counted in (is_certainly_shared, is_shared, is_possibly_shared)
    )
    people = sum(tally.people for tally in assessable)
    few = too_few(len(assessable))
    if few:
        return Measure(counted, people, reason=few)
    bounds = (least / people, most / people)
    return bounded(counted, people, bounds, reason=_too_silent(assessable))


def newcomer_share(tallies: Sequence[Tally]) -> Measure:
    """M2: newcomers out of newcomers and residents together, A/(A+B), 0 to 1.

    Bounds A/(A+B+U) to (A+U)/(A+B+U): everybody who did not say in the one group or the other. Never
    to be shown alone: it falls when newcomers answer less often, where `chance_ratio` hardly moves.
    """
    newcomers = sum(tally.newcomers for tally in tallies)
    known = sum(tally.known for tally in tallies)
    unsaid = sum(tally.unsaid for tally in tallies)
    return share_with_unsaid(newcomers, known, unsaid, reason=_too_silent(tallies))


def answer_share(tallies: Sequence[Tally], answer: Answer) -> Measure:
    """M2: one of the three answers out of all answers, 0 to 1.

    Bounds as if all of those who did not say had given another answer, or this one.
    """
    given = sum(getattr(tally, answer) for tally in tallies)
    answered = sum(tally.answered for tally in tallies)
    unsaid = sum(tally.unsaid for tally in tallies)
    return share_with_unsaid(given, answered, unsaid, reason=_too_silent(tallies))


def answered_rate(tallies: Sequence[Tally]) -> Measure:
    """M2: people who answered out of people in the room, 0 to 1; undefined when nobody was there."""
    answered, people = sum(tally.answered for tally in tallies), sum(tally.people for tally in tallies)
    return ratio(answered, people)


def reporting_rate(events_with_ballots: int, events_held: int) -> Measure:
    """Held events that asked, out of all held: where only mixed events ask, every other figure flatters."""
    return ratio(events_with_ballots, events_held, otherwise=NO_EVENTS)


def counted_rate(answers: int, head_count: int | None) -> Measure:
    """People who answered out of all heads counted at the door of the held events: a check on the tallies."""
    if head_count is None:
        return Measure(answers, 0, reason=NO_HEAD_COUNT)
    if head_count < answers:
        return Measure(answers, head_count, reason=HEAD_COUNT_TOO_LOW)
    return ratio(answers, head_count)


def newcomer_exposure(tallies: Sequence[Tally]) -> Measure:
    """M3, aPb: for a typical newcomer, the share of the *others* in the room who are residents, 0 to 1.

    (1/A) · sum of a·b/(a+b-1) over rooms with a+b >= 2 and their A newcomers. The textbook index
    (a·b/(a+b); Lieberson, and Bell 1954, Social Forces 32(4), for this exact form) takes a person for
    their own company and reads 0.61 under perfect mixing in rooms of three. Only people who said
    "resident" are residents: the unsaid widen the bounds and enter nothing else. Undefined without
    newcomers in company; bounds only when fewer than 60% answered.
    """
    return _exposure([tally.room for tally in tallies], reason=_too_silent(tallies))


def newcomer_isolation(tallies: Sequence[Tally]) -> Measure:
    """M3, aPa: for a typical newcomer, the share of the others in the room who are newcomers: 1 - aPb."""
    return complement(newcomer_exposure(tallies))


def resident_exposure(tallies: Sequence[Tally]) -> Measure:
    """M3, bPa: for a typical resident, the share of the others who are newcomers; B·bPa = A·aPb."""
    swapped = [(residents, newcomers, unsaid) for newcomers, residents, unsaid in (t.room for t in tallies)]
    return _exposure(swapped, reason=_too_silent(tallies))


def expected_exposure(tallies: Iterable[Tally]) -> Measure:
    """M4: the aPb of the same rooms had everyone of a stratum picked seats by chance, 0 to 1.

    Exact mean over all shuffles of people over the seats of their stratum, sizes of rooms and groups
    fixed: sum over strata of A·B/(A+B-1), divided by all A. Undefined as aPb is.
    """
    rooms = _rooms(tallies)
    return ratio(_by_chance(rooms), sum(newcomers for _, newcomers, _ in rooms))


def chance_ratio(tallies: Sequence[Tally]) -> Measure:
    """M4, O/E: meetings of the two groups over the meetings that chance would bring.

    1 is chance, 0 is apart, above 1 is possible. The sum of a·b/(a+b-1) over rooms, by the same sum over
    strata; one number from both sides. Undefined when no stratum had both groups. It barely moves with
    how often newcomers answer (0.708 to 0.714 from 90% to 50% in simulation), so it stands below 60%
    answered as well.

    A lone event of its stratum equals its own expectation and can only pull towards 1, so only rooms
    with company count as events here: counts only under 10 of them, and a jackknife range from 10. (The
    percentile bootstrap covers less at every size.) No range when events say nothing about chance (all
    alike), no value when one event alone decides.
    """
    rooms = _rooms(tallies)
    observed, expected = _in_rooms(rooms), _by_chance(rooms)
    if expected == 0:
        return Measure(observed, expected, reason=NOT_ENOUGH_ANSWERS)
    events = _comparable_events(tallies)
    if events < ROUGH_RANGE_EVENTS:
        return Measure(observed, expected, reason=FEW_COMPARABLE_EVENTS)
    stakes = _stakes(rooms)
    if hinges_on_one(expected, max(stake for _, stake in stakes)):
        return Measure(observed, expected, reason=ONE_EVENT)
    found = ratio_range(observed, expected, _spread(stakes), len(rooms))
    return with_range(Measure(observed, expected, observed / expected), found, events)


def hinges_on_one(expected: float, largest_stake: float) -> bool:
    """Whether chance would bring no meeting but for one event; compared with room for rounding."""
    return expected - largest_stake <= 1e-9 * expected


def by_stratum(tallies: Iterable[Tally]) -> dict[str, list[Tally]]:
    """The tallies of each stratum, to stand beside their total: it may fall while every part rises."""
    strata = defaultdict(list)
    for tally in tallies:
        strata[tally.stratum].append(tally)
    return dict(strata)


def _rooms(tallies: Iterable[Tally]) -> list[_Seats]:
    """Rooms of at least two known people, sorted, so that no database's order reaches a figure."""
    return sorted((t.stratum, t.newcomers, t.residents) for t in tallies if t.known >= 2)


def _in_rooms(rooms: Sequence[_Seats]) -> float:
    return math.fsum(met(newcomers, residents) for _, newcomers, residents in rooms)


def _by_chance(rooms: Sequence[_Seats]) -> float:
    return math.fsum(met(newcomers, residents) for newcomers, residents in _stratum_sums(rooms).values())


def _stratum_sums(rooms: Sequence[_Seats]) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for stratum, newcomers, residents in rooms:
        before = sums.get(stratum, (0, 0))
        sums[stratum] = before[0] + newcomers, before[1] + residents
    return sums


def _stakes(rooms: Sequence[_Seats]) -> list[tuple[float, float]]:
    """Each room's meetings, and what the meetings by chance of its stratum lose without it."""
    sums = _stratum_sums(rooms)
    found = []
    for stratum, newcomers, residents in rooms:
        all_newcomers, all_residents = sums[stratum]
        rest = met(all_newcomers - newcomers, all_residents - residents)
        found.append((met(newcomers, residents), met(all_newcomers, all_residents) - rest))
    return found


def _spread(stakes: Sequence[tuple[float, float]]) -> Spread:
    return Spread(
        math.fsum(meetings * meetings for meetings, _ in stakes),
        math.fsum(meetings * stake for meetings, stake in stakes),
        math.fsum(stake * stake for _, stake in stakes),
        math.fsum(stake for _, stake in stakes),
    )


def _comparable_events(tallies: Iterable[Tally]) -> int:
    companions = [
        sum(map(is_assessable, rooms))
        for rooms in by_stratum(tally for tally in tallies if tally.known >= 2).values()
    ]
    return sum(events for events in companions if events >= 2)


def _assessable(tallies: Iterable[Tally]) -> list[Tally]:
    return [tally for tally in tallies if is_assessable(tally)]


def too_few(events: int) -> str | None:
    """Why only counts are said of so few assessable events."""
    if events == 0:
        return NOT_ENOUGH_ANSWERS
    return FEW_EVENTS if events < ROUGH_RANGE_EVENTS else None


def too_silent(answered: int, people: int) -> str | None:
    """Why only lowest and highest are said where so few of the people answered."""
    return LOW_RESPONSE if 100 * answered < LEAST_ANSWERED_PERCENT * people else None


def _too_silent(tallies: Sequence[Tally]) -> str | None:
    return too_silent(sum(tally.answered for tally in tallies), sum(tally.people for tally in tallies))


def ratio(numerator: float, denominator: float, *, otherwise: str = NOT_ENOUGH_ANSWERS) -> Measure:
    """A share without a range; undefined for nothing out of nothing."""
    if not denominator:
        return Measure(numerator, denominator, reason=otherwise)
    return Measure(numerator, denominator, numerator / denominator)


def share_with_unsaid(part: int, whole: int, unsaid: int, *, reason: str | None) -> Measure:
    """A share with its bounds: all of the unsaid outside the part, or in it."""
    most = whole + unsaid
    bounds = (part / most, (part + unsaid) / most) if most else None
    return bounded(part, whole, bounds, reason=reason)


def _exposure(rooms: Sequence[Room], *, reason: str | None) -> Measure:
    seated = [(own, other) for own, other, _ in rooms if own + other >= 2]
    meetings = math.fsum(met(own, other) for own, other in seated)
    return bounded(meetings, sum(own for own, _ in seated), exposure_bounds(rooms), reason=reason)


def complement(measure: Measure) -> Measure:
    """What is left of a share to 1."""
    low, high = measure.low, measure.high
    return Measure(
        measure.denominator - measure.numerator,
        measure.denominator,
        None if measure.value is None else 1 - measure.value,
        None if high is None else 1 - high,
        None if low is None else 1 - low,
        measure.range_kind,
        measure.reason,
    )


def bounded(numerator: float, denominator: float, bounds: Range | None, *, reason: str | None) -> Measure:
    """A measure with bounds; `reason` withholds the value and leaves them."""
    if not denominator:
        reason = NOT_ENOUGH_ANSWERS
    value = None if reason else numerator / denominator
    if bounds is None:
        return Measure(numerator, denominator, value, reason=reason)
    low, high = bounds
    if value is not None:
        # Sums in another order differ in the last digit, and a figure outside its bounds looks wrong.
        low, high = min(low, value), max(high, value)
    return Measure(numerator, denominator, value, low, high, "bounds", reason)


def with_range(measure: Measure, found: Range, events: int) -> Measure:
    """A measure with its sampling range; one without width would claim what nobody knows, and is left out."""
    if not _width(found):
        return measure
    kind: RangeKind = "rough" if events < LIKELY_RANGE_EVENTS else "likely"
    return Measure(measure.numerator, measure.denominator, measure.value, *found, kind)


def _width(found: Range) -> float:
    return found[1] - found[0]
