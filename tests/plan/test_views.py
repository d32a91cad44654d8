"""The plan's page, files and commands."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from outreach import audit
from outreach.accounts.service import add_organization
from outreach.database import db, transaction
from outreach.errors import InvalidInputError, InvalidInputsError, NotFoundError
from outreach.plan import service
from outreach.plan.commands import export_plan, import_plan, report_plan
from outreach.plan.importing import read
from outreach.plan.models import Commitment, Plan
from outreach.policy import Role
from tests.factories import PASSWORD, make_event, make_staff

FILE = Path(__file__).resolve().parents[2] / "outreach" / "demo" / "data" / "plan.json"
ADDRESSES = ["/staff/plan", "/staff/plan.csv", "/staff/plan.json", "/staff/plan/committee"]


@pytest.fixture
def sign_in(client, web_app):
    """Signs somebody in: sign_in(role, sector=…)."""

    def go(role: Role = Role.COORDINATOR, sector: str | None = None):
        with web_app.app_context(), transaction():
            body = add_organization("Some body", sector=sector) if sector else None
            make_staff("staff@example.org", role, body)
        client.post(
            "/staff/sign-in?next=/staff/plan", data={"email": "staff@example.org", "password": PASSWORD}
        )
        return client

    return go


def hold(web_app, *days: datetime, **given) -> None:
    with web_app.app_context(), transaction():
        for starts_at in days:
            event = make_event(
                status="held",
                kind="trust_training",
                starts_at=starts_at,
                now=starts_at + timedelta(days=1),
                **given,
            )
            event.head_count = 20
            db.session.flush()


def run(web_app, command: click.Command, *arguments: object) -> Result:
    def application():
        return web_app

    return CliRunner().invoke(
        command, [str(part) for part in arguments], obj=application, catch_exceptions=False
    )


@pytest.fixture
def plan(web_app):
    assert run(web_app, import_plan, FILE).exit_code == 0
    hold(
        web_app,
        datetime(2017, 10, 12, 18, tzinfo=UTC),
        datetime(2018, 4, 18, 18, tzinfo=UTC),
        title="<b>Coffee</b> with officers",
    )


def test_import_says_what_it_did(web_app):
    first, second = (run(web_app, import_plan, FILE).output for _ in range(2))

    assert first.endswith(": 59 added, 0 changed, 0 removed, 0 as before.\n")
    assert second.endswith(": 0 added, 0 changed, 0 removed, 59 as before.\n")
    with web_app.app_context():
        (entry,) = audit.listed(number=1, per_page=9)
    assert (entry.deed, entry.numbers) == ("plan_imported", {"added": 59, "changed": 0, "removed": 0})


def test_broken_file_changes_nothing(web_app, tmp_path):
    run(web_app, import_plan, FILE)
    broken = json.loads(FILE.read_text(encoding="utf-8"))
    broken["vision"] = "Another vision"
    broken["strategies"][3]["objectives"][0]["actions"][0]["commitments"][1]["due"]["end"] = "soon"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(InvalidInputsError) as caught:
        run(web_app, import_plan, path)

    assert [str(problem) for problem in caught.value.problems] == [
        "strategies[3].objectives[0].actions[0].commitments[1].due.end: this must be a day like 2018-12-31."
    ]
    with web_app.app_context():
        assert db.session.scalars(db.select(Plan.vision)).one() != "Another vision"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read"), (b"\xff\xfe\x00", "not a text file"), (b" " * 5_000_001, "too large")],
    ids=["missing", "not-text", "too-large"],
)
def test_file_that_cannot_be_read_is_refused(web_app, tmp_path, content, sentence):
    path = tmp_path / "100% plan.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=sentence):
        run(web_app, import_plan, path)


def test_report_of_no_plan_says_how_to_bring_one_in(web_app):
    with pytest.raises(NotFoundError, match="outreach import plan FILE"):
        run(web_app, report_plan)


def test_report_of_an_unknown_plan_is_refused(web_app, plan):
    with pytest.raises(NotFoundError, match="no plan named Mine"):
        run(web_app, report_plan, "--plan", "Mine")


def test_command_tells_promised_and_held(web_app, plan):
    value = json.loads(run(web_app, report_plan, "--format", "json").output)
    stand = {
        row["ref"]: (row["promised"], row["at_least"], row["held"], row["state"], row["due"]["words"])
        for row in value["commitments"]
    }

    assert stand["S3.O1.A1.C1"] == (1, True, 1, "kept", "in 2017")
    assert stand["S3.O1.A1.C2"] == (2, True, 1, "late", "in 2018")
    assert value["totals"] == {
        "commitments": 27, "kept": 1, "done": 1, "on_track": 0, "at_risk": 0, "late": 25, "unnumbered": 0,
    }  # fmt: skip
    events = {row["ref"]: row["events"] for row in value["commitments"]}["S3.O1.A1.C2"]
    assert [(event["title"], event["on"]) for event in events] == [
        ("<b>Coffee</b> with officers", "2018-04-18")
    ]


def test_text_of_the_command_reads_like_the_plan(web_app, plan):
    lines = run(web_app, report_plan).output.splitlines()
    at = lines.index(next(line for line in lines if "S3.O1.A1.C2" in line))

    assert lines[at + 1].strip() == "promised: at least 2; done: 1; Late"
    assert lines[at + 2].strip() == ("Done by the last day, Monday, December 31, 2018: 1 of 2.")
    assert lines[at + 3].strip() == "looked after by: MARC Emergency Services/Homeland Security Program"
    assert lines[at + 4].strip() == "due: in 2018 (Monday, January 1, 2018 to Monday, December 31, 2018)"
    assert "S3 Safe Communities" in lines


def test_page_files_and_command_tell_the_same(sign_in, web_app, plan):
    client = sign_in()
    as_json = client.get("/staff/plan.json").json
    as_csv = client.get("/staff/plan.csv").data.decode("utf-8-sig")

    assert as_json == json.loads(run(web_app, report_plan, "--format", "json").output)
    assert as_csv == run(web_app, report_plan, "--format", "csv").stdout_bytes.decode()
    rows = list(csv.DictReader(io.StringIO(as_csv, newline="")))
    assert [(row["ref"], row["held"], row["state"]) for row in rows] == [
        (row["ref"], str(row["held"]), row["state"]) for row in as_json["commitments"]
    ]
    # Heads are counted at events alone; of a letter nobody knows a head count, not even 0.
    assert {
        row["kept_by"] for row in as_json["commitments"] if row["held_without_head_count"] is not None
    } <= {
        "events",
        "convenings",
    }
    page = client.get("/staff/plan").text
    assert re.findall(r'id="c-([^"]+)"', page) == [row["ref"] for row in as_json["commitments"]]


def test_page_shows_promises_in_words_with_their_evidence(sign_in, plan):
    page = sign_in().get("/staff/plan").text

    for shown in (
        "1 of 1",
        "1 of 2",
        "Done by the last day, Monday, December 31, 2018: 1 of 2.",
        '<q lang="en" dir="ltr">by mid-2018</q>',
        "The words can be read in more than one way.",
        "The plan gives no time.",
        "Who looks after it: Mid-America Regional Council.",
        "The plan makes no dated promise here.",
        "&lt;b&gt;Coffee&lt;/b&gt; with officers",
        "20 guests",
    ):
        assert shown in page
    assert "<b>Coffee" not in page


def test_page_without_a_plan_says_so(sign_in):
    client = sign_in()

    assert "No plan yet" in client.get("/staff/plan").text
    assert client.get("/staff/plan.json").status_code == 404


def test_page_lets_choose_among_plans(sign_in, web_app, plan):
    text = FILE.read_text(encoding="utf-8")
    later = read(
        text.replace("2017-2018 Strategic Action Plan", "A later plan").replace(
            '"2017-09-01"', '"2017-09-02"'
        )
    )
    with web_app.app_context():
        with transaction():
            service.import_plan(later, now=datetime(2026, 9, 7, tzinfo=UTC))
        ids = {row.title: row.id for row in service.plans()}
    client = sign_in()

    titles = [
        re.search(r'<p class="lead"[^>]*>([^<]+)', client.get(address).text)[1].split(" (")[0]
        for address in ("/staff/plan", *(f"/staff/plan?plan={number}" for number in ids.values()))
    ]
    assert titles == ["A later plan", "A later plan", "2017-2018 Strategic Action Plan"]
    assert [client.get(f"/staff/plan?plan={wrong}").status_code for wrong in ("999", "x", "")] == [404] * 3


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("role", "sector", "status"),
    [
        pytest.param(Role.ADMINISTRATOR, None, 200, id="administrator"),
        pytest.param(Role.COORDINATOR, None, 200, id="coordinator"),
        pytest.param(Role.ORGANIZER, "faith", 200, id="organizer"),
        pytest.param(Role.COMMITTEE, None, 200, id="committee"),
        pytest.param(Role.ORGANIZER, "law_enforcement", 403, id="police"),
    ],
)
def test_plan_is_for_staff_and_not_for_police(sign_in, plan, address, role, sector, status):
    assert sign_in(role, sector).get(address).status_code == status


@pytest.mark.parametrize("address", ADDRESSES)
def test_plan_asks_strangers_to_sign_in(client, address):
    assert client.get(address).status_code == 303


def test_spreadsheet_runs_nothing_of_a_plan(sign_in, web_app, tmp_path):
    value = json.loads(FILE.read_text(encoding="utf-8"))
    value["strategies"][0]["title"] = "=HYPERLINK(1)"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    run(web_app, import_plan, path)
    rows = csv.DictReader(io.StringIO(sign_in().get("/staff/plan.csv").data.decode("utf-8-sig"), newline=""))

    assert next(rows)["strategy"] == "'=HYPERLINK(1)"


@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_is_exported_changes_nothing_when_it_is_imported(web_app, plan, tmp_path, form):
    with web_app.app_context(), transaction():
        row = db.session.query(Commitment).filter_by(ref="S1.O2.A1.C2").one()
        row.expected = ["=Council", "A; B"]
        row.due_verbatim, row.due_type, row.due_ends_on, row.is_due_ambiguous = "soon", "unread", None, True
        db.session.flush()
    path = tmp_path / f"plan.{form}"
    path.write_bytes(run(web_app, export_plan, "--format", form).stdout_bytes)

    assert run(web_app, import_plan, path).output.endswith(": 0 added, 0 changed, 0 removed, 59 as before.\n")


def test_broken_table_changes_nothing_and_names_its_row(web_app, plan, tmp_path):
    path = tmp_path / "plan.csv"
    text = run(web_app, export_plan, "--format", "csv").output
    path.write_text(text.replace("2018-06-30", "2018-06-31", 1), encoding="utf-8")
    with pytest.raises(InvalidInputsError, match=r"Row \d+, due_end: this must be a day like 2018-12-31\."):
        run(web_app, import_plan, path)
    assert run(web_app, export_plan, "--format", "csv").output == text
