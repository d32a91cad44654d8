"""Periods that a report can be about: quarters, years, and runs of quarters; pure."""

import re
from dataclasses import dataclass
from datetime import date

from outreach.errors import InvalidInputError
from outreach.i18n import N_
from outreach.quarters import Quarter, quarter_of

_QUARTER = re.compile(r"([12][0-9]{3})-?[Qq]([1-4])")
_YEAR = re.compile(r"[12][0-9]{3}")


@dataclass(frozen=True, slots=True)
class Period:
    """Both days belong to it; `name` is what `parse` reads: "2026-Q3", "2026", "2025-Q4..2026-Q3"."""

    name: str
    starts_on: date
    ends_on: date


def parse(text: str) -> Period:
    """The period that somebody names. Raises InvalidInputError (field "period")."""
    first, dots, last = text.strip().partition("..")
    start = _named(first)
    if not dots:
        return start
    end = _named(last)
    if end.ends_on < start.starts_on:
        raise InvalidInputError(N_("The period ends before it begins."), field="period")
    return Period(f"{start.name}..{end.name}", start.starts_on, end.ends_on)


def last_four_quarters(today: date) -> Period:
    """This quarter and the three before it: a year's seasons, up to date."""
    quarters = quarters_until(today, 4)
    first, last = quarters[0], quarters[-1]
    return Period(f"{first.name}..{last.name}", first.starts_on, last.ends_on)


def choices(today: date) -> list[Period]:
    """What a page offers: the last four quarters together and each, the last one first, and two years."""
    quarters = quarters_until(today, 4)
    return [last_four_quarters(today), *reversed(quarters), _year(today.year), _year(today.year - 1)]


def quarters_of(period: Period) -> list[Period]:
    """The quarters that a period is made of, the earliest first."""
    return quarters_until(
        period.ends_on, quarter_number(period.ends_on) - quarter_number(period.starts_on) + 1
    )


def quarter_name(on: date) -> str:
    """The quarter a day is in: "2026-Q3"."""
    return str(quarter_of(on))


def quarter(number: int) -> Period:
    """The quarter of a number: four times the year, and from 0 to 3."""
    return _quarter(number // 4, number % 4 + 1)


def quarter_number(on: date) -> int:
    """The number of the quarter a day is in; that of the next quarter is one more."""
    its = quarter_of(on)
    return its.year * 4 + its.number - 1


def _named(text: str) -> Period:
    quarter = _QUARTER.fullmatch(text)
    if quarter:
        return _quarter(int(quarter[1]), int(quarter[2]))
    if _YEAR.fullmatch(text):
        return _year(int(text))
    raise InvalidInputError(N_("Write the period like 2026-Q3, 2026 or 2025-Q4..2026-Q3."), field="period")


def _quarter(year: int, number: int) -> Period:
    its = Quarter(year, number)
    return Period(str(its), its.starts_on, its.ends_on)


def _year(year: int) -> Period:
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def quarters_until(today: date, count: int) -> list[Period]:
    """So many quarters up to today's, the earliest first."""
    last = quarter_number(today)
    return [quarter(number) for number in range(last - count + 1, last + 1)]
