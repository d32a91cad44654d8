"""Where the vendor reports what became of our texts; checks the form of a report and hands it on."""

import re
from http import HTTPStatus

from flask import Blueprint, abort

from outreach.database import transaction
from outreach.messaging import status
from outreach.messaging.gateways.base import Report
from outreach.messaging.signatures import require_signature
from outreach.runtime import now, vault
from outreach.security import csrf

bp = Blueprint("twilio_status", __name__)
csrf.exempt(bp)

_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
_WORD = re.compile(r"[a-z_-]{1,20}")
_CODE = re.compile(r"[0-9]{0,9}")


@bp.post(f"{status.PATH}<token>")
def report(token: str) -> tuple[str, HTTPStatus]:
    """Takes one report. The same one again is answered alike and changes nothing."""
    return _taken(token, "MessageSid", "MessageStatus", _SID)


@bp.post(f"{status.CALL_PATH}<token>")
def report_of_call(token: str) -> tuple[str, HTTPStatus]:
    """Takes one report of a call, as `report` does."""
    return _taken(token, "CallSid", "CallStatus", _CALL_SID)


def _taken(token: str, sid_field: str, word_field: str, known: re.Pattern[str]) -> tuple[str, HTTPStatus]:
    form = require_signature()
    message_id = status.message_behind(token, vault=vault())
    sid, word, code = (form.get(name, "") for name in (sid_field, word_field, "ErrorCode"))
    if message_id is None:
        abort(HTTPStatus.FORBIDDEN)
    if not (known.fullmatch(sid) and _WORD.fullmatch(word) and _CODE.fullmatch(code)):
        abort(HTTPStatus.BAD_REQUEST)
    with transaction():
        status.receive(message_id, Report(sid, word, int(code or 0)), vault=vault(), now=now())
    return "", HTTPStatus.NO_CONTENT
