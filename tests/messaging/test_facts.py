"""What texts speak of, looked up: short titles, streets, and seats as a newcomer finds them."""

from datetime import timedelta

import pytest

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.messaging.facts import event_facts, event_with_keyword, shortened
from outreach.messaging.phrases import When
from outreach.messaging.turns import EventFacts
from outreach.registration import service
from tests.factories import NOW, make_event, make_request


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Picnic", "Picnic"),
        ("  Picnic\n in the park ", "Picnic in the park"),
        ("a" * 20, "a" * 20),
        ("Music and stories from everywhere", "Music and..."),
        ("Music, and then stories", "Music, and then..."),
        ("Neighborhoods, stories and music", "Neighborhoods..."),
        ("a" * 21, "a" * 17 + "..."),
    ],
    ids=["short", "lines", "just fits", "at a word", "at a later word", "no comma", "one word"],
)
def test_shortened_cuts_at_a_word(text, short):
    assert shortened(text, 20) == short


def test_shortened_leaves_a_letter_its_marks():
    letter = "ကို"

    assert shortened(letter * 10, 11) == letter * 2 + "..."


def test_event_facts_are_those_of_the_event(context):
    with transaction():
        event = make_event(
            capacity=10,
            texts={"en": TextDraft("Picnic", "", ""), "es": TextDraft("Comida", "", "")},
        )

    assert event_facts(event, now=NOW) == EventFacts(
        event.public_id,
        {"en": "Picnic", "es": "Comida"},
        "en",
        When(event.starts_local),
        "5600 Budd Park Esplanade",
        capacity=10,
        seats_left=10,
        reminders=2,
    )


def test_free_seats_are_not_for_newcomers_while_a_party_waits(context, vault):
    with transaction():
        event = make_event(capacity=10)
        for size in (8, 4):
            service.register(make_request(event, party_size=size), vault=vault, now=NOW)
    event = db.session.get_one(Event, event.id, populate_existing=True)

    facts = event_facts(event, now=NOW)
    assert (facts.seats_left, facts.is_full) == (0, True)


@pytest.mark.parametrize(
    ("status", "after", "expected"),
    [
        ("published", timedelta(), (True, False, False)),
        ("published", timedelta(days=8), (False, False, True)),
        ("cancelled", timedelta(), (False, True, False)),
        ("held", timedelta(days=8), (False, False, True)),
    ],
    ids=["to come", "began", "cancelled", "held"],
)
def test_event_facts_say_how_it_stands(context, status, after, expected):
    with transaction():
        event = make_event(status=status)

    facts = event_facts(event, now=NOW + after)
    assert (facts.is_open, facts.is_cancelled, facts.has_started) == expected


@pytest.mark.parametrize("keyword", [None, "", "OTHER"])
def test_no_event_has_a_word_that_stands_on_no_poster(context, keyword):
    with transaction():
        make_event(keyword="PICNIC")
        make_event()

    assert event_with_keyword(keyword, now=NOW) == (None, "")


@pytest.mark.parametrize(("keyword", "locale"), [("picnic", ""), ("karibu", "sw")])
def test_word_of_a_poster_leads_to_its_event_and_language(context, keyword, locale):
    with transaction():
        event = make_event(keyword="PICNIC", keywords={"sw": "KARIBU"})
        make_event(status="draft", keyword="SECRET")

    found, spoken = event_with_keyword(keyword, now=NOW)
    assert (found and found.public_id, spoken) == (event.public_id, locale)
    assert event_with_keyword("secret", now=NOW)[0] is None
