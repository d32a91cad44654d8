"""Texts that come in: each answered once and in order, stop words before all, seats through the one door."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.folding import folded
from outreach.i18n import LANGUAGES, translator
from outreach.messaging import answering, due, inbound, phrases, reminders, suppressions
from outreach.messaging.consent import WORDS
from outreach.messaging.models import Conversation, InboundMessage, Message, Suppression
from outreach.messaging.phrases import LanguageMenu, Notice, Phrase, described, text_of
from outreach.registration import service
from outreach.registration.guests import open_guest
from outreach.registration.models import ConsentEvent, Guest, NewsReader, Registration
from outreach.registration.scopes import ALL, of_event
from tests.factories import NOW, ZONE, make_event, make_request
from tests.messaging.phones import Phone

OTHER = "+18165550124"
WORD = "PICNIC"


@pytest.fixture
def settings(context):
    return context.extensions["outreach"].settings


@pytest.fixture
def event(context):
    with transaction():
        return make_event(
            keyword=WORD,
            capacity=10,
            texts={
                "en": TextDraft("Neighbors' Picnic", "Eat and talk.", "Bring a blanket."),
                "es": TextDraft("Picnic de vecinos", "Coma y hable.", "Traiga una manta."),
            },
        )


@pytest.fixture
def phone(settings, vault):
    return Phone(settings, vault, NOW)


@pytest.fixture
def english(phone, event):
    """A phone whose language is known."""
    phone.text(WORD)
    phone.text("1")
    phone.text("0")
    return phone


@pytest.fixture
def registered(english):
    """A party of three."""
    for body in (WORD, "3", "1"):
        english.text(body)
    return english


def said(message, locale="en", **values) -> str:
    return text_of(Phrase(message, values), translator(locale))


def menu(heading="") -> str:
    return text_of(LanguageMenu(("en", "es", "ar"), heading), translator("en"))


def fill(event, vault, seats=10, **given):
    """Another party takes seats."""
    with transaction():
        return service.register(make_request(event, party_size=seats, **given), vault=vault, now=NOW)


def row_of(outcome) -> Registration:
    return db.session.get_one(Registration, outcome.registration_id, populate_existing=True)


def seats_taken(event) -> int:
    return db.session.scalar(select(Event.seats_taken).where(Event.id == event.id))


# A whole conversation


def test_guest_registers_by_text(phone, event):
    assert phone.text(WORD.lower()) == [menu("Neighbors' Picnic")]
    (question,) = phone.text("1")
    assert question.startswith(
        "Neighbors' Picnic, Monday, Sep 14, 6:00 PM, 5600 Budd Park Esplanade. How many"
    )
    (check,) = phone.text("3")
    assert "People: 3. 1 = yes" in check
    (told,) = phone.text("1")

    row = phone.registration()
    assert (row.state, row.party_size, row.door, row.wants_texts) == ("confirmed", 3, "text", True)
    assert row.guest.proven_phone_hash == phone.hashed
    assert told == (
        "Registered: Neighbors' Picnic, Monday, Sep 14, 6:00 PM, 5600 Budd Park Esplanade. People: 3. "
        f"Code {row.code}. 0 = change or cancel, STOP = no texts."
    )
    assert seats_taken(event) == 3
    assert phone.dialogue() is None


@pytest.mark.parametrize(
    ("locale", "answers", "title", "size"),
    [
        ("es", ("2", "2 adultos y 3 niños", "sí"), "Picnic de vecinos", 5),
        # No Arabic title was given, so the original one stands.
        ("ar", ("٣", "٤", "نعم"), "Neighbors' Picnic", 4),
    ],
)
def test_whole_conversation_in_another_language(phone, event, locale, answers, title, size):
    replies = [phone.text(body) for body in (WORD, *answers)]

    t = translator(locale)
    when = phrases.When(event.starts_local)
    street = "5600 Budd Park Esplanade"
    row = phone.registration()
    facts = phrases.MessageFacts(title, when, street, size, row.code)
    asked = {"title": title, "when": when, "street": street}
    assert replies == [
        [menu("Neighbors' Picnic")],
        [text_of(Phrase(phrases.PARTY, {**asked, "party": 0}), t)],
        [text_of(Phrase(phrases.CONFIRM, {**asked, "party": size}), t)],
        [text_of(Notice("confirmation", facts), t)],
    ]
    assert (row.party_size, row.state) == (size, "confirmed")
    assert open_guest(phone.vault, row.guest.sealed).locale == locale
    assert {phone.content(message)["locale"] for message in phone.owed()[1:]} == {locale}


def test_registering_keeps_question_and_answer_as_consent(phone, event):
    for body in (WORD, "2", "3"):
        (asked,) = phone.text(body)
    phone.text("Sí")

    line = db.session.scalar(select(ConsentEvent))
    assert (line.action, line.source, line.phone_hash) == ("granted", "text", phone.hashed)
    assert phone.vault.open(line.sealed, place="consent") == {"wording": f"{asked}\n> Sí", "locale": "es"}


def test_registering_reply_takes_the_place_of_the_confirmation(registered):
    message = registered.owed()[-1]
    row = registered.registration()

    assert message.dedup_key == due.confirmation_key(row.id, "confirmed")
    assert (message.purpose, message.registration_id, message.zone) == ("confirmation", row.id, ZONE)
    assert (message.priority, message.reply_to_at) == (due.PRIORITY_REPLY, registered.now)
    assert message.deadline == registered.now + timedelta(days=1)


def test_reply_is_owed_under_the_text_it_answers(phone, event):
    phone.text(WORD)

    (message,), (received,) = phone.owed(), phone.received()
    assert (message.dedup_key, message.purpose) == (f"reply:{received.id}:1", "reply")
    assert (message.reply_to_at, message.registration_id) == (received.received_at, None)
    assert message.zone == phone.settings.time_zone


def test_words_and_number_are_stored_sealed(phone, event):
    phone.text(WORD)

    stored = phone.received()[0].sealed + db.session.get(Conversation, phone.hashed).sealed
    assert WORD.encode() not in stored
    assert phone.number.encode() not in stored


# What is not a good answer


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("POTLUK", phrases.UNKNOWN_WORD),
        ("🎉", phrases.NO_WORDS),
        ("", phrases.NO_WORDS),
        ("when does the bus leave", phrases.NOT_UNDERSTOOD),
    ],
    ids=["unknown keyword", "emoji", "empty", "sentence"],
)
def test_strange_first_text_is_answered_with_what_can_be_texted(phone, event, body, message):
    assert phone.text(body) == [said(message, word="POTLUK") if body == "POTLUK" else said(message), menu()]
    assert not phone.needs_person()


def test_third_text_that_cannot_be_read_goes_to_a_person(english):
    english.text("hello?")
    english.text("anybody?")

    assert english.text("please") == [said(phrases.PERSON)]
    assert english.needs_person()


def test_nine_calls_a_person(english):
    assert english.text("9") == [said(phrases.PERSON)]
    assert english.needs_person()


@pytest.mark.parametrize("size", ["21", "500", "0 people"])
def test_impossible_party_is_asked_again(english, size):
    english.text(WORD)

    assert english.text(size) == [said(phrases.PARTY_OUT_OF_RANGE)]
    assert english.registration() is None


def test_party_larger_than_the_room_is_asked_again_and_not_led_to_the_waiting_list(english, event):
    english.text(WORD)

    (reply,) = english.text("12")
    assert reply == said(phrases.PARTY_LARGER_THAN_ROOM, count=10)
    (reply,) = english.text("10")
    assert reply.startswith("Sign up for Neighbors' Picnic")
    english.text("1")
    assert english.registration().party_size == 10


def test_registered_party_cannot_grow_beyond_the_room(registered):
    registered.text(WORD)
    registered.text("1")

    assert registered.text("12") == [said(phrases.PARTY_LARGER_THAN_ROOM, count=10)]


def test_cancelled_event_is_said_to_be_canceled(english, event):
    with transaction():
        planning.cancel(db.session.get_one(Event, event.id), "The river is too high.", locale="en", now=NOW)

    (reply,) = english.text(WORD)
    assert "is canceled and will not take place" in reply


def test_event_that_is_called_off_while_a_guest_registers_takes_nobody(english, event):
    english.text(WORD)
    english.text("2")
    with transaction():
        planning.cancel(db.session.get_one(Event, event.id), "The river is too high.", locale="en", now=NOW)

    (reply,) = english.text("1")
    assert "is canceled and will not take place" in reply
    assert english.registration() is None


def test_event_that_began_takes_nobody(english, event):
    english.now = event.starts_at
    english.text("English")

    (reply,) = english.text(WORD)
    assert "began on Monday, Sep 14, 6:00 PM. You cannot sign up any more." in reply


def test_event_without_registration_says_that_sign_up_is_closed(english):
    with transaction():
        make_event(keyword="MARKET", title="Market", takes_registrations=False)

    (reply,) = english.text("MARKET")
    assert "sign-up is closed" in reply


def test_draft_has_no_keyword(english):
    with transaction():
        make_event(status="draft", keyword="SECRET")

    assert english.text("SECRET") == [said(phrases.UNKNOWN_WORD, word="SECRET")]


def test_link_of_an_online_event_is_told_to_registered_guests_only(english):
    with transaction():
        make_event(
            keyword="ONLINE", title="Call", delivery="online", venue=None, online_url="https://meet.example/1"
        )

    assert "meet.example" not in english.text("ONLINE")[0]
    assert "meet.example" not in english.text("2")[0]
    assert "https://meet.example/1" in english.text("1")[0]


def test_guest_ends_texts_about_one_event_by_text(registered, event):
    registered.text(WORD)
    registered.text("4")
    assert not registered.registration().wants_texts
    assert registered.text("hello") != []

    registered.text(WORD)
    (told,) = registered.text("4")
    assert told.startswith("You get texts about Neighbors' Picnic")
    assert registered.registration().wants_texts


def test_stop_comes_before_the_word_for_a_call(english):
    english.text("STOP")
    assert english.text("call") == []


def test_call_asked_for_by_text_waits_for_a_person_as_one_asked_for_by_phone(english):
    (told,) = english.text("call me")
    assert told.startswith("A person will call you at this number between 9:00 AM and 8:00 PM.")

    (waiting,) = inbound.for_person(limit=9)
    last = inbound.opened(waiting[-1], vault=english.vault)
    assert (last.call_locale, last.phone, waiting[-1].needs_person) == ("en", english.number, True)


def test_long_title_is_cut_at_a_word(english):
    with transaction():
        make_event(keyword="LONG", title="An evening of music and stories from eleven countries")

    assert english.text("LONG")[0].startswith("An evening of music and stories..., Monday")


# Waiting list and offers


def test_full_event_puts_the_party_on_the_waiting_list_and_says_why(english, event):
    fill(event, english.vault)

    assert "is full. To join the waitlist" in english.text(WORD)[0]
    assert english.text("2")[0].startswith("Join the waitlist for Neighbors' Picnic")
    (told,) = english.text("1")

    row = english.registration()
    assert row.state == "waitlisted"
    assert told.startswith("Waitlist: Neighbors' Picnic")
    assert "You are number 1. All seats are taken now." in told
    assert english.owed()[-1].dedup_key == due.confirmation_key(row.id, "waitlisted")


@pytest.fixture
def offered(english, event):
    """A party of two to whom seats were offered."""
    first = fill(event, english.vault)
    for body in (WORD, "2", "1"):
        english.text(body)
    with transaction():
        service.cancel(row_of(first), now=english.now)
    assert english.registration().state == "offered"
    return english


def test_yes_to_an_offer_takes_the_seats(offered, event):
    (told,) = offered.text("1")

    row = offered.registration()
    assert (row.state, seats_taken(event)) == ("confirmed", 2)
    assert told.startswith("Registered: Neighbors' Picnic")
    assert offered.owed()[-1].dedup_key == due.confirmation_key(row.id, "confirmed", offers_made=1)


def test_no_to_an_offer_gives_the_place_up(offered, event):
    (told,) = offered.text("2")

    assert told.startswith("You do not take the seats at Neighbors' Picnic.")
    assert (offered.registration().state, seats_taken(event)) == ("cancelled", 0)


@pytest.mark.parametrize("is_swept", [True, False], ids=["taken back", "not taken back yet"])
def test_late_yes_is_told_that_it_is_late(offered, event, is_swept):
    offered.now = offered.registration().offer_expires_at
    if is_swept:
        # Somebody else has the seats now.
        with transaction():
            service.seats.end_offers(now=offered.now)
            own = update(Registration).where(Registration.phone_hash == offered.hashed)
            db.session.execute(own.values(state="waitlisted", offer_expires_at=None))

    (told,) = offered.text("1")
    assert told.startswith("Your answer came too late: the seats at Neighbors' Picnic")
    assert "You are number 1." in told


def test_waiting_party_that_said_stop_simply_has_the_seats(english, event):
    """It could not be asked, and would lose them to a question that was never sent."""
    first = fill(event, english.vault)
    for body in (WORD, "2", "1", "STOP"):
        english.text(body)
    with transaction():
        service.cancel(row_of(first), now=english.now)

    row = english.registration()
    assert (row.state, row.offer_number, seats_taken(event)) == ("confirmed", 0, 2)


# Change and cancel


def test_guest_changes_the_party(registered, event):
    assert registered.text("0")[0].endswith(
        "1 = how many come, 2 = cannot come, 3 = language, 4 = end its texts, 9 = a person."
    )
    registered.text("1")
    registered.text("5")
    (told,) = registered.text("1")

    assert told.startswith("Changed: Neighbors' Picnic")
    assert (registered.registration().party_size, seats_taken(event)) == (5, 5)


def test_change_before_the_confirmation_left_is_told_in_its_place(registered):
    row = registered.registration()
    for body in ("0", "1", "5"):
        registered.text(body)
    with transaction():
        db.session.execute(update(Message).where(Message.registration_id == row.id).values(state="ready"))
    registered.handle(registered.receive("1"))

    (message,) = [message for message in registered.owed() if message.registration_id == row.id]
    assert registered.content(message)["body"].startswith("Changed: Neighbors' Picnic")
    assert message.state == "ready"


def test_party_that_does_not_fit_stays_as_it_was(registered, event):
    fill(event, registered.vault, seats=7)
    for body in ("0", "1", "5"):
        registered.text(body)
    (told,) = registered.text("1")

    assert told.startswith("There are not enough seats for that.")
    assert registered.registration().party_size == 3


def test_guest_cancels(registered, event):
    for body in ("0", "2"):
        registered.text(body)
    (told,) = registered.text("1")

    assert told.startswith("You gave up your place at Neighbors' Picnic")
    assert (registered.registration().state, seats_taken(event)) == ("cancelled", 0)


def test_guest_who_cancelled_may_come_back_and_is_told(registered):
    for body in ("0", "2", "1", WORD, "2"):
        registered.text(body)
    (told,) = registered.text("1")

    assert told.startswith("Registered: Neighbors' Picnic")
    assert (registered.registration().state, registered.registration().party_size) == ("confirmed", 2)


def test_same_number_gets_its_registration_back(registered, event):
    (reply,) = registered.text(WORD)

    assert "People: 3." in reply
    assert (seats_taken(event), db.session.scalar(select(func.count(Registration.id)))) == (3, 1)


def test_number_that_registered_on_the_web_is_known(phone, event):
    fill(event, phone.vault, seats=4, phone=phone.number, locale="es")

    (reply,) = phone.text(WORD)
    row = phone.registration()
    facts = phrases.MessageFacts(
        "Picnic de vecinos", phrases.When(event.starts_local), "5600 Budd Park Esplanade", 4, row.code
    )
    texts = Phrase(phrases.TEXTS)
    assert reply == said(phrases.REGISTRATION, "es", **described(facts), texts=texts)


def test_number_never_reaches_the_registration_of_another(registered, settings, vault, event):
    other = Phone(settings, vault, registered.now, OTHER)
    other.text("English")

    assert other.text("0") == [said(phrases.MENU)]


def test_chosen_language_is_that_of_reminders_too(registered):
    registered.text("Español")

    assert open_guest(registered.vault, registered.registration().guest.sealed).locale == "es"


# Needs


def test_needs_are_stored_as_the_web_form_stores_them(phone, context):
    with transaction():
        make_event(keyword="HELPFUL", offers=("childcare", "ride"), title="Helpful")
    for body in ("helpful", "1", "3"):
        phone.text(body)
    (check,) = phone.text("2 1")
    phone.text("1")

    assert "Help: Childcare and Ride." in check
    assert phone.registration().needs == ["childcare", "ride"]


# Reminders that ask who is coming


@pytest.fixture
def reminded(registered, event):
    """The party of three after the day-before reminder."""
    registered.now = event.starts_at - timedelta(hours=24)
    remind(registered)
    return registered


def remind(phone):
    """Writes what is owed to everybody at the phone's time, as if it had been sent a minute ago."""
    with transaction():
        ids = [each for found in reminders.batches(since=None, now=phone.now) for each in found]
        reminders.catch_up(ids, vault=phone.vault, now=phone.now)


