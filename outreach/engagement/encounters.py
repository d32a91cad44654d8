"""Who met whom again, from connection cards: counts of pairs of people, never a pair; pure.

People are what a card's holder said of themselves; those who said "both" or nothing are in no pair, and
no room of more than 60 known people counts as a meeting.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Set
from dataclasses import astuple, dataclass
from typing import Self

from outreach.engagement.measures import NOT_ENOUGH_ANSWERS, Measure

#: In larger rooms two people may never see each other.
SMALL_ROOM_PEOPLE = 60

#: A quarter is told of only if so many events had cards, and so many cards of each group came.
LEAST_EVENTS = 5
LEAST_CARDS = 10


@dataclass(frozen=True, slots=True)
class Encounters:
    """The counts of one quarter, or of several added up; all that is kept of cards."""

    #: Cards of each group that came at least once.
    newcomers: int = 0
    residents: int = 0
    #: Pairs of one newcomer and one resident that there could be.
    possible: int = 0
    #: Pairs of any two people that shared a room, and that shared two or more.
    pairs: int = 0
    pairs_again: int = 0
    #: Of these, pairs of a newcomer and a resident.
    crossed: int = 0
    crossed_again: int = 0
    #: How many such pairs there would be if the same people had drawn their groups by lot.
    expected: float = 0
    expected_again: float = 0
    #: People with at least one such pair, by group.
    newcomers_reached: int = 0
    newcomers_reached_again: int = 0
    residents_reached: int = 0
    residents_reached_again: int = 0
    #: Weights of pairs within each group and across: 1/(people in the room - 1) for each room shared.
    newcomer_weight: float = 0
    resident_weight: float = 0
    crossed_weight: float = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class CardRoom:
    """One event's cards, and how many people in the room put themselves in one of the two groups."""

    cards: Collection[str]
    #: From the ballots; people without a card are among them.
    known: int = 0


def encounters(rooms: Iterable[CardRoom], newcomers: Set[str], residents: Set[str]) -> Encounters:
    """Counts the pairs of people who shared small rooms; people of large rooms only met nobody.

    O(sum of k²) for rooms of k people. One person's company is worked out at a time and dropped, so that
    memory grows with people and visits and not with pairs.
    """
    rooms_of: dict[str, list[list[str]]] = {}
    for room in rooms:
        seated = [card for card in set(room.cards) if card in newcomers or card in residents]
        for card in seated:
            mine = rooms_of.setdefault(card, [])
            if max(room.known, len(seated)) <= SMALL_ROOM_PEOPLE:
                mine.append(seated)
    # Newcomers come first, so that each pair is found once, and a mixed one from the newcomer's side.
    order = {card: at for at, card in enumerate(sorted(rooms_of, key=lambda card: (card in residents, card)))}
    count: Counter[str] = Counter()
    weight = {"newcomer": 0.0, "resident": 0.0, "crossed": 0.0}
    reached: dict[str, set[str]] = {"once": set(), "again": set()}
    for card in order:
        shared: Counter[str] = Counter()
        for company in rooms_of[card]:
            for other in company:
                if order[other] > order[card]:
                    shared[other] += 1
                    weight[_sort(card, other, residents)] += 1 / (len(company) - 1)
        for other, times in shared.items():
            is_crossed = other in residents and card not in residents
            for each, least in (("once", 1), ("again", 2)):
                if times >= least:
                    count[each] += 1
                    count[f"crossed {each}"] += is_crossed
                    if is_crossed:
                        reached[each] |= {card, other}
    came = order.keys()
    a, b = len(came - residents), len(came & residents)
    people = a + b
    by_lot = 2 * a * b / (people * (people - 1)) if people >= 2 else 0.0
    return Encounters(
        newcomers=a,
        residents=b,
        possible=a * b,
        pairs=count["once"],
        pairs_again=count["again"],
        crossed=count["crossed once"],
        crossed_again=count["crossed again"],
        expected=count["once"] * by_lot,
        expected_again=count["again"] * by_lot,
        newcomers_reached=len(reached["once"] - residents),
        newcomers_reached_again=len(reached["again"] - residents),
        residents_reached=len(reached["once"] & residents),
        residents_reached_again=len(reached["again"] & residents),
        newcomer_weight=weight["newcomer"],
        resident_weight=weight["resident"],
        crossed_weight=weight["crossed"],
    )


def can_be_told(found: Encounters, events: int) -> bool:
    """Whether a quarter has enough events, and enough cards of both groups, for anybody to be told of it."""
    return events >= LEAST_EVENTS and min(found.newcomers, found.residents) >= LEAST_CARDS


def pairs_met(found: Encounters) -> Measure:
    """M9: pairs of a newcomer and a resident who shared a small room, out of all there could be, 0 to 1."""
    return _share(found.crossed, found.possible)


def pairs_met_by_chance(found: Encounters) -> Measure:
    """M9, expected: the exact mean of `pairs_met` over all ways to draw the groups by lot.

    Who shares rooms with whom stays as it is; a pair is mixed with probability 2·A·B/(N·(N-1)).
    """
    return _share(found.expected, found.possible)


def pairs_met_again(found: Encounters) -> Measure:
    """M9: the same for pairs who shared two small rooms or more."""
    return _share(found.crossed_again, found.possible)


def pairs_met_again_by_chance(found: Encounters) -> Measure:
    """M9, expected, for pairs who shared two small rooms or more."""
    return _share(found.expected_again, found.possible)


def newcomers_reached(found: Encounters) -> Measure:
    """M10: newcomers who shared a small room with a resident, out of newcomers with a card, 0 to 1."""
    return _share(found.newcomers_reached, found.newcomers)


def newcomers_reached_again(found: Encounters) -> Measure:
    """M10: newcomers who were with the same resident twice or more."""
    return _share(found.newcomers_reached_again, found.newcomers)


def residents_reached(found: Encounters) -> Measure:
    """M10: residents who shared a small room with a newcomer, out of residents with a card, 0 to 1."""
    return _share(found.residents_reached, found.residents)


def residents_reached_again(found: Encounters) -> Measure:
    """M10: residents who were with the same newcomer twice or more."""
    return _share(found.residents_reached_again, found.residents)


def seen_again(found: Encounters) -> Measure:
    """M10: people of either group who were with the same person of the other group twice or more."""
    again = found.newcomers_reached_again + found.residents_reached_again
    return _share(again, found.newcomers + found.residents)


def assortativity(found: Encounters) -> Measure:
    """M11: Newman's r of the pairs (Phys. Rev. E 67, 026126), each weighing 1/(k-1) per shared room of k.

    -1 to 1: 1 is only own company; chance is slightly below 0, since nobody meets themselves. Undefined
    with one group alone. The numerator is the weight of pairs of one group, the denominator of all.
    """
    within = found.newcomer_weight + found.resident_weight
    everything = within + found.crossed_weight
    if not everything:
        return Measure(within, everything, reason=NOT_ENOUGH_ANSWERS)
    newcomers = (found.newcomer_weight + found.crossed_weight / 2) / everything
    by_lot = newcomers**2 + (1 - newcomers) ** 2
    if by_lot == 1:
        return Measure(within, everything, reason=NOT_ENOUGH_ANSWERS)
    return Measure(within, everything, (within / everything - by_lot) / (1 - by_lot))


def _sort(card: str, other: str, residents: Set[str]) -> str:
    if (card in residents) != (other in residents):
        return "crossed"
    return "resident" if card in residents else "newcomer"


def _share(part: float, whole: float) -> Measure:
    return Measure(part, whole, part / whole) if whole else Measure(part, whole, reason=NOT_ENOUGH_ANSWERS)
