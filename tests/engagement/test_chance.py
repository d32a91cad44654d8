"""Less often than chance: the closed form against every seating, and how often it is claimed."""

import itertools
import math
import random
from collections import Counter

import pytest

from outreach.engagement.appendix import Rooms, rooms_of
from outreach.engagement.bounds import met
from outreach.engagement.chance import meet_less_than_chance, surprise_of
from tests.engagement.simulated import program, sizes


def _every_seating(rooms: list[tuple[int, int]]) -> list[float]:
    seats = [index for index, (a, b) in enumerate(rooms) for _ in range(a + b)]
    found = []
    for chosen in itertools.combinations(range(len(seats)), sum(a for a, _ in rooms)):
        newcomers = Counter(seats[seat] for seat in chosen)
        found.append(
            math.fsum(met(newcomers[index], a + b - newcomers[index]) for index, (a, b) in enumerate(rooms))
        )
    return found


@pytest.mark.parametrize(
    "rooms",
    [[(2, 1), (1, 3)], [(1, 1), (0, 2), (2, 3)], [(3, 0), (0, 6)], [(2, 0), (0, 2)], [(1, 4), (3, 3)]],
    ids=["two", "three", "apart", "pairs", "uneven"],
)
def test_surprise_has_the_mean_and_variance_of_every_seating(rooms: list[tuple[int, int]]) -> None:
    seatings = _every_seating(rooms)
    mean = math.fsum(seatings) / len(seatings)
    variance = math.fsum((meetings - mean) ** 2 for meetings in seatings) / len(seatings)
    observed = math.fsum(met(*room) for room in rooms)
    assert surprise_of([Counter(rooms)]) == pytest.approx((observed - mean) / math.sqrt(variance), abs=1e-9)


def test_surprise_adds_up_over_strata() -> None:
    one, other = Counter([(2, 1), (1, 3)]), Counter([(3, 0), (0, 6)])
    alone = [surprise_of([one]), surprise_of([other])]
    assert min(alone) < surprise_of([one, other]) < max(alone)


@pytest.mark.parametrize(
    "strata",
    [
        pytest.param([], id="nobody"),
        pytest.param([Counter([(0, 9), (0, 4)])], id="one-group"),
        pytest.param([Counter([(5, 6)])], id="one-room"),
        pytest.param([Counter([(5, 0)]), Counter([(0, 6)])], id="strata-apart"),
    ],
)
def test_surprise_is_none_where_shuffling_changes_nothing(strata: list[Rooms]) -> None:
    assert surprise_of(strata) is None
    assert not meet_less_than_chance(strata)


def _claimed(one_sided: float, events: int, programs: int = 200) -> float:
    """In what share of simulated programs "less often than chance" is claimed."""
    draw = random.Random(events + round(100 * one_sided))
    return (
        sum(
            meet_less_than_chance(
                [rooms_of(program(draw, sizes(draw, events), share=0.35, one_sided=one_sided))]
            )
            for _ in range(programs)
        )
        / programs
    )


@pytest.mark.parametrize("events", [20, 80])
def test_t20_program_open_to_all_is_not_called_apart(events: int) -> None:
    assert _claimed(0.0, events) <= 0.08


def test_t20_program_mostly_apart_is_called_so() -> None:
    assert _claimed(0.6, 80, programs=60) == 1.0
    assert _claimed(0.3, 20, programs=60) >= 0.9
