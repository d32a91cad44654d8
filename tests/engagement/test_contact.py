"""The figures of contact: what was said on leaving and whose cards met again, and when none is told."""

import pytest

from outreach.engagement import contact, contact_wording
from outreach.engagement.bounds import wilson_range
from outreach.engagement.contact import Contact, Talk
from outreach.engagement.encounters import Encounters
from outreach.engagement.figures import TOO_FEW_TO_SHOW
from outreach.engagement.measures import LOW_RESPONSE
from outreach.i18n import translator

TALK = Talk(events=10, talked=61, did_not=39, people=125)
MET = Encounters(
    newcomers=20, residents=30, possible=600, pairs=300, pairs_again=60, crossed=120, crossed_again=30,
    expected=146.9, expected_again=29.4, newcomers_reached=16, newcomers_reached_again=9,
    residents_reached=24, residents_reached_again=11, newcomer_weight=10, resident_weight=30,
    crossed_weight=40,
)  # fmt: skip


def test_share_is_of_answers_and_its_bounds_are_of_people() -> None:
    share = contact.talked(TALK)
    assert (share.value, share.numerator, share.denominator, share.range_kind) == (0.61, 61, 100, "rough")
    assert (share.low, share.high) == wilson_range(61, 100)
    assert contact.talked_at_least(TALK).value == 61 / 125
    assert contact.talked_at_most(TALK).value == 86 / 125


def test_bounds_hold_whatever_the_silent_would_have_said() -> None:
    least, most = contact.talked_at_least(TALK).value, contact.talked_at_most(TALK).value
    assert all(least <= (61 + said_yes) / 125 <= most for said_yes in range(26))


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (Talk(), contact.NOT_ASKED),
        (Talk(9, 61, 39, 125), "Fewer than 10 events: we show counts only."),
        (Talk(10, 50, 24, 125), LOW_RESPONSE),
        (Talk(4, 61, 39, 125), TOO_FEW_TO_SHOW),
        (Talk(40, 61, 9, 80), TOO_FEW_TO_SHOW),
        (Talk(40, 9, 61, 80), TOO_FEW_TO_SHOW),
    ],
    ids=["not-asked", "few-events", "few-answers", "very-few-events", "nearly-all", "nearly-none"],
)  # fmt: skip
def test_share_that_may_not_be_told_has_a_reason(talk: Talk, reason: str) -> None:
    share = contact.talked(talk)
    assert (share.value, share.low, share.reason) == (None, None, reason)


def test_bounds_are_told_where_too_few_answered_but_not_of_few_events() -> None:
    assert contact.talked_at_least(Talk(10, 50, 24, 125)).value == 0.4
    assert contact.talked_at_least(Talk(9, 50, 24, 125)).value is None


def test_ranges_are_likely_from_forty_events() -> None:
    assert contact.talked(Talk(40, 61, 39, 125)).range_kind == "likely"


@pytest.mark.parametrize("talk", [Talk(4, 61, 39, 125), Talk(10, 91, 9, 125)])
def test_few_are_told_of_in_no_figure(talk: Talk) -> None:
    told = [row for row in contact.rows(Contact(talk)) if row.id.startswith("talk") and row.unit == "share"]
    assert [(row.value, row.numerator, row.denominator) for row in told] == [(None, 0, 0)] * 4


def test_sums_of_quarters_add_up() -> None:
    assert Talk(20, 122, 78, 250) == TALK + TALK


@pytest.mark.parametrize("found", [Contact(), Contact(TALK, MET, True)], ids=["nothing", "everything"])
def test_row_has_a_value_or_a_reason(found: Contact) -> None:
    rows = contact.rows(found)
    assert len({row.id for row in rows}) == len(rows) == 15
    assert all((row.value is None) == (row.reason is not None) for row in rows)


def test_tiles_show_rows_that_there_are() -> None:
    ids = {row.id for row in contact.rows(Contact())}
    for tile in contact_wording.tiles(Contact(TALK, MET, True), translator("en")):
        assert set(tile.figure_ids) <= ids


def test_tiles_say_it_in_plain_words() -> None:
    talk, again = contact_wording.tiles(Contact(TALK, MET, True), translator("en"))
    assert (talk.headline, again.headline) == ("61%", "40%")
    assert talk.sentences == (
        "61% of the answers say: I talked for at least five minutes with somebody of a different background.",
        "If everyone had answered, it could be from 49% to 69% of the people there.",
        "10 events asked this on leaving.",
    )
    assert again.sentences[0].startswith("40% of the people who carry a connection card were in a small room")


def test_tile_of_cards_is_there_only_where_they_are_used() -> None:
    assert [tile.id for tile in contact_wording.tiles(Contact(), translator("en"))] == ["talk"]
    few = contact_wording.tiles(Contact(uses_cards=True), translator("en"))[1]
    assert (few.headline, few.sentences) == ("Not enough answers", (contact.NO_CARDS,))
