"""The page of a promise: everybody reads it, coordinators add to it, nothing typed is lost."""

import re
from datetime import date

import pytest

from outreach import audit
from outreach.accounts.models import Staff
from outreach.chain import Deed
from outreach.database import db, transaction
from outreach.plan import service, upkeep
from outreach.plan.deeds import DeedDraft
from outreach.plan.models import Commitment, PlanEvidence, PlanItem
from outreach.policy import Role
from tests.factories import NOW, make_jurisdictions, make_staff
from tests.pages import actions_in, form_in, sign_in
from tests.plan.kansas_city import DRAFT
from tests.queries import count_queries

TOOLKIT, MEETING, REQUEST, REVIEW, TRAINING = (
    "S1.O1.A1.C1", "S2.O4.A2.C1", "S2.O4.A2.C2", "S1.O2.A1.C2", "S3.O1.A1.C2",
)  # fmt: skip


@pytest.fixture
def ids(web_app) -> dict[str, int]:
    with web_app.app_context(), transaction():
        make_jurisdictions()
        service.import_plan(DRAFT, now=NOW)
        make_staff("omar@example.org", Role.COORDINATOR, name="Omar")
        make_staff("ines@example.org", Role.COMMITTEE, name="Ines")
        return {row.ref: row.id for row in db.session.query(Commitment)}


@pytest.fixture
def page(client, ids):
    """Opens a promise's page as a coordinator: page(ref)."""
    sign_in(client, "omar@example.org")
    return lambda ref: client.get(f"/staff/plan/promises/{ids[ref]}").text


def send(client, page: str, form: dict[str, list[str]], where: str):
    """Sends a form of a page back to its own address."""
    action = next(action for action in actions_in(page) if action.endswith(where))
    return client.post(action, data=form)


def test_page_tells_what_is_missing_and_how_it_came(page):
    shown = page(TOOLKIT)
    for words in (
        "Done by the last day, Saturday, September 30, 2017: 0 of 2.", "Jackson County (MO)",
        "Brought in with the plan.", "Nothing is open.", "What would keep it",
    ):  # fmt: skip
        assert words in shown


def test_coordinator_writes_down_to_whom_something_was_sent(client, page, web_app):
    shown = page(TOOLKIT)
    form = form_in(shown, having="on") | {
        "on": ["2017-09-12"],
        "bodies": ["place:jackson-county-mo", "place:wyandotte-county-ks"],
        "acknowledged_on": ["09/20/2017"],
    }
    assert send(client, shown, form, "/evidence").status_code == 303
    shown = page(TOOLKIT)
    assert "Done in time: 2 of 2." in shown
    assert "acknowledged: 2 of 2" in shown
    assert "Written down as done: Jackson County (MO), Wyandotte County (KS)" in shown
    with web_app.app_context():
        assert db.session.query(PlanEvidence).count() == 2


def logged(web_app) -> list[tuple[str, str, int | None]]:
    with web_app.app_context():
        entries = audit.listed(number=1, per_page=9)
    return [(each.deed, each.subject, each.staff_id) for each in entries if each.deed != Deed.STAFF_ADDED]


def test_audit_log_says_who_changed_which_promise_and_nothing_of_what_is_refused(client, page, ids, web_app):
    shown = page(TOOLKIT)
    form = form_in(shown, having="on") | {"on": ["2030-01-01"], "bodies": ["place:jackson-county-mo"]}
    assert send(client, shown, form, "/evidence").status_code == 422
    assert logged(web_app) == []
    assert send(client, shown, form | {"on": ["2017-09-12"]}, "/evidence").status_code == 303
    with web_app.app_context():
        omar = db.session.query(Staff).filter_by(name="Omar").one().id
    assert logged(web_app) == [("promise_changed", f"promise:{ids[TOOLKIT]}", omar)]


def test_what_was_typed_stays_when_it_is_refused(client, page, web_app):
    shown = page(REQUEST)
    form = form_in(shown, having="on") | {
        "on": ["2030-01-01"], "title": ["Small employers"], "contact": ["letter"], "quantity": ["0"],
        "note": ["Write to ana@example.org"],
    }  # fmt: skip
    response = send(client, shown, form, "/evidence")
    assert response.status_code == 422
    for sentence in (
        "This day is still to come.", "Enter a number from 1 to 100000.",
        "Leave out phone numbers and e-mail addresses.",
    ):  # fmt: skip
        assert sentence in response.text
    kept = form_in(response.text, having="on")
    assert {name: kept[name] for name in ("on", "title", "quantity", "contact")} == {
        "on": ["2030-01-01"], "title": ["Small employers"], "quantity": ["0"], "contact": ["letter"],
    }  # fmt: skip
    assert "Write to ana@example.org" in response.text
    with web_app.app_context():
        assert db.session.query(PlanEvidence).count() == 0


