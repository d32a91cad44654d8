"""Calls that ring at a phone in the browser, and what the vendor tells us of them; places none."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select, update

from outreach.database import db
from outreach.messaging import calls
from outreach.messaging.channels.voice import heard
from outreach.messaging.models import SimulatedCall
from outreach.registration.guests import phone_hash
from outreach.vault import Vault

#: Picks it up · lets an answering machine do so · lets it ring.
Taken = Literal["person", "machine", "nobody"]
_ANSWERED_BY = {"person": "human", "machine": "machine_end_beep"}


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request that the vendor makes."""

    address: str
    fields: dict[str, str]


def ringing(phone: str, *, vault: Vault) -> str | None:
    """The id of the call that rings at a phone; None when none does."""
    return db.session.scalar(
        select(SimulatedCall.sid)
        .where(SimulatedCall.phone_hash == phone_hash(vault, phone), SimulatedCall.status == "ringing")
        .order_by(SimulatedCall.id)
        .limit(1)
    )


def take(sid: str, taken: Taken, *, vault: Vault) -> list[Webhook]:
    """Does with a ringing call what its holder chose; returns what the vendor then tells us. Flushes.

    Empty for a call that does not ring (any more).
    """
    status = "no-answer" if taken == "nobody" else "in-progress"
    sealed = db.session.scalar(
        update(SimulatedCall)
        .where(SimulatedCall.sid == sid, SimulatedCall.status == "ringing")
        .values(status=status)
        .returning(SimulatedCall.sealed)
    )
    if sealed is None:
        return []
    dial = vault.open(sealed, place="simulator")
    told = [Webhook(dial["status_callback"], {"CallSid": sid, "CallStatus": status})]
    if taken != "nobody":
        fields = {"CallSid": sid, "CallStatus": status, "AnsweredBy": _ANSWERED_BY[taken]}
        told.append(Webhook(dial["answer_address"], fields))
    return told


def end_if_over(phone: str, *, vault: Vault) -> list[Webhook]:
    """What the vendor tells us once the call of ours that a phone took is over. Flushes."""
    sid = calls.last_call_of(phone, vault=vault)
    if sid is None or heard(calls.steps_of(sid, vault=vault)[-1].twiml).address is not None:
        return []
    sealed = db.session.scalar(
        update(SimulatedCall)
        .where(SimulatedCall.sid == sid, SimulatedCall.status == "in-progress")
        .values(status="completed")
        .returning(SimulatedCall.sealed)
    )
    if sealed is None:
        return []
    dial = vault.open(sealed, place="simulator")
    return [Webhook(dial["status_callback"], {"CallSid": sid, "CallStatus": "completed"})]
