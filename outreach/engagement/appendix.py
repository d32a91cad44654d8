"""Measures for an analyst's appendix: pairings, evenness, and what another threshold would have said; pure.

None of them leads a page. Evenness is blind to how many newcomers come at all, and pairings grow with the
square of a room, so each is only read beside the exposure of `measures`. Except for the pairings by chance
they take all rooms together: distance between counties reads as separation here.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from outreach.engagement.bounds import met
from outreach.engagement.measures import NOT_ENOUGH_ANSWERS, Measure, Tally, too_few
from outreach.engagement.statistics import Statistics
from outreach.i18n import N_

#: Newcomers and residents of a room, and how many rooms were like it.
Rooms = Counter[tuple[int, int]]

TOO_FEW_SILENT = N_("Too few people stayed silent for that to be so.")
ROOMS_ERASED = N_("This needs the totals of single events, which are erased once a quarter is frozen.")


def rooms_of(tallies: Iterable[Tally]) -> Rooms:
    """The rooms where anybody named one of the two groups."""
    return Counter((tally.newcomers, tally.residents) for tally in tallies if tally.known)


def with_company(rooms: Rooms) -> Rooms:
    """The rooms of at least two of them."""
    return Counter({(a, b): n for (a, b), n in rooms.items() if a + b >= 2})


def textbook_exposure(rooms: Rooms) -> Measure:
    """M3p, xPy: (1/A) · sum of a·b/(a+b), which takes people for their own company; 0 to 1.

    Kept to compare with older studies. Under perfect mixing it reads 0.61 of what it should in rooms of
    three; `measures.newcomer_exposure` does not.
    """
    newcomers, _ = _sums(rooms)
    return _ratio(math.fsum(n * a * b / (a + b) for (a, b), n in rooms.items()), newcomers)


def cross_pairs(rooms: Rooms) -> Measure:
    """M5: pairs of a newcomer and a resident out of all pairs in a room, 0 to 1."""
    crossed = sum(n * a * b for (a, b), n in rooms.items())
    return _ratio(crossed, _pairs(rooms))


def cross_pairs_by_chance(strata: Iterable[Rooms]) -> Measure:
    """M5: the same had everyone of a stratum picked seats by chance: 2AB/(T(T-1)) of its pairs, 0 to 1."""
    expected, pairs = 0.0, 0
    for rooms in map(with_company, strata):
        newcomers, residents = _sums(rooms)
        people, within = newcomers + residents, _pairs(rooms)
        pairs += within
        expected += within * 2 * newcomers * residents / (people * (people - 1)) if within else 0
    return _ratio(expected, pairs)


def own_group_preference(rooms: Rooms) -> Measure:
    """M6, Coleman's index of newcomers' company: 0 is chance, 1 only newcomers, -1 none of them.

    With own = aPa and w = (A-1)/(T-1): (own-w)/(1-w), or (own-w)/w below chance (Coleman 1958, Human
    Organization 17(4), in the finite-room form). Undefined where chance leaves nothing to prefer.
    """
    company = with_company(rooms)
    newcomers, residents = _sums(company)
    if not newcomers or not residents:
        return Measure(0, 0, reason=NOT_ENOUGH_ANSWERS)
    own = 1 - math.fsum(n * met(a, b) for (a, b), n in company.items()) / newcomers
    return _beyond(own, (newcomers - 1) / (newcomers + residents - 1))


def dissimilarity(rooms: Rooms) -> Measure:
    """M7, D: the share of either group who would have to change rooms for all rooms to be alike, 0 to 1.

    Half the sum of |a/A - b/B| (Duncan & Duncan 1955). Small rooms raise it without any separation: never
    to be read without `dissimilarity_by_chance`.
    """
    newcomers, residents = _sums(rooms)
    apart = sum(n * abs(a * residents - b * newcomers) for (a, b), n in rooms.items())
    return _ratio(apart, 2 * newcomers * residents)


def dissimilarity_by_chance(rooms: Rooms) -> Measure:
    """M7, E[D]: the mean of D over all shuffles of the same people over the same seats, 0 to 1.

    Exact: in a room of k the newcomers are then hypergeometric.
    """
    newcomers, residents = _sums(rooms)
    if not newcomers or not residents:
        return Measure(0, 0, reason=NOT_ENOUGH_ANSWERS)
    sizes: Counter[int] = Counter()
    for (a, b), n in rooms.items():
        sizes[a + b] += n
    distance = math.fsum(n * _mean_distance(size, newcomers, residents) for size, n in sizes.items())
    return _ratio(distance, 2 * newcomers * residents)


def _mean_distance(size: int, newcomers: int, residents: int) -> float:
    """The mean of |a·B - b·A| in one room of a size."""
    weights = _hypergeometric(size, newcomers, residents)
    people = newcomers + residents
    distance = math.fsum(weight * abs(a * people - size * newcomers) for a, weight in weights.items())
    return distance / math.fsum(weights.values())


def _hypergeometric(size: int, newcomers: int, residents: int) -> dict[int, float]:
    """How likely each number of newcomers is among `size` people drawn, next to the likeliest."""
    likeliest = (size + 1) * (newcomers + 1) // (newcomers + residents + 2)
    weights = {likeliest: 1.0}
    for a in range(likeliest, min(size, newcomers)):
        weights[a + 1] = weights[a] * (newcomers - a) * (size - a) / ((a + 1) * (residents - size + a + 1))
    for a in range(likeliest, max(0, size - residents), -1):
        weights[a - 1] = weights[a] * a * (residents - size + a) / ((newcomers - a + 1) * (size - a + 1))
    return weights


def dissimilarity_beyond_chance(rooms: Rooms) -> Measure:
    """M7, corrected: (D-E)/(1-E), or (D-E)/E below chance; 0 is chance, -1 to 1."""
    found, expected = dissimilarity(rooms).value, dissimilarity_by_chance(rooms).value
    if found is None or expected is None:
        return Measure(0, 0, reason=NOT_ENOUGH_ANSWERS)
    return _beyond(found, expected)


def mutual_information(rooms: Rooms) -> Measure:
    """M8, Theil's M in nats: how much knowing the room tells about a person's group; 0 is nothing.

    H(A/T) - sum of (k/T)·H(a/k) with 0·log 0 = 0 (Theil & Finizza 1971). Undefined without both groups.
    """
    newcomers, residents = _sums(rooms)
    people = newcomers + residents
    if not newcomers or not residents:
        return Measure(0, 0, reason=NOT_ENOUGH_ANSWERS)
    within = math.fsum(n * (a + b) * _entropy(a, b) for (a, b), n in rooms.items())
    return _ratio(max(0.0, people * _entropy(newcomers, residents) - within), people)


def mutual_information_corrected(rooms: Rooms) -> Measure:
    """M8 less what few people in many rooms add by chance, (rooms-1)/(2T) (Miller 1955); may fall below 0."""
    found = mutual_information(rooms)
    if found.value is None:
        return found
    return _ratio(found.numerator - (rooms.total() - 1) / 2, found.denominator)


def information_index(rooms: Rooms) -> Measure:
    """M8, Theil's H: M out of the most that rooms could tell, 0 to 1."""
    found, sums = mutual_information(rooms), _sums(rooms)
    return found if found.value is None else _ratio(found.value, _entropy(*sums))


