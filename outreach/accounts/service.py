"""Signing in and out, and keeping staff and organizations; knows no page."""

import hashlib
import re
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import joinedload

from outreach import audit
from outreach.accounts.models import Jurisdiction, Organization, Staff, StaffSession
from outreach.accounts.sectors import SECTORS
from outreach.chain import Deed
from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, NotFoundError
from outreach.i18n import LANGUAGES, N_
from outreach.identifiers import link_token, public_id
from outreach.policy import Role, can_hold

#: ASVS 5.0 6.2.9 asks for 8 and advises 15; length is the only rule, composition rules help nobody.
MINIMUM_PASSWORD_CHARACTERS = 12
NAME_CHARACTERS = 200
IDLE_LIMIT = timedelta(minutes=45)
ABSOLUTE_LIMIT = timedelta(hours=12)

#: Argon2id with the library's parameters; a test that is not about passwords puts a quick one here.
hasher = PasswordHasher()
#: Salt and hash, all zero, that no password leads to.
_NO_SALT, _NO_HASH = "A" * 22, "A" * 43
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def add_staff(
    email: str,
    password: str,
    *,
    name: str,
    role: Role,
    organization: Organization | None,
    by_id: int | None = None,
    now: datetime,
) -> Staff:
    """Adds a person who may sign in; `by_id` is who of the staff does it, None for a command. Flushes.

    Raises InvalidInputsError for an unusable name, address or password and for a role that the
    organization's sector may not hold; ConflictError when the address is taken.
    """
    email, name = email.strip().lower(), _one_line(name)
    problems = _password_problems(password)
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        problems.append(
            InvalidInputError(N_("Enter an e-mail address like name@example.org."), field="email")
        )
    problems += _person_problems(name, role, organization)
    if problems:
        raise InvalidInputsError(problems)
    if db.session.scalar(select(Staff.id).where(Staff.email == email)) is not None:
        raise ConflictError(N_("There is already an account with this e-mail address."))
    staff = Staff(
        email=email,
        name=name,
        role=role.value,
        organization=organization,
        password_hash=hasher.hash(password),
        created_at=now,
    )
    db.session.add(staff)
    db.session.flush()
    audit.record(Deed.STAFF_ADDED, staff_id=by_id, subject=f"staff:{staff.id}:{role}", now=now)
    return staff


