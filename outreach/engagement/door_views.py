"""Closing an event at the door: how many people were in the room, and what the ballots add up to."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from outreach.database import transaction
from outreach.engagement import ballots
from outreach.engagement.totals import BallotTotals
from outreach.errors import ConflictError, InvalidInputError
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.registration import door
from outreach.registration.counts import whole_number
from outreach.runtime import now, vault
from outreach.security import keep_private
from outreach.web import lazy, t

bp = Blueprint("ballots", __name__, url_prefix="/door/<token>")
keep_private(bp)

_MOST_PEOPLE = 99_999
_ANSWERS = ("newcomers", "residents", "both", "unsaid")


class CloseForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """The head count, and the four totals where there were ballots."""

    head_count = StringField(lazy(N_("How many guests were in the room?")))
    newcomers = StringField(lazy(N_("Moved here from another country")))
    residents = StringField(lazy(N_("Grew up in the United States")))
    both = StringField(lazy(N_("Both, or it's complicated")))
    unsaid = StringField(lazy(N_("Prefer not to say")))
    #: Asked only while the event still lasts.
    is_meant = BooleanField(lazy(N_("Nobody else is coming")))


@bp.route("/close", methods=["GET", "POST"])
def close(token: str) -> str | Response | tuple[str, int]:
    """Asks for the numbers and closes the event with them; asked again, it corrects them."""
    event = door.event_behind(token, vault=vault(), now=now())
    form = CloseForm()
    if event.status == "held" or event.ends_at <= now() or not event.is_end_known or event.starts_at > now():
        del form.is_meant
    if request.method == "GET":
        counted = door.people_in_room(event) if event.head_count is None else event.head_count
        form.head_count.data = str(counted)
        return _page(event, token, form)
    head_count, totals = _numbers(form)
    if form.is_meant and not form.is_meant.data:
        form.is_meant.errors = [t()(N_("Check this if everybody is in. Otherwise close the event later."))]
    if form.errors or head_count is None:
        return _page(event, token, form), 400
    try:
        with transaction():
            event = door.event_behind(token, vault=vault(), now=now())
            ballots.close(event, head_count, totals, now=now())
    except InvalidInputError as error:
        form[error.field].errors = [t()(error.message, **error.values)]
        return _page(event, token, form), 400
    except ConflictError as error:
        form.form_errors = [t()(error.message, **error.values)]
        return _page(event, token, form), 409
    return redirect(url_for("ballots.close", token=token, done=1), 303)


def _page(event: Event, token: str, form: CloseForm) -> str:
    return render_template(
        "door/close.html",
        event=event,
        token=token,
        form=form,
        registered_here=door.people_in_room(event) - door.walk_ins_of(event),
        walk_ins=door.walk_ins_of(event),
        ballots_cast=ballots.ballots_cast(event),
        has_begun=event.starts_at <= now(),
        is_done="done" in request.args,
        report_note=t()(KINDS[event.kind].report_note),
    )


def _numbers(form: CloseForm) -> tuple[int | None, BallotTotals | None]:
    """The numbers as typed; a total left empty beside others is 0, all four empty are no ballots."""
    head_count = _number(form, "head_count")
    if not any((form[name].data or "").strip() for name in _ANSWERS):
        return head_count, None
    totals = {name: _number(form, name) if (form[name].data or "").strip() else 0 for name in _ANSWERS}
    return head_count, BallotTotals(**{name: number or 0 for name, number in totals.items()})


def _number(form: CloseForm, name: str) -> int | None:
    try:
        return whole_number(form[name].data or "", most=_MOST_PEOPLE, field=name)
    except InvalidInputError as error:
        form[name].errors = [t()(error.message, **error.values)]
        return None
