"""Numbers that are not texted: their holder said stop, the vendor blocks them, or no text reaches them.

Whatever concerns consent also goes into the ledger. Only START from the number itself ends a stop or a
block; registering again does not. Knows no words: what a text means is read elsewhere.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select

from outreach.database import db, insert
from outreach.messaging.models import Suppression
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import RESTARTED, STOPPED
from outreach.registration.service import record_consent
from outreach.vault import Vault

Reason = Literal["stop", "blocked", "unreachable", "voice_only"]

#: A weaker reason never takes the place of a stronger one.
_STRENGTH: dict[str, int] = {"voice_only": 0, "unreachable": 1, "blocked": 2, "stop": 3}


def stop(phone: str, wording: str, locale: str, *, source: str = "text", vault: Vault, now: datetime) -> bool:
    """Ends all texts to a number, in the words it came in; says whether they went on until now. Flushes.

    Said again, it adds a line to the ledger and changes nothing else.
    """
    hashed = phone_hash(vault, phone)
    record_consent(hashed, STOPPED, wording, locale, source=source, vault=vault, now=now)
    return _suppress(hashed, "stop", now=now) not in ("stop", "blocked")


def start(
    phone: str, wording: str, locale: str, *, source: str = "text", vault: Vault, now: datetime
) -> bool:
    """Lets texts to a number begin again; says whether they were stopped. Flushes."""
    hashed = phone_hash(vault, phone)
    record_consent(hashed, RESTARTED, wording, locale, source=source, vault=vault, now=now)
    ended = db.session.scalar(
        delete(Suppression).where(Suppression.phone_hash == hashed).returning(Suppression.reason)
    )
    db.session.flush()
    return ended is not None


def block(hashed: str, wording: str, *, vault: Vault, now: datetime) -> None:
    """Notes that the vendor refuses to text a number because its holder told it so. Flushes.

    `wording` is the vendor's answer, for the ledger. Twilio's is error 21610.
    """
    if reason(hashed) in ("stop", "blocked"):
        return
    record_consent(hashed, STOPPED, wording, "", source="vendor", vault=vault, now=now)
    _suppress(hashed, "blocked", now=now)


def set_unreachable(hashed: str, *, now: datetime) -> None:
    """Notes that no text can reach a number, as a landline or one out of service. Flushes."""
    _suppress(hashed, "unreachable", now=now)


def set_voice_only(hashed: str, *, now: datetime) -> None:
    """Notes that texts do not reach a number, as a landline, and that it is called instead. Flushes."""
    _suppress(hashed, "voice_only", now=now)


def hear(hashed: str) -> None:
    """Notes that a number texted us, so that texts reach it after all. Ends neither stop nor block."""
    db.session.execute(
        delete(Suppression).where(
            Suppression.phone_hash == hashed, Suppression.reason.in_(("unreachable", "voice_only"))
        )
    )


def reason(hashed: str) -> Reason | None:
    """Why a number is not texted; None when it may be."""
    found: Reason | None = db.session.scalar(
        select(Suppression.reason).where(Suppression.phone_hash == hashed)
    )
    return found


def is_suppressed(hashed: str) -> bool:
    """Whether nothing may be sent to a number now."""
    return reason(hashed) is not None


def _suppress(hashed: str, new: Reason, *, now: datetime) -> Reason | None:
    """Writes the new reason unless there is a stronger one; returns the old one."""
    old = reason(hashed)
    values = {"reason": new, "since_at": now}
    weaker = [name for name, strength in _STRENGTH.items() if strength < _STRENGTH[new]]
    db.session.execute(
        insert(Suppression)
        .values(phone_hash=hashed, **values)
        # Looked at once more here: a stop may come in at this very moment.
        .on_conflict_do_update(
            index_elements=[Suppression.phone_hash], set_=values, where=Suppression.reason.in_(weaker)
        )
    )
    db.session.flush()
    return old
