"""What coordinators do to promises: write down what was done, name owners, keep open items.

Every change leaves a row in the history. Two people may do so at once: an edit counts only on the
revision that was seen, a thing is withdrawn, acknowledged or closed once.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from outreach.accounts.models import Staff
from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, NotFoundError
from outreach.i18n import N_
from outreach.plan import history
from outreach.plan.aims import ProgressKind
from outreach.plan.bodies import Bodies, Body, all_bodies
from outreach.plan.deeds import DeedDraft, fitted, is_personal, problems_of
from outreach.plan.due_words import read_due
from outreach.plan.models import Commitment, Plan, PlanEvidence, PlanItem
from outreach.policy import Action, is_allowed

ITEM_CHARACTERS = 300
WORDS_CHARACTERS = 200

_NO_SUCH = N_("There is no such page.")


@dataclass(frozen=True, slots=True)
class PromiseEdit:
    """What a coordinator may say of a promise beside its file."""

    #: "staff:5", a body's key, or "" for whoever the plan prints.
    owner: str
    #: By when, in words; they are read as `due_words` does.
    due_words: str
    #: Names of those whom it must reach; none where that follows from the plan's words.
    expected: tuple[str, ...]


def commitment_of(commitment_id: int) -> Commitment:
    """The promise of an id. Raises NotFoundError."""
    row = db.session.get(Commitment, commitment_id)
    if row is None:
        raise NotFoundError(_NO_SUCH)
    return row


def owner_key(row: Commitment, bodies: Bodies) -> str:
    """Who looks after a promise, as `PromiseEdit` writes it."""
    if row.owner_staff_id is not None:
        return f"staff:{row.owner_staff_id}"
    body = row.owner_organization_id and bodies.of(None, row.owner_organization_id)
    return body.key if body else ""


def can_look_after(staff: Staff) -> bool:
    """Whether somebody may be a promise's owner: they sign in here, and see the plan."""
    return staff.is_active and is_allowed(staff.actor, Action.SEE_PLAN)


def owners() -> list[tuple[int, str]]:
    """Everybody of the staff who may look after a promise, by name. One query."""
    people = select(Staff).options(joinedload(Staff.organization)).order_by(Staff.name, Staff.id)
    return [(staff.id, staff.name) for staff in db.session.scalars(people) if can_look_after(staff)]


def edit(row: Commitment, draft: PromiseEdit, *, revision: int, staff_id: int, now: datetime) -> None:
    """Says anew who looks after a promise, by when it is due and whom it must reach. Flushes.

    Words for a time that did not change keep the days that the file gave them. Raises InvalidInputsError,
    and ConflictError when `revision` is not the promise's: somebody else was quicker.
    """
    bodies = all_bodies()
    problems = _text_problems(draft, bodies)
    owner_name, values = _owner(draft.owner, bodies, problems)
    _check_owner(row, draft.owner, values["owner_staff_id"], bodies, problems)
    if problems:
        raise InvalidInputsError(problems)
    changes = _changes(row, draft, owner_name, bodies)
    _write(row, {**values, "expected": list(draft.expected), **_due_values(row, draft.due_words)}, revision)
    for what, old, new in changes:
        history.note(row.plan_id, row.ref, what, staff_id=staff_id, now=now, old=old, new=new)
    db.session.flush()


def _text_problems(draft: PromiseEdit, bodies: Bodies) -> list[InvalidInputError]:
    found = [
        InvalidInputError(
            N_("There is no place or organization named %(name)s."), field="expected", name=name
        )
        for name in draft.expected
        if bodies.named(name) is None
    ]
    if len(draft.due_words) > WORDS_CHARACTERS:
        found.append(
            InvalidInputError(N_("Use at most %(count)s letters."), field="due_words", count=WORDS_CHARACTERS)
        )
    return found


