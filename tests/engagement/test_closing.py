"""The round that closes quarters, by the worker and by hand: in which order, and what it says."""

from datetime import UTC, date, datetime, timedelta

from click.testing import CliRunner
from sqlalchemy import func, select

from outreach.commands.purge import purge
from outreach.database import db, transaction
from outreach.engagement import ballots, cards, editions
from outreach.engagement.closing import close_quarters
from outreach.engagement.models import CardTotal, CardVisit, EventTally, TalkTally, TalkTotal
from outreach.engagement.periods import parse
from outreach.engagement.totals import BallotTotals, TalkTotals
from outreach.messaging.worker import run_once
from outreach.registration import retention
from outreach.runtime import runtime
from tests.engagement.programs import made_up, store
from tests.factories import make_event, make_organization

AUTUMN = datetime(2026, 11, 1, 12, tzinfo=UTC)


def season() -> None:
    """A festival of 100 heads, of which only 20 named a group, with two cards and the question on leaving."""
    with transaction():
        cards.use_cards(make_organization().id, True)
        event = make_event(starts_at=datetime(2026, 7, 6, 18, tzinfo=UTC))
        ballots.ask_about_talk(event, True)
        vault = runtime().vault
        for code, answer in (("one", "newcomers"), ("two", "residents")):
            cards.show(event, code, vault=vault)
            cards.answer(event, code, answer, vault=vault)
        totals = BallotTotals(10, 10, 0, 0)
        ballots.close(event, 100, totals, now=event.ends_at, talk=TalkTotals(9, 3, 0))
        retention.forget(event, vault=vault, now=event.ends_at + timedelta(days=4))
        store(made_up(1, 40, parse("2026-Q3")))


def rows(table) -> int:
    # Otherwise this would be read as it was before a command wrote.
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_worker_closes_a_quarter_and_counts_cards_before_it_erases_what_they_look_at(context, clock):
    season()
    clock.at = AUTUMN
    run_once(context)

    assert editions.find("2026-Q3") is not None
    assert [rows(table) for table in (EventTally, TalkTally, CardVisit)] == [0, 0, 0]
    assert db.session.scalars(select(TalkTotal)).one().talked == 9
    # With the heads in place of the erased ballots nobody would have met in so large a room.
    assert db.session.scalars(select(CardTotal)).one().crossed == 1


def test_second_round_finds_nothing(context):
    season()
    done = close_quarters(today=date(2026, 11, 1), now=AUTUMN)
    assert (done.cards, done.talk, done.editions) == (1, 1, ("2026-Q3",))
    assert close_quarters(today=date(2026, 11, 1), now=AUTUMN).count == 0


def test_purge_command_closes_quarters_as_well_and_says_so(context):
    season()

    def run(*arguments: str) -> list[str]:
        given = ["--now", AUTUMN.isoformat(), *arguments]
        return (
            CliRunner().invoke(purge, given, obj=lambda: context, catch_exceptions=False).output.splitlines()
        )

    foretold = run("--dry-run")
    assert "1 quarters of connection cards to count and erase." in foretold
    assert "1 quarters to freeze." in foretold
    assert editions.every() == []
    assert run()[-3:] == [
        "1 quarters of connection cards counted and erased.",
        "1 quarters of the question on leaving added up.",
        "1 quarters and years frozen.",
    ]
    assert rows(EventTally) == 0
