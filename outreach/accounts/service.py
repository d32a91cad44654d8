"""Signing in and out, and keeping staff and organizations; knows no page."""

import hashlib
import re
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from outreach.accounts.models import Jurisdiction, Organization, Staff, StaffSession
from outreach.accounts.sectors import SECTORS
from outreach.database import db
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.i18n import N_
from outreach.identifiers import link_token, public_id
from outreach.policy import Role, can_hold

#: ASVS 5.0 6.2.9 asks for 8 and advises 15; length is the only rule, composition rules help nobody.
MINIMUM_PASSWORD_CHARACTERS = 12
IDLE_LIMIT = timedelta(minutes=45)
ABSOLUTE_LIMIT = timedelta(hours=12)

_hasher = PasswordHasher()
#: Verified against when no such account exists, so that both answers take the same time.
_NOBODY = _hasher.hash("nobody signs in with this")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def add_staff(
    email: str, password: str, *, name: str, role: Role, organization: Organization | None, now: datetime
) -> Staff:
    """Adds a person who may sign in. Flushes.

    Raises InvalidInputError for an unusable address, password, or a role that the organization's
    sector may not hold; ConflictError when the address is taken.
    """
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InvalidInputError(N_("Enter an e-mail address like name@example.org."), field="email")
    if len(password) < MINIMUM_PASSWORD_CHARACTERS:
        raise InvalidInputError(
            N_("A password needs at least %(count)s characters."),
            field="password",
            count=MINIMUM_PASSWORD_CHARACTERS,
        )
    if not can_hold(role, organization.sector if organization else None):
        raise InvalidInputError(
            N_("People of a law-enforcement organization can only be organizers."), field="role"
        )
    if role is Role.ORGANIZER and organization is None:
        raise InvalidInputError(N_("An organizer needs an organization."), field="organization")
    if db.session.scalar(select(Staff.id).where(Staff.email == email)) is not None:
        raise ConflictError(N_("There is already an account with this e-mail address."))
    staff = Staff(
        email=email,
        name=name.strip(),
        role=role.value,
        organization=organization,
        password_hash=_hasher.hash(password),
        created_at=now,
    )
    db.session.add(staff)
    db.session.flush()
    return staff


def sign_in(email: str, password: str, *, now: datetime) -> str | None:
    """The token of a new session, or None when address and password do not fit an active account.

    Takes the same time whether or not the address is known. Flushes.
    """
    staff = db.session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    is_usable = staff is not None and staff.is_active
    try:
        _hasher.verify(staff.password_hash if staff and is_usable else _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return None
    if staff is None or not is_usable:
        return None
    token = link_token()
    db.session.add(StaffSession(token_hash=_hash(token), staff_id=staff.id, created_at=now, seen_at=now))
    db.session.flush()
    return token


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


def end_sessions(staff: Staff) -> None:
    """Ends every session of a person, as after a new password."""
    db.session.execute(delete(StaffSession).where(StaffSession.staff_id == staff.id))


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

    Raises InvalidInputError for an unknown sector or an empty name, ConflictError for a name in use.
    """
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise InvalidInputError(N_("Enter a name of at most %(count)s characters."), field="name", count=200)
    if sector not in SECTORS:
        raise InvalidInputError(N_("Choose a sector from the list."), field="sector")
    if db.session.scalar(select(Organization.id).where(Organization.name == name)) is not None:
        raise ConflictError(N_("There is already an organization with this name."))
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


def organization_named(name: str) -> Organization:
    """The organization of that name. Raises NotFoundError."""
    found = db.session.scalar(select(Organization).where(Organization.name == name))
    if found is None:
        raise NotFoundError(N_("There is no organization named %(name)s."), name=name)
    return found


def _hash(token: str) -> str:
    # A 128-bit random token needs no key and no slow hash: there is nothing to guess from.
    return hashlib.sha256(token.encode()).hexdigest()
