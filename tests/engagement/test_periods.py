"""Periods by name."""

from datetime import date, timedelta

import pytest

from outreach.engagement.periods import Period, choices, last_four_quarters, parse, quarter_name
from outreach.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026-Q3", Period("2026-Q3", date(2026, 7, 1), date(2026, 9, 30))),
        (" 2026q4 ", Period("2026-Q4", date(2026, 10, 1), date(2026, 12, 31))),
        ("2024-Q1", Period("2024-Q1", date(2024, 1, 1), date(2024, 3, 31))),
        ("2026", Period("2026", date(2026, 1, 1), date(2026, 12, 31))),
        ("2025-Q4..2026-Q3", Period("2025-Q4..2026-Q3", date(2025, 10, 1), date(2026, 9, 30))),
        ("2017..2018", Period("2017..2018", date(2017, 1, 1), date(2018, 12, 31))),
    ],
    ids=["quarter", "sloppy", "first-quarter", "year", "quarters", "years"],
)
def test_period_is_read(text: str, period: Period) -> None:
    assert parse(text) == period


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-Q5",
        "2026-Q0",
        "Q3",
        "0000",
        "26",
        "2026-09",
        "2026-Q3..",
        "..2026",
        "2026-Q3..2026-Q1",
        "🙂",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse(text)
    assert caught.value.field == "period"


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2026, 9, 7), "2025-Q4..2026-Q3"),
        (date(2026, 1, 1), "2025-Q2..2026-Q1"),
        (date(2026, 12, 31), "2026-Q1..2026-Q4"),
    ],
)
def test_last_four_quarters_end_with_this_one_and_can_be_named(today: date, name: str) -> None:
    assert last_four_quarters(today).name == name
    assert parse(name) == last_four_quarters(today)


def test_choices_begin_with_the_last_four_quarters_and_can_all_be_named() -> None:
    offered = choices(date(2026, 9, 7))
    assert [period.name for period in offered] == [
        "2025-Q4..2026-Q3", "2026-Q3", "2026-Q2", "2026-Q1", "2025-Q4", "2026", "2025",
    ]  # fmt: skip
    assert [parse(period.name) for period in offered] == offered


def test_every_day_of_a_year_is_in_the_quarter_it_is_named_by() -> None:
    for number in range(366):
        on = date(2024, 1, 1) + timedelta(days=number)
        quarter = parse(quarter_name(on))
        assert quarter.starts_on <= on <= quarter.ends_on
