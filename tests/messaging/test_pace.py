"""How fast texts leave: the bucket, and the pause while the vendor is in trouble."""

import pytest

from outreach.messaging.pace import Pace


def test_pace_gives_out_one_second_s_parts_at_once():
    pace = Pace(3.0, filled_at=100.0)

    assert [pace.take(1, 100.0) for _ in range(4)] == [True, True, True, False]


def test_pace_keeps_its_rate_over_any_stretch():
    pace = Pace(4.0, filled_at=0.0)
    left = sum(pace.take(1, step / 100) for step in range(1001))

    assert left == 4 + 40


def test_pace_keeps_nothing_that_was_not_used_for_long():
    pace = Pace(3.0, filled_at=0.0)

    assert [pace.take(1, 3600.0) for _ in range(4)] == [True, True, True, False]


def test_pace_lets_a_text_pass_that_is_larger_than_a_second_s_parts():
    pace = Pace(2.0, filled_at=0.0)

    assert pace.take(6, 0.0)
    assert pace.seconds_until(1, 0.0) == pytest.approx(2.5)
    assert not pace.take(1, 2.4)
    assert pace.take(1, 2.6)


def test_pace_of_less_than_a_part_a_second_still_moves():
    pace = Pace(0.1, filled_at=0.0)

    assert pace.take(1, 0.0)
    assert not pace.take(1, 9.0)
    assert pace.take(1, 10.5)


def test_pace_pauses_longer_and_longer_while_failures_go_on():
    pace = Pace(1.0, filled_at=0.0)
    pauses = []
    for _ in range(9):
        pace.failed(0.0)
        pauses.append(pace.paused_until)

    assert pauses == [0.0, 0.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]


def test_pace_forgets_failures_after_a_success():
    pace = Pace(1.0, filled_at=0.0)
    for _ in range(2):
        pace.failed(0.0)
    pace.succeeded()
    pace.failed(0.0)

    assert not pace.is_paused(0.0)
