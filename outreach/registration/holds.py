"""Placing and lifting legal holds, and what they are now; which deletion waits is said in `pauses`."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, selectinload

from outreach import audit
from outreach.chain import Deed
from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError
from outreach.events.drafts import PUBLIC_STATUSES
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.registration import seats
from outreach.registration.models import Attendance, LegalHold
from outreach.registration.pauses import DELETED_SOME_DAY, OF_ONE_EVENT, Hold

COUNSEL_CHARACTERS, REASON_CHARACTERS = 120, 300


def active() -> tuple[Hold, ...]:
    """Every hold that is not lifted; one query."""
    rows = db.session.execute(
        select(LegalHold.holding_id, LegalHold.event_id).where(LegalHold.lifted_at.is_(None))
    )
    return tuple(Hold(*row) for row in rows)


def place(
    *,
    counsel: str,
    reason: str,
    holding_id: str | None = None,
    event: Event | None = None,
    is_silent: bool = False,
    by_id: int | None,
    now: datetime,
) -> LegalHold:
    """Keeps all of one event, or one holding of all events or of one, until the hold is lifted. Flushes.

    Nothing that is gone comes back by it. Raises InvalidInputsError unless counsel, reason and a scope are
    named, ConflictError for an event that was never public, or all of an event whose guests are forgotten
    already.
    """
    problems = [
        InvalidInputError(N_("Enter 1 to %(count)s characters."), field=field, count=most)
        for field, text, most in (
            ("counsel", counsel, COUNSEL_CHARACTERS),
            ("reason", reason, REASON_CHARACTERS),
        )
        if not 0 < len(text) <= most
    ]
    if (event is None and holding_id is None) or holding_id not in (None, *DELETED_SOME_DAY):
        problems.append(InvalidInputError(N_("Name one event, or one thing that we hold."), field="scope"))
    elif event is not None and holding_id not in (None, *OF_ONE_EVENT):
        problems.append(
            InvalidInputError(N_("Of one event alone, only ballots or cards can be named."), field="scope")
        )
    if problems:
        raise InvalidInputsError(problems)
    if event is not None:
        _require_something_kept(event, holding_id)
    row = LegalHold(
        holding_id=holding_id,
        event_id=event.id if event else None,
        counsel=counsel,
        reason=reason,
        is_silent=is_silent,
        placed_at=now,
        placed_by_id=by_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(Deed.HOLD_PLACED, staff_id=by_id, subject=_subject(row), now=now)
    return row


def lift(hold_id: int, *, by_id: int | None, now: datetime) -> None:
    """Ends a hold; the next round deletes what waited for it. Flushes.

    Raises ConflictError for one that is lifted already, or never was.
    """
    lifted = db.session.execute(
        update(LegalHold)
        .where(LegalHold.id == hold_id, LegalHold.lifted_at.is_(None))
        .values(lifted_at=now)
        .returning(LegalHold.id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if lifted is None:
        raise ConflictError(N_("There is no such hold, or it was lifted already."))
    row = db.session.get_one(LegalHold, hold_id, populate_existing=True)
    audit.record(Deed.HOLD_LIFTED, staff_id=by_id, subject=_subject(row), now=now)


def listed() -> list[LegalHold]:
    """All holds, the newest first, with what they name, ready to be shown."""
    event = joinedload(LegalHold.event)
    return list(
        db.session.scalars(
            select(LegalHold)
            .options(event.selectinload(Event.texts), joinedload(LegalHold.placed_by))
            .order_by(LegalHold.id.desc())
        )
    )


def announced() -> list[LegalHold]:
    """The holds that everybody is told of, the oldest first."""
    return list(
        db.session.scalars(
            select(LegalHold)
            .where(LegalHold.lifted_at.is_(None), ~LegalHold.is_silent)
            .options(selectinload(LegalHold.event).selectinload(Event.texts))
            .order_by(LegalHold.id)
        )
    )


def _require_something_kept(event: Event, holding_id: str | None) -> None:
    if event.status not in PUBLIC_STATUSES:
        raise ConflictError(N_("This event was never public. Nobody could sign up for it."))
    # What deletes takes the same lock, so that one of the two comes first.
    seats.lock(event.id)
    if holding_id is not None:
        return
    forgotten = db.session.scalar(
        select(Attendance.forgotten_at).where(
            Attendance.event_id == event.id, Attendance.forgotten_at.is_not(None)
        )
    )
    if forgotten is not None:
        raise ConflictError(
            N_("The guests of this event are forgotten already. Only its ballots or cards may be left.")
        )


def _subject(row: LegalHold) -> str:
    named = [row.holding_id] if row.holding_id else []
    if row.event_id is not None:
        named.append(f"event_{row.event_id}")
    return f"hold:{row.id}:{'_'.join(named)}"