def test_reminder_asks_and_is_answered_by_coming(reminded):
    assert reminded.content(reminded.owed()[-1])["body"].endswith(
        "1 = I am coming, 2 = I cannot come, STOP = no texts."
    )
    (reply,) = reminded.text("1")

    assert reply.startswith("Thank you. We expect you at Neighbors' Picnic, Monday, Sep 14, 6:00 PM.")
    row = reminded.registration()
    assert (row.state, row.reaffirmed_at, row.is_reaffirmed) == ("confirmed", reminded.now, True)
    # It is answered, so that another 1 is no answer to it.
    assert reminded.text("1") == [said(phrases.NOT_UNDERSTOOD)]


def test_saying_that_one_comes_owes_no_text_anew(reminded):
    reminded.text("1")
    before = len(reminded.owed())
    remind(reminded)

    assert len(reminded.owed()) == before


def test_answer_of_two_frees_the_seats_after_one_more_yes(reminded, event):
    (question,) = reminded.text("2")
    assert question.startswith("Give up your place at Neighbors' Picnic")
    assert seats_taken(event) == 3
    reminded.text("1")

    assert (reminded.registration().state, seats_taken(event)) == ("cancelled", 0)


def test_reminder_that_has_not_left_asked_nothing(registered, event):
    registered.now = event.starts_at - timedelta(hours=24)
    remind(registered)
    with transaction():
        db.session.execute(update(Message).where(Message.purpose == "day_before").values(state="expired"))

    assert registered.text("1") == [said(phrases.NOT_UNDERSTOOD)]
    assert registered.registration().reaffirmed_at is None


