"""Signing in and out on pages."""

import pytest

from outreach.accounts.models import Staff
from outreach.database import db, transaction
from tests.factories import PASSWORD, make_staff
from tests.pages import sign_in


@pytest.fixture
def ana(web_app):
    with web_app.app_context(), transaction():
        make_staff()


def test_sign_in_leads_to_what_needs_doing(client, ana):
    response = sign_in(client)
    assert (response.status_code, response.location) == (303, "/staff/")
    assert b"What needs doing" in client.get("/staff/").data


def test_sign_in_page_knows_whoever_is_signed_in(client, ana):
    sign_in(client)
    assert client.get("/staff/sign-in").location == "/staff/"


@pytest.mark.parametrize(
    ("email", "password"), [("ana@example.org", "guess it"), ("nobody@example.org", PASSWORD)]
)
def test_sign_in_gives_one_answer_for_all_that_is_wrong(client, ana, email, password):
    response = sign_in(client, email, password)
    assert response.status_code == 422
    assert "The e-mail address or the password is not right." in response.text
    assert email in response.text
    assert password not in response.text
    assert "<title>Error:" in response.text


@pytest.mark.parametrize(
    ("after", "location"),
    [
        ("/staff/events?stage=drafts", "/staff/events?stage=drafts"),
        ("https://evil.example", "/staff/"),
        ("//evil.example", "/staff/"),
        ("/\\evil.example", "/staff/"),
        ("", "/staff/"),
    ],
)
def test_sign_in_leads_nowhere_else(client, ana, after, location):
    data = {"email": "ana@example.org", "password": PASSWORD}
    assert client.post("/staff/sign-in", query_string={"next": after}, data=data).location == location


def test_page_that_needs_it_leads_to_the_sign_in_and_back(client, ana):
    response = client.get("/staff/events?stage=drafts")
    assert (response.status_code, response.location) == (
        303,
        "/staff/sign-in?next=/staff/events?stage%3Ddrafts",
    )


def test_guessing_ends_early(client, ana):
    codes = [sign_in(client, password="guess").status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]
    assert sign_in(client).status_code == 429


def test_sign_out_ends_the_session_on_the_server(client, ana):
    sign_in(client)
    cookie = client.get_cookie("session")
    assert client.post("/staff/sign-out").status_code == 303
    client.set_cookie("session", cookie.value)
    assert client.get("/staff/").status_code == 303


def test_session_ends_after_a_pause(client, ana, clock):
    sign_in(client)
    clock.forward(minutes=30)
    assert client.get("/staff/").status_code == 200
    clock.forward(minutes=40)
    assert client.get("/staff/").status_code == 200
    clock.forward(minutes=46)
    assert client.get("/staff/").status_code == 303


def test_switched_off_person_is_out_at_once(client, ana, web_app):
    sign_in(client)
    with web_app.app_context(), transaction() as session:
        session.query(Staff).one().is_active = False
    assert client.get("/staff/").status_code == 303


def test_sign_in_brings_the_language_along(client, ana, web_app):
    with web_app.app_context(), transaction():
        db.session.query(Staff).one().locale = "ar"
    sign_in(client)
    assert 'dir="rtl"' in client.get("/staff/").text


def test_sign_in_leaves_a_language_that_was_chosen_in_this_browser(client, ana, web_app):
    with web_app.app_context(), transaction():
        db.session.query(Staff).one().locale = "ar"
    client.set_cookie("locale", "es")
    sign_in(client)
    assert 'lang="es"' in client.get("/staff/").text


def test_staff_pages_are_kept_nowhere(client, ana):
    sign_in(client)
    assert client.get("/staff/").headers["Cache-Control"] == "no-store"


def test_forged_form_is_refused(web_app, ana):
    web_app.config["WTF_CSRF_ENABLED"] = True
    assert sign_in(web_app.test_client()).status_code == 400
