"""What staff see of texts: how many stand where, which did not reach anybody, and what waits for a person.

Never a number: staff look a guest up by event and code, where that is allowed and seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from outreach.database import db
from outreach.events.models import Event
from outreach.messaging import inbound
from outreach.messaging.models import InboundMessage, Message
from outreach.registration.models import Registration
from outreach.vault import SealedValueError, Vault

#: What may not have reached the guest, so that somebody should call instead.
NOT_REACHED = ("unknown", "dead", "failed", "undelivered", "expired")


@dataclass(frozen=True, slots=True)
class Place:
    """A registration as staff look it up: event and code."""

    event: Event
    code: str


@dataclass(frozen=True, slots=True)
class Missed:
    """One text that may not have reached its guest."""

    purpose: str
    state: str
    at: datetime
    #: None for an answer to somebody who is not registered.
    place: Place | None


@dataclass(frozen=True, slots=True)
class Wrote:
    """One incoming text."""

    #: None when it cannot be opened any more.
    words: str | None
    at: datetime
    #: For one who called instead and is to be called back: in which language.
    call_locale: str | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one number wrote that a person should read."""

    #: Of the last text; by it all of them are marked as done.
    id: int
    texts: tuple[Wrote, ...]
    places: tuple[Place, ...]


def counts() -> dict[str, int]:
    """How many texts are in each state; states without any are left out."""
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {state: count for state, count in rows}  # noqa: C416 (a row is no pair to the type checker)


def missed(*, now: datetime, limit: int) -> list[Missed]:
    """Texts that may not have reached their guests, about what is not over yet, the newest first."""
    rows = db.session.scalars(
        _of_unreached(select(Message), now)
        .options(joinedload(Message.registration).joinedload(Registration.event).selectinload(Event.texts))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(limit)
    )
    return [
        Missed(
            row.purpose, row.state, row.final_at or row.claimed_at or row.created_at, _place(row.registration)
        )
        for row in rows
    ]


def missed_count(*, now: datetime) -> int:
    """How many texts may not have reached their guests."""
    return db.session.scalar(_of_unreached(select(func.count(Message.id)), now)) or 0


def waiting(*, vault: Vault, now: datetime, limit: int) -> list[Waiting]:
    """What a person should read, by number, each with the events that it comes to."""
    found = inbound.for_person(limit=limit)
    places = _places({rows[-1].phone_hash for rows in found}, now)
    return [
        Waiting(
            rows[-1].id,
            tuple(_wrote(row, vault) for row in rows),
            tuple(places.get(rows[-1].phone_hash, ())),
        )
        for rows in found
    ]


def _of_unreached(query: Select[Any], now: datetime) -> Select[Any]:
    return (
        query.outerjoin(Registration, Registration.id == Message.registration_id)
        .outerjoin(Event, Event.id == Registration.event_id)
        .where(Message.state.in_(NOT_REACHED), Event.id.is_(None) | (Event.ends_at > now))
    )


def _wrote(row: InboundMessage, vault: Vault) -> Wrote:
    try:
        text = inbound.opened(row, vault=vault)
    except SealedValueError:
        return Wrote(None, row.received_at)
    return Wrote(text.body, row.received_at, text.call_locale)


def _places(hashes: Iterable[str], now: datetime) -> dict[str, list[Place]]:
    rows = db.session.scalars(
        select(Registration)
        .join(Event)
        .where(
            Registration.phone_hash.in_(list(hashes)),
            Registration.state != "cancelled",
            Event.ends_at > now,
        )
        .options(joinedload(Registration.event).options(selectinload(Event.texts)))
        .order_by(Event.starts_at, Registration.id)
    )
    found: dict[str, list[Place]] = {}
    for row in rows:
        found.setdefault(row.phone_hash or "", []).append(Place(row.event, row.code))
    return found


def _place(row: Registration | None) -> Place | None:
    return Place(row.event, row.code) if row else None
