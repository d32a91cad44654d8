"""When a text may reach a guest, by the clock at the guest's place; knows zones and nothing of messages."""

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
#: On Sundays nobody is told before noon what can wait.
SUNDAY_OPENS = time(12)
#: For news that would come too late: the event is about to begin, and not as the guest knows it.
URGENT = Hours(time(7), time(21, 30))
URGENT_BEFORE_START = timedelta(hours=6)
#: Somebody who has just texted us is awake and waits for an answer.
REPLY_WITHIN = timedelta(hours=24)


def is_quiet(
    at: datetime, zone: str, *, reply_to_at: datetime | None = None, changed_start_at: datetime | None = None
) -> bool:
    """Whether a text must wait at this instant, at a place in an IANA zone.

    `reply_to_at` is when the text came in that this one answers; `changed_start_at` the start, as the
    guest knows it, of an event that this text cancels or moves.
    """
    return next_allowed_at(at, zone, reply_to_at=reply_to_at, changed_start_at=changed_start_at) != at


def next_allowed_at(
    at: datetime, zone: str, *, reply_to_at: datetime | None = None, changed_start_at: datetime | None = None
) -> datetime:
    """The first instant not before `at` that is not quiet, arguments as for `is_quiet`."""
    place = ZoneInfo(zone)
    if reply_to_at is not None and at - reply_to_at <= REPLY_WITHIN:
        return at
    allowed_at = ROUTINE.next_at(at, place)
    if changed_start_at is not None:
        allowed_at = min(allowed_at, URGENT.next_at(max(at, changed_start_at - URGENT_BEFORE_START), place))
    return allowed_at


def next_allowed_for_announcement_at(at: datetime, zone: str) -> datetime:
    """The first instant not before `at` at which an announcement may be sent to a place in an IANA zone."""
    allowed_at = ROUTINE.next_at(at, ZoneInfo(zone))
    local = allowed_at.astimezone(ZoneInfo(zone))
    if local.isoweekday() == 7 and local.time() < SUNDAY_OPENS:
        return datetime.combine(local.date(), SUNDAY_OPENS, ZoneInfo(zone)).astimezone(UTC)
    return allowed_at
