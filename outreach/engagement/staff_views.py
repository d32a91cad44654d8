"""An event's ballots for its host: what is asked, the device, the sheet; never what was answered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outreach.database import transaction
from outreach.engagement import ballots
from outreach.engagement.questions import TALK
from outreach.errors import ConflictError
from outreach.events import worklist
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.policy import Action
from outreach.qr import svg
from outreach.registration import door
from outreach.runtime import now, settings, vault
from outreach.security import keep_private, protect, require
from outreach.web import t

bp = Blueprint("staff_ballots", __name__, url_prefix="/staff/events/<public_id>/ballots")
protect(bp)
keep_private(bp)


@bp.get("")
def show(public_id: str) -> str:
    """What the door asks at this event, and the links for it."""
    return _page(_event(public_id))


@bp.post("")
def choose(public_id: str) -> Response | tuple[str, int]:
    """Switches the question on leaving on or off."""
    event = _event(public_id)
    wanted = request.form.get("talk") == "on"
    try:
        with transaction():
            ballots.ask_about_talk(event, wanted)
    except ConflictError as error:
        return _page(event, problem=t()(error.message, **error.values)), 409
    said = N_("The question on leaving is asked at this event.")
    flash(t()(said if wanted else N_("The question on leaving is not asked at this event.")), "good")
    return redirect(url_for("staff_ballots.show", public_id=public_id), 303)


def _page(event: Event, *, problem: str = "") -> str:
    token = door.link_of(event, vault=vault(), opens="ballot")
    address = settings().public_url + url_for("kiosk.arriving", token=token)
    opens_at = event.starts_at - door.OPENS_BEFORE
    return render_template(
        "staff/ballots.html",
        event=event,
        problem=problem,
        talk_asked=ballots.asks_about_talk(event),
        talk_question=TALK.ask,
        ballots_cast=ballots.ballots_cast(event),
        address=address,
        code=svg(address),
        sheet=url_for("kiosk.tally_sheet", token=token),
        is_open=event.status in ("published", "held") and opens_at <= now() <= door.shuts_at(event),
    )


def _event(public_id: str) -> Event:
    event = worklist.find(public_id)
    require(Action.SEE_GUESTS, host_id=event.organization_id)
    return event
