"""Looks up what texts and the dialogue speak of and puts it into their plain words; changes nothing."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import joinedload, selectinload

from outreach.database import db
from outreach.events.drafts import OFFERS, PUBLIC_STATUSES
from outreach.events.models import Event, EventKeyword
from outreach.i18n import local
from outreach.messaging.channels.voice import VOICES
from outreach.messaging.models import Message
from outreach.messaging.phrases import Phrase, When
from outreach.messaging.turns import EventFacts, OfferFacts, RegistrationFacts, ReminderFacts
from outreach.registration.guests import open_guest
from outreach.registration.models import Registration
from outreach.registration.service import place_in_list
from outreach.registration.waitlist import explanation
from outreach.vault import Vault

#: A text has little room: a title is cut at a word, with three dots, and a street likewise.
TITLE_SIGNS, STREET_SIGNS = 36, 40
#: How to get in is cut likewise.
WAY_IN_SIGNS = 90

#: What is listed of the coming days, and which days those are.
_EVENTS_LISTED, _COMING_DAYS = 4, timedelta(days=7)

#: A text in one of these may be on the phone.
MAY_HAVE_ARRIVED = (
    "claimed", "accepted", "queued", "sending", "sent", "unconfirmed", "delivered", "unknown",
)  # fmt: skip

#: A yes to an offer that ran out deserves an answer for so long.
_LATE_ANSWER = timedelta(days=1)
_HOLDS_A_PLACE = ("confirmed", "waitlisted", "offered")


def event_facts(
    event: Event, *, now: datetime, is_registered: bool = False, is_spoken: bool = False
) -> EventFacts:
    """An event as texts speak of it; the link of an online one only for those who are registered.

    On the phone nothing is cut short, and no link is read aloud.
    """
    has_started = event.status == "held" or event.starts_at <= now
    seats_left = 0 if event.waiting_parties else event.seats_left
    return EventFacts(
        public_id=event.public_id,
        titles={
            text.locale: text.title if is_spoken else shortened(text.title, TITLE_SIGNS)
            for text in event.texts
            # What no voice can read, nobody hears: the original title says it better.
            if not is_spoken or text.locale in VOICES or text.locale == event.source_locale
        },
        source_locale=event.source_locale,
        when=When(event.starts_local, event.is_all_day),
        street=_street(event, is_registered=is_registered, is_spoken=is_spoken),
        capacity=event.capacity,
        seats_left=seats_left,
        is_full=seats_left == 0,
        is_open=event.takes_registrations and event.status == "published" and not has_started,
        is_cancelled=event.status == "cancelled",
        is_police_present=event.is_police_present,
        has_started=has_started,
        offers=tuple(offer for offer in OFFERS if offer in event.offers),
        reminders=len(event.reminder_offsets),
    )


def registration_facts(row: Registration, *, now: datetime, is_spoken: bool = False) -> RegistrationFacts:
    """A registration as texts or calls speak of it, with the reason why a party waits."""
    return RegistrationFacts(
        row.id,
        event_facts(row.event, now=now, is_registered=row.state == "confirmed", is_spoken=is_spoken),
        row.party_size,
        row.code,
        waiting=waiting(row) if row.state in ("waitlisted", "offered") else None,
        gets_texts=row.wants_texts or row.wants_calls,
    )


def waiting(row: Registration, *, place: int | None = None) -> Phrase:
    """The sentence that says why a party waits; `place` spares the query for who knows it."""
    message, values = explanation(
        place=place or place_in_list(row),
        party_size=row.party_size,
        free_seats=row.event.seats_left or 0,
        passed_count=row.passed_count,
    )
    return Phrase(message, values)


def events_to_come(*, now: datetime, limit: int) -> list[EventFacts]:
    """Public events that are to come and take place, as calls speak of them; two queries."""
    rows = db.session.scalars(
        select(Event)
        .where(Event.status == "published", Event.starts_at > now)
        .options(joinedload(Event.venue), selectinload(Event.texts))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    )
    return [event_facts(row, now=now, is_spoken=True) for row in rows]


def event_with_keyword(folded: str | None, *, now: datetime) -> tuple[EventFacts | None, str]:
    """The public event whose poster says a word, and in which language; none, and empty where in any.

    The word in the form of `keywords.folded_word`.
    """
    word = db.session.scalar(select(EventKeyword).where(EventKeyword.folded == folded)) if folded else None
    if word is None:
        return None, ""
    return _public_event(Event.id == word.event_id, now=now), word.locale


def event_with_id(public_id: str, *, now: datetime, is_spoken: bool = False) -> EventFacts | None:
    """The public event of an id."""
    if not public_id:
        return None
    return _public_event(Event.public_id == public_id, now=now, is_spoken=is_spoken)


def events_with_ids(public_ids: Sequence[str], *, now: datetime) -> tuple[EventFacts, ...]:
    """The public events of some ids, in their order; without a query where there are none."""
    if not public_ids:
        return ()
    rows = db.session.scalars(
        _told().where(Event.public_id.in_(public_ids), Event.status.in_(PUBLIC_STATUSES))
    )
    found = {event.public_id: event_facts(event, now=now) for event in rows}
    return tuple(found[public_id] for public_id in public_ids if public_id in found)


def events_of_coming_days(*, now: datetime) -> tuple[EventFacts, ...]:
    """The next few events of the coming days that guests sign up for, the soonest first."""
    rows = db.session.scalars(
        _told()
        .where(
            Event.status == "published",
            Event.takes_registrations,
            Event.starts_at > now,
            Event.starts_at <= now + _COMING_DAYS,
        )
        .order_by(Event.starts_at, Event.id)
        .limit(_EVENTS_LISTED)
    )
    return tuple(event_facts(event, now=now) for event in rows)


def registrations_of_phone(phone_hash: str) -> list[Registration]:
    """Every registration that a number has, whatever became of it, the soonest event first.

    Those that only a legal hold keeps are nobody's any more.
    """
    return list(
        db.session.scalars(
            select(Registration)
            .join(Event)
            .where(Registration.phone_hash == phone_hash, Registration.delete_asked_at.is_(None))
            .options(
                joinedload(Registration.guest),
                joinedload(Registration.event).options(joinedload(Event.venue), selectinload(Event.texts)),
            )
            .order_by(Event.starts_at, Registration.id)
        )
    )


def places_to_come(
    rows: Iterable[Registration], *, now: datetime, is_spoken: bool = False
) -> tuple[RegistrationFacts, ...]:
    """Those that hold a seat or a place in the list of an event which is still to come."""
    return tuple(
        registration_facts(row, now=now, is_spoken=is_spoken)
        for row in rows
        if row.state in _HOLDS_A_PLACE and _is_to_come(row.event, now)
    )


def latest_offer(
    rows: Iterable[Registration], *, now: datetime, is_spoken: bool = False
) -> OfferFacts | None:
    """The last offer of seats that is open, or that ran out within a day."""
    made = [row for row in rows if _is_to_come(row.event, now) and _has_offer(row, now)]
    if not made:
        return None
    row = max(made, key=lambda row: row.changed_at)
    # One that ran out has no end in its row any more: it is when the row was changed.
    expires_at = row.offer_expires_at or row.changed_at
    return OfferFacts(
        registration_facts(row, now=now, is_spoken=is_spoken),
        offered_at=row.changed_at,
        expires_at=expires_at,
        expires_local=local(expires_at, row.event.time_zone),
    )


def open_reminders(rows: Iterable[Registration], *, now: datetime) -> tuple[ReminderFacts, ...]:
    """Reminders that asked parties with seats whether they are coming, and that are not answered yet.

    One that was sent before the event moved asked about something else, and is none any more.
    """
    seated = [row for row in rows if row.state == "confirmed" and _is_to_come(row.event, now)]
    if not seated:
        return ()
    sent = select(Message.registration_id, Message.claimed_at, Message.created_at).where(
        Message.registration_id.in_([row.id for row in seated]),
        Message.purpose == "day_before",
        Message.state.in_(MAY_HAVE_ARRIVED),
    )
    asked_at: dict[int | None, datetime] = {}
    for registration_id, claimed_at, created_at in db.session.execute(sent):
        at = claimed_at or created_at
        asked_at[registration_id] = max(at, asked_at.get(registration_id, at))
    return tuple(
        ReminderFacts(registration_facts(row, now=now), asked_at[row.id])
        for row in seated
        if row.id in asked_at and _is_unanswered(row, asked_at[row.id])
    )


def locale_of_newest(rows: Iterable[Registration], *, vault: Vault) -> str | None:
    """The language in which a number registered last."""
    newest = max(rows, key=lambda row: (row.created_at, row.id), default=None)
    return open_guest(vault, newest.guest.sealed).locale if newest else None


def shortened(text: str, signs: int) -> str:
    """The text on one line, cut at a word where it is too long; never within a letter and its marks."""
    text = " ".join(text.split())
    if len(text) <= signs:
        return text
    end = signs - 3
    while unicodedata.category(text[end])[0] == "M":
        end -= 1
    cut = text[:end]
    # Burmese and Chinese have no spaces to cut at.
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:-") + "..."


def _public_event(
    condition: ColumnElement[bool], *, now: datetime, is_spoken: bool = False
) -> EventFacts | None:
    event = db.session.scalar(_told().where(condition, Event.status.in_(PUBLIC_STATUSES)))
    return event_facts(event, now=now, is_spoken=is_spoken) if event else None


def _told() -> Select[Event]:
    """Events with everything that is told of them."""
    return select(Event).options(joinedload(Event.venue), selectinload(Event.texts))


def _is_unanswered(row: Registration, asked_at: datetime) -> bool:
    answered_at, moved_at = row.reaffirmed_at, row.event.moved_at
    return (answered_at is None or answered_at < asked_at) and (moved_at is None or moved_at <= asked_at)


def _street(event: Event, *, is_registered: bool, is_spoken: bool) -> str:
    if event.delivery == "online":
        # A link is of no use when it is cut, or read aloud.
        return (event.online_url or "") if is_registered and not is_spoken else ""
    place = (event.venue.address or event.venue.name) if event.venue else ""
    return place if is_spoken else shortened(place, STREET_SIGNS)


def _is_to_come(event: Event, now: datetime) -> bool:
    return event.status == "published" and now < event.starts_at


def _has_offer(row: Registration, now: datetime) -> bool:
    if row.state == "offered":
        return True
    # Only an offer that nobody answered leaves a row that was put back and not touched since.
    is_run_out = row.offer_number > 0 and row.state in ("waitlisted", "cancelled")
    return is_run_out and row.queued_at == row.changed_at and now - row.changed_at <= _LATE_ANSWER
