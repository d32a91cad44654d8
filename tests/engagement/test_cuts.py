"""Parts beside their total: none about a few people, and none that tells one that is left out."""

import random

import pytest

from outreach.engagement.cuts import is_enough, shown
from outreach.engagement.figures import Report, report
from outreach.engagement.measures import Tally


def part(events: int, newcomers: int = 4, residents: int = 6) -> Report:
    """Events that are all alike."""
    return report([Tally("", newcomers, residents, 0, 0)] * events, events_held=events, head_count=None)


@pytest.mark.parametrize(
    ("events", "newcomers", "residents", "enough"),
    [
        pytest.param(5, 2, 2, True, id="just-enough"),
        pytest.param(4, 9, 9, False, id="four-events"),
        pytest.param(9, 1, 20, False, id="nine-newcomers"),
        pytest.param(9, 20, 1, False, id="nine-residents"),
        pytest.param(50, 0, 9, False, id="a-zero-is-no-exception"),
    ],
)
def test_part_needs_five_events_and_ten_answers_in_each_group(
    events: int, newcomers: int, residents: int, enough: bool
) -> None:
    assert is_enough(part(events, newcomers, residents)) is enough


def test_parts_that_are_all_enough_are_all_shown() -> None:
    assert list(shown({"a": part(6), "b": part(9)})) == ["a", "b"]


def test_lone_small_part_takes_the_next_smallest_with_it() -> None:
    assert list(shown({"a": part(20), "b": part(6), "c": part(2), "d": part(9)})) == ["a", "d"]


def test_small_parts_that_are_enough_together_hide_no_other() -> None:
    assert list(shown({"a": part(20), "b": part(3), "c": part(4)})) == ["a"]


def test_part_without_events_hides_nothing() -> None:
    assert list(shown({"a": part(20), "b": part(0)})) == ["a"]


def test_nothing_is_shown_where_only_two_parts_are_and_one_is_small() -> None:
    assert shown({"a": part(20), "b": part(2)}) == {}


@pytest.mark.parametrize("seed", range(50))
def test_what_is_left_out_is_never_a_small_number_that_can_be_worked_out(seed: int) -> None:
    draw = random.Random(seed)
    parts = {
        str(number): part(draw.randint(0, 9), draw.randint(0, 5), draw.randint(0, 5))
        for number in range(draw.randint(1, 6))
    }
    kept = shown(parts)
    assert all(is_enough(report) for report in kept.values())
    hidden = [report for key, report in parts.items() if key not in kept]
    if kept and any(report.events_with_ballots for report in hidden):
        assert sum(report.events_with_ballots for report in hidden) >= 5
        assert sum(report.newcomer_answers.numerator for report in hidden) >= 10
        assert sum(report.resident_answers.numerator for report in hidden) >= 10
