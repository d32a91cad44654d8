"""THE registration: register, change, cancel; every door calls these and none knows another's wording."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.orm import joinedload

from outreach.database import db, insert
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events.drafts import PUBLIC_STATUSES
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.events.questions import clean
from outreach.i18n import N_
from outreach.identifiers import link_token, spoken_code
from outreach.keystore import event_key
from outreach.registration import holds, news, resealing, seats
from outreach.registration.guests import (
    GuestFacts,
    PartyFacts,
    open_guest,
    phone_hash,
    seal_guest,
    seal_party,
    token_hash,
)
from outreach.registration.ledger import GRANTED, record_consent
from outreach.registration.models import Guest, Registration
from outreach.registration.pauses import DELETED_ON_DEMAND, is_paused, is_sign_up_paused
from outreach.registration.requests import (
    LARGEST_PARTY,
    AlreadyRegistered,
    Outcome,
    Registered,
    RegistrationRequest,
    Waitlisted,
)
from outreach.registration.scopes import REGION, of_event
from outreach.vault import Vault

_CODE_TRIES = 8

# Made once each: making a statement costs more than running it.
_EVENT = select(Event).where(Event.public_id == bindparam("public_id"))
_SAME = (
    select(Registration.id)
    .where(
        or_(
            (Registration.event_id == bindparam("event_id"))
            & (Registration.phone_hash == bindparam("phone_hash")),
            Registration.request_key == bindparam("request_key"),
        )
    )
    .limit(1)
)
_GUEST = select(Guest).where(Guest.token_hash == bindparam("token_hash"))


def register(request: RegistrationRequest, *, vault: Vault, now: datetime) -> Outcome:
    """Registers a party: with seats, or on the waiting list. Flushes.

    Asked twice with the same number or the same filled-in form, it returns the registration that is
    there and changes nothing; one that was cancelled comes back to life. Raises NotFoundError for no
    such public event, ConflictError for one that is cancelled, over, begun or without registration,
    InvalidInputError for a party or an answer that cannot be.
    """
    event = _event_to_join(request, now=now)
    values = _values(request, clean(KINDS[event.kind].questions, request.answers), vault=vault, now=now)
    hashed = phone_hash(vault, request.phone) if request.phone else None
    row = _existing(event, request, hashed)
    if row is not None and row.state == "cancelled":
        row = _held(row)
    if row is not None and row.state != "cancelled":
        return _already(row, request, vault)
    if row is not None:
        made: _Made | Registration = _revive(row, event, request, hashed, values, vault=vault, now=now)
    else:
        made = _insert(event, request, hashed, values, vault=vault, now=now)
    if isinstance(made, Registration):
        # The same guest came through another process in this very moment.
        return _already(made, request, vault)
    if request.consent and hashed:
        record_consent(
            hashed,
            GRANTED,
            request.consent.wording,
            request.locale,
            scope=of_event(event.id),
            version=request.consent.version,
            source=request.door,
            vault=vault,
            now=now,
        )
    if request.news and request.phone:
        news.join(
            request.phone,
            REGION,
            request.news,
            locale=request.locale,
            source=request.door,
            is_proven=request.is_phone_proven,
            vault=vault,
            now=now,
        )
    db.session.flush()
    return made.outcome if made.is_seated else _wait(made.outcome, event, now=now)


def _values(
    request: RegistrationRequest, answers: dict[str, str], *, vault: Vault, now: datetime
) -> dict[str, Any]:
    """What a registration takes from a request, by column, whether it is new or comes back to life."""
    values = {
        "party_size": request.party_size,
        "door": request.door,
        "needs": list(request.needs),
        "sealed": seal_party(
            vault, PartyFacts(request.companions, answers), key=event_key(request.event_public_id)
        ),
        "queued_at": now,
        "reaffirmed_at": None,
        "delete_asked_at": None,
        "changed_at": now,
    }
    if request.consent is None or request.phone is None:
        return values
    return {**values, "wants_calls" if request.consent.is_for_calls else "wants_texts": True}


def _held(row: Registration) -> Registration:
    """The party as it is now, while nobody else changes the parties of its event."""
    seats.lock(row.event_id)
    return db.session.get_one(Registration, row.id, populate_existing=True)


def check_open(event: Event, *, now: datetime) -> None:
    """Raises ConflictError, with the reason, when nobody can register for an event any more."""
    if event.status == "cancelled":
        raise ConflictError(N_("This event is canceled."))
    if event.status == "held" or event.ends_at <= now:
        raise ConflictError(N_("This event is over."))
    if event.starts_at <= now:
        raise ConflictError(N_("This event has begun. You can no longer register, but you may just come."))
    if not event.takes_registrations:
        raise ConflictError(N_("You do not need to register for this event. Just come."))


def check_party(size: int, event: Event) -> None:
    """Raises InvalidInputError for a party that cannot be, at this event or at all."""
    if not 1 <= size <= LARGEST_PARTY:
        raise InvalidInputError(
            N_("Enter how many people are coming, from 1 to %(count)s."),
            field="party_size",
            count=LARGEST_PARTY,
        )
    if event.capacity is not None and size > event.capacity:
        raise InvalidInputError(
            N_("This event has only %(count)s seats. Your group is larger."),
            field="party_size",
            count=event.capacity,
        )


def change_party(row: Registration, size: int, *, now: datetime) -> None:
    """Makes a party larger or smaller. Flushes.

    Raises ConflictError when there are too few seats for a larger one: the party then stays as it is.
    """
    event = row.event
    if event.starts_at <= now or event.status != "published":
        raise ConflictError(N_("This event has begun or is canceled. The group can no longer be changed."))
    check_party(size, event)
    row = _held(row)
    more = size - row.party_size
    if row.state == "cancelled":
        raise ConflictError(N_("This registration was canceled. Please register again."))
    if row.state == "offered":
        raise ConflictError(N_("Seats are kept for you. Say first whether you take them."))
    if row.state == "confirmed" and more > 0 and not seats.take(event, more, now=now):
        raise ConflictError(N_("There are not enough free seats. Your group stays as it was."))
    row.party_size, row.changed_at = size, now
    row.arrived_count = min(row.arrived_count, size)
    db.session.flush()
    if row.state == "confirmed" and more < 0:
        seats.give_back(event.id, -more, now=now)
    elif row.state == "waitlisted":
        seats.hand_on(event.id, now=now, present_id=row.id)


def cancel(row: Registration, *, now: datetime) -> None:
    """Takes a party off; its seats go to the next. Asking twice is harmless. Flushes."""
    row = _held(row)
    before = row.state
    if before == "cancelled":
        return
    row.state, row.changed_at, row.offer_expires_at = "cancelled", now, None
    row.reaffirmed_at = None
    # Nobody needs names or answers of somebody who does not come, but perhaps a court.
    if not is_sign_up_paused(row.event_id, holds.active()):
        row.sealed, row.needs = None, []
    db.session.flush()
    if before == "waitlisted":
        seats.leave_list(row.event_id, now=now)
    else:
        seats.give_back(row.event_id, row.party_size, now=now)


def reaffirm(row: Registration, *, now: datetime) -> bool:
    """Notes that a party said again that it is coming; says whether it has seats. Flushes.

    Nothing about the party changes by it, so that no text is owed anew.
    """
    noted = db.session.execute(
        update(Registration)
        .where(Registration.id == row.id, Registration.state == "confirmed")
        .values(reaffirmed_at=now)
        .returning(Registration.id)
    ).scalar()
    return noted is not None


def accept_offer(row: Registration, *, now: datetime) -> bool:
    """Takes the seats that are kept for a party; says whether they still were. Flushes."""
    taken = db.session.execute(
        update(Registration)
        .where(
            Registration.id == row.id, Registration.state == "offered", Registration.offer_expires_at > now
        )
        .values(state="confirmed", offer_expires_at=None, changed_at=now)
        .returning(Registration.id)
    ).scalar()
    db.session.refresh(row)
    return taken is not None or row.state == "confirmed"


def delete_guest(guest: Guest, *, now: datetime) -> bool:
    """Forgets a guest at once: frees the seats, then removes every row of theirs, news too. Flushes.

    Says whether all is gone. What a hold keeps stays, without texts and with its pass dead, until the hold
    is lifted.
    """
    rows = db.session.scalars(
        select(Registration).where(Registration.guest_id == guest.id).order_by(Registration.event_id)
    ).all()
    for row in rows:
        cancel(row, now=now)
    found = holds.active()
    kept = [row for row in rows if is_sign_up_paused(row.event_id, found)]
    for row in rows:
        if row.phone_hash is not None:
            news.leave(row.phone_hash)
        if row in kept:
            row.delete_asked_at, row.wants_texts, row.wants_calls = now, False, False
        else:
            db.session.delete(row)
    db.session.flush()
    if kept:
        # Both are in `sealed` as well, so that nothing is lost by it but the way back to the pass.
        guest.token_hash, guest.proven_phone_hash = f"deleted-{link_token()}", None
    else:
        db.session.delete(guest)
    db.session.flush()
    return not kept and not any(is_paused(holding_id, None, found) for holding_id in DELETED_ON_DEMAND)


def guest_by_token(token: str, *, vault: Vault) -> Guest:
    """Whose pass this is. Raises NotFoundError."""
    guest = db.session.scalar(_GUEST, {"token_hash": token_hash(vault, token)})
    if guest is None:
        raise NotFoundError(N_("This pass is not known any more. Passes end three days after the event."))
    return guest


def registrations_of(guest: Guest) -> list[Registration]:
    """What a guest registered for, soonest first, with events ready to be shown."""
    return list(db.session.scalars(_of_guest(), {"guest_id": guest.id}).unique())


@cache
def _of_guest() -> Select[Registration]:
    event = joinedload(Registration.event, innerjoin=True)
    return (
        select(Registration)
        .join(Event)
        .where(Registration.guest_id == bindparam("guest_id"))
        .options(event.joinedload(Event.texts), event.joinedload(Event.venue))
        .order_by(Event.starts_at, Registration.id)
    )


def place_in_list(row: Registration) -> int:
    """Place of a waiting party, 1 for the next one."""
    ahead = db.session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.event_id == row.event_id,
            Registration.state == "waitlisted",
            or_(
                Registration.queued_at < row.queued_at,
                (Registration.queued_at == row.queued_at) & (Registration.id < row.id),
            ),
        )
    )
    return (ahead or 0) + 1


def _event_to_join(request: RegistrationRequest, *, now: datetime) -> Event:
    event = db.session.scalar(_EVENT, {"public_id": request.event_public_id})
    if event is None or event.status not in PUBLIC_STATUSES:
        raise NotFoundError(N_("There is no such event."))
    check_open(event, now=now)
    check_party(request.party_size, event)
    return event


def _existing(event: Event, request: RegistrationRequest, hashed: str | None) -> Registration | None:
    """The registration that the same number or the same filled-in form has made before."""
    if not hashed and not request.request_key:
        return None
    # Nothing equals null, so that what is not given finds nobody.
    given = {"event_id": event.id, "phone_hash": hashed, "request_key": request.request_key}
    found = db.session.connection().execute(_SAME, given).scalar()
    return None if found is None else db.session.get(Registration, found)


class _Made(NamedTuple):
    """What was written down: the outcome, if the party has seats."""

    outcome: Registered
    is_seated: bool


def _insert(
    event: Event,
    request: RegistrationRequest,
    hashed: str | None,
    values: dict[str, Any],
    *,
    vault: Vault,
    now: datetime,
) -> _Made | Registration:
    """Adds the row with its seats, or on the list; or gives the one that another process added first.

    Without the unit of work: it takes longer than the database does, and others wait in line meanwhile.
    """
    connection = db.session.connection()
    for _ in range(_CODE_TRIES):
        with connection.begin_nested() as savepoint:
            is_seated = seats.take(event, request.party_size, now=now)
            guest_id, token = _guest(request, hashed, vault=vault, now=now)
            row = {
                **values,
                "guest_id": guest_id,
                "event_id": event.id,
                "code": spoken_code(),
                "state": "confirmed" if is_seated else "waitlisted",
                "phone_hash": hashed,
                "request_key": request.request_key,
                "created_at": now,
            }
            added = connection.execute(_adding(connection.dialect.name, Registration), row).scalar()
            if added is not None:
                return _Made(Registered(added, token, row["code"], request.party_size), is_seated)
            savepoint.rollback()
        # Either the guest came twice at once, or the code is in use at this event: look, then try again.
        existing = _existing(event, request, hashed)
        if existing is not None:
            return existing
    raise ConflictError(N_("We could not save this just now. Please try again."))


def _revive(
    row: Registration,
    event: Event,
    request: RegistrationRequest,
    hashed: str | None,
    values: dict[str, Any],
    *,
    vault: Vault,
    now: datetime,
) -> _Made:
    """Brings a cancelled registration back to life, with seats or on the list."""
    before = row.guest_id
    row.guest_id, token = _guest(request, hashed, vault=vault, now=now)
    row.passed_count = 0
    for name, value in values.items():
        setattr(row, name, value)
    is_seated = seats.take(event, row.party_size, now=now)
    row.state = "confirmed" if is_seated else "waitlisted"
    db.session.flush()
    if row.guest_id != before:
        # The pass that it was on before may be for other events, and must outlive the key of this one.
        resealing.seal_anew([before], key=event_key(event.public_id), vault=vault)
    db.session.expire(row, ["guest"])
    return _Made(Registered(row.id, token, row.code, row.party_size), is_seated)


def _guest(
    request: RegistrationRequest, hashed: str | None, *, vault: Vault, now: datetime
) -> tuple[int, str]:
    """Id and token of the pass this belongs on: one that the asker has shown to hold, or a new one."""
    if request.pass_token:
        held = db.session.scalar(_GUEST, {"token_hash": token_hash(vault, request.pass_token)})
        # Browsers are shared, in libraries above all: a pass is only continued by its own number.
        if held is not None and request.phone and open_guest(vault, held.sealed).phone == request.phone:
            return held.id, request.pass_token
    is_proven = request.is_phone_proven and hashed is not None
    token = link_token()
    row = {
        "token_hash": token_hash(vault, token),
        "proven_phone_hash": hashed if is_proven else None,
        "sealed": seal_guest(
            vault,
            GuestFacts(token, request.locale, request.first_name, request.phone),
            key=event_key(request.event_public_id),
        ),
        "created_at": now,
    }
    connection = db.session.connection()
    added = connection.execute(_adding(connection.dialect.name, Guest), row).scalar()
    if added is not None:
        return added, token
    proven = db.session.execute(select(Guest).where(Guest.proven_phone_hash == hashed)).scalar_one()
    return proven.id, open_guest(vault, proven.sealed).token


@cache
def _adding(_dialect: str, table: type[Guest | Registration]) -> Any:
    """Adds a row unless it would be a second one; made once for each kind of database and table."""
    return insert(table.__table__).on_conflict_do_nothing().returning(table.__table__.c.id)


def _already(row: Registration, request: RegistrationRequest, vault: Vault) -> AlreadyRegistered:
    token = open_guest(vault, row.guest.sealed).token
    is_shown = (
        request.is_phone_proven
        or request.pass_token == token
        or (request.request_key is not None and row.request_key == request.request_key)
    )
    return AlreadyRegistered(row.id, token if is_shown else None, row.code, row.party_size, row.state)


def _wait(made: Registered, event: Event, *, now: datetime) -> Outcome:
    """Puts a party on the list, or in the seats that the list's first party cannot use. Flushes.

    Raises ConflictError when it has no seats because nobody can register any more, since a moment ago.
    """
    seats.join_list(event.id)
    seats.hand_on(event.id, now=now, present_id=made.registration_id)
    # Handing on has read the event anew.
    check_open(event, now=now)
    row = db.session.get_one(Registration, made.registration_id)
    if row.state != "waitlisted":
        return made
    return Waitlisted(row.id, made.pass_token, row.code, row.party_size, place_in_list(row))
