"""Whatever several phones text: the dialogue knows where it stands, and seats are never over."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from outreach.database import db, transaction
from outreach.events.models import Event
from outreach.messaging import conversations, reminders
from outreach.messaging.models import Conversation, InboundMessage, Message, Suppression
from outreach.registration import seats
from outreach.registration.models import NewsReader, Registration
from tests.factories import NOW, make_event
from tests.messaging.phones import Phone

CAPACITY = 4
NUMBERS = ("+18165550123", "+18165550124", "+18165550125")
BODIES = ("PICNIC", "PICNIC", "0", "1", "1", "1", "2", "2", "3", "4", "5", "9", "1 2", "events", "yes", "no",
          "English", "STOP", "START", "NEWS", "8", "DELETE", "hm?", "")  # fmt: skip
#: The last one leads to the day before the event, when everybody is asked.
PAUSES = (timedelta(minutes=1), timedelta(minutes=1), timedelta(hours=3), timedelta(days=6, hours=10))

#: One guest after the other: a phone, what it texts, and how long after the text before.
_STEPS = st.lists(
    st.tuples(st.sampled_from(range(len(NUMBERS))), st.sampled_from(BODIES), st.sampled_from(PAUSES)),
    max_size=12,
)
_titles = itertools.count(1)


@pytest.fixture
def world(context):
    runtime = context.extensions["outreach"]
    return runtime.settings, runtime.vault


def begin() -> int:
    """Forgets the last example and makes an event of its own."""
    with transaction() as session:
        for table in (Message, InboundMessage, Conversation, Registration, NewsReader, Suppression):
            session.execute(delete(table))
        for event in session.scalars(select(Event)):
            event.keyword, event.keywords, event.status = None, [], "draft"
        session.flush()
        event = make_event(
            keyword="PICNIC", capacity=CAPACITY, offers=("childcare", "ride"), title=f"Picnic {next(_titles)}"
        )
        return event.id


def check(event_id: int, phone: Phone) -> None:
    """Seats are those of the parties that have them, and no more than there are."""
    db.session.rollback()
    event = db.session.get_one(Event, event_id)
    parties = db.session.execute(
        select(Registration.state, func.count(), func.sum(Registration.party_size))
        .where(Registration.event_id == event_id)
        .group_by(Registration.state)
    )
    found = {state: (count, size) for state, count, size in parties}
    seated = sum(found.get(state, (0, 0))[1] for state in ("confirmed", "offered"))
    assert event.seats_taken == seated <= CAPACITY
    assert event.waiting_parties == found.get("waitlisted", (0, 0))[0]
    assert all(row.handled_at is not None for row in phone.received())
    dialogue = conversations.of_phone(phone.hashed, vault=phone.vault, now=phone.now).dialogue
    assert dialogue is None or dialogue.expires_at > phone.now


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(_STEPS)
def test_any_texts_of_several_phones_never_overbook(world, steps):
    configured, vault = world
    event_id = begin()
    phones = [Phone(configured, vault, NOW, number) for number in NUMBERS]
    now = NOW
    for index, body, pause in (*((number, "English", timedelta()) for number in range(3)), *steps):
        now += pause
        with transaction():
            seats.settle(now=now)
            ids = list(db.session.scalars(select(Registration.id)))
            reminders.catch_up(ids, vault=vault, now=now)
        phones[index].now = now
        phones[index].text(body, after=timedelta())
        check(event_id, phones[index])
