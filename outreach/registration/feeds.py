"""A guest's own calendar feed over HTTP: what they are coming to, and nothing that others may not read.

Such a feed lies on strangers' servers and on screens that families share. It tells no needs, party,
answers, codes or places in a list, and never its own address.
"""

from datetime import datetime
from hashlib import sha256

from flask import Blueprint, Response, make_response, request
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.errors import NotFoundError
from outreach.events import calendar, calendar_entries
from outreach.events.calendar_entries import Audience, Entry
from outreach.events.drafts import PUBLIC_STATUSES
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.registration.models import Guest, Registration
from outreach.registration.service import guest_by_token
from outreach.runtime import now, settings, vault
from outreach.web import t

bp = Blueprint("pass_feed", __name__, url_prefix="/<locale:locale>")

REFRESH_HOURS = 1

#: Whose entry each state of a registration shows. Kept seats are not taken yet, and a cancelled
#: registration shows nothing.
_AUDIENCES: dict[str, Audience] = {"confirmed": "personal", "offered": "waiting", "waitlisted": "waiting"}


@bp.get("/pass/<token>.ics")
def personal_feed(token: str) -> Response:
    """The events of a pass as a calendar to subscribe to."""
    try:
        guest = guest_by_token(token, vault=vault())
    except NotFoundError as error:
        return _unknown(error)
    entries, changed_at = _entries(guest)
    body = calendar.feed(
        [entry.body for entry in entries if entry.body is not None],
        name=t()(N_("My events")),
        description=t()(N_("The events that you registered for.")),
        locale=t().locale,
        url=f"{settings().public_url}/{t().locale}/events/",
        source=None,
        home_zone=settings().time_zone,
        refresh_hours=REFRESH_HOURS,
        changed_at=changed_at,
    )
    response = make_response(body)
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="my-events.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.cache_control.private = True
    response.cache_control.no_cache = True
    response.set_etag(sha256(body).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    return response


def _unknown(error: NotFoundError) -> Response:
    """The same few words for every pass that is not there; a page would repeat the address in its links."""
    response = make_response(t()(error.message, **error.values) + "\n", 404)
    response.content_type = "text/plain; charset=utf-8"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.cache_control.no_store = True
    return response


def _entries(guest: Guest) -> tuple[list[Entry], datetime]:
    """What a guest's calendar shows, and when anything of it last moved."""
    rows = db.session.execute(
        select(Registration.event_id, Registration.state, Registration.changed_at).where(
            Registration.guest_id == guest.id
        )
    ).all()
    found: list[Entry] = []
    for audience in dict.fromkeys(_AUDIENCES.values()):
        ids = [event_id for event_id, state, _ in rows if _AUDIENCES.get(state) == audience]
        found += _current(ids, audience) if ids else []
    changes = [guest.created_at, *(row.changed_at for row in rows)]
    return found, max([*changes, *(entry.changed_at for entry in found if entry.changed_at)])


def _current(event_ids: list[int], audience: Audience) -> list[Entry]:
    """The entries of these events; those that are out of date are made first."""

    def look_up() -> list[Entry]:
        return calendar_entries.look_up(
            Event.id.in_(event_ids),
            Event.status.in_(PUBLIC_STATUSES),
            locale=t().locale,
            audience=audience,
            public_url=settings().public_url,
        )

    entries = look_up()
    outdated = [entry.event_id for entry in entries if entry.body is None]
    if not outdated:
        return entries
    with transaction():
        calendar_entries.refresh(
            outdated, t().locale, audience=audience, public_url=settings().public_url, now=now()
        )
    return look_up()
