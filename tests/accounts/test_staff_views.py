"""Pages for one's own account, for organizations and for people."""

import pytest
from sqlalchemy import select

from outreach.accounts.models import Organization, Staff
from outreach.database import db, transaction
from outreach.policy import Role
from tests.factories import PASSWORD, make_jurisdictions, make_organization, make_staff
from tests.pages import form_in, sign_in

NEW_PASSWORD = "a horse of another color"


@pytest.fixture
def people(web_app):
    with web_app.app_context(), transaction():
        make_jurisdictions()
        make_staff("root@example.org", Role.ADMINISTRATOR, name="Root")
        make_staff("coord@example.org", Role.COORDINATOR, name="Coord")
        make_staff("ana@example.org", Role.ORGANIZER)
        make_organization("River Police", sector="law_enforcement")


@pytest.fixture
def root(client, people):
    sign_in(client, "root@example.org")
    return client


def body_named(app, name) -> Organization:
    with app.app_context():
        return db.session.scalar(select(Organization).where(Organization.name == name))


def person_with(app, email) -> Staff:
    with app.app_context():
        found = db.session.scalar(select(Staff).where(Staff.email == email))
        _ = found and found.organization
        return found


def test_organization_is_added(root, web_app):
    response = root.post(
        "/staff/organizations/new",
        data={
            "name": " City  Hall ", "sector": "local_government", "jurisdiction": "jackson-county-mo",
            "website": "https://example.org", "is_trusted": "y",
        },
    )  # fmt: skip
    assert (response.status_code, response.location) == (303, "/staff/organizations")
    body = body_named(web_app, "City Hall")
    assert (body.sector, body.is_trusted, body.website) == ("local_government", True, "https://example.org")
    page = root.get("/staff/organizations").text
    assert "City Hall is added." in page
    assert "Jackson County, MO" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"name": "", "sector": "library"}, "Enter a name"),
        ({"name": "City Hall", "sector": "navy"}, "Choose a sector"),
        ({"name": "Northeast Library", "sector": "library"}, "already an organization"),
        ({"name": "City Hall", "sector": "library", "website": "ftp://x"}, "https://"),
    ],
)
def test_organization_is_refused_and_nothing_typed_is_lost(root, data, sentence):
    response = root.post("/staff/organizations/new", data={"website": "https://kept.example", **data})
    assert response.status_code == 422
    assert sentence in response.text
    assert "There is a problem" in response.text
    kept = form_in(response.text, having="name")
    assert (kept["name"], kept["website"]) == ([data["name"]], [data.get("website", "https://kept.example")])


def test_organization_is_changed_but_never_its_sector(root, web_app):
    address = f"/staff/organizations/{body_named(web_app, 'River Police').public_id}"
    form = form_in(root.get(address).text, having="name")
    assert "sector" not in form
    response = root.post(
        address, data={**form, "name": "Lake Police", "sector": "library", "is_trusted": "y"}
    )
    assert response.status_code == 303
    body = body_named(web_app, "Lake Police")
    assert (body.sector, body.is_trusted) == ("law_enforcement", True)


def test_unknown_organization_is_not_found(root):
    assert root.get("/staff/organizations/nothing").status_code == 404


def test_person_is_added_and_may_sign_in(root, web_app, people):
    response = root.post(
        "/staff/people/new",
        data={
            "name": "Bo", "email": "bo@example.org", "password": PASSWORD, "role": "organizer",
            "organization": body_named(web_app, "Northeast Library").public_id,
        },
    )  # fmt: skip
    assert response.status_code == 303
    assert person_with(web_app, "bo@example.org").organization.name == "Northeast Library"
    assert sign_in(web_app.test_client(), "bo@example.org").status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "bo"}, "email"),
        ({"password": "short"}, "password"),
        ({"name": ""}, "name"),
        ({"role": "king"}, "role"),
        ({"organization": ""}, "organization"),
        ({"email": "ana@example.org"}, None),
    ],
    ids=["email", "password", "name", "role", "organization", "taken"],
)
def test_person_is_refused_at_the_field(root, web_app, changes, field):
    library = body_named(web_app, "Northeast Library").public_id
    data = {"name": "Bo", "email": "bo@example.org", "password": PASSWORD, "role": "organizer"}
    response = root.post("/staff/people/new", data={**data, "organization": library, **changes})
    assert response.status_code == 422
    assert field is None or f'id="{field}-error"' in response.text
    assert PASSWORD not in response.text


