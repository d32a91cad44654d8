"""Connection cards on both databases: what is kept of one, for how long, and what is left."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import DateTime, func, inspect, select

from outreach import runtime
from outreach.database import db, transaction
from outreach.engagement import ballots, cards, periods
from outreach.engagement.batches import Batch
from outreach.engagement.encounters import Encounters
from outreach.engagement.models import BallotBatch, CardAnswer, CardQuarter, CardTotal, CardVisit
from outreach.engagement.totals import BallotTotals
from outreach.errors import ConflictError, InvalidInputError
from outreach.messaging.worker import run_once
from outreach.registration import holds, retention
from tests.factories import make_event, make_organization

STARTS_AT = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)
#: A month after the quarter of these events.
COUNTED_ON = date(2026, 10, 31)
TABLES = (CardQuarter, CardVisit, CardAnswer)


@pytest.fixture
def events(context):
    with transaction():
        cards.use_cards(make_organization().id, True)
        return [
            make_event(title=f"Evening {number}", starts_at=STARTS_AT + timedelta(days=number))
            for number in range(6)
        ]


def show(event, vault, *codes) -> None:
    with transaction():
        for code in codes:
            cards.show(event, code, vault=vault)


def say(event, vault, answer, *codes) -> None:
    show(event, vault, *codes)
    with transaction():
        for code in codes:
            cards.answer(event, code, answer, vault=vault)


def count_and_erase(quarter="2026-Q3") -> None:
    with transaction():
        cards.count_and_erase(quarter, now=datetime(2026, 10, 31, tzinfo=UTC))


def total() -> CardTotal:
    return db.session.scalars(select(CardTotal)).one()


def rows(*tables) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) for table in tables or TABLES]


def test_card_is_at_an_event_once_and_asked_once_a_quarter(events, vault):
    with transaction():
        asked = [cards.show(event, "card", vault=vault) for event in (events[0], events[0], events[1])]
        cards.answer(events[1], "card", "both", vault=vault)
        asked += [cards.show(event, "card", vault=vault) for event in events[1:3]]

    assert asked == [True, True, True, False, False]
    assert rows() == [1, 3, 1]


def test_later_answer_takes_the_place_of_the_earlier_one(events, vault):
    say(events[0], vault, "newcomers", "card")
    say(events[0], vault, "both", "card")
    assert list(db.session.scalars(select(CardAnswer.answer))) == ["both"]


def test_answer_that_the_question_does_not_have_is_refused(events, vault):
    with pytest.raises(InvalidInputError), transaction():
        cards.answer(events[0], "card", "citizen", vault=vault)


def test_host_without_cards_takes_none(events, vault):
    with transaction():
        cards.use_cards(events[0].organization_id, False)
    with pytest.raises(ConflictError), transaction():
        cards.show(events[0], "card", vault=vault)
    assert rows() == [0, 0, 0]


def test_what_is_kept_of_a_card_is_no_code_and_no_time(events, vault):
    show(events[0], vault, "card")
    columns = [c for table in TABLES for c in inspect(db.engine).get_columns(table.__tablename__)]
    assert not any(isinstance(column["type"], DateTime) for column in columns)
    stored = db.session.execute(
        select(CardVisit.token_hash, CardQuarter.salt).join_from(CardVisit, CardQuarter)
    )
    assert "card" not in str(stored.all())


def test_quarters_know_a_card_by_different_names(events, vault):
    with transaction():
        autumn = make_event(title="Autumn", starts_at=STARTS_AT + timedelta(days=40))
    show(events[0], vault, "card")
    show(autumn, vault, "card")
    hashes = list(db.session.scalars(select(CardVisit.token_hash).distinct()))
    assert (len(hashes), rows(CardQuarter)) == (2, [2])


def test_holder_of_a_card_erases_what_is_stored_under_it_and_nothing_else(events, vault):
    say(events[0], vault, "newcomers", "mine", "yours")
    show(events[1], vault, "mine")
    with transaction():
        cards.erase("mine", vault=vault)
    assert rows() == [1, 1, 1]
    with transaction():
        cards.erase("nobody's", vault=vault)
    assert rows() == [1, 1, 1]


def test_quarter_becomes_counts_and_its_rows_and_salt_are_gone(events, vault):
    say(events[0], vault, "newcomers", "n1", "n2")
    say(events[0], vault, "residents", "r1")
    say(events[1], vault, "residents", "r2")
    show(events[1], vault, "n1", "r1", "silent")
    count_and_erase()

    found = total()
    assert (found.quarter, found.events, found.newcomers, found.residents) == ("2026-Q3", 2, 2, 2)
    # n1-r1 twice, n2-r1 and n1-r2 once.
    assert (found.crossed, found.crossed_again, found.possible) == (3, 1, 4)
    assert rows() == [0, 0, 0]


def test_large_room_is_known_by_its_ballots(events, vault):
    """60 people of the two groups are a small room, 61 are none; others do not count."""
    for event, newcomers in zip(events, (30, 31), strict=False):
        with transaction():
            ballots.close(
                event, 200, BallotTotals(newcomers, 30, 80, 9), now=event.starts_at + timedelta(hours=1)
            )
            retention.forget(event, vault=runtime.vault(), now=event.ends_at + timedelta(days=4))
        say(event, vault, "newcomers", f"n{newcomers}")
        say(event, vault, "residents", f"r{newcomers}")
    count_and_erase()
    assert (total().crossed, total().newcomers) == (1, 2)


def test_large_room_without_ballots_is_known_by_its_heads(events, vault):
    with transaction():
        ballots.close(events[0], 61, None, now=events[0].ends_at)
        retention.forget(events[0], vault=runtime.vault(), now=events[0].ends_at + timedelta(days=4))
    say(events[0], vault, "newcomers", "n")
    say(events[0], vault, "residents", "r")
    count_and_erase()
    assert total().crossed == 0


def test_quarter_is_due_a_month_after_its_end(events, vault):
    show(events[0], vault, "card")
    assert cards.due(today=COUNTED_ON - timedelta(days=1)) == []
    assert cards.due(today=COUNTED_ON) == ["2026-Q3"]


def test_worker_counts_what_is_due(context, events, vault, clock):
    show(events[0], vault, "card")
    clock.at = datetime(2026, 10, 30, 12, tzinfo=UTC)
    run_once(context)
    assert rows() == [1, 1, 0]
    # The worker has a session of its own, and this one must not see what was.
    db.session.rollback()
    clock.at = datetime(2026, 10, 31, 12, tzinfo=UTC)
    run_once(context)
    assert (rows(), total().newcomers) == ([0, 0, 0], 0)


@pytest.mark.parametrize("is_event", [False, True], ids=["cards", "event"])
def test_legal_hold_keeps_cards_until_it_is_lifted(events, vault, is_event):
    show(events[0], vault, "card")
    scope = {"event": events[0]} if is_event else {"holding_id": "cards"}
    with transaction():
        held = holds.place(counsel="Counsel", reason="Case", by_id=None, now=STARTS_AT, **scope).id
    assert cards.due(today=COUNTED_ON) == []
    with pytest.raises(ConflictError), transaction():
        cards.erase("card", vault=vault)
    with transaction():
        holds.lift(held, by_id=None, now=STARTS_AT)
    assert cards.due(today=COUNTED_ON) == ["2026-Q3"]


def add_total(quarter: str, *, people=(10, 10), events=5, again=3) -> None:
    newcomers, residents = people
    values = dict.fromkeys(Encounters.__slots__, 0) | {
        "newcomers": newcomers, "residents": residents, "newcomers_reached_again": again,
    }  # fmt: skip
    with transaction() as session:
        session.add(CardTotal(quarter=quarter, events=events, **values))


def test_quarters_of_a_period_are_added_and_small_ones_left_out_as_a_whole(context):
    add_total("2025-Q4")
    add_total("2026-Q1", people=(9, 400))
    add_total("2026-Q2", events=4)
    add_total("2026-Q3", people=(20, 30))
    found, both = (cards.told(periods.parse(name)) for name in ("2026", "2025-Q4..2026-Q3"))
    assert (found.newcomers, found.residents) == (20, 30)
    assert (both.newcomers, both.newcomers_reached_again) == (30, 6)
    assert cards.told(periods.parse("2026-Q1")) is None


def test_keys_of_devices_are_kept_while_the_numbers_can_be_corrected(events):
    event = events[0]
    with transaction():
        ballots.close(
            event, 9, None, now=event.ends_at, batches=[Batch("k" * 22, "background", (1, 1, 1, 1))]
        )
        cards.forget_batches()
    assert rows(BallotBatch) == [1]
    with transaction():
        retention.forget(event, vault=runtime.vault(), now=event.ends_at + timedelta(days=4))
        cards.forget_batches()
    assert rows(BallotBatch) == [0]
