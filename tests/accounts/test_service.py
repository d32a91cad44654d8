"""Accounts: who may sign in, for how long, and who looks after organizations and people."""

from datetime import timedelta

import pytest
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select

from outreach.accounts import service
from outreach.accounts.models import Jurisdiction, Organization, Staff, StaffSession
from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, NotFoundError
from outreach.policy import Actor, Role
from tests.factories import NOW, PASSWORD, make_jurisdictions, make_organization, make_staff

NEW_PASSWORD = "a horse of another color"


@pytest.fixture
def ana(context) -> Staff:
    with transaction():
        return make_staff()


@pytest.fixture
def admin(context) -> Staff:
    with transaction():
        return make_staff("root@example.org", Role.ADMINISTRATOR, name="Root")


def sign_in(email="ana@example.org", password=PASSWORD, now=NOW) -> str | None:
    with transaction():
        return service.sign_in(email, password, now=now)


def fields_of(error: InvalidInputsError) -> set[str]:
    return {problem.field for problem in error.problems}


def test_sign_in_opens_a_session_for_its_person(ana):
    token = sign_in()
    assert service.session_of(token, now=NOW).staff_id == ana.id


def test_sign_in_takes_the_address_as_people_write_it(ana):
    assert sign_in(" Ana@Example.ORG ")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.org", "wrong horse battery"),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("ana@example.org", ""),
    ],
)
def test_sign_in_refuses(ana, email, password):
    assert sign_in(email, password) is None
    assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 0


def test_sign_in_with_an_unknown_address_costs_what_a_known_one_costs():
    """The stand-in has the parameters of real hashes, and no password fits it."""
    assert not service.hasher.check_needs_rehash(service._nobody())
    with pytest.raises(VerifyMismatchError):
        service.hasher.verify(service._nobody(), PASSWORD)


def test_sign_in_refuses_whoever_was_switched_off(ana):
    with transaction():
        ana.is_active = False
    assert sign_in() is None


def test_token_itself_is_not_in_the_database(ana):
    token = sign_in()
    assert token not in db.session.scalar(select(StaffSession.token_hash))


@pytest.mark.parametrize(
    ("touches", "at", "lives"),
    [
        ([], timedelta(minutes=44), True),
        ([], timedelta(minutes=45), False),
        ([40, 80], timedelta(minutes=120), True),
        (range(30, 720, 30), timedelta(hours=11, minutes=59), True),
        (range(30, 750, 30), timedelta(hours=12), False),
    ],
    ids=["just seen", "idle", "kept alive", "a long day", "too long a day"],
)
def test_session_ends(ana, touches, at, lives):
    token = sign_in()
    for minutes in touches:
        found = service.session_of(token, now=NOW + timedelta(minutes=minutes))
        if found:
            with transaction():
                service.touch(found, now=NOW + timedelta(minutes=minutes))
    assert (service.session_of(token, now=NOW + at) is not None) == lives


def test_sign_out_ends_one_session(ana):
    first, second = sign_in(), sign_in()
    with transaction():
        service.sign_out(first)
    assert [service.session_of(token, now=NOW) is None for token in (first, second)] == [True, False]


def test_session_of_nobody(context):
    assert service.session_of("no such token", now=NOW) is None


def test_add_staff_refuses_what_cannot_be(context):
    with pytest.raises(InvalidInputsError) as refused, transaction():
        service.add_staff("ana", "short", name=" ", role=Role.ORGANIZER, organization=None, now=NOW)
    assert fields_of(refused.value) == {"email", "password", "name", "organization"}


def test_add_staff_refuses_an_address_in_use(ana):
    with pytest.raises(ConflictError), transaction():
        make_staff("ANA@example.org")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_police_can_only_be_organizers(context, role):
    with transaction():
        police = make_organization("River Police", sector="law_enforcement")
    with pytest.raises(InvalidInputsError) as refused, transaction():
        make_staff("officer@example.org", role, police)
    assert fields_of(refused.value) == {"role"}


def test_member_of_police_cannot_be_made_a_coordinator_later(ana, admin):
    with transaction():
        police = make_organization("River Police", sector="law_enforcement")
    with pytest.raises(InvalidInputsError), transaction():
        service.change_staff(
            ana,
            name="Ana",
            role=Role.COORDINATOR,
            organization=police,
            is_active=True,
            by_id=admin.id,
            now=NOW,
        )
    db.session.rollback()
    assert ana.actor == Actor(Role.ORGANIZER, ana.organization_id, "library")


def test_change_staff_switches_off_at_once(ana, admin):
    token = sign_in()
    with transaction():
        service.change_staff(
            ana,
            name="Ana",
            role=Role.ORGANIZER,
            organization=ana.organization,
            is_active=False,
            by_id=admin.id,
            now=NOW,
        )
    assert service.session_of(token, now=NOW) is None
    assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 0


