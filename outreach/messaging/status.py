"""What the vendor says became of a text, put on record: by its answer, its callback or our asking.

Whatever the vendor says of a text that carries our token is evidence and moves the text from any state,
but only forward: reports repeat, overtake each other and get lost.
"""

import hmac
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from outreach.database import db, insert
from outreach.messaging import reach, suppressions
from outreach.messaging.gateways.base import LAST_RANK, RANK_OF_STATE, STATE_OF_STATUS, Kind, Report, kind_of
from outreach.messaging.models import Message, ProviderEvent
from outreach.vault import Vault

log = logging.getLogger(__name__)

PATH = "/hooks/twilio/status/"
CALL_PATH = PATH + "call/"
#: When we ask the vendor ourselves about a text of which it says nothing more.
ASKED_AFTER = (timedelta(minutes=15), timedelta(hours=4), timedelta(hours=24), timedelta(hours=72))


def token_of(message_id: int, *, vault: Vault) -> str:
    """What the callback address of a text ends in: its id, and a proof that we made the address."""
    return f"{message_id}.{vault.token(str(message_id), purpose='status')}"


def message_behind(token: str, *, vault: Vault) -> int | None:
    """The id of the text whose callback address ends so; None for what we did not make."""
    text, _, _ = token.partition(".")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    is_ours = hmac.compare_digest(token_of(int(text), vault=vault).encode(), token.encode())
    return int(text) if is_ours else None


def receive(message_id: int, report: Report, *, vault: Vault, now: datetime) -> bool:
    """Takes one callback; says whether it moved the text. Flushes.

    The same report again changes nothing, nor does one about a text that is deleted.
    """
    message = db.session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        return False
    written = db.session.execute(
        insert(ProviderEvent)
        .values(
            message_id=message_id,
            sid=report.sid,
            status=report.status,
            error_code=report.error_code,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["sid", "status", "error_code"])
        .returning(ProviderEvent.id)
    ).scalar()
    if written is None:
        return False
    return advance({message: report}, vault=vault, now=now) > 0


def advance(reports: Mapping[Message, Report], *, vault: Vault, now: datetime) -> int:
    """Moves texts forward to where the vendor says they are; returns how many moved. Flushes.

    The caller holds the rows locked.
    """
    taken = sids_of_others(list(reports.values()))
    moved = 0
    for message, report in reports.items():
        _adopt(message, report.sid, taken)
        moved += _move(message, report, vault=vault, now=now)
    db.session.flush()
    return moved


def sids_of_others(reports: Sequence[Report]) -> dict[str, int]:
    """Which of the vendor's ids belong to a text of ours already, and to which."""
    rows = db.session.execute(
        select(Message.provider_sid, Message.id).where(
            Message.provider_sid.in_([each.sid for each in reports])
        )
    )
    return {sid: message_id for sid, message_id in rows if sid is not None}


def next_question_at(accepted_at: datetime, now: datetime) -> datetime | None:
    """When the vendor is asked next about a text that it took at an instant; None when not any more."""
    times = (accepted_at + age for age in ASKED_AFTER)
    return next((at for at in times if at > now), None)


def _adopt(message: Message, sid: str, taken: dict[str, int]) -> None:
    if message.provider_sid is None:
        # Two texts of the same words to one number can be mistaken for each other: then one of them
        # has the other's id, and the guest has the words either way.
        if sid not in taken:
            message.provider_sid = sid
            taken[sid] = message.id
    elif message.provider_sid != sid:
        log.error("text %s: the vendor took it twice", message.id)


def _move(message: Message, report: Report, *, vault: Vault, now: datetime) -> bool:
    state = STATE_OF_STATUS.get(report.status)
    if state is None:
        log.info("text %s: the vendor says %r", message.id, report.status[:20])
        return False
    rank = RANK_OF_STATE[state]
    if rank <= message.provider_rank:
        return False
    message.state, message.provider_rank = state, rank
    message.claim_token = message.lease_until = message.final_at = None
    message.accepted_at = message.accepted_at or now
    if rank == LAST_RANK:
        message.final_at = now
        message.error_code = report.error_code or None
        if report.error_code:
            learn(message, report.error_code, kind_of(report.error_code), vault=vault, now=now)
        if state == "undelivered" and message.channel == "voice":
            reach.call_again(message, now=now)
    else:
        message.due_at = next_question_at(message.accepted_at, now) or now
    return True


def learn(message: Message, code: int, kind: Kind, *, vault: Vault, now: datetime) -> None:
    """Draws from an error what it says about the number, or about our own set-up. Flushes."""
    if kind == "consent":
        suppressions.block(message.phone_hash, f"error {code}", vault=vault, now=now)
    elif kind == "number":
        suppressions.set_unreachable(message.phone_hash, now=now)
    elif kind == "landline" or reach.is_out_of_reach(message, code, now=now):
        suppressions.set_voice_only(message.phone_hash, now=now)
    elif kind in ("configuration", "congestion"):
        log.error("text %s: the vendor did not pass it on, error %s", message.id, code)
