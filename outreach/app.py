"""The composition root: puts settings, database, languages and features together; only roots import it."""

import logging
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, g, jsonify, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as WerkzeugResponse

from outreach import errors, security, web
from outreach.accounts import audit_views
from outreach.accounts import staff_views as account_staff_views
from outreach.accounts import views as accounts_views
from outreach.clock import Clock, utc_now
from outreach.config import Settings
from outreach.database import db, engine_options, prepare_engine, transaction
from outreach.engagement import card_views, evidence_views, kiosk_views, open_sums, turnout_views
from outreach.engagement import door_views as ballot_views
from outreach.engagement import public_views as report_views
from outreach.engagement import staff_views as ballot_staff_views
from outreach.engagement import views as engagement_views
from outreach.engagement.closing import close_quarters
from outreach.events import api as event_api
from outreach.events import feeds as event_feeds
from outreach.events import staff_views as event_staff_views
from outreach.events import views as events_views
from outreach.i18n import N_, local
from outreach.inventory import WHATS
from outreach.keystore import KeyStore
from outreach.messaging import (
    broadcast_views,
    inbox_views,
    metrics,
    news_views,
    prompt_views,
    reveals,
    status_webhooks,
    voice_webhooks,
)
from outreach.messaging import feeds as voice_prompts
from outreach.messaging import simulator as phone_simulator
from outreach.messaging import staff_views as message_staff_views
from outreach.messaging import webhooks as text_webhooks
from outreach.messaging.gateways.base import Gateway
from outreach.messaging.gateways.simulator import SimulatorGateway
from outreach.messaging.worker import GATEWAY, OTHER_ROUNDS, Round, Worker, last_seen_at
from outreach.plan import promise_views
from outreach.plan import views as plan_views
from outreach.policy import Action
from outreach.registration import door_views, hold_views, holds, public_views
from outreach.registration import feeds as pass_feed
from outreach.registration import staff_views as registration_staff_views
from outreach.registration import views as registration_views
from outreach.runtime import Runtime, now
from outreach.vault import Vault

#: A worker says once a minute that it works; after this without a word, texts are late.
_WORKER_RECENT = timedelta(minutes=5)

_ROOT = Path(__file__).resolve().parents[1]

#: What each error of ours is in HTTP.
_STATUSES: dict[type[errors.OutreachError], HTTPStatus] = {
    errors.InvalidInputError: HTTPStatus.BAD_REQUEST,
    errors.InvalidInputsError: HTTPStatus.BAD_REQUEST,
    errors.NotAllowedError: HTTPStatus.FORBIDDEN,
    errors.NotFoundError: HTTPStatus.NOT_FOUND,
    errors.ConflictError: HTTPStatus.CONFLICT,
    errors.TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
}


#: Section, label, and what somebody must be allowed to do to find anything there; None for everybody.
_STAFF_MENU = (
    ("events", N_("Events"), Action.LIST_EVENTS),
    ("review", N_("To review"), Action.REVIEW_EVENT),
    ("registrations", N_("Registrations"), Action.SEE_GUESTS),
    ("messages", N_("Messages"), Action.SEE_MESSAGES),
    ("plan", N_("The plan"), Action.SEE_PLAN),
    ("engagement", N_("Coming together"), Action.SEE_REPORT),
    ("organizations", N_("Organizations"), Action.MANAGE_ORGANIZATIONS),
    ("people", N_("People"), Action.MANAGE_STAFF),
    ("holds", N_("Legal holds"), Action.HOLD),
    ("audit", N_("Audit log"), Action.SEE_AUDIT),
    ("account", N_("Your account"), None),
)


