"""Forgetting: what identifies guests is deleted 72 hours after their event; plain counts stay.

Deleted rows live on in logs, replicas and backups. So the event's key is destroyed as well, once the
deletion is committed; whoever died in between is made up for by the next who looks.

What a legal hold names waits until it is lifted.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update

from outreach import audit
from outreach.chain import Deed
from outreach.database import db
from outreach.events.models import Event, EventKeyword
from outreach.keystore import event_key, event_of
from outreach.registration import holds, seats
from outreach.registration.door import attendance_of
from outreach.registration.guests import open_guest
from outreach.registration.models import Attendance, DoorAction, Guest, Registration
from outreach.registration.pauses import Hold, is_paused, is_sign_up_paused
from outreach.registration.resealing import seal_anew
from outreach.vault import SealedValueError, Vault

KEPT_AFTER_EVENT = timedelta(hours=72)
_AT_ONCE = 500


def events_to_forget(*, now: datetime) -> list[Event]:
    """Events that are long enough over, whose guests are still known, and that no hold keeps."""
    found = holds.active()
    return [event for event in _events_over(now=now) if not is_sign_up_paused(event.id, found)]


def held_events(*, now: datetime) -> list[Event]:
    """Events whose guests would be forgotten by now, were it not for a hold."""
    found = holds.active()
    return [event for event in _events_over(now=now) if is_sign_up_paused(event.id, found)]


def _events_over(*, now: datetime) -> list[Event]:
    forgotten = exists().where(Attendance.event_id == Event.id, Attendance.forgotten_at.is_not(None))
    return list(
        db.session.scalars(
            select(Event)
            .where(
                Event.status.in_(("published", "cancelled", "held")),
                Event.ends_at <= now - KEPT_AFTER_EVENT,
                ~forgotten,
            )
            .order_by(Event.ends_at)
        )
    )


def forget(event: Event, *, vault: Vault, now: datetime) -> int:
    """Deletes an event's registrations, and guests nobody expects any more; returns how many parties.

    How many registered and arrived stays, as numbers. Guests of other events are sealed with the key of
    one of those. Flushes; a second call finds nothing, nor does one while a hold keeps them.
    """
    found = _holds_on(event)
    if is_sign_up_paused(event.id, found):
        return 0
    attendance = attendance_of(event)
    registered, arrived, parties = db.session.execute(
        select(
            func.coalesce(func.sum(Registration.party_size), 0),
            func.coalesce(func.sum(Registration.arrived_count), 0),
            func.count(),
        ).where(Registration.event_id == event.id, Registration.state == "confirmed")
    ).one()
    if parties or attendance.registered is None:
        attendance.registered, attendance.arrived = registered, arrived
    came = db.session.scalars(
        delete(Registration).where(Registration.event_id == event.id).returning(Registration.guest_id)
    ).all()
    db.session.execute(delete(DoorAction).where(DoorAction.event_id == event.id))
    _forget_lone_guests(found)
    seal_anew(came, key=event_key(event.public_id), vault=vault)
    # The words on the posters are free for another event.
    db.session.execute(delete(EventKeyword).where(EventKeyword.event_id == event.id))
    db.session.execute(update(Event).where(Event.id == event.id).values(keyword=None, waiting_parties=0))
    attendance.forgotten_at = now
    db.session.flush()
    if came:
        audit.record(
            Deed.PURGED, staff_id=None, subject=f"event:{event.id}", numbers={"parties": len(came)}, now=now
        )
    return int(parties)


def is_held(event: Event) -> bool:
    """Whether a hold keeps an event's guests; locks the event, so that the answer stands as long."""
    return is_sign_up_paused(event.id, _holds_on(event))


def _holds_on(event: Event) -> Collection[Hold]:
    # Asked behind the lock: a hold may have been placed since the event was found.
    seats.lock(event.id)
    return holds.active()


def keys_to_destroy(*, vault: Vault) -> list[str]:
    """The keys of events whose guests are forgotten; those of events that nobody knows stay."""
    names = {public_id: name for name in vault.store.names() if (public_id := event_of(name))}
    found: list[str] = []
    ids = sorted(names)
    for first in range(0, len(ids), _AT_ONCE):
        found += db.session.scalars(
            select(Event.public_id)
            .join(Attendance, Attendance.event_id == Event.id)
            .where(Event.public_id.in_(ids[first : first + _AT_ONCE]), Attendance.forgotten_at.is_not(None))
        )
    return [names[public_id] for public_id in found]


def unreadable_events(*, vault: Vault) -> list[str]:
    """The public ids of events whose guests are known, and cannot be read with the keys there are.

    One guest of each is tried; one query.
    """
    one = select(Registration.event_id, func.min(Registration.guest_id).label("guest_id"))
    tried = one.group_by(Registration.event_id).subquery()
    rows = db.session.execute(
        select(Event.public_id, Guest.sealed)
        .join(tried, tried.c.event_id == Event.id)
        .join(Guest, Guest.id == tried.c.guest_id)
        .order_by(Event.id)
    )
    return [public_id for public_id, sealed in rows if not _is_readable(sealed, vault)]


def _is_readable(sealed: bytes, vault: Vault) -> bool:
    try:
        open_guest(vault, sealed)
    except SealedValueError:
        return False
    return True


def forget_asked(*, now: datetime) -> int:
    """Deletes sign-ups that guests wanted deleted while a hold kept them; returns how many. Flushes.

    A guest who came back meanwhile has a new pass; the old one goes here as well.
    """
    asked = db.session.execute(
        select(Registration.id, Registration.event_id).where(Registration.delete_asked_at.is_not(None))
    ).all()
    found = holds.active()
    ids = [row.id for row in asked if not is_sign_up_paused(row.event_id, found)]
    if ids:
        db.session.execute(delete(Registration).where(Registration.id.in_(ids)))
    _forget_lone_guests(found)
    if ids:
        audit.record(Deed.PURGED, staff_id=None, subject="asked", numbers={"parties": len(ids)}, now=now)
    return len(ids)


def _forget_lone_guests(found: Collection[Hold]) -> None:
    if not is_paused("identity", None, found):
        db.session.execute(delete(Guest).where(~exists().where(Registration.guest_id == Guest.id)))