def shared_events_at(found: Statistics, percent: int) -> Measure:
    """M1 had the smaller group to be 5, 15 or 20 in a hundred of the two; counts only under 10 events."""
    shared: int = getattr(found, f"shared_at_{percent}")
    few = too_few(found.assessable)
    return Measure(shared, found.assessable, None if few else shared / found.assessable, reason=few)


def newcomers_if_half_as_willing(found: Statistics) -> Measure:
    """M2 had newcomers answered half as often as all others: 2A/(2A+B+C), 0 to 1.

    Undefined where fewer people stayed silent than newcomers answered: it cannot be so then. A line to
    think with, never to be put in place of an answer.
    """
    doubled, all_then = 2 * found.newcomers, found.newcomers + found.answers
    if found.newcomers > found.unsaid:
        return Measure(doubled, all_then, reason=TOO_FEW_SILENT)
    return _ratio(doubled, all_then)


def has_all_rooms(found: Statistics, strata: Iterable[Rooms]) -> bool:
    """Whether sums were made of these rooms only, and not of frozen quarters as well."""
    return sum(with_company(rooms).total() for rooms in strata) == found.rooms


@dataclass(frozen=True, slots=True)
class Appendix:
    """Every measure of the appendix, of one period and scope."""

    textbook_exposure: Measure
    cross_pairs: Measure
    cross_pairs_by_chance: Measure
    own_group_preference: Measure
    dissimilarity: Measure
    dissimilarity_by_chance: Measure
    dissimilarity_beyond_chance: Measure
    mutual_information: Measure
    mutual_information_corrected: Measure
    information_index: Measure
    shared_events_at_5: Measure
    shared_events_at_15: Measure
    shared_events_at_20: Measure
    newcomers_if_half_as_willing: Measure


def appendix(found: Statistics, strata: Collection[Rooms]) -> Appendix:
    """The appendix of sums and of the rooms they were made of, by stratum.

    Where rooms are missing, because their quarter is frozen, measures of rooms are undefined; under 10
    events all of them are.
    """
    rooms: Rooms = sum(strata, Counter())
    reason = too_few(found.assessable)
    if reason is None and not has_all_rooms(found, strata):
        reason = ROOMS_ERASED
    unknown = Measure(0, 0, reason=reason)
    of_rooms = {name: measure(rooms) if reason is None else unknown for name, measure in _OF_ROOMS.items()}
    return Appendix(
        **of_rooms,
        cross_pairs_by_chance=cross_pairs_by_chance(strata) if reason is None else unknown,
        shared_events_at_5=shared_events_at(found, 5),
        shared_events_at_15=shared_events_at(found, 15),
        shared_events_at_20=shared_events_at(found, 20),
        newcomers_if_half_as_willing=newcomers_if_half_as_willing(found),
    )


def _sums(rooms: Rooms) -> tuple[int, int]:
    return sum(n * a for (a, _), n in rooms.items()), sum(n * b for (_, b), n in rooms.items())


def _pairs(rooms: Rooms) -> int:
    return sum(n * math.comb(a + b, 2) for (a, b), n in rooms.items())


def _beyond(found: float, chance: float) -> Measure:
    """How far something is from chance, out of the way there is in that direction."""
    return _ratio(found - chance, 1 - chance if found >= chance else chance)


def _entropy(a: int, b: int) -> float:
    people = a + b
    return -sum(part / people * math.log(part / people) for part in (a, b) if part)


def _ratio(numerator: float, denominator: float) -> Measure:
    if not denominator:
        return Measure(numerator, denominator, reason=NOT_ENOUGH_ANSWERS)
    return Measure(numerator, denominator, numerator / denominator)


_OF_ROOMS: Mapping[str, Callable[[Rooms], Measure]] = {
    "textbook_exposure": textbook_exposure,
    "cross_pairs": cross_pairs,
    "own_group_preference": own_group_preference,
    "dissimilarity": dissimilarity,
    "dissimilarity_by_chance": dissimilarity_by_chance,
    "dissimilarity_beyond_chance": dissimilarity_beyond_chance,
    "mutual_information": mutual_information,
    "mutual_information_corrected": mutual_information_corrected,
    "information_index": information_index,
}
