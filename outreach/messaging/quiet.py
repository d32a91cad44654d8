"""When a text may reach a guest, by the clock at the guest's place; knows zones and nothing of messages."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.hours import ROUTINE, Hours

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
