"""How much announcements may cost in a month and have cost; knows no text.

Only announcements count: changes, cancellations, reminders and answers are sent whatever they cost.
"""

from datetime import datetime

from sqlalchemy import delete, func, select

from outreach.accounts.models import Organization
from outreach.database import db, insert
from outreach.errors import InvalidInputError
from outreach.events.models import Event
from outreach.i18n import N_, local
from outreach.messaging.estimates import parts_affordable
from outreach.messaging.models import AnnouncementBudget, Broadcast
from outreach.policy import LAW_ENFORCEMENT

REGION = "region"
#: A limit beyond this is a slip of the finger: a million dollars.
LARGEST_CENTS = 100_000_000


def scope_of(organization_id: int) -> str:
    """The name of an organization's own budget."""
    return f"organization:{organization_id}"


def month_of(now: datetime, zone: str) -> str:
    """The month that an instant belongs to in a zone, "2026-09"."""
    return local(now, zone).strftime("%Y-%m")


def limits() -> dict[str, int]:
    """Every limit there is, in cents, by scope."""
    rows = db.session.execute(select(AnnouncementBudget.scope, AnnouncementBudget.cents))
    return {scope: cents for scope, cents in rows}  # noqa: C416 (a row is no pair to the type checker)


def parts_spent(month: str) -> dict[str, int]:
    """Parts that announcements of a month took, by scope; scopes without any are left out, but the region."""
    rows = db.session.execute(
        select(Event.organization_id, func.sum(Broadcast.parts))
        .join(Event, Event.id == Broadcast.event_id)
        .where(Broadcast.month == month)
        .group_by(Event.organization_id)
    ).all()
    by_scope = {scope_of(organization_id): int(parts) for organization_id, parts in rows}
    return {REGION: sum(by_scope.values()), **by_scope}


def has_room(organization_id: int, parts: int, *, month: str) -> bool:
    """Whether an organization's announcement of so many parts fits its month and the region's.

    Until the caller's transaction ends nobody else learns that there is room in the same budgets, so that
    two announcements cannot both take the last of it.
    """
    db.session.execute(
        select(AnnouncementBudget.scope)
        .where(AnnouncementBudget.scope.in_((REGION, scope_of(organization_id))))
        .order_by(AnnouncementBudget.scope)
        .with_for_update()
    ).all()
    left = parts_left(organization_id, month=month)
    return left is None or parts <= left


def parts_left(organization_id: int, *, month: str) -> int | None:
    """How many parts an organization may still spend in a month; None without a limit."""
    known = limits()
    spent = parts_spent(month)
    left = [
        max(0, parts_affordable(known[scope]) - spent.get(scope, 0))
        for scope in (REGION, scope_of(organization_id))
        if scope in known
    ]
    return min(left, default=None)


def set_limit(scope: str, cents: int | None) -> None:
    """Sets what announcements of a scope may cost in a month; None takes the limit away. Flushes.

    Raises InvalidInputError for a scope that there is not and an amount that cannot be meant.
    """
    if scope not in dict(scopes()):
        raise InvalidInputError(N_("Choose from the list."), field="scope")
    if cents is None:
        db.session.execute(delete(AnnouncementBudget).where(AnnouncementBudget.scope == scope))
        return
    if not 0 <= cents <= LARGEST_CENTS:
        raise InvalidInputError(N_("Enter an amount from 0 to 1,000,000."), field="dollars")
    db.session.execute(
        insert(AnnouncementBudget)
        .values(scope=scope, cents=cents)
        .on_conflict_do_update(index_elements=[AnnouncementBudget.scope], set_={"cents": cents})
    )
    db.session.flush()


def scopes() -> list[tuple[str, str]]:
    """Everything that can have a budget, with its name; the region's is empty and stands first."""
    rows = db.session.execute(
        select(Organization.id, Organization.name)
        # Its people write to no guest.
        .where(Organization.sector != LAW_ENFORCEMENT)
        .order_by(Organization.name)
    )
    return [(REGION, ""), *((scope_of(organization_id), name) for organization_id, name in rows)]
