"""Carries out what the dialogue decided, through the one registration, and says what became of it.

Sends nothing. A registration is only ever touched for the number that it belongs to.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import joinedload, selectinload

from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events.models import Event
from outreach.messaging import turns
from outreach.messaging.facts import event_facts, event_with_id, registration_facts
from outreach.messaging.phrases import MessageFacts
from outreach.messaging.turns import EventFacts, Refused
from outreach.registration import requests, service
from outreach.registration.guests import open_guest, phone_hash, seal_guest
from outreach.registration.models import Guest, Registration
from outreach.vault import Vault


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose words are carried out, in which language, and when."""

    #: None for one who calls without showing a number.
    phone: str | None
    locale: str
    #: What we asked and what was answered, word for word.
    wording: str
    vault: Vault
    now: datetime
    #: A text comes from its number; the number of a call can be forged.
    door: Literal["text", "voice"] = "text"
    #: Of what was asked, so that it counts once where there is no number.
    request_key: str | None = None

    @property
    def is_listening(self) -> bool:
        """Whether what is told is said and not written."""
        return self.door == "voice"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an attempt, and the registration that it was about."""

    outcome: turns.Outcome
    row: Registration | None = None


def carry_out(attempt: turns.Attempt, caller: Caller) -> Done:
    """Does what a guest asked for, or finds why it cannot be done. Flushes."""
    match attempt:
        case turns.Register():
            return _register(attempt, caller)
        case turns.Cancel(registration_id):
            return _cancel(registration_id, caller)
        case turns.ChangeParty(registration_id, party_size):
            return _change_party(registration_id, party_size, caller)
        case turns.AcceptOffer(registration_id):
            return _accept_offer(registration_id, caller)
        case turns.DeclineOffer(registration_id):
            return _decline_offer(registration_id, caller)
        case turns.Reaffirm(registration_id):
            return _reaffirm(registration_id, caller)


def speak_from_now_on(rows: list[Registration], locale: str, *, vault: Vault) -> None:
    """Changes the language of the guests of some registrations, so that reminders come in it."""
    for guest in {row.guest.id: row.guest for row in rows}.values():
        facts = open_guest(vault, guest.sealed)
        if facts.locale != locale:
            again = seal_guest(vault, replace(facts, locale=locale), key=vault.key_of(guest.sealed))
            # Whoever was sealed anew meanwhile keeps the language they had, rather than a key that is to die.
            db.session.execute(
                update(Guest).where(Guest.id == guest.id, Guest.sealed == guest.sealed).values(sealed=again)
            )


def _register(attempt: turns.Register, caller: Caller) -> Done:
    request = requests.RegistrationRequest(
        attempt.event_public_id,
        attempt.locale,
        caller.door,
        attempt.party_size,
        phone=caller.phone,
        is_phone_proven=not caller.is_listening,
        needs=attempt.needs,
        consent=requests.Consent(caller.wording, is_for_calls=attempt.wants_calls)
        if attempt.wants_texts or attempt.wants_calls
        else None,
        request_key=caller.request_key,
    )
    try:
        made = service.register(request, vault=caller.vault, now=caller.now)
    except NotFoundError:
        return Done(Refused("gone"))
    except (InvalidInputError, ConflictError) as error:
        event = event_with_id(attempt.event_public_id, now=caller.now, is_spoken=caller.is_listening)
        if event is None:
            return Done(Refused("gone"))
        if isinstance(error, InvalidInputError):
            # A party that is larger than the whole room.
            return Done(Refused("full", event))
        refused = _refusal(event)
        if refused is None:
            raise
        return Done(refused)
    row = _row(Registration.id == made.registration_id)
    assert row is not None
    if isinstance(made, requests.AlreadyRegistered):
        return Done(turns.AlreadyRegistered(_told(row, caller)), row)
    return Done(turns.Told(_told(row, caller)), row)


def _cancel(registration_id: int, caller: Caller) -> Done:
    row = _own(registration_id, caller)
    if row is None or row.state == "cancelled":
        return Done(Refused("gone"))
    service.cancel(row, now=caller.now)
    return Done(turns.GivenUp(_told(row, caller)), row)


def _change_party(registration_id: int, party_size: int, caller: Caller) -> Done:
    row = _own(registration_id, caller)
    if row is None or row.state == "cancelled":
        return Done(Refused("gone"))
    refused = _refusal(event_facts(row.event, now=caller.now))
    if refused is not None:
        return Done(refused, row)
    try:
        service.change_party(row, party_size, now=caller.now)
    except (ConflictError, InvalidInputError):
        return Done(turns.PartyNotChanged(_told(row, caller)), row)
    return Done(turns.PartyChanged(_told(row, caller)), row)


def _accept_offer(registration_id: int, caller: Caller) -> Done:
    row = _own(registration_id, caller)
    if row is None:
        return Done(Refused("gone"))
    refused = _refusal(event_facts(row.event, now=caller.now))
    if refused is not None:
        return Done(refused, row)
    if service.accept_offer(row, now=caller.now):
        return Done(turns.Told(_told(row, caller)), row)
    return Done(turns.OfferLate(_told(row, caller)), row)


def _decline_offer(registration_id: int, caller: Caller) -> Done:
    """Lets the whole place go: whoever says no to seats does not want to be asked again."""
    row = _own(registration_id, caller)
    if row is None:
        return Done(Refused("gone"))
    if row.state != "offered":
        return Done(turns.OfferLate(_told(row, caller)), row)
    service.cancel(row, now=caller.now)
    return Done(turns.OfferDeclined(_told(row, caller)), row)


def _reaffirm(registration_id: int, caller: Caller) -> Done:
    row = _own(registration_id, caller)
    if row is None:
        return Done(Refused("gone"))
    refused = _refusal(event_facts(row.event, now=caller.now))
    # Whether others can still sign up is of no matter here.
    if refused is not None and refused.reason != "closed":
        return Done(refused, row)
    if not service.reaffirm(row, now=caller.now):
        return Done(Refused("gone"))
    return Done(turns.Reaffirmed(_told(row, caller)), row)


def _own(registration_id: int, caller: Caller) -> Registration | None:
    """A registration, if it belongs to the number that asks."""
    if caller.phone is None:
        return None
    hashed = phone_hash(caller.vault, caller.phone)
    return _row(Registration.id == registration_id, Registration.phone_hash == hashed)


def _row(*conditions: ColumnElement[bool]) -> Registration | None:
    return db.session.scalar(
        select(Registration)
        .where(*conditions)
        .options(
            joinedload(Registration.guest),
            joinedload(Registration.event).options(joinedload(Event.venue), selectinload(Event.texts)),
        )
    )


def _told(row: Registration, caller: Caller) -> MessageFacts:
    facts = registration_facts(row, now=caller.now, is_spoken=caller.is_listening)
    return facts.told(caller.locale)


def _refusal(event: EventFacts) -> Refused | None:
    if event.is_cancelled:
        return Refused("cancelled", event)
    if event.has_started:
        return Refused("started", event)
    return None if event.is_open else Refused("closed", event)
