"""The pages of the inbox: read, take, answer once, call for a logged reason; never a number unasked."""

import re
from contextvars import Context
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach.database import db, transaction
from outreach.messaging import inbox, outbox, reveals, suppressions
from outreach.messaging.models import Assignment, InboundMessage, Message, Reveal
from outreach.messaging.staff_views import STATE_LABELS
from outreach.policy import Role
from outreach.registration import service
from tests.conftest import NOW
from tests.factories import make_event, make_organization, make_request, make_staff
from tests.messaging.phones import Phone
from tests.pages import form_in, sign_in
from tests.queries import count_queries

LIST = "/staff/messages"
NUMBER = "+18165550123"
SHAPES = ("8165550123", "816-555-0123", "555-0123")


class Browser:
    """A client whose requests know nothing of the application context that a test has open."""

    def __init__(self, client):
        self.client = client
        self.set_cookie = client.set_cookie

    def get(self, path):
        return Context().run(self.client.get, path)

    def post(self, path, **data):
        return Context().run(self.client.post, path, data=data)


@pytest.fixture
def people(web_app):
    with web_app.app_context(), transaction():
        return {
            name: make_staff(f"{name}@example.org", role, name=name.title()).id
            for name, role in (
                ("ana", Role.COORDINATOR), ("ben", Role.COORDINATOR), ("root", Role.ADMINISTRATOR),
            )
        }  # fmt: skip


@pytest.fixture
def browser_of(web_app, people):
    def signed_in(name):
        client = web_app.test_client()
        Context().run(sign_in, client, f"{name}@example.org")
        return Browser(client)

    return signed_in


@pytest.fixture
def ana(browser_of):
    return browser_of("ana")


@pytest.fixture
def phone(web_app, ana):
    runtime = web_app.extensions["outreach"]
    with web_app.app_context():
        yield Phone(runtime.settings, runtime.vault, NOW - timedelta(minutes=10), NUMBER)


@pytest.fixture
def page(phone) -> str:
    """The address of a conversation that waits for a person."""
    for body in ("English", "Is there a <b>bus</b>", "9"):
        phone.text(body)
    return f"{LIST}/{phone.received()[-1].id}"


def preview(browser, page, body="The bus is free."):
    return browser.post(f"{page}/answer", body=body, step="preview")


def send(browser, page, shown, step="send"):
    given = {name: values[0] for name, values in form_in(shown.text, having="key").items()}
    return browser.post(f"{page}/answer", **{**given, "step": step})


def written(phone) -> list[str]:
    # What requests wrote is not seen by a reading that began before them.
    db.session.rollback()
    return [
        phone.content(message)["body"]
        for message in phone.owed()
        if message.dedup_key.startswith(outbox.STAFF_KEY)
    ]


def test_page_shows_both_sides_without_the_number(ana, phone, page):
    with transaction():
        event = make_event()
        service.register(
            make_request(event, phone=NUMBER, first_name="Amina"), vault=phone.vault, now=phone.now
        )
    answer = ana.get(page)

    assert answer.status_code == 200
    assert "Is there a &lt;b&gt;bus&lt;/b&gt;" in answer.text
    assert "automatic" in answer.text
    assert "1 text to read" in answer.text
    assert "English</bdi>" in answer.text
    assert phone.registration().code in answer.text
    assert phone.hashed not in answer.text
    for shape in (*SHAPES, "Amina"):
        assert shape not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_state_of_a_text_has_a_name():
    assert set(STATE_LABELS) == set(outbox.STATES)


def test_every_text_of_a_number_leads_to_one_conversation(ana, phone, page):
    first = phone.received()[0].id
    assert f'action="{page}/answer"' in ana.get(f"{LIST}/{first}").text


