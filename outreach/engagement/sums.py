"""From single held events to the sums of sets of them that are compared with each other; pure.

The formulas stand in `measures.py`, `bounds.py` and `totals.py`. Events are read twice, one after another,
and none is kept: what a stratum loses without a room is known only when all of its rooms are added up.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from outreach.engagement import measures, statistics, totals
from outreach.engagement.bounds import Spread, Stakes, met
from outreach.engagement.curves import Curves
from outreach.engagement.figures import LARGE_ROOM_PEOPLE
from outreach.engagement.gathering import Part, Size
from outreach.engagement.measures import Tally
from outreach.engagement.statistics import Statistics


class Stratum(NamedTuple):
    """Events that are compared with each other: those of a place and quarter, or of a kind or host there."""

    #: The number of the quarter; 0 for the whole period.
    quarter: int
    place: str
    #: "kind" or "organization", and which; both empty for all events there.
    cut: str = ""
    value: str = ""


class Held(NamedTuple):
    """One held event: with what it is compared, heads, and ballots, which are None if nobody was asked."""

    quarter: int
    place: str
    kind: str
    organization: str
    head_count: int | None
    newcomers: int | None
    residents: int | None
    both: int | None
    unsaid: int | None

    @property
    def tally(self) -> Tally | None:
        """The event as the measures take it."""
        if self.newcomers is None or self.residents is None or self.both is None or self.unsaid is None:
            return None
        ballots = totals.BallotTotals(self.newcomers, self.residents, self.both, self.unsaid)
        return totals.tally(ballots, self.head_count, stratum="")

    @property
    def size(self) -> Size | None:
        """Whether its room is a small or a large one; None if nobody was asked."""
        if self.newcomers is None or self.residents is None:
            return None
        return "large" if self.newcomers + self.residents > LARGE_ROOM_PEOPLE else "small"


#: A part, and its curves.
Made = tuple[Part, Curves]
#: In which strata an event is compared with others.
StrataOf = Callable[[Held], Iterable[Stratum]]


def parts_of(read: Callable[[], Iterable[Held]], strata_of: StrataOf) -> dict[Stratum, list[Made]]:
    """The parts of every stratum: its small rooms, its large ones, and where nobody was asked.

    `read` is called twice and gives the same events each time.
    """
    strata_of = _remembered(strata_of)
    found = _added_up(read(), strata_of)
    for sizes in found.values():
        everybody = statistics.total(each.sums for each in sizes.values())
        for each in sizes.values():
            each.compare_with(everybody)
    for held in read():
        newcomers, residents = held.newcomers or 0, held.residents or 0
        if newcomers + residents >= 2:
            meetings = met(newcomers, residents)
            for stratum in strata_of(held):
                found[stratum][held.size].add_stake(meetings, newcomers, residents)
    return {
        stratum: [each.made(stratum, size) for size, each in sizes.items()]
        for stratum, sizes in found.items()
    }


def _remembered(strata_of: StrataOf) -> StrataOf:
    """The same, worked out once for all events that are alike."""
    known: dict[tuple[object, ...], Iterable[Stratum]] = {}

    def remembered(held: Held) -> Iterable[Stratum]:
        key = held[:4]
        if key not in known:
            known[key] = strata_of(held)
        return known[key]

    return remembered


def _added_up(events: Iterable[Held], strata_of: StrataOf) -> dict[Stratum, dict[Size | None, "_Growing"]]:
    # First those that are alike in everything, so that each event is added once.
    alike: dict[tuple[object, ...], tuple[Held, _Growing]] = {}
    for held in events:
        key = (*held[:4], held.size)
        if key not in alike:
            alike[key] = held, _Growing()
        alike[key][1].add(held)
    found: dict[Stratum, dict[Size | None, _Growing]] = defaultdict(lambda: defaultdict(_Growing))
    for one, together in alike.values():
        for stratum in strata_of(one):
            found[stratum][one.size].take(together)
    return found


class _GrowingStakes:
    """The stakes of rooms among so many people, while they are added."""

    def __init__(self, among: Statistics) -> None:
        self.newcomers, self.residents = among.newcomers_in_company, among.residents_in_company
        self.by_chance = met(self.newcomers, self.residents)
        self.numbers = [0.0] * 5

    def add(self, meetings: float, newcomers: int, residents: int) -> None:
        lost = self.by_chance - met(self.newcomers - newcomers, self.residents - residents)
        numbers = self.numbers
        numbers[0] += meetings * meetings
        numbers[1] += meetings * lost
        numbers[2] += lost * lost
        numbers[3] += lost
        if lost > numbers[4]:
            numbers[4] = lost

    def made(self) -> Stakes:
        return Stakes(Spread(*self.numbers[:4]), self.numbers[4])


class _Growing:
    """A part while events are added to it."""

    def __init__(self) -> None:
        self.numbers: defaultdict[str, float] = defaultdict(int)
        self.curves = Curves()

    def add(self, held: Held) -> None:
        tally = held.tally
        self._add(numbers_of(held, tally))
        if tally:
            self.curves.add(*tally.room)

    def take(self, other: "_Growing") -> None:
        self._add(other.numbers)
        self.curves.take(other.curves)

    def _add(self, numbers: Mapping[str, float]) -> None:
        own = self.numbers
        for name, number in numbers.items():
            own[name] += number

    @property
    def sums(self) -> Statistics:
        return statistics.of(self.numbers)

    def compare_with(self, everybody: Statistics) -> None:
        """From now on no event is added, and each has its stake."""
        self.among_all, self.among_alike = _GrowingStakes(everybody), _GrowingStakes(self.sums)

    def add_stake(self, meetings: float, newcomers: int, residents: int) -> None:
        self.among_all.add(meetings, newcomers, residents)
        self.among_alike.add(meetings, newcomers, residents)

    def made(self, stratum: Stratum, size: Size | None) -> Made:
        part = Part(
            stratum.quarter,
            stratum.place,
            size,
            self.sums,
            self.among_all.made(),
            self.among_alike.made(),
        )
        return part, self.curves


def numbers_of(held: Held, tally: Tally | None) -> dict[str, float]:
    """The sums of one event alone, by their names in `Statistics`; its tally is None if nobody was asked.

    Sums of many such are added up as they are: making a value of each would take longer than all else.
    """
    heads = held.head_count
    counted: dict[str, float] = {
        "events_held": 1,
        "events_counted": int(heads is not None),
        "head_count": heads or 0,
    }
    if tally is None:
        return counted
    return {
        **counted,
        "asked": int(tally.people > 0),
        "unreliable": int(not totals.fits(_cast(held), heads)),
        "newcomers": tally.newcomers,
        "residents": tally.residents,
        "both": tally.both,
        "unsaid": tally.unsaid,
        **_assessed(tally),
        **(_in_company(tally) if tally.known >= 2 else {}),
    }


def _cast(held: Held) -> int:
    return sum(number or 0 for number in held[5:])


def _assessed(tally: Tally) -> dict[str, float]:
    if not measures.is_assessable(tally):
        return {"tiny": int(measures.is_tiny(tally))}
    people = tally.people
    is_shared = measures.is_shared(tally)
    is_certain, is_possible = measures.is_certainly_shared(tally), measures.is_possibly_shared(tally)
    return {
        "assessable": 1,
        "shared": int(is_shared),
        "certainly_shared": int(is_certain),
        "possibly_shared": int(is_possible),
        **{f"shared_at_{percent}": int(measures.is_shared(tally, percent)) for percent in (5, 15, 20)},
        "people_assessable": people,
        "answers_assessable": tally.answered,
        "people_shared": people * is_shared,
        "people_certainly": people * is_certain,
        "people_possibly": people * is_possible,
    }


def _in_company(tally: Tally) -> dict[str, float]:
    newcomers, residents = tally.newcomers, tally.residents
    return {
        "rooms": 1,
        "newcomers_in_company": newcomers,
        "residents_in_company": residents,
        "cross_pairs": newcomers * residents,
        "pairs": math.comb(tally.known, 2),
        "assessable_rooms": int(measures.is_assessable(tally)),
        "meetings": met(newcomers, residents),
        "textbook_meetings": newcomers * residents / tally.known,
    }


def to_json(part: Part, curves: Curves) -> dict[str, Any]:
    """What of a part its stratum does not say, and its curves, as JSON has them."""
    return {
        "size": part.size,
        "sums": statistics.to_json(part.sums),
        "among_all": asdict(part.among_all),
        "among_alike": asdict(part.among_alike),
        "curves": curves.to_json(),
    }


def from_json(stratum: Stratum, stored: Mapping[str, Any]) -> Made:
    """The part and the curves that `to_json` wrote."""
    part = Part(
        stratum.quarter,
        stratum.place,
        stored["size"],
        statistics.from_json(stored["sums"]),
        _stakes(stored["among_all"]),
        _stakes(stored["among_alike"]),
    )
    return part, Curves.from_json(stored["curves"])


def _stakes(stored: Mapping[str, Any]) -> Stakes:
    return Stakes(Spread(**stored["spread"]), stored["largest"])