def move(event, at):
    with transaction():
        db.session.get_one(Event, event.id).moved_at = at


def test_move_clears_what_was_said(reminded, event):
    reminded.text("1")
    assert reminded.registration().is_reaffirmed
    move(event, reminded.now + timedelta(minutes=1))

    assert not reminded.registration().is_reaffirmed


def test_reminder_of_the_old_time_is_no_question_any_more(reminded, event):
    move(event, reminded.now + timedelta(minutes=1))

    assert reminded.text("1", after=timedelta(minutes=5)) == [said(phrases.NOT_UNDERSTOOD)]
    assert reminded.registration().reaffirmed_at is None


def test_later_reminder_asks_again(reminded, event):
    reminded.text("1")
    with transaction():
        db.session.execute(
            update(Message)
            .where(Message.purpose == "day_before")
            .values(claimed_at=reminded.now + timedelta(hours=1))
        )
    reminded.text("1", after=timedelta(hours=2))

    assert reminded.registration().reaffirmed_at == reminded.now


def test_guest_who_gave_the_place_up_and_came_back_has_said_nothing_again(reminded):
    for body in ("1", WORD, "2", "1", WORD, "3", "1"):
        reminded.text(body)

    assert (reminded.registration().state, reminded.registration().reaffirmed_at) == ("confirmed", None)