def test_answer_is_looked_over_then_sent_once(ana, phone, page):
    shown = preview(ana, page)
    assert "1 part, about 1.2 cents" in shown.text
    assert "It leaves at once." in shown.text
    assert "make the text dear" not in shown.text
    assert written(phone) == []

    for _ in range(2):
        answer = send(ana, page, shown)
        assert (answer.status_code, answer.location) == (303, page)
    assert written(phone) == ["The bus is free."]
    text = ana.get(page).text
    assert "Your answer is on its way." in text
    assert "<bdi>Ana</bdi> · Waiting to be sent" in text


def test_answer_and_done_in_one_go(ana, phone, page):
    shown = preview(ana, page)
    for _ in range(2):
        assert send(ana, page, shown, "send_done").location == LIST
    assert written(phone) == ["The bus is free."]
    assert not phone.needs_person()
    assert db.session.scalars(select(Assignment)).all() == []


def test_letters_that_make_a_text_dear_are_named(ana, page):
    text = preview(ana, page, "Sí, aquí “está” el autobús. " * 6).text
    assert '<bdi translate="no">í á ú</bdi>' in text
    assert "This is a long text." in text
    # Quotation marks are made plain before anybody counts.
    assert "&#34;está&#34;" in text


def test_another_script_is_not_blamed_letter_by_letter(ana, page):
    text = preview(ana, page, "الحافلة مجانية يوم السبت، أهلا وسهلا بكم").text
    assert "In this script a part holds" in text
    assert "make the text dear" not in text


def test_night_is_told(ana, phone, page, clock):
    clock.at = NOW + timedelta(hours=35)
    again = ana.client
    Context().run(sign_in, again, "ana@example.org")
    assert "It is night. The text leaves at" in preview(ana, page).text


def test_answer_can_be_changed(ana, page):
    shown = preview(ana, page)
    text = send(ana, page, shown, "change").text
    assert form_in(text, having="body")["body"] == ["The bus is free."]
    assert 'name="key"' not in text


@pytest.mark.parametrize("body", ["", " \n ", "x" * 1601])
def test_answer_that_cannot_be_sent_is_refused(ana, phone, page, body):
    answer = preview(ana, page, body)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert ana.post(f"{page}/answer", body=body, step="send", key="k" * 22).status_code == 422
    assert written(phone) == []


def test_two_who_answer_at_once_do_not_cross(ana, browser_of, phone, page):
    ben = browser_of("ben")
    first, second = preview(ana, page), preview(ben, page, "There is no bus.")
    send(ana, page, first)

    answer = send(ben, page, second)
    assert answer.status_code == 409
    assert "Somebody else looks after this conversation now." in answer.text
    # What was typed is not lost.
    assert "There is no bus." in answer.text
    assert written(phone) == ["The bus is free."]


def test_something_new_is_read_before_an_answer_leaves(ana, phone, page):
    shown = preview(ana, page)
    phone.text("I found it, thank you")

    answer = send(ana, page, shown)
    assert answer.status_code == 409
    assert "Something new was said" in answer.text
    assert form_in(answer.text, having="body")["body"] == ["The bus is free."]
    assert written(phone) == []


@pytest.mark.parametrize("reason", ["stop", "blocked", "unreachable"])
def test_number_without_texts_is_called_instead(ana, phone, page, reason):
    shown = preview(ana, page)
    with transaction():
        db.session.execute(
            suppressions.insert(suppressions.Suppression).values(
                scope="all", phone_hash=phone.hashed, reason=reason, since_at=NOW
            )
        )

    text = ana.get(page).text
    assert "An answer by text is not possible. Call instead." in text
    assert f'href="{page}/number"' in text
    assert 'name="body"' not in text
    answer = send(ana, page, shown)
    assert answer.status_code == 409
    assert '<blockquote dir="auto">The bus is free.</blockquote>' in answer.text
    assert written(phone) == []


def holder_id() -> int | None:
    db.session.rollback()
    return db.session.scalar(select(Assignment.staff_id))


