"""The door for incoming texts: what is believed, what is stored, what is answered, and what never is."""

import base64
from urllib.parse import urlencode

import pytest
from sqlalchemy import select, text

from outreach.config import TwilioSettings
from outreach.database import db, transaction
from outreach.i18n import translator
from outreach.messaging import phrases
from outreach.messaging.inbound import opened
from outreach.messaging.models import InboundMessage, Message, Suppression
from outreach.messaging.phrases import LanguageMenu, Phrase, text_of
from outreach.messaging.signatures import HEADER, account, sign
from tests.conftest import NOW
from tests.factories import make_event
from tests.messaging.phones import new_sid

PATH = "/hooks/twilio/sms"
FROM = "+18165550123"
SID = new_sid()
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


@pytest.fixture
def vendor(web_app):
    return account(web_app.extensions["outreach"].settings, web_app.extensions["outreach"].vault)


@pytest.fixture
def form(vendor):
    return {"MessageSid": SID, "AccountSid": vendor.sid, "From": FROM, "To": "+18165550100", "Body": "PICNIC"}


@pytest.fixture
def post(web_app, client, vendor):
    """Posts a form as the vendor does, unless told otherwise."""
    ours = web_app.extensions["outreach"].settings.public_url

    def send(fields, *, signed=True, token="", path=PATH, host=ours, headers=None):
        given = {HEADER: sign(host + PATH, fields, token or vendor.tokens[0])} if signed else {}
        return client.post(path, data=fields, headers={**given, **(headers or {})})

    return send


def stored(web_app):
    """Number, words and whether somebody should read them, of every text that was kept."""
    with web_app.app_context():
        rows = db.session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
        found = [opened(row, vault=web_app.extensions["outreach"].vault) for row in rows]
        return [(each.phone, each.body, each.is_answered) for each in found]


def owed(web_app):
    """The bodies of everything that was written into the outbox."""
    vault = web_app.extensions["outreach"].vault
    with web_app.app_context():
        rows = db.session.scalars(select(Message).order_by(Message.id)).all()
        return [vault.open(row.sealed, place="message")["body"] for row in rows]


def said(say):
    return text_of(say, translator("en"))


MENU = said(LanguageMenu(("en", "es", "ar")))
ASKED = [said(LanguageMenu(("en", "es", "ar"), "Neighbors' Picnic"))]
NO_WORDS = [said(Phrase(phrases.NO_WORDS)), MENU]
NOT_UNDERSTOOD = [said(Phrase(phrases.NOT_UNDERSTOOD)), MENU]
LONG = "Is there a bus that goes to the picnic in the park, and when does it leave?"

#: label: changes to the form, the status, the stored words (None where nothing is), the replies.
TABLE = {
    "a keyword": ({}, 200, "PICNIC", ASKED),
    "an unknown keyword": (
        {"Body": "POTLUK"},
        200,
        "POTLUK",
        [said(Phrase(phrases.UNKNOWN_WORD, {"word": "POTLUK"})), MENU],
    ),
    "an emoji": ({"Body": "🎉🎉"}, 200, "🎉🎉", NO_WORDS),
    "an empty text": ({"Body": ""}, 200, "", NO_WORDS),
    "a picture without words": ({"Body": None, "NumMedia": "1"}, 200, "", NO_WORDS),
    "odd bytes": ({"Body": "PIC\x00NIC\x07\r\n"}, 200, "PICNIC", ASKED),
    "packed words": (
        {"Body": base64.b64encode(LONG.encode()).decode()},
        200,
        LONG,
        NOT_UNDERSTOOD,
    ),
    "very long words": ({"Body": "word " * 500}, 200, ("word " * 320).strip(), NOT_UNDERSTOOD),
    "fields we do not know": (
        {"NewField": "1", "FromCity": "KANSAS CITY", "ApiVersion": "2010-04-01"},
        200,
        "PICNIC",
        ASKED,
    ),
    "stop": ({"Body": "STOP"}, 200, "STOP", [said(Phrase(phrases.STOPPED))]),
    "stop in Arabic": (
        {"Body": "توقف"},
        200,
        "توقف",
        [text_of(Phrase(phrases.STOPPED), translator("ar"))],
    ),
    "stop that the vendor answered": ({"Body": "STOP", "OptOutType": "STOP"}, 200, "STOP", []),
    "a short code": ({"From": "70123"}, 200, None, []),
    "no number": ({"From": None}, 200, None, []),
    "a number of another country": ({"From": "+4930123456"}, 200, None, []),
    "somebody else's account": ({"AccountSid": "AC" + "0" * 32}, 403, None, []),
    "no account": ({"AccountSid": None}, 403, None, []),
    "no message id": ({"MessageSid": None}, 400, None, []),
    "another kind of id": ({"MessageSid": "CA" + "0" * 32}, 400, None, []),
    "an id that goes on": ({"MessageSid": SID + "\n"}, 400, None, []),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "words", "replies"), TABLE.values(), ids=TABLE)
def test_text_is_taken_as_the_table_says(web_app, post, form, changes, status, words, replies):
    with web_app.app_context(), transaction():
        make_event(keyword="PICNIC")
    fields = {name: value for name, value in {**form, **changes}.items() if value is not None}

    answer = post(fields)

    assert answer.status_code == status
    assert stored(web_app) == ([] if words is None else [(FROM, words, "OptOutType" in changes)])
    assert owed(web_app) == replies
    if status == 200:
        assert (answer.data, answer.content_type) == (EMPTY, "text/xml; charset=utf-8")


