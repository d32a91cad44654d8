"""Plans what is owed: from the state of registrations and events to rows of the outbox; sends nothing.

Nobody tells this module that something happened. It looks at what changed since it looked last, and at
reminders whose time has come, and asks `due.owed`. Only what is due now is written, so that a text is
made from the facts of its moment; planning twice, or by two at once, writes each text once.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Executable, and_, or_, select, update
from sqlalchemy.orm import joinedload, selectinload

from outreach.database import db
from outreach.events.models import Event
from outreach.events.reminding import LEADS
from outreach.i18n import LANGUAGES, SOURCE_LOCALE, local, translator
from outreach.keystore import event_key
from outreach.messaging import outbox
from outreach.messaging.due import Owed, Purpose, first_try_key, other_channel_key, owed
from outreach.messaging.expectations import BATCH, DERIVED, expectations
from outreach.messaging.facts import MAY_HAVE_ARRIVED, WAY_IN_SIGNS, event_facts, shortened, waiting
from outreach.messaging.models import Message, Suppression
from outreach.messaging.outbox import DROPPED, OutgoingText, enqueue, rewrite
from outreach.messaging.phrases import MessageFacts, When, compose
from outreach.registration.guests import open_guest
from outreach.registration.models import Registration
from outreach.registration.retention import KEPT_AFTER_EVENT
from outreach.registration.scopes import of_event
from outreach.vault import SealedValueError, Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Changes:
    """What the outbox lacks, by registration, and ids of texts that are in it and no longer owed."""

    missing: dict[int, list[Owed]]
    superseded: list[int]

    def __bool__(self) -> bool:
        return bool(self.missing or self.superseded)


class _Written(NamedTuple):
    """One text that is in the outbox, as far as it matters here."""

    id: int
    state: str
    created_at: datetime
    deadline: datetime
    reply_to_at: datetime | None

    @property
    def is_idle(self) -> bool:
        """Whether it waits to be sent, and answers nobody."""
        return self.state == "ready" and self.reply_to_at is None


def batches(*, since: datetime | None, now: datetime) -> Iterator[list[int]]:
    """Ids of registrations about which something may be owed, in lists of moderate length.

    Those that changed since an instant, or whose event did, or of whose event a reminder's time has come
    since; with None, those of every event that is not over, or whose guests are still to be thanked.
    """
    wanted = select(Registration.id).where(or_(Registration.wants_texts, Registration.wants_calls))
    if since is None:
        wanted = wanted.join(Event, Event.id == Registration.event_id).where(
            or_(and_(Event.ends_at > now, Event.status.in_(("published", "cancelled"))), _is_thanked_for(now))
        )
    else:
        events = select(Event.id).where(
            or_(Event.ends_at > now, _is_thanked_for(now)), or_(*_is_touched(since, now))
        )
        switched = select(Suppression.phone_hash).where(
            Suppression.reason == "voice_only", Suppression.since_at >= since
        )
        wanted = wanted.where(
            or_(
                Registration.changed_at >= since,
                Registration.event_id.in_(events),
                Registration.phone_hash.in_(switched),
            )
        )
    ids = sorted(db.session.scalars(wanted))
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def changes(registration_ids: Iterable[int], *, now: datetime) -> Changes:
    """Compares what is owed about registrations with what the outbox has; four queries. Writes nothing."""
    ids = list(registration_ids)
    told_at = _facts_changed_at(ids)
    written: dict[int, dict[str, _Written]] = {}
    for registration_id, dedup_key, *facts in db.session.execute(_texts_about(ids)):
        written.setdefault(registration_id, {})[dedup_key] = _Written(*facts)
    found = Changes({}, [])
    for registration_id, expectation in expectations(ids).items():
        texts = {text.dedup_key: text for text in owed(expectation, now)}
        rows = written.get(registration_id, {})
        missing = [
            text
            for key, text in texts.items()
            if text.not_before <= now
            and _is_to_write(rows.get(key), told_at[registration_id])
            and not _has_been_told(rows.get(other_channel_key(key)))
        ]
        if missing:
            found.missing[registration_id] = missing
        found.superseded.extend(
            row.id
            for key, row in rows.items()
            if first_try_key(key) not in texts and row.is_idle and now < row.deadline
        )
    return found


def catch_up(registration_ids: Iterable[int], *, vault: Vault, now: datetime) -> int:
    """Writes what is owed and due, and drops what is no longer owed; returns how many. Flushes."""
    found = changes(registration_ids, now=now)
    done = 0
    if found.superseded:
        dropped = db.session.execute(
            update(Message)
            .where(Message.id.in_(found.superseded), Message.state == "ready")
            .values(state="cancelled", final_at=now)
            .returning(Message.id)
        )
        done += len(dropped.all())
    if found.missing:
        rows = _registrations(found.missing)
        places = _places(rows)
        for row in rows:
            for text in found.missing[row.id]:
                outgoing = _outgoing(row, text, places.get(row.id, 1), vault=vault, now=now)
                if outgoing is not None:
                    done += enqueue(outgoing, vault=vault, now=now) or rewrite(outgoing, vault=vault, now=now)
    return done


def note_told(row: Registration, *, vault: Vault, now: datetime) -> None:
    """Notes that a guest who is called heard in a call how things stand, and needs no other one. Flushes."""
    (expectation,) = expectations([row.id]).values()
    for text in owed(expectation, now):
        if text.purpose == "confirmation" and text.channel == "voice":
            outgoing = _outgoing(row, text, _places([row]).get(row.id, 1), vault=vault, now=now)
            if outgoing is not None:
                outbox.note_told(outgoing, vault=vault, now=now)


def _is_touched(since: datetime, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield Event.changed_at >= since
    # Of all that can be chosen: looking at an event that has not chosen it costs little and owes nothing.
    for lead in LEADS.values():
        yield and_(Event.starts_at > since + lead.before, Event.starts_at <= now + lead.before)


def _is_thanked_for(now: datetime) -> ColumnElement[bool]:
    """Whether an event took place and its guests are not forgotten yet."""
    return and_(Event.status == "held", Event.ends_at > now - KEPT_AFTER_EVENT)


def _facts_changed_at(ids: list[int]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(Registration.id, Registration.changed_at, Event.changed_at)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.id.in_(ids))
    )
    return {registration_id: max(changed) for registration_id, *changed in rows}


def _texts_about(ids: list[int]) -> Executable:
    # Columns and not rows of the session: there are many, and almost none of them is changed.
    return select(
        Message.registration_id,
        Message.dedup_key,
        Message.id,
        Message.state,
        Message.created_at,
        Message.deadline,
        Message.reply_to_at,
    ).where(Message.registration_id.in_(ids), Message.purpose.in_(DERIVED))


def _is_to_write(row: _Written | None, facts_changed_at: datetime) -> bool:
    """Whether a text is not in the outbox, was dropped from it, or waits there with facts of yesterday."""
    if row is None or row.state in DROPPED:
        return True
    return row.is_idle and row.created_at < facts_changed_at


def _has_been_told(row: _Written | None) -> bool:
    """Whether the same news may have reached the guest on the other channel."""
    return row is not None and row.state in MAY_HAVE_ARRIVED


def _registrations(ids: Iterable[int]) -> list[Registration]:
    return list(
        db.session.scalars(
            select(Registration)
            .where(Registration.id.in_(list(ids)))
            .options(
                joinedload(Registration.guest),
                joinedload(Registration.event).options(joinedload(Event.venue), selectinload(Event.texts)),
            )
            .order_by(Registration.id)
        )
    )


def _places(rows: Iterable[Registration]) -> dict[int, int]:
    """Places of waiting parties in the lists of their events, 1 for the next one."""
    event_ids = {row.event_id for row in rows if row.state == "waitlisted"}
    listed = db.session.execute(
        select(Registration.id, Registration.event_id)
        .where(Registration.event_id.in_(event_ids), Registration.state == "waitlisted")
        .order_by(Registration.event_id, Registration.queued_at, Registration.id)
    )
    places: dict[int, int] = {}
    ahead: dict[int, int] = {}
    for registration_id, event_id in listed:
        ahead[event_id] = places[registration_id] = ahead.get(event_id, 0) + 1
    return places


def _outgoing(
    row: Registration, text: Owed, place: int, *, vault: Vault, now: datetime
) -> OutgoingText | None:
    """The text in the guest's language; None when the guest cannot be read any more."""
    try:
        guest = open_guest(vault, row.guest.sealed)
    except SealedValueError:
        log.error("guest %s cannot be opened with this vault key", row.guest_id)
        return None
    if guest.phone is None:
        return None
    locale = guest.locale if guest.locale in LANGUAGES else SOURCE_LOCALE
    is_spoken = text.channel == "voice"
    facts = facts_about(row, text.purpose, locale, place, now=now, is_spoken=is_spoken)
    return OutgoingText(
        purpose=text.purpose,
        dedup_key=text.dedup_key,
        priority=text.priority,
        phone=guest.phone,
        locale=locale,
        body=compose(text.purpose, translator(locale), facts),
        deadline=text.deadline,
        zone=row.event.time_zone,
        not_before=text.not_before,
        registration_id=row.id,
        key=event_key(row.event.public_id),
        changed_start_at=text.changed_start_at,
        scope=of_event(row.event_id),
        channel=text.channel,
    )


