"""Forgets guests and what was said, in the order that makes it count: rows, then keys, then the disk.

Like the outbox it opens its own transactions: a key may only be destroyed once the database has
committed that nothing needs it any more. Any of it may be done twice, and by several at once.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, func, select, update

from outreach import audit, held, throttle
from outreach.database import clean_up, db, transaction
from outreach.events.models import Event
from outreach.keystore import day_key, is_old
from outreach.messaging import calls, inbound, outbox, reveals, senders, suppressions, turnout
from outreach.messaging.models import (
    Conversation,
    InboundMessage,
    Message,
    SimulatedCall,
    SimulatedText,
    VoiceStep,
)
from outreach.registration import news, retention
from outreach.vault import SealedValueError, Vault, head_of

log = logging.getLogger(__name__)

#: What is sealed with the key of a day: its table, the column that it is known by, its place in the vault.
_OF_A_DAY = (
    (Message, Message.id, "message"),
    (InboundMessage, InboundMessage.id, "inbound"),
    (Conversation, Conversation.phone_hash, "conversation"),
    (VoiceStep, VoiceStep.id, "voice"),
    (SimulatedText, SimulatedText.id, "simulator"),
    (SimulatedCall, SimulatedCall.id, "simulator"),
)


def tidy(*, now: datetime) -> None:
    """Deletes what has reached its age. Commits."""
    with transaction():
        throttle.sweep(now=now)
        inbound.forget(now=now)
        calls.forget(now=now)
        outbox.forget(now=now)
        senders.forget(now=now)
        reveals.forget(now=now)
        suppressions.forget(now=now)


@dataclass(frozen=True, slots=True)
class Purged:
    """What one round forgot."""

    #: By the public id of each event, how many parties it had.
    parties: dict[str, int]
    readers: int


def purge(*, vault: Vault, now: datetime) -> Purged:
    """Does everything that is due and that no hold keeps.

    Commits after each event. Raises KeyStoreError while the key store is away; then rows may be gone
    whose keys the next call destroys.
    """
    tidy(now=now)
    with transaction():
        readers = news.forget(now=now)
        asked = retention.forget_asked(now=now)
        audit.cut(now=now)
    parties = {}
    for event_id, public_id in [(event.id, event.public_id) for event in retention.events_to_forget(now=now)]:
        with transaction() as session:
            parties[public_id] = turnout.forget(session.get_one(Event, event_id), vault=vault, now=now)
    destroy_keys(vault=vault, now=now)
    with transaction():
        held.take_stock(now=now)
    clean_up(is_thorough=bool(readers or asked or any(parties.values())))
    return Purged(parties, readers)


def destroy_keys(*, vault: Vault, now: datetime) -> int:
    """Destroys the keys of forgotten events and of days long over; returns how many. Commits.

    What is kept for longer than its day's key, such as a text that nobody has read yet, is sealed anew.
    """
    old = [name for name in vault.store.names() if is_old(name, now)]
    for name in old:
        with transaction():
            _seal_anew(name, vault=vault, now=now)
    keys = [*old, *retention.keys_to_destroy(vault=vault)]
    db.session.rollback()
    done = sum(vault.destroy(name) for name in keys)
    if done:
        log.info("%s keys are destroyed", done)
    return done


def _seal_anew(name: str, *, vault: Vault, now: datetime) -> None:
    head = head_of(name)
    for table, identity, place in _OF_A_DAY:
        begins = func.substr(table.sealed, 1, len(head), type_=LargeBinary)
        for row_id, sealed in db.session.execute(select(identity, table.sealed).where(begins == head)).all():
            # What cannot be opened any more cannot be saved either.
            with suppress(SealedValueError):
                again = vault.seal(vault.open(sealed, place=place), place=place, key=day_key(now))
                db.session.execute(
                    update(table).where(identity == row_id, table.sealed == sealed).values(sealed=again)
                )
