"""What holds for every address where the vendor calls us; a new one is walked by itself."""

import re

import pytest

from outreach.app import create_app
from outreach.config import Settings
from outreach.messaging import status
from outreach.messaging.signatures import HEADER, LARGEST_BODY_BYTES, account, sign
from tests.messaging.fakes import PHONE, sid

RULES = [
    rule
    for rule in create_app(Settings(database_url="sqlite://")).url_map.iter_rules()
    if rule.rule.startswith("/hooks/")
]
_ids = [rule.endpoint for rule in RULES]
CALL = "CA" + "1" * 32


@pytest.fixture
def address(web_app):
    """An address of the rule, as if the vendor had it from us."""
    token = status.token_of(1, vault=web_app.extensions["outreach"].vault)
    parts = {"token": token, "step": "language", "visit": "1"}
    return lambda rule: re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda part: parts[part[1]], rule.rule)


@pytest.fixture
def form(web_app):
    """Fields that are fine for a text, a report and a call."""
    ours = account(web_app.extensions["outreach"].settings, web_app.extensions["outreach"].vault)
    return {
        "AccountSid": ours.sid,
        "MessageSid": sid(1),
        "CallSid": CALL,
        "Digits": "1",
        "MessageStatus": "sent",
        "CallStatus": "ringing",
        "From": PHONE,
        "To": "+18165550100",
        "Body": "PICNIC",
    }


@pytest.fixture
def call(web_app, client, form):
    """A call that waits for its first key."""
    path = "/hooks/twilio/voice"
    assert client.post(path, data=form, headers=signed(web_app, path, form)).status_code == 200


def signed(app, path, form, *, token=""):
    runtime = app.extensions["outreach"]
    token = token or account(runtime.settings, runtime.vault).tokens[0]
    return {HEADER: sign(runtime.settings.public_url + path, form, token)}


def test_every_door_is_walked():
    assert {
        "twilio.sms",
        "twilio_status.report",
        "twilio_voice.start",
        "twilio_voice.keys",
        "twilio_voice.picked_up",
        "twilio_status.report_of_call",
    } <= set(_ids)


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_hook_believes_only_what_is_signed(web_app, client, address, form, rule):
    path = address(rule)
    forgeries = (
        {},
        {HEADER: ""},
        {HEADER: "\xff\xfe"},
        signed(web_app, path, form, token="forged"),
        signed(web_app, path + "/elsewhere", form),
        signed(web_app, path, {**form, "Body": "other words"}),
    )

    assert [client.post(path, data=form, headers=each).status_code for each in forgeries] == [403] * 6


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_hook_takes_posts_only(client, address, rule):
    methods = ("get", "put", "patch", "delete")

    assert [getattr(client, each)(address(rule)).status_code for each in methods] == [405] * 4


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_hook_takes_no_more_than_64_kilobytes(web_app, client, address, form, rule):
    path, large = address(rule), {**form, "NewField": "a" * LARGEST_BODY_BYTES}

    assert client.post(path, data=large, headers=signed(web_app, path, large)).status_code == 413


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_hook_takes_repetitions_and_fields_of_next_year(web_app, client, address, form, call, rule):
    path, more = address(rule), {**form, "FieldOfNextYear": "1", "ApiVersion": "2030-01-01"}
    answers = [client.post(path, data=more, headers=signed(web_app, path, more)) for _ in range(3)]

    assert {(each.status_code, each.data) for each in answers} == {(answers[0].status_code, answers[0].data)}
    assert answers[0].status_code in (200, 204)


@pytest.mark.parametrize("rule", RULES, ids=_ids)
def test_hook_asks_to_come_again_without_a_database(make_app, tmp_path, clock, address, form, rule):
    app = make_app(f"sqlite:///{tmp_path}/missing/outreach.sqlite3", clock)
    path = address(rule)
    answer = app.test_client().post(path, data=form, headers=signed(app, path, form))

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
