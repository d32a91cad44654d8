"""Staff pages of events: what needs doing, lists, the form, review, calling off and closing."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from outreach.accounts.models import Organization
from outreach.accounts.signed_in import me
from outreach.database import transaction
from outreach.errors import (
    ConflictError,
    InvalidInputError,
    InvalidInputsError,
    NotAllowedError,
    NotFoundError,
    OutreachError,
)
from outreach.events import planning, worklist
from outreach.events.drafts import STATUSES, EventDraft
from outreach.events.facts import Fact, differences, facts
from outreach.events.forms import CancelForm, CloseForm, EventForm, NoteForm, filled, kinds_for
from outreach.events.kinds import KINDS
from outreach.events.models import Event, EventChange
from outreach.events.shown import cancel_reason
from outreach.events.views import draw_event
from outreach.fields import revision_seen, said, sent, tell
from outreach.hours import ROUTINE
from outreach.i18n import N_, local, translator
from outreach.policy import Action, Actor, Role
from outreach.runtime import now, settings
from outreach.security import can, current_staff, keep_private, protect, require, requires
from outreach.web import offered_languages, t

bp = Blueprint("staff_events", __name__, url_prefix="/staff")
protect(bp)
keep_private(bp)

_AT_HOME = 5
#: Changes that their organizer goes on with: nobody should have to type again what was given back.
_TAKEN_UP = ("submitted", "returned")
_REFUSED = (InvalidInputError, InvalidInputsError, ConflictError)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"KINDS": KINDS, "STATUSES": STATUSES, "can_see_guests": _can_see_guests}


@bp.errorhandler(CSRFError)
def _stale(error: CSRFError) -> tuple[str, int]:
    """A form that was sent after signing out and in again is shown once more, with everything in it."""
    if current_staff() is None:
        sentence = N_(
            "You are signed out. Sign in in another tab, then send this page again: nothing is lost."
        )
        return render_template("errors/error.html", status=403, message=t()(sentence)), 403
    if request.endpoint not in ("staff_events.new", "staff_events.edit"):
        sentence = N_("This page was open for too long. Go back, reload it and send it again.")
        return render_template("errors/error.html", status=400, message=t()(sentence)), 400
    form = EventForm(sent())
    form.form_errors = [t()(N_("You signed in again meanwhile. Please save once more: nothing is lost."))]
    if request.endpoint == "staff_events.new":
        return _form_page(form, worklist.hosts(_actor())), 422
    event = _event((request.view_args or {})["public_id"], Action.PLAN_EVENT)
    return _form_page(form, [event.organization], event=event), 422


@bp.get("/")
@requires(Action.LIST_EVENTS)
def home() -> str:
    """What needs doing: drafts, reviews, events to close, and what is coming up."""
    actor, at = _actor(), now()
    stages = ["review", "over", "drafts", "upcoming"]
    if actor.role is Role.ORGANIZER:
        stages = ["drafts", "over", "review", "upcoming"]
    pages = {stage: worklist.page(actor, stage, now=at, size=_AT_HOME) for stage in stages}
    changes = worklist.changes_of([*pages["review"].events, *pages["drafts"].events])
    return render_template("staff/home.html", pages=pages, stages=worklist.STAGES, changes=changes)


@bp.get("/events")
@requires(Action.LIST_EVENTS)
def index() -> str:
    """The events somebody may see, stage by stage."""
    stage = request.args.get("stage", "upcoming")
    if stage not in worklist.STAGES:
        raise NotFoundError(N_("There is no such page."))
    words = request.args.get("q", "").replace("\0", "")[:60]
    number = request.args.get("page", 1, type=int)
    found = worklist.page(_actor(), stage, now=now(), words=words, number=number)
    return render_template(
        "staff/events.html",
        page=found,
        stage=stage,
        words=words,
        stages=worklist.STAGES,
        counts=worklist.counts(_actor(), now=now()),
        changes=worklist.changes_of(found.events),
    )


@bp.get("/review")
@requires(Action.REVIEW_EVENT)
def review() -> str:
    """Events and changes that wait for a coordinator, those that begin soonest first."""
    found = worklist.page(_actor(), "review", now=now(), number=request.args.get("page", 1, type=int))
    changes = worklist.changes_of(found.events)
    return render_template("staff/review.html", page=found, changes=changes)


@bp.route("/events/new", methods=["GET", "POST"])
@requires(Action.LIST_EVENTS)
def new() -> Response | str | tuple[str, int]:
    """Asks for the kind, then for everything else; saves a draft."""
    hosts = worklist.hosts(_actor())
    if not hosts:
        raise NotAllowedError(N_("You may not see this page."))
    kinds = {kind.id: kind for kind in kinds_for(hosts)}
    if request.method == "POST":
        return _save_new(hosts)
    kind = kinds.get(request.args.get("kind", ""))
    if kind is None:
        return render_template("staff/event_kind.html", kinds=list(kinds.values()))
    form = EventForm(
        kind=kind.id,
        texts=[{"locale": t().locale}],
        time_zone=settings().time_zone,
        capacity=kind.default_capacity,
        host=next((host.public_id for host in hosts if host.id == _actor().organization_id), None),
    )
    return _form_page(form, hosts)


@bp.get("/events/<public_id>")
def show(public_id: str) -> str:
    """One event: where it stands, what it says, and what can be done now."""
    return _show(_event(public_id, Action.VIEW_EVENT))


@bp.route("/events/<public_id>/edit", methods=["GET", "POST"])
def edit(public_id: str) -> Response | str | tuple[str, int]:
    """Changes an event: at once, or as a change that waits for review."""
    event = _event(public_id, Action.PLAN_EVENT)
    hosts = [event.organization]
    is_free = planning.is_free_to_publish(event.organization, me())
    if request.method == "GET":
        # Whoever publishes by saving must not publish what somebody refused.
        change = _newest_change(event, "submitted") if is_free else _newest_change(event, *_TAKEN_UP)
        draft = EventDraft.from_json(change.draft) if change else planning.draft_of(event)
        return _form_page(filled(draft, revision=event.revision), hosts, event=event, change=change)
    form = EventForm(sent())
    form.offer_choices(hosts)
    if form.change_blocks(request.form.get("do", "")):
        return _form_page(form, hosts, event=event)
    if not form.validate():
        return _form_page(form, hosts, event=event), 422
    try:
        draft = form.draft()
        if is_free and planning.would_move(event, draft) and not form.is_move_meant.data:
            form.is_move_meant.errors = [
                t()(N_("Say whether you mean it: guests who gave a number get a text at once."))
            ]
            return _form_page(form, hosts, event=event, is_moving=True), 422
        with transaction():
            change = planning.edit(event, draft, author=me(), revision=revision_seen(), now=now())
    except (InvalidInputError, InvalidInputsError) as error:
        form.tell(error)
        return _form_page(form, hosts, event=event), 422
    except ConflictError as error:
        return _conflict_page(form, error, draft, event=_event(public_id, Action.PLAN_EVENT)), 409
    flash(t()(N_("Your change waits for review.") if change else N_("Saved.")), "good")
    return _to(event)


@bp.get("/events/<public_id>/preview")
def preview(public_id: str) -> str:
    """The page that guests will see, in one of the languages on offer."""
    event = _event(public_id, Action.VIEW_EVENT)
    locale = request.args.get("in", event.source_locale)
    if locale in settings().locales:
        # Everything on the page is said in the guest's language, its links and its dates as well.
        g.locale, g.t = locale, translator(locale)
    return draw_event(
        event, now(), template="staff/event_preview.html", preview_languages=offered_languages()
    )


@bp.post("/events/<public_id>/submit")
def submit(public_id: str) -> Response | tuple[str, int]:
    """Hands a draft in, or publishes it where nobody has to review it."""
    event = _event(public_id, Action.PLAN_EVENT)
    return _do(event, lambda: planning.submit(event, author=me(), now=now()), done=_submitted)


@bp.post("/events/<public_id>/publish")
def publish(public_id: str) -> Response | tuple[str, int]:
    """Makes an event public."""
    event = _event(public_id, Action.REVIEW_EVENT)
    return _do(
        event,
        lambda: planning.publish(event, revision=revision_seen(), now=now()),
        done=lambda _: N_("The event is published."),
    )


@bp.post("/events/<public_id>/return")
def return_with_note(public_id: str) -> Response | tuple[str, int]:
    """Gives an event back to its organizer."""
    event = _event(public_id, Action.REVIEW_EVENT)
    form = NoteForm(sent())
    return _do(
        event,
        lambda: planning.return_with_note(event, form.note.data or "", now=now()),
        done=lambda _: N_("The event went back with your note."),
        form=form,
    )


@bp.get("/events/<public_id>/change")
def change(public_id: str) -> str:
    """A waiting change, compared with what is public."""
    event = _event(public_id, Action.VIEW_EVENT)
    return _change_page(event, _change(event), NoteForm())


@bp.post("/events/<public_id>/change/approve")
def approve_change(public_id: str) -> Response | tuple[str, int]:
    """Lets a change take effect."""
    event = _event(public_id, Action.REVIEW_EVENT)
    waiting = _change(event)
    try:
        with transaction():
            planning.approve_change(waiting, reviewer=me(), revision=revision_seen(), now=now())
    except _REFUSED as error:
        return _refused_change(public_id, NoteForm(), error)
    flash(t()(N_("The change is published.")), "good")
    return _to(event)


@bp.post("/events/<public_id>/change/return")
def return_change(public_id: str) -> Response | tuple[str, int]:
    """Refuses a change; the event stays as it is."""
    event = _event(public_id, Action.REVIEW_EVENT)
    waiting = _change(event)
    form = NoteForm(sent())
    try:
        with transaction():
            planning.return_change(waiting, form.note.data or "", reviewer=me(), now=now())
    except _REFUSED as error:
        return _refused_change(public_id, form, error)
    flash(t()(N_("The change went back with your note.")), "good")
    return _to(event)


@bp.post("/events/<public_id>/change/withdraw")
def withdraw_change(public_id: str) -> Response | tuple[str, int]:
    """Takes a change back that waits or was returned."""
    event = _event(public_id, Action.PLAN_EVENT)
    waiting = _newest_change(event, *_TAKEN_UP)
    if waiting is None:
        raise NotFoundError(N_("There is no such page."))
    return _do(
        event,
        lambda: planning.withdraw_change(waiting, revision=revision_seen()),
        done=lambda _: N_("The change is gone. The event stays as it is."),
    )


@bp.post("/events/<public_id>/delete")
def delete(public_id: str) -> Response | tuple[str, int]:
    """Deletes an event that was never public."""
    event = _event(public_id, Action.PLAN_EVENT)
    try:
        with transaction():
            planning.discard(event, revision=revision_seen())
    except ConflictError as error:
        return _show(_event(public_id, Action.PLAN_EVENT), problem=said(error)), 409
    flash(t()(N_("The draft is deleted.")), "good")
    return redirect(url_for("staff_events.home"), 303)


@bp.post("/events/<public_id>/open-again")
def open_again(public_id: str) -> Response | tuple[str, int]:
    """Takes back that an event was closed, while it still lasts."""
    event = _event(public_id, Action.PLAN_EVENT)
    return _do(
        event,
        lambda: planning.open_again(event, now=now()),
        done=lambda _: N_("The event is open again."),
    )


@bp.route("/events/<public_id>/cancel", methods=["GET", "POST"])
def cancel(public_id: str) -> Response | str | tuple[str, int]:
    """Calls an event off; asks for the reason, which guests are told."""
    event = _event(public_id, Action.PLAN_EVENT)
    if event.status in planning.EDITABLE:
        raise NotFoundError(N_("There is no such page."))
    form = CancelForm(sent(), locale=event.source_locale)
    form.offer_choices(event)
    if request.method == "POST":
        return _do(
            event,
            lambda: planning.cancel(
                event, form.reason.data or "", locale=form.locale.data or event.source_locale, now=now()
            ),
            done=lambda _: N_("The event is canceled. Guests who gave a number get a text."),
            form=form,
            page="staff/event_cancel.html",
        )
    return render_template("staff/event_cancel.html", event=event, form=form)


@bp.route("/events/<public_id>/close", methods=["GET", "POST"])
def close(public_id: str) -> Response | str | tuple[str, int]:
    """Records that an event took place and how many came; may be said again."""
    event = _event(public_id, Action.PLAN_EVENT)
    form = CloseForm(sent(), head_count=event.head_count)
    if request.method == "POST":
        if not form.validate():
            return render_template("staff/event_close.html", event=event, form=form), 422
        return _do(
            event,
            lambda: planning.close_as_held(event, form.head_count.data, now=now()),
            done=lambda _: N_("The event is closed. Thank you."),
            form=form,
            page="staff/event_close.html",
        )
    return render_template("staff/event_close.html", event=event, form=form)


def _save_new(hosts: list[Organization]) -> Response | str | tuple[str, int]:
    form = EventForm(sent())
    form.offer_choices(hosts)
    if form.change_blocks(request.form.get("do", "")):
        return _form_page(form, hosts)
    host = hosts[0] if len(hosts) == 1 else next((h for h in hosts if h.public_id == form.host.data), None)
    if not form.validate() or host is None:
        if host is None:
            form.tell(InvalidInputError(N_("Choose from the list."), field="host"))
        return _form_page(form, hosts), 422
    require(Action.PLAN_EVENT, host_id=host.id)
    try:
        draft = form.draft()
        with transaction():
            event = planning.create(draft, host=host, now=now())
    except (InvalidInputError, InvalidInputsError) as error:
        form.tell(error)
        return _form_page(form, hosts), 422
    flash(t()(N_("The draft is saved. Nobody else sees it yet.")), "good")
    return _to(event)


def _do(
    event: Event,
    action: Callable[[], None],
    *,
    done: Callable[[Event], str],
    form: NoteForm | CancelForm | CloseForm | None = None,
    page: str = "",
) -> Response | tuple[str, int]:
    """Does one thing in one transaction; a refusal is told on the page it came from."""
    public_id = event.public_id
    try:
        with transaction():
            action()
    except _REFUSED as error:
        status = 409 if isinstance(error, ConflictError) else 422
        event = _event(public_id, Action.VIEW_EVENT)
        if form is not None:
            tell(form, error)
            if page:
                return render_template(page, event=event, form=form), status
            return _show(event, form=form), status
        return _show(event, problem=said(error)), status
    flash(t()(done(event)), "good")
    return _to(event)


def _submitted(event: Event) -> str:
    if event.status == "published":
        return N_("The event is published.")
    return N_("The event waits for review. You can still change it.")


def _show(event: Event, *, form: NoteForm | CancelForm | CloseForm | None = None, problem: str = "") -> str:
    change = worklist.change_of(event)
    return render_template(
        "staff/event.html",
        event=event,
        facts=_facts(planning.draft_of(event)),
        change=change,
        form=form,
        note_form=form or NoteForm(),
        problem=problem,
        may_plan=_can(Action.PLAN_EVENT, event),
        may_review=_can(Action.REVIEW_EVENT, event),
        is_free=planning.is_free_to_publish(event.organization, me()),
        has_begun=event.starts_at <= now(),
        is_over=event.ends_at <= now(),
        reason=cancel_reason(event, t()),
    )


def _form_page(form: EventForm, hosts: list[Organization], *, event: Event | None = None, **more: Any) -> str:
    form.offer_choices(hosts)
    return render_template(
        "staff/event_form.html",
        form=form,
        event=event,
        hosts=hosts,
        kind=KINDS.get(form.kind.data or ""),
        is_free=event is not None and planning.is_free_to_publish(event.organization, me()),
        quiet=[t().clock(datetime.combine(date.min, at)) for at in (ROUTINE.closes, ROUTINE.opens)],
        **more,
    )


def _conflict_page(form: EventForm, error: ConflictError, draft: EventDraft, *, event: Event) -> str:
    """The form as it was typed, beside what somebody else saved; sending it again overwrites that."""
    waiting = _newest_change(event, "submitted")
    newer = EventDraft.from_json(waiting.draft) if waiting else planning.draft_of(event)
    form.revision.data = str(event.revision)
    return _form_page(
        form,
        [event.organization],
        event=event,
        conflict=said(error),
        newer=differences(_facts(draft), _facts(newer)),
    )


def _change_page(event: Event, waiting: EventChange, form: NoteForm, *, problem: str = "") -> str:
    proposed = EventDraft.from_json(waiting.draft)
    return render_template(
        "staff/event_change.html",
        event=event,
        change=waiting,
        differences=differences(_facts(planning.draft_of(event)), _facts(proposed)),
        is_moving=planning.would_move(event, proposed),
        may_plan=_can(Action.PLAN_EVENT, event),
        form=form,
        problem=problem,
        sent_local=local(waiting.created_at, event.time_zone),
        may_review=_can(Action.REVIEW_EVENT, event),
    )


def _refused_change(public_id: str, form: NoteForm, error: OutreachError) -> tuple[str, int]:
    event = _event(public_id, Action.REVIEW_EVENT)
    status = 409 if isinstance(error, ConflictError) else 422
    waiting = _newest_change(event, "submitted")
    if waiting is None:
        return _show(event, problem=said(error)), status
    if isinstance(error, InvalidInputError) and error.field == "note":
        tell(form, error)
        return _change_page(event, waiting, form), status
    return _change_page(event, waiting, form, problem=said(error)), status


def _facts(draft: EventDraft) -> tuple[Fact, ...]:
    return facts(draft, t(), names=worklist.names())


def _event(public_id: str, action: Action) -> Event:
    """The event, if whoever is signed in may do this with it; otherwise it does not exist for them."""
    event = worklist.find(public_id)
    require(action, host_id=event.organization_id, cohost_ids=[body.id for body in event.cohosts])
    return event


def _can(action: Action, event: Event) -> bool:
    return can(action, host_id=event.organization_id, cohost_ids=[body.id for body in event.cohosts])


def _can_see_guests(event: Event) -> bool:
    return _can(Action.SEE_GUESTS, event)


def _newest_change(event: Event, *states: str) -> EventChange | None:
    """The newest change to a public event, if it is in one of these states."""
    change = worklist.change_of(event) if event.status == "published" else None
    return change if change and change.state in states else None


def _change(event: Event) -> EventChange:
    found = _newest_change(event, "submitted")
    if found is None:
        raise NotFoundError(N_("There is no such page."))
    return found


def _actor() -> Actor:
    staff = current_staff()
    assert staff is not None
    return staff.actor


def _to(event: Event) -> Response:
    return redirect(url_for("staff_events.show", public_id=event.public_id), 303)
