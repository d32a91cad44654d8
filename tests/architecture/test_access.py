"""Who reaches which address: every route is public by name, or closed to whoever is not signed in and, but
for those that are listed, to officers."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from outreach.app import create_app
from outreach.config import Settings
from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.models import Event
from outreach.messaging import broadcasts
from outreach.plan import upkeep
from outreach.plan.deeds import DeedDraft
from outreach.plan.importing import read
from outreach.plan.models import Commitment, PlanEvidence, PlanItem
from outreach.plan.service import import_plan
from outreach.policy import Role
from outreach.registration import service
from outreach.registration.models import Registration
from tests.factories import NOW, make_draft, make_event, make_organization, make_request, make_staff
from tests.pages import sign_in
from tests.plan.test_importing import changed, commitment

#: Addresses that are for everybody, and those whose secret is the address itself or a signature: guests'
#: passes, volunteers' doors, the vendor's calls. `watched` answers this machine only. Whoever adds one
#: writes it here.
PUBLIC = {
    "accounts.sign_in", "accounts.sign_out",
    "alive", "ready", "watched", "static", "web.choose_language", "web.front",
    "transparency.schedule", "transparency.what_we_hold",
    "api.events", "api.openapi",
    "events.detail", "events.flyer", "events.index",
    "feeds.public_feed", "feeds.single_event", "pass_feed.personal_feed",
    "news.asked", "news.join", "news.on_pass",
    "reports.index", "reports.show", "reports.show_json",
    "registration.answer_offer", "registration.cancel", "registration.change_party",
    "registration.check_your_phone", "registration.delete", "registration.deleted", "registration.register",
    "registration.show_pass", "registration.texts",
    "ballots.close", "door.arrive", "door.roster", "door.walk_in",
    "cards.answer", "cards.erase", "cards.show", "kiosk.arriving", "kiosk.leaving", "kiosk.tally_sheet",
    "simulator.call", "simulator.choose", "simulator.hang_up", "simulator.press", "simulator.ring",
    "simulator.send", "simulator.show",
    "twilio.sms", "twilio_status.report", "twilio_status.report_of_call", "twilio_voice.keys",
    "twilio_voice.picked_up", "twilio_voice.start",
    "voice_prompts.clip",
}  # fmt: skip

#: All that an officer who plans trust trainings may open.
FOR_OFFICERS = {
    "staff_accounts.account", "staff_accounts.change_password", "staff_accounts.choose_language",
    "staff_events.cancel", "staff_events.change", "staff_events.close", "staff_events.delete",
    "staff_events.edit", "staff_events.home", "staff_events.index", "staff_events.new",
    "staff_events.open_again", "staff_events.preview", "staff_events.show", "staff_events.submit",
    "staff_events.withdraw_change",
}  # fmt: skip

#: All that somebody of the steering committee may open, each by reading alone.
FOR_COMMITTEE = {
    "staff_accounts.account", "staff_accounts.change_password", "staff_accounts.choose_language",
    "engagement.home", "engagement.part_csv", "engagement.report", "engagement.report_csv",
    "engagement.report_json", "evidence.sheet", "evidence.sheet_csv", "turnout.registrations",
    "turnout.registrations_csv",
    "plan.committee", "plan.plan", "plan.plan_csv", "plan.plan_json", "plan_promises.show",
}  # fmt: skip

_REFUSALS = (403, 404)

RULES = sorted(
    create_app(Settings(database_url="sqlite://")).url_map.iter_rules(), key=lambda rule: rule.endpoint
)
CLOSED = [rule for rule in RULES if rule.endpoint not in PUBLIC]
SHUT_TO_OFFICERS = [rule for rule in CLOSED if rule.endpoint not in FOR_OFFICERS]
SHUT_TO_COMMITTEE = [rule for rule in CLOSED if rule.endpoint not in FOR_COMMITTEE | {"staff_events.home"}]
_ids = [rule.endpoint for rule in CLOSED]


@pytest.fixture
def values(web_app: Flask) -> dict[str, object]:
    """Values for the variable parts of addresses: things that exist, and are the officer's own to plan."""
    vault = web_app.extensions["outreach"].vault
    with web_app.app_context(), transaction():
        police = make_organization("River Police", sector="law_enforcement")
        officer = make_staff("officer@example.org", organization=police)
        make_staff("root@example.org", Role.ADMINISTRATOR, name="Root")
        writer = make_staff("writer@example.org", Role.COORDINATOR, name="Writer")
        event = make_event(host=police, kind="trust_training")
        announcement = broadcasts.write(event, {"en": "Come early."}, author=writer, now=NOW)
        outcome = service.register(make_request(event, door="desk"), vault=vault, now=NOW)
        # A change waits, so that even its page exists.
        planning.edit(
            event, make_draft(kind="trust_training", capacity=50), author=officer,
            revision=event.revision, now=NOW,
        )  # fmt: skip
        import_plan(read(changed(lambda plan: commitment(plan).update(progress="milestone"))), now=NOW)
        promise = db.session.query(Commitment).one()
        make_staff("committee@example.org", Role.COMMITTEE, name="Ines")
        day = date(2026, 9, 1)
        upkeep.write_down(promise, DeedDraft(day, title="Minutes"), staff_id=writer.id, now=NOW, today=day)
        upkeep.open_item(promise, "Ask again", None, staff_id=writer.id, now=NOW)
        return {
            "commitment_id": promise.id,
            "evidence_id": db.session.query(PlanEvidence).one().id,
            "item_id": db.session.query(PlanItem).one().id,
            "public_id": event.public_id,
            "registration_id": outcome.registration_id,
            "staff_id": officer.id,
            "broadcast_id": announcement.id,
            "organization_id": police.public_id,
            "spoken": "sw",
            "part": "county",
            "prompt_id": "menu",
        }


