"""What the holder of a pass may decide about texts, and which pass a browser already holds; knows no page."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from outreach.database import db
from outreach.errors import ConflictError, NotFoundError
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.registration.consent_words import VERSION
from outreach.registration.guests import open_guest, token_hash
from outreach.registration.ledger import GRANTED, STOPPED, record_consent
from outreach.registration.models import Guest, Registration
from outreach.registration.requests import Consent, Door
from outreach.registration.scopes import of_event
from outreach.vault import Vault


def held_pass(tokens: Iterable[str], phone: str, *, vault: Vault) -> str | None:
    """Which of these passes was made with a number; None when none was."""
    by_hash = {token_hash(vault, token): token for token in tokens}
    for guest in db.session.scalars(select(Guest).where(Guest.token_hash.in_(by_hash))):
        if open_guest(vault, guest.sealed).phone == phone:
            return by_hash[guest.token_hash]
    return None


def registration_on(guest: Guest, event_public_id: str) -> Registration:
    """A guest's registration for one event. Raises NotFoundError."""
    row = db.session.scalar(
        select(Registration)
        .join(Event)
        .where(Registration.guest_id == guest.id, Event.public_id == event_public_id)
    )
    if row is None:
        raise NotFoundError(N_("There is no such page."))
    return row


def start_texts(
    row: Registration, consent: Consent, *, locale: str, door: Door, vault: Vault, now: datetime
) -> None:
    """Lets texts about a registration be sent, or calls be placed instead. Flushes.

    The words that were agreed to are kept. A number that was stopped stays so until START comes from
    it. Raises ConflictError for a guest who gave no number.
    """
    if row.phone_hash is None:
        raise ConflictError(N_("You gave us no phone number, so we cannot text you."))
    row.wants_texts, row.wants_calls = not consent.is_for_calls, consent.is_for_calls
    record_consent(
        row.phone_hash,
        GRANTED,
        consent.wording,
        locale,
        scope=of_event(row.event_id),
        version=consent.version,
        source=door,
        vault=vault,
        now=now,
    )
    db.session.flush()


def end_texts(
    row: Registration, wording: str, *, locale: str, door: Door, vault: Vault, now: datetime
) -> None:
    """Ends texts and calls about one registration, in the words of the button; others go on. Flushes.

    Twice is harmless.
    """
    if (row.wants_texts or row.wants_calls) and row.phone_hash is not None:
        record_consent(
            row.phone_hash,
            STOPPED,
            wording,
            locale,
            scope=of_event(row.event_id),
            version=VERSION,
            source=door,
            vault=vault,
            now=now,
        )
    row.wants_texts = row.wants_calls = False
    db.session.flush()
