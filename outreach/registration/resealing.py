"""Guests of several events: sealed with the key of one, and with another's before that one dies."""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import select, update

from outreach.database import db
from outreach.events.models import Event
from outreach.keystore import event_key
from outreach.registration.guests import open_guest, seal_guest
from outreach.registration.models import Guest, Registration
from outreach.vault import SealedValueError, Vault

_AT_ONCE = 500


def seal_anew(guest_ids: Sequence[int], *, key: str, vault: Vault) -> None:
    """Seals those of the guests that are under a key with the key of the last event they are registered for.

    Whoever is registered for nothing stays as they are. Flushes.
    """
    for first in range(0, len(guest_ids), _AT_ONCE):
        rows = db.session.execute(
            select(Guest.id, Guest.sealed, Event.public_id)
            .join(Registration, Registration.guest_id == Guest.id)
            .join(Event)
            .where(Guest.id.in_(guest_ids[first : first + _AT_ONCE]))
            .order_by(Guest.id, Event.ends_at, Event.id)
            .with_for_update(of=Guest)
        )
        last = {guest_id: (sealed, event_key(public_id)) for guest_id, sealed, public_id in rows}
        for guest_id, (sealed, other) in last.items():
            if vault.key_of(sealed) != key or key == other:
                continue
            # One whose key is lost already cannot be saved, and must not keep the others from it.
            with suppress(SealedValueError):
                again = seal_guest(vault, open_guest(vault, sealed), key=other)
                db.session.execute(update(Guest).where(Guest.id == guest_id).values(sealed=again))
