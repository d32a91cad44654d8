"""A guest's own calendar feed: what it shows, and everything it keeps to itself."""

from datetime import timedelta

import pytest
import vobject
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events import calendar, planning
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.registration import service
from outreach.registration.models import Registration
from tests.factories import NOW, make_event, make_request
from tests.queries import count_queries

PHONE = "+18165550123"


@pytest.fixture
def secrets(web_app):
    return web_app.extensions["outreach"].vault


@pytest.fixture
def make(web_app):
    """Makes an event; returns its public id."""

    def make(**given) -> str:
        with web_app.app_context(), transaction():
            return make_event(**given).public_id

    return make


@pytest.fixture
def register(web_app, secrets):
    """Registers a party; returns the token of its pass."""

    def register(public_id, **given):
        with web_app.app_context(), transaction():
            event = event_of(public_id)
            return service.register(make_request(event, **given), vault=secrets, now=NOW).pass_token

    return register


@pytest.fixture
def change(web_app):
    """Does something to the registration of an event."""

    def change(public_id, action) -> None:
        with web_app.app_context(), transaction():
            event = event_of(public_id)
            action(
                db.session.scalars(select(Registration).where(Registration.event_id == event.id)).first(),
                event,
            )

    return change


def event_of(public_id) -> Event:
    return db.session.query(Event).filter_by(public_id=public_id).one()


def address(token, locale="en") -> str:
    return f"/{locale}/pass/{token}.ics"


def shown(client, token, locale="en"):
    response = client.get(address(token, locale))
    assert response.status_code == 200
    return vobject.readOne(response.text).contents.get("vevent", [])


def test_feed_shows_what_the_guest_is_coming_to(client, make, register):
    token = register(make(title="Picnic"))
    make(title="Chess")
    [entry] = shown(client, token)
    assert (entry.summary.value, entry.status.value, entry.transp.value) == ("Picnic", "CONFIRMED", "OPAQUE")
    assert entry.contents["class"][0].value == "PRIVATE"
    assert entry.description.value.startswith("You are registered.\n")


def test_feed_and_public_feed_hold_different_entries(client, make, register):
    public_id = make()
    [entry] = shown(client, register(public_id))
    public = vobject.readOne(client.get("/en/calendar.ics").text).vevent
    assert (entry.uid.value, public.uid.value) == (
        f"r-{public_id}@outreach.test",
        f"e-{public_id}@outreach.test",
    )


def test_answer_is_for_the_guest_s_program_alone(client, make, register):
    response = client.get(address(register(make())))
    headers = {
        name: response.headers[name]
        for name in (
            "Content-Type",
            "Cache-Control",
            "X-Robots-Tag",
            "Referrer-Policy",
            "Content-Disposition",
        )
    }
    assert headers == {
        "Content-Type": "text/calendar; charset=utf-8",
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
        "Content-Disposition": 'inline; filename="my-events.ics"',
    }
    assert "Set-Cookie" not in response.headers
    assert vobject.readOne(response.text).contents["refresh-interval"][0].value == "PT1H"


def test_feed_never_holds_its_own_address(client, make, register):
    token = register(make())
    response = client.get(address(token))
    assert token not in response.text.replace("\r\n ", "")
    assert token not in str(response.headers)
    assert "SOURCE" not in response.text


def test_feed_keeps_to_itself_what_the_guest_told_us(client, web_app, make, register, change):
    public_id = make(
        title="Fair", kind="business_tour", delivery="hybrid", online_url="https://meet.example.org/room"
    )
    token = register(
        public_id,
        phone=PHONE,
        first_name="Amina",
        companions=("Yusuf",),
        party_size=3,
        needs=("interpreter", "childcare"),
        answers={"owns_business": "yes", "trade": "Tailoring"},
    )
    change(public_id, lambda row, event: setattr(row, "code", "135791"))
    text = client.get(address(token)).text.replace("\r\n ", "").lower()
    for secret in (
        "amina", "yusuf", "interpreter", "childcare", "tailoring", "meet.example.org", "5550123", "135791"
    ):  # fmt: skip
        assert secret not in text


def test_private_matter_has_a_neutral_title(client, make, register):
    token = register(
        make(kind="workshop", texts={"en": TextDraft("Know your lease"), "es": TextDraft("Renta")})
    )
    for locale in ("en", "es"):
        [entry] = shown(client, token, locale)
        assert "lease" not in entry.serialize().lower()
        assert "renta" not in entry.serialize().lower()


