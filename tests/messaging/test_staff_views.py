"""What staff see of texts: where they stand, whom to call, what guests wrote, and never a number."""

import re
from contextvars import Context
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outreach.database import db, transaction
from outreach.events.models import Event
from outreach.messaging import inbound, senders
from outreach.messaging.intake import Text
from outreach.messaging.models import InboundMessage, Message
from outreach.policy import Role
from outreach.registration import service
from outreach.registration.models import Registration
from tests.conftest import NOW
from tests.factories import make_event, make_organization, make_request, make_staff
from tests.messaging.phones import Phone
from tests.pages import sign_in
from tests.queries import count_queries

PAGE = "/staff/messages"


class Browser:
    """A client whose requests know nothing of the application context that a test has open."""

    def __init__(self, client):
        self.client = client
        self.set_cookie = client.set_cookie

    def get(self, path):
        return Context().run(self.client.get, path)

    def post(self, path):
        return Context().run(self.client.post, path)


@pytest.fixture
def staff(web_app, client):
    with web_app.app_context(), transaction():
        make_staff("coord@example.org", Role.COORDINATOR)
    sign_in(client, "coord@example.org")
    return Browser(client)


@pytest.fixture
def runtime(web_app):
    return web_app.extensions["outreach"]


@pytest.fixture
def make_phone(web_app, runtime):
    """A phone inside the application."""
    with web_app.app_context():
        yield lambda number="+18165550123": Phone(runtime.settings, runtime.vault, NOW, number)


@pytest.fixture
def event(make_phone):
    with transaction():
        return make_event(keyword="PICNIC")


def register(phone, event) -> Registration:
    with transaction():
        service.register(
            make_request(event, phone=phone.number, first_name="Amina"), vault=phone.vault, now=phone.now
        )
    return phone.registration()


def set_state(state):
    with transaction():
        db.session.execute(update(Message).values(state=state))


def section(page, name):
    """The text of one part of the page."""
    return page.split(f'aria-labelledby="{name}"')[1].split("</section>")[0]


def test_page_without_texts_says_so(staff):
    page = staff.get(PAGE).text

    assert "Nothing waits." in section(page, "waiting")
    assert "Every text either arrived or is still on its way." in section(page, "missed")


def test_words_for_a_person_are_shown_without_the_number(staff, make_phone, event):
    phone = make_phone()
    row = register(phone, event)
    phone.text("9")
    with transaction():
        text = Text(phone.number, "Can my <sister> come?", False)
        sid = "SM" + "f" * 32
        inbound.receive({sid: text}, vault=phone.vault, now=NOW)
        db.session.execute(
            update(InboundMessage)
            .where(InboundMessage.provider_sid == sid)
            .values(handled_at=NOW, needs_person=True)
        )

    page = staff.get(PAGE).text
    part = section(page, "waiting")
    assert "(1)" in part
    assert "Can my &lt;sister&gt; come?" in part
    assert row.code in part
    assert "Neighbors&#39; Picnic" in part
    for digits in ("8165550123", "816-555-0123", "555-0123", "Amina"):
        assert digits not in page


def test_words_before_the_call_for_a_person_are_shown_in_order(staff, make_phone, event):
    phone, other = make_phone(), make_phone("+18165550124")
    for body in ("English", "Is there a bus", "9"):
        phone.text(body)
    other.text("English")
    other.text("9")
    phone.text("thank you all")

    part = section(staff.get(PAGE).text, "waiting")
    assert "(2)" in part
    words = re.findall(r'<div dir="auto">([^<]*)</div>', part)
    assert words == ["English", "Is there a bus", "9", "thank you all", "English", "9"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [({"body": ""}, "A text without words."), ({"sealed": b"x"}, "These words cannot be read any more.")],
    ids=["empty", "damaged"],
)
def test_text_that_cannot_be_shown_is_named(staff, make_phone, change, sentence):
    phone = make_phone()
    phone.receive(change.get("body", "hello"))
    values = {"needs_person": True, "handled_at": NOW}
    if "sealed" in change:
        values["sealed"] = change["sealed"]
    with transaction():
        db.session.execute(update(InboundMessage).values(**values))

    part = section(staff.get(PAGE).text, "waiting")
    assert sentence in part
    assert "Not registered for a coming event." in part


def test_each_number_leads_to_its_conversation(staff, make_phone, event):
    phone = make_phone()
    register(phone, event)
    phone.text("9")
    phone.text("9")

    part = section(staff.get(PAGE).text, "waiting")
    assert f'href="{PAGE}/{phone.received()[-1].id}"' in part
    assert "2 texts to read" in part
    assert "English</bdi>" in part


def test_words_that_may_refuse_texts_are_marked(staff, make_phone, event):
    make_phone().text("please can you stop all of this now")

    assert "May want no more texts" in section(staff.get(PAGE).text, "waiting")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("unknown", "We do not know yet whether it arrived."),
        ("dead", "We cannot find out whether it arrived."),
        ("failed", "The phone company did not take it."),
        ("undelivered", "It did not reach the phone."),
        ("expired", "It could not be sent in time."),
    ],
)
def test_text_that_may_not_have_arrived_is_listed(staff, make_phone, event, state, sentence):
    phone = make_phone()
    for body in ("PICNIC", "1", "2", "1"):
        phone.text(body)
    set_state("delivered")
    row = phone.registration()
    with transaction():
        db.session.execute(update(Message).where(Message.registration_id == row.id).values(state=state))

    page = staff.get(PAGE).text
    part = section(page, "missed")
    assert "(1)" in part
    assert sentence in part
    assert "Confirmation" in part
    assert row.code in part
    message_id = db.session.scalar(select(Message.id).where(Message.registration_id == row.id))
    assert f'href="{PAGE}/missed/{message_id}/number"' in part
    assert phone.number[2:] not in page


