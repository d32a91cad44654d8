"""What staff see of texts: how many stand where, and which did not reach anybody.

Never a number: staff look a guest up by event and code, where that is allowed and seen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased, joinedload

from outreach.database import db
from outreach.events.models import Event
from outreach.messaging.models import Message
from outreach.registration.models import Registration

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

    id: int
    purpose: str
    state: str
    at: datetime
    #: None for an answer to somebody who is not registered.
    place: Place | None


def counts() -> dict[str, int]:
    """How many texts are in each state; states without any are left out."""
    rows = db.session.execute(select(Message.state, func.count()).group_by(Message.state))
    return {state: count for state, count in rows}  # noqa: C416 (a row is no pair to the type checker)


def calls_placed() -> int:
    """How many calls the vendor placed for us, of those that are still known."""
    wanted = select(func.count(Message.id)).where(
        Message.channel == "voice", Message.accepted_at.is_not(None)
    )
    return db.session.scalar(wanted) or 0


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
            row.id,
            row.purpose,
            row.state,
            row.final_at or row.claimed_at or row.created_at,
            _place(row.registration),
        )
        for row in rows
    ]


def missed_count(*, now: datetime) -> int:
    """How many texts may not have reached their guests."""
    return db.session.scalar(_of_unreached(select(func.count(Message.id)), now)) or 0


def _of_unreached(query: Select[Any], now: datetime) -> Select[Any]:
    # What is told once more, by a call, is not lost yet.
    later = aliased(Message)
    return (
        query.outerjoin(Registration, Registration.id == Message.registration_id)
        .outerjoin(Event, Event.id == Registration.event_id)
        .where(
            Message.state.in_(NOT_REACHED),
            Event.id.is_(None) | (Event.ends_at > now),
            ~select(later.id)
            .where(
                later.registration_id == Message.registration_id,
                later.purpose == Message.purpose,
                later.channel == "voice",
                later.id > Message.id,
            )
            .exists(),
        )
    )


def _place(row: Registration | None) -> Place | None:
    return Place(row.event, row.code) if row else None
