"""Where the vendor fetches what it plays to callers; public, and the same for ever under one address."""

from http import HTTPStatus

from flask import Blueprint, abort, make_response, request
from werkzeug.wrappers import Response

from outreach.messaging import recordings
from outreach.messaging.speech import PATH

bp = Blueprint("voice_prompts", __name__, url_prefix=PATH)

_YEAR_SECONDS = 365 * 24 * 3600


@bp.get("/<digest>.wav")
def clip(digest: str) -> Response:
    """One recording, named by what is in it; a part of it where one is asked for (RFC 9110 section 14)."""
    found = recordings.sound(digest)
    if found is None:
        abort(HTTPStatus.NOT_FOUND)
    response = make_response(found)
    response.content_type = "audio/wav"
    response.set_etag(digest)
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR_SECONDS
    response.cache_control.immutable = True
    return response.make_conditional(request, accept_ranges=True, complete_length=len(found))
