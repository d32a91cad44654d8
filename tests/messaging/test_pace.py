"""How fast texts leave: turns one after the other, and the pause while the vendor is in trouble."""

import pytest

from outreach.messaging.pace import (
    USED_SHARE,
    Endurance,
    Gate,
    affordable,
    most_in_batch,
    turns,
)


def test_turns_are_as_far_apart_as_the_parts_take():
    found = turns([1, 3, 1], 100.0, 10 / USED_SHARE)

    assert found == pytest.approx([100.0, 100.1, 100.4])


@pytest.mark.parametrize("rate", [1.0, 3.75, 20.0, 97.0])
def test_turns_use_98_of_100_and_no_second_more_than_its_rate(rate):
    """Texts of one part: any second has at most so many, and a minute almost all of them."""
    leaves = turns([1] * int(rate * 90), 0.0, rate)
    busiest = max(sum(at <= other < at + 1 for other in leaves) for at in leaves[: int(rate * 3)])
    in_a_minute = sum(at < 60 for at in leaves)

    assert busiest <= max(1, -(-rate // 1))
    assert in_a_minute >= 0.98 * rate * 60


@pytest.mark.parametrize(
    ("parts", "rate", "count"),
    [([1] * 50, 20.0, 9), ([9, 1], 3.75, 1), ([], 20.0, 0), ([2] * 50, 1000.0, 50), ([1, 9], 10.0, 1)],
)
def test_affordable_is_what_half_a_second_takes_and_one_at_least(parts, rate, count):
    assert affordable(parts, rate) == count


def test_most_in_batch_is_never_none():
    assert (most_in_batch(0.01), most_in_batch(20.0)) == (1, 9)


def test_gate_lets_texts_that_are_late_leave_one_after_the_other():
    gate = Gate(10 / USED_SHARE)

    assert [gate.turn(0.1 * number, 1, at=5.0) for number in range(3)] == pytest.approx([5.0, 5.1, 5.2])
    assert gate.turn(9.0, 1, at=6.0) == 9.0


def test_endurance_leaves_the_vendor_alone_only_after_several_failures_in_a_row():
    endurance = Endurance()
    endurance.failed(0.0)
    endurance.failed(0.0)
    endurance.succeeded()
    endurance.failed(0.0)
    endurance.failed(0.0)

    assert not endurance.is_paused(0.0)
    endurance.failed(0.0)
    assert endurance.is_paused(1.9)
    assert not endurance.is_paused(2.0)


def test_endurance_doubles_its_patience_up_to_a_minute():
    endurance = Endurance()
    until = []
    for _ in range(12):
        endurance.failed(0.0)
        until.append(endurance.paused_until)

    assert until[2:6] == [2.0, 4.0, 8.0, 16.0]
    assert until[-1] == 60.0
