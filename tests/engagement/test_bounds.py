"""The bounds and ranges against brute force, printed tables and simulation."""

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.engagement.bounds import (
    Exposure,
    Room,
    Spread,
    exposure_bounds,
    joined_bounds,
    met,
    ratio_range,
    t_quantile,
    wilson_range,
)


def _exposures(rooms: list[Room]) -> set[Fraction]:
    """The exposure under every possible set of answers of the silent, wherever it is defined."""
    found = set()
    for answers in itertools.product(*map(_answers, rooms)):
        seated = [(a, b) for a, b in answers if a + b >= 2]
        newcomers = sum(a for a, _ in seated)
        if newcomers:
            found.add(sum(Fraction(a * b, a + b - 1) for a, b in seated) / newcomers)
    return found


def _answers(room: Room) -> list[tuple[int, int]]:
    a, b, u = room
    return [(a + x, b + y) for x in range(u + 1) for y in range(u + 1 - x)]


_ROOM = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4))


@given(st.lists(_ROOM, min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_exposure_bounds_are_the_extremes_of_all_possible_answers(rooms: list[Room]) -> None:
    possible = _exposures(rooms)
    expected = pytest.approx((float(min(possible)), float(max(possible))), abs=1e-12) if possible else None
    assert exposure_bounds(rooms) == expected


@pytest.mark.parametrize(
    ("rooms", "bounds"),
    [
        pytest.param([], None, id="no-rooms"),
        pytest.param([(0, 9, 0)], None, id="nobody-can-be-a-newcomer"),
        pytest.param([(1, 0, 0), (0, 0, 1)], None, id="nobody-has-company"),
        pytest.param([(4, 6, 0)], (2 / 3, 2 / 3), id="everybody-said"),
        pytest.param([(0, 0, 2)], (0.0, 1.0), id="nobody-said"),
        pytest.param([(0, 5, 1)], (1.0, 1.0), id="a-lone-newcomer-meets-residents-only"),
        pytest.param([(5, 0, 0)], (0.0, 0.0), id="newcomers-only"),
    ],
)
def test_exposure_bounds_at_the_edges(rooms: list[Room], bounds: tuple[float, float] | None) -> None:
    assert exposure_bounds(rooms) == (bounds and pytest.approx(bounds))


def test_exposure_bounds_count_a_silent_person_of_both_backgrounds() -> None:
    """Two who said "both" lower the exposure more than any split of them between the two groups."""
    rooms = [(10, 1, 0), (2, 3, 2)]
    as_both = (met(10, 1) + met(2, 3)) / 12
    in_a_group = min((met(10, 1) + met(2 + x, 5 - x)) / (12 + x) for x in range(3))
    assert exposure_bounds(rooms)[0] == pytest.approx(as_both)
    assert as_both < in_a_group


@given(st.lists(_ROOM, max_size=6))
def test_exposure_bounds_widen_when_somebody_falls_silent(rooms: list[Room]) -> None:
    before = exposure_bounds(rooms)
    after = exposure_bounds([(a - (a > 0), b, u + (a > 0)) for a, b, u in rooms])
    if before:
        assert after is not None
        assert after[0] <= before[0] + 1e-12
        assert after[1] >= before[1] - 1e-12


def test_met_is_the_same_from_both_sides_and_nothing_in_a_room_of_one() -> None:
    assert (met(4, 6), met(6, 4), met(1, 0), met(0, 0)) == (24 / 9, 24 / 9, 0.0, 0.0)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        pytest.param(7, 9, 0.4526, 0.9368, id="7-of-9"),
        pytest.param(4, 6, 0.3000, 0.9032, id="4-of-6"),
        pytest.param(0, 10, 0.0, 0.2775, id="none"),
        pytest.param(10, 10, 0.7225, 1.0, id="all"),
    ],
)
def test_wilson_range_is_the_printed_one(numerator: int, denominator: int, low: float, high: float) -> None:
    assert wilson_range(numerator, denominator) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_range_solves_its_own_equation(counts: tuple[int, int]) -> None:
    """The ends are the shares that lie 1.96 standard errors, each its own, from the share seen."""
    numerator, denominator = counts
    seen = numerator / denominator
    for end in wilson_range(*counts):
        assert (seen - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / denominator, abs=1e-6)


