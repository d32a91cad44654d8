"""Imported rows in the database: once each, all or none, and with what became of past events."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from outreach.accounts.models import Jurisdiction, Organization
from outreach.accounts.service import organization_named
from outreach.database import db, transaction
from outreach.errors import InvalidInputsError, NotFoundError
from outreach.events.import_rows import EventRow, OrganizationRow
from outreach.events.intake import Intake, take_in_events, take_in_organizations
from outreach.events.models import Campaign, Event, Generation
from tests.factories import NOW, make_draft, make_jurisdictions, make_organization

LAST_YEAR = NOW - timedelta(days=365)


def row(reference="ev-1", *, host: str | None = "Library", days=7, **given) -> EventRow:
    facts = {"where": f"Row {reference}", "outcome": "announced"}
    for name in ("outcome", "head_count", "source_url", "state", "is_in_welcoming_week"):
        if name in given:
            facts[name] = given.pop(name)
    draft = make_draft(starts_at=NOW + timedelta(days=days), **given)
    return EventRow(reference=reference, host=host, draft=draft, **facts)


def take(*rows, publish=True, **given) -> Intake:
    with transaction():
        make_organization("Library")
        return take_in_events(rows, publish=publish, now=NOW, **given)


def problems(*rows, **given) -> list[str]:
    with pytest.raises(InvalidInputsError) as caught:
        take(*rows, **given)
    return [str(problem) for problem in caught.value.problems]


def events() -> list[Event]:
    return list(db.session.scalars(select(Event).order_by(Event.import_reference)))


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Event))


def generation() -> int:
    return db.session.scalar(select(Generation.value)) or 0


def test_rows_become_drafts_and_nothing_public_changes(context):
    assert take(row("a"), row("b"), publish=False) == Intake(2, 0)
    assert [(event.import_reference, event.status) for event in events()] == [("a", "draft"), ("b", "draft")]
    assert generation() == 0


def test_rows_are_published_when_asked(context):
    take(row(source_url="https://example.org/a"))
    [event] = events()
    assert (event.status, event.published_at, event.source_url) == ("published", NOW, "https://example.org/a")
    assert generation() > 0


def test_second_import_changes_nothing(context):
    take(row("a", title="Picnic"))
    before = generation()
    assert take(row("a", title="Another title"), row("b"), publish=False) == Intake(1, 1)
    first = events()[0]
    assert (first.texts[0].title, first.status, generation()) == ("Picnic", "published", before)


@pytest.mark.parametrize(
    ("outcome", "head_count", "status", "closed_days_ago"),
    [
        ("announced", None, "published", None),
        ("held", 120, "held", 365),
        ("held", None, "held", 365),
        ("held", 0, "held", 365),
        ("cancelled", None, "cancelled", None),
    ],
)
def test_past_event_is_recorded_with_what_became_of_it(context, outcome, head_count, status, closed_days_ago):
    take(row(days=-365, outcome=outcome, head_count=head_count))
    [event] = events()
    assert (event.status, event.head_count, event.published_at) == (status, head_count, NOW)
    assert event.closed_at == (event.ends_at if closed_days_ago else None)
    assert (event.cancelled_at is not None) == (status == "cancelled")


def test_past_event_stays_a_draft_unless_it_is_published(context):
    take(row(days=-365, outcome="held", head_count=9), publish=False)
    assert [(event.status, event.head_count) for event in events()] == [("draft", None)]


def test_past_event_keeps_no_poster_word(context):
    take(row("a", days=-365, keyword="PICNIC"), row("b", keyword="PICNIC"))
    assert [event.keyword for event in events()] == [None, "PICNIC"]


@pytest.mark.parametrize("outcome", ["held", "cancelled"])
def test_event_to_come_cannot_have_an_outcome(context, outcome):
    assert problems(row("a"), row("b", outcome=outcome)) == [
        "Row b: status: this event is still to come. It can only be announced."
    ]
    assert count() == 0


def test_unknown_host_refuses_the_whole_file(context):
    assert problems(row("a"), row("b", host="Nobody"), row("c", cohosts=("Ghosts",))) == [
        "Row b, host: There is no organization named Nobody. Import the organizations first.",
        "Row c, cohosts: There is no organization named Ghosts.",
    ]
    assert count() == 0


def test_row_without_a_host_needs_one_from_whoever_imports(context):
    assert problems(row(host=None)) == [
        "Row ev-1, host: no host is named. Say which organization hosts such events, with --host."
    ]
    take(row(host=None), row("ev-2", host="Library"), default_host="Library")
    assert [event.organization.name for event in events()] == ["Library", "Library"]


def test_host_for_the_others_must_be_here(context):
    with pytest.raises(NotFoundError, match="named Nobody"):
        take(row(host=None), default_host="Nobody")


def test_police_can_only_host_what_they_may(context):
    with transaction():
        make_organization("Police", sector="law_enforcement")
    assert problems(row(host="Police")) == [
        "Row ev-1, kind: A law-enforcement organization can only host trust trainings."
    ]
    take(row(host="Police", kind="trust_training"))
    assert events()[0].is_police_present


def city(name="Kansas City", state="MO", county="jackson-county-mo") -> None:
    with transaction():
        places = make_jurisdictions()
        db.session.add(
            Jurisdiction(slug="kansas-city-mo", name=name, level="city", state=state, parent=places[county])
        )


@pytest.mark.parametrize(
    ("place", "state", "county"),
    [
        ("Kansas City, MO", "MO", "jackson-county-mo"),
        ("Kansas City, KS", "KS", None),
        ("Kansas City", None, None),
        ("Wichita, KS", "KS", None),
    ],
)
def test_county_is_found_by_city_and_state(context, place, state, county):
    city()
    venue = make_draft().venue
    take(row(venue=type(venue)("Hall", None, place), state=state))
    found = events()[0].venue.county
    assert (found and found.slug) == county


@pytest.mark.parametrize(
    ("days", "is_in_welcoming_week", "campaign"),
    [(7, True, "welcoming-week-2026"), (7, False, None), (60, True, None)],
)
def test_event_of_welcoming_week_joins_its_campaign(context, days, is_in_welcoming_week, campaign):
    with transaction():
        db.session.add(
            Campaign(
                slug="welcoming-week-2026",
                name="Welcoming Week 2026",
                starts_on=datetime(2026, 9, 11).date(),
                ends_on=datetime(2026, 9, 20).date(),
            )
        )
    take(row(days=days, is_in_welcoming_week=is_in_welcoming_week))
    found = events()[0].campaign
    assert (found and found.slug) == campaign


def organization(name="Library", reference=None, **given) -> OrganizationRow:
    return OrganizationRow(where=f"Row {name}", reference=reference, name=name, sector="library", **given)


def take_organizations(*rows) -> Intake:
    with transaction():
        return take_in_organizations(rows)


def test_organizations_are_added_once(context):
    long_reference = "org-" + "x" * 80
    first = organization("Library", "org-1", website="https://example.org")
    assert take_organizations(first, organization("Bank", long_reference)) == Intake(2, 0)
    renamed = organization("Public Library", "org-1")
    assert take_organizations(renamed, organization("Bank"), organization("School")) == Intake(1, 2)
    found = organization_named("Library")
    assert (found.public_id, found.sector, found.website) == ("org-1", "library", "https://example.org")
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 3


def test_organization_belongs_to_its_city(context):
    city()
    take_organizations(
        organization("Library", city="Kansas City", state="MO"),
        organization("Other", city="Kansas City", state="KS"),
    )
    assert organization_named("Library").jurisdiction.slug == "kansas-city-mo"
    assert organization_named("Other").jurisdiction is None
