"""Reads events for staff: who may find which, by how far they have come; knows no page, changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from outreach.accounts.models import Jurisdiction, Organization
from outreach.database import db
from outreach.errors import NotFoundError
from outreach.events.models import Campaign, Event, EventChange, EventCohost, EventText, Venue
from outreach.i18n import N_
from outreach.policy import Action, Actor, is_allowed

PAGE_SIZE = 30

#: The stages of a list for staff, in their order, and what each is called.
STAGES: Mapping[str, str] = {
    "upcoming": N_("Coming up"),
    "drafts": N_("Drafts"),
    "review": N_("Waiting for review"),
    "over": N_("Over, to be closed"),
    "held": N_("Held"),
    "canceled": N_("Canceled"),
}
#: Stages that are read from the next event on; in the others the latest stands first.
_SOONEST_FIRST = ("upcoming", "drafts", "review")


@dataclass(frozen=True, slots=True)
class Page:
    """Some events of a stage; pages are counted from 1."""

    events: list[Event]
    number: int
    count: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return _pages(self.count, PAGE_SIZE)


def page(
    actor: Actor, stage: str, *, now: datetime, words: str = "", number: int = 1, size: int = PAGE_SIZE
) -> Page:
    """One page of the events of a stage that somebody may see, ready to be shown as rows.

    `words` must all occur in a title. A page that is none is the first or the last one. The number of
    queries is the same for any number of events.
    """
    conditions = [visible_to(actor), _in_stage(stage, now), *map(_is_titled, words.split())]
    count = db.session.scalar(select(func.count()).select_from(Event).where(*conditions)) or 0
    number = min(max(1, number), _pages(count, size))
    order = Event.starts_at if stage in _SOONEST_FIRST else Event.starts_at.desc()
    events = db.session.scalars(
        _with_rows(select(Event).where(*conditions))
        .order_by(order, Event.id)
        .limit(size)
        .offset((number - 1) * size)
    )
    return Page(list(events), number, count)


def counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many events somebody may see in each stage."""
    row = db.session.execute(
        select(*(func.count().filter(_in_stage(stage, now)) for stage in STAGES))
        .select_from(Event)
        .where(visible_to(actor))
    ).one()
    return dict(zip(STAGES, row, strict=True))


def find(public_id: str) -> Event:
    """An event in any state, with everything staff see of it. Raises NotFoundError.

    Whether somebody may see it is the policy's to say.
    """
    event = db.session.scalar(
        _with_rows(select(Event).where(Event.public_id == public_id)).options(
            joinedload(Event.campaign),
            joinedload(Event.venue).joinedload(Venue.county),
            selectinload(Event.languages),
            selectinload(Event.parts),
        )
    )
    if event is None:
        raise NotFoundError(N_("There is no such page."))
    return event


def change_of(event: Event) -> EventChange | None:
    """The newest change to a published event that somebody proposed, decided or not."""
    return db.session.scalar(
        select(EventChange)
        .options(joinedload(EventChange.author), joinedload(EventChange.event))
        .where(EventChange.event_id == event.id)
        .order_by(EventChange.id.desc())
        .limit(1)
    )


def changes_of(events: list[Event]) -> dict[int, str]:
    """Of these events those with a change that waits or was returned, and which of the two; one query."""
    rows = db.session.execute(
        select(EventChange.event_id, EventChange.state).where(
            EventChange.event_id.in_([event.id for event in events]),
            EventChange.id.in_(_newest_changes()),
            EventChange.state.in_(("submitted", "returned")),
        )
    )
    return {event_id: state for event_id, state in rows}  # noqa: C416 (a row is no pair to the type checker)


def counties() -> list[Jurisdiction]:
    """The counties of the region, by name."""
    return list(
        db.session.scalars(
            select(Jurisdiction).where(Jurisdiction.level == "county").order_by(Jurisdiction.name)
        )
    )


def campaigns() -> list[Campaign]:
    """All campaigns, the latest first."""
    return list(db.session.scalars(select(Campaign).order_by(Campaign.starts_on.desc())))


def names() -> dict[str, str]:
    """The names behind the slugs of counties and campaigns."""
    return {**{row.slug: row.name for row in counties()}, **{row.slug: row.name for row in campaigns()}}


def hosts(actor: Actor) -> list[Organization]:
    """Organizations for which somebody may plan events, by name."""
    found = select(Organization).order_by(func.lower(Organization.name))
    if not _sees_all(actor):
        found = found.where(Organization.id == actor.organization_id)
    return list(db.session.scalars(found))


def organization_names() -> list[str]:
    """The names of all organizations, any of which can be a co-host."""
    return list(db.session.scalars(select(Organization.name).order_by(func.lower(Organization.name))))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The events that `policy.Action.VIEW_EVENT` allows somebody to see, as SQL over `Event`."""
    if _sees_all(actor):
        return Event.id.is_not(None)
    if not is_allowed(actor, Action.LIST_EVENTS):
        return Event.id.is_(None)
    shared = select(EventCohost.event_id).where(EventCohost.organization_id == actor.organization_id)
    return or_(Event.organization_id == actor.organization_id, Event.id.in_(shared))


def _pages(count: int, size: int) -> int:
    return max(1, -(-count // size))


def _sees_all(actor: Actor) -> bool:
    return is_allowed(actor, Action.REVIEW_EVENT)


def _in_stage(stage: str, now: datetime) -> ColumnElement[bool]:
    is_over = Event.ends_at <= now
    is_published = Event.status == "published"
    conditions: Mapping[str, ColumnElement[bool]] = {
        "upcoming": is_published & ~is_over,
        "drafts": Event.status.in_(("draft", "returned"))
        | (is_published & ~is_over & _has_change("returned")),
        "review": (Event.status == "submitted") | (is_published & _has_change("submitted")),
        "over": is_published & is_over,
        "held": Event.status == "held",
        "canceled": Event.status == "cancelled",
    }
    return conditions[stage]


def _has_change(state: str) -> ColumnElement[bool]:
    """Whether an event's newest change is in a state; a later change takes the place of an earlier one."""
    return exists().where(
        EventChange.event_id == Event.id, EventChange.state == state, EventChange.id.in_(_newest_changes())
    )


def _newest_changes() -> Select[int]:
    return select(func.max(EventChange.id)).group_by(EventChange.event_id)


def _is_titled(word: str) -> ColumnElement[bool]:
    return Event.id.in_(select(EventText.event_id).where(EventText.title.icontains(word, autoescape=True)))


def _with_rows(events: Select[Event]) -> Select[Event]:
    return events.options(
        joinedload(Event.organization),
        joinedload(Event.venue),
        selectinload(Event.texts),
        selectinload(Event.cohosts),
    )
