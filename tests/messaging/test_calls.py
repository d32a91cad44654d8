"""Calls on both databases: an answer that is asked for twice, by two at once, and codes that are counted."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as given_any
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from outreach.database import db, transaction
from outreach.events.models import Event
from outreach.messaging import calls, suppressions
from outreach.messaging.channels.voice import heard
from outreach.messaging.models import VoiceStep
from outreach.registration import service
from outreach.registration.models import ConsentEvent, Registration
from outreach.registration.requests import Consent
from outreach.throttle import Throttle
from tests.factories import NOW, make_event, make_request
from tests.messaging.callers import new_call_sid

NUMBER = "+18165550123"


@pytest.fixture
def event(context):
    with transaction():
        return make_event(capacity=10)


@pytest.fixture
def sid():
    return new_call_sid()


@pytest.fixture
def given(context, vault):
    return {"settings": context.extensions["outreach"].settings, "vault": vault, "now": NOW}


@pytest.fixture
def press(sid, given):
    """Begins a call and presses keys; gives the last answer and the step and visit that come next."""

    def go(*answers):
        with transaction():
            answer = calls.begin(sid, NUMBER, **given)
        for keys in answers:
            step, visit = following(answer)
            with transaction():
                answer = calls.hear(sid, step, visit, keys, **given)
        return answer

    return go


def registered(event, given, **asked):
    """A registration of the caller's number."""
    request = make_request(event, phone=NUMBER, **asked)
    with transaction():
        made = service.register(request, vault=given["vault"], now=NOW)
    return db.session.get_one(Registration, made.registration_id)


def words(answer):
    return " ".join(each.words for each in heard(answer).said)


def following(answer):
    step, visit = heard(answer).address.split("/")[-2:]
    return step, int(visit)


def test_answer_of_two_at_once_is_one(context, event, sid, given, press):
    step, visit = following(press("1", "1", "1", "2", "1"))
    answers, errors = [], []

    def bring():
        try:
            with context.app_context(), transaction():
                answers.append(calls.hear(sid, step, visit, "1", **given))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(set(answers)) == 1
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 1
    assert db.session.scalars(select(Event.seats_taken)).one() == 2


def test_beginning_of_two_at_once_is_one(context, event, sid, given):
    answers = []

    def bring():
        with context.app_context(), transaction():
            answers.append(calls.begin(sid, NUMBER, **given))

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(answers), len(set(answers))) == (4, 1)
    assert db.session.scalar(select(func.count()).select_from(VoiceStep)) == 1


def test_right_code_is_not_counted(event, given, press):
    with transaction():
        code = service.register(make_request(event, phone=NUMBER), vault=given["vault"], now=NOW).code
    press("1", "2", code)

    assert db.session.scalars(select(Throttle.tries)).all() == []


def test_wrong_code_is_counted(event, given, press):
    press("1", "2", "000000")

    assert db.session.scalars(select(Throttle.tries)).all() == [1]


def test_party_is_changed_by_keys_once(event, sid, given, press):
    row = registered(event, given, party_size=2)
    answer = press("1", "4", row.code, "1", "5")
    step, visit = following(answer)
    for _ in range(2):
        with transaction():
            answer = calls.hear(sid, step, visit, "1", **given)
    assert "Number of people: 5" in " ".join(line.words for line in heard(answer).said)

    db.session.refresh(row)
    assert (row.party_size, db.session.get_one(Event, event.id).seats_taken) == (5, 5)


def test_caller_who_presses_three_is_called_and_has_agreed_to_it(event, given, press):
    press("1", "1", "1", "2", "1", "3")

    row = db.session.scalars(select(Registration)).one()
    assert (row.wants_texts, row.wants_calls) == (False, True)
    kept = db.session.scalars(select(ConsentEvent)).one()
    assert "To be called instead" in given["vault"].open(kept.sealed, place="consent")["wording"]


def test_guest_who_ended_calls_by_a_key_gets_them_again_by_a_key(event, given, press):
    row = registered(event, given, consent=Consent("Call me", is_for_calls=True))
    with transaction():
        suppressions.stop(NUMBER, "> 0", "en", source="call", vault=given["vault"], now=NOW)
    answer = press("1", "5", row.code, "1")

    assert "You will get calls and texts from us again." in " ".join(
        each.words for each in heard(answer).said
    )
    assert suppressions.reason(row.phone_hash) is None
    line = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    assert (line.action, line.scope, line.source) == ("restarted", "all", "call")
    words = given["vault"].open(line.sealed, place="consent")["wording"]
    assert words.endswith("For yes, press 1. For no, press 2.\n> 1")


def over(event, given):
    """The event of a guest who was to be called took place, and the guest was forgotten."""
    row = registered(event, given, consent=Consent("Call me", is_for_calls=True))
    hashed = row.phone_hash
    with transaction() as session:
        suppressions.stop(NUMBER, "> 0", "en", source="call", vault=given["vault"], now=NOW)
        session.execute(delete(Registration))
    return hashed


