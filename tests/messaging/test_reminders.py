"""What is owed becomes rows of the outbox, on both databases: once, of today's facts, and only when due."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select

from outreach.accounts.models import Staff
from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.drafts import TextDraft, VenueDraft
from outreach.events.models import Event
from outreach.messaging import due, outbox, reminders, suppressions
from outreach.messaging.models import Message
from outreach.registration import door, retention, seats, service
from outreach.registration.models import Registration
from outreach.registration.requests import Consent
from outreach.runtime import runtime
from tests.factories import NOW, make_draft, make_event, make_request, make_staff
from tests.messaging.fakes import ALLOWED, PHONE, text

OTHER_PHONE = "+18165550124"
#: The picnic begins a week after NOW, at six in the evening.
DAY_BEFORE = datetime.fromisoformat("2026-09-13T23:00Z")
TWO_HOURS_BEFORE = datetime.fromisoformat("2026-09-14T21:00Z")


def plan(vault, now, since=None) -> int:
    done = 0
    for ids in reminders.batches(since=since, now=now):
        with transaction():
            done += reminders.catch_up(ids, vault=vault, now=now)
    return done


def register(vault, event, phone=PHONE, now=NOW, **given) -> int:
    request = make_request(event, phone=phone, **{"consent": Consent("Text me."), **given})
    with transaction():
        return service.register(request, vault=vault, now=now).registration_id


def edit(event_id: int, *, now, **given) -> None:
    with transaction():
        event = db.session.get_one(Event, event_id)
        planning.edit(
            event,
            make_draft(**given),
            author=db.session.scalars(select(Staff)).one(),
            revision=event.revision,
            now=now,
        )


def row(registration_id: int) -> Registration:
    return db.session.get_one(Registration, registration_id)


def written() -> list[tuple[str, str]]:
    db.session.rollback()
    return [(each.purpose, each.state) for each in db.session.scalars(select(Message).order_by(Message.id))]


def bodies(vault, purpose: str) -> list[str]:
    db.session.rollback()
    rows = db.session.scalars(select(Message).where(Message.purpose == purpose).order_by(Message.id))
    return [vault.open(each.sealed, place="message")["body"] for each in rows]


def send_all(now: datetime) -> None:
    """Lets everything in the outbox be sent."""
    with transaction() as session:
        for message in session.scalars(select(Message).where(Message.state == "ready")):
            message.state, message.final_at = "delivered", now


@pytest.fixture
def event(context) -> Event:
    with transaction():
        host = make_staff().organization
        host.is_trusted = True
        return make_event(host=host, capacity=10, texts=texts())


def texts() -> dict[str, TextDraft]:
    return {
        "en": TextDraft("Neighbors' Picnic", "Eat and talk."),
        "es": TextDraft("Comida de vecinos en el parque grande de Budd", "Comer y hablar."),
    }


@pytest.fixture
def registered(event, vault) -> int:
    return register(vault, event)


def test_plan_confirms_a_registration_once(registered, vault):
    assert plan(vault, NOW) == 1
    assert plan(vault, NOW) == 0
    send_all(NOW)
    assert plan(vault, NOW + timedelta(minutes=1)) == 0
    assert written() == [("confirmation", "delivered")]


def test_plan_owes_nothing_without_consent(event, vault):
    register(vault, event, consent=None)
    register(vault, event, phone=None)

    assert plan(vault, NOW) == 0


def test_plan_owes_nothing_to_a_number_that_said_stop(registered, vault):
    with transaction():
        suppressions.stop(PHONE, "STOP", "en", vault=vault, now=NOW)

    assert plan(vault, NOW) == 0


def test_plan_says_what_was_not_sent_once_texts_begin_again(registered, vault):
    plan(vault, NOW)
    with transaction():
        suppressions.stop(PHONE, "STOP", "en", vault=vault, now=NOW)
    assert plan(vault, NOW) == 1
    assert written() == [("confirmation", "cancelled")]

    with transaction():
        suppressions.start(PHONE, "START", "en", vault=vault, now=NOW)
    assert plan(vault, NOW + timedelta(hours=1)) == 1
    assert written() == [("confirmation", "ready")]


def test_plan_speaks_the_guest_s_language(event, vault):
    register(vault, event, locale="es")
    plan(vault, NOW)

    body = bodies(vault, "confirmation")[0]
    assert "Comida de vecinos en el parque..." in body
    assert "5600 Budd Park Esplanade" in body


def test_reminders_that_change_after_guests_registered_double_and_lose_nothing(registered, vault, event):
    """Kept ones stay those that they were, taken away ones go, added ones come at their time."""
    plan(vault, NOW)
    plan(vault, DAY_BEFORE)
    send_all(DAY_BEFORE)
    edit(event.id, now=DAY_BEFORE, capacity=10, texts=texts(), reminders=("two_hours", "day"))
    assert plan(vault, DAY_BEFORE, since=DAY_BEFORE) == 0

    edit(event.id, now=DAY_BEFORE, capacity=10, texts=texts(), reminders=("two_hours",))
    assert plan(vault, TWO_HOURS_BEFORE, since=DAY_BEFORE) == 1
    assert written() == [
        ("confirmation", "delivered"),
        ("day_before", "delivered"),
        ("two_hours_before", "ready"),
    ]
    edit(event.id, now=TWO_HOURS_BEFORE, capacity=10, texts=texts(), reminders=("none",))
    assert plan(vault, TWO_HOURS_BEFORE, since=TWO_HOURS_BEFORE) == 1
    assert written()[-1] == ("two_hours_before", "cancelled")


def test_reminder_that_only_this_event_has_comes_at_its_time(event, vault):
    edit(event.id, now=NOW, capacity=10, texts=texts(), reminders=("two_days",))
    register(vault, event)
    plan(vault, NOW)
    two_days = DAY_BEFORE - timedelta(days=1)

    assert plan(vault, two_days - timedelta(minutes=1), since=NOW) == 0
    assert plan(vault, two_days, since=two_days - timedelta(minutes=1)) == 1
    assert plan(vault, DAY_BEFORE, since=two_days) == 0
    assert written()[-1] == ("day_before", "ready")


def test_plan_sends_each_reminder_when_it_is_due(registered, vault):
    plan(vault, NOW)
    send_all(NOW)

    assert plan(vault, DAY_BEFORE - timedelta(seconds=1)) == 0
    assert plan(vault, DAY_BEFORE) == 1
    assert plan(vault, TWO_HOURS_BEFORE) == 1
    assert written() == [
        ("confirmation", "delivered"),
        ("day_before", "ready"),
        ("two_hours_before", "ready"),
    ]


def test_plan_since_finds_reminders_whose_time_came(registered, vault):
    plan(vault, NOW)

    for at in (DAY_BEFORE, TWO_HOURS_BEFORE):
        minute = timedelta(minutes=1)
        assert list(reminders.batches(since=at - minute, now=at - timedelta(seconds=1))) == []
        assert list(reminders.batches(since=at - minute, now=at)) == [[registered]]
        assert list(reminders.batches(since=at, now=at + minute)) == []


def test_plan_since_finds_registrations_and_events_that_changed(registered, event, vault):
    minute = timedelta(minutes=1)
    assert list(reminders.batches(since=NOW, now=NOW + minute)) == [[registered]]
    later = NOW + timedelta(hours=1)
    assert list(reminders.batches(since=later, now=later + minute)) == []

    with transaction():
        service.change_party(row(registered), 3, now=later)
    assert list(reminders.batches(since=later, now=later + minute)) == [[registered]]
    later += timedelta(hours=1)
    edit(event.id, now=later, texts=texts(), capacity=11)
    assert list(reminders.batches(since=later, now=later + minute)) == [[registered]]


def test_plan_is_told_by_the_dialogue_that_it_has_confirmed(registered, vault):
    with transaction():
        reply = text(
            purpose="confirmation",
            dedup_key=due.confirmation_key(registered, "confirmed"),
            registration_id=registered,
            reply_to_at=NOW,
            body="Registered.",
        )
        outbox.enqueue(reply, vault=vault, now=NOW)

    assert plan(vault, NOW) == 0
    assert bodies(vault, "confirmation") == ["Registered."]


def test_plan_tells_of_a_move_once_and_drops_what_it_supersedes(registered, event, vault):
    plan(vault, NOW)
    send_all(NOW)
    plan(vault, DAY_BEFORE)
    moved_at = DAY_BEFORE + timedelta(minutes=1)
    edit(event.id, now=moved_at, starts_at=DAY_BEFORE + timedelta(days=3), texts=texts(), capacity=10)

    assert plan(vault, moved_at) == 2
    assert plan(vault, moved_at + timedelta(minutes=1)) == 0
    assert written() == [
        ("confirmation", "delivered"),
        ("day_before", "cancelled"),
        ("moved", "ready"),
    ]

    send_all(moved_at)
    assert plan(vault, DAY_BEFORE + timedelta(days=2)) == 1
    assert written()[-1] == ("day_before", "ready")


def test_plan_tells_of_another_place(registered, event, vault):
    plan(vault, NOW)
    send_all(NOW)
    later = NOW + timedelta(hours=1)
    elsewhere = VenueDraft("Kessler Park", "3000 Cliff Drive", "Kansas City")
    edit(event.id, now=later, venue=elsewhere, texts=texts(), capacity=10)
    plan(vault, later)

    assert "3000 Cliff Drive" in bodies(vault, "moved")[0]


def test_plan_says_the_facts_of_today(registered, vault):
    """A text that waits for the morning is made anew when its facts change in the evening."""
    plan(vault, NOW)
    later = NOW + timedelta(minutes=5)
    with transaction():
        service.change_party(row(registered), 4, now=later)

    assert plan(vault, later) == 1
    assert plan(vault, later) == 0
    assert "People: 4." in bodies(vault, "confirmation")[0]


def test_plan_leaves_an_answer_as_it_was_said(registered, vault):
    with transaction():
        reply = text(
            purpose="confirmation",
            dedup_key=due.confirmation_key(registered, "confirmed"),
            registration_id=registered,
            reply_to_at=NOW,
            body="Registered.",
        )
        outbox.enqueue(reply, vault=vault, now=NOW)
    later = NOW + timedelta(minutes=5)
    with transaction():
        service.change_party(row(registered), 4, now=later)
    plan(vault, later)

    assert bodies(vault, "confirmation") == ["Registered."]


def test_plan_drops_what_a_guest_gave_up_and_owes_it_again(registered, event, vault):
    plan(vault, NOW)
    with transaction():
        service.cancel(row(registered), now=NOW)
    plan(vault, NOW)
    assert written() == [("confirmation", "cancelled")]

    register(vault, event, party_size=5, now=NOW + timedelta(minutes=1))
    plan(vault, NOW + timedelta(minutes=1))
    assert written() == [("confirmation", "ready")]
    assert "People: 5." in bodies(vault, "confirmation")[0]


def test_plan_tells_that_an_event_is_off_with_the_reason(registered, event, vault):
    plan(vault, NOW)
    later = NOW + timedelta(minutes=5)
    with transaction():
        planning.cancel(db.session.get_one(Event, event.id), "The river is too high.", locale="en", now=later)
    plan(vault, later)

    assert written() == [("confirmation", "cancelled"), ("cancelled", "ready")]
    assert "Reason: The river is too high." in bodies(vault, "cancelled")[0]
    assert plan(vault, later) == 0


def test_plan_gives_the_reason_as_it_was_written(event, vault):
    register(vault, event, locale="es")
    with transaction():
        planning.cancel(db.session.get_one(Event, event.id), "The river is too high.", locale="en", now=NOW)
    plan(vault, NOW)

    assert "The river is too high" in bodies(vault, "cancelled")[0]


def test_plan_says_why_a_party_waits(event, vault):
    register(vault, event, phone=None, party_size=10)
    for phone in (PHONE, OTHER_PHONE):
        register(vault, event, phone=phone)
    plan(vault, NOW)

    first, second = bodies(vault, "confirmation")
    assert "You are number 1." in first
    assert "You are number 2." in second


def test_plan_offers_seats_and_confirms_them_when_they_are_taken(event, vault):
    full = register(vault, event, phone=None, party_size=10)
    waiting = register(vault, event, now=NOW + timedelta(minutes=1))
    plan(vault, NOW + timedelta(minutes=1))
    send_all(NOW)
    later = NOW + timedelta(minutes=2)
    with transaction():
        service.cancel(row(full), now=later)
    plan(vault, later)

    assert written() == [("confirmation", "delivered"), ("seat_offered", "ready")]
    assert "Answer by Monday, 2:02" in bodies(vault, "seat_offered")[0].replace("\u00a0", " ")

    send_all(later)
    with transaction():
        assert service.accept_offer(row(waiting), now=later)
    plan(vault, later + timedelta(minutes=1))
    assert written()[-1] == ("confirmation", "ready")
    assert len(bodies(vault, "confirmation")) == 2


def test_plan_drops_an_offer_that_ran_out(event, vault):
    full = register(vault, event, phone=None, party_size=10)
    waiting = register(vault, event)
    with transaction():
        service.cancel(row(full), now=NOW)
    plan(vault, NOW)
    later = row(waiting).offer_expires_at
    with transaction():
        seats.settle(now=later)
    outbox.claim(10, allowed=ALLOWED, vault=vault, now=later)

    assert ("seat_offered", "expired") in written()


def test_plan_says_the_way_in_shortly_before_and_not_earlier(context, vault):
    notes = (
        "Ring at the side door.\nThe ramp is behind the house, and there is room for twenty cars in the yard."
    )
    with transaction():
        event = make_event(venue=VenueDraft("Budd Park", "5600 Budd Park Esplanade", access_notes=notes))
    register(vault, event)
    for at in (NOW, DAY_BEFORE, TWO_HOURS_BEFORE):
        plan(vault, at)

    assert "How to get in" not in bodies(vault, "day_before")[0]
    assert (
        "5600 Budd Park Esplanade. How to get in: Ring at the side door. The ramp is behind the house, and "
        "there is room for twenty cars... Show code"
    ) in bodies(vault, "two_hours_before")[0]


def test_plan_thanks_who_came_once_and_says_until_when_they_are_known(event, registered, vault):
    stayed_away = register(vault, event, phone=OTHER_PHONE)
    plan(vault, NOW)
    send_all(NOW)
    closed_at = row(registered).event.ends_at + timedelta(hours=1)
    with transaction():
        door.set_arrived(db.session.get_one(Event, event.id), registered, 1)
        planning.close_as_held(db.session.get_one(Event, event.id), 1, now=closed_at)

    assert plan(vault, closed_at, since=closed_at - timedelta(minutes=5)) == 1
    assert bodies(vault, "thanks") == [
        "Thank you for coming to Neighbors' Picnic. We hold your phone number and your sign-up for it "
        "until Thursday, Sep 17, then we delete them. STOP = no texts."
    ]
    message = db.session.scalars(select(Message).where(Message.purpose == "thanks")).one()
    assert message.registration_id != stayed_away
    # Ten in the evening: it waits for the morning.
    assert outbox.claim(1, allowed=ALLOWED, vault=vault, now=closed_at) == []
    send_all(closed_at)
    with transaction():
        planning.close_as_held(db.session.get_one(Event, event.id), 2, now=closed_at + timedelta(hours=1))
    assert plan(vault, closed_at + timedelta(hours=12)) == 0


def test_plan_thanks_nobody_any_more_once_the_guests_are_forgotten(event, registered, vault):
    with transaction():
        held = db.session.get_one(Event, event.id)
        door.set_arrived(held, registered, 1)
        planning.close_as_held(held, 1, now=held.ends_at + timedelta(hours=73))
        retention.forget(held, vault=runtime().vault, now=held.ends_at + timedelta(hours=73))

    assert plan(vault, event.ends_at + timedelta(hours=73)) == 0
    assert written() == []


def test_plan_takes_the_same_number_of_queries_for_one_and_for_many(event, vault):
    def count(phones: range) -> int:
        ids = [register(vault, event, phone=f"+1816555{number:04d}", party_size=1) for number in phones]
        statements = []
        engine = db.engine

        def note(*given) -> None:
            if given[2].startswith("SELECT"):
                statements.append(given[2])

        sqlalchemy_event.listen(engine, "before_cursor_execute", note)
        with transaction():
            assert reminders.catch_up(ids, vault=vault, now=NOW) == len(phones)
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    assert count(range(100, 101)) == count(range(101, 115))


def test_plan_writes_each_text_once_when_two_plan_at_once(registered, vault):
    """Whoever comes second finds the key."""
    found = reminders.changes([registered], now=NOW)
    plan(vault, NOW)

    assert list(found.missing) == [registered]
    assert plan(vault, NOW) == 0


def test_batches_are_of_moderate_length(event, vault):
    with transaction():
        big = make_event(host=event.organization, title="Big")
    for number in range(3):
        register(vault, big, phone=f"+1816555{100 + number:04d}")

    assert [len(ids) for ids in reminders.batches(since=None, now=NOW)] == [3]
    after = big.ends_at
    assert list(reminders.batches(since=None, now=after)) == []
