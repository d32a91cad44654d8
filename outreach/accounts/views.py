"""Signing in and out, on pages."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, session
from flask_login import UserMixin, login_user, logout_user
from werkzeug.wrappers import Response

from outreach import throttle
from outreach.accounts import service
from outreach.accounts.forms import SignInForm
from outreach.accounts.models import Staff, StaffSession
from outreach.database import transaction
from outreach.fields import sent
from outreach.i18n import N_, SOURCE_LOCALE
from outreach.policy import Actor
from outreach.runtime import now, settings, vault
from outreach.security import current_staff, keep_private, login_manager
from outreach.web import LOCALE_COOKIE, is_local_path, remember_locale, t

bp = Blueprint("accounts", __name__, url_prefix="/staff")
keep_private(bp)

#: Where staff begin. The page belongs to the events, of which this feature knows nothing.
HOME = "/staff/"

_TRIES = 10
#: Offices and libraries share one address.
_TRIES_OF_ADDRESS = 60
_TRIES_PER = timedelta(minutes=15)
_SEEN_EVERY = timedelta(minutes=1)


class SignedInStaff(UserMixin):  # type: ignore[misc]  # the library has no types
    """A staff member on this request, known by the session's token."""

    def __init__(self, token: str, staff: Staff) -> None:
        self.token = token
        self.staff = staff
        self.id, self.name, self.locale = staff.id, staff.name, staff.locale

    @property
    def actor(self) -> Actor:
        """The person as the policy sees them."""
        return self.staff.actor

    def get_id(self) -> str:
        """What the cookie holds: a token that can be revoked, not the person's id."""
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedInStaff | None:
    at = now()
    found = service.session_of(token, now=at)
    if found is None:
        return None
    if at - found.seen_at > _SEEN_EVERY:
        _keep_alive(found.id)
        found = service.session_of(token, now=at)
        if found is None:
            return None
    return SignedInStaff(token, found.staff)


def _keep_alive(session_id: int) -> None:
    with transaction() as open_session:
        service.touch(open_session.get_one(StaffSession, session_id), now=now())


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """Asks for address and password; one answer for every way in which they can be wrong."""
    form = SignInForm(sent())
    if request.method == "POST":
        email = form.email.data or ""
        count_try(email)
        with transaction():
            token = service.sign_in(email, form.password.data or "", now=now())
            if token is not None:
                throttle.forgive("sign-in", _subject(email), vault=vault())
        if token is not None:
            return _let_in(token)
        form.email.errors = [t()(N_("The e-mail address or the password is not right."))]
        return render_template("staff/sign_in.html", form=form), 422
    if current_staff() is not None:
        return redirect(HOME, 303)
    return render_template("staff/sign_in.html", form=form)


def count_try(subject: str) -> None:
    """Counts one try of a password of this subject. Raises TooManyRequestsError after too many."""
    limits = ((_subject(subject), _TRIES), (request.remote_addr or "", _TRIES_OF_ADDRESS))
    with transaction():
        for counted, limit in limits:
            throttle.count("sign-in", counted, limit=limit, per=_TRIES_PER, vault=vault(), now=now())


def _subject(email: str) -> str:
    return email.strip().lower()


def _let_in(token: str) -> Response:
    session.clear()
    found = service.session_of(token, now=now())
    assert found is not None
    login_user(SignedInStaff(token, found.staff))
    after = request.args.get("next", "")
    response = redirect(after if is_local_path(after) else HOME, 303)
    chosen = found.staff.locale
    # Every account begins with the source language, so that one alone says nothing.
    if LOCALE_COOKIE not in request.cookies and chosen != SOURCE_LOCALE and chosen in settings().locales:
        remember_locale(response, chosen)
    return response


@bp.post("/sign-out")
def sign_out() -> Response:
    """Ends this session here and on the server."""
    staff = current_staff()
    if isinstance(staff, SignedInStaff):
        with transaction():
            service.sign_out(staff.token)
    logout_user()
    session.clear()
    return redirect("/", 303)
