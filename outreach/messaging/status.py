"""What the vendor says became of a text, put on record: by its answer, its callback or our asking.

Whatever the vendor says of a text that carries our token is evidence and moves the text from any state,
but only forward: reports repeat, overtake each other and get lost.
"""

import hmac
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from outreach.database import db, insert
from outreach.messaging import reach, senders, suppressions
from outreach.messaging.gateways.base import LAST_RANK, RANK_OF_STATE, STATE_OF_STATUS, Kind, Report, kind_of
from outreach.messaging.models import Message, ProviderEvent
from outreach.messaging.quiet import next_allowed_at, next_allowed_for_announcement_at
from outreach.messaging.verdicts import PAUSES, Loss, resend_at
from outreach.vault import SealedValueError, Vault

log = logging.getLogger(__name__)

PATH = "/hooks/twilio/status/"
CALL_PATH = PATH + "call/"
#: When we ask the vendor ourselves about a text of which it says nothing more.
ASKED_AFTER = (timedelta(minutes=15), timedelta(hours=4), timedelta(hours=24), timedelta(hours=72))


#: Stands among the vendor's reports where we gave an id of theirs up and sent the text again.
_GIVEN_UP = "given up"


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
    old = given_up(message.id for message in reports if message.resends)
    moved = 0
    for message, report in reports.items():
        if report.sid in old:
            # It was sent again since: what is said of the first one is no news of the second.
            continue
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


def given_up(message_ids: Iterable[int]) -> frozenset[str]:
    """The vendor's ids of these texts that no longer count, as the texts were sent again."""
    ids = list(message_ids)
    if not ids:
        return frozenset()
    return frozenset(
        db.session.scalars(
            select(ProviderEvent.sid).where(
                ProviderEvent.message_id.in_(ids), ProviderEvent.status == _GIVEN_UP
            )
        )
    )


def allowed_at(message: Message, at: datetime) -> datetime:
    """The first instant not before `at` at which a text may reach its guest."""
    if message.broadcast_id is not None:
        return next_allowed_for_announcement_at(at, message.zone)
    return next_allowed_at(
        at, message.zone, reply_to_at=message.reply_to_at, changed_start_at=message.changed_start_at
    )


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
    if rank < LAST_RANK:
        message.due_at = next_question_at(message.accepted_at, now) or now
    elif report.error_code:
        _lose(message, report, vault=vault, now=now)
    else:
        message.final_at, message.error_code = now, None
    if message.final_at is not None and state == "undelivered" and message.channel == "voice":
        reach.call_again(message, now=now)
    return True


def _lose(message: Message, report: Report, *, vault: Vault, now: datetime) -> None:
    """Ends a text that did not arrive, or lets it wait to be sent again, as its error says."""
    kind = kind_of(report.error_code)
    earlier = kind_of(message.error_code) if message.resends and message.error_code else None
    loss = Loss(kind, earlier, message.resends, message.deadline)
    message.error_code, message.final_at = report.error_code, now
    learn(message, report.error_code, kind, vault=vault, now=now)
    again_at = resend_at(loss, now, allowed_at=lambda at: allowed_at(message, at))
    # A call that nobody took is tried again as another one.
    if again_at is not None and message.channel == "text":
        _send_again(message, report, at=again_at, now=now)


def _send_again(message: Message, report: Report, *, at: datetime, now: datetime) -> None:
    log.info("text %s: error %s, it is sent again", message.id, report.error_code)
    db.session.execute(
        insert(ProviderEvent)
        .values(
            message_id=message.id,
            sid=report.sid,
            status=_GIVEN_UP,
            error_code=report.error_code,
            received_at=now,
        )
        .on_conflict_do_nothing(index_elements=["sid", "status", "error_code"])
    )
    message.state, message.due_at, message.final_at = "ready", at, None
    message.resends += 1
    message.provider_sid, message.provider_rank, message.accepted_at = None, 0, None


def learn(message: Message, code: int, kind: Kind, *, vault: Vault, now: datetime) -> None:
    """Draws from an error what it says about the number, or about our own set-up. Flushes."""
    if kind == "consent":
        suppressions.block(message.phone_hash, f"error {code}", vault=vault, now=now)
    elif kind == "number":
        suppressions.set_unreachable(message.phone_hash, now=now)
    elif kind == "landline" or reach.is_out_of_reach(message, code, now=now):
        suppressions.set_voice_only(message.phone_hash, now=now)
    elif kind in PAUSES:
        log.error("text %s: the vendor did not pass it on, error %s", message.id, code)
        if message.sender is not None:
            senders.rest(message.sender, code, kind, now=now)
    elif kind == "filtered":
        log.error("text %s: filtered, error %s", message.id, code)
        _count_filtered(message, vault=vault, now=now)


def _count_filtered(message: Message, *, vault: Vault, now: datetime) -> None:
    try:
        locale = vault.open(message.sealed, place="message")["locale"]
    except SealedValueError:
        return
    if message.sender is not None:
        senders.count_filtered(message.sender, message.purpose, locale, now=now)
