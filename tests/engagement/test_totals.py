"""Totals of ballots beside the people counted."""

import pytest

from outreach.engagement.measures import Tally
from outreach.engagement.totals import BallotTotals, check, is_reliable, tally
from outreach.errors import InvalidInputError

TOTALS = BallotTotals(newcomers=8, residents=20, both=3, unsaid=5)


def test_totals_count_ballots_and_answers_apart() -> None:
    assert (TOTALS.cast, TOTALS.answers) == (36, 31)


@pytest.mark.parametrize("head_count", [36, 37, 500])
def test_as_many_ballots_as_people_or_fewer_are_fine(head_count: int) -> None:
    check(TOTALS, head_count)


def test_more_ballots_than_people_are_refused_with_both_numbers() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(TOTALS, 35)
    assert str(caught.value) == "More ballots (36) than guests who get one (35). Count both again."
    assert caught.value.field == "head_count"


@pytest.mark.parametrize("name", ["newcomers", "residents", "both", "unsaid"])
def test_negative_total_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError):
        check(BallotTotals(**{"newcomers": 5, "residents": 5, "both": 5, "unsaid": 5, name: -1}), 50)


@pytest.mark.parametrize(
    ("head_count", "expected"),
    [(36, True), (40, True), (41, False), (35, False), (None, False)],
    ids=["everybody", "one-in-ten-without", "more-without", "fewer-heads-than-ballots", "nobody-counted"],
)
def test_event_is_reliable_when_at_most_one_in_ten_gave_no_ballot(
    head_count: int | None, expected: bool
) -> None:
    assert is_reliable(TOTALS, head_count) is expected


def test_empty_room_is_reliable() -> None:
    assert is_reliable(BallotTotals(0, 0, 0, 0), 0)


@pytest.mark.parametrize(
    ("head_count", "unsaid"),
    [(36, 5), (50, 19), (None, 5), (30, 5)],
    ids=["all-gave-one", "some-gave-none", "nobody-counted", "count-too-low"],
)
def test_people_without_a_ballot_are_people_who_did_not_say(head_count: int | None, unsaid: int) -> None:
    assert tally(TOTALS, head_count, stratum="here") == Tally("here", 8, 20, 3, unsaid)
