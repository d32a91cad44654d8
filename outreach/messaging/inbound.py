"""Texts that come in: each is written down once, and answered once, in the order in which they came.

What was written down is never lost: a text whose answer failed waits, and the worker tries again. Like
the outbox it opens its own transactions, one for each answer, so that no text takes another with it.
"""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import OperationalError

from outreach.config import Settings
from outreach.database import db, insert, transaction
from outreach.keystore import day_key
from outreach.messaging import answering, conversations
from outreach.messaging.answering import Incoming
from outreach.messaging.intake import Text
from outreach.messaging.models import Assignment, InboundMessage
from outreach.registration import holds
from outreach.registration.guests import phone_hash
from outreach.registration.pauses import is_paused
from outreach.vault import SealedValueError, Vault

_log = logging.getLogger(__name__)

#: A text that cannot be answered for so long goes to a person, and lets those after it pass.
_TRIED_FOR = timedelta(minutes=10)
_ANSWERED_AT_ONCE = 100
#: Where so many texts wait and more are coming, the worker rests after each, for so many times its work.
_RUSH, _RESTS = 20, 4
#: Words are kept no longer than they are of use; those that wait for a person, until one has read them.
_KEPT_FOR = timedelta(days=3)
_KEPT_FOR_PERSON = timedelta(days=30)

#: How many of a number's last texts a person gets to read.
_TEXTS_TO_READ = 8

_PLACE = "inbound"


def receive(texts: Mapping[str, Text], *, vault: Vault, now: datetime) -> None:
    """Writes texts down, each by the vendor's id; of one that comes twice the first stays. Flushes."""
    rows = []
    for sid, text in texts.items():
        content = {"from": text.phone, "body": text.body, "is_answered": text.is_answered}
        rows.append(_row(sid, content, vault=vault, now=now, needs_person=False))
    _write(rows)


def id_of(sid: str) -> int:
    """Our id of a text that was written down."""
    return db.session.scalars(select(InboundMessage.id).where(InboundMessage.provider_sid == sid)).one()


def ask_call_back(sid: str, phone: str, locale: str, *, vault: Vault, now: datetime) -> None:
    """Puts a number among those that wait for a person's call; once for each call or text. Flushes."""
    content = {"from": phone, "body": "", "is_answered": True, "call_locale": locale}
    _write([_row(sid, content, vault=vault, now=now, handled_at=now, needs_person=True)])


def _write(rows: list[dict[str, Any]]) -> None:
    statement = insert(InboundMessage.__table__).on_conflict_do_nothing(index_elements=["provider_sid"])
    db.session.execute(statement, rows)


def _row(sid: str, content: dict[str, Any], *, vault: Vault, now: datetime, **columns: Any) -> dict[str, Any]:
    return {
        "provider_sid": sid,
        "phone_hash": phone_hash(vault, content["from"]),
        "sealed": vault.seal(content, place=_PLACE, key=day_key(now)),
        "received_at": now,
        **columns,
    }


def handle(inbound_id: int, *, settings: Settings, vault: Vault, now: datetime) -> None:
    """Answers the waiting texts of a number, the oldest first, up to this one. Commits after each.

    Asked twice, or by two at once, it answers once.
    """
    while True:
        with transaction() as session:
            hashed = session.scalar(
                select(InboundMessage.phone_hash).where(
                    InboundMessage.id == inbound_id, InboundMessage.handled_at.is_(None)
                )
            )
            if hashed is None:
                return
            # The lock lets one turn of a number follow the other. Whoever waited for it finds the text
            # answered, so nothing, and looks again.
            row = session.scalar(
                select(InboundMessage)
                .where(
                    InboundMessage.phone_hash == hashed,
                    InboundMessage.handled_at.is_(None),
                    InboundMessage.id <= inbound_id,
                )
                .order_by(InboundMessage.id)
                .limit(1)
                .with_for_update()
            )
            if row is not None:
                wanted = answering.answer(
                    opened(row, vault=vault),
                    earlier=_shortly_before(row, vault=vault),
                    settings=settings,
                    vault=vault,
                    now=now,
                )
                row.handled_at, row.needs_person = now, wanted.is_to_be_read
                if wanted.call_locale is not None:
                    phone = opened(row, vault=vault).phone
                    ask_call_back(f"{row.provider_sid}:call", phone, wanted.call_locale, vault=vault, now=now)
        if row is not None and row.id == inbound_id:
            return


