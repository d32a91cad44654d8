"""Texts whose webhook never reached us: looked for in the vendor's list, and written down as any other.

The vendor only logs a webhook that failed, and no guest texts twice to be heard once.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from outreach.config import Settings
from outreach.database import db, transaction
from outreach.messaging import consent, inbound, intake
from outreach.messaging.gateways.base import Gateway, Received
from outreach.messaging.models import InboundMessage
from outreach.registration.guests import phone_hash
from outreach.vault import Vault

log = logging.getLogger(__name__)

#: Six looks at each text, and far less than the time for which the ids of those that we have are kept.
_LOOKED_BACK = timedelta(hours=1)


def fetch(gateway: Gateway, *, settings: Settings, vault: Vault, now: datetime) -> int:
    """Writes down what the vendor lists and nobody brought; returns how many texts. Commits each.

    They wait for their answers as those do whose answer failed.
    """
    db.session.rollback()
    listed = gateway.received(since=now - _LOOKED_BACK)
    if listed is None:
        log.warning("the vendor could not list the texts that came in")
        return 0
    written = 0
    for each in _unknown(listed):
        text = intake.read(each.sender, each.body, settings=settings)
        if text is None:
            continue
        with transaction():
            # The vendor's clock may be ahead of ours.
            _write(each.sid, text, vault=vault, received_at=min(each.sent_at, now), now=now)
        written += 1
    if written:
        log.warning("%s incoming texts were brought by no webhook", written)
    return written


def _unknown(listed: Sequence[Received]) -> list[Received]:
    sids = [each.sid for each in listed if intake.is_sid(each.sid)]
    known = set(
        db.session.scalars(select(InboundMessage.provider_sid).where(InboundMessage.provider_sid.in_(sids)))
    )
    db.session.rollback()
    return [each for each in listed if each.sid in sids and each.sid not in known]


def _write(sid: str, text: intake.Text, *, vault: Vault, received_at: datetime, now: datetime) -> None:
    inbound.receive({sid: text}, vault=vault, now=received_at)
    if consent.read(text.body) == "stop":
        return
    # Its number has gone on since: a "1" would answer another question, a START undo a later STOP.
    later = select(InboundMessage.id).where(
        InboundMessage.phone_hash == phone_hash(vault, text.phone),
        InboundMessage.received_at > received_at,
        InboundMessage.handled_at.is_not(None),
    )
    if db.session.scalar(later.limit(1)) is not None:
        db.session.execute(
            update(InboundMessage)
            .where(InboundMessage.provider_sid == sid, InboundMessage.handled_at.is_(None))
            .values(handled_at=now, needs_person=True)
        )