def test_conversation_goes_from_hand_to_hand(ana, browser_of, people, phone, page):
    ben = browser_of("ben")
    assert "Nobody looks after this conversation yet." in ana.get(page).text
    assert ana.post(f"{page}/assign", staff_id=people["ana"]).location == page
    assert "<bdi>Ana</bdi>" in ben.get(LIST).text

    # Ben's page is older than that.
    ben.post(f"{page}/assign", staff_id=people["ben"])
    assert "Somebody else looks after this conversation now." in ben.get(page).text
    ben.post(f"{page}/assign", staff_id=people["ben"], instead_of=people["ana"])
    assert "Ben looks after this conversation. Take it over below" in ana.get(page).text
    ana.post(f"{page}/release", staff_id=people["ana"])
    assert holder_id() == people["ben"]
    ben.post(f"{page}/release", staff_id=people["ben"])
    assert holder_id() is None


def test_conversation_is_given_to_nobody_who_may_not_read_it(ana, web_app, page):
    with transaction():
        host_id = make_staff("host@example.org", name="Host").id
    text = ana.get(page).text
    assert "Ben</option>" in text
    assert "Host" not in text
    assert ana.post(f"{page}/assign", staff_id=host_id).status_code == 400
    assert ana.post(f"{page}/assign").status_code == 400


def test_texts_are_marked_as_done(ana, browser_of, people, phone, page):
    ana.post(f"{page}/assign", staff_id=people["ana"])
    ben = browser_of("ben")
    assert ben.post(f"{page}/done").location == page
    db.session.rollback()
    assert phone.needs_person()

    for _ in range(2):
        answer = ana.post(f"{page}/done")
        assert (answer.status_code, answer.location) == (303, LIST)
    text = ana.get(LIST).text
    assert "The texts are marked as done." in text
    assert "Nothing waits." in text


def test_refusal_in_own_words_ends_texts(ana, phone, page):
    assert ana.post(f"{page}/stop").location == page
    text = ana.get(page).text
    assert "This guest said STOP." in text
    assert f'action="{page}/stop"' not in text


# The number.


def ask(browser, address, **given):
    return browser.post(address, **{"reason": "asked", "note": "Asks about the bus", **given})


def agree(browser, decision="agree"):
    (address,) = set(re.findall(rf'action="({LIST}/numbers/\d+)"', browser.get(f"{LIST}/numbers").text))
    return browser.post(address, decision=decision)


@pytest.mark.parametrize(("role", "second"), [("ana", "root"), ("root", "ana"), ("ana", "ben")])
def test_number_is_shown_once_when_a_second_person_agrees(browser_of, people, phone, page, role, second):
    browser, other = browser_of(role), browser_of(second)
    answers = [browser.get(f"{page}/number"), ask(browser, f"{page}/number")]
    assert "Somebody else who may see numbers must agree" in answers[-1].text
    # Whoever asks cannot hurry past the second person.
    early = browser.post(f"{page}/number", step="show")
    assert early.status_code == 409
    answers.append(early)
    assert "Nobody else asks" in browser.get(f"{LIST}/numbers").text
    assert "1 colleague asks" in other.get("/staff/").text
    assert "1 colleague asks" in other.get(LIST).text
    answers += [other.get(f"{LIST}/numbers"), agree(other), browser.get(f"{page}/number")]
    assert "Asks about the bus" in answers[3].text
    assert "A colleague agreed." in answers[-1].text
    for answer in answers:
        for shape in SHAPES:
            assert shape not in answer.text

    answer = browser.post(f"{page}/number", step="show")
    assert "816-555-0123" in answer.text
    assert f'href="tel:{NUMBER}"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    db.session.rollback()
    row = db.session.scalars(select(Reveal)).one()
    assert (row.staff_id, row.decided_by_id, row.shown_at) == (people[role], people[second], NOW)
    again = browser.post(f"{page}/number", step="show")
    assert again.status_code == 409
    assert "816-555-0123" not in again.text
    for address in (f"{page}/number", page, LIST):
        for shape in SHAPES:
            assert shape not in browser.get(address).text


