"""The phone in the browser: through the real webhook and the real outbox, and only where no guest is."""

import re

import pytest
from sqlalchemy import select

from outreach import installation
from outreach.config import TwilioSettings
from outreach.database import db, transaction
from outreach.i18n import LANGUAGES
from outreach.messaging import reminders, worker
from outreach.messaging.models import (
    InboundMessage,
    Message,
    SimulatedPhone,
    SimulatedText,
    Suppression,
    VoiceStep,
)
from outreach.registration import service
from outreach.registration.models import Registration
from outreach.registration.requests import Consent
from tests.factories import NOW, make_event, make_request
from tests.messaging.sounds import record_all
from tests.pages import form_in

HOME = "/simulator?phone=816-555-0101"
TWO = "/simulator?phone=816-555-0101&phone=816-555-0102"


@pytest.fixture
def picnic(web_app):
    with web_app.app_context(), transaction():
        make_event(keyword="PICNIC")


@pytest.fixture
def text(web_app, client):
    """Types a text into the phone's form, lets the worker work, and gives what is on the screen."""

    def send(body, *, address=HOME):
        fields = form_in(client.get(address).text, having="body")
        answer = client.post(address, data={**fields, "body": body})
        assert (answer.status_code, answer.location) == (303, address)
        worker.run_once(web_app)
        return bubbles(client.get(address).text)

    return send


def bubbles(page):
    """Every text on the screen, and whether the phone wrote it."""
    found = re.findall(r'<li( class="own")?><div dir="auto"[^>]*>(.*?)</div>', page, re.DOTALL)
    return [(bool(own), re.sub(r"&#39;", "'", words)) for own, words in found]


def test_guest_registers_on_the_phone_in_the_browser(web_app, picnic, text):
    text("picnic")
    text("2")
    text("3")
    screen = text("1")

    with web_app.app_context():
        row = db.session.scalars(select(Registration)).one()
        assert (row.state, row.party_size, row.door) == ("confirmed", 3, "text")
    assert [words for is_own, words in screen if is_own] == ["picnic", "2", "3", "1"]
    assert [is_own for is_own, _ in screen] == [True, False] * 4
    assert row.code in screen[-1][1]


def test_texts_go_through_the_webhook_and_the_outbox(web_app, picnic, text):
    text("picnic")

    with web_app.app_context():
        own, answer = db.session.scalars(select(SimulatedText).order_by(SimulatedText.id)).all()
        assert db.session.scalars(select(InboundMessage.provider_sid)).all() == [own.sid]
        assert db.session.execute(select(Message.provider_sid, Message.state)).all() == [
            (answer.sid, "delivered")
        ]


def test_screen_says_language_parts_and_cost(client, picnic, text):
    text("picnic")
    text("2")

    page = client.get(HOME).text
    assert '<bdi lang="es">Español</bdi>' in page
    assert "1 part, about 1.2 cents" in page


def test_page_comes_anew_only_while_an_answer_is_on_its_way(client, picnic):
    assert "Refresh" not in client.get(HOME).headers
    client.post(HOME, data={"from": "+18165550101", "body": "picnic"})
    page = client.get(HOME)

    assert page.headers["Refresh"] == "3"
    assert "An answer is on its way." in page.text


def test_answer_that_has_come_ends_the_reloading(client, picnic, text):
    text("picnic")

    assert "Refresh" not in client.get(HOME).headers


def test_empty_text_and_signs_of_markup_are_texts_like_others(client, text):
    text("")
    text("<b>&amp;</b>")

    page = client.get(HOME).text
    assert "&lt;b&gt;&amp;amp;&lt;/b&gt;" in page
    assert "We can read only words and numbers." in page


def test_two_phones_stand_side_by_side(client, picnic):
    client.post(TWO, data={"from": "+18165550102", "body": "picnic"})
    page = client.get(TWO).text

    assert page.count('name="body"') == 2
    assert bubbles(page) == [(True, "picnic")]
    assert client.get(HOME).text.count('name="body"') == 1


def test_another_fictional_number_can_be_typed(client):
    answer = client.get("/simulator?phone=816-555-0101&other=(913) 555 0142")

    assert (answer.status_code, answer.location) == (303, "/simulator?phone=913-555-0142")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("816 471 1234", "Enter a number that is kept for fiction"),
        ("816-555-0100", "Enter a number that is kept for fiction"),
        ("hello", "Enter a phone number from the United States"),
        ("911", "Enter a phone number from the United States"),
    ],
    ids=["a real one", "our own", "words", "too short"],
)
def test_no_other_number_can_be_picked_up(client, typed, sentence):
    answer = client.get("/simulator", query_string={"other": typed})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#other"' in answer.text


