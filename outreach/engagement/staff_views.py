"""An event's ballots for its host: what is asked, the device, the sheet; never what was answered."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outreach.database import transaction
from outreach.engagement import ballots, card_codes, cards
from outreach.engagement.questions import TALK
from outreach.errors import ConflictError, NotFoundError
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

_CARDS_ON_A_PAGE = 6


@bp.get("")
def show(public_id: str) -> str:
    """What the door asks at this event, and the links for it."""
    return _page(_event(public_id))


@bp.post("")
def choose(public_id: str) -> Response | tuple[str, int]:
    """Switches the question on leaving, or the organization's connection cards, on or off."""
    event = _event(public_id)
    if "cards" in request.form:
        return _choose_cards(event, request.form["cards"] == "on")
    wanted = request.form.get("talk") == "on"
    try:
        with transaction():
            ballots.ask_about_talk(event, wanted)
    except ConflictError as error:
        return _page(event, problem=t()(error.message, **error.values)), 409
    said = N_("The question on leaving is asked at this event.")
    flash(t()(said if wanted else N_("The question on leaving is not asked at this event.")), "good")
    return redirect(url_for("staff_ballots.show", public_id=public_id), 303)


@bp.get("/cards")
def print_cards(public_id: str) -> str:
    """A page of new connection cards; each look makes others, and no list of them is kept."""
    event = _event(public_id)
    if not cards.uses_cards(event.organization_id):
        raise NotFoundError(N_("There is no such page."))
    codes = [card_codes.fresh() for _ in range(_CARDS_ON_A_PAGE)]
    return render_template(
        "staff/cards.html",
        event=event,
        cards=[(card_codes.spaced(code), svg(code)) for code in codes],
        address=f"{settings().public_url}{url_for('cards.erase', locale=t().locale)}",
    )


def _choose_cards(event: Event, wanted: bool) -> Response:
    with transaction():
        cards.use_cards(event.organization_id, wanted)
    said = N_("Your organization uses connection cards.")
    flash(t()(said if wanted else N_("Your organization does not use connection cards.")), "good")
    return redirect(url_for("staff_ballots.show", public_id=event.public_id), 303)


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
        uses_cards=cards.uses_cards(event.organization_id),
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