def test_reminders_of_two_events_are_told_apart(registered, event):
    with transaction():
        other = make_event(keyword="SECOND", title="Second picnic", starts_at=event.starts_at)
    for body in ("SECOND", "1", "1"):
        registered.text(body)
    registered.now = event.starts_at - timedelta(hours=24)
    remind(registered)

    (question,) = registered.text("1")
    assert question.startswith("You are coming: to which event? Text its number:\n1 = Neighbors' Picnic")
    registered.text("2")
    reaffirmed = select(Registration.event_id).where(Registration.reaffirmed_at.is_not(None))
    assert db.session.scalars(reaffirmed).all() == [other.id]


# What happens this week


def test_word_lists_what_can_be_signed_up_for_within_seven_days(phone, event):
    for title, days, given in (
        ("Too late", 8, {}),
        ("No sign-up", 2, {"takes_registrations": False}),
        ("Draft", 2, {"status": "draft"}),
        ("Canceled", 2, {"status": "cancelled"}),
        ("Tour", 3, {}),
        ("Third", 5, {}),
        ("Second", 4, {}),
        ("Fourth", 6, {}),
    ):
        with transaction():
            make_event(title=title, starts_at=NOW + timedelta(days=days), **given)

    assert phone.text("events") == [
        "In the next 7 days:\n1 = Tour, Thursday, 10:00 AM\n2 = Second, Friday, 10:00 AM\n"
        "3 = Third, Saturday, 10:00 AM\n4 = Fourth, Sunday, 10:00 AM\nText a number to sign up. 0 = menu."
    ]
    assert phone.text("2")[0].startswith("Second, Friday, Sep 11, 10:00 AM")
    for body in ("2", "1"):
        phone.text(body)
    assert phone.registration().event.text_in("en").title == "Second"


