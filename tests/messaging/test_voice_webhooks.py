"""The door for calls: what is believed, what counts once, and what is said on each way through."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.i18n import translator
from outreach.messaging import calls, voice_phrases, worker
from outreach.messaging import voice_phrases as phrases
from outreach.messaging.facts import registrations_of_phone
from outreach.messaging.models import Conversation, InboundMessage, Message, SimulatedCall, VoiceStep
from outreach.messaging.phrases import RESUME, Phrase
from outreach.messaging.voice_phrases import Line
from outreach.policy import Role
from outreach.registration import service
from outreach.registration.guests import open_guest
from outreach.registration.models import ConsentEvent, Guest, Registration
from outreach.throttle import Throttle
from tests.conftest import NOW
from tests.factories import make_event, make_request, make_staff
from tests.messaging.callers import PATH, Telephone
from tests.messaging.phones import Phone
from tests.pages import sign_in

NUMBER = "+18165550123"
HIDDEN = "anonymous"


@pytest.fixture
def vault(web_app):
    return web_app.extensions["outreach"].vault


@pytest.fixture
def picnic(web_app):
    with web_app.app_context(), transaction():
        return make_event(keyword="PICNIC", capacity=10).public_id


@pytest.fixture
def phone(web_app, picnic):
    return Telephone(web_app)


@pytest.fixture
def registered(web_app, picnic, vault):
    """A party of two that registered on the web with the caller's number; its code."""
    with web_app.app_context(), transaction():
        event = db.session.scalars(select(Event)).one()
        return service.register(make_request(event, phone=NUMBER), vault=vault, now=NOW).code


@pytest.fixture
def texts(web_app, vault):
    with web_app.app_context():
        yield Phone(web_app.extensions["outreach"].settings, vault, NOW, NUMBER)


def said(message, locale="en", **values):
    return voice_phrases.spoken(Line(locale, Phrase(message, values)), translator(locale))


def count(web_app, model):
    with web_app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def row(web_app):
    with web_app.app_context():
        return db.session.scalars(select(Registration)).one()


def spell(code):
    return ", ".join(code)


def wrong(code):
    return "000000" if code != "000000" else "111111"


# What is believed.

CHANGES = {
    "no signature": ({}, {"token": "another"}, 403),
    "another account": ({"AccountSid": "AC" + "0" * 32}, {}, 403),
    "no call": ({"CallSid": ""}, {}, 400),
    "a text's id": ({"CallSid": "SM" + "0" * 32}, {}, 400),
    "an id that goes on": ({"CallSid": "CA" + "0" * 32 + "\n"}, {}, 400),
}


@pytest.mark.parametrize(("fields", "how", "status"), CHANGES.values(), ids=CHANGES)
def test_call_that_is_not_the_vendor_s_is_refused(web_app, phone, fields, how, status):
    assert phone.post(PATH, **fields, **how).status_code == status
    assert count(web_app, VoiceStep) == 0


def test_unsigned_keys_do_nothing(web_app, phone):
    phone.call()
    before = count(web_app, VoiceStep)
    path = phone.address.removeprefix(web_app.extensions["outreach"].settings.public_url)
    form = {"CallSid": phone.sid, "From": NUMBER, "Digits": "1"}

    assert web_app.test_client().post(path, data=form).status_code == 403
    assert phone.post(phone.address, {"Digits": "1"}, token="another").status_code == 403
    assert count(web_app, VoiceStep) == before


def test_signature_of_one_question_does_not_fit_another(web_app, phone):
    phone.call()
    phone.press("1")
    settings = web_app.extensions["outreach"].settings
    elsewhere = phone.address.removeprefix(settings.public_url).replace("menu", "confirm_cancel")

    assert phone.post(elsewhere, {"Digits": "1"}).status_code == 404


@pytest.mark.parametrize("keys", ["12ab", "1" * 21, "١", "1\n", "-1"])
def test_keys_that_no_telephone_has_are_refused(phone, keys):
    phone.call()

    assert phone.post(phone.address, {"Digits": keys}).status_code == 400


