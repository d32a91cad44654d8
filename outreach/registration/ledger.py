"""Reads the ledger of consent; who may be texted about what is for others to decide."""

from sqlalchemy import bindparam, select

from outreach.database import db
from outreach.registration.models import ConsentEvent

STOPPED, RESTARTED = "stopped", "restarted"

_LAST_WORD = (
    select(ConsentEvent.action)
    .where(ConsentEvent.phone_hash == bindparam("phone_hash"), ConsentEvent.action.in_((STOPPED, RESTARTED)))
    .order_by(ConsentEvent.id.desc())
    .limit(1)
)


def has_stopped_texts(phone_hash: str) -> bool:
    """Whether a number said STOP, and not START since.

    A new yes on a form does not count: whoever fills it in may not be the one who said STOP, and the
    vendor holds its own block until START comes from the number itself. Pages say so to the guest.
    """
    return db.session.scalar(_LAST_WORD, {"phone_hash": phone_hash}) == STOPPED