class _Application(Flask):
    """Flask, but for what it says of an error that nobody foresaw: a pass in an address is a secret."""

    def log_exception(self, exc_info: Any) -> None:
        """Logs the kind and the place of an error, and nothing that was sent or asked for."""
        self.logger.error("%s failed: %s", request.endpoint, errors.outline(exc_info[1]))


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """An application ready to serve, to run commands in, or to be tested."""
    logging.getLogger("outreach").setLevel(settings.log_level)
    app = _Application(
        __name__, template_folder=str(_ROOT / "templates"), static_folder=str(_ROOT / "outreach" / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    vault = Vault(settings.vault_key, KeyStore(settings.key_folder, is_named=settings.is_key_store_named))
    app.extensions["outreach"] = Runtime(settings, vault, clock)
    app.extensions[GATEWAY] = partial(_make_gateway, app, settings)
    app.extensions[OTHER_ROUNDS] = (
        Round("quarters", timedelta(hours=1), _close_quarters),
        Round("sums", timedelta(minutes=1), _keep_sums),
    )
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    security.install(app, settings)
    web.install(app)
    _register_features(app)
    _register_errors(app)
    _register_health(app)
    if settings.proxies:
        # Tries are counted by who asks. Where nobody of ours stands before us, anybody could claim anything.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    return app


def _make_gateway(app: Flask, settings: Settings) -> Gateway:
    """The way out that the settings name; made by a worker, in the process that sends."""
    if settings.gateway == "simulator":
        return SimulatorGateway(app)
    # Here, because the library takes time and memory that nobody needs without an account.
    from outreach.messaging.gateways.twilio import TwilioGateway

    return TwilioGateway(settings.twilio)


def _keep_sums(_worker: Worker, _now: datetime) -> int:
    made = 0
    while True:
        # One at a time, so that nobody waits long for their turn to write.
        with transaction():
            if not open_sums.keep_next():
                return made
        made += 1


def _close_quarters(worker: Worker, now: datetime) -> int:
    return close_quarters(today=local(now, worker.settings.time_zone).date(), now=now).count


def _register_features(app: Flask) -> None:
    for blueprint in (
        accounts_views.bp,
        account_staff_views.bp,
        audit_views.bp,
        event_staff_views.bp,
        registration_staff_views.bp,
        event_api.bp,
        event_feeds.bp,
        events_views.bp,
        registration_views.bp,
        public_views.bp,
        hold_views.bp,
        pass_feed.bp,
        door_views.bp,
        ballot_views.bp,
        kiosk_views.bp,
        card_views.bp,
        ballot_staff_views.bp,
        plan_views.bp,
        promise_views.bp,
        engagement_views.bp,
        report_views.bp,
        turnout_views.bp,
        evidence_views.bp,
        text_webhooks.bp,
        voice_webhooks.bp,
        phone_simulator.bp,
        message_staff_views.bp,
        inbox_views.bp,
        broadcast_views.bp,
        news_views.bp,
        status_webhooks.bp,
        prompt_views.bp,
        voice_prompts.bp,
    ):
        app.register_blueprint(blueprint)
    audit_views.note_exports(app)
    app.context_processor(_staff_menu)
    app.context_processor(_staff_news)
    app.before_request(_lead_home)


def _staff_menu() -> dict[str, list[tuple[str, str]]]:
    """The staff pages that whoever is signed in may open, each by the last part of its address."""
    staff = security.current_staff() if request.path.startswith("/staff") else None
    if staff is None:
        return {}
    own_id = staff.actor.organization_id
    return {
        "staff_menu": [
            (web.t()(label), section)
            for section, label, action in _STAFF_MENU
            if action is None or security.can(action, host_id=own_id)
        ]
    }


def _staff_news() -> dict[str, object]:
    """What stands above everything on the first staff page, of features that it knows nothing of."""
    staff = security.current_staff() if request.endpoint == "staff_events.home" else None
    if staff is None:
        return {}
    return {
        "announced_holds": holds.announced(),
        "whats": WHATS,
        "asked_count": reveals.waiting_count(but_of=staff.id, now=now())
        if security.can(Action.REVEAL_NUMBER)
        else 0,
        "unread_reveals": reveals.unread_count() if security.can(Action.SEE_REVEALS) else 0,
    }


def _lead_home() -> WerkzeugResponse | None:
    """Leads whoever has no events to work on from the staff's first page to what they may read."""
    if request.endpoint != "staff_events.home" or security.current_staff() is None:
        return None
    if security.can(Action.LIST_EVENTS):
        return None
    _, section = _staff_menu()["staff_menu"][0]
    return redirect(f"/staff/{section}", 303)


def _register_errors(app: Flask) -> None:
    @app.errorhandler(errors.OutreachError)
    def tell(error: errors.OutreachError) -> Response:
        status = _STATUSES.get(type(error)) or next(
            status for kind, status in _STATUSES.items() if isinstance(error, kind)
        )
        response = _error_page(status, web.t()(error.message, **error.values))
        if isinstance(error, errors.TooManyRequestsError):
            response.headers["Retry-After"] = str(error.retry_after_seconds)
        return response

    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Response:
        return _error_page(
            HTTPStatus.BAD_REQUEST,
            web.t()(N_("This page was open for too long. Go back, reload it and send it again.")),
        )

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:
            return make_response(error.get_response())
        return _error_page(HTTPStatus(error.code))

    @app.errorhandler(OperationalError)
    def unreachable(error: OperationalError) -> Response:
        app.logger.error("database unreachable: %s", type(error.orig).__name__)
        g.is_database_down = True
        response = _error_page(HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = "30"
        return response


def _error_page(status: HTTPStatus, sentence: str = "") -> Response:
    if request.path.endswith(".json"):
        response = jsonify(
            type="about:blank", title=status.phrase, status=int(status), detail=sentence or status.description
        )
        response.content_type = "application/problem+json"
    else:
        response = make_response(render_template("errors/error.html", status=int(status), message=sentence))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _register_health(app: Flask) -> None:
    @app.get("/healthz")
    def alive() -> Response:
        return _plain("ok\n")

    @app.get("/readyz")
    def ready() -> Response:
        seen_at = last_seen_at()
        if seen_at is None or app.extensions["outreach"].clock() - seen_at > _WORKER_RECENT:
            response = _plain("no worker has worked lately\n")
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
            return response
        return _plain("ok\n")

    @app.get("/metrics")
    def watched() -> Response:
        if not _may_watch(app.extensions["outreach"].settings):
            abort(HTTPStatus.NOT_FOUND)
        response = _plain(metrics.exposition(metrics.measured(now=app.extensions["outreach"].clock())))
        response.content_type = metrics.CONTENT_TYPE
        return response


def _may_watch(settings: Settings) -> bool:
    """Whether whoever asks stands where the settings say, and no web server passed the question on.

    That server stands on this machine as a rule, so that its address says nothing of who asked it.
    """
    if any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "Via")):
        return False
    address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 (nobody's address)
    return any(address in network for network in settings.metrics_networks)


def _plain(body: str) -> Response:
    response = make_response(body)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response
