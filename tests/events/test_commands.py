"""The import commands: what they print, what they refuse, and that a refusal changes nothing."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from outreach.accounts.models import Organization
from outreach.database import db, transaction
from outreach.errors import InvalidInputError, InvalidInputsError, OutreachError
from outreach.events.commands import import_events, import_organizations
from outreach.events.models import Event, Generation
from tests.factories import make_organization

DATA = Path(__file__).parents[2] / "outreach" / "demo" / "data"
CALENDARS = Path(__file__).parents[1] / "data" / "calendars"


@pytest.fixture
def run(web_app):
    """Runs a command; returns what it printed, or raises what it refused with."""

    def run(command: click.Command, *args: object) -> tuple[str, str]:
        result = CliRunner().invoke(command, [str(arg) for arg in args], obj=lambda: web_app)
        if isinstance(result.exception, OutreachError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout, result.stderr

    return run


@pytest.fixture
def events(web_app):
    """What the database holds of events: local start and status, by start."""

    def events() -> list[tuple[str, str]]:
        with web_app.app_context():
            rows = db.session.execute(select(Event.starts_local, Event.status).order_by(Event.starts_local))
            return [(f"{starts:%Y-%m-%d %H:%M}", status) for starts, status in rows]

    return events


@pytest.fixture
def library(web_app):
    with web_app.app_context(), transaction():
        make_organization("Library")


TABLE = """title,kind,host,starts,venue
Picnic,welcoming_week,Library,2026-09-12 18:30,Budd Park
Chess,workshop,Library,2026-09-14,Hall
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(TABLE)
    return path


def test_import_events_adds_drafts_and_says_how_many(run, events, library, table):
    assert run(import_events, table) == ("2 events added, 0 here already.\n", "")
    assert events() == [("2026-09-12 18:30", "draft"), ("2026-09-14 00:00", "draft")]


def test_import_events_twice_adds_nothing(run, events, library, table):
    run(import_events, table)
    assert run(import_events, table, "--publish") == ("0 events added, 2 here already.\n", "")
    assert {status for _, status in events()} == {"draft"}


def test_import_events_publishes(run, events, library, table):
    run(import_events, table, "--publish")
    assert {status for _, status in events()} == {"published"}


def test_import_events_on_trial_changes_nothing(run, web_app, events, library, table):
    assert run(import_events, table, "--publish", "--dry-run") == (
        "2 events would be added, 0 here already.\n",
        "",
    )
    assert events() == []
    with web_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Generation)) == 0
    assert run(import_events, table)[0] == "2 events added, 0 here already.\n"


def test_import_events_shifts_by_whole_weeks(run, events, library, table):
    run(import_events, table, "--shift-to", "2026-10-02")
    assert events() == [("2026-10-03 18:30", "draft"), ("2026-10-05 00:00", "draft")]
    # The file's own events are others than the shifted ones.
    assert run(import_events, table)[0] == "2 events added, 0 here already.\n"


def test_import_events_refuses_a_broken_file_and_changes_nothing(run, events, library, table):
    table.write_text(
        TABLE + "Broken,workshop,Library,2026-02-30,Hall\nLost,workshop,Nobody,2026-09-15,Hall\n"
    )
    with pytest.raises(InvalidInputsError) as caught:
        run(import_events, table, "--publish")
    assert [str(each) for each in caught.value.problems] == [
        "Row 4, starts: 2026-02-30 is not a day of the calendar."
    ]
    assert events() == []
    table.write_text(TABLE + "Lost,workshop,Nobody,2026-09-15,Hall\n")
    with pytest.raises(InvalidInputsError, match="Row 4, host: There is no organization named Nobody"):
        run(import_events, table)
    assert events() == []


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_import_events_says_that_a_file_cannot_be_read(run, tmp_path, name):
    with pytest.raises(InvalidInputError, match=r"cannot be read"):
        run(import_events, tmp_path / name)


def test_import_events_refuses_an_impossible_day(run, web_app, table):
    result = CliRunner().invoke(import_events, [str(table), "--shift-to", "2026-02-30"], obj=lambda: web_app)
    assert (result.exit_code, "2026-02-30" in result.stderr) == (2, True)


def test_import_events_takes_a_real_calendar(run, events, library):
    path = CALENDARS / "meetup_intercultural_group.ics"
    with pytest.raises(InvalidInputsError, match="no host is named"):
        run(import_events, path)
    assert run(import_events, path, "--host", "Library", "--kind", "workshop", "--publish")[0] == (
        "10 events added, 0 here already.\n"
    )
    assert len(events()) == 10


def test_import_events_notes_what_it_left_out(run, library):
    out, err = run(
        import_events, CALENDARS / "eventbrite_higher_education_center.ics", "--host", "Library",
        "--time-zone", "America/New_York",
    )  # fmt: skip
    assert out == "98 events added, 0 here already.\n"
    assert err == "note: Event 73 (Lunch & Learn) was left out: An event can last 92 days at most.\n"


def test_import_of_the_real_past_events(run, web_app, events):
    path = DATA / "past_events.json"
    assert run(import_organizations, DATA / "organizations.json")[0] == (
        "252 organizations added, 0 here already.\n"
    )
    with pytest.raises(InvalidInputsError) as caught:
        run(import_events, path, "--publish")
    assert len(caught.value.problems) == 20
    assert events() == []
    with web_app.app_context(), transaction():
        make_organization("Host not named")
    assert run(import_events, path, "--publish", "--host", "Host not named")[0] == (
        "201 events added, 0 here already.\n"
    )
    statuses = [status for _, status in events()]
    assert {name: statuses.count(name) for name in set(statuses)} == {
        "published": 156, "held": 43, "cancelled": 2
    }  # fmt: skip


def test_real_past_events_shifted_to_come(run, web_app, tmp_path, events, clock):
    rows = [row for row in json.loads((DATA / "past_events.json").read_text()) if row["start"] >= "2024-09"]
    path = tmp_path / "week.json"
    path.write_text(json.dumps(rows))
    run(import_organizations, DATA / "organizations.json")
    with web_app.app_context(), transaction():
        make_organization("Host not named")
    run(import_events, path, "--publish", "--shift-to", "2026-09-11", "--host", "Host not named")
    assert len(events()) == len(rows) > 10
    assert {status for _, status in events()} == {"published"}
    with web_app.app_context():
        assert db.session.scalars(select(func.min(Event.starts_at))).one() > datetime(2026, 9, 8, tzinfo=UTC)


def test_import_organizations_twice_adds_nothing(run, web_app):
    run(import_organizations, DATA / "organizations.json")
    assert run(import_organizations, DATA / "organizations.json")[0] == (
        "0 organizations added, 252 here already.\n"
    )
    with web_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Organization)) == 252


def test_import_organizations_on_trial_changes_nothing(run, web_app):
    out, _ = run(import_organizations, DATA / "organizations.json", "--dry-run")
    assert out == "252 organizations would be added, 0 here already.\n"
    with web_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Organization)) == 0


def test_import_organizations_refuses_a_forbidden_column(run, tmp_path):
    path = tmp_path / "organizations.csv"
    path.write_text("name,sector,nationality\nLibrary,library,any\n")
    with pytest.raises(InvalidInputsError, match="“nationality” cannot be imported"):
        run(import_organizations, path)
