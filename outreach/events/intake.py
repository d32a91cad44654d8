"""Takes imported rows into the database: each once, all or none; knows neither files nor their forms."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from outreach.accounts.models import Jurisdiction, Organization
from outreach.accounts.service import add_organization, organization_named
from outreach.database import db
from outreach.errors import InvalidInputError, InvalidInputsError, NotFoundError, OutreachError
from outreach.events import planning
from outreach.events.drafts import EventDraft
from outreach.events.import_rows import EventRow, OrganizationRow, problem, problems_of
from outreach.events.models import Campaign, Event
from outreach.i18n import N_


@dataclass(frozen=True, slots=True)
class Intake:
    """How many rows were new, and how many were there from an earlier import."""

    added: int
    known: int


def take_in_events(
    rows: Iterable[EventRow], *, publish: bool, now: datetime, default_host: str | None = None
) -> Intake:
    """Adds the events that are not here yet, as drafts or, with `publish`, for everybody to see. Flushes.

    `default_host` hosts the events of which the file names no host. An event that is over is recorded
    with what became of it when it is published: held, cancelled or neither. A row that was imported
    before, by its reference, is left as it is now, whatever the file says. Raises InvalidInputsError
    with every row that cannot be taken; then nothing may be committed. NotFoundError for a
    `default_host` that is not here.
    """
    fallback = organization_named(default_host) if default_host else None
    added = known = 0
    problems: list[InvalidInputError] = []
    for row in rows:
        if _is_known(row):
            known += 1
            continue
        try:
            event = planning.create(
                _fitted(row, now=now), host=_host(row, fallback), reference=row.reference, now=now
            )
            event.source_url = row.source_url
            if publish:
                _publish(event, row, now=now)
            added += 1
        except OutreachError as error:
            problems += problems_of(row.where, error)
    if problems:
        raise InvalidInputsError(problems)
    if added and publish:
        planning.raise_generation(now=now)
    db.session.flush()
    return Intake(added, known)


def take_in_organizations(rows: Iterable[OrganizationRow]) -> Intake:
    """Adds the organizations that are not here yet, by name and reference. Flushes.

    Those that are here stay as they are. Raises InvalidInputsError as `take_in_events` does.
    """
    added = known = 0
    problems: list[InvalidInputError] = []
    for row in rows:
        same = Organization.name == row.name
        if row.reference:
            same |= Organization.public_id == row.reference
        if db.session.scalar(select(Organization.id).where(same).limit(1)) is not None:
            known += 1
            continue
        try:
            add_organization(
                row.name,
                sector=row.sector,
                jurisdiction=_city(row.city, row.state),
                website=row.website,
                reference=row.reference,
            )
            added += 1
        except OutreachError as error:
            problems += problems_of(row.where, error)
    if problems:
        raise InvalidInputsError(problems)
    return Intake(added, known)


def _is_known(row: EventRow) -> bool:
    found = db.session.scalar(select(Event.id).where(Event.import_reference == row.reference))
    return found is not None


def _host(row: EventRow, fallback: Organization | None) -> Organization:
    if row.host is None and fallback is not None:
        return fallback
    if row.host is None:
        raise InvalidInputError(
            N_("no host is named. Say which organization hosts such events, with --host."), field="host"
        )
    try:
        return organization_named(row.host)
    except NotFoundError as error:
        raise InvalidInputError(
            N_("%(problem)s Import the organizations first."), field="host", problem=str(error)
        ) from None


def _fitted(row: EventRow, *, now: datetime) -> EventDraft:
    """The draft with the county and the campaign that are known here for it."""
    draft = row.draft
    if draft.ends_at <= now:
        # The posters' words are for events to come.
        draft = replace(draft, keyword=None, keywords={})
    if draft.venue and not draft.venue.county and draft.venue.city:
        city = _city(draft.venue.city.removesuffix(f", {row.state}"), row.state)
        county = city.parent if city else None
        if county is not None and county.level == "county":
            draft = replace(draft, venue=replace(draft.venue, county=county.slug))
    if row.is_in_welcoming_week and draft.campaign is None:
        first_on, last_on = draft.starts_local.date(), draft.ends_local.date()
        campaign = db.session.scalar(
            select(Campaign)
            .where(
                Campaign.slug == f"welcoming-week-{first_on.year}",
                Campaign.starts_on <= last_on + planning.CAMPAIGN_MARGIN,
                Campaign.ends_on >= first_on - planning.CAMPAIGN_MARGIN,
            )
            .limit(1)
        )
        draft = replace(draft, campaign=campaign.slug if campaign else None)
    return draft


def _city(name: str | None, state: str | None) -> Jurisdiction | None:
    """A city of the region; without its state there may be two of that name."""
    if not name or not state:
        return None
    return db.session.scalar(
        select(Jurisdiction)
        .where(Jurisdiction.level == "city", Jurisdiction.name == name, Jurisdiction.state == state)
        .limit(1)
    )


def _publish(event: Event, row: EventRow, *, now: datetime) -> None:
    """Makes an event public; one that is over is recorded as what it was, since nobody can come any more."""
    if event.ends_at > now:
        if row.outcome != "announced":
            raise problem("status", "this event is still to come. It can only be announced.")
        planning.publish(event, now=now)
        return
    event.status = "published" if row.outcome == "announced" else row.outcome
    event.published_at = event.changed_at = now
    event.revision += 1
    if row.outcome == "cancelled":
        event.cancelled_at = now
    if row.outcome == "held":
        event.head_count, event.closed_at = row.head_count, event.ends_at
