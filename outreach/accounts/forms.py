"""What staff type about themselves, about each other and about organizations."""

from collections.abc import Mapping

from wtforms import (
    BooleanField,
    EmailField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
)

from outreach.accounts import service
from outreach.accounts.sectors import SECTORS
from outreach.fields import LineField
from outreach.i18n import N_
from outreach.policy import Role
from outreach.web import lazy, offered_languages, t

ROLES: Mapping[str, str] = {
    Role.ORGANIZER: N_("Organizer"),
    Role.COORDINATOR: N_("Coordinator"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.COMMITTEE: N_("Steering committee"),
}
ROLE_HINTS: Mapping[str, str] = {
    Role.ORGANIZER: N_("Plans the events of one organization and sees their guests."),
    Role.COORDINATOR: N_("Sees and publishes the events of all organizations."),
    Role.ADMINISTRATOR: N_("Does all that, and decides who may sign in."),
    Role.COMMITTEE: N_("Reads the plan and the reports, and changes nothing."),
}


class SignInForm(Form):
    """E-mail address and password."""

    email = EmailField(lazy(N_("E-mail address")))
    password = PasswordField(lazy(N_("Password")))


class LanguageForm(Form):
    """The language somebody works in."""

    locale = RadioField(
        lazy(N_("Language of these pages")),
        choices=lambda: [(language.locale, language.endonym) for language in offered_languages()],
        validate_choice=False,
    )


class PasswordForm(Form):
    """A new password, asked for with the old one."""

    current = PasswordField(lazy(N_("Your password now")))
    password = PasswordField(lazy(N_("New password")))


class OrganizationForm(Form):
    """An organization; its sector is asked once."""

    name = LineField(lazy(N_("Name")))
    sector = SelectField(
        lazy(N_("Sector")),
        choices=lambda: [("", t()(N_("Choose one"))), *((key, t()(label)) for key, label in SECTORS.items())],
        validate_choice=False,
    )
    jurisdiction = SelectField(
        lazy(N_("Place")), choices=lambda: [("", "—"), *_places()], validate_choice=False
    )
    website = LineField(lazy(N_("Website")))
    is_trusted = BooleanField(lazy(N_("Trusted: events and changes appear without review")))


class PersonForm(Form):
    """Somebody who signs in."""

    name = LineField(lazy(N_("Name")))
    email = EmailField(lazy(N_("E-mail address")))
    password = PasswordField(lazy(N_("Password")))
    role = RadioField(
        lazy(N_("Role")),
        choices=lambda: [(role, t()(label)) for role, label in ROLES.items()],
        default=Role.ORGANIZER.value,
        validate_choice=False,
    )
    organization = SelectField(
        lazy(N_("Organization")), choices=lambda: [("", "—"), *_organizations()], validate_choice=False
    )
    is_active = BooleanField(lazy(N_("May sign in")), default=True)


def _places() -> list[tuple[str, str]]:
    return [
        (place.slug, "\u00a0\u00a0" * depth + (f"{place.name}, {place.state}" if place.state else place.name))
        for depth, place in service.jurisdictions()
    ]


def _organizations() -> list[tuple[str, str]]:
    return [(body.public_id, body.name) for body in service.organizations()]
