"""Pages on which administrators place and lift legal holds."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, Form, SelectField

from outreach.accounts.signed_in import me
from outreach.database import transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, NotFoundError
from outreach.events import worklist
from outreach.events.models import Event
from outreach.fields import LineField, LinesField, said, sent, tell
from outreach.i18n import N_, local
from outreach.inventory import WHATS
from outreach.policy import Action
from outreach.registration import holds
from outreach.registration.pauses import choices
from outreach.runtime import now, settings
from outreach.security import keep_private, protect, requires
from outreach.web import lazy, t

bp = Blueprint("staff_holds", __name__, url_prefix="/staff/holds")
protect(bp)
keep_private(bp)


class HoldForm(Form):
    """What must be kept, and who says so."""

    counsel = LineField(lazy(N_("Which lawyer says so?")))
    event = LineField(lazy(N_("The event's address, or the last part of it")))
    scope = SelectField(
        lazy(N_("Or one thing that we hold, of all events")),
        choices=lambda: [
            ("", t()(N_("All that is deleted of the event above"))),
            *((holding.id, t()(holding.what)) for holding in choices()),
        ],
        validate_choice=False,
    )
    reason = LinesField(lazy(N_("What is demanded, and where that is written")))
    is_silent = BooleanField(lazy(N_("A court forbids to tell of it")))


@bp.get("")
@requires(Action.HOLD)
def show() -> str:
    """The holds that there are and were, and the form for another one."""
    return _page(HoldForm())


@bp.post("")
@requires(Action.HOLD)
def place() -> Response | tuple[str, int]:
    """Places a hold."""
    form = HoldForm(sent())
    try:
        with transaction():
            holds.place(
                counsel=form.counsel.data or "",
                reason=form.reason.data or "",
                holding_id=form.scope.data or None,
                event=_event(form.event.data or ""),
                is_silent=form.is_silent.data,
                by_id=me().id,
                now=now(),
            )
    except (InvalidInputsError, ConflictError) as error:
        tell(form, error)
        return _page(form), 409 if isinstance(error, ConflictError) else 422
    flash(t()(N_("The hold is placed. What it names is not deleted until it is lifted.")), "good")
    return redirect(url_for("staff_holds.show"), 303)


@bp.post("/<int:hold_id>/lift")
@requires(Action.HOLD)
def lift(hold_id: int) -> Response:
    """Lifts a hold."""
    try:
        with transaction():
            holds.lift(hold_id, by_id=me().id, now=now())
    except ConflictError as error:
        flash(said(error), "warn")
    else:
        flash(t()(N_("The hold is lifted. What waited for it is deleted within the hour.")), "good")
    return redirect(url_for("staff_holds.show"), 303)


def _page(form: HoldForm) -> str:
    return render_template("staff/holds.html", form=form, holds=holds.listed(), whats=WHATS, time_of=_time_of)


def _event(typed: str) -> Event | None:
    """The event of an address as it is copied from a browser, or of its last part; None for nothing typed."""
    public_id = typed.partition("?")[0].rstrip("/").rpartition("/")[2].partition("-")[0]
    if not public_id:
        return None
    try:
        return worklist.find(public_id)
    except NotFoundError:
        raise InvalidInputsError(
            [InvalidInputError(N_("There is no event with this address."), field="event")]
        ) from None


def _time_of(at: datetime) -> datetime:
    return local(at, settings().time_zone)
