"""The texts of announcements: who gets which words, written into the outbox and counted; sends nothing."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from outreach.database import db
from outreach.events.models import Event
from outreach.i18n import LANGUAGES, SOURCE_LOCALE, translator
from outreach.messaging.due import ANNOUNCEMENT, PRIORITY_ANNOUNCEMENT, announcement_key
from outreach.messaging.expectations import BATCH
from outreach.messaging.facts import TITLE_SIGNS, shortened
from outreach.messaging.models import Broadcast, Message
from outreach.messaging.outbox import OutgoingText, enqueue
from outreach.messaging.phrases import ANNOUNCEMENT as FRAME
from outreach.messaging.phrases import Phrase, text_of
from outreach.messaging.quiet import next_allowed_for_announcement_at
from outreach.messaging.suppressions import may_text
from outreach.registration.guests import GuestFacts, open_guest
from outreach.registration.models import Guest, Registration
from outreach.registration.scopes import of_event
from outreach.vault import SealedValueError, Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an announcement has come."""

    #: Texts that wait no more: they are with a worker, have left, or never will.
    done: int
    total: int
    #: By state of the outbox; those not written down yet count as ready.
    states: Mapping[str, int]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it waits any more."""
        return self.done >= self.total


def bodies(row: Broadcast) -> dict[str, str]:
    """The text of each language that has words, exactly as it is sent."""
    return {locale: body(row.event, locale, words) for locale, words in row.texts.items()}


def body(event: Event, locale: str, words: str) -> str:
    """The words of one language between the event's title and the way out."""
    title = shortened(event.text_in(locale).title, TITLE_SIGNS)
    return text_of(Phrase(FRAME, {"title": title, "words": words}), translator(locale))


def readers(event_id: int, *, vault: Vault) -> Counter[str]:
    """How many groups with seats can be texted now, by the language they read."""
    found: Counter[str] = Counter()
    for _, sealed in db.session.execute(_told(event_id)):
        guest = _opened(sealed, vault)
        if guest is not None and guest.phone is not None:
            found[guest.locale if guest.locale in LANGUAGES else SOURCE_LOCALE] += 1
    return found


def is_open(event: Event, now: datetime) -> bool:
    """Whether guests of the event can be told something: it is published and has not begun."""
    return event.status == "published" and now < event.starts_at


def is_writing() -> bool:
    """Whether texts of an announcement are still to be written into the outbox."""
    return db.session.scalar(_unwritten().with_only_columns(Broadcast.id).limit(1)) is not None


def write_texts(*, vault: Vault, now: datetime) -> int:
    """Writes the next texts of one announcement into the outbox; returns how far it came. Flushes.

    Any number of workers may do this at once. Each announcement is written by one of them at a time, and
    goes on where it was left.
    """
    row = db.session.scalar(_unwritten().order_by(Broadcast.id).limit(1).with_for_update(skip_locked=True))
    if row is None:
        return 0
    found = _next_guests(row, now)
    said = bodies(row)
    for registration_id, sealed in found:
        guest = _opened(sealed, vault)
        if guest is not None and guest.phone is not None:
            locale = guest.locale if guest.locale in said else row.source_locale
            text = _outgoing(row, registration_id, guest.phone, locale, said[locale], now)
            enqueue(text, vault=vault, now=now)
    if found:
        row.last_told_id = found[-1][0]
    if len(found) < BATCH:
        row.written_at = now
        db.session.flush()
        settle_parts(row)
    db.session.flush()
    return max(1, len(found))


def settle_parts(row: Broadcast) -> None:
    """Charges an announcement for what was written, and not for what never leaves. Flushes."""
    row.parts = int(
        db.session.scalar(
            select(func.coalesce(func.sum(Message.segments), 0)).where(
                Message.broadcast_id == row.id, Message.state != "cancelled"
            )
        )
        or 0
    )
    db.session.flush()


def progress(rows: Iterable[Broadcast]) -> dict[int, Progress]:
    """How far announcements have come, by id; one query."""
    rows = list(rows)
    states: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    for broadcast_id, state, count in db.session.execute(
        select(Message.broadcast_id, Message.state, func.count())
        .where(Message.broadcast_id.in_(list(states)))
        .group_by(Message.broadcast_id, Message.state)
    ):
        states[broadcast_id or 0][state] = count
    return {row.id: _progress(row, states[row.id]) for row in rows}


def _progress(row: Broadcast, states: dict[str, int]) -> Progress:
    written = sum(states.values())
    is_all_written = row.written_at is not None or row.state != "sending"
    unwritten = 0 if is_all_written else max(0, row.recipients - written)
    if unwritten:
        states = {**states, "ready": states.get("ready", 0) + unwritten}
    total = written + unwritten
    return Progress(total - states.get("ready", 0), total, states)


def _next_guests(row: Broadcast, now: datetime) -> list[tuple[int, bytes]]:
    """The next of those who had registered when it was sent off, as `_told` gives them."""
    if not is_open(row.event, now):
        return []
    guests = db.session.execute(
        _told(row.event_id)
        .where(Registration.id > row.last_told_id, Registration.created_at <= row.started_at)
        .order_by(Registration.id)
        .limit(BATCH)
    )
    return [(registration_id, sealed) for registration_id, sealed in guests]


def _outgoing(
    row: Broadcast, registration_id: int, phone: str, locale: str, said: str, now: datetime
) -> OutgoingText:
    return OutgoingText(
        purpose=ANNOUNCEMENT,
        dedup_key=announcement_key(row.id, registration_id),
        priority=PRIORITY_ANNOUNCEMENT,
        phone=phone,
        locale=locale,
        body=said,
        deadline=row.event.starts_at,
        zone=row.event.time_zone,
        # Not at night, so that a crowd of them is not picked up there only to be put back.
        not_before=next_allowed_for_announcement_at(now, row.event.time_zone),
        registration_id=registration_id,
        broadcast_id=row.id,
        scope=of_event(row.event_id),
    )


def _unwritten() -> Select[Broadcast]:
    return select(Broadcast).where(Broadcast.state == "sending", Broadcast.written_at.is_(None))


def _told(event_id: int) -> Select[int, bytes]:
    """Ids and sealed facts of those who have seats, agreed to texts and did not stop them."""
    return (
        select(Registration.id, Guest.sealed)
        .join(Guest, Guest.id == Registration.guest_id)
        .where(
            Registration.event_id == event_id,
            Registration.state == "confirmed",
            Registration.wants_texts,
            Registration.phone_hash.is_not(None),
            may_text(Registration.phone_hash, of_event(event_id)),
        )
    )


def _opened(sealed: bytes, vault: Vault) -> GuestFacts | None:
    try:
        return open_guest(vault, sealed)
    except SealedValueError:
        log.error("a guest cannot be opened with this vault key")
        return None