def test_word_in_spanish_answers_in_spanish_from_then_on(phone, context):
    with transaction():
        make_event(
            starts_at=NOW + timedelta(days=2), texts={"en": TextDraft("Tour"), "es": TextDraft("Paseo")}
        )

    assert "1 = Paseo, " in phone.text("Eventos")[0]
    assert phone.content(phone.owed()[-1])["locale"] == "es"
    phone.text("4")
    assert phone.content(phone.owed()[-1])["locale"] == "es"


def test_word_in_spanish_answers_in_spanish_somebody_who_goes_on_in_english(registered, vault):
    with transaction():
        make_event(
            starts_at=NOW + timedelta(days=2), texts={"en": TextDraft("Tour"), "es": TextDraft("Paseo")}
        )

    assert "1 = Paseo, " in registered.text("Eventos")[0]
    assert open_guest(vault, registered.registration().guest.sealed).locale == "en"
    assert registered.text("ayuda", after=timedelta(hours=3)) == [said(phrases.HELP, region="Kansas City")]


# Stop, start, help


STOP_WORDS = [(locale, WORDS[locale].stop[0]) for locale in LANGUAGES]
STEPS = {
    "nothing asked": (),
    "language": (WORD,),
    "party": (WORD, "1"),
    "confirm": (WORD, "1", "3"),
    "registered": (WORD, "1", "3", "1"),
    "menu of the registration": (WORD, "1", "3", "1", "0"),
    "new party": (WORD, "1", "3", "1", "0", "1"),
    "confirm cancel": (WORD, "1", "3", "1", "0", "2"),
}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_stop_in_every_language_ends_texts_at_any_step(phone, event, steps):
    for number, (locale, word) in enumerate(STOP_WORDS):
        guest = Phone(phone.settings, phone.vault, phone.now, f"+1816555{100 + number:04}")
        for body in steps:
            guest.text(body)
        replies = guest.text(word)

        assert suppressions.reason(guest.hashed) == "stop", locale
        assert len(replies) == 1, locale
        assert guest.owed()[-1].purpose == "stopped"
        assert guest.dialogue() is None or guest.dialogue().step == "stopped"
        assert guest.text("2") == []


def test_stop_is_confirmed_in_the_language_of_the_word(phone):
    phone.text("alto")

    assert phone.content(phone.owed()[0])["locale"] == "es"


def test_stop_tells_that_the_place_is_kept(registered):
    (reply,) = registered.text("Stop.")

    assert reply.startswith("You will get no texts from us now. Your place at Neighbors' Picnic, Monday")
    assert reply.endswith("is kept. 1 = texts about it only, START = all texts.")
    assert registered.owed()[-1].deadline == registered.now + timedelta(minutes=5)
    assert registered.registration().state == "confirmed"


def test_one_after_stop_keeps_texts_about_that_event_only(registered, event):
    registered.text("STOP")

    (reply,) = registered.text("1")
    assert reply.startswith("You will get texts about Neighbors' Picnic, Monday")
    assert not suppressions.is_suppressed(registered.hashed, of_event(event.id))
    assert suppressions.is_suppressed(registered.hashed)
    # What it still gets texts about can be talked about, and nothing else begins.
    assert registered.text("0")[0].startswith("Neighbors' Picnic")
    with transaction():
        make_event(keyword="TOUR", title="Tour")
    assert registered.text("TOUR") == [said(phrases.ONLY_ONE_EVENT)]
    assert registered.text("START") == [said(phrases.STARTED)]
    assert registered.text("TOUR")[0].startswith("Tour")


