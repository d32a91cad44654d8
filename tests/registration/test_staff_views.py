"""Staff pages about guests: what an organizer may know, the desk, cancelling for somebody, the door link."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.policy import Role
from outreach.registration import retention, service
from outreach.registration.models import ConsentEvent, Registration
from outreach.runtime import runtime
from outreach.vault import Vault
from tests.factories import NOW, make_event, make_organization, make_request, make_staff
from tests.pages import form_in, sign_in
from tests.queries import count_queries

PHONE = "+18165550123"


@pytest.fixture
def vault(web_app) -> Vault:
    return web_app.extensions["outreach"].vault


@pytest.fixture
def ana(client, web_app):
    with web_app.app_context(), transaction():
        make_staff()
        make_staff("coord@example.org", Role.COORDINATOR)
        make_staff("hall@example.org", organization=make_organization("City Hall"))
        police = make_organization("River Police", sector="law_enforcement")
        make_staff("officer@example.org", organization=police)
    sign_in(client)
    return client


@pytest.fixture
def event(web_app) -> str:
    """The public id of a business tour with ten seats and everything on offer."""
    with web_app.app_context(), transaction():
        return make_event(
            kind="business_tour",
            capacity=10,
            offers=("interpreter", "childcare", "ride"),
            texts={"en": TextDraft("Bakery tour"), "es": TextDraft("Paseo de panaderías")},
        ).public_id


@pytest.fixture
def register(web_app, vault, event):
    def registered(**given) -> Registration:
        with web_app.app_context(), transaction():
            row = db.session.scalar(select(Event).where(Event.public_id == event))
            outcome = service.register(make_request(row, **given), vault=vault, now=NOW)
            return db.session.get_one(Registration, outcome.registration_id)

    return registered


def rows(web_app) -> list[Registration]:
    with web_app.app_context():
        found = list(db.session.scalars(select(Registration).order_by(Registration.id)))
        for row in found:
            _ = row.guest
        return found


def tiles(page: str) -> dict[str, str]:
    found = re.findall(r"<p>([^<]+)</p>\s*<p class=\"stat-value\">([^<]+)</p>", page)
    return dict(found)


DESK = {"door": "desk", "locale": "es", "party_size": "3", "first_name": "Rosa"}


# Who is coming


def test_guests_page_counts_people(ana, event, register):
    register(party_size=4)
    register(party_size=5)
    register(party_size=4)
    assert tiles(ana.get(f"/staff/events/{event}/guests").text) == {
        "People with seats": "9", "Free seats": "1", "People waiting": "4",
    }  # fmt: skip


def test_guests_page_says_how_many_said_again_that_they_come(ana, event, register, web_app):
    coming, silent = register(party_size=4), register(party_size=5)
    assert "Said again" not in ana.get(f"/staff/events/{event}/guests").text
    with web_app.app_context(), transaction():
        assert service.reaffirm(db.session.get_one(Registration, coming.id), now=NOW)

    page = ana.get(f"/staff/events/{event}/guests").text
    assert tiles(page)["Said again that they come"] == "4"
    assert "will come" in page[page.index(coming.code) : page.index(silent.code)]
    assert "will come" not in page[page.index(silent.code) :]

    with web_app.app_context(), transaction():
        db.session.get_one(Registration, coming.id).event.moved_at = NOW + timedelta(hours=1)
    assert "Said again" not in ana.get(f"/staff/events/{event}/guests").text


def test_guests_page_sums_up_needs_by_opening_what_is_sealed(ana, event, register):
    register(locale="es", needs=("interpreter", "childcare"), party_size=3)
    register(locale="ar", needs=("interpreter",), party_size=1)
    register(locale="es", needs=("interpreter",), party_size=1)
    register(locale="so", needs=("interpreter",), party_size=9)  # Waits, and is not counted.
    page = ana.get(f"/staff/events/{event}/guests").text
    needs = page[page.index('id="needs"') : page.index("</section>", page.index('id="needs"'))]
    assert re.findall(r"<li>([^<]+)</li>", needs) == ["Spanish: 2", "Arabic: 1"]
    assert re.findall(r'<td class="num">(\d+)</td>', needs) == ["3", "5", "1", "3"]


def test_guests_page_sums_up_answers_without_saying_whose(ana, event, register):
    register(first_name="Rosa", answers={"owns_business": "yes", "trade": "Tamales"})
    register(first_name="Omar", answers={"owns_business": "yes", "trade": "bikes"})
    register(first_name="Hue", answers={"owns_business": "no"})
    page = ana.get(f"/staff/events/{event}/guests").text
    assert re.findall(r"<li>(Yes|No): (\d)</li>", page) == [("Yes", "2"), ("No", "1")]
    assert page.index("<bdi>bikes</bdi>") < page.index("<bdi>Tamales</bdi>")
    the_list = page[page.index('id="list"') :]
    assert "Rosa" in the_list
    assert "Tamales" not in the_list


def test_guests_page_shows_no_number_and_no_language_beside_a_name(ana, event, register):
    row = register(first_name="Rosa", phone=PHONE, locale="es", needs=("ride",))
    page = ana.get(f"/staff/events/{event}/guests").text
    assert row.code in page
    for hidden in ("8165550123", "816-555-0123", "555-0123", "Spanish", "tel:"):
        assert hidden not in page


def test_guests_page_lists_who_has_seats_then_who_waits(ana, event, register):
    first, waiting, second = register(party_size=6), register(party_size=9), register(party_size=4)
    page = ana.get(f"/staff/events/{event}/guests").text
    places = [page.index(row.code) for row in (first, second, waiting)]
    assert places == sorted(places)
    assert "(number 1)" in page


def test_guests_page_of_nobody(ana, event):
    assert "Nobody has registered yet" in ana.get(f"/staff/events/{event}/guests").text


def test_guests_page_after_the_guests_are_forgotten(ana, event, register, web_app, clock):
    register(party_size=4, first_name="Rosa")
    with web_app.app_context(), transaction():
        row = db.session.scalar(select(Event))
        retention.forget(row, vault=runtime().vault, now=row.ends_at + timedelta(days=3))
    page = ana.get(f"/staff/events/{event}/guests").text
    assert "Registered: 4. Arrived: 0." in page
    assert "Rosa" not in page


def test_guests_page_asks_the_database_the_same_for_any_number(ana, event, register, web_app):
    def queries() -> int:
        with count_queries(web_app) as statements:
            assert ana.get(f"/staff/events/{event}/guests").status_code == 200
        return len(statements)

    register(party_size=1)
    queries()
    few = queries()
    for _ in range(8):
        register(party_size=1, needs=("interpreter",))
    assert queries() == few


def test_guests_page_turns_pages(ana, web_app, vault):
    with web_app.app_context(), transaction():
        many = make_event(capacity=None)
        codes = []
        for _ in range(103):
            outcome = service.register(make_request(many, party_size=1), vault=vault, now=NOW)
            codes.append(outcome.code)
        public_id = many.public_id
    second = ana.get(f"/staff/events/{public_id}/guests?page=2").text
    assert [code in second for code in (codes[99], codes[100], codes[102])] == [False, True, True]
    assert ana.get(f"/staff/events/{public_id}/guests?page=99999999999999999999").status_code == 200


# The desk


def test_desk_asks_for_door_and_language_first(ana, event):
    page = ana.get(f"/staff/events/{event}/guests/new").text
    assert "Español" in page
    assert 'name="party_size"' not in page


def test_desk_shows_consent_in_the_language_of_the_guest(ana, event):
    page = ana.get(f"/staff/events/{event}/guests/new?door=desk&locale=es").text
    assert 'name="party_size"' in page
    assert '<div lang="es" dir="ltr">' in page
    assert "may text me about this event" in page


def test_desk_registers_through_the_one_registration(ana, event, web_app, vault):
    form = form_in(
        ana.get(f"/staff/events/{event}/guests/new?door=paper&locale=es").text, having="party_size"
    )
    data = {
        **form, "party_size": "3", "first_name": "Rosa", "companions": "Luis\nEva", "needs": ["ride"],
        "answer_trade": "Bread", "phone": "(816) 555-0123", "wants_texts": "y",
    }  # fmt: skip
    response = ana.post(f"/staff/events/{event}/guests/new", data=data)
    (row,) = rows(web_app)
    assert response.location.endswith(f"/guests/{row.id}/slip")
    assert (row.door, row.state, row.party_size, row.needs, row.wants_texts) == (
        "paper", "confirmed", 3, ["ride"], True,
    )  # fmt: skip
    with web_app.app_context():
        consent = db.session.scalar(select(ConsentEvent))
        words = vault.open(consent.sealed, place="consent")
    assert (consent.source, words["locale"]) == ("paper", "es")


def test_desk_keeps_no_consent_that_was_not_given(ana, event, web_app):
    ana.post(f"/staff/events/{event}/guests/new", data={**DESK, "phone": "816 555 0123"})
    with web_app.app_context():
        assert db.session.scalar(select(ConsentEvent)) is None
    assert rows(web_app)[0].wants_texts is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"party_size": ""}, "party_size"),
        ({"party_size": "0"}, "party_size"),
        ({"party_size": "500"}, "party_size"),
        ({"party_size": "11"}, "party_size"),
        ({"phone": "12345"}, "phone"),
        ({"first_name": "x" * 41}, "first_name"),
        ({"needs": ["passport"]}, "needs"),
        ({"party_size": "1", "companions": "Luis"}, "companions"),
        ({"wants_texts": "y"}, "phone"),
        ({"answer_trade": "x" * 121}, "answer_trade"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_desk_refuses_at_the_field_and_loses_nothing(ana, event, web_app, changes, field):
    response = ana.post(f"/staff/events/{event}/guests/new", data={**DESK, **changes})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.text
    kept = form_in(response.text, having="party_size")
    assert (kept["door"], kept["locale"]) == (["desk"], ["es"])
    assert kept["first_name"] == [changes.get("first_name", "Rosa")]
    assert rows(web_app) == []


def test_desk_tells_mistakes_of_all_questions_at_once(ana, event):
    page = ana.post(f"/staff/events/{event}/guests/new", data={**DESK, "party_size": "0", "phone": "1"}).text
    assert 'id="party_size-error"' in page
    assert 'id="phone-error"' in page


def test_desk_form_sent_twice_counts_once(ana, event, web_app):
    form = form_in(ana.get(f"/staff/events/{event}/guests/new?door=desk&locale=en").text, having="party_size")
    for _ in range(2):
        assert ana.post(f"/staff/events/{event}/guests/new", data={**form, **DESK}).status_code == 303
    assert len(rows(web_app)) == 1


def test_desk_says_when_a_number_is_on_the_list_already(ana, event, register):
    row = register(phone=PHONE)
    response = ana.post(f"/staff/events/{event}/guests/new", data={**DESK, "phone": "816 555 0123"})
    assert response.location == f"/staff/events/{event}/guests"
    assert f"on the list already, with code {row.code}" in ana.get(response.location).text


def test_desk_puts_on_the_waiting_list(ana, event, register):
    register(party_size=9)
    response = ana.post(f"/staff/events/{event}/guests/new", data=DESK)
    page = ana.get(response.location).text
    assert "number 1 on the waiting list" in page


def test_desk_is_closed_once_the_event_has_begun(ana, event, clock):
    clock.forward(days=7, hours=8)
    sign_in(ana)
    response = ana.get(f"/staff/events/{event}/guests/new")
    assert response.status_code == 409
    assert "has begun" in response.text
    assert ana.post(f"/staff/events/{event}/guests/new", data=DESK).status_code == 409


# Slip and cancelling


def test_slip_is_in_the_language_of_the_guest(ana, event):
    response = ana.post(f"/staff/events/{event}/guests/new", data=DESK)
    page = ana.get(response.location).text
    assert 'lang="es"' in page
    assert "Paseo de panaderías" in page
    address = re.search(r"http://127\.0\.0\.1:8000(/es/pass/[\w-]+)", page)[1]
    assert "<svg" in page[page.index('class="qr"') :]
    assert address


def test_slip_of_a_guest_who_registered_alone_is_nobody_elses(ana, event, register):
    row = register(first_name="Rosa")
    assert ana.get(f"/staff/events/{event}/guests/{row.id}/slip").status_code == 404


def test_party_of_another_event_is_not_found(ana, event, register, web_app):
    row = register()
    with web_app.app_context(), transaction():
        other = make_event().public_id
    for page in ("slip", "cancel"):
        assert ana.get(f"/staff/events/{other}/guests/{row.id}/{page}").status_code == 404
        assert ana.get(f"/staff/events/{event}/guests/999/{page}").status_code == 404


def test_cancel_for_a_guest_asks_first(ana, event, register, web_app):
    row = register(first_name="Rosa", party_size=8)
    waiting = register(party_size=6)
    page = ana.get(f"/staff/events/{event}/guests/{row.id}/cancel").text
    assert row.code in page
    assert "Rosa" in page
    assert ana.post(f"/staff/events/{event}/guests/{row.id}/cancel").status_code == 303
    assert [found.state for found in rows(web_app)] == ["cancelled", "confirmed"]
    page = ana.get(f"/staff/events/{event}/guests").text
    assert row.code not in page
    assert waiting.code in page


# The door


def test_door_link_opens_the_door(ana, event, clock, web_app):
    page = ana.get(f"/staff/events/{event}/guests/door").text
    link = re.search(r"http://127\.0\.0\.1:8000(/door/[\w.-]+)", page)[1]
    assert "<svg" in page
    clock.forward(days=7)
    assert web_app.test_client().get(link).status_code == 200


def test_new_door_link_ends_the_old_one(ana, event, clock, web_app):
    def link() -> str:
        page = ana.get(f"/staff/events/{event}/guests/door").text
        return re.search(r"http://127\.0\.0\.1:8000(/door/[\w.-]+)", page)[1]

    old = link()
    assert ana.post(f"/staff/events/{event}/guests/door").status_code == 303
    new = link()
    clock.forward(days=7)
    visitor = web_app.test_client()
    assert [visitor.get(address).status_code for address in (old, new)] == [404, 200]


# Who sees what


@pytest.mark.parametrize("email", ["hall@example.org", "officer@example.org"])
@pytest.mark.parametrize("page", ["", "/new", "/door", "/1/slip", "/1/cancel"])
def test_guests_do_not_exist_for_others(ana, event, register, web_app, email, page):
    register()
    other = web_app.test_client()
    sign_in(other, email)
    assert other.get(f"/staff/events/{event}/guests{page}").status_code == 404
    assert other.post(f"/staff/events/{event}/guests{page or '/new'}", data=DESK).status_code in (404, 405)
    assert len(rows(web_app)) == 1


@pytest.mark.parametrize("email", ["hall@example.org", "officer@example.org"])
def test_cohost_sees_no_guest(ana, web_app, email):
    with web_app.app_context(), transaction():
        shared = make_event(kind="trust_training", cohosts=("City Hall", "River Police")).public_id
    other = web_app.test_client()
    sign_in(other, email)
    assert other.get(f"/staff/events/{shared}").status_code == 200
    assert other.get(f"/staff/events/{shared}/guests").status_code == 404


@pytest.mark.parametrize(
    ("email", "status"),
    [("ana@example.org", 200), ("coord@example.org", 200), ("officer@example.org", 404)],
)
def test_registrations_list(ana, event, web_app, email, status):
    other = web_app.test_client()
    sign_in(other, email)
    response = other.get("/staff/registrations")
    assert response.status_code == status
    assert (event in response.text) == (status == 200)
