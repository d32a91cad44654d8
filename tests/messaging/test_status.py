"""What the vendor says of our texts: forward only, once, and only from the vendor."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.messaging import outbox, status, suppressions
from outreach.messaging.gateways.base import RANK_OF_STATE, STATE_OF_STATUS, Accepted, Report
from outreach.messaging.models import Message, ProviderEvent
from outreach.messaging.signatures import account, sign
from outreach.registration.guests import phone_hash
from tests.factories import NOW
from tests.messaging.fakes import ALLOWED, PHONE, message, put, sid

LATER = NOW + timedelta(minutes=3)


def claimed(vault) -> int:
    message_id = put(vault)
    assert outbox.claim(1, allowed=ALLOWED, vault=vault, now=NOW)
    return message_id


def hear(vault, message_id, word, code=0, of=1, now=LATER) -> bool:
    with transaction():
        return status.receive(message_id, Report(sid(of), word, code), vault=vault, now=now)


def test_every_word_leads_to_a_state_that_exists():
    assert set(STATE_OF_STATUS.values()) == set(RANK_OF_STATE)
    assert set(RANK_OF_STATE) <= set(outbox.STATES)


@pytest.mark.parametrize(
    ("words", "state", "is_final"),
    [
        (["queued", "sent", "delivered"], "delivered", True),
        (["delivered", "sent", "queued"], "delivered", True),
        (["sending", "sent"], "sent", False),
        (["sent", "sent"], "sent", False),
        (["failed", "delivered"], "failed", True),
        (["sent", "undelivered"], "undelivered", True),
        (["delivered", "read"], "delivered", True),
        (["partially_delivered"], "claimed", False),
        (["sent", "a_word_of_next_year"], "sent", False),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else None,
)
def test_receive_moves_a_text_forward_only(context, vault, words, state, is_final):
    message_id = claimed(vault)
    for word in words:
        hear(vault, message_id, word)

    row = message(message_id)
    assert row.state == state
    assert row.final_at == (LATER if is_final else None)


def test_receive_moves_a_text_from_any_state_in_which_we_only_guessed(context, vault):
    for number, before in enumerate(sorted(set(outbox.STATES) - set(RANK_OF_STATE))):
        message_id = put(vault, dedup_key=before)
        with transaction():
            db.session.get_one(Message, message_id).state = before

        assert hear(vault, message_id, "sent", of=number)
        row = message(message_id)
        assert (before, row.state, row.provider_sid, row.accepted_at) == (before, "sent", sid(number), LATER)


def test_receive_takes_a_report_once(context, vault):
    message_id = claimed(vault)

    assert [hear(vault, message_id, word, code) for word, code in 2 * [("sent", 0), ("failed", 30410)]] == [
        True,
        True,
        False,
        False,
    ]
    events = db.session.execute(select(ProviderEvent.status, ProviderEvent.error_code)).all()
    assert sorted(map(tuple, events)) == [("failed", 30410), ("sent", 0)]


def test_receive_comes_before_the_answer_to_our_own_request(context, vault):
    message_id = put(vault)
    claim = outbox.claim(1, allowed=ALLOWED, vault=vault, now=NOW)[0]
    hear(vault, message_id, "delivered")
    outbox.record([(claim, Accepted(sid(1), "queued"))], vault=vault, now=LATER)

    row = message(message_id)
    assert (row.state, row.provider_sid, row.provider_rank) == ("delivered", sid(1), 5)


def test_receive_of_a_deleted_text_is_harmless(context, vault):
    assert not hear(vault, 4711, "delivered")


def test_receive_tells_when_the_vendor_took_a_text_twice(context, vault, caplog):
    message_id = claimed(vault)
    hear(vault, message_id, "sent")
    hear(vault, message_id, "delivered", of=2)

    assert message(message_id).provider_sid == sid(1)
    assert "took it twice" in caplog.text


@pytest.mark.parametrize(
    ("code", "reason"), [(30005, "unreachable"), (30006, "voice_only"), (21610, "blocked"), (30003, None)]
)
def test_receive_learns_about_the_number(context, vault, code, reason):
    message_id = claimed(vault)
    hear(vault, message_id, "undelivered", code)

    assert message(message_id).error_code == code
    assert suppressions.reason(phone_hash(vault, PHONE)) == reason


def test_message_behind_knows_its_own_tokens(vault):
    assert status.message_behind(status.token_of(17, vault=vault), vault=vault) == 17


@pytest.mark.parametrize(
    "token",
    ["", "17", "17.", "17.AAAAAAAAAAAAAAAAAAAAAA", "x.y", "٣.y", "-1.x", "9" * 30 + ".x", "1\u0000.x"],
)
def test_message_behind_knows_no_other(vault, token):
    assert status.message_behind(token, vault=vault) is None


def test_message_behind_tells_texts_apart(vault):
    proof = status.token_of(17, vault=vault).partition(".")[2]

    assert status.message_behind(f"18.{proof}", vault=vault) is None


# The webhook.


@pytest.fixture
def message_id(web_app, sqlite_vault) -> int:
    with web_app.app_context():
        return claimed(sqlite_vault)


@pytest.fixture
def sqlite_vault(web_app):
    return web_app.extensions["outreach"].vault


@pytest.fixture
def post(web_app, sqlite_vault):
    """Posts a report about a text, signed by whoever holds the token."""
    ours = account(web_app.extensions["outreach"].settings, sqlite_vault)

    def send(message_id, *, path=None, token=ours.tokens[0], **fields):
        path = path or status.PATH + status.token_of(message_id, vault=sqlite_vault)
        form = {"AccountSid": ours.sid, "MessageSid": sid(1), "MessageStatus": "sent", **fields}
        signature = sign(f"http://127.0.0.1:8000{path}", form, token)
        return web_app.test_client().post(path, data=form, headers={"X-Twilio-Signature": signature})

    return send


def state_of(web_app, message_id) -> str:
    with web_app.app_context():
        return message(message_id).state


def test_webhook_takes_a_report_and_its_repetition(web_app, post, message_id):
    answers = [post(message_id) for _ in range(2)]

    assert [(each.status_code, each.data) for each in answers] == [(204, b""), (204, b"")]
    assert state_of(web_app, message_id) == "sent"


def test_webhook_tolerates_fields_and_words_it_does_not_know(web_app, post, message_id):
    answer = post(message_id, MessageStatus="partially_delivered", RawDlrDoneDate="2611240000")

    assert answer.status_code == 204
    assert state_of(web_app, message_id) == "claimed"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"token": "forged"}, 403, id="forged"),
        pytest.param({"AccountSid": "AC" + "0" * 32}, 403, id="another account"),
        pytest.param({"path": "/hooks/twilio/status/1.AAAAAAAAAAAAAAAAAAAAAA"}, 403, id="another text"),
        pytest.param({"MessageSid": "SM1"}, 400, id="no id"),
        pytest.param({"MessageStatus": "SENT!"}, 400, id="no word"),
        pytest.param({"MessageStatus": ""}, 400, id="nothing"),
        pytest.param({"ErrorCode": "x"}, 400, id="no code"),
        pytest.param({"Body": "x" * 70_000}, 413, id="too large"),
    ],
)
def test_webhook_refuses(web_app, post, message_id, changes, code):
    assert post(message_id, **changes).status_code == code
    assert state_of(web_app, message_id) == "claimed"


def test_webhook_knows_no_get(web_app, client):
    assert client.get("/hooks/twilio/status/1.x").status_code == 405


def test_webhook_asks_to_try_again_when_the_database_is_away(web_app, sqlite_url, post, message_id):
    with web_app.app_context():
        db.session.remove()
        db.engine.dispose()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.unlink()
    file.mkdir()

    assert post(message_id).status_code == 503
