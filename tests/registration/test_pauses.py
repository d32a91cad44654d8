"""Which deletion waits for which hold: what is named, and nothing else."""

import itertools

import pytest

from outreach.inventory import HOLDINGS
from outreach.registration.pauses import (
    DELETED_SOME_DAY,
    OF_ONE_EVENT,
    SIGN_UP,
    Hold,
    choices,
    events_kept,
    is_paused,
    is_sign_up_paused,
)

IDS = [holding.id for holding in HOLDINGS]


def test_without_a_hold_nothing_waits():
    assert not any(is_paused(holding_id, event_id, ()) for holding_id in IDS for event_id in (None, 1))


@pytest.mark.parametrize(("held", "asked"), list(itertools.product(DELETED_SOME_DAY, IDS)))
def test_hold_on_one_thing_pauses_it_in_all_events_and_nothing_else(held, asked):
    for event_id in (None, 1, 2):
        assert is_paused(asked, event_id, [Hold(holding_id=held)]) == (held == asked)


@pytest.mark.parametrize("asked", IDS)
def test_hold_on_an_event_pauses_what_belongs_to_it_and_nothing_else(asked):
    holds = [Hold(event_id=1)]
    assert is_paused(asked, 1, holds)
    assert not is_paused(asked, 2, holds)
    assert not is_paused(asked, None, holds)


@pytest.mark.parametrize(("held", "asked"), list(itertools.product(OF_ONE_EVENT, IDS)))
def test_hold_on_one_thing_of_an_event_pauses_that_and_nothing_else(held, asked):
    holds = [Hold(holding_id=held, event_id=1)]
    assert is_paused(asked, 1, holds) == (held == asked)
    assert not is_paused(asked, 2, holds)
    assert not is_paused(asked, None, holds)
    assert not is_sign_up_paused(1, holds)


def test_events_of_which_something_is_kept():
    holds = [Hold("ballots", 1), Hold(event_id=2), Hold("cards", 3), Hold("news")]
    assert events_kept("ballots", holds) == {1, 2}
    assert events_kept("cards", holds) == {2, 3}
    assert events_kept("ballots", ()) == set()


@pytest.mark.parametrize("held", DELETED_SOME_DAY)
def test_sign_up_goes_as_a_whole_or_not_at_all(held):
    assert is_sign_up_paused(1, [Hold(holding_id=held)]) == (held in SIGN_UP)


def test_one_of_several_holds_is_enough():
    holds = [Hold(event_id=1), Hold(holding_id="news")]
    assert is_paused("news", 2, holds)
    assert is_sign_up_paused(1, holds)
    assert not is_sign_up_paused(2, holds)


def test_hold_names_what_the_inventory_has():
    assert [holding.id for holding in choices()] == [each for each in IDS if each in DELETED_SOME_DAY]
    assert set(DELETED_SOME_DAY) <= set(IDS)
    assert set(OF_ONE_EVENT) <= set(DELETED_SOME_DAY) - set(SIGN_UP)
