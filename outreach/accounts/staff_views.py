"""Pages for one's own account, and for looking after organizations and people."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from outreach.accounts import service
from outreach.accounts.forms import (
    ROLE_HINTS,
    ROLES,
    LanguageForm,
    OrganizationForm,
    PasswordForm,
    PersonForm,
)
from outreach.accounts.models import Jurisdiction, Organization, Staff
from outreach.accounts.sectors import SECTORS
from outreach.accounts.views import SignedInStaff, count_try
from outreach.database import db, transaction
from outreach.errors import InvalidInputError, NotAllowedError, NotFoundError, OutreachError
from outreach.fields import sent, tell
from outreach.i18n import N_
from outreach.policy import Action, Role
from outreach.runtime import now
from outreach.security import current_staff, keep_private, protect, requires
from outreach.web import remember_locale, t

bp = Blueprint("staff_accounts", __name__, url_prefix="/staff")
protect(bp)
keep_private(bp)


@bp.get("/account")
def account() -> str:
    """What somebody may decide about their own account."""
    return _account_page(PasswordForm(), LanguageForm(locale=t().locale))


@bp.post("/account/language")
def choose_language() -> Response | tuple[str, int]:
    """Remembers the language somebody works in, with the account and in this browser."""
    me = _myself()
    form = LanguageForm(sent())
    locale = form.locale.data or ""
    try:
        with transaction():
            service.choose_locale(db.session.get_one(Staff, me.id), locale)
    except InvalidInputError as error:
        tell(form, error)
        return _account_page(PasswordForm(), form), 422
    response = redirect(url_for("staff_accounts.account"), 303)
    remember_locale(response, locale)
    return response


@bp.post("/account/password")
def change_password() -> Response | tuple[str, int]:
    """Takes a new password; whoever is signed in with the old one elsewhere is signed out."""
    me = _myself()
    form = PasswordForm(sent())
    try:
        count_try(f"password of {me.id}")
        with transaction():
            service.change_password(
                db.session.get_one(Staff, me.id),
                form.current.data or "",
                form.password.data or "",
                token=me.token,
            )
    except InvalidInputError as error:
        tell(form, error)
        return _account_page(form, LanguageForm(locale=t().locale)), 422
    flash(t()(N_("Your password is changed. Other browsers were signed out.")), "good")
    return redirect(url_for("staff_accounts.account"), 303)


def _account_page(password_form: PasswordForm, language_form: LanguageForm) -> str:
    wrong = password_form if password_form.errors else language_form
    return render_template(
        "staff/account.html",
        form=wrong,
        password_form=password_form,
        language_form=language_form,
        email=_myself().staff.email,
        minimum=service.MINIMUM_PASSWORD_CHARACTERS,
    )


def _myself() -> SignedInStaff:
    staff = current_staff()
    if not isinstance(staff, SignedInStaff):
        raise NotAllowedError(N_("Please sign in again."))
    return staff


@bp.get("/organizations")
@requires(Action.MANAGE_ORGANIZATIONS)
def organizations() -> str:
    """Every organization, by name."""
    return render_template("staff/organizations.html", organizations=service.organizations(), sectors=SECTORS)


@bp.route("/organizations/new", methods=["GET", "POST"])
@requires(Action.MANAGE_ORGANIZATIONS)
def new_organization() -> Response | str | tuple[str, int]:
    """Adds an organization."""
    form = OrganizationForm(sent())
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                service.add_organization(
                    form.name.data or "",
                    sector=form.sector.data or "",
                    jurisdiction=_jurisdiction(form.jurisdiction.data),
                    website=form.website.data or None,
                    is_trusted=form.is_trusted.data,
                )
        except OutreachError as error:
            tell(form, error)
            return render_template("staff/organization.html", form=form, organization=None), 422
        flash(t()(N_("%(name)s is added."), name=form.name.data), "good")
        return redirect(url_for("staff_accounts.organizations"), 303)
    return render_template("staff/organization.html", form=form, organization=None)


@bp.route("/organizations/<public_id>", methods=["GET", "POST"])
@requires(Action.MANAGE_ORGANIZATIONS)
def organization(public_id: str) -> Response | str | tuple[str, int]:
    """Changes an organization; its sector stays."""
    body = _organization(public_id)
    if body is None:
        raise NotFoundError(N_("There is no such page."))
    form = OrganizationForm(
        sent(),
        name=body.name,
        sector=body.sector,
        jurisdiction=body.jurisdiction.slug if body.jurisdiction else "",
        website=body.website,
        is_trusted=body.is_trusted,
    )
    page = {"organization": body, "sector": SECTORS[body.sector]}
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                service.change_organization(
                    body,
                    name=form.name.data or "",
                    jurisdiction=_jurisdiction(form.jurisdiction.data),
                    website=form.website.data or None,
                    is_trusted=form.is_trusted.data,
                )
        except OutreachError as error:
            tell(form, error)
            return render_template("staff/organization.html", form=form, **page), 422
        flash(t()(N_("%(name)s is changed."), name=body.name), "good")
        return redirect(url_for("staff_accounts.organizations"), 303)
    return render_template("staff/organization.html", form=form, **page)


@bp.get("/people")
@requires(Action.MANAGE_STAFF)
def people() -> str:
    """Everybody who may sign in."""
    return render_template("staff/people.html", people=service.people(), roles=ROLES)


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Action.MANAGE_STAFF)
def new_person() -> Response | str | tuple[str, int]:
    """Adds somebody who may sign in."""
    form = PersonForm(sent())
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                service.add_staff(
                    form.email.data or "",
                    form.password.data or "",
                    name=form.name.data or "",
                    role=_role(form),
                    organization=_organization(form.organization.data),
                    by_id=_myself().id,
                    now=now(),
                )
        except OutreachError as error:
            tell(form, error)
            return _person_page(form, None), 422
        flash(t()(N_("%(name)s may sign in now."), name=form.name.data), "good")
        return redirect(url_for("staff_accounts.people"), 303)
    return _person_page(form, None)


@bp.route("/people/<int:staff_id>", methods=["GET", "POST"])
@requires(Action.MANAGE_STAFF)
def person(staff_id: int) -> Response | str | tuple[str, int]:
    """Changes what somebody is here for, gives them a new password or lets them sign in no more."""
    staff = db.session.get(Staff, staff_id)
    if staff is None:
        raise NotFoundError(N_("There is no such page."))
    form = PersonForm(
        sent(),
        name=staff.name,
        email=staff.email,
        role=staff.role,
        organization=staff.organization.public_id if staff.organization else "",
        is_active=staff.is_active,
    )
    if request.method == "POST" and form.validate():
        try:
            with transaction():
                service.change_staff(
                    staff,
                    name=form.name.data or "",
                    role=_role(form),
                    organization=_organization(form.organization.data),
                    is_active=form.is_active.data,
                    password=form.password.data or "",
                    by_id=_myself().id,
                    now=now(),
                )
        except OutreachError as error:
            tell(form, error)
            return _person_page(form, staff), 422
        flash(t()(N_("%(name)s is changed."), name=staff.name), "good")
        return redirect(url_for("staff_accounts.people"), 303)
    return _person_page(form, staff)


def _person_page(form: PersonForm, staff: Staff | None) -> str:
    hints = {role: t()(hint) for role, hint in ROLE_HINTS.items()}
    minimum = service.MINIMUM_PASSWORD_CHARACTERS
    return render_template("staff/person.html", form=form, person=staff, hints=hints, minimum=minimum)


def _role(form: PersonForm) -> Role:
    try:
        return Role(form.role.data)
    except ValueError:
        raise InvalidInputError(N_("Choose from the list."), field="role") from None


def _organization(public_id: str | None) -> Organization | None:
    return db.session.scalar(select(Organization).where(Organization.public_id == public_id))


def _jurisdiction(slug: str | None) -> Jurisdiction | None:
    return db.session.scalar(select(Jurisdiction).where(Jurisdiction.slug == slug))