def test_guest_without_a_coming_event_gets_calls_again_by_a_key(event, given, press):
    hashed = over(event, given)
    answer = press("1", "5", "1")

    assert "You will get calls and texts from us again." in words(answer)
    assert suppressions.reason(hashed) is None
    line = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    assert (line.action, line.scope, line.source) == ("restarted", "all", "call")


@pytest.mark.parametrize("key", ["2", "3", "4"])
def test_guest_without_a_coming_event_hears_nothing_by_a_number_alone(event, given, press, key):
    over(event, given)

    assert following(press("1", key))[0] == "code"


def test_guest_with_a_coming_event_gets_calls_again_by_its_code_only(event, given, press):
    over(event, given)
    row = registered(event, given)

    assert following(press("1", "5"))[0] == "code"
    assert suppressions.reason(row.phone_hash) == "stop"


@pytest.mark.parametrize("ended", ["by a text", "by nobody", "without a yes"])
def test_number_alone_begins_nothing_again_but_what_a_key_ended_after_a_yes(event, given, press, ended):
    over(event, given)
    with transaction() as session:
        if ended == "by a text":
            suppressions.stop(NUMBER, "STOP", "en", vault=given["vault"], now=NOW)
        elif ended == "by nobody":
            suppressions.start(NUMBER, "START", "en", vault=given["vault"], now=NOW)
        else:
            session.execute(delete(ConsentEvent).where(ConsentEvent.action == "granted"))

    assert following(press("1", "5"))[0] == "code"


@pytest.mark.parametrize("source", ["text", "vendor"])
def test_what_a_text_ended_no_call_begins_again(event, given, press, source):
    row = registered(event, given)
    with transaction():
        suppressions.stop(NUMBER, "> 0", "en", source="call", vault=given["vault"], now=NOW)
        if source == "vendor":
            suppressions.start(NUMBER, "START", "en", vault=given["vault"], now=NOW)
            suppressions.block(row.phone_hash, "error 21610", vault=given["vault"], now=NOW)
        else:
            suppressions.stop(NUMBER, "STOP", "en", vault=given["vault"], now=NOW)
    answer = press("1", "5", row.code, "1")

    assert "text START to us" in " ".join(each.words for each in heard(answer).said)
    assert suppressions.is_suppressed(row.phone_hash)


def test_offered_seats_are_taken_by_keys(event, sid, given, press):
    row = registered(event, given, party_size=2)
    with transaction():
        row.state, row.offer_number = "offered", 1
        row.offer_expires_at = NOW + timedelta(hours=5)
    answer = press("1", "2", row.code, "1")
    assert "You are signed up" in " ".join(line.words for line in heard(answer).said)

    db.session.refresh(row)
    assert row.state == "confirmed"


def test_nothing_of_a_call_is_readable_in_the_database(event, sid, given, press):
    with transaction():
        code = service.register(make_request(event, phone=NUMBER), vault=given["vault"], now=NOW).code
    press("1", "2", code)

    rows = db.session.scalars(select(VoiceStep)).all()
    assert all(NUMBER.encode() not in row.sealed and b"Picnic" not in row.sealed for row in rows)
    assert [(row.step, row.visit) for row in rows] == [
        ("start", 0),
        ("language", 1),
        ("menu", 2),
        ("code", 3),
    ]


CAPACITY = 4
CALLERS = (NUMBER, "+18165550124", None)
#: Whose key it is, and the key; a call begins where none is open. The first ones lead somewhere.
_KEYS = st.lists(
    st.tuples(st.sampled_from(range(len(CALLERS))), st.sampled_from(["1", "1", "1", *"234590*#", "3", "20"])),
    max_size=30,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given_any(_KEYS)
def test_any_keys_of_several_callers_never_overbook(context, given, keys):
    with transaction() as session:
        session.execute(delete(Registration))
        for old in session.scalars(select(Event)):
            old.status = "draft"
        event_id = make_event(capacity=CAPACITY).id
    open_calls = {}
    # Everybody is led to the question of how many.
    begun = [(caller, "1") for caller in range(len(CALLERS)) for _ in range(4)]
    for caller, pressed in [*begun, *keys]:
        sid, answer = open_calls.get(caller) or (new_call_sid(), None)
        with transaction():
            if answer is None:
                answer = calls.begin(sid, CALLERS[caller], **given)
            else:
                answer = calls.hear(sid, *following(answer), pressed, **given)
        assert answer is not None
        open_calls[caller] = (sid, answer) if heard(answer).address else None
        event = db.session.get_one(Event, event_id, populate_existing=True)
        seated = db.session.scalar(
            select(func.coalesce(func.sum(Registration.party_size), 0)).where(
                Registration.event_id == event_id, Registration.state.in_(("confirmed", "offered"))
            )
        )
        assert event.seats_taken == seated <= CAPACITY
        db.session.rollback()
