"""Legal holds as a rule: which deletion waits for which hold; pure.

Everything that deletes what is due asks `is_paused` first. What a hold does not name is deleted as ever.
"""

from collections.abc import Collection
from dataclasses import dataclass

from outreach.inventory import HOLDINGS, Holding

#: A sign-up is deleted together with its guest and the texts about it, so a hold on one of these keeps all.
SIGN_UP = ("identity", "party", "registration", "lookup", "texts")
#: Those of the inventory that are deleted some day; all others are counts, or go when they are dealt with.
DELETED_SOME_DAY = (*SIGN_UP, "consent", "news", "reveals", "calls", "cards", "ballots")

#: What outlives an event's guests, so that a hold may name it of one event alone.
OF_ONE_EVENT = ("cards", "ballots")

#: Besides the sign-ups, what goes when a guest says "delete me", at once or within days.
DELETED_ON_DEMAND = ("texts", "calls", "news")


@dataclass(frozen=True, slots=True)
class Hold:
    """What a hold keeps: all of one event, one holding of the inventory in all events, or in one."""

    holding_id: str | None = None
    event_id: int | None = None


def is_paused(holding_id: str, event_id: int | None, holds: Collection[Hold]) -> bool:
    """Whether a holding may not be deleted now; `event_id` is None for what belongs to no event."""
    return any(hold.holding_id in (None, holding_id) and hold.event_id in (None, event_id) for hold in holds)


def is_sign_up_paused(event_id: int, holds: Collection[Hold]) -> bool:
    """Whether an event's sign-ups may not be deleted now, nor a guest's who asks for it."""
    return any(is_paused(holding_id, event_id, holds) for holding_id in SIGN_UP)


def events_kept(holding_id: str, holds: Collection[Hold]) -> set[int]:
    """The events of which a holding may not be deleted now, where not all of it is kept."""
    return {
        hold.event_id
        for hold in holds
        if hold.event_id is not None and is_paused(holding_id, hold.event_id, holds)
    }


def choices() -> list[Holding]:
    """The holdings that a hold can name."""
    return [holding for holding in HOLDINGS if holding.id in DELETED_SOME_DAY]
