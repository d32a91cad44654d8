"""The outbox: what is owed is written here, claimed, sent, and its outcome recorded; composes no words.

The table is the queue. A text is claimed and the claim committed before a byte leaves, so that a crash
at any point leaves evidence: a claim whose outcome nobody recorded is never simply sent again, it is
settled from what the vendor knows (`messaging.evidence`). This is the one place that commits around
the network; everywhere else services flush and edges commit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from outreach.database import db, insert
from outreach.messaging.models import Message
from outreach.messaging.segments import measure
from outreach.registration.guests import phone_hash
from outreach.vault import Vault

#: Every state of a message, and what it means.
STATES: Mapping[str, str] = {
    "ready": "waits until it is due",
    "claimed": "a worker has it; whether it left is known only to that worker",
    "accepted": "the vendor has it",
    "queued": "the vendor waits to send it",
    "sending": "the vendor sends it",
    "sent": "the phone network has it; not every network says more",
    "delivered": "the phone has it",
    "undelivered": "the phone network could not deliver it",
    "failed": "the vendor did not send it",
    "unknown": "it may have left or not; only evidence moves it",
    "suppressed": "its number is not texted (any more)",
    "expired": "its deadline passed before it could be sent",
    "cancelled": "no longer owed, and never sent",
    "dead": "nobody can tell whether it left, or it cannot be sent as it is: a person must look",
}
#: Dropped without having been sent: owed again, they come back to life.
_DROPPED = ("suppressed", "cancelled")

#: The answer to STOP: the one text that a number gets after its holder refused all.
STOPPED_PURPOSE = "stopped"

LONGEST_BODY = 1600


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text that is owed. It is sent from `not_before` on, by day, and not from `deadline` on."""

    #: One of `due.Purpose`, "reply" or STOPPED_PURPOSE.
    purpose: str
    #: Whoever owes the same text gives the same key: `due.Owed.dedup_key`, or one of the inbound text.
    dedup_key: str
    #: One of `due.PRIORITY_*`.
    priority: int
    #: E.164.
    phone: str
    locale: str
    #: Exactly as it is sent.
    body: str
    deadline: datetime
    #: IANA zone of the phone, as far as we know, for quiet hours.
    zone: str
    not_before: datetime | None = None
    #: The registration it is about; the text is deleted with it.
    registration_id: int | None = None
    #: When the text came in that this one answers.
    reply_to_at: datetime | None = None
    #: A start that guests know and that no longer holds.
    changed_start_at: datetime | None = None


def enqueue(text: OutgoingText, *, vault: Vault, now: datetime) -> bool:
    """Writes a text down in the caller's transaction; says whether it was new. Flushes.

    Under a key that is there already nothing changes, whatever became of that text. Raises ValueError
    for a body that is empty or longer than 1,600 signs.
    """
    statement = insert(Message).values(dedup_key=text.dedup_key, **_columns(text, vault=vault, now=now))
    written = db.session.execute(
        statement.on_conflict_do_nothing(index_elements=[Message.dedup_key]).returning(Message.id)
    ).scalar()
    return written is not None


def rewrite(text: OutgoingText, *, vault: Vault, now: datetime) -> bool:
    """Says anew what was not sent yet, or was dropped and is owed again; says whether it did. Flushes."""
    written = db.session.execute(
        update(Message)
        .where(Message.dedup_key == text.dedup_key, Message.state.in_(("ready", *_DROPPED)))
        .values(state="ready", final_at=None, error_code=None, **_columns(text, vault=vault, now=now))
        .returning(Message.id)
    ).scalar()
    return written is not None


def _columns(text: OutgoingText, *, vault: Vault, now: datetime) -> dict[str, Any]:
    if not 0 < len(text.body) <= LONGEST_BODY:
        raise ValueError(f"a text of {len(text.body)} signs cannot be sent")
    content = {"to": text.phone, "locale": text.locale, "body": text.body}
    not_before = text.not_before or now
    return {
        "purpose": text.purpose,
        "priority": text.priority,
        "registration_id": text.registration_id,
        "phone_hash": phone_hash(vault, text.phone),
        "sealed": vault.seal(content, place="message"),
        "segments": measure(text.body).parts,
        "not_before": not_before,
        "deadline": text.deadline,
        "due_at": max(not_before, now),
        "zone": text.zone,
        "changed_start_at": text.changed_start_at,
        "reply_to_at": text.reply_to_at,
        "created_at": now,
    }
