"""What protects every request: sign-in, the question to the policy, headers, cookies, forged forms.

The one edge that other edges use; it knows no feature.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Protocol, TypeVar, cast

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as WerkzeugResponse

from outreach.config import Settings
from outreach.errors import NotAllowedError, NotFoundError
from outreach.i18n import N_
from outreach.policy import Action, Actor, is_allowed

csrf = CSRFProtect()
login_manager = LoginManager()

#: Longest body of any form; webhooks have a smaller limit of their own.
LARGEST_BODY_BYTES = 512 * 1024

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Pass and door links are secrets in the address: no other site may learn them.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


class SignedIn(Protocol):
    """What the policy needs to know of somebody who signed in."""

    id: int
    name: str
    locale: str

    @property
    def actor(self) -> Actor:
        """The person as the policy sees them."""


def install(app: Flask, settings: Settings) -> None:
    """Switches the protections on for an application."""
    is_https = settings.public_url.startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if is_https else "session",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=LARGEST_BODY_BYTES,
        MAX_FORM_PARTS=500,
    )
    csrf.init_app(app)
    # Not `init_app`: nobody is remembered here past a session, and its look for that after every request
    # opens the session, which would mark even public pages as different for each reader.
    app.login_manager = login_manager  # type: ignore[attr-defined]  # where the library looks for it

    @app.before_request
    def refuse_nul() -> None:
        # PostgreSQL takes none, and no address of ours has one.
        if "\0" in request.path:
            abort(404)

    @app.after_request
    def stay_here(response: Response) -> Response:
        # What the address needs a slash for is said by the router, with whatever host the asker claimed.
        location = response.headers.get("Location", "")
        if location.startswith(request.host_url):
            path = location.removeprefix(request.host_url).lstrip("/")
            response.headers["Location"] = f"/{path}"
            response.data = b""
        return response

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if is_https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def protect(blueprint: Blueprint) -> None:
    """Lets only people who signed in reach a blueprint's pages; others are led to the sign-in."""

    def require_staff() -> WerkzeugResponse | None:
        if current_user.is_authenticated:
            return None
        if request.method != "GET":
            raise NotAllowedError(N_("Please sign in again."))
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), 303)

    blueprint.before_request(require_staff)


def keep_private(blueprint: Blueprint) -> None:
    """Keeps a blueprint's answers out of every cache and every search engine: their address is a secret.

    An answer that says itself who may keep it is left as it is.
    """

    def mark(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    blueprint.after_request(mark)


def let_play(blueprint: Blueprint, *, is_recorder: bool = False) -> None:
    """Lets a blueprint's pages play sounds of ours, and use the microphone where they record them."""
    media = "media-src 'self' blob:" if is_recorder else "media-src 'self'"

    def mark(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = f"{_HEADERS['Content-Security-Policy']}; {media}"
        if is_recorder:
            policy = _HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
            response.headers["Permissions-Policy"] = policy
        return response

    blueprint.after_request(mark)


def current_staff() -> SignedIn | None:
    """Who is signed in on this request, if anybody."""
    if not current_user or not current_user.is_authenticated:
        return None
    return cast(SignedIn, current_user)


def can(action: Action, *, host_id: int | None = None, cohost_ids: Collection[int] = ()) -> bool:
    """Whether whoever is signed in may do this."""
    staff = current_staff()
    return staff is not None and is_allowed(staff.actor, action, host_id=host_id, cohost_ids=cohost_ids)


def require(action: Action, *, host_id: int | None = None, cohost_ids: Collection[int] = ()) -> None:
    """Ends the request where the policy says no; of others' things not even the existence is told."""
    if can(action, host_id=host_id, cohost_ids=cohost_ids):
        return
    if host_id is not None:
        raise NotFoundError(N_("There is no such page."))
    raise NotAllowedError(N_("You may not see this page."))


_View = TypeVar("_View", bound=Callable[..., object])


def requires(action: Action) -> Callable[[_View], _View]:
    """Marks a view that asks the policy for an action that is not about one event."""

    def decorate(view: _View) -> _View:
        def guarded(*args: object, **values: object) -> object:
            require(action)
            return current_app.ensure_sync(view)(*args, **values)

        return cast(_View, wraps(view)(guarded))

    return decorate
