"""A guest who is only called waits for seats: a call offers them, a key takes them, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events.models import Event
from outreach.messaging.gateways.base import Report
from outreach.messaging.models import Message
from outreach.registration import service
from outreach.registration.models import Registration
from outreach.registration.requests import Consent
from tests.factories import NOW, make_event, make_request
from tests.messaging.fakes import FakeGateway
from tests.messaging.test_reminder_calls import pick_up, press, told, words, work

LANDLINE, OTHER = "+18165550123", "+18165550124"
CALLS, TEXTS = Consent("Call me", is_for_calls=True), Consent("Text me")
#: By day.
FREED = NOW + timedelta(hours=1)


@pytest.fixture
def runtime(context):
    return context.extensions["outreach"]


@pytest.fixture
def gateway():
    return FakeGateway()


@pytest.fixture
def waiting(runtime, gateway):
    """Gives a party of two that waits behind one that has all seats, and is told so; then all are free."""

    def go(consent=CALLS, freed_at=FREED):
        with transaction():
            event = make_event(capacity=2)
            seated = service.register(make_request(event, party_size=2), vault=runtime.vault, now=NOW)
            request = make_request(event, phone=LANDLINE, party_size=2, consent=consent)
            made = service.register(request, vault=runtime.vault, now=NOW)
        work(runtime, gateway, NOW)
        (first,) = db.session.scalars(select(Message)).all()
        ended = "completed" if first.channel == "voice" else "delivered"
        told(runtime, first.id, Report(first.provider_sid, ended), NOW)
        assert row(made.registration_id).state == "waitlisted"
        with transaction():
            service.cancel(row(seated.registration_id), now=freed_at)
        return made.registration_id

    return go


def row(registration_id) -> Registration:
    return db.session.get_one(Registration, registration_id, populate_existing=True)


def seats_taken() -> int:
    return db.session.scalars(select(Event.seats_taken)).one()


def news() -> list[Message]:
    """What was written since the guest heard of the waiting list."""
    db.session.rollback()
    return list(db.session.scalars(select(Message).order_by(Message.id)))[1:]


@pytest.fixture
def offering(runtime, waiting, gateway):
    """The offer's registration and its call, once the vendor has it."""
    registration_id = waiting()
    work(runtime, gateway, FREED)
    (message,) = news()
    assert (message.channel, message.purpose, message.state) == ("voice", "seat_offered", "queued")
    # One told that the party waits, the other one offers the seats.
    assert [dial.to for dial in gateway.dials] == [LANDLINE] * 2
    assert gateway.dispatches == []
    return registration_id, message.id


def test_call_offers_the_seats_and_one_takes_them(runtime, offering, gateway):
    registration_id, message_id = offering
    assert row(registration_id).state == "offered"
    answer = pick_up(runtime, message_id, FREED)
    assert "Seats are free for your group of 2: Neighbors' Picnic" in words(answer)
    assert "To take them, press 1. If you do not want them, press 2." in words(answer)
    assert row(registration_id).code not in words(answer).replace(", ", "")
    end = press(runtime, answer, "1", FREED)

    assert end.address is None
    assert "You are signed up: Neighbors' Picnic" in words(end)
    assert row(registration_id).code in words(end).replace(", ", "")
    assert (row(registration_id).state, seats_taken()) == ("confirmed", 2)
    # It was heard in the call, and nothing tells it once more.
    work(runtime, gateway, FREED + timedelta(minutes=5))
    assert (len(gateway.dials), gateway.dispatches) == (2, [])


def test_two_lets_the_seats_go_to_the_next_who_is_called(runtime, offering, gateway):
    registration_id, message_id = offering
    with transaction():
        event = db.session.scalars(select(Event)).one()
        request = make_request(event, phone=OTHER, party_size=2, consent=CALLS)
        service.register(request, vault=runtime.vault, now=FREED)
    end = press(runtime, pick_up(runtime, message_id, FREED), "2", FREED)
    assert "You do not take the seats" in words(end)
    work(runtime, gateway, FREED + timedelta(minutes=1))

    assert row(registration_id).state == "cancelled"
    assert gateway.dials[-1].to == OTHER
    assert news()[-1].purpose == "seat_offered"


def test_machine_hears_that_seats_are_free_and_until_when(runtime, offering):
    registration_id, message_id = offering
    answer = pick_up(runtime, message_id, FREED, is_machine=True)

    assert answer.address is None
    assert "Please answer by" in words(answer)
    assert row(registration_id).state == "offered"


def test_nobody_who_has_let_an_offer_run_out_takes_the_seats_in_its_call(runtime, offering):
    registration_id, message_id = offering
    late = row(registration_id).offer_expires_at
    answer = pick_up(runtime, message_id, late - timedelta(minutes=1))
    end = press(runtime, answer, "1", late)

    assert "no longer kept" in words(end)
    assert row(registration_id).state != "confirmed"


def test_seats_that_come_too_late_to_ask_are_given_and_told_by_a_call(runtime, waiting, gateway):
    at = NOW + timedelta(days=7, hours=7)
    registration_id = waiting(freed_at=at)
    assert row(registration_id).state == "confirmed"
    work(runtime, gateway, at)

    assert [dial.to for dial in gateway.dials] == [LANDLINE] * 2
    (message,) = news()
    assert message.purpose == "confirmation"
    assert message.channel == "voice"
    assert "You are signed up: Neighbors' Picnic" in words(pick_up(runtime, message.id, at))


def test_offer_that_no_text_can_tell_is_told_by_a_call(runtime, waiting, gateway):
    registration_id = waiting(TEXTS)
    work(runtime, gateway, FREED)
    (text,) = news()
    assert (text.channel, text.purpose) == ("text", "seat_offered")
    told(runtime, text.id, Report(text.provider_sid, "undelivered", 30006), FREED)
    work(runtime, gateway, FREED + timedelta(minutes=1))

    call = news()[-1]
    assert (call.channel, call.dedup_key) == ("voice", text.dedup_key + ":voice")
    assert [dial.to for dial in gateway.dials] == [LANDLINE]
    press(runtime, pick_up(runtime, call.id, FREED), "1", FREED)
    assert row(registration_id).state == "confirmed"