def sign_in(email: str, password: str, *, now: datetime) -> str | None:
    """The token of a new session, or None when address and password do not fit an active account.

    Takes the same time whether or not the address is known. Flushes.
    """
    staff = db.session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    is_usable = staff is not None and staff.is_active
    try:
        hasher.verify(staff.password_hash if staff and is_usable else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    if staff is None or not is_usable:
        return None
    token = link_token()
    db.session.add(StaffSession(token_hash=_hash(token), staff_id=staff.id, created_at=now, seen_at=now))
    db.session.flush()
    return token


def _nobody() -> str:
    """Verified against where no such account exists, so that both answers take the same time."""
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${_NO_SALT}${_NO_HASH}"


def session_of(token: str, *, now: datetime) -> StaffSession | None:
    """The live session behind a token: seen lately, not too old, its person still active."""
    session = db.session.scalar(
        select(StaffSession).where(
            StaffSession.token_hash == _hash(token),
            StaffSession.seen_at > now - IDLE_LIMIT,
            StaffSession.created_at > now - ABSOLUTE_LIMIT,
        )
    )
    return session if session is not None and session.staff.is_active else None


def touch(session: StaffSession, *, now: datetime) -> None:
    """Keeps a session alive. Flushes nothing else."""
    db.session.execute(update(StaffSession).where(StaffSession.id == session.id).values(seen_at=now))


def sign_out(token: str) -> None:
    """Ends one session; asking twice is harmless."""
    db.session.execute(delete(StaffSession).where(StaffSession.token_hash == _hash(token)))


def end_sessions(staff: Staff, *, but: str = "") -> None:
    """Ends every session of a person, as after a new password; `but` is the token of one that stays."""
    db.session.execute(
        delete(StaffSession).where(StaffSession.staff_id == staff.id, StaffSession.token_hash != _hash(but))
    )


def change_staff(
    staff: Staff,
    *,
    name: str,
    role: Role,
    organization: Organization | None,
    is_active: bool,
    password: str = "",
    by_id: int,
    now: datetime,
) -> None:
    """Says anew who somebody is and what they are here for; an empty password leaves theirs. Flushes.

    Whoever is switched off or given a password is signed out everywhere. Raises InvalidInputsError as
    `add_staff` does, and ConflictError when nobody would be left to administer.
    """
    name = _one_line(name)
    problems = _person_problems(name, role, organization) + (_password_problems(password) if password else [])
    if problems:
        raise InvalidInputsError(problems)
    is_administrator = role is Role.ADMINISTRATOR and is_active
    if staff.role == Role.ADMINISTRATOR and staff.is_active and not is_administrator:
        _require_another_administrator(staff)
    deed = _deed(staff, role, organization, is_active=is_active, password=password)
    staff.name, staff.role, staff.organization, staff.is_active = name, role.value, organization, is_active
    if password:
        staff.password_hash = hasher.hash(password)
    if password or not is_active:
        end_sessions(staff)
    db.session.flush()
    audit.record(deed, staff_id=by_id, subject=f"staff:{staff.id}:{role}", now=now)


def _deed(
    staff: Staff, role: Role, organization: Organization | None, *, is_active: bool, password: str
) -> Deed:
    """What a change of an account is above all."""
    if staff.is_active and not is_active:
        return Deed.STAFF_SWITCHED_OFF
    if (staff.role, staff.organization) != (role, organization):
        return Deed.ROLE_CHANGED
    return Deed.PASSWORD_GIVEN if password else Deed.STAFF_CHANGED


def change_password(staff: Staff, current: str, new: str, *, token: str) -> None:
    """Gives somebody a new password of their own choice and ends their other sessions. Flushes.

    `token` is the session they ask from. Raises InvalidInputError (field "current" or "password").
    """
    try:
        hasher.verify(staff.password_hash, current)
    except (VerificationError, InvalidHashError):
        raise InvalidInputError(N_("This is not your password."), field="current") from None
    problems = _password_problems(new)
    if problems:
        raise problems[0]
    staff.password_hash = hasher.hash(new)
    end_sessions(staff, but=token)
    db.session.flush()


def choose_locale(staff: Staff, locale: str) -> None:
    """Remembers the language somebody works in. Flushes. Raises InvalidInputError for an unknown one."""
    if locale not in LANGUAGES:
        raise InvalidInputError(N_("Choose a language from the list."), field="locale")
    staff.locale = locale
    db.session.flush()


def people() -> list[Staff]:
    """Everybody who may sign in or could before, by name, with their organizations."""
    return list(
        db.session.scalars(
            select(Staff).options(joinedload(Staff.organization)).order_by(Staff.name, Staff.id)
        )
    )


def organizations() -> list[Organization]:
    """All organizations, by name, with their places."""
    return list(
        db.session.scalars(
            select(Organization)
            .options(joinedload(Organization.jurisdiction))
            .order_by(func.lower(Organization.name))
        )
    )


def jurisdictions() -> list[tuple[int, Jurisdiction]]:
    """The tree of places, each with its depth, a place before what it contains."""
    inside: dict[int | None, list[Jurisdiction]] = {}
    for row in db.session.scalars(select(Jurisdiction).order_by(Jurisdiction.name)):
        inside.setdefault(row.parent_id, []).append(row)

    def below(parent_id: int | None, depth: int) -> list[tuple[int, Jurisdiction]]:
        return [
            line for row in inside.get(parent_id, []) for line in [(depth, row), *below(row.id, depth + 1)]
        ]

    return below(None, 0)


def add_organization(
    name: str,
    *,
    sector: str,
    jurisdiction: Jurisdiction | None = None,
    website: str | None = None,
    is_trusted: bool = False,
    reference: str | None = None,
) -> Organization:
    """Adds an organization; `reference` keeps a stable id from an import file. Flushes.

    Raises InvalidInputError for an unknown sector, an unusable name or web address, ConflictError for
    a name in use.
    """
    name = _one_line(name)
    if sector not in SECTORS:
        raise InvalidInputError(N_("Choose a sector from the list."), field="sector")
    _check_organization(name, website)
    organization = Organization(
        public_id=reference or public_id(),
        name=name,
        sector=sector,
        jurisdiction=jurisdiction,
        website=website,
        is_trusted=is_trusted,
    )
    db.session.add(organization)
    db.session.flush()
    return organization


def change_organization(
    organization: Organization,
    *,
    name: str,
    jurisdiction: Jurisdiction | None,
    website: str | None,
    is_trusted: bool,
) -> None:
    """Says anew what an organization is called, where it is and whether it is trusted. Flushes.

    Its sector stays: it decides what its people may see. Raises as `add_organization` does.
    """
    name = _one_line(name)
    _check_organization(name, website, but=organization)
    organization.name, organization.jurisdiction = name, jurisdiction
    organization.website, organization.is_trusted = website, is_trusted
    db.session.flush()


def organization_named(name: str) -> Organization:
    """The organization of that name. Raises NotFoundError."""
    found = db.session.scalar(select(Organization).where(Organization.name == name))
    if found is None:
        raise NotFoundError(N_("There is no organization named %(name)s."), name=name)
    return found


def _check_organization(name: str, website: str | None, *, but: Organization | None = None) -> None:
    if not name or len(name) > NAME_CHARACTERS:
        raise InvalidInputError(
            N_("Enter a name of at most %(count)s characters."), field="name", count=NAME_CHARACTERS
        )
    if website and (not website.startswith(("https://", "http://")) or len(website) > 300):
        raise InvalidInputError(N_("Enter a web address that begins with https://"), field="website")
    other_id = db.session.scalar(select(Organization.id).where(Organization.name == name))
    if other_id is not None and (but is None or other_id != but.id):
        raise ConflictError(N_("There is already an organization with this name."))


def _password_problems(password: str) -> list[InvalidInputError]:
    if len(password) >= MINIMUM_PASSWORD_CHARACTERS:
        return []
    return [
        InvalidInputError(
            N_("A password needs at least %(count)s characters."),
            field="password",
            count=MINIMUM_PASSWORD_CHARACTERS,
        )
    ]


def _person_problems(name: str, role: Role, organization: Organization | None) -> list[InvalidInputError]:
    problems = []
    if not name or len(name) > 120:
        problems.append(
            InvalidInputError(N_("Enter a name of at most %(count)s characters."), field="name", count=120)
        )
    if not can_hold(role, organization.sector if organization else None):
        problems.append(
            InvalidInputError(
                N_("People of a law-enforcement organization can only be organizers."), field="role"
            )
        )
    if role is Role.ORGANIZER and organization is None:
        problems.append(InvalidInputError(N_("An organizer needs an organization."), field="organization"))
    return problems


def _require_another_administrator(staff: Staff) -> None:
    other = db.session.scalar(
        select(Staff.id)
        .where(Staff.role == Role.ADMINISTRATOR.value, Staff.is_active, Staff.id != staff.id)
        .limit(1)
    )
    if other is None:
        raise ConflictError(N_("Somebody must remain who can add and change staff."))


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _hash(token: str) -> str:
    # A 128-bit random token needs no key and no slow hash: there is nothing to guess from.
    return hashlib.sha256(token.encode()).hexdigest()
