"""The composition root: puts settings, database, languages and features together; only roots import it."""

import logging
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from outreach import errors, security, web
from outreach.accounts import views as accounts_views
from outreach.clock import Clock, utc_now
from outreach.config import Settings
from outreach.database import db, engine_options, prepare_engine
from outreach.i18n import N_
from outreach.runtime import Runtime
from outreach.vault import Vault

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


def create_app(settings: Settings, *, clock: Clock = utc_now) -> Flask:
    """An application ready to serve, to run commands in, or to be tested."""
    logging.getLogger("outreach").setLevel(settings.log_level)
    app = Flask(
        __name__, template_folder=str(_ROOT / "templates"), static_folder=str(_ROOT / "outreach" / "static")
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
    )
    app.extensions["outreach"] = Runtime(settings, Vault(settings.vault_key), clock)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    security.install(app, settings)
    web.install(app)
    _register_features(app)
    _register_errors(app)
    _register_health(app)
    return app


def _register_features(app: Flask) -> None:
    for blueprint in (accounts_views.bp,):
        app.register_blueprint(blueprint)


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
        db.session.execute(text("SELECT 1"))
        return _plain("ok\n")


def _plain(body: str) -> Response:
    response = make_response(body)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response