def test_officer_cannot_be_made_a_coordinator(root, web_app):
    police = body_named(web_app, "River Police").public_id
    data = {"name": "Of", "email": "of@example.org", "password": PASSWORD, "role": "coordinator"}
    response = root.post("/staff/people/new", data={**data, "organization": police})
    assert response.status_code == 422
    assert 'id="role-error"' in response.text


def test_person_is_switched_off(root, web_app):
    person = person_with(web_app, "ana@example.org")
    other = web_app.test_client()
    sign_in(other)
    form = form_in(root.get(f"/staff/people/{person.id}").text, having="role")
    del form["is_active"]
    assert root.post(f"/staff/people/{person.id}", data=form).status_code == 303
    assert other.get("/staff/").status_code == 303
    assert sign_in(other).status_code == 422


def test_page_of_a_person_changes_nothing_by_being_sent_back(root, web_app):
    person = person_with(web_app, "ana@example.org")
    form = form_in(root.get(f"/staff/people/{person.id}").text, having="role")
    assert root.post(f"/staff/people/{person.id}", data=form).status_code == 303
    after = person_with(web_app, "ana@example.org")
    assert (after.name, after.role, after.organization_id, after.is_active, after.password_hash) == (
        person.name, person.role, person.organization_id, person.is_active, person.password_hash,
    )  # fmt: skip


def test_last_administrator_cannot_leave(root, web_app):
    person = person_with(web_app, "root@example.org")
    form = form_in(root.get(f"/staff/people/{person.id}").text, having="role")
    response = root.post(f"/staff/people/{person.id}", data={**form, "role": "coordinator"})
    assert response.status_code == 422
    assert "Somebody must remain" in response.text


def test_unknown_person_is_not_found(root):
    assert root.get("/staff/people/999").status_code == 404


def test_language_is_remembered_with_the_account(client, people, web_app):
    sign_in(client)
    assert client.post("/staff/account/language", data={"locale": "ar"}).status_code == 303
    assert 'dir="rtl"' in client.get("/staff/account").text
    assert person_with(web_app, "ana@example.org").locale == "ar"
    assert client.post("/staff/account/language", data={"locale": "tlh"}).status_code == 422


def test_password_is_changed_by_its_owner(client, people, web_app):
    sign_in(client)
    elsewhere = web_app.test_client()
    sign_in(elsewhere)
    data = {"current": PASSWORD, "password": NEW_PASSWORD}
    assert client.post("/staff/account/password", data=data).status_code == 303
    assert client.get("/staff/account").status_code == 200
    assert elsewhere.get("/staff/account").status_code == 303
    assert sign_in(elsewhere, password=NEW_PASSWORD).status_code == 303


def test_password_is_not_changed_by_somebody_at_an_open_screen(client, people):
    sign_in(client)
    data = {"current": "guess", "password": NEW_PASSWORD}
    codes = [client.post("/staff/account/password", data=data).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("email", "sections"),
    [
        (
            "root@example.org",
            "events review registrations messages plan engagement organizations people holds audit account",
        ),
        ("coord@example.org", "events review registrations messages plan engagement organizations account"),
        ("ana@example.org", "events registrations plan engagement account"),
        ("officer@example.org", "events account"),
    ],
)
def test_menu_shows_what_somebody_may_open(client, people, web_app, email, sections):
    with web_app.app_context(), transaction():
        make_staff("officer@example.org", organization=make_organization("River Police"))
    sign_in(client, email)
    page = client.get("/staff/").text
    menu = page[page.index('class="menu side"') : page.index("</nav>", page.index('class="menu side"'))]
    assert [part.split('"')[0] for part in menu.split('href="/staff/')[1:]] == sections.split()