FORGED = {
    "no signature": {"signed": False},
    "another token": {"token": "not-ours"},
    "an empty signature": {"signed": False, "headers": {HEADER: ""}},
    "a signature of odd bytes": {"signed": False, "headers": {HEADER: "\xff\xfe"}},
    "another address": {"path": PATH + "?a=1"},
    "another host": {
        "host": "https://evil.example",
        "headers": {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
    },
}  # fmt: skip


@pytest.mark.parametrize("how", FORGED.values(), ids=FORGED)
def test_forged_text_is_refused_and_not_kept(web_app, post, form, how):
    assert post(form, **how).status_code == 403
    assert stored(web_app) == []


def test_signature_of_another_text_does_not_fit(web_app, client, vendor, form):
    url = web_app.extensions["outreach"].settings.public_url + PATH
    signature = sign(url, form, vendor.tokens[0])

    answer = client.post(PATH, data={**form, "Body": "STOP"}, headers={HEADER: signature})
    assert (answer.status_code, stored(web_app)) == (403, [])


def test_refusal_repeats_nothing_of_what_was_sent(post, form):
    page = post({**form, "Body": "my own words", "From": FROM}, signed=False).get_data(as_text=True)

    assert "my own words" not in page
    assert FROM not in page


def test_repeated_text_is_answered_alike_and_counts_once(web_app, post, form):
    first, second = post(form), post(form)

    assert (first.status_code, first.data) == (second.status_code, second.data)
    assert (len(stored(web_app)), len(owed(web_app))) == (1, 2)


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_only_posts_are_taken(client, method):
    assert getattr(client, method)(PATH).status_code == 405


@pytest.mark.parametrize("size", [64 * 1024 + 1, 200_000])
def test_form_above_64_kilobytes_is_too_large(web_app, post, form, size):
    room = size - len(urlencode({**form, "Body": ""}))

    assert post({**form, "Body": "a" * room}).status_code == 413
    assert stored(web_app) == []


def test_form_of_64_kilobytes_is_taken(web_app, post, form):
    room = 64 * 1024 - len(urlencode({**form, "Body": ""}))

    assert post({**form, "Body": "a" * room}).status_code == 200
    assert [len(words) for _, words, _ in stored(web_app)] == [1600]


def test_text_waits_for_the_worker_when_it_cannot_be_answered(web_app, post, form):
    with web_app.app_context(), transaction() as session:
        session.execute(text("DROP TABLE conversation"))

    answer = post(form)

    assert (answer.status_code, answer.data) == (200, EMPTY)
    with web_app.app_context():
        assert db.session.scalars(select(InboundMessage.handled_at)).all() == [None]
    assert owed(web_app) == []


def test_vendor_is_asked_to_come_again_without_a_database(make_app, tmp_path, form, clock):
    app = make_app(f"sqlite:///{tmp_path}/missing/outreach.sqlite3", clock)
    settings, vault = app.extensions["outreach"].settings, app.extensions["outreach"].vault
    signature = sign(settings.public_url + PATH, form, account(settings, vault).tokens[0])

    answer = app.test_client().post(PATH, data=form, headers={HEADER: signature})

    assert (answer.status_code, answer.data) == (503, b"")
    assert answer.headers["Retry-After"] == "30"


SERVICE, NUMBER = {"messaging_service_sid": "MG" + "1" * 32}, {"from_number": "+18165550100"}


@pytest.mark.parametrize(
    ("sender", "fields", "is_answered"),
    [
        (NUMBER, {"Body": "Stop"}, True),
        (NUMBER, {"Body": "CANCEL"}, True),
        (NUMBER, {"Body": "STOP please"}, False),
        (NUMBER, {"Body": "ALTO"}, False),
        (SERVICE, {"Body": "CANCEL"}, False),
        (SERVICE, {"Body": "ALTO", "OptOutType": "STOP"}, True),
    ],
    ids=["stop", "cancel", "more words", "another language", "taken out of the service", "added to it"],
)
def test_stop_that_the_real_vendor_answers_is_known(
    make_app, sqlite_url, clock, form, sender, fields, is_answered
):
    twilio = TwilioSettings("AC" + "1" * 32, ("token",), **sender)
    app = make_app(sqlite_url, clock, gateway="twilio", twilio=twilio)
    fields = {**form, "AccountSid": twilio.account_sid, **fields}
    url = app.extensions["outreach"].settings.public_url + PATH

    answer = app.test_client().post(PATH, data=fields, headers={HEADER: sign(url, fields, "token")})

    assert answer.status_code == 200
    assert [each for *_, each in stored(app)] == [is_answered]
    assert len(owed(app)) == (0 if is_answered else 1)


def test_neither_words_nor_number_reach_the_log(web_app, post, form, caplog):
    with web_app.app_context(), transaction() as session:
        session.execute(text("DROP TABLE conversation"))
    with caplog.at_level("DEBUG"):
        post({**form, "Body": "my own words"})
        post({**form, "Body": "my own words"}, signed=False)

    assert "left to the worker" in caplog.text
    assert "my own words" not in caplog.text
    assert FROM[2:] not in caplog.text


def test_no_cookie_is_set(post, form):
    assert "Set-Cookie" not in post(form).headers


def test_text_is_dated_by_our_clock(web_app, post, form):
    post(form)

    with web_app.app_context():
        row = db.session.scalars(select(InboundMessage)).one()
        assert (row.received_at, row.handled_at, row.provider_sid) == (NOW, NOW, SID)
        assert db.session.scalars(select(Suppression)).all() == []
