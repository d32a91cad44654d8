"""Rooms that bring together who meets nowhere else."""

from collections.abc import Set

from hypothesis import given
from hypothesis import strategies as st

from outreach.engagement.bridging import Bridge, bridges
from outreach.engagement.encounters import CardRoom, encounters
from tests.engagement.test_encounters import NEWCOMERS, RESIDENTS, ROOMS


def test_pair_that_meets_twice_is_bridged_by_neither_room() -> None:
    found = bridges([set("ax"), set("axy"), set("by")], set("ab"), set("xy"))
    assert found == [Bridge(1, 0), Bridge(2, 1), Bridge(1, 1)]


def test_room_of_one_group_or_of_strangers_bridges_nobody() -> None:
    assert bridges([set("ab"), set("?!"), set()], set("ab"), set("xy")) == [Bridge(0, 0)] * 3


def test_printed_example_bridges_the_pairs_that_met_once() -> None:
    """23 pairs met there, 6 of them twice or more."""
    found = bridges([set(room) for room in ROOMS], NEWCOMERS, RESIDENTS)
    assert sum(bridge.only_here for bridge in found) == 23 - 6


@given(st.lists(st.frozensets(st.sampled_from("abcdxyz?")), max_size=6))
def test_pairs_met_once_are_those_that_one_room_bridged(rooms: list[Set[str]]) -> None:
    newcomers, residents = frozenset("abcd"), frozenset("xyz")
    counted = encounters([CardRoom(room) for room in rooms], newcomers, residents)
    found = bridges(rooms, newcomers, residents)
    assert sum(bridge.only_here for bridge in found) == counted.crossed - counted.crossed_again
