"""What follows for a text when the vendor says that it did not arrive; pure.

A text is sent again only where the error says that it has not arrived, by itself three times at most,
and only if it would still reach its guest in time. What each error is, is in `gateways/errors.toml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.messaging.gateways.base import Kind
from outreach.messaging.validity import SHORTEST_SECONDS

#: So often a text is sent again by itself, whatever the reasons.
MOST_RESENDS = 3
#: How long a sender rests that the vendor refuses for reasons of its set-up, or that is too fast.
CONFIGURATION_PAUSE, CONGESTION_PAUSE = timedelta(minutes=15), timedelta(minutes=1)
#: Where the carriers' day begins, by which they count what they take from one sender.
CARRIER_ZONE = ZoneInfo("America/Los_Angeles")

#: How long to wait before a text is sent again; other errors end it.
_AFTER: Mapping[Kind, timedelta] = {
    "unreachable": timedelta(hours=3),
    "unexplained": timedelta(minutes=30),
    "guarded": timedelta(minutes=30),
    "configuration": CONFIGURATION_PAUSE,
    "congestion": CONGESTION_PAUSE,
}
#: Not sent again when it ends in the same way a second time.
_ONCE: frozenset[Kind] = frozenset({"unreachable", "unexplained", "guarded"})
#: The sender and not the text is to blame, so the others wait as well.
PAUSES: Mapping[Kind, timedelta] = {
    "configuration": CONFIGURATION_PAUSE,
    "congestion": CONGESTION_PAUSE,
}


@dataclass(frozen=True, slots=True)
class Loss:
    """A text that the vendor took and that did not arrive."""

    kind: Kind
    #: Why it was sent again last time; None the first time.
    earlier_kind: Kind | None
    #: How often it was sent again before.
    resends: int
    deadline: datetime


def resend_at(loss: Loss, now: datetime, *, allowed_at: Callable[[datetime], datetime]) -> datetime | None:
    """When a lost text is sent again; None when it is not.

    `allowed_at` gives the first instant not before another at which it may reach its guest.
    """
    if loss.resends >= MOST_RESENDS or (loss.kind in _ONCE and loss.kind == loss.earlier_kind):
        return None
    if loss.kind == "capped":
        at = next_carrier_day(now)
    elif loss.kind in _AFTER:
        at = now + _AFTER[loss.kind]
    else:
        return None
    is_useful = allowed_at(at) + timedelta(seconds=SHORTEST_SECONDS) <= loss.deadline
    return at if is_useful else None


def next_carrier_day(now: datetime) -> datetime:
    """When the carriers begin to count anew."""
    tomorrow = now.astimezone(CARRIER_ZONE).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), CARRIER_ZONE).astimezone(UTC)