@pytest.mark.parametrize("number", ["816-471-1234", "816-555-0100", "x"])
def test_address_with_another_number_leads_nowhere(client, number):
    assert client.get("/simulator", query_string={"phone": number}).status_code == 404


@pytest.mark.parametrize("sender", ["+18164711234", "+18165550102", ""])
def test_text_comes_only_from_a_phone_that_is_picked_up(web_app, client, sender):
    assert client.post(HOME, data={"from": sender, "body": "hi"}).status_code == 400
    with web_app.app_context():
        assert db.session.scalars(select(SimulatedText)).all() == []


def test_form_of_another_site_sends_nothing(web_app, client):
    web_app.config["WTF_CSRF_ENABLED"] = True

    assert client.post(HOME, data={"from": "+18165550101", "body": "hi"}).status_code == 400
    with web_app.app_context():
        assert db.session.scalars(select(SimulatedText)).all() == []


def test_flood_is_slowed_down(client):
    with client:
        answers = [client.post(HOME, data={"from": "+18165550101", "body": "hi"}) for _ in range(121)]

    assert {answer.status_code for answer in answers[:120]} == {303}
    assert (answers[-1].status_code, "Retry-After" in answers[-1].headers) == (429, True)


TWILIO = TwilioSettings("AC" + "1" * 32, ("token",), from_number="+18165550100")


@pytest.mark.parametrize(
    ("settings", "is_demo", "status"),
    [
        ({}, False, 200),
        ({"public_url": "https://outreach.example"}, False, 404),
        ({"public_url": "https://outreach.example"}, True, 200),
        ({"gateway": "twilio", "twilio": TWILIO}, False, 404),
        ({"gateway": "twilio", "twilio": TWILIO}, True, 404),
    ],
    ids=["at home", "in public", "a public demo", "real texts", "a demo with real texts"],
)
def test_simulator_is_only_where_no_guest_is(make_app, sqlite_url, clock, settings, is_demo, status):
    app = make_app(sqlite_url, clock, **settings)
    with app.app_context(), transaction():
        installation.set_fact("is_demo", "yes" if is_demo else "no")

    assert app.test_client().get("/simulator").status_code == status
    assert app.test_client().post(HOME, data={"from": "+18165550101", "body": "hi"}).status_code == (
        303 if status == 200 else 404
    )


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_page_is_there_in_every_language(client, picnic, text, locale):
    text("picnic")
    client.set_cookie("locale", locale)

    page = client.get(HOME).text
    language = LANGUAGES[locale]
    assert f'<html lang="{language.html_lang}" dir="{language.direction}">' in page
    assert "PICNIC" in page
    assert (True, "picnic") in bubbles(page)


# What the vendor does with a text.


@pytest.fixture
def choose(client):
    """Picks what becomes of the texts to a phone, by the form on the page."""

    def pick(outcome):
        fields = form_in(client.get(HOME).text, having="outcome")
        answer = client.post("/simulator/outcome?phone=816-555-0101", data={**fields, "outcome": outcome})
        assert (answer.status_code, answer.location) == (303, HOME)
        assert f'<option value="{outcome}" selected>' in client.get(HOME).text

    return pick


def message_and_number(web_app):
    """State and error of the one text that we wrote, and why its number is not texted, if it is not."""
    with web_app.app_context():
        state = db.session.execute(select(Message.state, Message.error_code)).first()
        return *state, db.session.scalar(select(Suppression.reason))


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("delivered", ("delivered", None, None)),
        ("30003", ("ready", 30003, None)),
        ("30006", ("undelivered", 30006, "voice_only")),
        ("21610", ("suppressed", 21610, "blocked")),
        ("slow", ("sent", None, None)),
        ("never", ("queued", None, None)),
    ],
)
def test_each_outcome_of_the_vendor_can_be_forced(web_app, picnic, choose, text, outcome, expected):
    choose(outcome)
    screen = text("picnic")

    assert message_and_number(web_app) == expected
    assert len(screen) == (1 if outcome == "21610" else 2)


def test_slow_vendor_says_it_when_it_is_asked_and_of_the_silent_one_nothing_stays(
    web_app, clock, picnic, choose, text
):
    # An answer of which nothing is ever heard is forgotten after three days like all others.
    for outcome, states in (("slow", ["sent", "delivered"]), ("never", ["queued", "sent", None])):
        choose(outcome)
        text("picnic" if outcome == "slow" else "0")
        found = []
        for hours in (0, 1, 74)[: len(states)]:
            clock.forward(hours=hours)
            worker.run_once(web_app)
            with web_app.app_context():
                found.append(db.session.scalars(select(Message.state).order_by(Message.id.desc())).first())
        assert found == states
    with web_app.app_context():
        assert all(db.session.scalars(select(Message.final_at)).all())


