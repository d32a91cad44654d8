"""Makes the things that tests are about, with plain functions; every value can be given."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.accounts.models import Jurisdiction, Organization, Staff
from outreach.accounts.service import add_organization, add_staff
from outreach.database import db
from outreach.events import planning
from outreach.events.drafts import EventDraft, TextDraft, VenueDraft
from outreach.events.models import Event
from outreach.policy import Role
from outreach.registration.requests import RegistrationRequest

NOW = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)
ZONE = "America/Chicago"
PASSWORD = "correct horse battery"


def make_jurisdictions() -> dict[str, Jurisdiction]:
    """A region of two counties in two states."""
    region = Jurisdiction(slug="kansas-city-region", name="Kansas City region", level="region")
    counties = [
        Jurisdiction(slug=slug, name=name, level="county", state=state, parent=region)
        for slug, name, state in (
            ("jackson-county-mo", "Jackson County", "MO"),
            ("wyandotte-county-ks", "Wyandotte County", "KS"),
        )
    ]
    db.session.add_all([region, *counties])
    db.session.flush()
    return {row.slug: row for row in (region, *counties)}


def make_organization(name: str = "Northeast Library", **given: object) -> Organization:
    found = db.session.query(Organization).filter_by(name=name).one_or_none()
    return found or add_organization(name, **{"sector": "library", **given})  # type: ignore[arg-type]


def make_staff(
    email: str = "ana@example.org",
    role: Role = Role.ORGANIZER,
    organization: Organization | None = None,
    name: str = "Ana",
) -> Staff:
    if organization is None and role is Role.ORGANIZER:
        organization = make_organization()
    return add_staff(email, PASSWORD, name=name, role=role, organization=organization, now=NOW)


def make_draft(
    *, starts_at: datetime | None = None, hours: float = 2, title: str = "Neighbors' Picnic", **given
):
    """A picnic a week ahead, at six in the evening of Kansas City unless `starts_at` says otherwise."""
    starts_at = starts_at or datetime(2026, 9, 14, 23, 0, tzinfo=UTC)
    starts_local = starts_at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    values = {
        "kind": "welcoming_week",
        "texts": {"en": TextDraft(title, "Eat and talk.", "Bring a blanket. We bring the rest.")},
        "source_locale": "en",
        "starts_local": starts_local,
        "ends_local": starts_local + timedelta(hours=hours),
        "time_zone": ZONE,
        "venue": VenueDraft("Budd Park", "5600 Budd Park Esplanade", "Kansas City"),
    }
    return EventDraft(**{**values, **given})


def make_event(
    *, host: Organization | None = None, status: str = "published", now: datetime = NOW, **given
) -> Event:
    """An event of the given status; "published" ones are published a moment before `now`."""
    event = planning.create(make_draft(**given), host=host or make_organization(), now=now)
    if status in ("published", "cancelled", "held"):
        # Through the same door as in life, but at a time when the event was still to come.
        planning.publish(event, now=min(now, event.starts_at - timedelta(days=1)))
    if status == "cancelled":
        planning.cancel(event, "The river is too high.", locale="en", now=now)
    if status == "held":
        planning.close_as_held(event, given.get("head_count"), now=max(now, event.ends_at))
    return event


def make_request(
    event: Event, *, party_size: int = 2, phone: str | None = None, **given
) -> RegistrationRequest:
    values = {"locale": "en", "door": "web", "party_size": party_size, "phone": phone}
    return RegistrationRequest(event.public_id, **{**values, **given})