@pytest.mark.parametrize("state", ["ready", "sent", "delivered", "suppressed", "cancelled"])
def test_other_texts_are_only_counted(staff, make_phone, event, state):
    make_phone().text("PICNIC")
    set_state(state)

    assert "(0)" in section(staff.get(PAGE).text, "missed")


def test_texts_about_what_is_over_are_not_listed(staff, make_phone, event, clock):
    phone = make_phone()
    for body in ("PICNIC", "1", "2", "1"):
        phone.text(body)
    with transaction():
        db.session.execute(update(Message).values(state="failed").where(Message.registration_id.is_not(None)))
    assert "(1)" in section(staff.get(PAGE).text, "missed")

    clock.at = db.session.scalar(select(Event.ends_at))
    Context().run(sign_in, staff.client, "coord@example.org")
    assert "(0)" in section(staff.get(PAGE).text, "missed")


def test_counts_add_up(staff, make_phone, event):
    phone = make_phone()
    for body in ("PICNIC", "1", "2"):
        phone.text(body)
    states = iter(("queued", "claimed", "unknown"))
    with transaction():
        for message in phone.owed():
            message.state = next(states)

    part = section(staff.get(PAGE).text, "counts")
    assert '<th scope="row">On the way</th><td class="num">2</td>' in part
    assert '<th scope="row">Not known</th><td class="num">1</td>' in part
    assert '<th scope="row">Delivered</th><td class="num">0</td>' in part


@pytest.mark.parametrize(
    ("role", "sector", "status"),
    [
        (Role.ADMINISTRATOR, None, 200),
        (Role.COORDINATOR, None, 200),
        (Role.ORGANIZER, "library", 403),
        (Role.ORGANIZER, "law_enforcement", 403),
    ],
)
def test_page_is_for_those_who_coordinate(web_app, client, role, sector, status):
    with web_app.app_context(), transaction():
        body = make_organization("Some body", sector=sector) if sector else None
        make_staff("ana@example.org", role, body)
    sign_in(client)

    assert client.get(PAGE).status_code == status


def test_stranger_is_led_to_the_sign_in(client):
    assert client.get(PAGE).location.startswith("/staff/sign-in")


def test_number_of_queries_does_not_grow(staff, web_app, make_phone):
    def add(start, count):
        for number in range(start, start + count):
            with transaction():
                event = make_event(title=f"Picnic {number}")
            phone = make_phone(f"+1816555{100 + number:04}")
            register(phone, event)
            phone.text("9")
        with transaction():
            db.session.execute(
                update(Message).values(
                    state="failed", registration_id=select(Registration.id).limit(1).scalar_subquery()
                )
            )

    def queries():
        with count_queries(web_app) as sent:
            assert staff.get(PAGE).status_code == 200
        return len(sent)

    add(1, 1)
    # The first page of a process asks what stays the same afterwards.
    queries()
    few = queries()
    add(2, 8)
    assert queries() == few


@pytest.mark.parametrize("locale", ["es", "ar"])
def test_page_is_there_in_every_staff_language(staff, make_phone, event, locale):
    make_phone().text("9")
    staff.set_cookie("locale", locale)

    assert f'<html lang="{locale}"' in staff.get(PAGE).text


def test_words_are_kept_out_of_caches(staff):
    assert staff.get(PAGE).headers["Cache-Control"] == "no-store"


def test_old_words_are_gone(staff, make_phone, event):
    make_phone().text("9")
    with transaction():
        inbound.forget(now=NOW + timedelta(days=31))

    assert "Nothing waits." in staff.get(PAGE).text


def test_page_says_why_texts_are_on_hold_and_lets_them_go(staff, runtime, web_app):
    with web_app.app_context(), transaction():
        senders.rest("S", 30034, "configuration", now=NOW)
    page = staff.get(PAGE).text
    assert "Texts are on hold until" in page
    assert "The vendor refuses our account or number." in page
    assert "30034" in page

    assert staff.client.post(f"{PAGE}/resume", data={"sender": "S"}).status_code == 303
    assert "Texts are on hold" not in staff.get(PAGE).text
    assert staff.client.post(f"{PAGE}/resume", data={"sender": "unknown"}).status_code == 303


def test_senders_on_hold_are_told_apart_by_the_end_of_their_name(staff, web_app):
    with web_app.app_context(), transaction():
        for name in ("+18165550188", "MG" + "0" * 28 + "3f2a", "simulator"):
            senders.rest(name, 30034, "configuration", now=NOW)

    found = re.findall(r"<h2 id=\"hold-\d\">(.*?)</h2>", staff.get(PAGE).text)

    words = [re.sub("<[^>]+>", "", heading) for heading in found]
    assert words == [f"Texts are on hold (sender: {name})" for name in ("••• 0188", "••• 3f2a", "simulator")]


def test_page_says_where_carriers_filter_texts(staff, web_app):
    with web_app.app_context(), transaction():
        senders.count_claimed("S", {("day_before", "es"): 40, ("reply", "en"): 400}, now=NOW)
        senders.count_filtered("S", "day_before", "es", now=NOW)
        senders.count_filtered("S", "reply", "en", now=NOW)

    page = staff.get(PAGE).text
    assert "Reminder the day before, Spanish: 1 of 40 in 7 days." in page
    assert "of 400" not in page