def test_text_that_did_not_arrive_is_shown_as_such(client, picnic, choose, text):
    text("picnic")
    assert "It did not arrive." not in client.get(HOME).text
    choose("30003")
    text("0")
    assert client.get(HOME).text.count("It did not arrive.") == 1


def test_outcome_of_one_phone_says_nothing_of_another(client, choose):
    choose("never")

    assert '<option value="delivered" selected>' in client.get("/simulator?phone=816-555-0102").text


@pytest.mark.parametrize(
    ("number", "outcome"), [("+18165550101", "30007"), ("+18165550101", ""), ("+18165550102", "never")]
)
def test_no_other_outcome_and_no_other_phone_can_be_chosen(web_app, client, number, outcome):
    answer = client.post("/simulator/outcome?phone=816-555-0101", data={"from": number, "outcome": outcome})

    assert answer.status_code == 400
    with web_app.app_context():
        assert db.session.scalars(select(SimulatedPhone)).all() == []


def test_outcome_is_chosen_only_where_no_guest_is(make_app, sqlite_url, clock):
    app = make_app(sqlite_url, clock, public_url="https://outreach.example")

    answer = app.test_client().post(
        "/simulator/outcome?phone=816-555-0101", data={"from": "+18165550101", "outcome": "never"}
    )
    assert answer.status_code == 404


@pytest.fixture
def press(client):
    """Presses keys in the phone's call and gives the page."""

    def go(*answers):
        for keys in answers:
            visit = re.search(r'name="visit" value="(\d+)"', client.get(HOME).text)[1]
            fields = {"from": "+18165550101", "visit": visit, "keys": keys}
            answer = client.post(HOME.replace("simulator?", "simulator/press?"), data=fields)
            assert (answer.status_code, answer.location) == (303, HOME)
        return client.get(HOME).text

    return go


@pytest.fixture
def call(client):
    def go():
        address = HOME.replace("simulator?", "simulator/call?")
        assert client.post(address, data={"from": "+18165550101"}).location == HOME
        return client.get(HOME).text

    return go


def test_guest_registers_by_keys_on_the_phone_in_the_browser(web_app, picnic, call, press):
    call()
    page = press("2", "1", "1", "3#", "1", "1")

    with web_app.app_context():
        row = db.session.scalars(select(Registration)).one()
        assert (row.state, row.party_size, row.door) == ("confirmed", 3, "voice")
    assert ", ".join(row.code) in page
    assert '<div data-said lang="es" dir="ltr">' in page


def test_call_goes_through_the_webhook(web_app, picnic, call, press):
    call()
    press("1")

    with web_app.app_context():
        steps = db.session.scalars(select(VoiceStep).order_by(VoiceStep.visit)).all()
        assert [(step.step, step.visit) for step in steps] == [("start", 0), ("language", 1)]
        assert len({step.call_sid for step in steps}) == 1


def test_page_that_is_sent_twice_presses_once(client, web_app, picnic, call):
    page = call()
    visit = re.search(r'name="visit" value="(\d+)"', page)[1]
    for _ in range(2):
        fields = {"from": "+18165550101", "visit": visit, "keys": "1"}
        client.post(HOME.replace("simulator?", "simulator/press?"), data=fields)

    with web_app.app_context():
        assert len(db.session.scalars(select(VoiceStep)).all()) == 2


def test_call_that_ended_takes_no_keys(client, picnic, call, press):
    call()
    page = press("1", "9")

    assert "The call has ended." in page
    assert 'name="visit"' not in page
    assert "Call again" in page
    stale = {"from": "+18165550101", "visit": "2", "keys": "1"}
    assert client.post(HOME.replace("simulator?", "simulator/press?"), data=stale).location == HOME


@pytest.mark.parametrize("fields", [{}, {"from": "+18165550102"}, {"from": "+18165550101; DROP"}])
@pytest.mark.parametrize("what", ["call", "press"])
def test_only_the_phone_that_is_picked_up_calls(client, fields, what):
    address = HOME.replace("simulator?", f"simulator/{what}?")

    assert client.post(address, data=fields).status_code == 400


def test_keys_without_a_call_show_the_phone(client):
    address = HOME.replace("simulator?", "simulator/press?")
    for visit in ("0", "-1", "x", ""):
        answer = client.post(address, data={"from": "+18165550101", "visit": visit, "keys": "1"})
        assert (answer.status_code, answer.location) == (303, HOME)


