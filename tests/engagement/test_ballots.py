"""Handing in ballots, on both databases: what is stored, what is refused, and until when."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import DateTime, inspect, select

from outreach.database import db, transaction
from outreach.engagement import ballots
from outreach.engagement.batches import Batch
from outreach.engagement.models import EventTally, TalkTally
from outreach.engagement.totals import BallotTotals, TalkTotals
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


def close(event, head_count, totals=None, *, hours=1, **others):
    with transaction():
        ballots.close(event, head_count, totals, now=event.starts_at + timedelta(hours=hours), **others)


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


def test_children_are_guests_who_get_no_ballot(event):
    close(event, 50, TOTALS, children=14)
    assert (head_count(event), stored(event)) == (("held", 50), TOTALS)
    assert ballots.children_of(event) == 14
    close(event, 50)
    assert (stored(event), ballots.children_of(event)) == (TOTALS, None)


@pytest.mark.parametrize(("children", "field"), [(41, "children"), (5, "head_count")])
def test_more_children_than_people_or_ballots_than_the_others_are_refused(event, children, field):
    with pytest.raises(InvalidInputError) as refused:
        close(event, 40, TOTALS, children=children)
    assert refused.value.field == field
    assert (head_count(event), stored(event)) == (("published", None), None)


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
        "unsaid": "INTEGER", "newcomers_by_device": "INTEGER", "residents_by_device": "INTEGER",
        "both_by_device": "INTEGER", "unsaid_by_device": "INTEGER", "children": "INTEGER",
        "submitted_on": "DATE",
    }  # fmt: skip


def background(name: str, *totals: int) -> Batch:
    return Batch(name.ljust(22, "x"), "background", totals)


def talk(name: str, *totals: int) -> Batch:
    return Batch(name.ljust(22, "x"), "talk", totals)


def talk_stored(event) -> TalkTotals | None:
    row = db.session.scalar(select(TalkTally).where(TalkTally.event_id == event.id))
    return row and TalkTotals(row.talked, row.did_not, row.unsaid)


def ask_about_talk(event, wanted=True):
    with transaction():
        ballots.ask_about_talk(event, wanted)


def test_devices_and_paper_add_up(event):
    close(event, 40, BallotTotals(1, 2, 0, 1), batches=[background("a", 3, 4, 1, 0)])
    close(event, 40, batches=[background("b", 4, 14, 2, 4)])

    assert (stored(event), ballots.ballots_cast(event)) == (TOTALS, 36)


def test_batch_that_comes_again_adds_nothing(event):
    for _ in range(2):
        close(event, 40, batches=[background("a", 3, 4, 1, 0)])
    close(event, 40, batches=[background("a", 3, 4, 1, 0), background("b", 0, 0, 0, 1)])

    assert stored(event) == BallotTotals(3, 4, 1, 1)
    assert ballots.taken_keys(event) == ["a".ljust(22, "x"), "b".ljust(22, "x")]


def test_correction_of_paper_leaves_what_devices_gathered(event):
    close(event, 40, BallotTotals(20, 0, 0, 0), batches=[background("a", 3, 4, 1, 0)])
    close(event, 40, BallotTotals(0, 2, 0, 0))

    assert stored(event) == BallotTotals(3, 6, 1, 0)


def test_more_ballots_than_people_over_devices_and_paper_are_refused_and_can_be_sent_again(event):
    close(event, 10, BallotTotals(1, 2, 0, 1))
    batch = background("a", 3, 4, 0, 0)
    with pytest.raises(InvalidInputError):
        close(event, 10, batches=[batch])
    assert (stored(event), ballots.taken_keys(event)) == (BallotTotals(1, 2, 0, 1), [])

    close(event, 11, batches=[batch])
    assert stored(event) == BallotTotals(4, 6, 0, 1)


def test_devices_that_close_at_the_same_time_are_all_counted(app, event):
    """Each thread is a volunteer with a device of their own; two of them send twice."""
    event_id, ends_at = event.id, event.ends_at

    def send(name: str) -> None:
        with app.app_context(), transaction() as session:
            batch = background(name, 1, 2, 0, 1)
            ballots.close(session.get_one(Event, event_id), 40, None, now=ends_at, batches=[batch])

    with ThreadPoolExecutor(8) as volunteers:
        list(volunteers.map(send, "abcdefghab"))

    assert stored(event) == BallotTotals(8, 16, 0, 8)


def test_question_on_leaving_is_kept_where_it_is_asked(event):
    ask_about_talk(event)
    close(event, 40, TOTALS, talk=TalkTotals(5, 3, 1), batches=[talk("a", 10, 2, 0)])

    assert (stored(event), talk_stored(event)) == (TOTALS, TalkTotals(15, 5, 1))
    assert ballots.ballots_cast(event, "talk") == 21


def test_question_on_leaving_that_nobody_asks_is_not_kept(event):
    close(event, 40, batches=[talk("a", 10, 2, 0)])
    assert (talk_stored(event), ballots.taken_keys(event)) == (None, ["a".ljust(22, "x")])
    with pytest.raises(ConflictError):
        close(event, 40, talk=TalkTotals(5, 3, 1))


def test_more_answers_on_leaving_than_people_are_refused(event):
    ask_about_talk(event)
    with pytest.raises(InvalidInputError):
        close(event, 20, talk=TalkTotals(15, 3, 1), batches=[talk("a", 2, 0, 0)])

    assert (talk_stored(event), ballots.ballots_cast(event, "talk")) == (TalkTotals(0, 0, 0), None)


def test_question_on_leaving_can_be_dropped_until_somebody_answered(event):
    ask_about_talk(event)
    ask_about_talk(event)
    ask_about_talk(event, wanted=False)
    assert not ballots.asks_about_talk(event)

    ask_about_talk(event)
    close(event, 20, talk=TalkTotals(1, 0, 0))
    with pytest.raises(ConflictError):
        ask_about_talk(event, wanted=False)
    assert talk_stored(event) == TalkTotals(1, 0, 0)


@pytest.mark.parametrize("table", ["talk_tally", "ballot_batch"])
def test_tables_beside_the_tally_hold_no_time_and_no_order_either(context, table):
    columns = inspect(db.engine).get_columns(table)
    assert not any(isinstance(column["type"], DateTime) for column in columns)
    assert not any(column["name"] in ("id", "position", "at") for column in columns)