@pytest.mark.parametrize("path", ["/menu/1", "/language/2", "/dance/1", "/language/0", "/language/99999999"])
def test_question_that_was_not_asked_takes_no_answer(web_app, phone, path):
    phone.call()

    assert phone.post(PATH + path, {"Digits": "1"}).status_code == 404
    assert count(web_app, VoiceStep) == 1


def test_keys_of_a_call_that_never_began_are_refused(phone):
    phone.sid = "CA" + "f" * 32

    assert phone.post(f"{PATH}/language/1", {"Digits": "1"}).status_code == 404


@pytest.mark.parametrize("path", [PATH, f"{PATH}/menu/1"])
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_only_posts_are_taken(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_form_above_64_kilobytes_is_too_large(phone):
    assert phone.post(PATH, Padding="a" * 70_000).status_code == 413


def test_unknown_fields_are_tolerated(phone):
    assert phone.post(PATH, CallSid="CA" + "1" * 32, StirVerstat="TN-Validation-Passed-A").status_code == 200


def test_vendor_goes_elsewhere_without_a_database(make_app, tmp_path, clock):
    phone = Telephone(make_app(f"sqlite:///{tmp_path}/missing/outreach.sqlite3", clock))
    answer = phone.post(PATH, CallSid="CA" + "1" * 32)

    assert (answer.status_code, answer.data) == (503, b"")
    assert answer.headers["Retry-After"] == "30"


def test_neither_number_nor_code_reaches_the_log(phone, registered, caplog):
    with caplog.at_level("DEBUG"):
        phone.call()
        phone.press("1", "2", f"{registered}#")

    assert NUMBER[2:] not in caplog.text
    assert registered not in caplog.text


# What counts once.


def test_call_that_is_brought_twice_begins_once(web_app, phone):
    phone.call()
    again = phone.post(PATH)

    assert phone.hear(again).startswith("Hello.")
    assert count(web_app, VoiceStep) == 1


def test_keys_that_are_brought_twice_count_once(web_app, phone):
    phone.call()
    phone.press("1", "1", "1", "2#", "1")
    address = phone.address
    first, second = (phone.post(address, {"Digits": "1"}) for _ in range(2))

    assert first.data == second.data
    assert row(web_app).party_size == 2
    assert count(web_app, ConsentEvent) == 1


def test_wrong_code_that_is_brought_twice_counts_once(web_app, phone, registered):
    phone.call()
    phone.press("1", "2")
    address = phone.address
    for _ in range(2):
        phone.post(address, {"Digits": wrong(registered)})

    with web_app.app_context():
        assert db.session.scalars(select(Throttle.tries)).all() == [1]


def test_other_keys_at_an_answered_question_change_nothing(web_app, phone):
    phone.call()
    address = phone.address
    phone.press("1")
    late = phone.post(address, {"Digits": "3"})

    assert "arb" not in late.text
    assert count(web_app, VoiceStep) == 2


# What happens.


def test_guest_signs_up_by_voice(web_app, phone, vault):
    phone.call()
    heard = phone.press("1", "1", "1", "3#", "1", "1")

    found = row(web_app)
    assert (found.state, found.party_size, found.door, found.wants_texts) == ("confirmed", 3, "voice", True)
    assert f"{spell(found.code)}. Once more: {spell(found.code)}." in heard
    with web_app.app_context():
        guest = db.session.scalars(select(Guest)).one()
        assert guest.proven_phone_hash is None
        assert open_guest(vault, guest.sealed).phone == NUMBER
        line = db.session.scalars(select(ConsentEvent)).one()
        words = vault.open(line.sealed, place="consent")["wording"]
    # All that was heard before the key, which offered calls as well.
    assert (
        words == f"{said(phrases.TEXTS, region='Kansas City', count=4)}\n{said(phrases.CALLS, count=2)}\n> 1"
    )


def test_guest_who_signs_up_for_calls_in_a_call_is_not_called_to_confirm_it(web_app, phone):
    phone.call()
    heard = phone.press("1", "1", "1", "3#", "1", "3")
    worker.run_once(web_app)

    found = row(web_app)
    assert f"{spell(found.code)}. Once more" in heard
    assert (found.wants_texts, found.wants_calls) == (False, True)
    assert count(web_app, SimulatedCall) == 0
    with web_app.app_context():
        told = db.session.scalars(select(Message)).one()
    assert (told.purpose, told.channel, told.state) == ("confirmation", "voice", "delivered")


def test_confirmation_is_texted_after_a_yes_only(web_app, phone, vault):
    phone.call()
    phone.press("1", "1", "1", "3#", "1", "2")
    worker.run_once(web_app)
    assert (row(web_app).wants_texts, count(web_app, Message), count(web_app, ConsentEvent)) == (False, 0, 0)

    other = Telephone(web_app, "+18165550124")
    other.call()
    other.press("1", "1", "1", "3#", "1", "1")
    worker.run_once(web_app)
    with web_app.app_context():
        assert db.session.scalars(select(Message.purpose)).all() == ["confirmation"]


def test_guest_hears_everything_in_spanish(phone):
    phone.call()
    phone.press("2", "1")

    assert {language for language, _ in phone.said} == {"es-US"}


def test_nothing_is_cut_short_on_the_phone_and_no_link_is_read_aloud(web_app):
    title = "Neighbors' Picnic with soup, bread, music and games for everybody"
    with web_app.app_context(), transaction():
        make_event(
            texts={"en": TextDraft(title, "", "")},
            delivery="online",
            online_url="https://meet.example.org/1",
            venue=None,
        )
    phone = Telephone(web_app)
    phone.call()
    assert title in phone.press("1", "1")
    heard = phone.press("1", "3#", "1", "1")

    assert f"{title}, Monday, Sep 14, 6:00 PM, online." in heard.replace("\u00a0", " ")
    assert "meet.example.org" not in heard


def test_caller_without_a_number_hears_events_and_signs_up(web_app, picnic):
    phone = Telephone(web_app, HIDDEN)
    phone.call()
    assert said(phrases.MENU_WITHOUT_NUMBER) in phone.press("1")
    assert "Neighbors' Picnic" in phone.press("1")
    heard = phone.press("1", "2#", "1")

    found = row(web_app)
    assert (found.phone_hash, found.wants_texts) == (None, False)
    assert spell(found.code) in heard
    # The same event once more in the same call is the same sign-up.
    phone.press("1", "1", "2#", "1")
    assert row(web_app).party_size == 2


def test_caller_with_another_s_number_hears_nothing_of_them(web_app, phone, registered):
    phone.call()
    heard = [phone.press("1", "1"), phone.press("1", "5#", "1", "1")]

    assert heard[1].startswith(said(phrases.ALREADY))
    assert not any(spell(registered) in words or registered in words for words in heard)
    assert row(web_app).party_size == 2


def test_nothing_of_a_number_is_looked_up_before_its_code(phone, registered, monkeypatch):
    looked_up = []

    def look_up(hashed):
        looked_up.append(hashed)
        return registrations_of_phone(hashed)

    monkeypatch.setattr(calls, "registrations_of_phone", look_up)
    phone.call()
    phone.press("1", "1", "1", "5#", "1", "1", "3")
    assert looked_up == []
    phone.press(f"{registered}#")
    assert looked_up


def test_guest_hears_registrations_and_the_last_text_after_the_code(web_app, phone, registered):
    with web_app.app_context(), transaction() as session:
        session.scalars(select(Registration)).one().wants_texts = True
    worker.run_once(web_app)
    phone.call()
    assert registered not in phone.press("1", "2")
    heard = phone.press(f"{registered}#")

    assert f"Number of people: 2. Code: {spell(registered)}." in heard
    assert f"{said(phrases.LAST_TEXT)} Registered: Neighbors' Picnic" in heard


def test_guest_gives_up_a_place_after_the_code(web_app, phone, registered):
    phone.call()
    phone.press("1", "3", f"{wrong(registered)}#")
    assert phone.address.endswith("/code/4")
    phone.press(f"{registered}#", "1", "1")

    assert row(web_app).state == "cancelled"
    with web_app.app_context():
        assert db.session.scalars(select(Event.seats_taken)).one() == 0


def test_sixth_wrong_code_in_an_hour_is_not_looked_at(web_app, phone, registered, clock):
    tries = [wrong(registered)] * 5
    for number in range(0, 5, 2):
        phone.call()
        phone.press("1", "2", *(f"{code}#" for code in tries[number : number + 2]))
    heard = phone.press(f"{registered}#")

    assert heard.startswith(said(phrases.CODE_TOO_OFTEN))
    assert spell(registered) not in heard
    clock.forward(minutes=61)
    phone.call()
    assert spell(registered) in phone.press("1", "2", f"{registered}#")


def test_right_codes_do_not_count(phone, registered):
    for _ in range(7):
        phone.call()
        assert spell(registered) in phone.press("1", "2", f"{registered}#")


def test_third_answer_that_says_nothing_leads_to_a_person(web_app, phone, vault):
    phone.call()
    phone.press("2", "", "", "")

    assert phone.address is None
    assert phone.words == said(phrases.PERSON, "es")
    with web_app.app_context():
        waiting = db.session.scalars(select(InboundMessage)).one()
        assert waiting.needs_person
        content = vault.open(waiting.sealed, place="inbound")
    assert (content["from"], content["call_locale"]) == (NUMBER, "es")


def test_staff_see_who_is_to_be_called_back_and_no_number(web_app, client, phone, registered):
    with web_app.app_context(), transaction():
        make_staff("coord@example.org", Role.COORDINATOR)
    sign_in(client, "coord@example.org")
    phone.call()
    phone.press("2", "9")
    page = client.get("/staff/messages").text

    assert "Called and asked for a call back, in Español." in page
    assert re.search(rf"code .*{registered}", page)
    assert "555" not in re.sub(r"<[^>]+>", "", page)
    talk = re.search(r'href="(/staff/messages/\d+)"', page)[1]
    assert "Called and asked" in client.get(talk).text
    assert client.get(f"{talk}/number").status_code == 200
    client.post(f"{talk}/done")
    assert "Called and asked" not in client.get("/staff/messages").text


def test_pound_without_a_number_goes_back(phone):
    phone.call()
    listed = phone.press("1", "1")
    phone.press("1")

    assert phone.hear(phone.post(phone.address, {"Digits": "", "FinishedOnKey": "#"})) == listed


def test_calls_are_no_loop_of_texts(phone, texts):
    for _ in range(3):
        phone.call()
        phone.press("1", "9")

    assert texts.text("") != []


# What is left for a text.


def test_half_finished_call_is_continued_by_text(web_app, phone, texts):
    phone.call()
    phone.press("2", "1", "1", "4#")

    assert texts.text("hola") == [said(RESUME, "es", title="Neighbors' Picnic")]
    assert "4" in texts.text("1")[0]
    texts.text("1")
    found = row(web_app)
    assert (found.party_size, found.door, found.state) == (4, "text", "confirmed")


def test_half_finished_call_signs_nobody_up_by_a_single_text(web_app, phone, texts):
    phone.call()
    phone.press("1", "1", "1", "4#")
    texts.text("1")

    assert count(web_app, Registration) == 0


def test_finished_call_leaves_nothing_to_be_continued(web_app, phone, texts):
    phone.call()
    phone.press("1", "1", "1", "4#", "1", "1")

    assert texts.dialogue() is None


def test_call_leaves_a_conversation_by_text_alone(web_app, phone, texts):
    texts.text("PICNIC")
    texts.text("1")
    before = texts.dialogue()
    phone.call()
    phone.press("2", "1", "1", "4#")

    assert texts.dialogue() == before


def test_calls_are_forgotten_after_a_day(web_app, phone, clock):
    phone.call()
    with web_app.app_context(), transaction():
        assert calls.forget(now=NOW + timedelta(hours=23)) == 0
        assert calls.forget(now=NOW + timedelta(hours=25)) == 1
    assert count(web_app, Conversation) == 0
