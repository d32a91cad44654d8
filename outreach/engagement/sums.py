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
from outreach.engagement.statistics import NOTHING, Statistics


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


#: In which strata an event is compared with others.
StrataOf = Callable[[Held], Iterable[Stratum]]


def parts_of(read: Callable[[], Iterable[Held]], strata_of: StrataOf) -> dict[Stratum, list[Part]]:
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
        stratum: [each.part(stratum, size) for size, each in sizes.items()]
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
        self.sums, self.curves = NOTHING, Curves()

    def add(self, held: Held) -> None:
        tally = held.tally
        self.sums += statistics_of(held, tally)
        if tally:
            self.curves.add(*tally.room)

    def take(self, other: "_Growing") -> None:
        self.sums += other.sums
        self.curves.take(other.curves)

    def compare_with(self, everybody: Statistics) -> None:
        """From now on no event is added, and each has its stake."""
        self.among_all, self.among_alike = _GrowingStakes(everybody), _GrowingStakes(self.sums)

    def add_stake(self, meetings: float, newcomers: int, residents: int) -> None:
        self.among_all.add(meetings, newcomers, residents)
        self.among_alike.add(meetings, newcomers, residents)

    def part(self, stratum: Stratum, size: Size | None) -> Part:
        return Part(
            stratum.quarter,
            stratum.place,
            size,
            self.sums,
            self.among_all.made(),
            self.among_alike.made(),
            self.curves,
        )


def statistics_of(held: Held, tally: Tally | None) -> Statistics:
    """The sums of one event alone, whose tally is None if nobody was asked; no stratum is closed."""
    heads = held.head_count
    counted: dict[str, Any] = {
        "events_held": 1,
        "events_counted": int(heads is not None),
        "head_count": heads or 0,
    }
    if tally is None:
        return Statistics(**counted)
    return Statistics(
        **counted,
        asked=int(tally.people > 0),
        unreliable=int(not totals.fits(_cast(held), heads)),
        **_assessed(tally),
        newcomers=tally.newcomers,
        residents=tally.residents,
        both=tally.both,
        unsaid=tally.unsaid,
        **(_in_company(tally) if tally.known >= 2 else {}),
        meetings=met(tally.newcomers, tally.residents),
        textbook_meetings=tally.newcomers * tally.residents / tally.known if tally.known else 0.0,
    )


def _cast(held: Held) -> int:
    return sum(number or 0 for number in held[5:])


def _assessed(tally: Tally) -> dict[str, Any]:
    if not measures.is_assessable(tally):
        return {"tiny": int(measures.is_tiny(tally))}
    people = tally.people
    is_shared, is_certain, is_possible = (
        is_counted(tally)
        for is_counted in (
            measures.is_shared,
            measures.is_certainly_shared,
            measures.is_possibly_shared,
        )
    )
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


def _in_company(tally: Tally) -> dict[str, Any]:
    return {
        "rooms": 1,
        "newcomers_in_company": tally.newcomers,
        "residents_in_company": tally.residents,
        "cross_pairs": tally.newcomers * tally.residents,
        "pairs": math.comb(tally.known, 2),
        "assessable_rooms": int(measures.is_assessable(tally)),
    }


def to_json(part: Part) -> dict[str, Any]:
    """What of a part its stratum does not say, as JSON has it."""
    return {
        "size": part.size,
        "sums": statistics.to_json(part.sums),
        "among_all": asdict(part.among_all),
        "among_alike": asdict(part.among_alike),
        "curves": part.curves.to_json(),
    }


def from_json(stratum: Stratum, stored: Mapping[str, Any]) -> Part:
    """The part that `to_json` wrote."""
    return Part(
        stratum.quarter,
        stratum.place,
        stored["size"],
        statistics.from_json(stored["sums"]),
        _stakes(stored["among_all"]),
        _stakes(stored["among_alike"]),
        Curves.from_json(stored["curves"]),
    )


def _stakes(stored: Mapping[str, Any]) -> Stakes:
    return Stakes(Spread(**stored["spread"]), stored["largest"])
