"""Legal holds as a rule: which deletion waits for which hold; pure.

Everything that deletes what is due asks `is_paused` first. What a hold does not name is deleted as ever.
"""

from collections.abc import Collection
from dataclasses import dataclass

from outreach.inventory import HOLDINGS, Holding

#: A sign-up is deleted together with its guest and the texts about it, so a hold on one of these keeps all.
SIGN_UP = ("identity", "party", "registration", "lookup", "texts")
#: Those of the inventory that are deleted some day; all others are counts, or go when they are dealt with.
DELETED_SOME_DAY = (*SIGN_UP, "consent", "news", "reveals", "calls", "cards")

#: Besides the sign-ups, what goes when a guest says "delete me", at once or within days.
DELETED_ON_DEMAND = ("texts", "calls", "news")


@dataclass(frozen=True, slots=True)
class Hold:
    """What a hold keeps: the sign-ups of one event, or one holding of the inventory in all events."""

    holding_id: str | None = None
    event_id: int | None = None


def is_paused(holding_id: str, event_id: int | None, holds: Collection[Hold]) -> bool:
    """Whether a holding may not be deleted now; `event_id` is None for what belongs to no event."""
    return any(
        hold.holding_id == holding_id or (hold.event_id is not None and hold.event_id == event_id)
        for hold in holds
    )


def is_sign_up_paused(event_id: int, holds: Collection[Hold]) -> bool:
    """Whether an event's sign-ups may not be deleted now, nor a guest's who asks for it."""
    return any(is_paused(holding_id, event_id, holds) for holding_id in SIGN_UP)


def choices() -> list[Holding]:
    """The holdings that a hold can name."""
    return [holding for holding in HOLDINGS if holding.id in DELETED_SOME_DAY]