@pytest.mark.parametrize("hours", [3, 30])
def test_one_long_after_stop_is_no_answer_to_it(registered, event, hours):
    registered.text("STOP")

    assert registered.text("1", after=timedelta(hours=hours)) == []
    assert suppressions.is_suppressed(registered.hashed, of_event(event.id))


@pytest.mark.parametrize("between", ["DELETE", "BORRAR", "WHAT", "thanks", "2"])
def test_one_after_something_else_is_no_answer_to_the_stop(registered, event, between):
    registered.text("STOP")

    assert registered.text(between) == []
    assert registered.needs_person()
    assert registered.text("1") == []
    assert suppressions.is_suppressed(registered.hashed, of_event(event.id))


def test_who_asks_to_be_forgotten_after_stop_is_read_by_a_person_however_often(registered):
    for body in ("STOP", *("DELETE",) * 12):
        registered.text(body)

    assert registered.needs_person()


def test_second_stop_after_keeping_an_event_is_confirmed_and_asks_again(registered, event):
    for body in ("STOP", "1"):
        registered.text(body)

    assert len(registered.text("STOP")) == 1
    assert suppressions.is_suppressed(registered.hashed, of_event(event.id))


def test_second_stop_is_answered_with_silence(phone):
    assert phone.text("STOP") == [said(phrases.STOPPED)]
    assert phone.text("STOP") == []
    assert db.session.scalar(select(func.count(ConsentEvent.id))) == 2


def test_stop_that_the_vendor_answered_is_not_answered_twice(phone):
    assert phone.text("STOP", is_answered=True) == []
    assert suppressions.reason(phone.hashed) == "stop"


@pytest.mark.parametrize("word", ["START", "HELP"])
def test_word_that_the_vendor_answered_is_not_answered_twice(phone, word):
    assert phone.text(word, is_answered=True) == []


def test_after_stop_nothing_is_done_or_said_until_start(registered, event):
    registered.text("STOP")

    assert registered.text(WORD) == []
    assert registered.needs_person()
    assert registered.text("START") == [said(phrases.STARTED)]
    assert registered.text(WORD)[0].startswith("Neighbors' Picnic")


def test_start_does_not_take_up_what_was_asked_before_the_stop(english):
    for body in (WORD, "STOP", "START"):
        english.text(body)

    assert english.text("4") == [said(phrases.NOT_UNDERSTOOD)]


def test_help_is_answered_and_the_question_stays(english):
    english.text(WORD)

    assert english.text("help") == [said(phrases.HELP, region="Kansas City")]
    assert english.text("2")[0].startswith("Sign up for Neighbors' Picnic")


def test_stop_word_in_a_longer_text_ends_texts_where_nothing_is_asked(registered):
    registered.text("please make this stop for me right now")

    assert suppressions.reason(registered.hashed) == "stop"
    assert registered.needs_person()


def test_stop_word_in_a_longer_text_is_asked_about_once_in_a_conversation(english):
    english.text(WORD)

    assert english.text("does it stop at eight in the evening") == [said(phrases.MAYBE_STOP)]
    assert english.needs_person()
    assert not suppressions.is_suppressed(english.hashed)
    english.text("I said you should stop with that now")
    assert suppressions.reason(english.hashed) == "stop"


def test_number_that_was_out_of_reach_is_answered(phone, event):
    with transaction():
        suppressions.set_unreachable(phone.hashed, now=NOW)

    assert phone.text(WORD) == [menu("Neighbors' Picnic")]
    assert db.session.get(Suppression, (phone.hashed, ALL)) is None


# Being forgotten


@pytest.mark.parametrize(("word", "locale"), [("WHAT", "en"), ("what", "en"), ("qué?", "es")])
def test_what_names_kinds_and_never_what_they_say(registered, event, word, locale):
    for body in ("NEWS", "1"):
        registered.text(body)
    (answer,) = registered.text(word)
    t = translator(locale)
    kinds = ("sign-ups", "texts of these days", "a place in the list for news", "your yes or no to texts")
    for kind in kinds:
        assert folded(t(kind)) in folded(answer)
    assert folded(t("keys pressed in calls")) not in folded(answer)
    assert f"/{locale}/what-we-hold" in answer
    code = registered.registration().code
    for content in (registered.number[-4:], code, event.texts[0].title):
        assert content not in answer


def test_what_in_answer_to_a_question_is_no_wish_to_know_what_is_held(english):
    english.text(WORD)
    (again,) = english.text("What?")
    assert "what-we-hold" not in again
    assert english.dialogue().step == "party"


def test_after_delete_what_names_what_stays(registered):
    for body in ("DELETE", "1"):
        registered.text(body)
    (answer,) = registered.text("WHAT")
    assert "sign-ups" not in answer
    assert "your yes or no to texts" in answer


