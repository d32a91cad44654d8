"""How far a figure may be from the truth: by people who did not say, and by how few events there were.

Pure arithmetic on plain numbers; it knows no tally, no sentence and no page.
"""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

#: Lowest and highest.
Range = tuple[float, float]

#: Newcomers, long-time residents and people who did not say, in one room.
Room = tuple[int, int, int]

#: Every range aims at nineteen in twenty. Ours cover less when events are one-sided (measured at 20
#: events: 80%), so no page may print the number.
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Spread:
    """How unlike each other rooms are, as sums over them; added where no stratum is in both.

    A room's stake is what the meetings by chance in its stratum lose without it.
    """

    meetings_squared: float = 0.0
    meetings_by_stake: float = 0.0
    stakes_squared: float = 0.0
    stakes: float = 0.0

    def __add__(self, other: "Spread") -> "Spread":
        """The sums of both."""
        return Spread(
            self.meetings_squared + other.meetings_squared,
            self.meetings_by_stake + other.meetings_by_stake,
            self.stakes_squared + other.stakes_squared,
            self.stakes + other.stakes,
        )


NO_SPREAD = Spread()


@dataclass(frozen=True, slots=True)
class Stakes:
    """A spread, and the largest stake in it."""

    spread: Spread = NO_SPREAD
    largest: float = 0.0

    def __add__(self, other: "Stakes") -> "Stakes":
        """Those of both."""
        return Stakes(self.spread + other.spread, max(self.largest, other.largest))


NO_STAKES = Stakes()


@dataclass(frozen=True, slots=True)
class Exposure:
    """The bounds of one group's exposure in one set of events, and how many of the group there may be.

    `fewest` are known to be of the group and in company; never more than `most` could be.
    """

    low: float
    high: float
    fewest: int
    most: int


def met(newcomers: int, residents: int) -> float:
    """The meetings in one room: for each newcomer, the share of the others there who are residents, added up.

    a·b/(a+b-1), since each of a newcomers finds b residents among a+b-1 others; the same number counted
    from the residents' side. 0 in a room of one, who has no others.
    """
    others = newcomers + residents - 1
    return newcomers * residents / others if others > 0 else 0.0


def exposure_bounds(rooms: Iterable[Room]) -> Range | None:
    """The lowest and highest exposure of newcomers to residents (0 to 1) that silent people could make true.

    Each person who did not say may be a newcomer, a resident, or neither ("both"); nothing is assumed
    about which. None when no answers at all would put a newcomer beside anybody.

    Exposure is a ratio of two sums over rooms, so Dinkelbach's iteration (Management Science 13(7),
    1967) finds the exact extremes: at a trial ratio each room is settled alone, and the ratio of the
    settled sums is the next trial, until it improves no more.
    """
    counted = Counter(rooms)
    if not any(a + u >= 1 and a + b + u >= 2 for a, b, u in counted):
        return None
    return _extreme(counted, _fewest_meetings, start=1.0), _extreme(counted, _most_meetings, start=0.0)


def joined_bounds(exposures: Sequence[Exposure]) -> Range | None:
    """The bounds of all sets of events together: exact for one, and never too narrow for several.

    Meetings less a trial ratio times the group's members is a sum over sets. At a set's own bound its
    least is 0, and away from there it changes by at least `fewest` and at most `most` a step, so its
    least is known from outside; the trial ratio at which the sum is 0 is the bound. None without a set.
    """
    if not exposures:
        return None
    least = [(each.low, each.fewest, each.most) for each in exposures]
    most = [(each.high, each.most, each.fewest) for each in exposures]
    return (
        # Where the line is level at 0 nobody need be of the group: the last of it is the lowest ratio,
        # the first of it the highest.
        _crossing(least, lambda above, below: above >= 0 > below, otherwise=max),
        _crossing(most, lambda above, below: above > 0 >= below, otherwise=min),
    )


#: A bend at height 0, with the fall before it and after it.
_Bend = tuple[float, int, int]