def test_change_staff_gives_a_new_password(ana, admin):
    token = sign_in()
    with transaction():
        service.change_staff(
            ana,
            name="Ana B.",
            role=Role.COORDINATOR,
            organization=None,
            is_active=True,
            password=NEW_PASSWORD,
            by_id=admin.id,
            now=NOW,
        )
    assert (ana.name, ana.role, ana.organization) == ("Ana B.", "coordinator", None)
    assert service.session_of(token, now=NOW) is None
    assert sign_in() is None
    assert sign_in(password=NEW_PASSWORD)


def test_change_staff_without_a_password_leaves_it_and_the_sessions(ana, admin):
    token = sign_in()
    with transaction():
        service.change_staff(
            ana,
            name="Ana",
            role=Role.ORGANIZER,
            organization=ana.organization,
            is_active=True,
            by_id=admin.id,
            now=NOW,
        )
    assert service.session_of(token, now=NOW) is not None


@pytest.mark.parametrize("changes", [{"role": Role.COORDINATOR}, {"is_active": False}], ids=["role", "off"])
def test_last_administrator_stays(admin, changes):
    values = {"name": "Root", "role": Role.ADMINISTRATOR, "organization": None, "is_active": True, **changes}
    with pytest.raises(ConflictError), transaction():
        service.change_staff(admin, **values, by_id=admin.id, now=NOW)
    with transaction():
        make_staff("second@example.org", Role.ADMINISTRATOR)
        service.change_staff(admin, **values, by_id=admin.id, now=NOW)


def test_change_password_ends_the_other_sessions(ana):
    here, elsewhere = sign_in(), sign_in()
    with transaction():
        service.change_password(ana, PASSWORD, NEW_PASSWORD, token=here)
    assert [service.session_of(token, now=NOW) is None for token in (here, elsewhere)] == [False, True]
    assert sign_in(password=NEW_PASSWORD)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("wrong horse battery", NEW_PASSWORD, "current"), (PASSWORD, "eleven char", "password")],
)
def test_change_password_refuses(ana, current, new, field):
    with pytest.raises(InvalidInputError) as refused, transaction():
        service.change_password(ana, current, new, token="")
    assert refused.value.field == field
    assert sign_in()


def test_choose_locale(ana):
    with transaction():
        service.choose_locale(ana, "ar")
    assert ana.locale == "ar"
    with pytest.raises(InvalidInputError), transaction():
        service.choose_locale(ana, "tlh")


def test_add_organization_tidies_its_name(context):
    with transaction():
        body = service.add_organization("  City\n Hall ", sector="local_government")
    assert (body.name, body.is_trusted, body.sector) == ("City Hall", False, "local_government")
    assert service.organization_named("City Hall") is body


@pytest.mark.parametrize(
    ("name", "changes", "field"),
    [
        ("", {}, "name"),
        ("x" * 201, {}, "name"),
        ("City Hall", {"sector": "navy"}, "sector"),
        ("City Hall", {"website": "javascript:alert(1)"}, "website"),
        ("City Hall", {"website": "https://" + "x" * 300}, "website"),
    ],
)
def test_add_organization_refuses(context, name, changes, field):
    with pytest.raises(InvalidInputError) as refused, transaction():
        service.add_organization(name, **{"sector": "nonprofit", **changes})
    assert refused.value.field == field


def test_names_of_organizations_are_used_once(context):
    with transaction():
        library, hall = make_organization(), make_organization("City Hall")
    with pytest.raises(ConflictError), transaction():
        service.add_organization(library.name, sector="library")
    with pytest.raises(ConflictError), transaction():
        service.change_organization(
            hall, name=library.name, jurisdiction=None, website=None, is_trusted=False
        )
    assert db.session.scalar(select(func.count()).select_from(Organization)) == 2


def test_change_organization_keeps_its_sector(context):
    with transaction():
        county = make_jurisdictions()["jackson-county-mo"]
        body = make_organization()
        service.change_organization(
            body, name=body.name, jurisdiction=county, website="https://example.org", is_trusted=True
        )
    assert (body.sector, body.jurisdiction, body.website, body.is_trusted) == (
        "library", county, "https://example.org", True,
    )  # fmt: skip


def test_unknown_organization_is_named(context):
    with pytest.raises(NotFoundError, match="Nobody"):
        service.organization_named("Nobody")


def test_jurisdictions_are_a_tree(context):
    with transaction() as session:
        county = make_jurisdictions()["jackson-county-mo"]
        session.add(Jurisdiction(slug="kcmo", name="Kansas City", level="city", state="MO", parent=county))
    assert [(depth, place.slug) for depth, place in service.jurisdictions()] == [
        (0, "kansas-city-region"),
        (1, "jackson-county-mo"),
        (2, "kcmo"),
        (1, "wyandotte-county-ks"),
    ]


def test_lists_are_by_name(ana, admin):
    with transaction():
        make_organization("alpha"), make_organization("Zeta")
    assert [body.name for body in service.organizations()] == ["alpha", "Northeast Library", "Zeta"]
    assert [person.name for person in service.people()] == ["Ana", "Root"]