def test_delete_forgets_the_number_after_asking_once(registered, event):
    for body in ("NEWS", "1"):
        registered.text(body)
    assert registered.text("DELETE") == [said(phrases.DELETE_ALL)]
    assert registered.registration() is not None

    registered.text("1")
    db.session.rollback()
    # The texts about the sign-up are gone with it.
    assert registered.content(registered.owed()[-1])["body"] == said(phrases.DELETED)
    assert all(message.registration_id is None for message in registered.owed())
    for table in (Registration, Guest, NewsReader):
        assert db.session.scalars(select(table)).all() == []
    assert db.session.get_one(Event, event.id, populate_existing=True).seats_taken == 0
    # What was agreed to can still be shown.
    assert db.session.scalar(select(func.count(ConsentEvent.id))) > 0
    assert registered.text(WORD)[0].startswith("Neighbors' Picnic")


def test_no_to_delete_keeps_everything(registered):
    registered.text("borrar")

    assert registered.text("2") == [said(phrases.SHORT_MENU, "es")]
    assert registered.registration().state == "confirmed"


# Machines


def test_eleventh_text_in_ten_minutes_is_the_last_that_is_answered(phone, event):
    answers = [phone.text(f"word{number}", after=timedelta(seconds=30)) for number in range(12)]

    assert [bool(replies) for replies in answers] == [True] * 11 + [False]
    assert answers[10] == [said(phrases.PERSON)]
    flagged = [message.needs_person for message in phone.received()[-2:]]
    assert flagged == [True, False]


def test_same_text_is_answered_three_times_and_then_left_to_a_person(phone, event):
    answers = [phone.text("I am driving now", after=timedelta(minutes=2)) for _ in range(5)]

    assert [bool(replies) for replies in answers] == [True, True, True, True, False]
    assert answers[3] == [said(phrases.PERSON)]


def test_guest_who_answers_by_digits_is_no_machine(phone, event):
    """A sign-up, second thoughts and a cancellation take more than ten texts, all within minutes."""
    said_by_guest = (WORD, "1", "3", "1", "0", "1", "2", "1", "0", "1", "4", "1", "0", "2", "1")
    answers = [phone.text(body, after=timedelta(seconds=20)) for body in said_by_guest]

    assert all(answers)
    assert phone.registration().state == "cancelled"


def test_start_and_help_are_answered_after_many_texts(phone, event):
    for number in range(11):
        phone.text(f"word{number}", after=timedelta(seconds=20))

    assert phone.text("help") == [said(phrases.HELP, region="Kansas City")]
    phone.text("stop")
    assert phone.text("start") == [said(phrases.STARTED)]


def test_ones_in_a_row_are_answers_and_no_machine(phone, event):
    answers = [phone.text(body) for body in (WORD, "1", "1", "1", "1")]

    assert answers[3][0].startswith("Registered:")
    assert answers[4] == [said(phrases.NOT_UNDERSTOOD)]


def test_stop_is_heard_from_a_suspected_machine(phone):
    for number in range(11):
        phone.text(f"word{number}", after=timedelta(seconds=30))
    phone.text("STOP", after=timedelta(seconds=1))

    assert suppressions.reason(phone.hashed) == "stop"


# Once, and in order


def test_repeated_sid_is_no_second_text(phone, event):
    first = phone.receive(WORD)
    assert phone.receive(WORD, sid=phone.last_sid) == first
    phone.handle(first)
    phone.handle(first)

    assert (len(phone.received()), len(phone.owed())) == (1, 1)


def test_text_that_waits_is_answered_before_the_next_one(phone, event):
    first = phone.receive(WORD)
    second = phone.receive("1")
    phone.handle(second)

    assert [phone.content(message)["body"][:20] for message in phone.owed()] == [
        menu("Neighbors' Picnic")[:20],
        "Neighbors' Picnic, M",
    ]
    assert [message.handled_at for message in phone.received()] == [NOW, NOW]
    phone.handle(first)
    assert len(phone.owed()) == 2


def test_text_left_by_a_crash_is_answered_by_the_worker(phone, event):
    phone.receive(WORD)

    assert phone.handle_waiting() == 1
    assert phone.handle_waiting() == 0
    assert len(phone.owed()) == 1


def test_turn_that_fails_leaves_nothing_behind(phone, event, monkeypatch):
    def fall(*_args, **_values):
        raise RuntimeError

    for body in (WORD, "1", "3"):
        phone.text(body)
    with monkeypatch.context() as patch:
        patch.setattr(answering.outbox, "enqueue", fall)
        inbound_id = phone.receive("1")
        assert phone.handle_waiting() == 0

    assert (phone.registration(), seats_taken(event)) == (None, 0)
    phone.handle(inbound_id)
    assert phone.registration().state == "confirmed"


