"""Looks up what decides about the texts of registrations, for whoever asks what is owed; changes nothing."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from sqlalchemy import select

from outreach.database import db
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.events.reminding import offsets
from outreach.messaging.due import Channel, Expectation, Offer, Purpose, RegistrationState, is_silenced
from outreach.messaging.models import Suppression
from outreach.registration.models import Registration
from outreach.registration.retention import KEPT_AFTER_EVENT
from outreach.registration.scopes import Reason, of_event, silence

#: Databases bound the length of a list in a statement.
BATCH = 200

_STATES: frozenset[str] = frozenset(get_args(RegistrationState))
#: Purposes that are derived from state, and so may be owed no longer when it changes.
DERIVED: frozenset[str] = frozenset(get_args(Purpose))


def expectations(registration_ids: Iterable[int]) -> dict[int, Expectation]:
    """What decides about each of these registrations, by id; two queries, whatever their number.

    A number that gets no texts about the event has no consent, whatever the registration says; one that
    only calls reach is called.
    """
    rows = db.session.execute(
        select(
            Registration.id,
            Registration.event_id,
            Registration.state,
            Registration.wants_texts,
            Registration.wants_calls,
            Registration.phone_hash,
            Registration.created_at,
            Registration.changed_at,
            Registration.offer_number,
            Registration.offer_expires_at,
            Registration.arrived_count,
            Event.kind,
            Event.reminders,
            Event.status,
            Event.version,
            Event.starts_at,
            Event.ends_at,
            Event.time_zone,
            Event.moved_at,
            Event.moved_from_at,
            Event.cancelled_at,
            Event.closed_at,
        )
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.id.in_(list(registration_ids)))
    ).all()
    silent = suppressions(row.phone_hash for row in rows)
    return {row.id: _expectation(row, silent) for row in rows if row.state in _STATES}


def suppressions(hashes: Iterable[str | None]) -> dict[str, dict[str, Reason]]:
    """What is on record against texts to these numbers, by scope, for `scopes.silence`."""
    asked = {each for each in hashes if each is not None}
    rows = db.session.execute(
        select(Suppression.phone_hash, Suppression.scope, Suppression.reason).where(
            Suppression.phone_hash.in_(asked)
        )
    )
    found: dict[str, dict[str, Reason]] = {}
    for hashed, scope, reason in rows:
        found.setdefault(hashed, {})[scope] = reason  # type: ignore[assignment]  # only these are written
    return found


def _expectation(row: Any, silent: Mapping[str, Mapping[str, Reason]]) -> Expectation:
    why_silent = silence(silent.get(row.phone_hash, {}), of_event(row.event_id))
    channel: Channel = "voice" if row.wants_calls or why_silent == "voice_only" else "text"
    has_agreed = row.phone_hash is not None and (row.wants_texts or row.wants_calls)
    is_offered = row.state == "offered" and row.offer_expires_at is not None
    return Expectation(
        registration_id=row.id,
        state=row.state,
        has_consent=has_agreed and not is_silenced(why_silent, channel),
        registered_at=row.created_at,
        changed_at=row.changed_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.time_zone,
        event_version=row.version,
        event_status=row.status,
        reminder_offsets=offsets(row.reminders, KINDS[row.kind].reminder_offsets),
        moved_at=row.moved_at,
        moved_from_at=row.moved_from_at,
        cancelled_at=row.cancelled_at,
        offer=Offer(row.offer_number, row.offer_expires_at) if is_offered else None,
        offers_made=row.offer_number,
        arrived_count=row.arrived_count,
        closed_at=row.closed_at,
        forgotten_at=row.ends_at + KEPT_AFTER_EVENT,
        channel=channel,
    )
