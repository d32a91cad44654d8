"""What happens at the door: arrivals, walk-ins, the link for volunteers; knows no page."""

import hmac
import re
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from outreach.database import db
from outreach.errors import InvalidInputError, NotFoundError
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.registration.guests import open_guest
from outreach.registration.models import Attendance, DoorAction, Registration
from outreach.registration.requests import LARGEST_PARTY
from outreach.registration.roster import Party, in_order
from outreach.vault import Vault

#: The link works from a day before the start until a day after the end.
OPENS_BEFORE = timedelta(hours=24)
ENDS_AFTER = timedelta(hours=24)
LARGEST_STEP = 500
#: What strangers send is looked at before the database is: PostgreSQL takes no NUL, for one.
_LINK = re.compile(r"[A-Za-z0-9]+\.[A-Za-z0-9_-]+")
#: What a link opens: the whole door, or only its ballots, for a device in the hands of guests.
Opens = Literal["door", "ballot"]
_TAP_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")


def attendance_of(event: Event) -> Attendance:
    """The door's numbers of an event; made at first use. Flushes."""
    found = db.session.get(Attendance, event.id)
    if found is None:
        try:
            with db.session.begin_nested():
                found = Attendance(event_id=event.id)
                db.session.add(found)
                db.session.flush()
        except IntegrityError:
            found = db.session.get_one(Attendance, event.id)
    return found


def link_of(event: Event, *, vault: Vault, opens: Opens = "door") -> str:
    """The token of a link to an event's door; computed, so that no copy of it lies anywhere."""
    epoch = db.session.scalar(select(Attendance.door_epoch).where(Attendance.event_id == event.id)) or 1
    return f"{event.public_id}.{vault.token(f'{event.public_id}/{epoch}', purpose=opens)}"


def event_behind(
    token: str, *, vault: Vault, now: datetime, opened_by: tuple[Opens, ...] = ("door",)
) -> Event:
    """The event whose door a link opens, while it is open. Raises NotFoundError for any other link."""
    unknown = NotFoundError(N_("This door link is not valid now. Ask the organizer for a new one."))
    if not _LINK.fullmatch(token):
        raise unknown
    event = db.session.scalar(
        select(Event).where(
            Event.public_id == token.partition(".")[0], Event.status.in_(("published", "held"))
        )
    )
    if event is None or not any(is_link_to(event, token, vault=vault, opens=each) for each in opened_by):
        raise unknown
    if not event.starts_at - OPENS_BEFORE <= now <= shuts_at(event):
        raise unknown
    return event


def is_link_to(event: Event, token: str, *, vault: Vault, opens: Opens = "door") -> bool:
    """Whether a token is the event's link of that sort."""
    return hmac.compare_digest(link_of(event, vault=vault, opens=opens).encode(), token.encode())


def is_list_open(event: Event, *, now: datetime) -> bool:
    """Whether volunteers still see who is expected: until the event is closed, and at least until it ends.

    Somebody who closes it by mistake half way does not take the list from the others.
    """
    return event.status == "published" or now < event.ends_at


def shuts_at(event: Event) -> datetime:
    """The instant at which no link to this door works any more."""
    return event.ends_at + ENDS_AFTER


def replace_link(event: Event) -> None:
    """Makes every link to this door given so far lead nowhere. Flushes."""
    attendance_of(event)
    db.session.execute(
        update(Attendance).where(Attendance.event_id == event.id).values(door_epoch=Attendance.door_epoch + 1)
    )


def set_arrived(event: Event, registration_id: int, count: int) -> None:
    """Says how many of a party are in the room, 0 to its size; saying it twice changes nothing.

    Raises NotFoundError for a party of another event or one that is not expected, InvalidInputError
    for more people than the party has.
    """
    done = (
        0 <= count <= LARGEST_PARTY
        and db.session.execute(
            update(Registration)
            .where(
                Registration.id == registration_id,
                Registration.event_id == event.id,
                Registration.state == "confirmed",
                Registration.party_size >= count,
            )
            .values(arrived_count=count)
            .returning(Registration.id)
        ).scalar()
    )
    if not done:
        row = db.session.get(Registration, registration_id)
        if row is None or row.event_id != event.id or row.state != "confirmed":
            raise NotFoundError(N_("This group is not on the list of this event."))
        raise InvalidInputError(
            N_("This group has %(count)s people. Count others as walk-ins."),
            field="count",
            count=row.party_size,
        )


def add_walk_ins(event: Event, people: int, *, key: str, now: datetime) -> bool:
    """Counts people who came without registering; negative to take some back. Flushes.

    `key` is the random key of the tap: the same one counts once, and False says it was counted before.
    """
    if not people or abs(people) > LARGEST_STEP or not _TAP_KEY.fullmatch(key):
        raise InvalidInputError(N_("Enter how many people came."), field="people")
    attendance_of(event)
    try:
        with db.session.begin_nested():
            db.session.add(DoorAction(key=key, event_id=event.id, at=now))
            db.session.flush()
    except IntegrityError:
        return False
    changed = db.session.execute(
        update(Attendance)
        .where(Attendance.event_id == event.id, Attendance.walk_ins + people >= 0)
        .values(walk_ins=Attendance.walk_ins + people)
        .returning(Attendance.walk_ins)
    ).scalar()
    if changed is None:
        raise InvalidInputError(N_("There are not that many walk-ins to take back."), field="people")
    return True


def people_in_room(event: Event) -> int:
    """Arrivals and walk-ins together, as a proposal for the head count."""
    arrived = db.session.scalar(
        select(func.coalesce(func.sum(Registration.arrived_count), 0)).where(
            Registration.event_id == event.id, Registration.state == "confirmed"
        )
    )
    return (arrived or 0) + walk_ins_of(event)


def roster(event: Event) -> list[Registration]:
    """Parties that are expected, in the order of registering; their guests come with them."""
    return list(
        db.session.scalars(
            select(Registration)
            .options(joinedload(Registration.guest))
            .where(Registration.event_id == event.id, Registration.state == "confirmed")
            .order_by(Registration.created_at, Registration.id)
        )
    )


def parties(event: Event, *, vault: Vault) -> list[Party]:
    """The list as volunteers may see it, by name."""
    return in_order(
        Party(
            id=row.id,
            first_name=open_guest(vault, row.guest.sealed).first_name,
            code=row.code,
            size=row.party_size,
            arrived=row.arrived_count,
            wants_interpreter="interpreter" in row.needs,
        )
        for row in roster(event)
    )


def walk_ins_of(event: Event) -> int:
    """People counted at the door who had not registered."""
    return db.session.scalar(select(Attendance.walk_ins).where(Attendance.event_id == event.id)) or 0
