"""The demo as it is loaded: closed quarters, what may be said of contact, and no total of a closed event."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.demo import loader
from outreach.engagement import contact, editions, periods
from outreach.engagement.contact_service import contact_report
from outreach.engagement.models import CardVisit, EventTally, TalkTally
from outreach.engagement.service import engagement_report
from outreach.events.models import Event

TODAY = date(2026, 9, 7)


@pytest.fixture
def loaded(web_app, clock):
    runtime = web_app.extensions["outreach"]
    with web_app.app_context():
        with transaction():
            loader.load(
                TODAY, region="Kansas City", vault=runtime.vault, now=clock(), progress=lambda _: None
            )
        yield web_app


def test_closed_quarters_of_the_demo_are_frozen_and_hold_no_total_of_an_event(loaded):
    quarters = editions.quarters()
    assert [edition.name for edition in quarters][-4:] == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2"]
    assert any(edition.published for edition in quarters)
    frozen_until = quarters[-1].ends_on
    for table in (EventTally, TalkTally, CardVisit):
        days = db.session.scalars(select(Event.starts_local).join(table, table.event_id == Event.id))
        assert all(day.date() > frozen_until for day in days)
    assert editions.quarters_due(today=TODAY) == []


def test_past_events_of_the_demo_count_in_the_quarters_they_took_place_in(loaded):
    held = list(db.session.scalars(select(Event).where(Event.status == "held")))
    for year in ("2018", "2026"):
        its = [event for event in held if str(event.starts_local.year) == year and event.head_count != 0]
        found = engagement_report(periods.parse(year)).figures
        assert (found.events_held, found.events_sealed) == (len(its), 0)
    assert editions.unasked() == {edition.id for edition in editions.quarters() if edition.name < "2025-Q3"}


def test_demo_shows_who_talked_and_who_met_again(loaded):
    rows = {row.id: row for row in contact.rows(contact_report(periods.last_four_quarters(TODAY)))}
    for name in ("talked", "seen_again", "pairs_met", "newcomers_reached_again", "assortativity"):
        assert rows[name].value is not None, name
    assert 0.5 < rows["talked"].value < 0.9
    assert rows["seen_again"].value < 0.7


@pytest.mark.parametrize("days", [0, 24, 60, 85, 115, 200, 300])
def test_a_year_ends_and_begins_whatever_the_day(days):
    """Of every day, five of the ten evenings lie in one quarter that has been over for a month."""
    today = TODAY + timedelta(days=days)
    evenings = [
        today - timedelta(days=row["days_ago"]) for row in loader.files.load("held.json") if "cards" in row
    ]
    names = [periods.quarter_name(on) for on in evenings]
    best = max(names, key=names.count)
    assert names.count(best) >= 5
    assert periods.parse(best).ends_on + timedelta(days=30) < today
    assert periods.last_four_quarters(today).starts_on <= periods.parse(best).starts_on
