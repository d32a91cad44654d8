"""Quarters of a year: what is counted, reported and met about by threes of months; pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from outreach.errors import InvalidInputError
from outreach.i18n import N_


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year, "2018-Q2"."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.following.starts_on - timedelta(days=1)

    @property
    def following(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def quarter_of(on: date) -> Quarter:
    """The quarter that a day is in."""
    return Quarter(on.year, (on.month + 2) // 3)


def read_quarter(text: str) -> Quarter:
    """The quarter of a name. Raises InvalidInputError for anything else."""
    match = re.fullmatch(r"((?:19|20|21)\d\d)-Q([1-4])", text)
    if not match:
        raise InvalidInputError(N_("Name a quarter like 2018-Q2."), field="quarter")
    return Quarter(int(match[1]), int(match[2]))


def quarters_between(first: date, last: date) -> list[Quarter]:
    """Every quarter that has a day of this time, the earliest first."""
    found = [quarter_of(first)]
    while found[-1].ends_on < last:
        found.append(found[-1].following)
    return found
