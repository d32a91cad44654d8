"""Closing an event at the door: how many people were in the room, and what the ballots add up to."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField

from outreach.database import transaction
from outreach.engagement import ballots, batches
from outreach.engagement.batches import Batch
from outreach.engagement.questions import BACKGROUND, TALK, BallotQuestion
from outreach.engagement.totals import BallotTotals, TalkTotals, fits
from outreach.errors import ConflictError, InvalidInputError
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.fields import SentForm
from outreach.i18n import N_
from outreach.registration import door
from outreach.registration.counts import whole_number
from outreach.runtime import now, vault
from outreach.security import keep_private
from outreach.web import lazy, t

bp = Blueprint("ballots", __name__, url_prefix="/door/<token>")
keep_private(bp)

_MOST_PEOPLE = 99_999


def _total(question: BallotQuestion, name: str) -> StringField:
    return StringField(lazy(dict(question.answers)[name]))


class CloseForm(SentForm):
    """The head count, and the totals that were counted by hand where there were ballots."""

    head_count = StringField(lazy(N_("How many guests were in the room?")))
    children = StringField(lazy(N_("How many of them were children under 16?")))
    newcomers = _total(BACKGROUND, "newcomers")
    residents = _total(BACKGROUND, "residents")
    both = _total(BACKGROUND, "both")
    unsaid = _total(BACKGROUND, "unsaid")
    talked = _total(TALK, "talked")
    did_not = _total(TALK, "did_not")
    talk_unsaid = _total(TALK, "unsaid")
    #: Asked only while the event still lasts.
    is_meant = BooleanField(lazy(N_("Nobody else is coming")))


_FIELDS = {
    BACKGROUND: ("newcomers", "residents", "both", "unsaid"),
    TALK: ("talked", "did_not", "talk_unsaid"),
}


@bp.route("/close", methods=["GET", "POST"])
def close(token: str) -> str | Response | tuple[str, int]:
    """Asks for the numbers and closes the event with them; asked again, it corrects them."""
    event = _event(token)
    form = CloseForm()
    if event.status == "held" or event.ends_at <= now() or not event.is_end_known or event.starts_at > now():
        del form.is_meant
    if request.method == "GET":
        counted = door.people_in_room(event) if event.head_count is None else event.head_count
        form.head_count.data = str(counted)
        children = ballots.children_of(event)
        form.children.data = "" if children is None else str(children)
        return _page(event, token, form)
    head_count = _number(form, "head_count")
    children = _number(form, "children") if (form.children.data or "").strip() else None
    totals, talk = _typed(form, BACKGROUND), _typed(form, TALK)
    from_device = _from_device(form)
    if form.is_meant and not form.is_meant.data:
        form.is_meant.errors = [t()(N_("Check this if everybody is in. Otherwise close the event later."))]
    if form.errors or head_count is None:
        return _page(event, token, form), 400
    try:
        with transaction():
            event = _event(token)
            ballots.close(
                event,
                head_count,
                BallotTotals(*totals) if totals else None,
                now=now(),
                talk=TalkTotals(*talk) if talk else None,
                batches=from_device,
                children=children,
            )
    except InvalidInputError as error:
        form[error.field].errors = [t()(error.message, **error.values)]
        return _page(event, token, form), 400
    except ConflictError as error:
        form.form_errors = [t()(error.message, **error.values)]
        return _page(event, token, form), 409
    return redirect(url_for("ballots.close", token=token, done=1), 303)


def _page(event: Event, token: str, form: CloseForm) -> str:
    cast = ballots.ballots_cast(event)
    asked = None if event.head_count is None else event.head_count - (ballots.children_of(event) or 0)
    return render_template(
        "door/close.html",
        event=event,
        token=token,
        form=form,
        is_door=door.is_link_to(event, token, vault=vault()),
        registered_here=door.people_in_room(event) - door.walk_ins_of(event),
        walk_ins=door.walk_ins_of(event),
        ballots_cast=cast,
        talk_cast=ballots.ballots_cast(event, "talk"),
        asked_count=asked,
        is_fitting=cast is None or fits(cast, asked),
        talk_fields=[form[name] for name in _FIELDS[TALK]] if ballots.asks_about_talk(event) else [],
        talk_question=TALK.ask,
        taken=ballots.taken_keys(event),
        has_begun=event.starts_at <= now(),
        is_done="done" in request.args,
        report_note=t()(KINDS[event.kind].report_note),
    )


def _from_device(form: CloseForm) -> list[Batch]:
    """What the script of a shared device added to the form."""
    try:
        return batches.parse(request.form.getlist("batch"))
    except InvalidInputError as error:
        form[error.field].errors = [t()(error.message, **error.values)]
        return []


def _typed(form: CloseForm, question: BallotQuestion) -> list[int] | None:
    """A question's totals as typed; one left empty beside others is 0, all empty are no ballots."""
    names = [name for name in _FIELDS[question] if (form[name].data or "").strip()]
    typed = {name: _number(form, name) or 0 for name in names}
    return [typed.get(name, 0) for name in _FIELDS[question]] if names else None


def _event(token: str) -> Event:
    return door.event_behind(token, vault=vault(), now=now(), opened_by=("door", "ballot"))


def _number(form: CloseForm, name: str) -> int | None:
    try:
        return whole_number(form[name].data or "", most=_MOST_PEOPLE, field=name)
    except InvalidInputError as error:
        form[name].errors = [t()(error.message, **error.values)]
        return None
