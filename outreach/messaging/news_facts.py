"""Looks up lists of news, and what a number has to do with them; changes nothing."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from outreach.accounts.models import Organization
from outreach.database import db
from outreach.errors import NotFoundError
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.messaging import due
from outreach.messaging.facts import MAY_HAVE_ARRIVED, event_facts
from outreach.messaging.models import Broadcast, Message
from outreach.messaging.turns import NewsAsked, NewsFacts, NewsTold
from outreach.policy import LAW_ENFORCEMENT
from outreach.registration import news
from outreach.registration.models import Registration
from outreach.registration.scopes import REGION, of_organization, organization_in


def news_facts(hashed: str, *, region: str, now: datetime) -> NewsFacts:
    """The lists of a number, what it was asked and what it was told last; one query for most numbers."""
    rows = news.of_number(hashed)
    if not rows:
        return NewsFacts(region)
    names = names_of((row.scope for row in rows), region=region)
    asked = next((row for row in rows if not row.is_on and now < row.asked_at + news.ANSWER_WITHIN), None)
    return NewsFacts(
        region,
        tuple((row.scope, names[row.scope]) for row in rows if row.is_on),
        NewsAsked(asked.scope, names[asked.scope], asked.asked_at) if asked else None,
        _told(hashed, now=now),
    )


def names_of(scopes: Iterable[str], *, region: str) -> dict[str, str]:
    """Whose events each list is about."""
    ids = {organization_in(scope): scope for scope in scopes}
    rows = db.session.execute(
        select(Organization.id, Organization.name).where(
            Organization.id.in_([each for each in ids if each is not None])
        )
    )
    return {REGION: region, **{ids[organization_id]: name for organization_id, name in rows}}


def lists_of_guest(guest_id: int, *, region: str) -> dict[str, str]:
    """The lists that a pass offers, with names: the region's, and those of its events' hosts; one query.

    Police have none: nobody writes to people in their name.
    """
    hosts = db.session.execute(
        select(Organization.id, Organization.name)
        .where(
            Organization.sector != LAW_ENFORCEMENT,
            Organization.id.in_(
                select(Event.organization_id)
                .join(Registration, Registration.event_id == Event.id)
                .where(Registration.guest_id == guest_id)
            ),
        )
        .order_by(Organization.name)
    )
    return {REGION: region, **{of_organization(host_id): name for host_id, name in hosts}}


def list_asked_for(public_id: str, *, region: str) -> tuple[str, str]:
    """Scope and name of an organization's list, or of the region's without one. Raises NotFoundError."""
    if not public_id:
        return REGION, region
    host = db.session.execute(
        select(Organization.id, Organization.name).where(
            Organization.public_id == public_id, Organization.sector != LAW_ENFORCEMENT
        )
    ).one_or_none()
    if host is None:
        raise NotFoundError(N_("There is no such page."))
    return of_organization(host.id), host.name


def _told(hashed: str, *, now: datetime) -> NewsTold | None:
    found = db.session.execute(
        select(Message.scope, Message.claimed_at, Message.created_at, Broadcast.event_id)
        .join(Broadcast, Broadcast.id == Message.broadcast_id)
        .where(Message.phone_hash == hashed, Message.purpose == due.NEWS, Message.state.in_(MAY_HAVE_ARRIVED))
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    scope, claimed_at, created_at, event_id = found
    event = db.session.scalars(
        select(Event).where(Event.id == event_id).options(joinedload(Event.venue), selectinload(Event.texts))
    ).one()
    return NewsTold(scope, event_facts(event, now=now), claimed_at or created_at)
