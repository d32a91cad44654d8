"""The `outreach` command: what it does, and what it says when it cannot."""

import json
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from outreach import audit, cli
from outreach.database import Base, db, writing_engine
from outreach.engagement import open_sums
from outreach.engagement.queries import ALWAYS, Question
from outreach.registration.models import Guest

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Iterator[Run]:
    """Runs a command against a fresh database of each kind."""
    cli.application.cache_clear()
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)

    def invoke(*arguments: str, url: str = database_url, **given: object) -> Result:
        settings = {"OUTREACH_DATABASE_URL": url.replace("+psycopg", ""), "OUTREACH_KEY_STORE": str(keys)}
        return CliRunner().invoke(cli.main, arguments, env=settings, **given)

    yield invoke
    with cli.application().app_context():
        db.engine.dispose()
    cli.application.cache_clear()


def prepared(run: Run) -> None:
    """Gives the database, whose tables the fixtures laid without migrations, its migrations' mark."""
    with cli_app(run).app_context():
        db.session.remove()
        Base.metadata.drop_all(writing_engine())
    assert run("db", "upgrade").exit_code == 0


def cli_app(run: Run) -> Flask:
    run("db", "check")
    return cli.application()


def test_every_command_explains_itself():
    for arguments in (
        ["--help"],
        *([name, "--help"] for name in cli._COMMANDS),
        ["import", "events", "--help"],
    ):
        result = CliRunner().invoke(cli.main, arguments)

        assert result.exit_code == 0, arguments
        assert "Usage:" in result.output