def _due_values(row: Commitment, words: str) -> dict[str, object]:
    """What new words for a time change; nothing where they are the old ones."""
    if words == (row.due_verbatim or ""):
        return {}
    due = read_due(words, said_on=db.session.scalar(select(Plan.prepared_on).where(Plan.id == row.plan_id)))
    return {
        "due_verbatim": due.verbatim,
        "due_type": due.type,
        "due_starts_on": due.starts_on,
        "due_ends_on": due.ends_on,
        "is_due_ambiguous": due.is_ambiguous,
    }


def _check_owner(
    row: Commitment, key: str, staff_id: int | None, bodies: Bodies, problems: list[InvalidInputError]
) -> None:
    """Whoever is named anew must be able to look after a promise; somebody who left may stay for now."""
    if staff_id is None or key == owner_key(row, bodies):
        return
    if not can_look_after(db.session.get_one(Staff, staff_id)):
        problems.append(InvalidInputError(N_("Choose from the list."), field="owner"))


def _write(row: Commitment, values: dict[str, object], revision: int) -> None:
    done = db.session.execute(
        update(Commitment)
        .where(Commitment.id == row.id, Commitment.revision == revision)
        .values(**values, revision=Commitment.revision + 1)
        .execution_options(synchronize_session=False)
        .returning(Commitment.id)
    ).all()
    if not done:
        raise ConflictError(
            N_("Somebody changed this promise meanwhile. Look at what it says now, then save again.")
        )


def _owner(key: str, bodies: Bodies, problems: list[InvalidInputError]) -> tuple[str, dict[str, int | None]]:
    """The owner's name, and the columns that point to them."""
    ids: dict[str, int | None] = {"owner_staff_id": None, "owner_organization_id": None}
    if not key:
        return "", ids
    body = bodies.by_key.get(key)
    if body is not None and body.organization_id is not None:
        return body.name, {**ids, "owner_organization_id": body.organization_id}
    number = key.removeprefix("staff:")
    staff = db.session.get(Staff, int(number)) if number.isdecimal() and len(number) < 10 else None
    if staff is None or not key.startswith("staff:"):
        problems.append(InvalidInputError(N_("Choose from the list."), field="owner"))
        return "", ids
    return staff.name, {**ids, "owner_staff_id": staff.id}


def _changes(
    row: Commitment, draft: PromiseEdit, owner_name: str, bodies: Bodies
) -> list[tuple[str, str, str]]:
    """What the history will tell: what changed, from what to what."""
    old_key = owner_key(row, bodies)
    old_owner = _owner(old_key, bodies, [])[0]
    found = []
    if draft.owner != old_key:
        found.append(("owner", old_owner or row.responsible or "", owner_name or row.responsible or ""))
    if draft.due_words != (row.due_verbatim or ""):
        found.append(("due", row.due_verbatim or "", draft.due_words))
    if list(draft.expected) != row.expected:
        found.append(("expected", ", ".join(row.expected), ", ".join(draft.expected)))
    return found


def write_down(row: Commitment, draft: DeedDraft, *, staff_id: int | None, now: datetime, today: date) -> int:
    """Writes down what was done for a promise: one row for each body, or one without. Flushes.

    Returns how many rows. Raises InvalidInputsError.
    """
    bodies, kind = all_bodies(), cast(ProgressKind, row.progress_kind)
    draft = fitted(draft, kind)
    problems = problems_of(draft, kind, today=today)
    named = [bodies.by_key.get(key) for key in dict.fromkeys(draft.bodies)]
    if None in named:
        problems.append(InvalidInputError(N_("Choose from the list."), field="bodies"))
    if problems or draft.on is None or draft.quantity is None:
        raise InvalidInputsError(problems)
    found = [body for body in named if body is not None]
    whom: list[Body | None] = [*found] or [None]
    for body in whom:
        db.session.add(
            PlanEvidence(
                commitment_id=row.id,
                on=draft.on,
                jurisdiction_id=body.jurisdiction_id if body else None,
                organization_id=body.organization_id if body else None,
                acknowledged_on=draft.acknowledged_on,
                contact=draft.contact,
                quantity=draft.quantity,
                title=draft.title,
                link=draft.link or None,
                note=draft.note,
                created_at=now,
            )
        )
    history.note(
        row.plan_id, row.ref, "written", staff_id=staff_id, now=now,
        on=draft.on, title=draft.title, bodies=[body.name for body in found],
    )  # fmt: skip
    db.session.flush()
    return len(whom)


