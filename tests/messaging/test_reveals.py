"""A number is shown for a reason only, and the log of it has everything but the number."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputsError, NotFoundError
from outreach.messaging import inbox, reveals
from outreach.messaging.models import InboundMessage, Message, Reveal
from outreach.messaging.worker import run_once
from outreach.policy import Role
from tests.conftest import NOW
from tests.factories import make_staff
from tests.messaging.phones import Phone


@pytest.fixture
def phone(context) -> Phone:
    runtime = context.extensions["outreach"]
    return Phone(runtime.settings, runtime.vault, NOW)


@pytest.fixture
def ana(context):
    with transaction():
        return make_staff(role=Role.COORDINATOR)


def reveal(phone, staff, *, reason="asked", note="Asks for a ride", now=NOW):
    with transaction():
        reveals.reveal(phone.number, staff_id=staff.id, reason=reason, note=note, vault=phone.vault, now=now)


def test_log_says_who_when_and_why_and_no_number(phone, ana):
    reveal(phone, ana)

    (line,) = reveals.listed(vault=phone.vault, number=1, per_page=10)
    assert (line.staff_name, line.at, line.reason, line.note) == ("Ana", NOW, "asked", "Asks for a ride")
    assert line.mark not in phone.hashed
    row = db.session.scalars(select(Reveal)).one()
    assert row.phone_hash == phone.hashed
    assert b"ride" not in row.sealed
    assert phone.number[-10:] not in str(vars(row))


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"reason": ""}, ["reason"]),
        ({"reason": "curious"}, ["reason"]),
        ({"note": ""}, ["note"]),
        ({"note": "x" * 201}, ["note"]),
        ({"reason": "", "note": ""}, ["reason", "note"]),
    ],
)
def test_without_a_reason_nothing_is_shown(phone, ana, given, fields):
    with pytest.raises(InvalidInputsError) as caught:
        reveal(phone, ana, **given)
    assert [problem.field for problem in caught.value.problems] == fields
    assert reveals.count() == 0


def test_each_look_is_a_line_and_the_newest_comes_first(phone, ana):
    other = Phone(phone.settings, phone.vault, NOW, "+18165550124")
    for number, who in enumerate((phone, other, phone)):
        reveal(who, ana, note=f"Look {number}", now=NOW + timedelta(minutes=number))

    lines = reveals.listed(vault=phone.vault, number=1, per_page=2)
    assert [line.note for line in lines] == ["Look 2", "Look 1"]
    (oldest,) = reveals.listed(vault=phone.vault, number=2, per_page=2)
    assert oldest.mark == lines[0].mark != lines[1].mark
    assert reveals.count() == 3


def test_log_is_kept_for_two_years(phone, ana):
    reveal(phone, ana)
    with transaction():
        assert reveals.forget(now=NOW + timedelta(days=729)) == 0
    with transaction():
        assert reveals.forget(now=NOW + timedelta(days=731)) == 1
    assert reveals.count() == 0


def test_worker_forgets_what_is_old(context, clock, phone, ana):
    reveal(phone, ana)
    clock.forward(days=731)
    run_once(context)
    assert reveals.count() == 0


def test_number_of_a_conversation_comes_from_any_text_that_opens(phone):
    inbound_id = phone.receive("hello")
    newest = phone.receive("hello again")
    with transaction():
        db.session.execute(update(InboundMessage).where(InboundMessage.id == newest).values(sealed=b"x"))
    hashed = inbox.phone_hash_of(inbound_id)
    assert reveals.phone_of_conversation(hashed, vault=phone.vault) == phone.number

    with transaction():
        db.session.execute(update(InboundMessage).values(sealed=b"x"))
    with pytest.raises(ConflictError):
        reveals.phone_of_conversation(hashed, vault=phone.vault)


@pytest.mark.parametrize("state", ["unknown", "dead", "failed", "undelivered", "expired"])
def test_number_that_a_text_may_not_have_reached(phone, state):
    phone.text("9")
    with transaction():
        db.session.execute(update(Message).values(state=state))
    message_id = phone.owed()[-1].id

    assert reveals.phone_of_missed(message_id, vault=phone.vault) == phone.number
    with transaction():
        db.session.execute(update(Message).values(sealed=b"x"))
    with pytest.raises(ConflictError):
        reveals.phone_of_missed(message_id, vault=phone.vault)


@pytest.mark.parametrize("state", ["ready", "sent", "delivered", "suppressed", "cancelled"])
def test_number_of_any_other_text_is_not_to_be_had(phone, state):
    phone.text("9")
    with transaction():
        db.session.execute(update(Message).values(state=state))

    with pytest.raises(NotFoundError):
        reveals.phone_of_missed(phone.owed()[-1].id, vault=phone.vault)
