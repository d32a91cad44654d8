"""Handing in ballots, on both databases: what is stored, what is refused, and until when."""

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select

from outreach.database import db, transaction
from outreach.engagement import ballots
from outreach.engagement.models import EventTally
from outreach.engagement.totals import BallotTotals
from outreach.errors import ConflictError, InvalidInputError
from outreach.events.models import Event
from outreach.registration import retention
from outreach.runtime import runtime
from tests.factories import make_event

TOTALS = BallotTotals(8, 20, 3, 5)


@pytest.fixture
def event(context):
    with transaction():
        return make_event()


def close(event, head_count, totals=None, *, hours=1):
    with transaction():
        ballots.close(event, head_count, totals, now=event.starts_at + timedelta(hours=hours))


def stored(event) -> BallotTotals | None:
    row = db.session.scalar(select(EventTally).where(EventTally.event_id == event.id))
    return row and BallotTotals(row.newcomers, row.residents, row.both, row.unsaid)


def head_count(event) -> tuple[str, int | None]:
    row = db.session.get(Event, event.id, populate_existing=True)
    return row.status, row.head_count


def test_close_stores_the_head_count_and_four_totals(event):
    close(event, 40, TOTALS)

    assert (head_count(event), stored(event), ballots.ballots_cast(event)) == (("held", 40), TOTALS, 36)


def test_close_without_ballots_stores_none(event):
    close(event, 40)

    assert (head_count(event), stored(event), ballots.ballots_cast(event)) == (("held", 40), None, None)


def test_close_again_corrects_the_numbers(event):
    close(event, 40, TOTALS)
    close(event, 30, BallotTotals(0, 20, 3, 5))

    assert (head_count(event), stored(event)) == (("held", 30), BallotTotals(0, 20, 3, 5))


def test_close_again_without_ballots_keeps_the_earlier_ones(event):
    close(event, 40, TOTALS)
    close(event, 38)

    assert (head_count(event), stored(event)) == (("held", 38), TOTALS)


def test_more_ballots_than_people_change_nothing(event):
    close(event, 40, TOTALS)
    for people, totals in ((40, BallotTotals(41, 0, 0, 0)), (35, None), (35, TOTALS)):
        with pytest.raises(InvalidInputError):
            close(event, people, totals)

    assert (head_count(event), stored(event)) == (("held", 40), TOTALS)


def test_close_of_an_event_that_has_not_begun_is_refused(event):
    with pytest.raises(ConflictError):
        close(event, 40, TOTALS, hours=-1)

    assert (head_count(event), stored(event)) == (("published", None), None)


def test_ballots_of_an_event_that_is_not_closed_are_refused(event):
    with pytest.raises(ConflictError), transaction():
        ballots.submit(event, TOTALS, head_count=40, now=event.ends_at)

    assert stored(event) is None


def test_numbers_stand_once_the_guests_are_forgotten(event):
    close(event, 40, TOTALS)
    later = event.ends_at + retention.KEPT_AFTER_EVENT
    with transaction():
        retention.forget(event, vault=runtime().vault, now=later)
    with pytest.raises(ConflictError):
        close(event, 39, TOTALS, hours=80)
    with pytest.raises(ConflictError), transaction():
        ballots.submit(event, TOTALS, head_count=40, now=later)

    assert (head_count(event), stored(event)) == (("held", 40), TOTALS)


def test_tally_keeps_the_day_at_the_place_and_no_hour(event):
    """At 23:00 in Kansas City it is the next day in UTC."""
    close(event, 40, TOTALS, hours=5)

    assert db.session.scalar(select(EventTally.submitted_on)) == date(2026, 9, 14)


def test_tally_has_no_place_for_a_person_a_time_or_an_order(context):
    columns = {
        column["name"]: str(column["type"]) for column in inspect(db.engine).get_columns("event_tally")
    }
    assert columns == {
        "event_id": "INTEGER", "newcomers": "INTEGER", "residents": "INTEGER", "both": "INTEGER",
        "unsaid": "INTEGER", "submitted_on": "DATE",
    }  # fmt: skip