def test_nobody_agrees_with_themselves(ana, browser_of, page):
    ask(ana, f"{page}/number", reason="danger")
    (address,) = set(re.findall(rf'"({LIST}/numbers/\d+)"', browser_of("ben").get(f"{LIST}/numbers").text))
    answer = ana.post(address, decision="agree")
    assert answer.status_code == 403
    assert "Somebody else must agree." in answer.text
    assert ana.post(f"{page}/number", step="show").status_code == 409


def test_refusal_is_told_and_any_other_answer_is_one(ana, browser_of, page):
    ask(ana, f"{page}/number")
    agree(browser_of("ben"), decision="")
    assert "A colleague refused." in ana.get(f"{page}/number").text
    assert ana.post(f"{page}/number", step="show").status_code == 409


def test_decision_that_comes_too_late_is_told(ana, browser_of, clock, page):
    ask(ana, f"{page}/number")
    ben = browser_of("ben")
    (address,) = set(re.findall(rf'"({LIST}/numbers/\d+)"', ben.get(f"{LIST}/numbers").text))
    clock.forward(minutes=30)
    ben.get(LIST)
    clock.forward(minutes=31)
    ben.post(address, decision="agree")
    assert "decided or too old" in ben.get(f"{LIST}/numbers").text


def test_administrators_are_told_of_numbers_until_they_read_the_log(ana, browser_of, page):
    root = browser_of("root")
    ask(ana, f"{page}/number")
    agree(browser_of("ben"))
    assert "was shown to staff" not in root.get("/staff/").text
    ana.post(f"{page}/number", step="show")
    assert "was shown to staff" in root.get("/staff/").text
    assert "was shown to staff" not in ana.get("/staff/").text

    form = form_in(root.get(f"{LIST}/reveals").text, having="up_to")
    assert root.post(f"{LIST}/reveals/read", up_to=form["up_to"][0]).status_code == 303
    assert "was shown to staff" not in root.get("/staff/").text


@pytest.mark.parametrize(
    "given", [{}, {"reason": "asked"}, {"note": "Asks"}, {"reason": "curious", "note": "Asks"}]
)
def test_number_is_not_shown_without_a_reason(ana, page, given):
    answer = ana.post(f"{page}/number", **given)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    for shape in SHAPES:
        assert shape not in answer.text
    db.session.rollback()
    assert reveals.count() == 0


def test_number_that_a_text_may_not_have_reached_is_shown(ana, browser_of, phone, page):
    with transaction():
        db.session.execute(update(Message).values(state="unknown"))
    (address, *_) = re.findall(rf'href="({LIST}/missed/\d+/number)"', ana.get(LIST).text)

    assert "816-555-0123" not in ana.get(address).text
    ask(ana, address, reason="not_reached", note="The event has moved")
    agree(browser_of("ben"))
    assert "816-555-0123" in ana.post(address, step="show").text
    db.session.rollback()
    assert reveals.count() == 1
    with transaction():
        db.session.execute(update(Message).values(state="delivered"))
    assert ask(ana, address).status_code == 404


def test_administrators_read_the_log(ana, browser_of, page):
    root = browser_of("root")
    assert "Nobody has asked for a number yet." in root.get(f"{LIST}/reveals").text
    ana.post(f"{page}/number", reason="danger", note="Heard <shots>")

    answer = root.get(f"{LIST}/reveals")
    assert "Somebody may be in danger" in answer.text
    assert "Heard &lt;shots&gt;" in answer.text
    assert "<bdi>Ana</bdi>" in answer.text
    for shape in SHAPES:
        assert shape not in answer.text
    assert f'href="{LIST}/reveals"' in root.get(LIST).text
    assert f'href="{LIST}/reveals"' not in ana.get(LIST).text
    assert ana.get(f"{LIST}/reveals").status_code == 403


