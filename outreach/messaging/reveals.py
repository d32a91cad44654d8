"""Lets staff see a guest's number when they must call and a second person agrees, and writes all of it down.

Who needs a number gives the reason, somebody else agrees within an hour, then the first sees it once. The
number is not in the log. There is no way around the second person, not even in danger: two people are quick
to find, and a door for haste would be used for curiosity.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.orm import joinedload

from outreach import audit
from outreach.chain import Deed
from outreach.database import db
from outreach.errors import (
    ConflictError,
    InvalidInputError,
    InvalidInputsError,
    NotAllowedError,
    NotFoundError,
)
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
#: So long a request can be agreed to, and so long after that the number can be seen.
OPEN_FOR = timedelta(hours=1)

_KEPT_FOR = timedelta(days=2 * 365)
#: Any of a number's last texts tells it; the newest may be damaged.
_TRIED = 8


@dataclass(frozen=True, slots=True)
class Revealed:
    """One line of the log: a request, and what became of it."""

    id: int
    at: datetime
    staff_name: str
    #: One of REASONS.
    reason: str
    #: None when it cannot be opened any more.
    note: str | None
    #: The same for the same number, and no way back to it.
    mark: str
    #: Who agreed or refused, if anybody did.
    decided_by: str | None
    is_agreed: bool | None
    shown_at: datetime | None
    #: Whether an administrator has taken note of a number that was shown.
    is_read: bool


#: How far somebody's newest request for a number has come.
Standing = Literal["none", "waiting", "refused", "agreed"]


def ask(phone: str, *, staff_id: int, reason: str, note: str, vault: Vault, now: datetime) -> int:
    """Asks that somebody is shown a number; returns the request's id. Flushes.

    Raises InvalidInputsError without a reason in both forms, one of REASONS and a few words, and
    ConflictError while an earlier request of theirs for this number is open.
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
    if standing(phone, staff_id=staff_id, vault=vault, now=now) in ("waiting", "agreed"):
        raise ConflictError(N_("You have asked for this number already."))
    row = Reveal(
        staff_id=staff_id,
        at=now,
        phone_hash=phone_hash(vault, phone),
        reason=reason,
        sealed=vault.seal({"note": note}, place=_PLACE),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Deed.NUMBER_ASKED, staff_id=staff_id, subject=f"reveal:{row.id}", now=now)
    return row.id


