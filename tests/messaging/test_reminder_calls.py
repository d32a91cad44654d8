"""Reminders by telephone, on both databases: who is called, when, once, again, and what the keys do."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from outreach.database import db, transaction
from outreach.messaging import (
    calls,
    evidence,
    outbox,
    overview,
    reach,
    reminders,
    status,
    suppressions,
    worker,
)
from outreach.messaging.channels.voice import heard
from outreach.messaging.gateways.base import Accepted, Report, Unknown
from outreach.messaging.models import Message, ProviderEvent
from outreach.registration import service
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import has_stopped_texts
from outreach.registration.models import Registration
from outreach.registration.requests import Consent
from tests.factories import NOW, make_event, make_request
from tests.messaging.fakes import ALLOWED, FakeGateway, call_sid

NUMBER = "+18165550123"
#: The day before the event, by day.
DAY_BEFORE = NOW + timedelta(days=6, hours=8)
#: Hours after the guest signed up.
DAYLIGHT = NOW + timedelta(hours=8)


@pytest.fixture
def runtime(context):
    return context.extensions["outreach"]


@pytest.fixture
def row(runtime):
    """A registration whose guest asked to be called."""
    with transaction():
        event = make_event(capacity=10)
        request = make_request(
            event, phone=NUMBER, party_size=2, consent=Consent("Call me", is_for_calls=True)
        )
        made = service.register(request, vault=runtime.vault, now=NOW)
        found = db.session.get_one(Registration, made.registration_id)
        reminders.note_told(found, vault=runtime.vault, now=NOW)
    return found


@pytest.fixture
def unconfirmed(runtime, row):
    """The same one, whose guest heard of nothing yet."""
    with transaction() as session:
        session.execute(delete(Message))
    return row


def work(runtime, gateway, at):
    """One turn of a worker at an instant."""
    made = worker.Worker(gateway, settings=runtime.settings, vault=runtime.vault, clock=lambda: at)
    try:
        return made.tick(is_everything_due=True)
    finally:
        made.close()


def messages() -> list[Message]:
    """All but the call that confirmed the sign-up."""
    db.session.rollback()
    is_first_call = (Message.purpose == "confirmation") & (Message.channel == "voice")
    return list(db.session.scalars(select(Message).where(~is_first_call).order_by(Message.id)))


def told(runtime, message_id, report, at):
    with transaction():
        status.receive(message_id, report, vault=runtime.vault, now=at)


def pick_up(runtime, message_id, at, *, is_machine=False, sid="CA" + "7" * 32):
    given = {"settings": runtime.settings, "vault": runtime.vault, "now": at}
    with transaction():
        return heard(calls.begin_owed(sid, message_id, is_machine=is_machine, **given))


def press(runtime, answer, keys, at, *, sid="CA" + "7" * 32):
    step, visit = answer.address.split("/")[-2:]
    given = {"settings": runtime.settings, "vault": runtime.vault, "now": at}
    with transaction():
        return heard(calls.hear(sid, step, int(visit), keys, **given))


def words(answer) -> str:
    return " ".join(line.words for line in answer.said)


@pytest.fixture
def called(runtime, row):
    """The call of the day before, once the vendor has it."""
    gateway = FakeGateway()
    work(runtime, gateway, DAY_BEFORE)
    (message,) = messages()
    assert (message.channel, message.purpose, message.state) == ("voice", "day_before", "queued")
    assert [dial.to for dial in gateway.dials] == [NUMBER]
    assert gateway.dispatches == []
    return message.id


def test_guest_who_asked_for_it_is_called_and_not_texted_once(runtime, row, called):
    gateway = FakeGateway()
    for minutes in (0, 1, 60):
        work(runtime, gateway, DAY_BEFORE + timedelta(minutes=minutes))

    assert len(messages()) == 1
    assert (gateway.dials, gateway.dispatches) == ([], [])
    assert overview.calls_placed() == 1


def confirming(runtime, gateway):
    """The id of the call that confirms a sign-up, once the vendor has it."""
    work(runtime, gateway, DAYLIGHT)
    return db.session.scalars(select(Message.id).where(Message.purpose == "confirmation")).one()


def test_sign_up_is_confirmed_by_one_call_that_says_the_code_twice(runtime, unconfirmed):
    gateway = FakeGateway()
    message_id = confirming(runtime, gateway)
    assert [dial.to for dial in gateway.dials] == [NUMBER]
    assert gateway.dispatches == []
    answer = pick_up(runtime, message_id, DAYLIGHT)

    code = ", ".join(unconfirmed.code)
    assert "You are signed up" in words(answer)
    assert words(answer).count(code) == 2
    assert words(press(runtime, answer, "*", DAYLIGHT)).count(code) == 2
    work(runtime, gateway, DAYLIGHT + timedelta(hours=1))
    assert len(gateway.dials) == 1


def test_machine_does_not_hear_the_code(runtime, unconfirmed):
    message_id = confirming(runtime, FakeGateway())
    answer = pick_up(runtime, message_id, DAYLIGHT, is_machine=True)

    assert answer.address is None
    assert "We have news of" in words(answer)
    assert ", ".join(unconfirmed.code) not in words(answer)
    assert "signed up" not in words(answer)


def test_guest_gives_up_the_place_in_the_call_that_confirms_it(runtime, unconfirmed):
    message_id = confirming(runtime, FakeGateway())
    answer = press(runtime, pick_up(runtime, message_id, DAYLIGHT), "2", DAYLIGHT)
    assert press(runtime, answer, "1", DAYLIGHT).address is None

    db.session.refresh(unconfirmed)
    assert unconfirmed.state == "cancelled"


def test_one_is_no_key_of_a_confirmation(runtime, unconfirmed):
    message_id = confirming(runtime, FakeGateway())
    answer = press(runtime, pick_up(runtime, message_id, DAYLIGHT), "1", DAYLIGHT)

    assert answer.address is not None
    db.session.refresh(unconfirmed)
    assert unconfirmed.reaffirmed_at is None


def test_party_that_waits_is_told_why_by_a_call(runtime):
    with transaction():
        event = make_event(capacity=2)
        service.register(make_request(event, party_size=2), vault=runtime.vault, now=NOW)
        agreed = Consent("Call me", is_for_calls=True)
        service.register(make_request(event, phone=NUMBER, consent=agreed), vault=runtime.vault, now=NOW)
    gateway = FakeGateway()
    message_id = confirming(runtime, gateway)

    assert "You are on the waitlist" in words(pick_up(runtime, message_id, DAYLIGHT))


def test_nobody_is_called_at_night(runtime, row):
    gateway = FakeGateway()
    with transaction():
        reminders.catch_up([row.id], vault=runtime.vault, now=DAY_BEFORE)
    work(runtime, gateway, DAY_BEFORE + timedelta(hours=7))

    assert gateway.dials == []
    assert {message.state for message in messages()} == {"ready"}


def test_guest_says_that_the_party_is_coming(runtime, row, called):
    answer = pick_up(runtime, called, DAY_BEFORE)
    assert "We remind you of" in words(answer)
    assert "Number of people: 2." in words(answer)
    assert row.code not in words(answer)
    end = press(runtime, answer, "1", DAY_BEFORE)

    assert end.address is None
    assert "We expect you" in words(end)
    db.session.refresh(row)
    assert (row.state, row.reaffirmed_at) == ("confirmed", DAY_BEFORE)
    # The vendor brings it again: the same words, and nothing twice.
    assert words(press(runtime, answer, "1", DAY_BEFORE + timedelta(seconds=9))) == words(end)


def test_guest_gives_up_the_place_after_a_second_question(runtime, row, called):
    answer = press(runtime, pick_up(runtime, called, DAY_BEFORE), "2", DAY_BEFORE)
    db.session.refresh(row)
    assert row.state == "confirmed"
    assert press(runtime, answer, "1", DAY_BEFORE).address is None

    db.session.refresh(row)
    assert row.state == "cancelled"


def test_key_ends_calls_and_texts_and_is_in_the_ledger(runtime, row, called):
    end = press(runtime, pick_up(runtime, called, DAY_BEFORE), "0", DAY_BEFORE)
    hashed = phone_hash(runtime.vault, NUMBER)

    assert end.address is None
    assert suppressions.reason(hashed) == "stop"
    assert has_stopped_texts(hashed)
    gateway = FakeGateway()
    work(runtime, gateway, DAY_BEFORE + timedelta(hours=22))
    assert gateway.dials == []


def test_machine_hears_of_the_event_and_nothing_of_the_guest(runtime, row, called):
    answer = pick_up(runtime, called, DAY_BEFORE, is_machine=True)

    assert answer.address is None
    assert "We remind you of" in words(answer)
    assert "Number of people" not in words(answer)
    assert row.code not in words(answer)


def test_silence_ends_the_call_and_nobody_is_asked_to_call_back(runtime, row, called):
    answer = pick_up(runtime, called, DAY_BEFORE)
    for _ in range(3):
        answer = press(runtime, answer, "", DAY_BEFORE)

    assert answer.address is None
    assert "call you back" not in words(answer)


def test_busy_line_is_tried_twice_more_and_then_staff_are_told(runtime, row, called):
    at, sids = DAY_BEFORE, []
    for number in range(1, 4):
        message = messages()[-1]
        sids.append(message.provider_sid)
        told(runtime, message.id, Report(message.provider_sid, "busy"), at)
        assert overview.missed_count(now=at) == (number == 3)
        if number < 3:
            gateway = FakeGateway(Accepted(call_sid(90 + number), "queued"))
            work(runtime, gateway, at + timedelta(minutes=29))
            assert gateway.dials == []
            at += timedelta(minutes=30)
            work(runtime, gateway, at)
            assert len(gateway.dials) == 1
    assert len(set(sids)) == 3
    assert [message.state for message in messages()] == ["undelivered"] * 3


def test_late_word_of_the_first_call_does_not_move_the_second(runtime, row, called):
    first = messages()[0]
    told(runtime, first.id, Report(first.provider_sid, "no-answer"), DAY_BEFORE)
    told(runtime, first.id, Report(first.provider_sid, "ringing"), DAY_BEFORE)

    assert [message.state for message in messages()] == ["undelivered", "ready"]


def test_call_that_was_cut_after_the_vendor_took_it_is_found_and_not_placed_again(runtime, row):
    gateway = FakeGateway(Unknown("cut"))
    work(runtime, gateway, DAY_BEFORE)
    assert [message.state for message in messages()] == ["unknown"]
    gateway.listed_calls = (Report(call_sid(5), "completed"),)
    work(runtime, gateway, DAY_BEFORE + timedelta(minutes=3))

    assert [(message.state, message.provider_sid) for message in messages()] == [("delivered", call_sid(5))]
    assert len(gateway.dials) == 1


def test_worker_that_died_before_it_dialled_loses_no_call(runtime, row):
    with transaction():
        reminders.catch_up([row.id], vault=runtime.vault, now=DAY_BEFORE)
    from_dead = outbox.claim(9, allowed=ALLOWED, vault=runtime.vault, now=DAY_BEFORE)
    assert len(from_dead) == 1
    gateway = FakeGateway()
    for minutes in (2, 4, 6, 8):
        work(runtime, gateway, DAY_BEFORE + timedelta(minutes=minutes))

    assert len(gateway.dials) == 1
    assert [message.state for message in messages()] == ["queued"]


def want_texts(row):
    with transaction() as session:
        kept = session.get_one(Registration, row.id)
        kept.wants_texts, kept.wants_calls = True, False


def test_landline_is_called_where_a_text_failed(runtime, row):
    want_texts(row)
    gateway = FakeGateway()
    work(runtime, gateway, DAY_BEFORE)
    reminder = next(message for message in messages() if message.purpose == "day_before")
    assert reminder.channel == "text"
    told(runtime, reminder.id, Report(reminder.provider_sid, "undelivered", 30006), DAY_BEFORE)
    work(runtime, gateway, DAY_BEFORE + timedelta(minutes=1))

    assert [dial.to for dial in gateway.dials] == [NUMBER]
    assert messages()[-1].dedup_key == reminder.dedup_key + ":voice"


def test_text_that_may_have_arrived_is_not_told_again_by_a_call(runtime, row):
    want_texts(row)
    gateway = FakeGateway()
    work(runtime, gateway, DAY_BEFORE)
    with transaction():
        suppressions.set_voice_only(phone_hash(runtime.vault, NUMBER), now=DAY_BEFORE)
    work(runtime, gateway, DAY_BEFORE + timedelta(minutes=1))

    assert gateway.dials == []


@pytest.mark.parametrize(("days", "is_switched"), [(13, True), (15, False)])
def test_phone_that_was_off_three_times_in_two_weeks_is_called(runtime, row, days, is_switched):
    want_texts(row)
    work(runtime, FakeGateway(), DAY_BEFORE)
    text = messages()[-1]
    with transaction() as session:
        for number, age in enumerate((days, 1)):
            session.add(
                ProviderEvent(
                    message_id=text.id,
                    sid=f"SM{number + 70:032x}",
                    status="undelivered",
                    error_code=reach.OUT_OF_REACH,
                    received_at=DAY_BEFORE - timedelta(days=age),
                )
            )
    told(runtime, text.id, Report(text.provider_sid, "undelivered", reach.OUT_OF_REACH), DAY_BEFORE)

    found = suppressions.reason(phone_hash(runtime.vault, NUMBER))
    assert found == ("voice_only" if is_switched else None)


def test_call_that_is_forgotten_ends_politely(runtime):
    answer = pick_up(runtime, 4711, DAY_BEFORE)

    assert answer.address is None
    assert words(answer) == "We do not find this any more. Goodbye."


def test_vendor_that_cannot_list_calls_leaves_the_outcome_unknown(runtime, row):
    gateway = FakeGateway(Unknown("cut"))
    work(runtime, gateway, DAY_BEFORE)
    gateway.listed_calls = None
    evidence.settle(gateway, vault=runtime.vault, now=DAY_BEFORE + timedelta(minutes=3))

    assert [message.state for message in messages()] == ["unknown"]