def test_log_comes_in_pages(browser_of, people, phone):
    with transaction():
        for number in range(51):
            reveals.ask(
                f"+1816555{number:04}",
                staff_id=people["ana"],
                reason="other",
                note=f"Look {number}",
                vault=phone.vault,
                now=NOW,
            )
    root = browser_of("root")
    assert "Look 0<" not in root.get(f"{LIST}/reveals").text
    assert "Look 0<" in root.get(f"{LIST}/reveals?page=2").text
    assert "Look 0<" in root.get(f"{LIST}/reveals?page=99").text


# Who, and how much.

_ADDRESSES = [
    ("get", "{page}"), ("post", "{page}/answer"), ("post", "{page}/assign"), ("post", "{page}/release"),
    ("post", "{page}/done"), ("post", "{page}/stop"), ("get", "{page}/number"), ("post", "{page}/number"),
    ("get", LIST + "/numbers"), ("post", LIST + "/numbers/1"), ("post", LIST + "/reveals/read"),
    ("get", LIST + "/missed/1/number"), ("post", LIST + "/missed/1/number"), ("get", LIST + "/reveals"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "address"), _ADDRESSES)
@pytest.mark.parametrize("sector", ["library", "law_enforcement"])
def test_organizers_and_officers_reach_nothing(web_app, phone, page, sector, method, address):
    with transaction():
        make_staff("host@example.org", organization=make_organization("Some body", sector=sector))
    client = web_app.test_client()
    Context().run(sign_in, client, "host@example.org")
    with transaction():
        db.session.execute(update(Message).values(state="unknown"))

    answer = getattr(Browser(client), method)(address.format(page=page))
    assert answer.status_code == 403
    assert "Is there a" not in answer.text
    db.session.rollback()
    assert reveals.count() == 0


@pytest.mark.parametrize("part", ["", "/number"])
def test_what_is_not_there_is_not_found(ana, phone, part):
    assert ana.get(f"{LIST}/77{part}").status_code == 404
    assert ana.post(f"{LIST}/77/done").status_code == 404


def test_number_of_queries_does_not_grow(ana, web_app, phone, page, people):
    def queries(address):
        with count_queries(web_app) as sent:
            assert ana.get(address).status_code == 200
        return len(sent)

    def add(count, start):
        for number in range(start, start + count):
            with transaction():
                event = make_event(title=f"Picnic {number}")
                service.register(make_request(event, phone=NUMBER), vault=phone.vault, now=phone.now)
            phone.now += timedelta(minutes=11)
            phone.text("9")
            inbound_id = phone.received()[-1].id
            with transaction():
                inbox.answer(
                    inbound_id, f"Answer {number}", staff_id=people["ana"],
                    sent_id=phone.owed()[-1].id, key=f"{number:022}", zone="America/Chicago",
                    vault=phone.vault, now=phone.now,
                )  # fmt: skip
                reveals.ask(
                    f"+1816555{number:04}", staff_id=people["ben"], reason="other", note="Look",
                    vault=phone.vault, now=NOW,
                )  # fmt: skip

    add(1, 0)
    # The first page of a process asks what stays the same afterwards.
    queries(page)
    few = queries(page)
    add(5, 1)
    assert queries(page) == few


@pytest.mark.parametrize("locale", ["es", "ar"])
def test_pages_are_there_in_every_staff_language(ana, page, locale):
    ana.set_cookie("locale", locale)
    for address in (page, f"{page}/number"):
        assert f'<html lang="{locale}"' in ana.get(address).text
    assert "%(" not in preview(ana, page, "Sí").text


def test_damaged_texts_are_named(ana, phone, page):
    with transaction():
        db.session.execute(update(InboundMessage).values(sealed=b"x"))
    assert "These words cannot be read any more." in ana.get(page).text
    assert ana.get(f"{page}/number").status_code == 409