def facts_about(
    row: Registration,
    purpose: Purpose,
    locale: str,
    place: int | None = None,
    *,
    now: datetime,
    is_spoken: bool = False,
) -> MessageFacts:
    """What a text or a call of a purpose says of a registration; `place` spares a query, as for `waiting`."""
    event = row.event
    said = event_facts(event, now=now, is_registered=row.state == "confirmed", is_spoken=is_spoken)
    expires_at = row.offer_expires_at if purpose == "seat_offered" else None
    return MessageFacts(
        said.title(locale),
        said.when,
        said.street,
        row.party_size,
        row.code,
        waiting=waiting(row, place=place) if row.state == "waitlisted" else None,
        answer_by_local=local(expires_at, event.time_zone) if expires_at else None,
        reason=_reason(event, locale) if purpose == "cancelled" else "",
        way_in=_way_in(event) if purpose == "two_hours_before" else "",
        kept_until=When(local(event.ends_at + KEPT_AFTER_EVENT, event.time_zone), is_all_day=True),
    )


def _way_in(event: Event) -> str:
    """How to get in, in the words of whoever wrote it; nothing for an event without a place to go to."""
    notes = event.venue.access_notes if event.venue and event.delivery != "online" else None
    return shortened(notes or "", WAY_IN_SIGNS)


def _reason(event: Event, locale: str) -> str:
    """Why the event is called off, in the guest's language if it was written in it, or as it was written."""
    reasons = {text.locale: text.cancel_reason for text in event.texts if text.cancel_reason}
    return reasons.get(locale) or reasons.get(event.source_locale) or next(iter(reasons.values()), "")