def test_package_runs_as_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr("sys.argv", ["python -m outreach", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("outreach", run_name="__main__")
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("outreach, version ")


def test_check_says_what_to_do_about_an_old_database(run):
    result = run("db", "check")

    assert result.exit_code == 1
    assert result.stderr == "outreach: The database is not up to date. Run: outreach db upgrade\n"


def test_serve_refuses_an_old_database(run):
    assert run("serve").exit_code == 1


def test_restore_says_what_to_do_about_an_old_database_and_does_not_blame_the_file(run, tmp_path: Path):
    (tmp_path / "backup.gz").write_bytes(b"")
    result = run("restore", str(tmp_path / "backup.gz"))

    assert result.stderr == "outreach: The database is not up to date. Run: outreach db upgrade\n"


def test_wrong_settings_are_one_line_each(run):
    cli.application.cache_clear()
    result = CliRunner().invoke(
        cli.main, ["db", "check"], env={"OUTREACH_TIME_ZONE": "Kansas", "OUTREACH_GATEWAY": "pigeon"}
    )

    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
    assert "Traceback" not in result.output


def test_staff_can_be_added_once(run):
    prepared(run)
    arguments = (
        "staff",
        "add",
        "ana@example.org",
        "--name",
        "Ana",
        "--role",
        "coordinator",
        "--password-stdin",
    )

    assert run(*arguments, input="correct horse battery\n").exit_code == 0
    again = run(*arguments, input="correct horse battery\n")
    assert (again.exit_code, again.stderr) == (
        1,
        "outreach: There is already an account with this e-mail address.\n",
    )


def test_short_password_is_refused(run):
    prepared(run)
    result = run(
        "staff",
        "add",
        "ana@example.org",
        "--name",
        "Ana",
        "--role",
        "coordinator",
        "--password-stdin",
        input="short\n",
    )

    assert result.exit_code == 1
    assert "at least 12" in result.stderr


def test_demo_loads_and_reports(run):
    """What the demo promises to show, by the commands that anybody may run."""
    prepared(run)
    assert run("demo", "load", "--today", "2026-11-23").exit_code == 0

    plan = json.loads(run("report", "plan", "--format", "json").output)
    promises = {row["ref"]: row for row in promises_of(plan)}
    assert (promises["S3.O1.A1.C1"]["promised"], promises["S3.O1.A1.C1"]["held"]) == (1, 0)
    assert (promises["S3.O1.A1.C2"]["promised"], promises["S3.O1.A1.C2"]["held"]) == (2, 2)

    report = json.loads(run("report", "engagement", "--format", "json").output)
    figures = {row["id"]: row for row in report["figures"]}
    assert 0 < figures["shared_events"]["value"] < 1
    assert figures["chance_ratio"]["value"] is not None

    assert run("demo", "load", "--if-empty").exit_code == 0
    assert run("demo", "load").exit_code == 1


def promises_of(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        if "promised" in value and "ref" in value:
            yield value
        for inner in value.values():
            yield from promises_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from promises_of(inner)


def test_backup_moves_everything_to_another_database(run, tmp_path: Path, make_app):
    prepared(run)
    run("demo", "load", "--today", "2026-11-23")
    before = counts(cli.application())
    assert run("backup", str(tmp_path / "backup.gz")).exit_code == 0
    assert run("backup", str(tmp_path / "backup.gz")).exit_code == 1
    assert b"+1816555" not in (tmp_path / "backup.gz").read_bytes()
    with cli.application().app_context():
        assert audit.listed(number=1, per_page=1)[0].deed == "backed_up"
        db.session.rollback()
        db.engine.dispose()

    cli.application.cache_clear()
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    run("db", "upgrade", url=elsewhere)
    assert run("restore", str(tmp_path / "backup.gz"), url=elsewhere).exit_code == 0
    assert counts(cli.application()) == before
    with cli.application().app_context():
        assert audit.fault() is None
        # Sums are no part of a backup: they are made of the events that came.
        assert open_sums.parts(Question(ALWAYS))
    again = run("restore", str(tmp_path / "backup.gz"), url=elsewhere)
    assert (again.exit_code, "not empty" in again.stderr) == (1, True)


def counts(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {
            table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if not table.info.get("is_derived")
        }


def test_restore_refuses_what_is_no_backup(run, tmp_path: Path):
    prepared(run)
    (tmp_path / "notes.txt").write_text("not a backup")
    result = run("restore", str(tmp_path / "notes.txt"))

    assert (result.exit_code, result.stderr) == (1, "outreach: This file cannot be read as a backup.\n")


def test_doctor_finds_the_missing_upgrade(run):
    result = run("doctor")

    assert result.exit_code == 1
    assert "Run: outreach db upgrade" in result.output


def test_doctor_finds_lost_keys_and_restore_tells_of_them(run, tmp_path: Path):
    prepared(run)
    run("demo", "load", "--today", "2026-11-23")
    assert "guests: all that are known can be read" in run("doctor").output
    assert run("backup", str(tmp_path / "backup.gz")).exit_code == 0
    with cli.application().app_context():
        # Not every event's key: guests of several are sealed with that of one.
        sealed = db.session.scalars(select(Guest.sealed).order_by(Guest.id)).first() or b""
        lost = cli.application().extensions["outreach"].vault.key_of(sealed)
    (tmp_path / "keys" / lost).unlink()
    # As in a process of its own, which remembers no key.
    with cli.application().app_context():
        db.engine.dispose()
    cli.application.cache_clear()

    result = run("doctor")
    assert (result.exit_code, "cannot be read with these keys" in result.output) == (1, True)
    assert lost.removeprefix("event-") in result.output
    with cli.application().app_context():
        db.engine.dispose()
    cli.application.cache_clear()
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
    run("db", "upgrade", url=elsewhere)
    told = run("restore", str(tmp_path / "backup.gz"), url=elsewhere)
    assert (told.exit_code, "cannot be read with these keys" in told.stderr) == (0, True)


def test_doctor_wants_keys_to_be_their_owner_s(run, tmp_path: Path):
    prepared(run)
    (tmp_path / "keys").chmod(0o750)

    result = run("doctor")
    assert (result.exit_code, f"Run: chmod 700 {tmp_path / 'keys'}" in result.output) == (1, True)
    assert list((tmp_path / "keys").iterdir()) == []


def test_purge_forgets_the_guests_of_past_events(run):
    prepared(run)
    run("demo", "load", "--today", "2026-11-23")
    told = run("purge", "--now", "2030-01-01T00:00Z", "--dry-run")
    assert "to forget" in told.output
    assert counts(cli.application())["registration"] > 0
    assert run("purge", "--now", "2030-01-01T00:00Z").exit_code == 0

    left = counts(cli.application())
    assert (left["registration"], left["guest"]) == (0, 0)


def test_inventory_is_a_list(run):
    listed = json.loads(run("inventory", "--format", "json").output)

    assert {"identity", "consent"} <= {row["id"] for row in listed["holdings"]}
