"""Keeps the totals of an event's guests when they are forgotten: counts first, then lets them be deleted.

Registration forgets; what reached a guest and what it cost only this feature knows, and it is gone with
the guest.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import joinedload

from outreach.database import db
from outreach.events.models import Event
from outreach.messaging.estimates import CENTS_PER_CALL, CENTS_PER_PART
from outreach.messaging.models import Message
from outreach.registration import retention
from outreach.registration.guests import open_guest
from outreach.registration.keeping import Known, keep
from outreach.registration.models import Registration
from outreach.registration.turnout import PartyOutcome
from outreach.vault import SealedValueError, Vault

#: What a guest gets before an event to come to it.
REMINDERS = ("day_before", "two_hours_before")


def forget(event: Event, *, vault: Vault, now: datetime) -> int:
    """Keeps the totals of a held event and forgets its guests; returns how many parties. Flushes.

    A second call finds nobody and adds nothing, nor does one while a legal hold keeps them.
    """
    # It locks the event, so that no hold comes between counting and deleting.
    if retention.is_held(event):
        return 0
    if event.status == "held":
        keep(event, _parties(event, vault))
    return retention.forget(event, vault=vault, now=now)


def _parties(event: Event, vault: Vault) -> list[Known]:
    rows = db.session.scalars(
        select(Registration).where(Registration.event_id == event.id).options(joinedload(Registration.guest))
    ).all()
    told = {row.registration_id: row for row in db.session.execute(_told(event))}
    return [(_locale(row, vault), _outcome(row, told.get(row.id))) for row in rows]


def _told(event: Event) -> Any:
    """What reached each party of an event and what it took."""
    is_text = Message.channel == "text"
    reached = Message.purpose.in_(REMINDERS) & (Message.state == "delivered")
    parts = Message.segments * (1 + Message.resends) * CENTS_PER_PART
    left = Message.accepted_at.is_not(None)
    return (
        select(
            Message.registration_id,
            func.sum(case((reached, 1), else_=0)).label("reminders"),
            func.sum(case((left & is_text, parts), (left, CENTS_PER_CALL), else_=0.0)).label("cents"),
        )
        .join(Registration, Registration.id == Message.registration_id)
        .where(Registration.event_id == event.id)
        .group_by(Message.registration_id)
    )


def _outcome(row: Registration, told: Row[Any] | None) -> PartyOutcome:
    return PartyOutcome(
        row.door,
        row.state,
        row.party_size,
        row.arrived_count,
        is_reaffirmed=row.is_reaffirmed,
        is_reminded=told is not None and told.reminders > 0,
        cents=float(told.cents) if told is not None else 0.0,
    )


def _locale(row: Registration, vault: Vault) -> str | None:
    try:
        return open_guest(vault, row.guest.sealed).locale
    except SealedValueError:
        # A guest sealed with a key that is gone must be forgotten all the same.
        return None
