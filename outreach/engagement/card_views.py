"""A connection card in its holder's hands: shown at the door, answered once a quarter, erased from anywhere.

Its code travels in forms only, never in an address.
"""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField, RadioField, StringField

from outreach.database import transaction
from outreach.engagement import card_codes, cards
from outreach.engagement.questions import BACKGROUND
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events.models import Event
from outreach.fields import SentForm, tell
from outreach.i18n import N_
from outreach.registration import door
from outreach.runtime import now, vault
from outreach.security import keep_private
from outreach.web import lazy, t

bp = Blueprint("cards", __name__)
keep_private(bp)


class CodeForm(SentForm):
    """The code of a card."""

    code = StringField(lazy(N_("Code on the card")))


class AnswerForm(SentForm):
    """What the card's holder says of themselves."""

    code = HiddenField()
    answer = RadioField(
        lazy(BACKGROUND.ask),
        choices=lambda: [(name, t()(label)) for name, label in BACKGROUND.answers],
        validate_choice=False,
    )


@bp.route("/door/<token>/card", methods=["GET", "POST"])
def show(token: str) -> str | Response | tuple[str, int]:
    """Takes down that a card is here, and asks its holder the question if nobody did this quarter."""
    event, form = _event(token), CodeForm()
    if request.method == "GET":
        return _page(event, token, form)
    try:
        code = card_codes.clean(form.code.data or "")
        with transaction():
            event = _event(token)
            is_asked = cards.show(event, code, vault=vault())
    except (InvalidInputError, ConflictError) as error:
        tell(form, error)
        return _page(event, token, form), 400
    if not is_asked:
        return redirect(url_for("cards.show", token=token, done=1), 303)
    question = AnswerForm(formdata=None, code=code)
    return render_template("door/card_answer.html", event=event, token=token, form=question)


@bp.post("/door/<token>/card/answer")
def answer(token: str) -> str | Response | tuple[str, int]:
    """Takes down what a card's holder says of themselves."""
    event, form = _event(token), AnswerForm()
    try:
        code = card_codes.clean(form.code.data or "")
        with transaction():
            event = _event(token)
            cards.answer(event, code, form.answer.data or "", vault=vault())
    except (InvalidInputError, ConflictError) as error:
        tell(form, error)
        return render_template("door/card_answer.html", event=event, token=token, form=form), 400
    return redirect(url_for("cards.show", token=token, done=1), 303)


@bp.route("/<locale:locale>/card", methods=["GET", "POST"])
def erase() -> str | Response | tuple[str, int]:
    """Erases what is stored under a card, for whoever holds it."""
    form = CodeForm()
    if request.method == "GET":
        return render_template("public/card.html", form=form, is_done="done" in request.args)
    try:
        code = card_codes.clean(form.code.data or "")
        with transaction():
            cards.erase(code, vault=vault())
    except (InvalidInputError, ConflictError) as error:
        tell(form, error)
        return render_template("public/card.html", form=form, is_done=False), 400
    return redirect(url_for("cards.erase", done=1), 303)


def _page(event: Event, token: str, form: CodeForm) -> str:
    return render_template(
        "door/card.html", event=event, token=token, form=form, is_done="done" in request.args
    )


def _event(token: str) -> Event:
    event = door.event_behind(token, vault=vault(), now=now(), opened_by=("door", "ballot"))
    # Where officers are, nothing is collected on a device.
    if event.is_police_present or not cards.uses_cards(event.organization_id):
        raise NotFoundError(N_("This event does not use connection cards."))
    return event
