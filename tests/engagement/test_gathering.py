"""From sums to one report: within what chance is judged, and what adding keeps."""

from datetime import date
from functools import reduce
from operator import add

import pytest

from outreach.engagement import measures
from outreach.engagement.bounds import met
from outreach.engagement.gathering import Gathered, Part, Size, Strata, report, widened, within
from outreach.engagement.measures import Tally
from outreach.engagement.periods import parse, quarter_number
from outreach.engagement.statistics import Statistics

YEAR = parse("2026")
#: Their numbers.
QUARTERS = tuple(quarter_number(date(2026, month, 1)) for month in (1, 4, 7, 10))
PLACES = ("jackson", "clay", "platte")


def part(quarter: int, place: str, *newcomers: int, size: Size = "small") -> Part:
    """One quarter of a county: rooms of 20 residents with so many newcomers each."""
    return Part(
        quarter,
        place,
        size,
        Statistics(
            events_held=len(newcomers),
            asked=len(newcomers),
            assessable=len(newcomers),
            newcomers=sum(newcomers),
            residents=20 * len(newcomers),
            rooms=len(newcomers),
            assessable_rooms=len(newcomers),
            newcomers_in_company=sum(newcomers),
            residents_in_company=20 * len(newcomers),
            meetings=sum(met(each, 20) for each in newcomers),
        ),
    )


def by_tallies(parts: dict[tuple[int, str], tuple[int, ...]], strata: Strata) -> measures.Measure:
    return measures.chance_ratio(
        [
            Tally(f"{quarter} {place}" if strata == "quarter" else place, each, 20, 0, 0)
            for (quarter, place), newcomers in parts.items()
            for each in newcomers
        ]
    )


@pytest.mark.parametrize("strata", ["quarter", "period"])
def test_chance_is_judged_within_closed_strata(strata: Strata) -> None:
    rooms = {(quarter, place): (2, 6, 10) for quarter in QUARTERS for place in PLACES}
    found = within([part(*where, *newcomers) for where, newcomers in rooms.items()], strata).whole
    expected = by_tallies(rooms, strata)
    assert found.meetings / found.by_chance == pytest.approx(expected.value)
    assert (found.meetings, found.by_chance) == pytest.approx((expected.numerator, expected.denominator))
    assert found.comparable == 36


def test_chance_is_judged_within_county_and_quarter_where_events_suffice() -> None:
    assert widened([part(quarter, "clay", 2, 6, 10) for quarter in QUARTERS]).strata == "quarter"


def test_chance_is_judged_within_the_county_where_quarters_have_one_event_each() -> None:
    parts = [
        part(quarter, place, newcomers)
        for place in PLACES
        for quarter, newcomers in zip(QUARTERS, (1, 4, 8, 12), strict=True)
    ]
    found = widened(parts)
    assert (found.strata, found.whole.comparable) == ("period", 12)


@pytest.mark.parametrize("count", [0, 1, 9], ids=["none", "one", "nine"])
def test_chance_stays_unsaid_and_within_quarters_where_counties_help_no_more(count: int) -> None:
    found = report(YEAR, widened([part(QUARTERS[2], "clay", *[10] * count)]), sealed=0)
    assert found.strata == "quarter"
    assert (found.figures.chance_ratio.value, bool(found.figures.chance_ratio.reason)) == (None, True)


def test_large_rooms_are_compared_with_each_other() -> None:
    parts = [part(QUARTERS[0], "clay", 2, 6), part(QUARTERS[0], "clay", 80, 90, size="large")]
    found = within(parts, "quarter")
    assert found.whole.by_chance == pytest.approx(met(178, 80))
    assert (found.small.by_chance, found.large.by_chance) == pytest.approx((met(8, 40), met(170, 40)))
    assert found.whole.comparable == found.small.comparable + found.large.comparable == 4


def test_sums_of_quarters_are_the_sum_of_the_year_in_any_order() -> None:
    seasons = [within([part(quarter, place, 2, 6) for place in PLACES], "quarter") for quarter in QUARTERS]
    year = within([part(quarter, place, 2, 6) for quarter in QUARTERS for place in PLACES], "quarter")
    for added in (reduce(add, seasons), reduce(add, reversed(seasons))):
        assert added.whole.by_chance == pytest.approx(year.whole.by_chance)
        assert (added.whole.comparable, added.whole.newcomers) == (24, 96)
    assert seasons[0] + Gathered() == seasons[0]


def test_report_of_nothing_says_not_enough_answers() -> None:
    found = report(YEAR, Gathered(), sealed=2).figures
    assert (found.shared_events.value, found.shared_events.reason) == (None, measures.NOT_ENOUGH_ANSWERS)
    assert (found.events_held, found.head_count, found.events_sealed) == (0, None, 2)
