"""Settles texts whose outcome nobody recorded, by what the vendor knows; never by sending blindly.

A text that may have left is looked for in the vendor's list, once the vendor has had time to list it.
Found, it was sent. Missing twice, a minute apart, it was not, and is sent. While the vendor cannot be
asked, it stays unknown, and past its deadline a person must look.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from outreach.database import db, transaction
from outreach.messaging import status
from outreach.messaging.gateways.base import Gateway, Report, taken
from outreach.messaging.models import Message
from outreach.messaging.outbox import SETTLE, end, put_back
from outreach.messaging.validity import SHORTEST_SECONDS
from outreach.vault import SealedValueError, Vault

log = logging.getLogger(__name__)

#: Clean looks at the list that prove that a text did not leave, and the time between them.
LOOKS, LOOK_AGAIN_AFTER = 2, timedelta(seconds=60)
#: The vendor's clock may be behind ours.
_CLOCKS_DIFFER = timedelta(seconds=60)
#: When the vendor could not be asked about a text that it has.
_ASK_AGAIN_AFTER = timedelta(minutes=5)
_AT_ONCE = 20


def void_old_claims(*, now: datetime) -> int:
    """Takes texts from workers that are gone: what became of them is unknown. Returns how many. Commits."""
    old = select(Message).where(Message.state == "claimed", Message.lease_until <= now)
    if db.session.scalar(old.with_only_columns(Message.id).limit(1)) is None:
        return 0
    with transaction() as session:
        rows = session.scalars(old.with_for_update(skip_locked=True)).all()
        for row in rows:
            log.warning("text %s: its worker is gone, outcome not known", row.id)
            row.state, row.due_at, row.probes = "unknown", (row.lease_until or now) + SETTLE, 0
    return len(rows)


def settle(gateway: Gateway, *, vault: Vault, now: datetime) -> int:
    """Looks for texts of unknown outcome at the vendor; returns how many came to an end. Commits each.

    Stops at the first one that the vendor cannot tell about: it would not tell about the next either.
    """
    wanted = (
        Message.id, Message.probes, Message.channel, Message.sealed, Message.claimed_at, Message.created_at
    )  # fmt: skip
    is_waiting = (Message.state == "unknown", Message.due_at <= now)
    settled = 0
    for message_id, probes, channel, sealed, claimed_at, created_at in _waiting(*wanted, where=is_waiting):
        since = (claimed_at or created_at) - _CLOCKS_DIFFER
        found = _look_for(message_id, channel, sealed, gateway, since=since, vault=vault)
        with transaction() as session:
            row = session.get(Message, message_id, with_for_update=True, populate_existing=True)
            # Whoever else looked at it, or heard of it, meanwhile was first.
            if row is not None and row.state == "unknown" and row.probes == probes:
                settled += _conclude(row, found, vault=vault, now=now)
        if found is None:
            break
    return settled


def ask(gateway: Gateway, *, vault: Vault, now: datetime) -> int:
    """Asks the vendor about texts that it took and said nothing more of; returns how many. Commits each.

    After 72 hours nothing more is expected: not every phone network says that a text arrived.
    """
    is_waiting = (
        Message.state.in_(("accepted", "queued", "sending", "sent")),
        Message.due_at <= now,
        Message.final_at.is_(None),
    )
    asked = 0
    for message_id, sid in _waiting(Message.id, Message.provider_sid, where=is_waiting):
        report = gateway.fetch(sid) if sid else None
        with transaction() as session:
            row = session.get(Message, message_id, with_for_update=True, populate_existing=True)
            if row is not None and row.final_at is None:
                _answered(row, report, vault=vault, now=now)
        asked += 1
        if sid and report is None:
            break
    return asked


def _waiting(*columns: Any, where: Iterable[ColumnElement[bool]]) -> list[Any]:
    """The first of those that wait, as plain values: no transaction stays open while the vendor is asked."""
    statement = select(*columns).where(*where).order_by(Message.due_at, Message.id).limit(_AT_ONCE)
    rows = list(db.session.execute(statement))
    db.session.rollback()
    return rows


def _look_for(
    message_id: int, channel: str, sealed: bytes, gateway: Gateway, *, since: datetime, vault: Vault
) -> tuple[Report, ...] | None:
    """What the vendor lists of these words or calls to this number, except what another one of ours has."""
    try:
        content = vault.open(sealed, place="message")
    except SealedValueError:
        # Not found, so it is due again, and is put aside there.
        return ()
    if channel == "voice":
        # A call has no words to be known by; two to one number are never placed within minutes.
        found = gateway.find_calls(content["to"], since=since)
    else:
        found = gateway.find(content["to"], content["body"], since=since)
    if not found:
        return found
    others = status.sids_of_others(found)
    old = status.given_up([message_id])
    db.session.rollback()
    return tuple(
        report
        for report in found
        if others.get(report.sid, message_id) == message_id and report.sid not in old
    )


def _conclude(row: Message, found: Sequence[Report] | None, *, vault: Vault, now: datetime) -> bool:
    """Draws the conclusion from one look; says whether the text is no longer unknown."""
    if found:
        # Of several alike the first: another one belongs to another text of the same words.
        first = found[0]
        status.advance({row: taken(first.sid, first.status, first.error_code)}, vault=vault, now=now)
        log.info("text %s: the vendor has it", row.id)
    elif row.deadline - now < timedelta(seconds=SHORTEST_SECONDS):
        log.error("text %s: nobody can tell whether it was sent", row.id)
        end(row, "dead", now=now)
    elif found is None:
        row.due_at = now + LOOK_AGAIN_AFTER
    elif row.probes + 1 < LOOKS:
        row.probes, row.due_at = row.probes + 1, now + LOOK_AGAIN_AFTER
    else:
        log.info("text %s: it never left, and is sent again", row.id)
        put_back(row, due_at=now)
    db.session.flush()
    return row.state != "unknown"


def _answered(row: Message, report: Report | None, *, vault: Vault, now: datetime) -> None:
    if report is not None:
        status.advance({row: report}, vault=vault, now=now)
    if row.final_at is not None or row.state == "ready":
        # It has come to an end, or is sent again.
        return
    accepted_at = row.accepted_at or row.created_at
    next_at = status.next_question_at(accepted_at, now)
    if next_at is None:
        end(row, "unconfirmed" if (row.state, row.channel) == ("sent", "text") else row.state, now=now)
    elif report is None and row.provider_sid is not None:
        row.due_at = min(next_at, now + _ASK_AGAIN_AFTER)
    else:
        row.due_at = next_at
    db.session.flush()
