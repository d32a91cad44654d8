"""Where the vendor brings incoming texts: believed only when signed, written down, then answered.

The answer to the vendor is always empty. What the guest is told goes through the outbox, where stop,
quiet hours and evidence are looked after.
"""

import logging
import threading
from collections.abc import Sequence

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from outreach.database import transaction
from outreach.lines import Together
from outreach.messaging import inbound, intake
from outreach.messaging.signatures import require_signature
from outreach.runtime import now, settings, vault
from outreach.security import csrf

_log = logging.getLogger(__name__)

bp = Blueprint("twilio", __name__, url_prefix="/hooks/twilio")
# A signature of the vendor's takes the place of a token of ours.
csrf.exempt(bp)

#: Held while a text is answered by the request that brought it.
_answering = threading.Lock()

_EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@bp.post("/sms")
def sms() -> Response:
    """Takes one text. The same one again is answered alike and counts once."""
    form = require_signature()
    sid = form.get("MessageSid", "")
    if not intake.is_sid(sid):
        # The border between a field's name and its value is not signed.
        return Response(status=400)
    text = intake.read(
        form.get("From", ""),
        form.get("Body", ""),
        is_answered=bool(form.get("OptOutType")),
        settings=settings(),
    )
    if text is None:
        return _taken()
    is_alone = _write_down((sid, text))
    # In a rush the worker answers, within a second: the vendor, and whoever else texts, need not wait for it.
    if is_alone and _answering.acquire(blocking=False):
        try:
            inbound.handle(inbound.id_of(sid), settings=settings(), vault=vault(), now=now())
        except Exception as error:
            # It is written down: the worker tries again. A traceback could hold words and numbers.
            _log.error("an inbound text is left to the worker: %s", type(error).__name__)
        finally:
            _answering.release()
    return _taken()


@bp.errorhandler(OperationalError)
@bp.errorhandler(NoConnectionError)
def unreachable(error: Exception) -> Response:
    """Without a database nothing can be kept, so the vendor must bring it again."""
    _log.error("no database for a webhook: %s", type(error).__name__)
    return Response(status=503, headers={"Retry-After": "30"})


def _taken() -> Response:
    return current_app.response_class(_EMPTY, content_type="text/xml; charset=utf-8")


def _write_all(texts: Sequence[tuple[str, intake.Text]]) -> list[bool]:
    with transaction():
        inbound.receive(dict(texts), vault=vault(), now=now())
    return [len(texts) == 1] * len(texts)


#: Writes texts down with one commit for all that come at once, and says whether one came alone.
_write_down = Together(_write_all)