def _crossing(
    bent: Sequence[_Bend],
    crosses: Callable[[float, float], bool],
    *,
    otherwise: Callable[[Iterable[float]], float],
) -> float:
    """Where the sum of falling broken lines crosses 0."""
    bends = sorted(at for at, _, _ in bent)

    def height(at: float) -> float:
        return math.fsum((bend - at) * (before if at < bend else after) for bend, before, after in bent)

    for left, right in itertools.pairwise(bends):
        above, below = height(left), height(right)
        if crosses(above, below):
            return left + (right - left) * above / (above - below)
    return otherwise(bends)


def _extreme(
    counted: Counter[Room], settle: Callable[[Room, float], tuple[int, int]], *, start: float
) -> float:
    ratio = start
    while True:
        meetings, newcomers = 0.0, 0
        for room, times in counted.items():
            a, b = settle(room, ratio)
            if a + b >= 2:
                meetings += times * met(a, b)
                newcomers += times * a
        # Both searches move one way only, away from where they started.
        if newcomers == 0 or abs(meetings / newcomers - start) <= abs(ratio - start):
            return ratio
        ratio = meetings / newcomers


def _fewest_meetings(room: Room, ratio: float) -> tuple[int, int]:
    """Who the silent are when meetings - ratio·newcomers is least: all newcomers, or none in either group.

    Another resident never lowers it (ratio <= 1), and between no new newcomer and all of them it is
    concave, so the least is at an end.
    """
    a, b, u = room
    return min(((a, b), (a + u, b)), key=lambda pair: _worth(pair, ratio))


def _most_meetings(room: Room, ratio: float) -> tuple[int, int]:
    """Who the silent are when meetings - ratio·newcomers is greatest.

    Nobody is left out of both groups then, so with n people it is y(n-y)/(n-1) - ratio·y in the number
    y of newcomers: a parabola, greatest at the allowed whole number beside its top.
    """
    a, b, u = room
    people = a + b + u
    below = math.floor((people - ratio * (people - 1)) / 2)
    tries = (min(max(y, a), a + u) for y in (below, below + 1))
    return max(((y, people - y) for y in tries), key=lambda pair: _worth(pair, ratio))


def _worth(pair: tuple[int, int], ratio: float) -> float:
    a, b = pair
    return met(a, b) - ratio * a if a + b >= 2 else 0.0


def wilson_range(numerator: int, denominator: int) -> Range:
    """The Wilson score range of a share (Wilson 1927, JASA 22): honest when events are few.

    `denominator` is at least 1.
    """
    share, weight = numerator / denominator, _Z * _Z / denominator
    middle = (share + weight / 2) / (1 + weight)
    half = math.sqrt(weight * (share * (1 - share) + weight / 4)) / (1 + weight)
    return max(0.0, middle - half), min(1.0, middle + half)


def ratio_range(observed: float, expected: float, spread: Spread, rooms: int) -> Range:
    """The jackknife-t range of meetings over meetings by chance, from sums over rooms; never below 0.

    Without an event the ratio moves by (ratio·stake - meetings)/(expected - stake), where its stake is
    what chance loses with it. Those moves are summed here with one divisor, the mean stake weighed by
    itself, so that the sums of two sets of events can be added. In simulations the range covers the
    truth as often as leaving out each event in turn does, or up to 4 in 100 oftener (10 to 200 events).

    `expected` is more than any one event's stake, and there are at least two rooms.
    """
    ratio = observed / expected
    moves = (
        spread.meetings_squared - 2 * ratio * spread.meetings_by_stake + ratio * ratio * spread.stakes_squared
    )
    if moves <= 1e-12 * spread.meetings_squared:
        # Nothing but rounding: all rooms are alike.
        moves = 0.0
    left = expected - (spread.stakes_squared / spread.stakes if spread.stakes else 0.0)
    half = t_quantile(rooms - 1) * math.sqrt(moves) / left
    return max(0.0, ratio - half), ratio + half


def t_quantile(degrees: int) -> float:
    """Student's t that leaves 2.5% above it, to 0.001 from 7 degrees of freedom up.

    The expansion in 1/degrees of Abramowitz & Stegun 26.7.5.
    """
    z = _Z
    return (
        z
        + (z**3 + z) / (4 * degrees)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * degrees**3)
    )
