"""Forgetting: what identifies guests is deleted 72 hours after their event; plain counts stay."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update

from outreach.database import db
from outreach.events.models import Event, EventKeyword
from outreach.registration.door import attendance_of
from outreach.registration.models import Attendance, DoorAction, Guest, Registration

KEPT_AFTER_EVENT = timedelta(hours=72)


def events_to_forget(*, now: datetime) -> list[Event]:
    """Events that are long enough over and whose guests are still known."""
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


def forget(event: Event, *, now: datetime) -> int:
    """Deletes an event's registrations, and guests nobody expects any more; returns how many parties.

    How many registered and arrived stays, as numbers. Flushes; a second call finds nothing.
    """
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
    db.session.execute(delete(Registration).where(Registration.event_id == event.id))
    db.session.execute(delete(DoorAction).where(DoorAction.event_id == event.id))
    db.session.execute(delete(Guest).where(~exists().where(Registration.guest_id == Guest.id)))
    # The words on the posters are free for another event.
    db.session.execute(delete(EventKeyword).where(EventKeyword.event_id == event.id))
    db.session.execute(update(Event).where(Event.id == event.id).values(keyword=None, waiting_parties=0))
    attendance.forgotten_at = now
    db.session.flush()
    return int(parties)
