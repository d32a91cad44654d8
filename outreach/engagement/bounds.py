"""How far a figure may be from the truth: by people who did not say, and by how few events there were.

Pure arithmetic on plain numbers; it knows no tally, no sentence and no page.
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import NormalDist, fmean
from typing import TypeVar

Event = TypeVar("Event")

#: Lowest and highest.
Range = tuple[float, float]

#: Newcomers, long-time residents and people who did not say, in one room.
Room = tuple[int, int, int]

#: Every range aims at nineteen in twenty. Ours cover less when events are one-sided (measured at 20
#: events: percentile 81%, jackknife 82%), so no page may print the number.
_Z = NormalDist().inv_cdf(0.975)
_REPLICATES = 1000
_SEED = 1


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


def percentile_range(
    events: Sequence[Event], statistic: Callable[[Sequence[Event]], float | None]
) -> Range | None:
    """The percentile bootstrap range, from events drawn again with replacement by a fixed seed.

    The order of `events` matters to the draw, so the caller sorts them. Draws for which the statistic
    is undefined are left out; None when it always is.
    """
    # Repeatable on purpose: an edition made again from the same tallies must say the same.
    uniform = random.Random(_SEED).random
    size = len(events)
    drawn = (statistic([events[int(uniform() * size)] for _ in range(size)]) for _ in range(_REPLICATES))
    values = sorted(value for value in drawn if value is not None)
    if not values:
        return None
    tail = round(len(values) * 0.025)
    return values[tail], values[-1 - tail]


def jackknife_range(estimate: float, without_each: Sequence[float]) -> Range:
    """The jackknife-t range around an estimate, from the estimate without each event in turn.

    Never below 0, for ratios. `without_each` holds at least two.
    """
    count = len(without_each)
    mean = fmean(without_each)
    variance = (count - 1) / count * math.fsum((value - mean) ** 2 for value in without_each)
    half = t_quantile(count - 1) * math.sqrt(variance)
    return max(0.0, estimate - half), estimate + half


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