def test_recording_is_played_on_the_page_with_its_words_beside_it(web_app, client, picnic, call, press):
    with web_app.app_context(), transaction():
        record_all("sw", now=NOW, is_rehearsal=True)
    page = call()
    assert re.search(r'<div data-said lang="sw" dir="ltr">For Kiswahili, press <audio controls', page)
    assert "media-src 'self'" in client.get(HOME).headers["Content-Security-Policy"]
    path = re.search(r'<audio controls preload="none" src="(/voice/prompts/\w+\.wav)"', press("4"))[1]

    assert client.get(path).status_code == 200


def test_phone_that_hung_up_presses_no_more_keys(client, web_app, picnic, call, press):
    call()
    page = press("1")
    visit = re.search(r'name="visit" value="(\d+)"', page)[1]
    hung_up = HOME.replace("simulator?", "simulator/hang-up?")
    assert client.post(hung_up, data={"from": "+18165550101"}).location == HOME
    page = client.get(HOME).text
    assert "The call has ended." in page
    assert "Hang up" not in page
    fields = {"from": "+18165550101", "visit": visit, "keys": "1"}
    client.post(HOME.replace("simulator?", "simulator/press?"), data=fields)

    with web_app.app_context():
        assert len(db.session.scalars(select(VoiceStep)).all()) == 2
    assert "Hang up" in call()


def test_phone_that_hides_its_number_gets_a_spoken_code_and_no_texts(web_app, client, picnic, call, press):
    call()
    address = HOME.replace("simulator?", "simulator/call?")
    client.post(address, data={"from": "+18165550101", "hidden": "yes"})
    page = press("1", "1", "1", "2#", "1")

    with web_app.app_context():
        row = db.session.scalars(select(Registration)).one()
        assert (row.phone_hash, row.wants_texts, row.door) == (None, False, "voice")
        assert db.session.scalars(select(Message)).all() == []
    assert ", ".join(row.code) in page
    # The next call shows it again.
    call()
    assert "we cannot see" not in press("1").lower()


@pytest.fixture
def ringing(web_app, client):
    """The first phone, while it rings about tomorrow's event; its holder asked to be called."""
    runtime = web_app.extensions["outreach"]
    with web_app.app_context(), transaction():
        asked = make_request(
            make_event(), phone="+18165550101", consent=Consent("Call me", is_for_calls=True)
        )
        made = service.register(asked, vault=runtime.vault, now=runtime.clock())
        # The guest heard already that it is signed up.
        row = db.session.get_one(Registration, made.registration_id)
        reminders.note_told(row, vault=runtime.vault, now=runtime.clock())
    runtime.clock.forward(days=6, hours=8)
    worker.run_once(web_app)
    page = client.get(HOME).text
    assert "This phone is ringing" in page
    return re.search(r'name="sid" value="(CA[0-9a-f]+)"', page)[1]


def take(client, sid, taken):
    fields = {"from": "+18165550101", "sid": sid, "taken": taken}
    answer = client.post(HOME.replace("simulator?", "simulator/ring?"), data=fields)
    assert (answer.status_code, answer.location) == (303, HOME)
    return client.get(HOME).text


def state_of_call(web_app):
    with web_app.app_context():
        states = select(Message.state).where(Message.purpose == "day_before").order_by(Message.id)
        return db.session.scalars(states).first()


def test_phone_in_the_browser_rings_and_is_answered(web_app, client, ringing, press):
    page = take(client, ringing, "person")
    assert "We remind you of" in page
    assert state_of_call(web_app) == "sent"
    page = press("1")

    assert "We expect you" in page
    assert "The call has ended." in page
    assert state_of_call(web_app) == "delivered"
    with web_app.app_context():
        assert db.session.scalars(select(Registration.reaffirmed_at)).one() is not None


def test_answering_machine_in_the_browser_takes_the_message(web_app, client, ringing):
    page = take(client, ringing, "machine")

    assert "To answer, please call this number." in page
    assert state_of_call(web_app) == "delivered"


def test_phone_that_nobody_answers_rings_again_later(web_app, client, ringing):
    take(client, ringing, "nobody")
    assert state_of_call(web_app) == "undelivered"
    # What is over cannot be taken any more.
    assert "We remind you of" not in take(client, ringing, "person")
    web_app.extensions["outreach"].clock.forward(minutes=31)
    worker.run_once(web_app)

    assert "This phone is ringing" in client.get(HOME).text


def test_phone_does_with_a_call_only_what_can_be_done(client, ringing):
    fields = {"from": "+18165550101", "sid": ringing, "taken": "burned"}
    assert client.post(HOME.replace("simulator?", "simulator/ring?"), data=fields).status_code == 400
