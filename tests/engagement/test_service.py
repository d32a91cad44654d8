"""The report from the database, on both: which events are in it, and the seal."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.engagement import ballots, periods
from outreach.engagement.models import EventTally
from outreach.engagement.open_sums import parts
from outreach.engagement.periods import parse
from outreach.engagement.queries import Question
from outreach.engagement.service import engagement_report
from outreach.engagement.totals import BallotTotals
from outreach.events.drafts import VenueDraft
from outreach.registration import retention
from outreach.runtime import runtime
from tests.engagement.programs import keep_all
from tests.factories import make_event, make_jurisdictions

SUMMER = parse("2026-Q3")
TOTALS = BallotTotals(8, 20, 3, 5)


def hold(*, head_count: int | None = 40, totals: BallotTotals | None = TOTALS, is_forgotten=True, **given):
    """An event that took place, its ballots handed in and its guests forgotten."""
    event = make_event(**given)
    ballots.close(event, head_count or 40, totals, now=event.starts_at)
    event.head_count = head_count
    # Forgetting reads the event anew.
    db.session.flush()
    if is_forgotten:
        retention.forget(event, vault=runtime().vault, now=event.ends_at + retention.KEPT_AFTER_EVENT)
    db.session.flush()
    return event


def held(period):
    return engagement_report(period).figures.events_held


def sealed(period):
    return engagement_report(period).figures.events_sealed


def watch_reads() -> list[str]:
    """Every SELECT from now on."""
    seen: list[str] = []

    def look(_connection, _cursor, statement, *_rest):
        if statement.startswith("SELECT"):
            seen.append(statement)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", look)
    return seen


def at(month: int, day: int, hour: int = 18) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_report_reads_held_events_of_the_period_with_their_place(context):
    with transaction():
        make_jurisdictions()
        county = VenueDraft("Library", city="Kansas City", county="jackson-county-mo")
        hold(starts_at=at(9, 20), venue=county)
        hold(starts_at=at(9, 21), delivery="online", venue=None, totals=None)
        hold(starts_at=at(9, 22), head_count=None)

    found = parts(Question(SUMMER))[""].parts
    summer = periods.quarter_number(SUMMER.starts_on)
    lines = {part.place: (part.quarter, part.sums.head_count, part.sums.newcomers) for part in found}
    assert lines == {
        "jackson-county-mo": (summer, 40, TOTALS.newcomers),
        "online": (summer, 40, 0),
        "elsewhere": (summer, 0, TOTALS.newcomers),
    }


def test_report_takes_an_event_s_day_at_its_place(context):
    """Eight in the evening of September 30 in Kansas City is October in UTC."""
    with transaction():
        hold(starts_at=at(10, 1, hour=1))

    assert held(SUMMER) == 1
    assert held(parse("2026-Q4")) == 0


def test_report_leaves_out_events_that_did_not_take_place(context):
    with transaction():
        make_event(title="Only announced")
        make_event(title="Called off", status="cancelled")
        hold(title="Nobody came", head_count=0, totals=None)
        hold(title="Another year", starts_at=at(9, 20) + timedelta(days=365))

    report = engagement_report(SUMMER)
    assert (report.figures.events_held, report.figures.events_sealed) == (0, 0)


def test_tally_is_sealed_until_the_guests_are_forgotten(context):
    with transaction():
        event = hold(is_forgotten=False)

    assert (held(SUMMER), sealed(SUMMER)) == (0, 1)
    assert engagement_report(SUMMER).figures.answers == 0
    with transaction():
        retention.forget(event, vault=runtime().vault, now=event.ends_at + retention.KEPT_AFTER_EVENT)
    assert (held(SUMMER), sealed(SUMMER)) == (1, 0)
    assert engagement_report(SUMMER).figures.answers == 31


def test_sealed_tally_is_not_even_fetched(context):
    """The query itself leaves it out; nothing downstream has to remember to."""
    with transaction():
        hold(is_forgotten=False)
    statements = watch_reads()
    report = engagement_report(SUMMER)

    about_tallies = [text for text in statements if "event_tally" in text]
    assert report.figures.answers == 0
    assert about_tallies
    assert all("forgotten_at IS NOT NULL" in text for text in about_tallies)
    assert db.session.scalar(select(EventTally.newcomers)) == TOTALS.newcomers


def test_sealed_events_count_with_and_without_ballots(context):
    with transaction():
        hold(is_forgotten=False)
        hold(is_forgotten=False, totals=None, title="Nobody asked")

    assert sealed(SUMMER) == 2


@pytest.mark.parametrize("count", [1, 12], ids=["one-event", "twelve-events"])
def test_report_asks_the_same_number_of_queries_however_many_events(context, count):
    with transaction():
        for day in range(1, count + 1):
            hold(starts_at=at(9, 10) + timedelta(days=day))
    statements = watch_reads()
    report = engagement_report(SUMMER)
    assert (report.figures.events_held, len(statements)) == (count, 8)
    keep_all()
    statements.clear()
    report = engagement_report(SUMMER)
    assert (report.figures.events_held, len(statements)) == (count, 6)
    assert not any("event_tally" in text for text in statements)


def test_children_are_neither_missing_ballots_nor_people_who_did_not_say(context):
    with transaction():
        families = make_event(starts_at=at(7, 1), title="Families")
        ballots.close(families, 60, TOTALS, now=families.starts_at, children=60 - TOTALS.cast)
        retention.forget(families, vault=runtime().vault, now=families.ends_at + retention.KEPT_AFTER_EVENT)
    found = engagement_report(SUMMER).figures
    assert (found.events_unreliable, found.unsaid) == (0, TOTALS.unsaid)
    assert found.head_count == TOTALS.cast
    assert found.answered_rate.value == pytest.approx(TOTALS.answers / TOTALS.cast)


def test_report_of_a_head_count_that_was_lowered_later_is_unreliable_and_whole(context):
    """Staff may correct a head count without knowing of ballots."""
    with transaction():
        event = hold(is_forgotten=False)
        event.head_count = 30
        db.session.flush()
        retention.forget(event, vault=runtime().vault, now=event.ends_at + retention.KEPT_AFTER_EVENT)

    found = engagement_report(SUMMER).figures
    assert (found.events_unreliable, found.answers, found.unsaid) == (1, 31, 5)
