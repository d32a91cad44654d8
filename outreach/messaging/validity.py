"""How long a text may still wait at the vendor, so that a backlog there delivers nothing at night; pure."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.hours import ROUTINE
from outreach.messaging.quiet import REPLY_WITHIN, URGENT, is_quiet

#: The longest and the shortest time that we leave to the vendor (Twilio takes 1 to 36,000 seconds).
LONGEST_SECONDS = 36_000
SHORTEST_SECONDS = 60


def validity_seconds(
    at: datetime,
    zone: str,
    *,
    deadline: datetime,
    reply_to_at: datetime | None = None,
    changed_start_at: datetime | None = None,
) -> int:
    """Seconds from an instant that is not quiet until quiet hours or the deadline; 36,000 at most."""
    quiet_at = next_quiet_at(at, zone, reply_to_at=reply_to_at, changed_start_at=changed_start_at)
    end = min(deadline, quiet_at or deadline)
    return min(LONGEST_SECONDS, int((end - at).total_seconds()))


def next_quiet_at(
    at: datetime, zone: str, *, reply_to_at: datetime | None = None, changed_start_at: datetime | None = None
) -> datetime | None:
    """When quiet hours begin for a text, arguments as for `quiet`; None when not within 36,000 seconds."""
    place = ZoneInfo(zone)
    today = at.astimezone(place).date()
    # Nothing else than these ends a time in which texts may be sent.
    ends = [
        datetime.combine(day, hours.closes, place).astimezone(UTC)
        for day in (today, today + timedelta(days=1))
        for hours in (ROUTINE, URGENT)
    ]
    if reply_to_at is not None:
        ends.append(reply_to_at + REPLY_WITHIN + timedelta(seconds=1))
    latest = at + timedelta(seconds=LONGEST_SECONDS)
    for end in sorted(ends):
        if at < end <= latest and is_quiet(
            end, zone, reply_to_at=reply_to_at, changed_start_at=changed_start_at
        ):
            return end
    return None
