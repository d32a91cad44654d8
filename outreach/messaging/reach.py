"""How a number is reached when it was not: called where texts fail, called again where nobody answered."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from outreach.database import db, insert
from outreach.messaging import due
from outreach.messaging.models import Message, ProviderEvent

#: The phone was off, or out of reach.
OUT_OF_REACH = 30003
#: So many texts that found a phone out of reach, within so long, and we call it instead.
MOST_OUT_OF_REACH, OUT_OF_REACH_WITHIN = 3, timedelta(days=14)

_COPIED = (
    "purpose", "channel", "priority", "registration_id", "broadcast_id", "phone_hash", "sealed", "segments",
    "deadline", "zone", "changed_start_at", "reply_to_at",
)  # fmt: skip


def is_out_of_reach(message: Message, code: int, *, now: datetime) -> bool:
    """Whether a text that failed with a code shows that texts do not reach its number any more."""
    if code != OUT_OF_REACH or message.channel != "text":
        return False
    others = db.session.scalar(
        select(func.count(ProviderEvent.sid.distinct()))
        .join(Message, Message.id == ProviderEvent.message_id)
        .where(
            Message.phone_hash == message.phone_hash,
            ProviderEvent.error_code == OUT_OF_REACH,
            ProviderEvent.received_at > now - OUT_OF_REACH_WITHIN,
            # This one may be known from asking the vendor, and then there is no report of it.
            ProviderEvent.sid != (message.provider_sid or ""),
        )
    )
    return (others or 0) + 1 >= MOST_OUT_OF_REACH


def call_again(message: Message, *, now: datetime) -> bool:
    """Owes the next try to call where nobody answered, if there is one in time; says whether. Flushes.

    Each try is a row of its own, so that what is told of one call never moves another.
    """
    key, at = due.next_try_key(message.dedup_key), now + due.NEXT_TRY_AFTER
    if key is None or at >= message.deadline:
        return False
    values = {name: getattr(message, name) for name in _COPIED}
    written = db.session.execute(
        insert(Message)
        .values(dedup_key=key, not_before=at, due_at=at, created_at=now, **values)
        .on_conflict_do_nothing(index_elements=[Message.dedup_key])
        .returning(Message.id)
    ).scalar()
    return written is not None
