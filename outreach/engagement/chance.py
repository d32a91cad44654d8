"""Whether the two groups met less often than chance would explain; pure.

Chance shuffles the people of a stratum over its seats, sizes of rooms and groups fixed. One person cannot
fill two seats of a room, which such a shuffle does not know: it calls mixed rooms unlikely too often (8 to
15% of random seasons, where 5% was meant). So only "less often" may be claimed from it.
"""

import math
from collections.abc import Iterable

from outreach.engagement.appendix import Rooms, with_company
from outreach.engagement.bounds import met

#: Measured on random seasons of 10 to 80 events: they go so far below the mean in 2 to 5 of 100. The usual
#: 1.645 would be passed in 6 to 7 of 100, because few meetings are a longer tail than many.
_SURPRISE = -2.0


def meet_less_than_chance(strata: Iterable[Rooms]) -> bool:
    """Whether so few meetings would come about by chance in at most 1 of 20 seasons."""
    surprise = surprise_of(strata)
    return surprise is not None and surprise < _SURPRISE


def surprise_of(strata: Iterable[Rooms]) -> float | None:
    """Standard deviations between the meetings (sum of a·b/(a+b-1)) and their mean over all shuffles.

    Below 0 where the groups met less. None where shuffling changes nothing, as in rooms all alike.
    """
    beyond, variance = 0.0, 0.0
    for rooms in map(with_company, strata):
        observed, mean, spread = _shuffled(rooms)
        beyond += observed - mean
        variance += spread
    return beyond / math.sqrt(variance) if variance > 1e-9 else None


def _shuffled(rooms: Rooms) -> tuple[float, float, float]:
    """The meetings of one stratum, and the mean and variance over all shuffles, in closed form.

    Meetings are pairs of a newcomer and a resident, each pair by 1/(size-1): the variance follows from
    how often two such pairs, which share two, one or no person, are both of a newcomer and a resident.
    """
    a = sum(n * newcomers for (newcomers, _), n in rooms.items())
    b = sum(n * residents for (_, residents), n in rooms.items())
    people = a + b
    if people < 4 or not a or not b:
        return 0.0, 0.0, 0.0
    observed = math.fsum(n * met(*pair) for pair, n in rooms.items())
    mean = a * b / (people - 1)
    seats = [(newcomers + residents, n) for (newcomers, residents), n in rooms.items()]
    same_pair = math.fsum(n * k / (k - 1) for k, n in seats)
    one_shared = math.fsum(n * k * (k - 2) / (k - 1) for k, n in seats)
    none_shared = math.fsum(n * k * (k - 2) * (k - 3) / (k - 1) for k, n in seats)
    elsewhere = people**2 - sum(n * k * k for k, n in seats)
    two = a * b / math.perm(people, 2)
    three = a * b * (people - 2) / math.perm(people, 3)
    four = a * (a - 1) * b * (b - 1) / math.perm(people, 4)
    square = same_pair * two + one_shared * three + (none_shared + elsewhere) * four
    return observed, mean, max(0.0, square - mean * mean)
