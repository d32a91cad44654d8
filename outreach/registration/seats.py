"""Seats: taken and given back by conditional updates, handed on along the waiting list."""

from datetime import datetime

from sqlalchemy import Integer, bindparam, or_, select, update
from sqlalchemy.orm.attributes import set_committed_value

from outreach.database import db
from outreach.events.models import Event
from outreach.events.planning import raise_generation
from outreach.registration.ledger import has_stopped_texts
from outreach.registration.models import Registration
from outreach.registration.scopes import of_event
from outreach.registration.waitlist import WaitingParty, decide, offer_expires_at

_events = Event.__table__.c
_wanted = bindparam("seats", type_=Integer)
#: Made once: making it costs more than running it.
_TAKE = (
    update(Event.__table__)  # type: ignore[arg-type]  # a Table, whatever the base class promises
    .where(
        _events.id == bindparam("event_id"),
        _events.status == "published",
        _events.takes_registrations,
        or_(_events.capacity.is_(None), _events.seats_taken + _wanted <= _events.capacity),
        _events.waiting_parties == 0,
    )
    .values(seats_taken=_events.seats_taken + _wanted)
    .returning(_events.seats_taken, _events.capacity)
)

#: After so many unanswered offers a party is taken off the list.
OFFERS_MADE = 2


def take(event: Event, seats: int, *, now: datetime) -> bool:
    """Takes seats if the whole number is free and nobody waits for them; says whether it did.

    One conditional update decides, so that forty parties who come at once for ten seats get ten.
    """
    row = db.session.execute(_TAKE, {"event_id": event.id, "seats": seats}).first()
    if row is None:
        return False
    set_committed_value(event, "seats_taken", row.seats_taken)
    if row.seats_taken == row.capacity:
        raise_generation(now=now)
    return True


def give_back(event_id: int, seats: int, *, now: datetime) -> None:
    """Frees seats and hands them on along the waiting list. Flushes."""
    was_full = db.session.execute(
        update(Event)
        .where(Event.id == event_id)
        .values(seats_taken=Event.seats_taken - seats)
        .returning(Event.seats_taken + seats == Event.capacity)
    ).scalar_one()
    if was_full:
        raise_generation(now=now)
    hand_on(event_id, now=now)


def join_list(event_id: int) -> None:
    """Counts one more waiting party, which locks the event until the transaction ends."""
    db.session.execute(
        update(Event).where(Event.id == event_id).values(waiting_parties=Event.waiting_parties + 1)
    )


def lock(event_id: int) -> Event:
    """The event as it is now, held until the transaction ends; whoever changes parties asks for it first.

    Always the event before its parties: taken the other way round by two people, each would wait for
    what the other has. Not the full lock: that would wait for parties whose new rows only point at
    the event.
    """
    return db.session.get_one(Event, event_id, with_for_update={"key_share": True}, populate_existing=True)


def leave_list(event_id: int, *, now: datetime) -> None:
    """Counts one waiting party less, and sees whether somebody behind it fits now. Flushes."""
    db.session.execute(
        update(Event).where(Event.id == event_id).values(waiting_parties=Event.waiting_parties - 1)
    )
    hand_on(event_id, now=now)


def hand_on(event_id: int, *, now: datetime, present_id: int | None = None) -> int:
    """Gives free seats to waiting parties as `waitlist.decide` says; returns to how many. Flushes.

    A party that can be asked by text or call is offered its seats and has some hours to answer; one
    that cannot, or that is registering at this very moment (`present_id`), simply has them.
    """
    event = lock(event_id)
    if event.status != "published" or event.starts_at <= now:
        return 0
    waiting = db.session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.state == "waitlisted")
        .order_by(Registration.queued_at, Registration.id)
        .execution_options(populate_existing=True)
    ).all()
    decision = decide(
        [WaitingParty(row.id, row.party_size, row.passed_count) for row in waiting],
        event.seats_left,
        time_left=event.starts_at - now,
    )
    for row in waiting:
        if row.id in decision.seated_ids:
            event.seats_taken += row.party_size
            event.waiting_parties -= 1
            _seat(row, event, now=now, is_present=row.id == present_id)
        elif row.id in decision.passed_ids:
            row.passed_count += 1
    if decision.seated_ids and event.seats_taken == event.capacity:
        raise_generation(now=now)
    db.session.flush()
    return len(decision.seated_ids)


def settle(*, now: datetime) -> int:
    """Ends offers that ran out and hands on seats that became free by themselves; returns how many moved.

    Seats become free without anybody leaving when an event gets more of them, and when its start comes
    so near that none is saved any longer. Nobody has to say so: this finds it. Flushes; a second call
    finds nothing.
    """
    ended = end_offers(now=now)
    with_room = db.session.scalars(
        select(Event.id)
        .where(
            Event.status == "published",
            Event.starts_at > now,
            Event.waiting_parties > 0,
            or_(Event.capacity.is_(None), Event.seats_taken < Event.capacity),
        )
        # Always in one order, so that two workers cannot wait for each other.
        .order_by(Event.id)
    ).all()
    return ended + sum(hand_on(event_id, now=now) for event_id in with_room)


def end_offers(*, now: datetime) -> int:
    """Takes back offers that nobody answered in time; returns how many. Flushes.

    The party goes to the end of the list, and off it after its second unanswered offer.
    """
    is_over = (Registration.state == "offered") & (Registration.offer_expires_at <= now)
    ended = 0
    for event_id in db.session.scalars(
        select(Registration.event_id).where(is_over).distinct().order_by(Registration.event_id)
    ).all():
        lock(event_id)
        expired = db.session.execute(
            update(Registration)
            .where(is_over, Registration.event_id == event_id)
            .values(state="waitlisted", queued_at=now, changed_at=now, offer_expires_at=None)
            .returning(Registration.id, Registration.party_size, Registration.offer_number)
        ).all()
        for registration_id, party_size, offer_number in expired:
            if offer_number >= OFFERS_MADE:
                db.session.execute(
                    update(Registration)
                    .where(Registration.id == registration_id)
                    .values(state="cancelled", sealed=None)
                )
            else:
                join_list(event_id)
            give_back(event_id, party_size, now=now)
        ended += len(expired)
    return ended


def _seat(row: Registration, event: Event, *, now: datetime, is_present: bool) -> None:
    can_be_asked = (
        (row.wants_texts or row.wants_calls)
        and row.phone_hash is not None
        and not is_present
        # Whoever said STOP would lose the seats to a question that was never sent.
        and not has_stopped_texts(row.phone_hash, of_event(event.id))
    )
    expires_at = offer_expires_at(now, event.time_zone, starts_at=event.starts_at) if can_be_asked else None
    if expires_at is None:
        row.state = "confirmed"
    else:
        row.state, row.offer_expires_at = "offered", expires_at
        row.offer_number += 1
    row.changed_at = now
