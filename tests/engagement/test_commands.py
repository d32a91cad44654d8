"""`outreach editions`: freezing by hand, the list, and a replacement."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from outreach import cli
from outreach.database import db, transaction
from outreach.engagement import editions
from outreach.engagement.commands import editions_group
from outreach.engagement.figures import METHOD_VERSION
from outreach.engagement.models import EventTally
from outreach.engagement.periods import parse
from outreach.errors import ConflictError
from tests.engagement.programs import made_up, store

AUTUMN = datetime(2026, 11, 1, 12, tzinfo=UTC)
FROZEN = f"2026-Q3: 2026-07-01 to 2026-09-30, method {METHOD_VERSION}, frozen 2026-11-01: published"


@pytest.fixture
def run(context):
    with transaction():
        store(made_up(1, 40, parse("2026-Q3")))

    def go(*arguments: str) -> Result:
        return CliRunner().invoke(editions_group, arguments, obj=lambda: context, catch_exceptions=False)

    return go


def tallies() -> int:
    # Otherwise this would be read as it was before a command wrote.
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(EventTally)) or 0


def test_freeze_says_what_it_froze_and_a_dry_run_freezes_nothing(run):
    at = ("--now", AUTUMN.isoformat())
    assert run("list").output == "Nothing is frozen yet.\n"
    assert run("freeze", "--now", "2026-10-30T12:00Z").output == "0 frozen.\n"
    before = tallies()
    assert run("freeze", *at, "--dry-run").output == "2026-Q3: would be frozen\n"
    assert (editions.every(), tallies()) == ([], before)

    assert run("freeze", *at).output == f"{FROZEN}\n1 frozen.\n"
    assert tallies() == 0
    assert run("list").output == f"{FROZEN}\n"
    assert run("freeze", *at).output == "0 frozen.\n"


def test_list_tells_a_quarter_that_waits(run):
    run("freeze", "--now", AUTUMN.isoformat())
    with transaction():
        store(made_up(2, 3, parse("2026-Q4")))
    run("freeze", "--now", "2027-02-01T12:00Z")
    _, year, waiting = run("list").output.splitlines()
    assert year.startswith("2026: 2026-07-01 to 2026-09-30")
    assert waiting.startswith("2026-Q4: 2026-10-01 to 2026-12-31")
    assert waiting.endswith("too few answers, waits for the next quarter")


def test_quarter_in_which_nobody_was_asked_does_not_wait(run):
    with transaction():
        store([replace(event, totals=None) for event in made_up(2, 3, parse("2026-Q2"))])
    silent, published = run("freeze", "--now", AUTUMN.isoformat()).output.splitlines()[:2]
    assert silent.endswith("nobody was asked")
    assert [silent, published] == run("list").output.splitlines() == [silent, FROZEN]


def test_replacement_is_refused_within_twelve_months_and_done_after_them(run, clock):
    run("freeze", "--now", AUTUMN.isoformat())
    clock.at = datetime(2027, 10, 31, tzinfo=UTC)
    with pytest.raises(ConflictError, match="twelve months"):
        run("replace", "2026-Q3")
    clock.at = datetime(2027, 11, 2, tzinfo=UTC)
    assert run("replace", "2026-Q3").output == f"{FROZEN.replace('2026-11-01', '2027-11-02')}\n"


def test_what_cannot_be_replaced_is_said_in_one_line(sqlite_url):
    cli.application.cache_clear()
    environment = {"OUTREACH_DATABASE_URL": sqlite_url}
    result = CliRunner().invoke(cli.main, ["editions", "replace", "2026-Q3"], env=environment)
    with cli.application().app_context():
        db.engine.dispose()
    cli.application.cache_clear()
    assert result.exit_code == 1
    assert "There is no published edition 2026-Q3." in result.output
    assert "Traceback" not in result.output
