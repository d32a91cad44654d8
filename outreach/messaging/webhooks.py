"""Where the vendor brings incoming texts: believed only when signed, written down, then answered.

The answer to the vendor is always empty. What the guest is told goes through the outbox, where stop,
quiet hours and evidence are looked after.
"""

import logging
import re

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from outreach import phone
from outreach.database import transaction
from outreach.errors import InvalidInputError
from outreach.folding import folded
from outreach.messaging import inbound
from outreach.messaging.bodies import cleaned
from outreach.messaging.signatures import require_signature
from outreach.runtime import now, settings, vault
from outreach.security import csrf

_log = logging.getLogger(__name__)

bp = Blueprint("twilio", __name__, url_prefix="/hooks/twilio")
# A signature of the vendor's takes the place of a token of ours.
csrf.exempt(bp)

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
#: Twilio's own stop words ("Twilio support for opt-out keywords", read 2026-11). Its block is in force
#: before we hear of it, so that an answer of ours would only fail.
_VENDOR_STOPS = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"})
_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.post("/sms")
def sms() -> Response:
    """Takes one text. The same one again is answered alike and counts once."""
    form = require_signature()
    sid = form.get("MessageSid", "")
    if not _SID.fullmatch(sid):
        # The border between a field's name and its value is not signed.
        return Response(status=400)
    try:
        number = phone.parse(form.get("From", ""))
    except InvalidInputError:
        # A short code, a name, another country: nobody whom we could answer.
        return _taken()
    body = cleaned(form.get("Body", ""))
    with transaction():
        inbound_id = inbound.receive(
            sid, number, body, is_answered=_is_answered(form, body), vault=vault(), now=now()
        )
    try:
        inbound.handle(inbound_id, settings=settings(), vault=vault(), now=now())
    except Exception as error:
        # It is written down: the worker tries again. A traceback could hold words and numbers.
        _log.error("inbound text %s is left to the worker: %s", inbound_id, type(error).__name__)
    return _taken()


@bp.errorhandler(OperationalError)
@bp.errorhandler(NoConnectionError)
def unreachable(error: Exception) -> Response:
    """Without a database nothing can be kept, so the vendor must bring it again."""
    _log.error("no database for a webhook: %s", type(error).__name__)
    return Response(status=503, headers={"Retry-After": "30"})


def _is_answered(form: dict[str, str], body: str) -> bool:
    """Whether the vendor has answered a word about texts itself.

    It says so where its messaging service knows words of ours (Advanced Opt-Out). A bare number has
    only the vendor's own words, and says nothing.
    """
    if form.get("OptOutType"):
        return True
    ours = settings()
    is_bare = ours.gateway == "twilio" and not ours.twilio.messaging_service_sid
    return is_bare and folded(body) in _VENDOR_STOPS


def _taken() -> Response:
    return current_app.response_class(_EMPTY, content_type="text/xml; charset=utf-8")
