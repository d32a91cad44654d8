"""A report gathers every measure once, and its rows repeat it without a change."""

from dataclasses import fields

import pytest

from outreach.engagement import measures
from outreach.engagement.figures import (
    METHOD_VERSION,
    NO_LARGE_ROOMS,
    RANGE_LABELS,
    Report,
    Row,
    report,
    rows,
)
from outreach.engagement.measures import NO_HEAD_COUNT, Measure, Tally

SEASON = [
    Tally("2018-Q1 Jackson County", newcomers, residents, both, unsaid)
    for newcomers, residents, both, unsaid in [(4, 6, 1, 2), (1, 9, 0, 0), (10, 2, 0, 1), (0, 5, 0, 0)] * 4
]
TINY = Tally("2018-Q1 Clay County", 1, 1, 0, 1)
NOBODY_CAME = Tally("2018-Q1 Clay County", 0, 0, 0, 0)
FESTIVAL = Tally("2018-Q1 Jackson County", 900, 1100, 0, 0)


def test_report_counts_what_the_measures_rest_on() -> None:
    found = report([*SEASON, TINY, NOBODY_CAME], events_held=24, head_count=190)
    counts = (
        found.method,
        found.events_held,
        found.events_with_ballots,
        found.events_assessable,
        found.events_tiny,
        found.answers,
        found.unsaid,
        found.head_count,
    )
    assert counts == (METHOD_VERSION, 24, 17, 16, 1, 154, 13, 190)
    assert found.reporting_rate == Measure(17, 24, 17 / 24)
    assert found.counted_rate == Measure(154, 190, 154 / 190)


def test_report_holds_every_measure_of_its_tallies() -> None:
    found = report(SEASON, events_held=16, head_count=None)
    for name in (
        "shared_events",
        "certainly_shared_events",
        "possibly_shared_events",
        "people_at_shared_events",
        "answered_rate",
        "newcomer_share",
        "newcomer_exposure",
        "newcomer_isolation",
        "resident_exposure",
        "expected_exposure",
        "chance_ratio",
    ):
        assert getattr(found, name) == getattr(measures, name)(SEASON)
    assert (found.newcomer_answers, found.resident_answers, found.both_answers) == (
        measures.answer_share(SEASON, "newcomers"),
        measures.answer_share(SEASON, "residents"),
        measures.answer_share(SEASON, "both"),
    )


def test_report_gives_large_rooms_a_line_of_their_own() -> None:
    """One festival drowns a season; without it the season is as it was."""
    alone = report(SEASON, events_held=16, head_count=None)
    drowned = report([*SEASON, FESTIVAL], events_held=17, head_count=None)
    assert alone.chance_ratio_small_rooms == alone.chance_ratio
    assert alone.chance_ratio_large_rooms == Measure(0, 0, reason=NO_LARGE_ROOMS)
    assert drowned.chance_ratio.value > alone.chance_ratio.value + 0.1
    assert drowned.chance_ratio_small_rooms == alone.chance_ratio
    assert drowned.chance_ratio_large_rooms == measures.chance_ratio([FESTIVAL])


@pytest.mark.parametrize(("known", "is_large"), [(60, False), (61, True)])
def test_report_calls_a_room_large_above_sixty_people_of_the_two_groups(known: int, is_large: bool) -> None:
    room = Tally("2018-Q1 Jackson County", 30, known - 30, 40, 40)
    found = report([*SEASON, room], events_held=17, head_count=None)
    assert (found.chance_ratio_large_rooms.reason != NO_LARGE_ROOMS) is is_large


def test_report_leaves_no_room_out_of_both_sizes() -> None:
    """A room of many where few named a group is a small one: its known people make its meetings."""
    quiet = Tally("2018-Q1 Jackson County", 5, 5, 0, 80)
    found = report([*SEASON, quiet, FESTIVAL], events_held=18, head_count=None)
    assert found.chance_ratio_small_rooms == measures.chance_ratio([*SEASON, quiet])


def test_report_refuses_more_ballots_than_held_events() -> None:
    """A cancelled event must not slip in; one to which nobody came takes no place."""
    with pytest.raises(ValueError, match="than events held"):
        report(SEASON, events_held=15, head_count=None)
    assert report([*SEASON, NOBODY_CAME], events_held=16, head_count=None).events_with_ballots == 16


def test_rows_say_every_figure_of_the_report_once() -> None:
    names = [row.id for row in rows(report(SEASON, events_held=16, head_count=200))]
    others = {"method", "unknown_because"}
    assert sorted(names) == sorted({field.name for field in fields(Report)} - others)


@pytest.mark.parametrize("tallies", [[], SEASON, [*SEASON, FESTIVAL, TINY]], ids=["none", "season", "mixed"])
def test_rows_repeat_the_report_without_a_change(tallies: list[Tally]) -> None:
    made = report(tallies, events_held=20, head_count=None)
    for row in rows(made):
        figure = getattr(made, row.id)
        if isinstance(figure, Measure):
            kept = Measure(
                row.numerator, row.denominator, row.value, row.low, row.high, figure.range_kind, row.reason
            )
            assert kept == figure
            assert row.range_label == RANGE_LABELS.get(figure.range_kind)
        else:
            assert row.value == figure
        assert (row.value is None) == (row.reason is not None)
        assert row.label
        assert row.how.endswith(".")


def test_rows_of_counts_have_a_unit_and_no_range() -> None:
    found = {row.id: row for row in rows(report(SEASON, events_held=16, head_count=None))}
    held, heads = found["events_held"], found["head_count"]
    assert held == Row("events_held", held.label, "events", 16, None, None, None, 16, None, None, held.how)
    assert (heads.value, heads.unit, heads.reason) == (None, "people", NO_HEAD_COUNT)


def test_rows_of_nothing_say_not_enough_answers_and_no_zero() -> None:
    found = rows(report([], events_held=0, head_count=None))
    assert all(row.value is None and row.reason for row in found if row.unit in ("share", "ratio"))
