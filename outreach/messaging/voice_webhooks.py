"""Where the vendor brings calls: believed only when signed; hands the keys on and answers in TwiML."""

import logging
import re
from http import HTTPStatus

from flask import Blueprint, Response, abort, current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from outreach import phone
from outreach.database import transaction
from outreach.errors import InvalidInputError
from outreach.messaging import calls, status
from outreach.messaging.signatures import require_signature
from outreach.runtime import now, settings, vault
from outreach.security import csrf

_log = logging.getLogger(__name__)

bp = Blueprint("twilio_voice", __name__, url_prefix=calls.PATH)
# A signature of the vendor's takes the place of a token of ours.
csrf.exempt(bp)

_SID = re.compile(r"CA[0-9a-f]{32}")
_KEYS = re.compile(r"[0-9*#]{0,20}")


@bp.post("")
def start() -> Response:
    """Takes a call that begins. The same one again is answered alike."""
    form = require_signature()
    sid = _call_sid(form)
    with transaction():
        answer = calls.begin(sid, _number(form), settings=settings(), vault=vault(), now=now())
    return _said(answer)


@bp.post("/picked-up/<token>")
def picked_up(token: str) -> Response:
    """Takes that a call of ours was picked up, by a person or by a machine."""
    form = require_signature()
    sid, message_id = _call_sid(form), status.message_behind(token, vault=vault())
    if message_id is None:
        abort(HTTPStatus.FORBIDDEN)
    is_machine = form.get("AnsweredBy", "").startswith(("machine", "fax"))
    with transaction():
        answer = calls.begin_owed(
            sid, message_id, is_machine=is_machine, settings=settings(), vault=vault(), now=now()
        )
    return _said(answer)


@bp.post("/<step>/<int:visit>")
def keys(step: str, visit: int) -> Response:
    """Takes the keys pressed at a question. The same ones again are answered alike and count once."""
    form = require_signature()
    sid, pressed = _call_sid(form), _pressed(form)
    with transaction():
        answer = calls.hear(sid, step, visit, pressed, settings=settings(), vault=vault(), now=now())
    if answer is None:
        abort(HTTPStatus.NOT_FOUND)
    return _said(answer)


@bp.errorhandler(OperationalError)
@bp.errorhandler(NoConnectionError)
def unreachable(error: Exception) -> Response:
    """Without a database nothing can be said: the vendor goes to the fallback address of the number."""
    _log.error("no database for a call: %s", type(error).__name__)
    return Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "30"})


def _call_sid(form: dict[str, str]) -> str:
    sid = form.get("CallSid", "")
    if not _SID.fullmatch(sid):
        # The border between a field's name and its value is not signed.
        abort(HTTPStatus.BAD_REQUEST)
    return sid


def _pressed(form: dict[str, str]) -> str:
    """The keys of an answer. The key that ended a number is told apart, and alone it is an answer, too."""
    pressed = form.get("Digits", "")
    if not _KEYS.fullmatch(pressed):
        abort(HTTPStatus.BAD_REQUEST)
    return pressed or ("#" if form.get("FinishedOnKey") == "#" else "")


def _number(form: dict[str, str]) -> str | None:
    """Who calls, in E.164; None when the number is hidden or none that we could call back."""
    try:
        return phone.parse(form.get("From", ""))
    except InvalidInputError:
        return None


def _said(answer: str) -> Response:
    return current_app.response_class(answer, content_type="text/xml; charset=utf-8")
