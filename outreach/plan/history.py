"""Keeps the history of promises: every change as a row, with who and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from outreach.accounts.models import Staff
from outreach.database import db, insert
from outreach.plan.models import Plan, PlanChange
from outreach.quarters import Quarter


@dataclass(frozen=True, slots=True)
class Change:
    """One change as it is told."""

    what: str
    detail: Mapping[str, Any]
    quarter: str | None
    at: datetime
    #: Name of whoever did it; None for a command.
    who: str | None


def note(
    plan_id: int, ref: str, what: str, *, staff_id: int | None = None, now: datetime, **detail: object
) -> None:
    """Writes a change down. Days are kept as text. Flushes nothing."""
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in detail.items()}
    db.session.add(PlanChange(plan_id=plan_id, ref=ref, what=what, detail=plain, staff_id=staff_id, at=now))


def note_standing(
    plan: Plan, standings: Mapping[str, str], quarter: Quarter, *, staff_id: int, now: datetime
) -> int:
    """Writes down how each promise stood at a quarter's end; the first time it is said stays.

    Returns how many were written down: none when it was all done before.
    """
    rows = [
        {"plan_id": plan.id, "ref": ref, "what": "stood", "detail": {"state": state},
         "quarter": str(quarter), "staff_id": staff_id, "at": now}
        for ref, state in standings.items()
    ]  # fmt: skip
    if not rows:
        return 0
    statement = insert(PlanChange).values(rows).on_conflict_do_nothing().returning(PlanChange.id)
    return len(db.session.execute(statement).all())


def history_of(plan: Plan, ref: str | None = None) -> dict[str, list[Change]]:
    """The changes of each promise of a plan, or of one, the newest first. One query."""
    statement = (
        select(PlanChange, Staff.name)
        .outerjoin(Staff, Staff.id == PlanChange.staff_id)
        .where(PlanChange.plan_id == plan.id)
        .order_by(PlanChange.at.desc(), PlanChange.id.desc())
    )
    if ref is not None:
        statement = statement.where(PlanChange.ref == ref)
    found: dict[str, list[Change]] = {}
    for row, who in db.session.execute(statement):
        found.setdefault(row.ref, []).append(Change(row.what, row.detail, row.quarter, row.at, who))
    return found
