"""Stretches of the day at a place, and the one in which people are told what can wait; pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of each day at a place: from `opens` on, and before `closes`."""

    opens: time
    closes: time

    def contain(self, local: datetime) -> bool:
        """Whether a wall time lies in the stretch."""
        return self.opens <= local.time() < self.closes

    def next_at(self, at: datetime, zone: ZoneInfo) -> datetime:
        """The first instant not before `at` that lies in the stretch, on the clocks of a zone."""
        local = at.astimezone(zone)
        if self.contain(local):
            return at
        day = local.date() if local.time() < self.opens else local.date() + timedelta(days=1)
        return datetime.combine(day, self.opens, zone).astimezone(UTC)


ROUTINE = Hours(time(9), time(20))
