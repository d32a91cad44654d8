"""The outbox on both databases: written once, claimed once, looked at again before it leaves."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from outreach.database import db, transaction
from outreach.messaging import outbox, suppressions
from outreach.messaging.gateways.base import Accepted, NotSent, Rejected, Unknown
from outreach.messaging.models import Message, Suppression
from outreach.messaging.senders import Allowance
from outreach.registration import service
from outreach.registration.guests import phone_hash
from outreach.registration.models import ConsentEvent
from outreach.registration.requests import Consent
from tests.factories import NOW, make_event, make_request
from tests.messaging.fakes import ALLOWED, PHONE, message, put, sid, states, text

NIGHT = datetime(2026, 9, 8, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 9, 8, 14, 0, tzinfo=UTC)


def claim(vault, now=NOW, limit=10):
    return outbox.claim(limit, allowed=ALLOWED, vault=vault, now=now)


def record(vault, claimed, outcome, now=NOW) -> None:
    outbox.record([(claimed, outcome)], vault=vault, now=now)


# Writing down.


def test_enqueue_writes_a_text_once(context, vault):
    with transaction():
        first = outbox.enqueue(text(body="Hello"), vault=vault, now=NOW)
        second = outbox.enqueue(text(body="Hello again"), vault=vault, now=NOW)

    assert (first, second) == (True, False)
    assert [each.body for each in claim(vault)] == ["Hello"]


def test_enqueue_keeps_nothing_readable(context, vault):
    row = message(put(vault, body="Hola Amina", locale="es"))

    assert b"Amina" not in row.sealed
    assert PHONE.encode() not in row.sealed
    assert vault.open(row.sealed, place="message") == {"to": PHONE, "locale": "es", "body": "Hola Amina"}


def test_enqueue_counts_the_parts(context, vault):
    assert message(put(vault, body="é" * 161)).segments == 2
    assert message(put(vault, dedup_key="reply:2:1", body="ع" * 71)).segments == 2


@pytest.mark.parametrize("body", ["", "x" * 1601], ids=["empty", "too long"])
def test_enqueue_refuses_what_cannot_be_sent(context, vault, body):
    with pytest.raises(ValueError, match="cannot be sent"), transaction():
        outbox.enqueue(text(body=body), vault=vault, now=NOW)


@pytest.mark.parametrize("state", ["ready", "cancelled", "suppressed"])
def test_rewrite_says_anew_what_was_not_sent(context, vault, state):
    message_id = put(vault, body="Party of 2")
    with transaction():
        outbox.end(db.session.get_one(Message, message_id), state, now=NOW)
    with transaction():
        assert outbox.rewrite(text(body="Party of 3"), vault=vault, now=NOW)

    assert message(message_id).final_at is None
    assert [each.body for each in claim(vault)] == ["Party of 3"]


def test_rewrite_leaves_alone_what_may_have_been_sent(context, vault):
    others = sorted(set(outbox.STATES) - {"ready", "cancelled", "suppressed"})
    for state in others:
        message_id = put(vault, dedup_key=state)
        with transaction():
            db.session.get_one(Message, message_id).state = state
        with transaction():
            assert not outbox.rewrite(text(dedup_key=state, body="Other"), vault=vault, now=NOW)

    assert states() == others


# Claiming.


def test_claim_takes_what_is_due_and_the_urgent_first(context, vault):
    for number, (priority, minutes) in enumerate([(3, 0), (2, 5), (1, 0), (2, 0), (1, 90)]):
        put(
            vault,
            dedup_key=f"reply:{number}:1",
            body=f"text {number}",
            priority=priority,
            not_before=NOW + timedelta(minutes=minutes),
        )

    assert [each.body for each in claim(vault, now=NOW + timedelta(minutes=10))] == [
        "text 2",
        "text 3",
        "text 1",
        "text 0",
    ]


def test_claim_commits_before_it_returns(context, vault):
    message_id = put(vault)
    claimed = claim(vault)

    row = message(message_id)
    assert (row.state, row.attempts, row.claimed_at) == ("claimed", 1, NOW)
    assert row.claim_token == claimed[0].token
    assert row.lease_until == NOW + outbox.LEASE


def test_claim_gives_each_text_once(context, vault):
    for number in range(3):
        put(vault, dedup_key=f"reply:{number}:1")

    assert len(claim(vault, limit=2)) == 2
    assert len(claim(vault, limit=2)) == 1
    assert claim(vault) == []


def test_claim_ends_when_the_pace_says_no(context, vault):
    for number in range(4):
        put(vault, dedup_key=f"reply:{number}:1", body="é" * 161)
    slow = Allowance("sender", 10.0)

    assert len(outbox.claim(10, allowed=slow, vault=vault, now=NOW, at=1000.0)) == 2
    assert outbox.claim(10, allowed=slow, vault=vault, now=NOW, at=1000.0) == []
    assert states() == ["claimed", "claimed", "ready", "ready"]


def test_claim_leaves_alone_what_another_worker_looks_at(app, vault):
    """Two workers at once: on PostgreSQL they pass each other, on SQLite they wait."""
    with app.app_context():
        for number in range(40):
            put(vault, dedup_key=f"reply:{number}:1", body=f"text {number}")
    taken: list[str] = []

    def work() -> None:
        with app.app_context():
            while claims := claim(vault, limit=3):
                taken.extend(each.body for each in claims)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(f"text {number}" for number in range(40))


def test_claim_lets_a_text_expire(context, vault):
    message_id = put(vault, deadline=NOW + timedelta(minutes=5))

    assert claim(vault, now=NOW + timedelta(minutes=5)) == []
    assert (message(message_id).state, message(message_id).final_at) == (
        "expired",
        NOW + timedelta(minutes=5),
    )


def test_claim_gives_the_vendor_less_than_a_minute_of_nothing(context, vault):
    """A deadline so near that the vendor could only be late."""
    message_id = put(vault, deadline=NOW + timedelta(seconds=59))

    assert claim(vault) == []
    assert message(message_id).state == "expired"


@pytest.mark.parametrize(
    ("given", "validity_seconds"),
    [
        pytest.param({}, 36_000, id="ten hours at most"),
        pytest.param({"deadline": NOW + timedelta(minutes=30)}, 1800, id="until the deadline"),
    ],
)
def test_claim_says_how_long_the_vendor_may_take(context, vault, given, validity_seconds):
    put(vault, **given)

    assert [each.validity_seconds for each in claim(vault)] == [validity_seconds]


def test_claim_waits_through_the_night(context, vault):
    message_id = put(vault, now=NIGHT, deadline=NIGHT + timedelta(days=1))

    assert claim(vault, now=NIGHT) == []
    assert (message(message_id).state, message(message_id).due_at) == ("ready", MORNING)
    assert claim(vault, now=MORNING - timedelta(seconds=1)) == []
    assert len(claim(vault, now=MORNING)) == 1


def test_claim_waits_when_the_night_is_a_minute_away(context, vault):
    just_before = datetime(2026, 9, 8, 0, 59, 30, tzinfo=UTC)
    message_id = put(vault, now=just_before, deadline=NIGHT + timedelta(days=1))

    assert claim(vault, now=just_before) == []
    assert message(message_id).due_at == MORNING


def test_claim_gives_up_what_would_be_late_in_the_morning(context, vault):
    message_id = put(vault, now=NIGHT, deadline=MORNING)

    assert claim(vault, now=NIGHT) == []
    assert message(message_id).state == "expired"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"reply_to_at": NIGHT}, id="an answer"),
        pytest.param({"changed_start_at": datetime(2026, 9, 8, 6, tzinfo=UTC)}, id="urgent"),
    ],
)
def test_claim_sends_some_texts_in_the_evening(context, vault, given):
    evening = datetime(2026, 9, 8, 2, 15, tzinfo=UTC)
    put(vault, now=evening, deadline=NIGHT + timedelta(days=1), **given)

    assert len(claim(vault, now=evening)) == 1


@pytest.mark.parametrize(
    ("reason", "purpose", "state"),
    [
        ("stop", "reply", "suppressed"),
        ("stop", "stopped", "claimed"),
        ("blocked", "reply", "suppressed"),
        ("blocked", "stopped", "suppressed"),
        ("unreachable", "reply", "suppressed"),
    ],
)
def test_claim_texts_nobody_who_is_not_to_be_texted(context, vault, reason, purpose, state):
    """But for the one answer to STOP."""
    message_id = put(vault, purpose=purpose)
    with transaction():
        db.session.add(
            Suppression(phone_hash=phone_hash(vault, PHONE), scope="all", reason=reason, since_at=NOW)
        )
    claim(vault)

    assert message(message_id).state == state


def test_claim_puts_aside_what_cannot_be_opened(context, vault):
    message_id = put(vault)
    with transaction():
        db.session.get_one(Message, message_id).sealed = b"x" * 40
    put(vault, dedup_key="reply:2:1")

    assert len(claim(vault)) == 1
    assert message(message_id).state == "dead"


@pytest.fixture
def registered(context, vault):
    """A registration with consent, and its confirmation in the outbox."""
    with transaction():
        event = make_event(capacity=10)
        request = make_request(event, phone=PHONE, consent=Consent("Text me."))
        outcome = service.register(request, vault=vault, now=NOW)
    key = f"confirmation:{outcome.registration_id}:0:confirmed-0"
    put(vault, purpose="confirmation", dedup_key=key, registration_id=outcome.registration_id)
    return outcome.registration_id


def test_claim_takes_what_is_still_owed(registered, vault):
    assert len(claim(vault)) == 1


def test_claim_drops_what_is_no_longer_owed(registered, vault):
    with transaction():
        service.cancel(db.session.get_one(service.Registration, registered), now=NOW)

    assert claim(vault) == []
    assert states() == ["cancelled"]


def test_claim_still_gives_an_answer_about_what_was_given_up(registered, vault):
    with transaction():
        service.cancel(db.session.get_one(service.Registration, registered), now=NOW)
    put(vault, dedup_key="reply:9:1", reply_to_at=NOW, registration_id=registered)
    put(
        vault,
        purpose="confirmation",
        dedup_key="confirmation:0:0:told",
        reply_to_at=NOW,
        registration_id=registered,
    )

    assert len(claim(vault)) == 2


def test_message_goes_with_its_registration(registered, vault):
    with transaction():
        service.delete_guest(db.session.get_one(service.Registration, registered).guest, now=NOW)

    assert db.session.scalar(select(func.count(Message.id))) == 0


# Outcomes.


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        pytest.param(
            Accepted(sid(1), "queued"), {"state": "queued", "provider_sid": sid(1), "provider_rank": 2},
            id="accepted",
        ),
        pytest.param(
            Accepted(sid(1), "a new word"), {"state": "accepted", "provider_sid": sid(1)}, id="accepted oddly"
        ),
        pytest.param(
            Rejected(21211, "number"), {"state": "failed", "error_code": 21211, "final_at": NOW}, id="number"
        ),
        pytest.param(
            Rejected(21610, "consent"), {"state": "suppressed", "error_code": 21610, "final_at": NOW},
            id="consent",
        ),
        pytest.param(
            Rejected(30034, "configuration"),
            {"state": "ready", "due_at": NOW + timedelta(minutes=15), "final_at": None},
            id="configuration",
        ),
        pytest.param(
            Rejected(21611, "congestion"), {"state": "ready", "due_at": NOW + timedelta(minutes=1)},
            id="congestion",
        ),
        pytest.param(Rejected(21617, "ours"), {"state": "dead", "error_code": 21617}, id="ours"),
        pytest.param(
            NotSent("refused"), {"state": "ready", "due_at": NOW + timedelta(seconds=2)}, id="not sent"
        ),
        pytest.param(
            NotSent("429", 30.0), {"state": "ready", "due_at": NOW + timedelta(seconds=30)}, id="wait"
        ),
        pytest.param(
            Unknown("timeout"), {"state": "unknown", "due_at": NOW + timedelta(seconds=120), "probes": 0},
            id="unknown",
        ),
    ],
)  # fmt: skip
def test_record_notes_the_outcome(context, vault, outcome, expected):
    message_id = put(vault)
    record(vault, claim(vault)[0], outcome)

    row = message(message_id)
    assert {name: getattr(row, name) for name in expected} == expected
    assert row.lease_until is None or outcome == Unknown("timeout")


def test_record_learns_that_a_number_cannot_be_texted(context, vault):
    put(vault)
    record(vault, claim(vault)[0], Rejected(21614, "number"))

    assert suppressions.reason(phone_hash(vault, PHONE)) == "unreachable"


def test_record_learns_that_the_holder_told_the_vendor_to_stop(context, vault):
    put(vault)
    record(vault, claim(vault)[0], Rejected(21610, "consent"))

    line = db.session.scalars(select(ConsentEvent)).one()
    assert (line.action, line.source) == ("stopped", "vendor")
    assert suppressions.reason(phone_hash(vault, PHONE)) == "blocked"


@pytest.mark.parametrize("outcome", [Rejected(21211, "number"), NotSent("x"), Unknown("x")])
def test_record_counts_only_from_the_holder_of_the_claim(context, vault, outcome):
    message_id = put(vault)
    old = claim(vault)[0]
    record(vault, old, NotSent("first try"))
    later = NOW + timedelta(minutes=1)
    new = claim(vault, now=later)[0]
    record(vault, old, outcome, now=later)

    row = message(message_id)
    assert (row.state, row.claim_token) == ("claimed", new.token)


def test_record_believes_anybody_that_the_vendor_has_it(context, vault):
    """A worker that was slow brings the proof when its claim is long void."""
    message_id = put(vault)
    claimed = claim(vault)[0]
    with transaction():
        outbox.put_back(db.session.get_one(Message, message_id), due_at=NOW)
    record(vault, claimed, Accepted(sid(1)))

    assert (message(message_id).state, message(message_id).provider_sid) == ("accepted", sid(1))
    assert claim(vault) == []


def test_record_tells_when_a_text_left_twice(context, vault, caplog):
    message_id = put(vault)
    claimed = claim(vault)[0]
    record(vault, claimed, Accepted(sid(1)))
    record(vault, claimed, Accepted(sid(2)))

    assert message(message_id).provider_sid == sid(1)
    assert [line.message for line in caplog.records] == [f"text {message_id}: the vendor took it twice"]


def test_record_survives_a_vendor_that_gives_one_id_to_all(context, vault):
    claims = [put(vault, dedup_key=f"reply:{number}:1") for number in range(2)] and claim(vault)
    outbox.record([(each, Accepted(sid(1))) for each in claims], vault=vault, now=NOW)

    assert states() == ["accepted", "accepted"]


def test_record_of_a_deleted_text_is_harmless(registered, vault):
    claimed = claim(vault)[0]
    with transaction():
        service.delete_guest(db.session.get_one(service.Registration, registered).guest, now=NOW)
    record(vault, claimed, Accepted(sid(1)))

    assert states() == []


def test_log_names_no_number_and_no_words(context, vault, caplog):
    caplog.set_level("DEBUG", "outreach")
    put(vault, body="Hola Amina")
    for outcome in (Unknown("timeout"), Rejected(21617, "ours")):
        put(vault, dedup_key=f"reply:{outcome}", body="Hola Amina")
        record(vault, claim(vault)[0], outcome)

    assert caplog.text
    assert "Amina" not in caplog.text
    assert PHONE[2:] not in caplog.text


# Forgetting.


def test_forget_deletes_answers_to_nobody_registered(registered, vault):
    message_id = put(vault, dedup_key="reply:1:1")
    claims = claim(vault)
    outbox.record([(each, Rejected(21617, "ours")) for each in claims], vault=vault, now=NOW)
    with transaction():
        assert outbox.forget(now=NOW + timedelta(days=3) - timedelta(seconds=1)) == 0
        assert outbox.forget(now=NOW + timedelta(days=3)) == 1

    db.session.rollback()
    assert db.session.get(Message, message_id) is None
    assert len(states()) == 1


def test_ids_are_never_given_twice(context, vault):
    """A late report about a deleted text must not count for a new one."""
    first = put(vault)
    with transaction():
        db.session.delete(db.session.get_one(Message, first))

    assert put(vault, dedup_key="reply:2:1") > first