def address(rule, values: dict[str, object]) -> str:
    """The rule's address with those values; another kind of variable gets the number 1."""
    name = "organization_id" if rule.endpoint == "staff_accounts.organization" else "public_id"
    known = {**values, "public_id": values[name]}
    return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda match: str(known.get(match[1], 1)), rule.rule)


def answers(client: FlaskClient, rule, values: dict[str, object]) -> set[int]:
    """What an address answers to each method it takes."""
    methods = rule.methods - {"HEAD", "OPTIONS"}
    return {client.open(address(rule, values), method=method).status_code for method in methods}


def test_every_public_address_is_still_there():
    assert {rule.endpoint for rule in RULES} >= PUBLIC | FOR_OFFICERS


@pytest.mark.parametrize("rule", CLOSED, ids=_ids)
def test_nobody_reaches_what_is_not_public(client, values, rule):
    for method in rule.methods - {"HEAD", "OPTIONS"}:
        response = client.open(address(rule, values), method=method)
        if response.status_code == 303:
            assert method == "GET"
            assert response.location.startswith("/staff/sign-in?next=")
        else:
            assert response.status_code in _REFUSALS


@pytest.mark.parametrize("rule", SHUT_TO_OFFICERS, ids=[rule.endpoint for rule in SHUT_TO_OFFICERS])
def test_officer_reaches_no_guest_message_report_or_administration(client, values, web_app, rule):
    sign_in(client, "officer@example.org")
    assert answers(client, rule, values) <= set(_REFUSALS)
    with web_app.app_context():
        assert db.session.query(Registration).one().state == "confirmed"
        assert db.session.query(Event).one().status == "published"


@pytest.mark.parametrize("rule", SHUT_TO_OFFICERS, ids=[rule.endpoint for rule in SHUT_TO_OFFICERS])
def test_administrator_reaches_what_an_officer_does_not(client, values, rule):
    """The addresses exist: an officer is refused there, not led to what is missing for everybody."""
    sign_in(client, "root@example.org")
    found = answers(client, rule, values)
    assert 403 not in found
    # There is no message here to be found, and nobody tries cards.
    is_bare = rule.endpoint.startswith("staff_inbox.") or rule.endpoint == "staff_ballots.print_cards"
    assert is_bare or 404 not in found


@pytest.mark.parametrize("rule", SHUT_TO_COMMITTEE, ids=[rule.endpoint for rule in SHUT_TO_COMMITTEE])
def test_committee_reaches_nothing_but_the_plan_and_the_reports(client, values, web_app, rule):
    sign_in(client, "committee@example.org")
    assert answers(client, rule, values) <= set(_REFUSALS)
    with web_app.app_context():
        assert db.session.query(Registration).one().state == "confirmed"
        assert db.session.query(Event).one().status == "published"
        assert db.session.query(PlanEvidence).count() == 1
        assert db.session.query(PlanItem).one().closed_at is None


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES if rule.endpoint in FOR_COMMITTEE and "GET" in rule.methods],
    ids=lambda rule: rule.endpoint,
)
def test_committee_reads_the_plan_and_the_reports(client, values, rule):
    sign_in(client, "committee@example.org")
    assert client.get(address(rule, values)).status_code in (200, 302)


def test_committee_is_led_to_the_plan(client, values):
    sign_in(client, "committee@example.org")
    response = client.get("/staff/")
    assert (response.status_code, response.location) == (303, "/staff/plan")
    page = client.get("/staff/plan").text
    assert re.findall(r'<li><a href="/staff/([a-z]+)"', page) == ["plan", "engagement", "account"]
    assert "/items" not in client.get(f"/staff/plan/promises/{values['commitment_id']}").text


@pytest.mark.parametrize(
    "endpoint", sorted({"staff_events.show", "staff_events.edit", "staff_events.home", "staff_events.new"})
)
def test_officer_reaches_what_planning_needs(client, values, endpoint):
    sign_in(client, "officer@example.org")
    rule = next(rule for rule in RULES if rule.endpoint == endpoint)
    assert client.get(address(rule, values)).status_code == 200


def _nothing(rule) -> str:
    """The rule's address with values that nothing has; a word of a fixed list names no thing."""
    fixed = rule.rule.replace("<any(kind, county, size, trend):part>", "county")
    return re.sub(
        r"<(?:([^:>]+):)?(\w+)>",
        lambda match: "1000000" if "int" in (match[1] or "") else "zzzzzzzzzz",
        fixed,
    )


@pytest.mark.parametrize(
    "rule",
    [rule for rule in SHUT_TO_OFFICERS if rule.arguments],
    ids=[rule.endpoint for rule in SHUT_TO_OFFICERS if rule.arguments],
)
def test_refusal_does_not_tell_an_officer_what_there_is(client, values, rule):
    """T9: what is there and what is not get the same answer, word for word."""
    sign_in(client, "officer@example.org")
    for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
        answers = [client.open(where, method=method) for where in (address(rule, values), _nothing(rule))]
        there, nowhere = [(answer.status_code, _plain_body(answer.text)) for answer in answers]
        assert there == nowhere


def _plain_body(html: str) -> str:
    """A page without what differs between any two: the forms' marks, and the address itself."""
    html = re.sub(r'name="csrf_token" value="[^"]*"', "", html)
    return re.sub(r'next=[^"&]*', "", html)
