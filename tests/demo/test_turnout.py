"""The invented parties are as many people as the invented numbers say."""

import pytest

from outreach.demo.turnout import parties
from tests.demo.test_data import HELD


@pytest.mark.parametrize("row", HELD, ids=[row["id"] for row in HELD])
def test_parties_add_up_to_the_event_s_numbers(row: dict) -> None:
    outcomes = [outcome for _, outcome in parties(row["registered"], row["arrived"])]
    assert sum(outcome.size for outcome in outcomes) == row["registered"]
    assert sum(outcome.arrived for outcome in outcomes) == row["arrived"]