def test_deed_is_acknowledged_and_withdrawn_from_the_page(client, page, ids, web_app):
    with web_app.app_context(), transaction():
        draft = DeedDraft(date(2017, 9, 12), ("place:jackson-county-mo",))
        upkeep.write_down(
            db.session.get_one(Commitment, ids[TOOLKIT]),
            draft,
            staff_id=None,
            now=NOW,
            today=date(2018, 1, 1),
        )
    shown = page(TOOLKIT)
    form = form_in(shown, having="e1-acknowledged_on")
    refused = send(client, shown, form, "/acknowledge")
    assert (refused.status_code, "Say on which day." in refused.text) == (422, True)
    form["e1-acknowledged_on"] = ["2017-09-20"]
    assert send(client, shown, form, "/acknowledge").status_code == 303
    assert "acknowledged: 1 of 1" in page(TOOLKIT)

    assert send(client, shown, {}, "/withdraw").status_code == 303
    again = send(client, shown, {}, "/withdraw")
    assert (again.status_code, "This was withdrawn before." in again.text) == (409, True)


def test_owner_and_time_change_once_for_each_page_that_was_seen(client, page, ids, web_app):
    shown = page(REVIEW)
    form = form_in(shown, having="owner")
    with web_app.app_context():
        omar = f"staff:{make_id('omar@example.org')}"
    first = send(client, shown, form | {"owner": [omar]}, "/edit")
    second = send(client, shown, form | {"due_words": ["by the end of 2019"]}, "/edit")

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody changed this promise meanwhile." in second.text
    kept = form_in(second.text, having="owner")
    assert kept["due_words"] == ["by the end of 2019"]
    assert send(client, second.text, kept | {"owner": [omar]}, "/edit").status_code == 303
    shown = page(REVIEW)
    assert "Who looks after it: Omar. Before: Mid-America Regional Council." in shown
    assert "until Tuesday, December 31, 2019" in shown


def make_id(email: str) -> int:
    return db.session.query(Staff).filter_by(email=email).one().id


def test_something_to_do_is_opened_and_closed(client, page, web_app):
    shown = page(MEETING)
    form = form_in(shown, having="text") | {"text": ["Ask <the> chamber"], "due_on": ["2018-05-01"]}
    assert send(client, shown, form, "/items").status_code == 303
    shown = page(MEETING)
    assert "Ask &lt;the&gt; chamber" in shown
    assert send(client, shown, {}, "/close").status_code == 303
    assert "Nothing is open." in page(MEETING)
    with web_app.app_context():
        assert db.session.query(PlanItem).one().closed_at is not None


@pytest.mark.parametrize("path", ["edit", "evidence", "items"])
def test_empty_form_is_refused_in_a_sentence(client, page, ids, path):
    shown = page(REVIEW)
    response = client.post(f"/staff/plan/promises/{ids[REVIEW]}/{path}", data={})
    if path == "edit":
        # It names no revision that anybody saw.
        assert response.status_code == 409
    else:
        assert response.status_code == 422
    assert 'id="error-summary"' in response.text
    assert 'id="error-summary"' not in shown


def test_events_are_not_written_down_by_hand(client, page, ids):
    assert "Write down what was done" not in page(TRAINING)
    response = client.post(f"/staff/plan/promises/{ids[TRAINING]}/evidence", data={"on": "2018-01-01"})
    assert (response.status_code, "Only events keep this promise." in response.text) == (422, True)


def test_committee_reads_without_a_form(client, ids):
    sign_in(client, "ines@example.org")
    shown = client.get(f"/staff/plan/promises/{ids[TOOLKIT]}").text
    assert "Jackson County (MO)" in shown
    assert actions_in(shown) == ["/staff/sign-out"]


def test_promise_that_does_not_exist_is_not_found(client, page):
    assert client.get("/staff/plan/promises/99999").status_code == 404
    assert client.post("/staff/plan/promises/99999/items", data={"text": "x"}).status_code == 404


