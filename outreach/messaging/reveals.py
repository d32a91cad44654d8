"""Lets staff see a guest's number when they must call, and writes down who saw one, when and why.

The number is shown once, to whoever gave the reason, and is not in the log.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, NotFoundError
from outreach.i18n import N_
from outreach.messaging import inbound
from outreach.messaging.models import InboundMessage, Message, Reveal
from outreach.messaging.overview import NOT_REACHED
from outreach.registration import holds
from outreach.registration.guests import phone_hash
from outreach.registration.pauses import is_paused
from outreach.vault import SealedValueError, Vault

REASONS: Mapping[str, str] = {
    "asked": N_("The guest asks to be called"),
    "not_reached": N_("No text reaches the guest"),
    "danger": N_("Somebody may be in danger"),
    "other": N_("Another reason"),
}
NOTE_CHARACTERS = 200

_PLACE = "reveal"
_KEPT_FOR = timedelta(days=2 * 365)
#: Any of a number's last texts tells it; the newest may be damaged.
_TRIED = 8


@dataclass(frozen=True, slots=True)
class Revealed:
    """One line of the log."""

    at: datetime
    staff_name: str
    #: One of REASONS.
    reason: str
    #: None when it cannot be opened any more.
    note: str | None
    #: The same for the same number, and no way back to it.
    mark: str


def reveal(phone: str, *, staff_id: int, reason: str, note: str, vault: Vault, now: datetime) -> None:
    """Writes down that somebody is shown a number. Flushes; the number may be shown once it is committed.

    Asked twice it writes twice: each look counts. Raises InvalidInputsError without a reason in both
    forms, one of REASONS and a few words.
    """
    problems = []
    if reason not in REASONS:
        problems.append(InvalidInputError(N_("Choose a reason from the list."), field="reason"))
    if not 0 < len(note) <= NOTE_CHARACTERS:
        problems.append(
            InvalidInputError(
                N_("Say in a few words why, in at most %(count)s characters."),
                field="note",
                count=NOTE_CHARACTERS,
            )
        )
    if problems:
        raise InvalidInputsError(problems)
    db.session.add(
        Reveal(
            staff_id=staff_id,
            at=now,
            phone_hash=phone_hash(vault, phone),
            reason=reason,
            sealed=vault.seal({"note": note}, place=_PLACE),
        )
    )
    db.session.flush()


def phone_of_conversation(hashed: str, *, vault: Vault) -> str:
    """The number behind a conversation. Raises ConflictError when it cannot be opened any more."""
    rows = db.session.scalars(
        select(InboundMessage)
        .where(InboundMessage.phone_hash == hashed)
        .order_by(InboundMessage.id.desc())
        .limit(_TRIED)
    )
    for row in rows:
        with suppress(SealedValueError):
            return inbound.opened(row, vault=vault).phone
    raise ConflictError(N_("This number cannot be read any more."))


def phone_of_missed(message_id: int, *, vault: Vault) -> str:
    """The number that a text may not have reached. Raises NotFoundError for any other text."""
    sealed = db.session.scalar(
        select(Message.sealed).where(Message.id == message_id, Message.state.in_(NOT_REACHED))
    )
    if sealed is None:
        raise NotFoundError(N_("There is no such page."))
    try:
        phone: str = vault.open(sealed, place="message")["to"]
    except SealedValueError:
        raise ConflictError(N_("This number cannot be read any more.")) from None
    return phone


def listed(*, vault: Vault, number: int, per_page: int) -> list[Revealed]:
    """One page of the log, counted from 1, the newest line first; one query."""
    rows = db.session.scalars(
        select(Reveal)
        .options(joinedload(Reveal.staff))
        .order_by(Reveal.id.desc())
        .offset((number - 1) * per_page)
        .limit(per_page)
    )
    return [
        Revealed(row.at, row.staff.name, row.reason, _note(row, vault), _mark(row, vault)) for row in rows
    ]


def count() -> int:
    """How many lines the log has."""
    return db.session.scalar(select(func.count(Reveal.id))) or 0


def forget(*, now: datetime) -> int:
    """Deletes what is two years old, unless a hold keeps it; returns how many lines."""
    if is_paused("reveals", None, holds.active()):
        return 0
    gone = db.session.execute(delete(Reveal).where(Reveal.at <= now - _KEPT_FOR).returning(Reveal.id))
    return len(gone.all())


def _note(row: Reveal, vault: Vault) -> str | None:
    try:
        note: str = vault.open(row.sealed, place=_PLACE)["note"]
    except SealedValueError:
        return None
    return note


def _mark(row: Reveal, vault: Vault) -> str:
    # The hash itself leads to everything else that is held of a number.
    return vault.hash(row.phone_hash, purpose="reveal")[:6]