def decide(reveal_id: int, *, is_agreed: bool, by_id: int, now: datetime) -> None:
    """Agrees to a request of somebody else, or refuses it. Flushes.

    Raises NotAllowedError for one's own, ConflictError for one that is decided, over an hour old, or none.
    """
    asker_id = db.session.scalar(select(Reveal.staff_id).where(Reveal.id == reveal_id))
    if asker_id == by_id:
        raise NotAllowedError(N_("You asked for this number. Somebody else must agree."))
    decided = db.session.execute(
        update(Reveal)
        .where(
            Reveal.id == reveal_id,
            Reveal.staff_id != by_id,
            Reveal.decided_at.is_(None),
            Reveal.at > now - OPEN_FOR,
        )
        .values(decided_by_id=by_id, decided_at=now, is_agreed=is_agreed)
        .returning(Reveal.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if decided is None:
        raise ConflictError(N_("This request is decided or too old."))
    deed = Deed.NUMBER_APPROVED if is_agreed else Deed.NUMBER_REFUSED
    audit.record(deed, staff_id=by_id, subject=f"reveal:{reveal_id}", now=now)


def standing(phone: str, *, staff_id: int, vault: Vault, now: datetime) -> Standing:
    """How far somebody's newest request for a number has come; one that is used up or too old is none."""
    row = db.session.execute(
        select(Reveal.at, Reveal.is_agreed, Reveal.decided_at, Reveal.shown_at)
        .where(
            Reveal.staff_id == staff_id,
            Reveal.phone_hash == phone_hash(vault, phone),
            Reveal.at > now - 2 * OPEN_FOR,
        )
        .order_by(Reveal.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.shown_at is not None:
        return "none"
    if row.decided_at is None:
        return "waiting" if row.at > now - OPEN_FOR else "none"
    if row.decided_at <= now - OPEN_FOR:
        return "none"
    return "agreed" if row.is_agreed else "refused"


def show(phone: str, *, staff_id: int, vault: Vault, now: datetime) -> None:
    """Uses up the request that somebody else agreed to. Flushes; the number may be shown once committed.

    Raises ConflictError where there is none: nobody agreed, it was used, or an hour has passed.
    """
    shown = db.session.execute(
        update(Reveal)
        .where(
            Reveal.staff_id == staff_id,
            Reveal.phone_hash == phone_hash(vault, phone),
            Reveal.is_agreed.is_(True),
            Reveal.decided_at > now - OPEN_FOR,
            Reveal.shown_at.is_(None),
        )
        .values(shown_at=now)
        .returning(Reveal.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if shown is None:
        raise ConflictError(N_("Nobody has agreed yet, or the number was shown already. Ask again."))
    audit.record(Deed.NUMBER_SHOWN, staff_id=staff_id, subject=f"reveal:{shown}", now=now)


def waiting(*, but_of: int, vault: Vault, now: datetime) -> list[Revealed]:
    """The requests of others that somebody may agree to now, the oldest first; one query."""
    rows = db.session.scalars(_lines().where(*_open_to(but_of, now)).order_by(Reveal.id))
    return [_revealed(row, vault) for row in rows]


def waiting_count(*, but_of: int, now: datetime) -> int:
    """How many those are."""
    return db.session.scalar(select(func.count(Reveal.id)).where(*_open_to(but_of, now))) or 0


def unread_count() -> int:
    """How many numbers were shown that no administrator has taken note of."""
    wanted = select(func.count(Reveal.id)).where(Reveal.shown_at.is_not(None), Reveal.read_at.is_(None))
    return db.session.scalar(wanted) or 0


def set_read(up_to_id: int, *, now: datetime) -> None:
    """Notes that an administrator has read the log up to a line."""
    db.session.execute(
        update(Reveal)
        .where(Reveal.id <= up_to_id, Reveal.shown_at.is_not(None), Reveal.read_at.is_(None))
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


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
        _lines().order_by(Reveal.id.desc()).offset((number - 1) * per_page).limit(per_page)
    )
    return [_revealed(row, vault) for row in rows]


def count() -> int:
    """How many lines the log has."""
    return db.session.scalar(select(func.count(Reveal.id))) or 0


def forget(*, now: datetime) -> int:
    """Deletes what is two years old, unless a hold keeps it; returns how many lines."""
    if is_paused("reveals", None, holds.active()):
        return 0
    gone = db.session.execute(delete(Reveal).where(Reveal.at <= now - _KEPT_FOR).returning(Reveal.id))
    return len(gone.all())


def _open_to(staff_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Reveal.staff_id != staff_id, Reveal.decided_at.is_(None), Reveal.at > now - OPEN_FOR)


def _lines() -> Select[Reveal]:
    return (
        select(Reveal)
        .options(joinedload(Reveal.staff), joinedload(Reveal.decided_by))
        .execution_options(populate_existing=True)
    )


def _revealed(row: Reveal, vault: Vault) -> Revealed:
    return Revealed(
        row.id,
        row.at,
        row.staff.name,
        row.reason,
        _note(row, vault),
        _mark(row, vault),
        row.decided_by.name if row.decided_by else None,
        row.is_agreed,
        row.shown_at,
        row.read_at is not None,
    )


def _note(row: Reveal, vault: Vault) -> str | None:
    try:
        note: str = vault.open(row.sealed, place=_PLACE)["note"]
    except SealedValueError:
        return None
    return note


def _mark(row: Reveal, vault: Vault) -> str:
    # The hash itself leads to everything else that is held of a number.
    return vault.hash(row.phone_hash, purpose="reveal")[:6]