@pytest.mark.parametrize(
    ("degrees", "printed"),
    [(7, 2.3646), (9, 2.2622), (19, 2.0930), (39, 2.0227), (10**6, 1.9600)],
    ids=["7", "9", "19", "39", "many"],
)
def test_t_quantile_is_the_printed_one(degrees: int, printed: float) -> None:
    assert t_quantile(degrees) == pytest.approx(printed, abs=1e-3)


def _leaving_out(rooms: list[tuple[str, int, int]]) -> tuple[float, Spread, float]:
    """Meetings by chance, the spread, and half the jackknife-t range from leaving out each room in turn."""

    def by_chance(some: list[tuple[str, int, int]]) -> float:
        strata = {name for name, _, _ in some}
        sums = [[sum(x[i] for x in some if x[0] == name) for i in (1, 2)] for name in strata]
        return sum(met(*pair) for pair in sums)

    expected = by_chance(rooms)
    observed = sum(met(a, b) for _, a, b in rooms)
    ratios, spread = [], Spread()
    for index, (_, a, b) in enumerate(rooms):
        rest = by_chance(rooms[:index] + rooms[index + 1 :])
        ratios.append((observed - met(a, b)) / rest)
        stake = expected - rest
        spread += Spread(met(a, b) ** 2, met(a, b) * stake, stake**2, stake)
    count, mean = len(rooms), sum(ratios) / len(rooms)
    error = math.sqrt((count - 1) / count * sum((each - mean) ** 2 for each in ratios))
    return expected, spread, t_quantile(count - 1) * error


@pytest.mark.parametrize(("count", "strata", "within"), [(12, 2, 0.4), (40, 4, 0.15), (200, 8, 0.03)])
def test_ratio_range_is_near_the_one_from_leaving_out_each_room(
    count: int, strata: int, within: float
) -> None:
    draw = random.Random(count)
    for _ in range(20):
        rooms = []
        for index in range(count):
            people = draw.randint(4, 40)
            seated = sum(draw.random() < 0.4 for _ in range(people))
            newcomers = draw.choice((0, people)) if draw.random() < 0.3 else seated
            rooms.append((str(index % strata), newcomers, people - newcomers))
        observed = sum(met(a, b) for _, a, b in rooms)
        expected, spread, half = _leaving_out(rooms)
        low, high = ratio_range(observed, expected, spread, count)
        assert high - observed / expected == pytest.approx(half, rel=within)
        assert low == pytest.approx(max(0.0, 2 * observed / expected - high))


def test_ratio_range_never_goes_below_nothing_and_has_no_width_where_rooms_are_alike() -> None:
    assert ratio_range(1.0, 10.0, Spread(1.0, 0.5, 9.0, 10.0), 12)[0] == 0.0
    alike = Spread(12 * 0.25, 12 * 0.25, 12 * 0.25, 6.0)
    assert ratio_range(6.0, 6.0, alike, 12) == (1.0, 1.0)


_ROOMS = st.lists(_ROOM, max_size=4)


def _exposure(rooms: list[Room]) -> list[Exposure]:
    """What is kept of a set of rooms."""
    found = exposure_bounds(rooms)
    fewest = sum(a for a, b, _ in rooms if a + b >= 2)
    return [Exposure(*found, fewest, sum(a + u for a, _, u in rooms))] if found else []


@given(st.lists(_ROOMS, max_size=3))
def test_joined_bounds_enclose_the_bounds_of_all_rooms(sets: list[list[Room]]) -> None:
    exact = exposure_bounds([room for rooms in sets for room in rooms])
    joined = joined_bounds([each for rooms in sets for each in _exposure(rooms)])
    assert (exact is None) == (joined is None)
    if exact and joined:
        assert joined[0] <= exact[0] + 1e-9
        assert joined[1] >= exact[1] - 1e-9
        assert 0 <= joined[0] <= joined[1] <= 1


@given(_ROOMS)
def test_joined_bounds_of_one_set_are_its_own(rooms: list[Room]) -> None:
    assert joined_bounds(_exposure(rooms)) == exposure_bounds(rooms)


def test_joined_bounds_are_exact_where_everybody_said() -> None:
    sets = [[(4, 6, 0), (1, 9, 0)], [(10, 2, 0)]]
    joined = joined_bounds([each for rooms in sets for each in _exposure(rooms)])
    assert joined == pytest.approx(exposure_bounds([*sets[0], *sets[1]]))