def withdraw(row: Commitment, evidence_id: int, *, staff_id: int, now: datetime) -> None:
    """Takes back something that was written down wrongly. Flushes. Raises ConflictError when it is gone."""
    gone = db.session.scalars(
        delete(PlanEvidence)
        .where(PlanEvidence.id == evidence_id, PlanEvidence.commitment_id == row.id)
        .execution_options(synchronize_session=False)
        .returning(PlanEvidence)
    ).one_or_none()
    if gone is None:
        raise ConflictError(N_("This was withdrawn before."))
    _note_deed(row, "withdrawn", gone, gone.on, staff_id=staff_id, now=now)


def acknowledge(
    row: Commitment, evidence_id: int, on: date | None, *, staff_id: int, now: datetime, today: date
) -> None:
    """Writes down that a body said it has what it was sent. Flushes.

    Raises InvalidInputError for a day that cannot be, ConflictError when it was said before.
    """
    if on is None:
        raise InvalidInputError(N_("Say on which day."), field="acknowledged_on")
    if on > today:
        raise InvalidInputError(N_("This day is still to come."), field="acknowledged_on")
    done = db.session.scalars(
        update(PlanEvidence)
        .where(
            PlanEvidence.id == evidence_id,
            PlanEvidence.commitment_id == row.id,
            PlanEvidence.acknowledged_on.is_(None),
            PlanEvidence.on <= on,
        )
        .values(acknowledged_on=on)
        .execution_options(synchronize_session=False)
        .returning(PlanEvidence)
    ).one_or_none()
    if done is None:
        raise ConflictError(N_("This was acknowledged or withdrawn before, or it was sent later."))
    _note_deed(row, "acknowledged", done, on, staff_id=staff_id, now=now)


def _note_deed(
    row: Commitment, what: str, deed: PlanEvidence, on: date, *, staff_id: int, now: datetime
) -> None:
    body = all_bodies().of(deed.jurisdiction_id, deed.organization_id)
    history.note(
        row.plan_id, row.ref, what, staff_id=staff_id, now=now,
        on=on, title=deed.title, bodies=[body.name] if body else [],
    )  # fmt: skip
    db.session.flush()


def open_item(
    row: Commitment, text: str, due_on: date | None, *, staff_id: int | None, now: datetime
) -> None:
    """Notes something that is still to be done for a promise. Flushes. Raises InvalidInputError."""
    if not text:
        raise InvalidInputError(N_("Say what is to be done."), field="text")
    if len(text) > ITEM_CHARACTERS:
        raise InvalidInputError(N_("Use at most %(count)s letters."), field="text", count=ITEM_CHARACTERS)
    if is_personal(text):
        raise InvalidInputError(N_("Leave out phone numbers and e-mail addresses."), field="text")
    db.session.add(PlanItem(commitment_id=row.id, text=text, due_on=due_on, opened_at=now))
    history.note(row.plan_id, row.ref, "opened", staff_id=staff_id, now=now, text=text)
    db.session.flush()


def close_item(row: Commitment, item_id: int, *, staff_id: int, now: datetime) -> None:
    """Says that an open item is done. Flushes. Raises ConflictError when it was said before."""
    text = db.session.scalar(
        update(PlanItem)
        .where(PlanItem.id == item_id, PlanItem.commitment_id == row.id, PlanItem.closed_at.is_(None))
        .values(closed_at=now)
        .execution_options(synchronize_session=False)
        .returning(PlanItem.text)
    )
    if text is None:
        raise ConflictError(N_("This was closed before."))
    history.note(row.plan_id, row.ref, "closed", staff_id=staff_id, now=now, text=text)
    db.session.flush()
