"""The page of the audit log: who did what, with no guest in it, and whether it is whole."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from outreach import audit
from outreach.accounts.models import Staff
from outreach.audit import AuditEntry
from outreach.chain import Deed
from outreach.commands.audit import audit as command
from outreach.database import db, transaction
from outreach.policy import Role
from tests.conftest import NOW
from tests.factories import make_staff
from tests.pages import form_in, sign_in
from tests.queries import count_queries


@pytest.fixture
def root(client, web_app):
    with web_app.app_context(), transaction():
        make_staff("root@example.org", Role.ADMINISTRATOR, name="Root")
        make_staff("coord@example.org", Role.COORDINATOR, name="Coord")
        make_staff("ana@example.org", name="Ana")
    sign_in(client, "root@example.org")
    return client


def entries(app):
    with app.app_context():
        return [(entry.staff_id, entry.deed, entry.subject) for entry in audit.listed(number=1, per_page=50)]


def staff_id(app, email) -> int:
    with app.app_context():
        found = db.session.scalar(select(Staff.id).where(Staff.email == email))
        assert found is not None
        return found


@pytest.mark.parametrize(
    ("changes", "deed"),
    [
        ({"role": "coordinator", "organization": ""}, "role_changed"),
        ({"is_active": None}, "staff_switched_off"),
        ({"password": "a horse of another color"}, "password_given"),
        ({"name": "Ana B."}, "staff_changed"),
    ],
)
def test_change_of_an_account_is_written_down(root, web_app, changes, deed):
    me, ana = staff_id(web_app, "root@example.org"), staff_id(web_app, "ana@example.org")
    address = f"/staff/people/{ana}"
    form = {**form_in(root.get(address).text, having="name"), **changes}
    assert root.post(address, data=form).status_code == 303

    role = changes.get("role", "organizer")
    assert entries(web_app)[0] == (me, deed, f"staff:{ana}:{role}")
    page = root.get("/staff/audit").text
    assert "Root</bdi>" in page
    assert f"<bdi>{changes.get('name', 'Ana')}</bdi>" in page


def test_page_says_whether_the_log_is_whole(root, web_app):
    assert "The log is whole" not in root.get("/staff/audit").text
    assert "The log is whole: 3 lines" in root.get("/staff/audit?check=1").text
    with web_app.app_context(), transaction():
        db.session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(staff_id=1))
    assert "Line 2 was changed or taken out." in root.get("/staff/audit?check=1").text


@pytest.mark.parametrize("email", ["coord@example.org", "ana@example.org"])
def test_only_administrators_read_it(root, web_app, email):
    client = web_app.test_client()
    sign_in(client, email)
    assert client.get("/staff/audit").status_code == 403


def test_log_comes_in_pages_with_a_constant_number_of_queries(root, web_app):
    root.get("/staff/audit")
    with count_queries(web_app) as few:
        root.get("/staff/audit")
    with web_app.app_context(), transaction():
        for number in range(60):
            audit.record(
                Deed.PURGED, staff_id=None, subject=f"event:{number}", numbers={"parties": 2}, now=NOW
            )
    with count_queries(web_app) as many:
        text = root.get("/staff/audit").text
    assert len(many) == len(few)
    assert "Event 59" in text
    assert "2 groups" in text
    assert "Event 3</bdi>" not in text
    assert "Event 3</bdi>" in root.get("/staff/audit?page=2").text


def test_command_verifies_and_prints_an_end_to_note(root, web_app):
    def run(*arguments):
        return CliRunner().invoke(command, ["verify", *arguments], obj=lambda: web_app)

    first = run()
    assert first.exit_code == 0
    assert "3 lines" in first.output
    noted = first.output.split()[-1]
    assert run("--noted", noted).exit_code == 0
    refused = run("--noted", noted.replace("3:", "2:"))
    assert (refused.exit_code, refused.output) == (
        1, "outreach: the line that was noted is not in the log any more.\n",
    )  # fmt: skip
    assert run("--noted", "nonsense").exit_code == 2
    with web_app.app_context(), transaction():
        db.session.execute(update(AuditEntry).where(AuditEntry.seq == 1).values(deed="backed_up"))
    broken = run()
    assert (broken.exit_code, broken.output) == (1, "outreach: line 1 was changed or taken out.\n")


def test_file_of_figures_that_somebody_takes_away_is_written_down(root, web_app):
    me = staff_id(web_app, "root@example.org")
    assert root.get("/staff/reports/engagement.csv").status_code == 200
    assert root.get("/staff/reports/engagement.json").status_code == 200
    # What was refused took nothing away, and pages to read are no files.
    assert web_app.test_client().get("/staff/reports/engagement.csv").status_code == 303
    assert root.get("/staff/reports/engagement").status_code == 200
    assert entries(web_app)[:3] == [
        (me, "exported", "export:report_json"),
        (me, "exported", "export:report_csv"),
        (None, "staff_added", "staff:3:organizer"),
    ]
    assert "Downloaded figures" in root.get("/staff/audit").text
