"""What is read of the question on leaving, from when on, and what becomes of it after its quarter."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from outreach import runtime
from outreach.database import db, transaction
from outreach.engagement import ballots, periods
from outreach.engagement.contact import Talk
from outreach.engagement.contact_service import contact_report, fold
from outreach.engagement.models import TalkTally
from outreach.engagement.totals import BallotTotals, TalkTotals
from outreach.registration import retention
from tests.factories import make_event
from tests.queries import count_queries

STARTS_AT = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)
QUARTER = periods.parse("2026-Q3")


def held(totals: TalkTotals | None, *, heads=20, days=0, is_open=True) -> None:
    with transaction():
        event = make_event(title=f"Day {days}", starts_at=STARTS_AT + timedelta(days=days))
        ballots.ask_about_talk(event, True)
        ballots.close(event, heads, None, now=event.ends_at, talk=totals)
        if is_open:
            retention.forget(event, vault=runtime.vault(), now=event.ends_at + timedelta(days=4))


def fold_on(today: date) -> int:
    with transaction():
        return fold(today=today)


def test_open_events_of_the_period_are_added_up(context):
    held(TalkTotals(5, 3, 2))
    held(TalkTotals(1, 1, 0), heads=2, days=1)
    held(None, days=2)
    held(TalkTotals(9, 9, 0), days=40)

    assert contact_report(QUARTER).talk == Talk(events=2, talked=6, did_not=4, people=22)


def test_children_are_not_among_the_people_who_could_answer(context):
    with transaction():
        event = make_event(starts_at=STARTS_AT)
        ballots.ask_about_talk(event, True)
        ballots.close(
            event, 30, BallotTotals(9, 9, 0, 2), now=event.ends_at, talk=TalkTotals(5, 3, 2), children=10
        )
        retention.forget(event, vault=runtime.vault(), now=event.ends_at + timedelta(days=4))
    assert contact_report(QUARTER).talk == Talk(events=1, talked=5, did_not=3, people=20)


def test_sealed_totals_are_in_no_figure(context):
    held(TalkTotals(5, 3, 2), is_open=False)

    assert contact_report(QUARTER).talk == Talk()


def test_quarter_that_is_over_is_folded_and_says_the_same(context):
    held(TalkTotals(5, 3, 2))
    held(TalkTotals(1, 1, 0), days=1)
    held(TalkTotals(2, 2, 2), days=2, is_open=False)
    held(TalkTotals(7, 7, 0), days=40)
    before = contact_report(QUARTER).talk
    assert fold_on(date(2026, 10, 30)) == 0
    assert fold_on(date(2026, 10, 31)) == 1

    assert contact_report(QUARTER).talk == before == Talk(2, 6, 4, 40)
    # The sealed one waits, and the next quarter has its time.
    assert db.session.scalar(select(func.count()).select_from(TalkTally)) == 2
    assert fold_on(date(2026, 10, 31)) == 0
    assert contact_report(periods.parse("2026")).talk == Talk(3, 13, 11, 60)


def test_event_that_opens_late_joins_its_folded_quarter(context):
    held(TalkTotals(5, 3, 2))
    fold_on(date(2026, 10, 31))
    held(TalkTotals(1, 1, 0), days=1)
    assert fold_on(date(2026, 11, 1)) == 1
    assert contact_report(QUARTER).talk == Talk(2, 6, 4, 40)


@pytest.mark.parametrize("events", [1, 6])
def test_report_asks_the_same_number_of_queries_however_many_events(app, context, events):
    for days in range(events):
        held(TalkTotals(1, 1, 0), days=days)
    with count_queries(app) as sent:
        contact_report(QUARTER)
    assert len(sent) == 4
