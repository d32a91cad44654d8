"""The appendix on the worked example, against every seating of small rooms, and on known truth."""

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from outreach.engagement.appendix import (
    ROOMS_ERASED,
    TOO_FEW_SILENT,
    Rooms,
    appendix,
    cross_pairs,
    cross_pairs_by_chance,
    dissimilarity,
    dissimilarity_beyond_chance,
    dissimilarity_by_chance,
    information_index,
    mutual_information,
    mutual_information_corrected,
    newcomers_if_half_as_willing,
    own_group_preference,
    rooms_of,
    shared_events_at,
    textbook_exposure,
)
from outreach.engagement.measures import FEW_EVENTS, NOT_ENOUGH_ANSWERS, Measure
from outreach.engagement.statistics import Statistics
from tests.engagement.simulated import program, sizes

#: The worked example of six events: 25 newcomers and 45 residents.
WORKED: Rooms = Counter([(4, 6), (1, 9), (10, 2), (0, 5), (3, 3), (7, 20)])

_TEXTBOOK = Fraction(24, 10) + Fraction(9, 10) + Fraction(20, 12) + Fraction(9, 6) + Fraction(140, 27)
_OWN = 1 - (Fraction(24, 9) + Fraction(9, 9) + Fraction(20, 11) + Fraction(9, 5) + Fraction(140, 26)) / 25
_APART = sum(abs(Fraction(a, 25) - Fraction(b, 45)) for a, b in WORKED) / 2
_BY_CHANCE = (
    sum(
        Fraction(math.comb(25, x) * math.comb(45, a + b - x), math.comb(70, a + b))
        * abs(Fraction(x, 25) - Fraction(a + b - x, 45))
        for a, b in WORKED
        for x in range(a + b + 1)
    )
    / 2
)


def _h(a: int, b: int) -> float:
    """Entropy in nats, written another way than the module does."""
    return math.log(a + b) - sum(x * math.log(x) for x in (a, b) if x) / (a + b)


_TOLD = _h(25, 45) - sum((a + b) * _h(a, b) for a, b in WORKED) / 70


@pytest.mark.parametrize(
    ("measure", "exact", "printed"),
    [
        pytest.param(textbook_exposure, _TEXTBOOK / 25, 0.466, id="xPy"),
        pytest.param(cross_pairs, Fraction(202, 532), 0.380, id="cross-pairs"),
        pytest.param(
            lambda rooms: cross_pairs_by_chance([rooms]),
            Fraction(2 * 25 * 45, 70 * 69),
            0.466,
            id="by-chance",
        ),
        pytest.param(
            own_group_preference, (_OWN - Fraction(24, 69)) / (1 - Fraction(24, 69)), 0.223, id="coleman"
        ),
        pytest.param(dissimilarity, _APART, 0.436, id="D"),
        pytest.param(dissimilarity_by_chance, _BY_CHANCE, 0.214, id="E-of-D"),
        pytest.param(
            dissimilarity_beyond_chance, (_APART - _BY_CHANCE) / (1 - _BY_CHANCE), 0.282, id="D-corrected"
        ),
        pytest.param(mutual_information, _TOLD, 0.152, id="theil-M"),
        pytest.param(mutual_information_corrected, _TOLD - 5 / 140, 0.116, id="miller-madow"),
        pytest.param(information_index, _TOLD / _h(25, 45), 0.233, id="theil-H"),
    ],
)
def test_worked_example(measure: Callable[[Rooms], Measure], exact: Fraction | float, printed: float) -> None:
    found = measure(WORKED).value
    assert found == pytest.approx(float(exact), abs=1e-9)
    assert round(found, 3) == printed


def _seatings(rooms: list[tuple[int, int]]) -> Iterator[Rooms]:
    """Every way to seat the same people in the same rooms."""
    seats = [index for index, (a, b) in enumerate(rooms) for _ in range(a + b)]
    for chosen in itertools.combinations(range(len(seats)), sum(a for a, _ in rooms)):
        newcomers = Counter(seats[seat] for seat in chosen)
        yield Counter((newcomers[index], a + b - newcomers[index]) for index, (a, b) in enumerate(rooms))


@pytest.mark.parametrize(
    "rooms", [[(2, 1), (1, 3)], [(1, 1), (0, 2), (2, 3)], [(3, 0), (0, 6)]], ids=["two", "three", "apart"]
)
def test_chance_is_the_mean_over_every_seating(rooms: list[tuple[int, int]]) -> None:
    seatings = list(_seatings(rooms))
    for measure, by_chance in (
        (dissimilarity, dissimilarity_by_chance),
        (cross_pairs, lambda found: cross_pairs_by_chance([found])),
    ):
        mean = math.fsum(measure(seating).value for seating in seatings) / len(seatings)
        assert by_chance(Counter(rooms)).value == pytest.approx(mean, abs=1e-12)


def test_pairings_by_chance_are_judged_within_each_stratum() -> None:
    strata = [Counter([(2, 1), (1, 3)]), Counter([(3, 3)])]
    expected = 9 * 2 * 3 * 4 / 42 + 15 * 2 * 3 * 3 / 30
    assert cross_pairs_by_chance(strata) == Measure(pytest.approx(expected), 24, pytest.approx(expected / 24))


