"""What a report needs to know of its events, as sums: those of two sets of events are added, in any order.

Pure. A million check-ins and ten take the same room, and the sums of a frozen quarter are used like
those read today. The formulas stand in `measures.py`; here is only what they are made of.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from operator import add, attrgetter
from typing import Any, TypeVar, cast

from outreach.engagement.bounds import NO_SPREAD, Exposure, Spread, met

Stratum = TypeVar("Stratum")

#: A stratum's events are comparable from so many on: a lone event equals its own expectation.
COMPARABLE_FROM = 2


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sums over the held events of one scope; `Statistics()` is no event at all.

    "Asked" are events where people could answer and somebody was there; assessable ones held at least 4
    people. Rooms are those of at least two people who named a group: nobody else has company.
    """

    events_held: int = 0
    #: Held events where somebody counted heads, and the heads.
    events_counted: int = 0
    head_count: int = 0

    asked: int = 0
    unreliable: int = 0
    assessable: int = 0
    tiny: int = 0

    #: Assessable events by the rule of a shared one: as answered, in any case, at most.
    shared: int = 0
    certainly_shared: int = 0
    possibly_shared: int = 0
    #: The same rule with the smaller group at least 5, 15 and 20 in a hundred.
    shared_at_5: int = 0
    shared_at_15: int = 0
    shared_at_20: int = 0

    #: Everybody at the assessable events, those of them who answered, and everybody at the shared ones.
    people_assessable: int = 0
    answers_assessable: int = 0
    people_shared: int = 0
    people_certainly: int = 0
    people_possibly: int = 0

    newcomers: int = 0
    residents: int = 0
    both: int = 0
    unsaid: int = 0

    rooms: int = 0
    newcomers_in_company: int = 0
    residents_in_company: int = 0
    #: Pairs of a newcomer and a resident, and all pairs of known people, in one room.
    cross_pairs: int = 0
    pairs: int = 0
    #: Assessable rooms, and those of them that have another one in their stratum.
    assessable_rooms: int = 0
    comparable: int = 0

    #: a·b/(a+b-1) over rooms, and the same over the strata's sums: meetings, and those chance would bring.
    meetings: float = 0.0
    by_chance: float = 0.0
    #: a·b/(a+b) over rooms, as textbooks have it.
    textbook_meetings: float = 0.0
    #: What the range of meetings by chance comes from.
    spread: Spread = NO_SPREAD
    #: How far the people who did not say could move the exposure, one entry for each separate reading.
    newcomer_exposures: tuple[Exposure, ...] = ()
    resident_exposures: tuple[Exposure, ...] = ()

    #: Whether without one of the events chance would bring no meeting at all.
    hinges_on_one: bool = False

    def __add__(self, other: "Statistics") -> "Statistics":
        """The sums of both; no event and no stratum may be in both, or it counts twice."""
        # An event that decides everything in its own part does so in the whole only if the rest is nothing.
        hinges = (self.hinges_on_one and not other.by_chance) or (other.hinges_on_one and not self.by_chance)
        return Statistics(*[*map(add, _summed(self), _summed(other)), hinges])

    @property
    def known(self) -> int:
        """People who put themselves in one of the two groups."""
        return self.newcomers + self.residents

    @property
    def answers(self) -> int:
        """People who gave any of the three answers."""
        return self.known + self.both

    @property
    def people(self) -> int:
        """Everybody in the rooms."""
        return self.answers + self.unsaid


#: All but the last, which is no sum.
_summed = attrgetter(*(field.name for field in fields(Statistics)[:-1]))
NOTHING = Statistics()


def of(numbers: Mapping[str, float]) -> Statistics:
    """The plain sums that are named; all others are 0."""
    return Statistics(**cast(dict[str, Any], numbers))


def to_json(found: Statistics) -> dict[str, Any]:
    """The sums as JSON has them."""
    return asdict(found)


def from_json(stored: dict[str, Any]) -> Statistics:
    """The sums that `to_json` wrote."""
    exposures = {
        name: tuple(Exposure(**each) for each in stored[name])
        for name in ("newcomer_exposures", "resident_exposures")
    }
    return Statistics(**{**stored, **exposures, "spread": Spread(**stored["spread"])})


def total(parts: Iterable[Statistics]) -> Statistics:
    """All parts together."""
    return sum(parts, NOTHING)


def by_stratum(parts: Iterable[tuple[Stratum, Statistics]]) -> dict[Stratum, Statistics]:
    """The sums of each stratum, from as many parts of it as there are."""
    gathered: dict[Stratum, Statistics] = defaultdict(Statistics)
    for stratum, part in parts:
        gathered[stratum] += part
    return dict(gathered)


def close(strata: Iterable[Statistics]) -> Statistics:
    """The sum of whole strata, with what chance would bring in each and how many events can be compared.

    Chance is no sum over events, but over strata: once closed, a stratum takes no further event.
    """
    whole = list(strata)
    return replace(
        total(whole),
        by_chance=math.fsum(met(part.newcomers_in_company, part.residents_in_company) for part in whole),
        comparable=sum(part.assessable_rooms for part in whole if part.assessable_rooms >= COMPARABLE_FROM),
    )
