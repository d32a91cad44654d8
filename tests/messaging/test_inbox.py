"""Conversations that wait for a person: who has them, what is answered, and that two never answer at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.messaging import inbound, inbox, outbox, suppressions
from outreach.messaging.models import Assignment, InboundMessage, Message
from outreach.policy import Role
from outreach.registration import service
from outreach.registration.models import ConsentEvent
from tests.conftest import NOW
from tests.factories import make_event, make_organization, make_request, make_staff
from tests.messaging.fakes import ALLOWED
from tests.messaging.phones import Phone

ZONE = "America/Chicago"


@pytest.fixture
def vault(context):
    return context.extensions["outreach"].vault


@pytest.fixture
def phone(context, vault) -> Phone:
    return Phone(context.extensions["outreach"].settings, vault, NOW)


@pytest.fixture
def people(context):
    with transaction():
        return [
            make_staff(f"{name.lower()}@example.org", Role.COORDINATOR, name=name) for name in ("Ana", "Ben")
        ]


def ask(phone, *bodies) -> int:
    """Texts that end with a call for a person; the id of the last one."""
    for body in (*bodies, "9"):
        phone.text(body)
    return phone.received()[-1].id


def last_sent(phone) -> int:
    return max((message.id for message in phone.owed()), default=0)


def answer(phone, inbound_id, person, body="The bus is free.", *, key="k" * 22, sent_id=None, now=None):
    with transaction():
        inbox.answer(
            inbound_id,
            body,
            staff_id=person.id,
            sent_id=last_sent(phone) if sent_id is None else sent_id,
            key=key,
            zone=ZONE,
            vault=phone.vault,
            now=now or phone.now,
        )


def talk(phone, inbound_id):
    return inbox.talk(inbound_id, vault=phone.vault, now=phone.now)


def by_staff(phone) -> list[Message]:
    return [message for message in phone.owed() if message.dedup_key.startswith(outbox.STAFF_KEY)]


def test_conversation_shows_both_sides_in_order(phone, people):
    inbound_id = ask(phone, "English", "Is there a bus")
    answer(phone, inbound_id, people[0])

    found = talk(phone, inbound_id)
    heard = [text.words for text in found.texts if text.state is None]
    assert heard == ["English", "Is there a bus", "9"]
    assert (found.texts[-1].words, found.texts[-1].author) == ("The bus is free.", "Ana")
    assert [text.author for text in found.texts[:-1]] == [None] * (len(found.texts) - 1)
    # Each text of the guest's is followed by our answer to it.
    assert [text.state is not None for text in found.texts[:4]] == [False, True, False, True]
    assert found.guest.locale == "en"
    assert found.holder.name == "Ana"


def test_conversation_of_a_guest_tells_events_and_the_registered_language(phone, people):
    with transaction():
        event = make_event()
        service.register(
            make_request(event, phone=phone.number, locale="so"), vault=phone.vault, now=phone.now
        )
    inbound_id = phone.receive("maxaa")
    phone.handle(inbound_id)

    guest = talk(phone, inbound_id).guest
    assert [(place.event.id, place.code) for place in guest.places] == [(event.id, phone.registration().code)]
    assert guest.locale == "so"


def test_unknown_conversation_is_not_found(phone):
    with pytest.raises(NotFoundError):
        talk(phone, 77)


def test_list_counts_what_is_unread_and_names_who_has_it(phone, people, context):
    other = Phone(phone.settings, phone.vault, NOW - timedelta(hours=1), "+18165550124")
    first = ask(other, "English")
    ask(phone, "English", "9")
    with transaction():
        inbox.assign(other.hashed, people[1].id, now=NOW)

    found = inbox.waiting(vault=phone.vault, now=phone.now, limit=10)
    assert [(row.id, row.unread_count, row.holder and row.holder.name) for row in found] == [
        (first, 1, "Ben"),
        (phone.received()[-1].id, 2, None),
    ]


def test_damaged_words_and_conversations_hide_nothing_else(phone, people):
    inbound_id = ask(phone, "English")
    with transaction():
        db.session.execute(update(InboundMessage).values(sealed=b"x").where(InboundMessage.id < inbound_id))
        db.session.execute(update(Message).values(sealed=b"x"))

    words = [text.words for text in talk(phone, inbound_id).texts]
    assert words.count(None) == len(words) - 1
    assert "9" in words


# Hands.


def test_two_cannot_take_one_conversation(phone, people):
    ana, ben = people
    ask(phone)
    with transaction():
        inbox.assign(phone.hashed, ana.id, now=NOW)
        inbox.assign(phone.hashed, ana.id, now=NOW)

    with pytest.raises(ConflictError), transaction():
        inbox.assign(phone.hashed, ben.id, now=NOW)
    assert db.session.get(Assignment, phone.hashed).staff_id == ana.id


def test_conversation_is_handed_over_only_by_who_saw_its_holder(phone, people):
    ana, ben = people
    ask(phone)
    with transaction():
        inbox.assign(phone.hashed, ana.id, now=NOW)
        inbox.assign(phone.hashed, ben.id, instead_of=ana.id, now=NOW)

    assert db.session.get(Assignment, phone.hashed, populate_existing=True).staff_id == ben.id
    with transaction():
        carl = make_staff("carl@example.org", Role.COORDINATOR, name="Carl")
    with pytest.raises(ConflictError), transaction():
        inbox.assign(phone.hashed, carl.id, instead_of=ana.id, now=NOW)


def test_release_frees_only_ones_own(phone, people):
    ana, ben = people
    ask(phone)
    with transaction():
        inbox.assign(phone.hashed, ana.id, now=NOW)
        inbox.release(phone.hashed, ben.id)
    assert db.session.get(Assignment, phone.hashed, populate_existing=True) is not None

    with transaction():
        inbox.release(phone.hashed, ana.id)
        inbox.release(phone.hashed, ana.id)
    assert db.session.get(Assignment, phone.hashed, populate_existing=True) is None


def test_colleagues_are_those_who_may_read_messages(phone, people):
    with transaction():
        make_staff("host@example.org", name="Host")
        police = make_organization("River Police", sector="law_enforcement")
        make_staff("officer@example.org", organization=police, name="Officer")
        make_staff("gone@example.org", Role.COORDINATOR, name="Gone").is_active = False
        # Whatever role somebody gave an officer.
        make_staff("chief@example.org", name="Chief", organization=police).role = Role.COORDINATOR.value

    assert [person.name for person in inbox.colleagues()] == ["Ana", "Ben"]


# Answers.


def test_answer_is_owed_as_a_reply(phone, people):
    inbound_id = ask(phone, "English")
    answer(phone, inbound_id, people[0])

    (message,) = by_staff(phone)
    assert (message.purpose, message.priority, message.state) == ("reply", 2, "ready")
    assert phone.content(message) == {"to": phone.number, "locale": "en", "body": "The bus is free."}
    assert message.reply_to_at == phone.received()[-1].received_at
    assert db.session.get(Assignment, phone.hashed).staff_id == people[0].id


def test_answer_to_a_guest_goes_with_the_registration(phone, people):
    with transaction():
        event = make_event(time_zone="America/Denver")
        service.register(make_request(event, phone=phone.number), vault=phone.vault, now=phone.now)
    inbound_id = ask(phone)
    answer(phone, inbound_id, people[0])

    (message,) = by_staff(phone)
    assert (message.registration_id, message.zone) == (phone.registration().id, "America/Denver")


def test_form_that_is_sent_twice_answers_once(phone, people):
    inbound_id = ask(phone, "English")
    before = last_sent(phone)
    answer(phone, inbound_id, people[0], sent_id=before)
    answer(phone, inbound_id, people[0], sent_id=before)

    assert len(by_staff(phone)) == 1


def test_colleague_who_has_it_is_not_crossed(phone, people):
    ana, ben = people
    inbound_id = ask(phone, "English")
    before = last_sent(phone)
    answer(phone, inbound_id, ana, key="a" * 22)

    with pytest.raises(ConflictError, match="Somebody else"):
        answer(phone, inbound_id, ben, key="b" * 22, sent_id=before)
    assert len(by_staff(phone)) == 1


@pytest.mark.parametrize("are_two_people", [True, False], ids=["two people", "double click"])
def test_of_two_answers_at_the_same_moment_one_counts(phone, people, context, are_two_people):
    inbound_id = ask(phone, "English")
    before = last_sent(phone)
    # What belongs to this thread's session stays here.
    persons = [SimpleNamespace(id=person.id) for person in people]
    db.session.rollback()
    start = threading.Barrier(2)

    def send(number: int) -> bool:
        with context.app_context():
            start.wait(timeout=30)
            person, key = (persons[number], f"{number}" * 22) if are_two_people else (persons[0], "k" * 22)
            try:
                answer(phone, inbound_id, person, f"Answer {number}", key=key, sent_id=before)
            except ConflictError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(send, (0, 1)))
    db.session.rollback()
    assert sorted(outcomes) == ([False, True] if are_two_people else [True, True])
    assert len(by_staff(phone)) == 1


def test_answer_from_an_old_page_is_held_back(phone, people):
    ana, ben = people
    inbound_id = ask(phone, "English")
    before = last_sent(phone)
    answer(phone, inbound_id, ana, key="a" * 22)
    with transaction():
        inbox.release(phone.hashed, ana.id)

    with pytest.raises(ConflictError, match="Something new"):
        answer(phone, inbound_id, ben, key="b" * 22, sent_id=before)
    newer = phone.receive("and is it far?")
    with pytest.raises(ConflictError, match="Something new"):
        answer(phone, inbound_id, ben, key="b" * 22)
    answer(phone, newer, ben, key="b" * 22)
    assert len(by_staff(phone)) == 2


def test_refused_answer_takes_no_conversation(phone, people):
    inbound_id = ask(phone, "English")
    with pytest.raises(ConflictError):
        answer(phone, inbound_id, people[0], sent_id=0)

    assert db.session.get(Assignment, phone.hashed) is None


@pytest.mark.parametrize("reason", ["stop", "blocked", "unreachable"])
def test_number_without_texts_is_not_answered(phone, people, reason):
    inbound_id = ask(phone, "English")
    with transaction():
        if reason == "stop":
            suppressions.stop(phone.number, "STOP", "en", vault=phone.vault, now=phone.now)
        elif reason == "blocked":
            suppressions.block(phone.hashed, "21610", vault=phone.vault, now=phone.now)
        else:
            suppressions.set_unreachable(phone.hashed, now=phone.now)

    assert talk(phone, inbound_id).silence == reason
    with pytest.raises(ConflictError, match="Call instead"):
        answer(phone, inbound_id, people[0])
    assert by_staff(phone) == []


@pytest.mark.parametrize("body", ["", "x" * 1601])
def test_answer_that_cannot_be_sent_is_refused(phone, people, body):
    inbound_id = ask(phone)
    with pytest.raises(InvalidInputError) as caught:
        answer(phone, inbound_id, people[0], body)
    assert caught.value.field == "body"


@pytest.mark.parametrize(
    ("days_later", "leaves_at"),
    [
        # 11 PM in Kansas City, two minutes after the guest wrote.
        (0, datetime(2026, 9, 8, 4, 2, tzinfo=UTC)),
        # The same time two days later: from 9 AM on.
        (2, datetime(2026, 9, 10, 14, 0, tzinfo=UTC)),
    ],
    ids=["awake", "asleep"],
)
def test_night_counts_for_who_has_not_just_written(phone, people, days_later, leaves_at):
    phone.now = datetime(2026, 9, 8, 3, 59, tzinfo=UTC)
    inbound_id = ask(phone)
    with transaction():
        db.session.execute(update(Message).values(state="delivered"))
    now = phone.now + timedelta(minutes=2, days=days_later)
    answer(phone, inbound_id, people[0], now=now)

    claims = outbox.claim(10, allowed=ALLOWED, vault=phone.vault, now=now)
    assert [claim.body for claim in claims] == (["The bus is free."] if days_later == 0 else [])
    claims += outbox.claim(10, allowed=ALLOWED, vault=phone.vault, now=leaves_at)
    assert [claim.body for claim in claims] == ["The bus is free."]


def test_what_a_guest_answers_to_a_person_goes_to_a_person(phone, people):
    inbound_id = ask(phone, "English")
    answer(phone, inbound_id, people[0])
    with transaction():
        inbox.set_done(inbound_id, staff_id=people[0].id, now=phone.now)

    phone.text("thank you so much my friend")
    assert phone.needs_person()
    with transaction():
        inbound.set_read(phone.received()[-1].id)
    phone.text("and my brother likes it too", after=timedelta(hours=25))
    assert not phone.needs_person()


# Done and stop.


def test_done_takes_what_was_read_off_the_list(phone, people):
    ana, _ = people
    inbound_id = ask(phone, "English")
    with transaction():
        inbox.assign(phone.hashed, ana.id, now=NOW)
    newer = ask(phone)
    with transaction():
        inbox.set_done(inbound_id, staff_id=ana.id, now=NOW)

    (row,) = inbox.waiting(vault=phone.vault, now=phone.now, limit=10)
    assert (row.id, row.unread_count, row.holder.id) == (newer, 1, ana.id)
    with transaction():
        inbox.set_done(newer, staff_id=ana.id, now=NOW)
        inbox.set_done(newer, staff_id=ana.id, now=NOW)
    assert inbox.waiting(vault=phone.vault, now=phone.now, limit=10) == []
    assert db.session.scalars(select(Assignment)).all() == []


def test_what_a_colleague_has_is_not_marked_as_done(phone, people):
    ana, ben = people
    inbound_id = ask(phone)
    with transaction():
        inbox.assign(phone.hashed, ana.id, now=NOW)

    with pytest.raises(ConflictError), transaction():
        inbox.set_done(inbound_id, staff_id=ben.id, now=NOW)
    assert phone.needs_person()


def test_refusal_that_a_person_reads_counts_as_stop(phone, people):
    phone.text("English")
    phone.text("please nothing on this phone any more")
    inbound_id = ask(phone)
    with transaction():
        db.session.execute(update(InboundMessage).values(needs_person=True))
        inbox.stop_texts(inbound_id, vault=phone.vault, now=phone.now)

    assert suppressions.reason(phone.hashed) == "stop"
    line = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    assert (line.action, line.source) == ("stopped", "staff")
    phone.text("START")
    assert suppressions.reason(phone.hashed) is None


def test_hands_are_forgotten_with_the_texts(phone, people):
    ask(phone)
    with transaction():
        inbox.assign(phone.hashed, people[0].id, now=NOW)
        inbound.forget(now=NOW + timedelta(days=29))
    assert db.session.get(Assignment, phone.hashed, populate_existing=True) is not None

    with transaction():
        inbound.forget(now=NOW + timedelta(days=31))
    assert db.session.get(Assignment, phone.hashed, populate_existing=True) is None