@pytest.mark.parametrize(
    ("rooms", "value"),
    [
        pytest.param(Counter({(3, 0): 2, (0, 3): 2}), 1.0, id="apart"),
        pytest.param(Counter({(1, 1): 6}), -1.0, id="never-another-newcomer"),
    ],
)
def test_own_group_preference_reaches_its_ends(rooms: Rooms, value: float) -> None:
    assert own_group_preference(rooms).value == pytest.approx(value)


def test_dissimilarity_below_chance_is_told_by_the_way_to_none() -> None:
    alike = Counter({(2, 2): 10})
    assert (dissimilarity(alike).value, dissimilarity_beyond_chance(alike).value) == (0.0, -1.0)
    assert dissimilarity_by_chance(alike).value > 0.2


_ALL = [
    textbook_exposure,
    own_group_preference,
    dissimilarity,
    dissimilarity_by_chance,
    dissimilarity_beyond_chance,
    mutual_information,
    mutual_information_corrected,
    information_index,
]


@pytest.mark.parametrize("measure", _ALL, ids=lambda measure: measure.__name__)
@pytest.mark.parametrize("rooms", [Counter(), Counter([(0, 9), (0, 4)])], ids=["nobody", "one-group"])
def test_measure_without_both_groups_is_undefined_and_not_zero(
    measure: Callable[[Rooms], Measure], rooms: Rooms
) -> None:
    assert (measure(rooms).value, measure(rooms).reason) == (None, NOT_ENOUGH_ANSWERS)


def test_pairings_of_nobody_are_undefined() -> None:
    alone = Counter([(1, 0), (0, 1)])
    assert cross_pairs(alone).reason == cross_pairs_by_chance([alone]).reason == NOT_ENOUGH_ANSWERS


def test_small_rooms_look_uneven_without_any_separation() -> None:
    """Ten rooms of two to four people give a D of nearly half by chance alone; corrected, none."""
    draw = random.Random(3)
    found = [
        rooms_of(program(draw, [draw.randint(2, 4) for _ in range(10)], share=0.4, one_sided=0.0))
        for _ in range(200)
    ]
    plain = [dissimilarity(rooms).value for rooms in found]
    corrected = [dissimilarity_beyond_chance(rooms).value for rooms in found]
    assert sum(plain) / 200 == pytest.approx(0.46, abs=0.04)
    assert abs(sum(corrected) / 200) < 0.05


@pytest.mark.parametrize("one_sided", [0.0, 0.3, 0.8], ids=["open", "some-apart", "most-apart"])
def test_appendix_finds_the_truth_of_a_simulated_program(one_sided: float) -> None:
    """One-sided rooms hold a share h of the people, so h of what a room could tell is told."""
    draw = random.Random(11)
    rooms = rooms_of(program(draw, sizes(draw, 3000), share=0.35, one_sided=one_sided))
    assert own_group_preference(rooms).value == pytest.approx(one_sided, abs=0.04)
    assert dissimilarity_beyond_chance(rooms).value == pytest.approx(one_sided, abs=0.06)
    told = mutual_information_corrected(rooms).value
    most = mutual_information(rooms).value / information_index(rooms).value
    assert told / most == pytest.approx(one_sided, abs=0.06)


def test_threshold_that_was_not_in_force_tells_how_much_it_decides() -> None:
    found = Statistics(assessable=10, shared=8, shared_at_5=9, shared_at_15=6, shared_at_20=5)
    assert [shared_events_at(found, percent).value for percent in (5, 15, 20)] == [0.9, 0.6, 0.5]
    assert shared_events_at(Statistics(assessable=9, shared_at_5=8), 5) == Measure(8, 9, reason=FEW_EVENTS)


def test_newcomers_who_answer_half_as_often_would_be_more() -> None:
    told = Statistics(newcomers=10, residents=20, both=10, unsaid=10)
    assert newcomers_if_half_as_willing(told) == Measure(20, 50, 0.4)
    assert newcomers_if_half_as_willing(replace(told, unsaid=9)) == Measure(20, 50, reason=TOO_FEW_SILENT)
    assert newcomers_if_half_as_willing(Statistics()).reason == NOT_ENOUGH_ANSWERS


def test_newcomers_who_answer_half_as_often_are_as_many_as_in_truth() -> None:
    """80 newcomers of 200 answer at 40%, the others at 80%: the line gives back the 40%."""
    told = Statistics(newcomers=32, residents=96, unsaid=72)
    assert newcomers_if_half_as_willing(told).value == pytest.approx(0.4)


def test_appendix_of_all_rooms_holds_every_measure() -> None:
    twice = WORKED + WORKED
    found = appendix(Statistics(assessable=12, rooms=12), [WORKED, WORKED])
    assert found.dissimilarity == dissimilarity(twice)
    assert found.cross_pairs_by_chance.value == pytest.approx(2 * 25 * 45 / (70 * 69))


@pytest.mark.parametrize(
    ("sums", "reason"),
    [
        pytest.param(Statistics(assessable=18, rooms=18), ROOMS_ERASED, id="a-frozen-quarter-among-them"),
        pytest.param(Statistics(assessable=6, rooms=6), FEW_EVENTS, id="few-events"),
        pytest.param(Statistics(), NOT_ENOUGH_ANSWERS, id="nothing"),
    ],
)
def test_appendix_says_why_a_measure_of_rooms_is_missing(sums: Statistics, reason: str) -> None:
    found = appendix(sums, [WORKED])
    assert found.information_index == found.cross_pairs_by_chance == Measure(0, 0, reason=reason)
