"""Registrations and reminders: what is said, and which small numbers are not."""

import pytest

from outreach.engagement.turnout_report import (
    CAVEAT,
    MAY_BE_CHANCE,
    NOBODY,
    OTHERS,
    REMINDED_CAME_LESS,
    REMINDED_CAME_MORE,
    TOO_SMALL,
    Part,
    Totals,
    comparison,
    doors,
    languages,
    rows,
)
from outreach.registration.turnout import Turnout

WEB = Turnout(
    parties=200,
    people=400,
    arrived=300,
    parties_arrived=140,
    waiting=12,
    cancelled=4,
    reaffirmed=60,
    reminded=120,
    reminded_arrived=105,
    cents=640.0,
)


def totals(*, is_own: bool = False, languages: dict[str, int] | None = None, **found: Turnout) -> Totals:
    return Totals(8, 20, found or {"web": WEB}, languages or {}, is_own)


def by_id(of: Totals) -> dict[str, tuple]:
    return {row.id: (row.value, row.reason) for row in rows(of)}


def test_figures_are_worked_out_from_the_totals() -> None:
    found = by_id(totals())
    assert found["people"] == (400, None)
    assert found["absent"] == (0.25, None)
    assert found["waiting"] == (12, None)
    assert found["reaffirmed"] == (0.3, None)
    assert found["cents_per_guest"] == (2.0, None)


@pytest.mark.parametrize(("is_own", "shown"), [(False, (None, TOO_SMALL)), (True, (4, None))])
def test_small_numbers_are_for_the_host_only(is_own: bool, shown: tuple) -> None:
    assert by_id(totals(is_own=is_own))["cancelled"] == shown


def test_hidden_number_is_in_no_part_of_its_row() -> None:
    few_absent = Turnout(parties=20, people=40, arrived=37, parties_arrived=19)
    for row in rows(totals(web=few_absent)):
        if row.reason == TOO_SMALL:
            assert (row.value, row.numerator, row.denominator, row.low) == (None, 0, None, None)
    assert by_id(totals(web=few_absent))["absent"] == (None, TOO_SMALL)


def test_nobody_is_no_zero() -> None:
    found = by_id(Totals(0, 0, {}, {}, is_own=False))
    assert found["absent"] == found["reaffirmed"] == found["cents_per_guest"] == (None, NOBODY)
    assert found["events"] == (0, None)


@pytest.mark.parametrize(
    ("reminded", "said"),
    [
        pytest.param(WEB, [REMINDED_CAME_MORE, CAVEAT], id="more"),
        pytest.param(
            Turnout(parties=100, parties_arrived=70, reminded=60, reminded_arrived=30),
            [REMINDED_CAME_LESS, CAVEAT],
            id="less",
        ),
        pytest.param(
            Turnout(parties=100, parties_arrived=62, reminded=60, reminded_arrived=40),
            [MAY_BE_CHANCE, CAVEAT],
            id="chance",
        ),
        pytest.param(Turnout(parties=100, parties_arrived=62), [], id="nobody-reminded"),
    ],
)
def test_reminders_are_compared_with_a_caveat_or_not_at_all(reminded: Turnout, said: list[str]) -> None:
    assert comparison(rows(totals(web=reminded))) == said


def test_few_groups_have_no_rate_whoever_reads_it() -> None:
    few = Turnout(parties=14, people=14, arrived=9, parties_arrived=9, reminded=9, reminded_arrived=6)
    assert by_id(totals(is_own=True, web=few))["reminded_came"][0] is None


def test_small_doors_stand_together_and_never_alone() -> None:
    found = doors(
        totals(
            web=Turnout(people=200, arrived=100),
            text=Turnout(people=50, arrived=30),
            voice=Turnout(people=3, arrived=3),
        )
    )
    assert found == [Part("web", 200, 100), Part(OTHERS, 53, 33)]


def test_arrivals_that_would_tell_a_small_number_are_hidden_with_another() -> None:
    """The total is known: one that was left out alone could be worked out."""
    found = doors(
        totals(
            web=Turnout(people=200, arrived=100),
            text=Turnout(people=50, arrived=30),
            desk=Turnout(people=40, arrived=38),
        )
    )
    assert found == [Part("web", 200, 100), Part("text", 50), Part("desk", 40)]


def test_host_reads_every_door() -> None:
    assert doors(totals(is_own=True, web=Turnout(people=3, arrived=2))) == [Part("web", 3, 2)]


@pytest.mark.parametrize(
    ("counted", "shown"),
    [
        pytest.param({"es": 40, "so": 30}, [Part("es", 40), Part("so", 30)], id="large"),
        pytest.param({"es": 40, "so": 9}, [Part(OTHERS, 49)], id="one-small-takes-the-next-with-it"),
        pytest.param(
            {"es": 40, "so": 9, "my": 2}, [Part("es", 40), Part(OTHERS, 11)], id="small-ones-together"
        ),
        pytest.param({"so": 9}, [], id="too-few-in-all"),
        pytest.param({"so": 4, "my": 4}, [], id="too-few-together"),
    ],
)
def test_small_languages_are_not_told_apart_for_anybody(counted: dict[str, int], shown: list[Part]) -> None:
    assert languages(totals(is_own=True, languages=counted)) == shown