def test_text_that_always_fails_goes_to_a_person_and_blocks_nobody(phone, event):
    broken = phone.receive(WORD)
    with transaction():
        db.session.execute(update(InboundMessage).values(sealed=b"damaged"))
    phone.receive(WORD)
    other = Phone(phone.settings, phone.vault, NOW, OTHER)
    other.receive(WORD)

    assert phone.handle_waiting() == 1
    assert (len(phone.owed()), len(other.owed())) == (0, 1)
    phone.now += timedelta(minutes=10)
    phone.handle_waiting()
    assert db.session.get_one(InboundMessage, broken, populate_existing=True).needs_person
    assert phone.handle_waiting() == 1
    assert len(phone.owed()) == 1


@pytest.mark.parametrize("more_come", [True, False])
def test_worker_makes_room_in_a_rush_while_texts_keep_coming(settings, vault, event, monkeypatch, more_come):
    guests = [Phone(settings, vault, NOW, f"+1816555{200 + number:04}") for number in range(20)]
    for guest in guests:
        guest.receive(WORD)
    late = Phone(settings, vault, NOW, OTHER)
    answer, rests = inbound.handle, []

    def answer_while_one_comes(inbound_id, **given):
        answer(inbound_id, **given)
        if more_come:
            late.receive("hello")

    monkeypatch.setattr(inbound, "handle", answer_while_one_comes)
    monkeypatch.setattr(inbound.time, "sleep", rests.append)

    assert guests[0].handle_waiting() == 20
    assert len(rests) == (20 if more_come else 0)


def test_two_handlers_at_once_answer_once(phone, event, context):
    inbound_id = phone.receive(WORD)
    barrier = threading.Barrier(4)
    errors = []

    def run():
        with context.app_context():
            barrier.wait()
            try:
                inbound.handle(inbound_id, settings=phone.settings, vault=phone.vault, now=NOW)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert len(phone.owed()) == 1
    assert db.session.get(Conversation, phone.hashed, populate_existing=True).version == 1


def test_ten_who_say_yes_at_once_never_overbook(settings, vault, event, context):
    """Ten numbers at the last question, each with a party of two, say yes at once."""
    guests = [Phone(settings, vault, NOW, f"+1816555{100 + number:04}") for number in range(10)]
    for guest in guests:
        for body in (WORD, "1", "2"):
            guest.text(body)
    ids = [guest.receive("1") for guest in guests]
    barrier = threading.Barrier(len(guests))

    def run(guest, inbound_id):
        with context.app_context():
            barrier.wait()
            guest.handle(inbound_id)
            db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(guests, ids, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    states = [guest.registration().state for guest in guests]
    assert (states.count("confirmed"), states.count("waitlisted"), seats_taken(event)) == (5, 5, 10)


# Forgetting


def test_words_are_forgotten_after_three_days(phone, event):
    phone.text(WORD)
    with transaction():
        kept = inbound.forget(now=phone.now + timedelta(days=3) - timedelta(seconds=1))
    assert kept == 0
    with transaction():
        gone = inbound.forget(now=phone.now + timedelta(days=3))

    assert gone == 2
    assert (phone.received(), db.session.get(Conversation, phone.hashed)) == ([], None)


def test_words_that_wait_for_a_person_are_kept_longer(english):
    english.text("9")
    with transaction():
        inbound.forget(now=english.now + timedelta(days=29))
    assert [message.needs_person for message in english.received()] == [True]
    with transaction():
        inbound.forget(now=english.now + timedelta(days=30))

    assert english.received() == []


def test_what_a_person_should_read_comes_with_what_was_said_before(english, settings, vault):
    other = Phone(settings, vault, english.now, OTHER)
    english.text("Is there a bus")
    english.text("9")
    other.text("English")
    other.text("9")
    english.text("my name is Amina")

    found = [[inbound.opened(row, vault=vault).body for row in rows] for rows in inbound.for_person(limit=10)]
    assert found == [
        [WORD, "1", "0", "Is there a bus", "9", "my name is Amina"],
        ["English", "9"],
    ]
    assert inbound.count_for_person() == 2
    assert len(inbound.for_person(limit=1)) == 1


def test_what_was_read_waits_for_nobody(english):
    english.text("9")
    english.text("my name is Amina")
    (texts,) = inbound.for_person(limit=10)
    with transaction():
        inbound.set_read(texts[-1].id)
        inbound.set_read(texts[-1].id)

    assert (inbound.for_person(limit=10), inbound.count_for_person()) == ([], 0)


def test_text_after_the_page_was_read_waits_on(english):
    english.text("9")
    (texts,) = inbound.for_person(limit=10)
    english.text("my name is Amina")
    with transaction():
        inbound.set_read(texts[-1].id)

    assert inbound.count_for_person() == 1


def test_answer_we_can_read_is_not_for_the_person(english):
    english.text("9")
    english.text(WORD)

    assert not english.needs_person()


def test_draft_is_taken_up_after_a_pause(english):
    english.text(WORD)

    assert english.text("2", after=timedelta(hours=3)) == [said(phrases.RESUME, title="Neighbors' Picnic")]
    assert english.text("1")[0].startswith("Neighbors' Picnic, Monday")


def test_conversation_is_forgotten_after_three_days(phone, event):
    phone.text(WORD)
    phone.text("1")

    assert phone.text("2", after=timedelta(days=3))[-1] == menu()
