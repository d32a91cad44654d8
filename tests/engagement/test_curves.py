"""Curves of made-up rooms against the exact bounds: never narrower, and at most a step wider."""

import json
import random

import pytest

from outreach.engagement.bounds import Room, exposure_bounds
from outreach.engagement.curves import STEPS, Curves


def curves(rooms: list[Room]) -> Curves:
    found = Curves()
    for room in rooms:
        found.add(*room)
    return found


def made_up(dice: random.Random) -> list[Room]:
    most = dice.choice((2, 4, 12, 60, 300))
    silent = dice.choice((0, 1, most))
    return [
        (
            dice.randint(0, most) * dice.choice((0, 1, 1)),
            dice.randint(0, most) * dice.choice((0, 1, 1)),
            dice.randint(0, silent),
        )
        for _ in range(dice.choice((1, 2, 10, 100)))
    ]


@pytest.mark.parametrize("seed", range(400))
def test_bounds_from_curves_hold_the_exact_ones(seed: int) -> None:
    rooms = made_up(random.Random(seed))
    exact = exposure_bounds(rooms), exposure_bounds((b, a, u) for a, b, u in rooms)
    for found, wanted in zip(curves(rooms).bounds(), exact, strict=True):
        assert (found is None) == (wanted is None)
        if found and wanted:
            assert -1e-9 <= wanted[0] - found[0] <= 1 / STEPS
            assert -1e-9 <= found[1] - wanted[1] <= 1 / STEPS


def test_curves_add_up_and_outlive_json() -> None:
    dice = random.Random(1)
    parts = [made_up(dice) for _ in range(20)]
    whole = curves([room for part in parts for room in part])
    kept = [Curves.from_json(json.loads(json.dumps(curves(part).to_json()))) for part in parts]
    added = Curves()
    for each in reversed(kept):
        added.take(each)
    assert [curve.bends for curve in added.each()] == [curve.bends for curve in whole.each()]
    assert added.bounds()[0] == pytest.approx(whole.bounds()[0])
    assert added.bounds()[1] == pytest.approx(whole.bounds()[1])


@pytest.mark.parametrize(
    ("rooms", "bounds"),
    [
        ([], None),
        ([(0, 9, 0)], None),
        ([(1, 0, 0)], None),
        ([(3, 0, 0)], (0, 0)),
        ([(2, 2, 0)], (2 / 3, 2 / 3)),
        ([(0, 0, 2)], (0, 1)),
        ([(0, 1, 1)], (1, 1)),
    ],
)
def test_bounds_of_the_smallest_rooms(rooms: list[Room], bounds: tuple[float, float] | None) -> None:
    found = curves(rooms).bounds()[0]
    assert found == (None if bounds is None else pytest.approx(bounds, abs=1e-9))
