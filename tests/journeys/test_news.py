"""Somebody asks for news by text, gets them in their language, ends them, and then everything."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.messaging import broadcasts, outbox, phrases, reminders
from outreach.messaging.broadcast_texts import is_writing, write_texts
from outreach.messaging.broadcasts import Pace
from outreach.messaging.models import Broadcast, Message
from outreach.policy import Role
from outreach.registration import news
from outreach.registration.models import ConsentEvent, NewsReader, Registration
from outreach.registration.scopes import REGION
from tests.factories import NOW, ZONE, make_event, make_staff
from tests.messaging.fakes import ALLOWED
from tests.messaging.phones import Phone

PACE = Pace(10.0, ZONE, "https://events.example.org")


@pytest.fixture
def phone(context, vault):
    return Phone(context.extensions["outreach"].settings, vault, NOW)


@pytest.fixture
def author(context):
    with transaction():
        return make_staff("cora@example.org", Role.COORDINATOR, name="Cora")


def make(word: str, title: str, spanish: str, **given) -> Event:
    texts = {"en": TextDraft(title, "Eat."), "es": TextDraft(spanish, "Comer.")}
    with transaction():
        return make_event(keyword=word, texts=texts, **given)


def send_news(event, author, vault, now) -> list[str]:
    """Sends news of an event to the region's readers and gives the bodies that leave."""
    with transaction():
        row = broadcasts.write(event, {}, audience=REGION, author=author, now=now)
    with transaction():
        row = db.session.get_one(Broadcast, row.id)
        broadcasts.send(row, revision=row.revision, pace=PACE, vault=vault, now=now)
    while is_writing():
        with transaction():
            write_texts(public_url=PACE.public_url, vault=vault, now=now)
    return leaving(vault, now, "news")


def remind(vault, now) -> list[str]:
    with transaction():
        reminders.catch_up(list(db.session.scalars(select(Registration.id))), vault=vault, now=now)
    return leaving(vault, now, "day_before", "two_hours_before")


def leaving(vault, now, *purposes: str) -> list[str]:
    """The texts of these purposes that leave now."""
    claims = {claim.message_id: claim for claim in outbox.claim(50, allowed=ALLOWED, vault=vault, now=now)}
    found = db.session.scalars(
        select(Message.id).where(Message.id.in_(claims), Message.purpose.in_(purposes)).order_by(Message.id)
    )
    return [claims[message_id].body for message_id in found]


def test_news_by_text_are_ended_on_their_own_and_with_everything(phone, author, vault):
    picnic = make("PICNIC", "Neighbors' Picnic", "Picnic de vecinos")
    tour = make("TOUR", "Library Tour", "Paseo", starts_at=datetime(2026, 9, 20, 18, tzinfo=UTC))

    # Spanish is chosen by the word, and a place at the picnic taken.
    (question,) = phone.text("noticias")
    assert "1 = " in question
    assert phone.text("1") == [phone.content(phone.owed()[-1])["body"]]
    for body in ("PICNIC", "2", "1"):
        phone.text(body)
    line = db.session.scalars(select(ConsentEvent).where(ConsentEvent.scope == REGION)).one()
    assert (line.action, line.source) == ("granted", "text")
    wording = vault.open(line.sealed, place="consent")
    assert wording == {"wording": f"{question}\n> 1", "locale": "es"}

    # News of the picnic do not come: the place says that it is known. Those of the tour do, in Spanish.
    with pytest.raises(broadcasts.ConflictError):
        send_news(picnic, author, vault, phone.now)
    (told,) = send_news(tour, author, vault, phone.now)
    assert "Paseo" in told
    assert f"https://events.example.org/es/events/{tour.public_id}" in told

    # News end on their own, and the reminder of the picnic still comes.
    phone.text("8")
    assert db.session.scalars(select(NewsReader)).all() == []
    fair = make("FAIR", "Fair", "Feria", starts_at=datetime(2026, 9, 25, 18, tzinfo=UTC))
    with pytest.raises(broadcasts.ConflictError):
        send_news(fair, author, vault, phone.now)
    phone.now = picnic.starts_at - timedelta(hours=24) + timedelta(minutes=5)
    (reminder,) = remind(vault, phone.now)
    assert "Picnic de vecinos" in reminder

    # STOP ends everything; START brings back the texts about the picnic, and no news.
    phone.text("STOP")
    phone.now = picnic.starts_at - timedelta(hours=2) + timedelta(minutes=5)
    assert remind(vault, phone.now) == []
    phone.text("START")
    (reminder,) = remind(vault, phone.now)
    assert "Picnic de vecinos" in reminder
    assert not news.of_number(phone.hashed)


def test_stop_between_writing_and_sending_holds_the_news_back(phone, author, vault):
    tour = make("TOUR", "Library Tour", "Paseo")
    for body in ("news", "1"):
        phone.text(body)
    with transaction():
        row = broadcasts.write(tour, {"en": "Free bus."}, audience=REGION, author=author, now=phone.now)
        broadcasts.send(row, revision=1, pace=PACE, vault=vault, now=phone.now)
    with transaction():
        write_texts(public_url=PACE.public_url, vault=vault, now=phone.now)
    (row,) = db.session.scalars(select(Message).where(Message.purpose == "news"))
    assert phone.content(row)["body"].startswith("Free bus.\nNew: Library Tour, Monday")
    with transaction():
        db.session.get_one(Message, row.id).due_at = phone.now + timedelta(hours=1)
    # Time passes for the other texts only: this one is still to leave when the number says no.
    phone.receive("8")
    phone.handle_waiting()
    phone.now += timedelta(hours=2)
    assert leaving(vault, phone.now, "news") == []
    db.session.rollback()
    assert db.session.get_one(Message, row.id).state in ("suppressed", "cancelled")


def test_one_in_answer_to_news_signs_up(phone, author, vault):
    tour = make("TOUR", "Library Tour", "Paseo")
    for body in ("news", "1"):
        phone.text(body)
    send_news(tour, author, vault, phone.now)

    (question,) = phone.text("1")
    assert question.startswith("Library Tour, Monday")
    assert "How many people" in question
    assert phone.text("8")[0].startswith("Sign up for Library Tour")
    assert news.of_number(phone.hashed)


def test_eight_is_no_word_for_those_who_get_no_news(phone):
    phone.text("English")

    assert phone.text("8") == [phrases.NOT_UNDERSTOOD]
