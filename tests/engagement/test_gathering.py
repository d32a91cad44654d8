"""From held events to one report: what is in it, and within what chance is judged."""

from datetime import date

import pytest

from outreach.engagement import measures
from outreach.engagement.gathering import EngagementReport, HeldEvent, gather
from outreach.engagement.measures import Tally
from outreach.engagement.periods import parse
from outreach.engagement.totals import BallotTotals

YEAR = parse("2026")
SPRING, SUMMER, FALL = date(2026, 5, 9), date(2026, 8, 1), date(2026, 10, 3)


def held(on: date = SUMMER, place: str = "jackson", head_count: int | None = 40, **totals: int) -> HeldEvent:
    counted = BallotTotals(**{"newcomers": 10, "residents": 20, "both": 2, "unsaid": 4, **totals})
    return HeldEvent(on, place, head_count, counted)


def made(events: list[HeldEvent], sealed: int = 0) -> EngagementReport:
    return gather(YEAR, events, sealed=sealed)


def test_report_counts_events_that_asked_did_not_ask_and_are_sealed() -> None:
    found = made(
        [held(), HeldEvent(SUMMER, "jackson", 25, None), HeldEvent(FALL, "clay", None, None)], 2
    ).figures
    assert (found.events_held, found.events_with_ballots, found.events_sealed, found.head_count) == (
        3,
        1,
        2,
        65,
    )
    assert (found.answers, found.unsaid) == (32, 8)


def test_report_has_no_head_count_when_nobody_counted() -> None:
    assert made([HeldEvent(SUMMER, "jackson", None, None)]).figures.head_count is None


def test_report_keeps_unreliable_events_and_counts_them() -> None:
    found = made([held(), held(head_count=60)]).figures
    assert (found.events_unreliable, found.events_with_ballots, found.unsaid) == (1, 2, 36)


def test_chance_is_judged_within_county_and_quarter() -> None:
    events = [
        held(on, place, newcomers=newcomers)
        for on in (SPRING, FALL)
        for place in ("jackson", "clay")
        for newcomers in (2, 6, 10)
    ]
    report = made(events)
    quarters = {SPRING: "2026-Q2", FALL: "2026-Q4"}
    tallies = [
        Tally(f"{quarters[event.on]} {event.place}", newcomers, 20, 2, 18 - newcomers)
        for event in events
        for newcomers in (event.totals.newcomers,)
    ]
    assert report.strata == "quarter"
    assert report.figures.chance_ratio == measures.chance_ratio(tallies)
    assert report.figures.chance_ratio.value is not None


def test_chance_is_judged_within_the_county_where_quarters_have_one_event_each() -> None:
    events = [
        held(on, place, newcomers=newcomers)
        for on, newcomers in ((date(2026, 2, 1), 1), (SPRING, 4), (SUMMER, 8), (FALL, 12))
        for place in ("jackson", "clay", "platte")
    ]
    report = made(events)
    assert report.strata == "period"
    assert report.figures.chance_ratio.value is not None
    assert report.figures.shared_events.denominator == 12


@pytest.mark.parametrize("count", [0, 1, 9], ids=["none", "one", "nine"])
def test_chance_stays_unsaid_and_within_quarters_where_counties_help_no_more(count: int) -> None:
    report = made([held() for _ in range(count)])
    assert report.strata == "quarter"
    assert report.figures.chance_ratio.value is None
    assert report.figures.chance_ratio.reason


def test_report_of_nothing_says_not_enough_answers() -> None:
    found = made([]).figures
    assert (found.shared_events.value, found.shared_events.reason) == (None, measures.NOT_ENOUGH_ANSWERS)
    assert (found.events_held, found.head_count) == (0, None)