def handle_waiting(*, settings: Settings, vault: Vault, now: datetime) -> int:
    """Answers texts that were left waiting, and returns how many; for the worker.

    One that fails is tried again later, with those of its number behind it; after ten minutes it is
    left to a person.
    """
    waiting = db.session.execute(
        select(InboundMessage.id, InboundMessage.phone_hash, InboundMessage.received_at)
        .where(InboundMessage.handled_at.is_(None))
        .order_by(InboundMessage.id)
        .limit(_ANSWERED_AT_ONCE)
    ).all()
    failing: set[str] = set()
    is_rush = len(waiting) >= _RUSH
    answered, newest = 0, _newest_id() if is_rush else 0
    for inbound_id, hashed, received_at in waiting:
        if hashed in failing:
            continue
        try:
            began = time.monotonic()
            handle(inbound_id, settings=settings, vault=vault, now=now)
            answered += 1
            if is_rush and (came := _newest_id()) > newest:
                # Those that come now are to be written down before those that came are answered.
                time.sleep(_RESTS * (time.monotonic() - began))
                newest = came
        except OperationalError:
            # Not the text's fault: the database is away.
            raise
        except Exception as error:
            # Neither words nor numbers may reach the log, and a traceback could hold both.
            _log.error("inbound text %s could not be answered: %s", inbound_id, type(error).__name__)
            failing.add(hashed)
            if now - received_at >= _TRIED_FOR:
                _leave_to_person(inbound_id, now=now)
    return answered


def for_person(*, limit: int) -> list[list[InboundMessage]]:
    """What numbers wrote that somebody of the staff should read: a list for each, the newest text last.

    Each ends with the last text that waits, and holds what was written shortly before it: "9" says
    nothing without that. Who waits longest comes first. One query.
    """
    waits = (
        select(
            InboundMessage.phone_hash,
            func.min(InboundMessage.id).label("first_id"),
            func.max(InboundMessage.id).label("last_id"),
        )
        .where(InboundMessage.needs_person)
        .group_by(InboundMessage.phone_hash)
        .order_by(func.min(InboundMessage.id))
        .limit(limit)
        .subquery()
    )
    back = func.row_number().over(partition_by=InboundMessage.phone_hash, order_by=InboundMessage.id.desc())
    ranked = (
        select(InboundMessage.id, waits.c.first_id, back.label("back"))
        .join(waits, waits.c.phone_hash == InboundMessage.phone_hash)
        .where(InboundMessage.id <= waits.c.last_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(InboundMessage)
        .join(ranked, ranked.c.id == InboundMessage.id)
        .where(ranked.c.back <= _TEXTS_TO_READ)
        .order_by(ranked.c.first_id, InboundMessage.id)
    )
    return [list(texts) for _, texts in groupby(rows, key=lambda row: row.phone_hash)]


def count_for_person() -> int:
    """How many numbers wrote something that somebody of the staff should read."""
    counted = select(func.count(InboundMessage.phone_hash.distinct())).where(InboundMessage.needs_person)
    return db.session.scalar(counted) or 0


def set_read(inbound_id: int) -> None:
    """Notes that a person has dealt with a text and those before it of its number. Twice is harmless."""
    of_number = select(InboundMessage.phone_hash).where(InboundMessage.id == inbound_id).scalar_subquery()
    db.session.execute(
        update(InboundMessage)
        .where(InboundMessage.phone_hash == of_number, InboundMessage.id <= inbound_id)
        .values(needs_person=False)
    )


def opened(row: InboundMessage, *, vault: Vault) -> Incoming:
    """What a text says and who sent it."""
    content = vault.open(row.sealed, place=_PLACE)
    return Incoming(
        row.id,
        content["from"],
        content["body"],
        row.received_at,
        content["is_answered"],
        call_locale=content.get("call_locale"),
    )


def forget(*, now: datetime) -> int:
    """Deletes what was said and is of no more use; returns how many texts and conversations went.

    Under a hold on texts nothing goes.
    """
    if is_paused("texts", None, holds.active()):
        return 0
    gone = db.session.execute(
        delete(InboundMessage)
        .where(
            InboundMessage.handled_at <= now - _KEPT_FOR,
            ~InboundMessage.needs_person | (InboundMessage.handled_at <= now - _KEPT_FOR_PERSON),
        )
        .returning(InboundMessage.id)
    )
    waits = exists().where(InboundMessage.phone_hash == Assignment.phone_hash, InboundMessage.needs_person)
    db.session.execute(delete(Assignment).where(~waits))
    return len(gone.all()) + conversations.forget(now=now)


def _shortly_before(row: InboundMessage, *, vault: Vault) -> list[Incoming]:
    """What the same number texted in the minutes before, the newest first, as far as that matters."""
    rows = db.session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.phone_hash == row.phone_hash,
            InboundMessage.id < row.id,
            InboundMessage.received_at > row.received_at - answering.LOOP_WITHIN,
        )
        .order_by(InboundMessage.id.desc())
        .limit(answering.MOST_TEXTS + 1)
    )
    found = []
    for earlier in rows:
        # One that nobody can read any more must not hold up those after it.
        with suppress(SealedValueError):
            found.append(opened(earlier, vault=vault))
    # A call has no words that could go round in a loop.
    return [text for text in found if text.call_locale is None]


def _newest_id() -> int:
    found = db.session.scalar(select(func.max(InboundMessage.id))) or 0
    db.session.rollback()
    return found


def _leave_to_person(inbound_id: int, *, now: datetime) -> None:
    with transaction():
        db.session.execute(
            update(InboundMessage)
            .where(InboundMessage.id == inbound_id, InboundMessage.handled_at.is_(None))
            .values(handled_at=now, needs_person=True)
        )