@pytest.mark.parametrize("address", ["/staff/plan", "/staff/plan/committee", "/staff/plan/promises/1"])
def test_pages_ask_as_many_queries_however_much_was_written_down(client, page, ids, web_app, address):
    client.get(address)
    with count_queries(web_app) as before:
        assert client.get(address).status_code == 200
    with web_app.app_context(), transaction():
        for row in db.session.query(Commitment).filter(Commitment.progress_kind == "milestone"):
            for number in range(3):
                draft = DeedDraft(date(2018, 1, 1 + number), title=f"Paper {number}")
                upkeep.write_down(row, draft, staff_id=None, now=NOW, today=date(2018, 2, 1))
                upkeep.open_item(row, f"Thing {number}", None, staff_id=None, now=NOW)
    with count_queries(web_app) as after:
        assert client.get(address).status_code == 200
    assert len(after) == len(before)


class TestCommittee:
    """One quarter on one page."""

    @pytest.fixture
    def worked(self, ids, web_app):
        with web_app.app_context(), transaction():
            row = db.session.get_one(Commitment, ids[REVIEW])
            draft = DeedDraft(date(2018, 5, 2), title="Reviews")
            upkeep.write_down(row, draft, staff_id=None, now=NOW, today=date(2018, 6, 1))
            toolkit = db.session.get_one(Commitment, ids[TOOLKIT])
            upkeep.open_item(toolkit, "Print more copies", None, staff_id=None, now=NOW)

    def sections(self, text: str) -> dict[str, list[str]]:
        found = {}
        for part in text.split("<h2>")[1:]:
            heading = part.split("</h2>")[0]
            found[heading] = re.findall(r'/staff/plan/promises/(\d+)"', part)
        return found

    def test_promise_is_kept_in_its_quarter_and_pressing_before(self, client, ids, worked):
        sign_in(client, "ines@example.org")
        kept = str(ids[REVIEW])
        quarters = {
            name: self.sections(client.get(f"/staff/plan/committee?quarter={name}").text)
            for name in ("2018-Q1", "2018-Q2", "2018-Q3")
        }
        assert kept in quarters["2018-Q1"]["Due next"]
        assert quarters["2018-Q2"]["Kept in this quarter"] == [kept]
        assert not any(kept in refs for refs in quarters["2018-Q3"].values())
        assert str(ids[TOOLKIT]) in quarters["2018-Q1"]["Late or at risk"]

    def test_page_says_who_and_what_is_open(self, client, worked):
        sign_in(client, "ines@example.org")
        text = client.get("/staff/plan/committee?quarter=2018-Q2").text
        for words in ("As of Saturday, June 30, 2018.", "Print more copies", "Mid-America Regional Council",
                      "Not reached yet: Jackson County (MO) and Wyandotte County (KS)."):  # fmt: skip
            assert words in text

    def test_nothing_keeps_a_promise_whose_last_day_is_past(self, client, worked):
        sign_in(client, "ines@example.org")
        pages = [client.get(f"/staff/plan/committee?quarter={name}").text for name in ("2017-Q4", "2018-Q4")]
        assert ["Nothing any more: its last day is past." in page for page in pages] == [False, True]

    def test_last_quarter_of_a_plan_that_is_over_comes_first(self, client, worked):
        sign_in(client, "ines@example.org")
        assert "2018-Q4</bdi>" in client.get("/staff/plan/committee").text

    @pytest.mark.parametrize("name", ["2018", "2018-Q5", "Q1", "x" * 500])
    def test_quarter_that_is_none_is_refused(self, client, worked, name):
        sign_in(client, "ines@example.org")
        response = client.get(f"/staff/plan/committee?quarter={name}")
        assert (response.status_code, "Name a quarter like 2018-Q2." in response.text) == (400, True)

    def test_standing_is_kept_in_the_history_once(self, client, page, worked, web_app):
        for _ in range(2):
            response = client.post("/staff/plan/committee?quarter=2018-Q2")
            assert response.status_code == 303
        assert page(REVIEW).count("At the end of 2018-Q2: Kept.") == 1
        assert [deed for deed, _, _ in logged(web_app)].count("standing_noted") == 1

    def test_quarter_that_runs_is_not_noted(self, client, page, worked):
        assert client.post("/staff/plan/committee?quarter=2026-Q3").status_code == 409
