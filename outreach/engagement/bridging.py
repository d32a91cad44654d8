"""Which rooms brought people together who met nowhere else; pure, and for planning only.

A room is a place in a list here, never a name: these counts are no ranking of hosts and are shown to nobody.
"""

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True)
class Bridge:
    """M12 of one room: its pairs of a newcomer and a resident, and those that no other room had."""

    pairs: int
    only_here: int


def bridges(rooms: Sequence[Set[str]], newcomers: Set[str], residents: Set[str]) -> list[Bridge]:
    """M12 of each room of card holders, in their order; people in neither group are in no pair.

    O(sum of a·b), in time and memory.
    """
    pairs = [set(product(room & newcomers, room & residents)) for room in rooms]
    met = Counter(pair for of_room in pairs for pair in of_room)
    return [Bridge(len(of_room), sum(met[pair] == 1 for pair in of_room)) for of_room in pairs]