def test_waiting_party_becomes_a_confirmed_one(client, web_app, secrets, make, register, change):
    public_id = make(capacity=2, title="Picnic")
    first = register(public_id, party_size=2)
    token = register(public_id, party_size=1)
    [waiting] = shown(client, token)
    assert (waiting.uid.value[:2], waiting.status.value) == ("w-", "TENTATIVE")
    assert waiting.summary.value == "Waiting list: Picnic"
    with web_app.app_context(), transaction():
        guest = service.guest_by_token(first, vault=secrets)
        service.cancel(service.registrations_of(guest)[0], now=NOW)
        row = service.registrations_of(service.guest_by_token(token, vault=secrets))[0]
        if row.state == "offered":
            assert service.accept_offer(row, now=NOW)
    [entry] = shown(client, token)
    assert (entry.uid.value[:2], entry.status.value, entry.summary.value) == ("r-", "CONFIRMED", "Picnic")
    assert shown(client, first) == []


def test_cancelled_registration_leaves_the_calendar(client, make, register, change):
    public_id = make()
    token = register(public_id)
    assert len(shown(client, token)) == 1
    change(public_id, lambda row, event: service.cancel(row, now=NOW))
    assert shown(client, token) == []


def test_cancelled_event_is_struck_through(client, make, register, change, clock):
    public_id = make(title="Picnic")
    token = register(public_id)
    shown(client, token)
    clock.forward(hours=1)
    change(public_id, lambda row, event: planning.cancel(event, "Rain.", locale="en", now=clock()))
    [entry] = shown(client, token)
    assert (entry.status.value, entry.transp.value) == ("CANCELLED", "TRANSPARENT")
    assert entry.summary.value == "Canceled: Picnic"
    assert entry.description.value.startswith("Rain.\n")
    assert int(entry.sequence.value) == 1


def test_every_unknown_pass_gets_the_same_answer(client, web_app, secrets, make, register):
    token = register(make())
    with web_app.app_context(), transaction():
        service.delete_guest(service.guest_by_token(token, vault=secrets), now=NOW)
    answers = {
        (response.status_code, response.content_type, response.text)
        for response in (client.get(address(name)) for name in (token, "A" * 22, "x", "ünknown"))
    }
    sentence = "This pass is not known any more. Passes end three days after the event.\n"
    assert answers == {(404, "text/plain; charset=utf-8", sentence)}


def test_copy_is_confirmed_by_its_tag(client, make, register):
    token = register(make())
    weak = client.get(address(token)).headers["ETag"]
    again = client.get(address(token), headers={"If-None-Match": weak})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    assert client.head(address(token)).status_code == 200


def test_kept_entries_are_not_rendered_again(client, web_app, make, register, monkeypatch):
    token = register(make())
    client.get(address(token))

    def never(*given, **more):
        raise AssertionError("rendered again")

    monkeypatch.setattr(calendar, "fragment", never)
    with count_queries(web_app) as sent:
        assert len(shown(client, token)) == 1
    assert len(sent) <= 3


def test_two_guests_of_one_event_share_its_entry_and_nothing_else(client, make, register):
    public_id = make()
    tokens = [register(public_id, first_name=name) for name in ("Amina", "Bashir")]
    assert len({shown(client, token)[0].serialize() for token in tokens}) == 1


def test_feed_of_nothing_is_a_whole_calendar(client, make, register, change, clock):
    public_id = make()
    token = register(public_id)
    clock.forward(hours=1)
    change(public_id, lambda row, event: service.cancel(row, now=clock()))
    found = vobject.readOne(client.get(address(token)).text)
    assert "vtimezone" in found.contents
    assert found.contents["last-modified"][0].value == "20260907T160000Z"


def test_feed_shows_several_events(client, make, register):
    public_ids = [make(title=title, starts_at=NOW + timedelta(days=d)) for title, d in (("B", 3), ("A", 2))]
    token = register(public_ids[0], phone=PHONE, is_phone_proven=True)
    assert register(public_ids[1], phone=PHONE, is_phone_proven=True) == token
    assert [entry.summary.value for entry in shown(client, token)] == ["A", "B"]
