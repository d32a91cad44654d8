"""A number is shown for a reason, by two people (T16), and the log has everything but the number."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach import audit
from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputsError, NotAllowedError, NotFoundError
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


@pytest.fixture
def ben(context):
    with transaction():
        return make_staff("ben@example.org", role=Role.ADMINISTRATOR, name="Ben")


def ask(phone, staff, *, reason="asked", note="Asks for a ride", now=NOW) -> int:
    with transaction():
        return reveals.ask(
            phone.number, staff_id=staff.id, reason=reason, note=note, vault=phone.vault, now=now
        )


def decide(reveal_id, staff, *, is_agreed=True, now=NOW) -> None:
    with transaction():
        reveals.decide(reveal_id, is_agreed=is_agreed, by_id=staff.id, now=now)


def show(phone, staff, now=NOW) -> None:
    with transaction():
        reveals.show(phone.number, staff_id=staff.id, vault=phone.vault, now=now)


def standing(phone, staff, now=NOW) -> str:
    db.session.rollback()
    return reveals.standing(phone.number, staff_id=staff.id, vault=phone.vault, now=now)


def deeds() -> list[tuple[int | None, str, str]]:
    lines = reversed(audit.listed(number=1, per_page=50))
    return [(line.staff_id, line.deed, line.subject) for line in lines if line.deed.startswith("number")]


def test_two_people_reveal_a_number_once(phone, ana, ben):
    assert standing(phone, ana) == "none"
    asked = ask(phone, ana)
    assert standing(phone, ana) == "waiting"
    decide(asked, ben, now=NOW + timedelta(minutes=59))
    assert standing(phone, ana) == "agreed"
    show(phone, ana, NOW + timedelta(minutes=100))
    assert standing(phone, ana, NOW + timedelta(minutes=100)) == "none"
    with pytest.raises(ConflictError):
        show(phone, ana, NOW + timedelta(minutes=100))

    subject = f"reveal:{asked}"
    assert deeds() == [
        (ana.id, "number_asked", subject),
        (ben.id, "number_approved", subject),
        (ana.id, "number_shown", subject),
    ]


def test_nobody_agrees_to_what_they_asked_for_themselves(phone, ana):
    asked = ask(phone, ana, reason="danger")
    with pytest.raises(NotAllowedError):
        decide(asked, ana)
    with pytest.raises(ConflictError):
        show(phone, ana)


def test_who_agreed_sees_nothing_by_it(phone, ana, ben):
    decide(ask(phone, ana), ben)
    with pytest.raises(ConflictError):
        show(phone, ben)
    other = Phone(phone.settings, phone.vault, NOW, "+18165550124")
    with pytest.raises(ConflictError):
        show(other, ana)


def test_refusal_is_final(phone, ana, ben):
    asked = ask(phone, ana)
    decide(asked, ben, is_agreed=False)
    assert standing(phone, ana) == "refused"
    with pytest.raises(ConflictError):
        show(phone, ana)
    with pytest.raises(ConflictError):
        decide(asked, ben)
    assert deeds()[-1] == (ben.id, "number_refused", f"reveal:{asked}")
    # Another request is another matter.
    assert ask(phone, ana) != asked


def test_request_and_consent_each_last_an_hour(phone, ana, ben):
    hour = timedelta(hours=1)
    asked = ask(phone, ana)
    with pytest.raises(ConflictError):
        decide(asked, ben, now=NOW + hour)
    assert standing(phone, ana, NOW + hour) == "none"
    assert reveals.waiting_count(but_of=ben.id, now=NOW + hour) == 0

    decide(ask(phone, ana, now=NOW + hour), ben, now=NOW + hour)
    with pytest.raises(ConflictError):
        show(phone, ana, NOW + 2 * hour)
    assert standing(phone, ana, NOW + 2 * hour) == "none"


def test_of_two_who_decide_at_once_one_does(phone, ana, ben):
    with transaction():
        cleo = make_staff("cleo@example.org", role=Role.COORDINATOR, name="Cleo")
    asked = ask(phone, ana)
    decide(asked, ben, is_agreed=False)
    with pytest.raises(ConflictError):
        decide(asked, cleo)
    assert standing(phone, ana) == "refused"


def test_open_request_is_not_asked_twice(phone, ana, ben):
    asked = ask(phone, ana)
    with pytest.raises(ConflictError):
        ask(phone, ana)
    decide(asked, ben)
    with pytest.raises(ConflictError):
        ask(phone, ana)
    assert reveals.count() == 1


def test_requests_wait_for_others_only(phone, ana, ben):
    ask(phone, ana)
    (line,) = reveals.waiting(but_of=ben.id, vault=phone.vault, now=NOW)
    assert (line.staff_name, line.reason, line.note) == ("Ana", "asked", "Asks for a ride")
    assert reveals.waiting(but_of=ana.id, vault=phone.vault, now=NOW) == []
    assert [reveals.waiting_count(but_of=one.id, now=NOW) for one in (ana, ben)] == [0, 1]


def test_number_that_was_shown_is_news_until_an_administrator_read_it(phone, ana, ben):
    asked = ask(phone, ana)
    decide(asked, ben)
    assert reveals.unread_count() == 0
    show(phone, ana)
    assert reveals.unread_count() == 1
    with transaction():
        reveals.set_read(asked - 1, now=NOW)
    assert reveals.unread_count() == 1
    with transaction():
        reveals.set_read(asked, now=NOW)
    assert reveals.unread_count() == 0
    (line,) = reveals.listed(vault=phone.vault, number=1, per_page=10)
    assert (line.decided_by, line.is_agreed, line.shown_at, line.is_read) == ("Ben", True, NOW, True)


def test_log_says_who_when_and_why_and_no_number(phone, ana):
    ask(phone, ana)

    (line,) = reveals.listed(vault=phone.vault, number=1, per_page=10)
    assert (line.staff_name, line.at, line.reason, line.note) == ("Ana", NOW, "asked", "Asks for a ride")
    assert (line.decided_by, line.shown_at) == (None, None)
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
def test_without_a_reason_nothing_is_asked(phone, ana, given, fields):
    with pytest.raises(InvalidInputsError) as caught:
        ask(phone, ana, **given)
    assert [problem.field for problem in caught.value.problems] == fields
    assert reveals.count() == 0


def test_each_request_is_a_line_and_the_newest_comes_first(phone, ana):
    other = Phone(phone.settings, phone.vault, NOW, "+18165550124")
    for number, who in enumerate((phone, other, phone)):
        ask(who, ana, note=f"Look {number}", now=NOW + timedelta(hours=number))

    lines = reveals.listed(vault=phone.vault, number=1, per_page=2)
    assert [line.note for line in lines] == ["Look 2", "Look 1"]
    (oldest,) = reveals.listed(vault=phone.vault, number=2, per_page=2)
    assert oldest.mark == lines[0].mark != lines[1].mark
    assert reveals.count() == 3


def test_log_is_kept_for_two_years(phone, ana):
    ask(phone, ana)
    with transaction():
        assert reveals.forget(now=NOW + timedelta(days=729)) == 0
    with transaction():
        assert reveals.forget(now=NOW + timedelta(days=731)) == 1
    assert reveals.count() == 0


def test_worker_forgets_what_is_old(context, clock, phone, ana):
    ask(phone, ana)
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
