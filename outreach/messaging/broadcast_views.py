"""Staff pages of announcements: written with their cost in sight, read, sent, watched, stopped, paid for."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Field, Form, SelectField

from outreach.accounts.signed_in import me
from outreach.database import transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, NotAllowedError
from outreach.events import worklist
from outreach.events.models import Event
from outreach.fields import CountField, LinesField, revision_seen, said, sent, tell
from outreach.i18n import LANGUAGES, N_, language_name, local
from outreach.messaging import broadcast_texts, broadcasts, budgets
from outreach.messaging.broadcasts import Pace
from outreach.messaging.estimates import CENTS_PER_PART, ONE_PERSON_MAY_TEXT, PARTS_BUDGET, Estimate
from outreach.messaging.models import Broadcast
from outreach.messaging.models.broadcast import GUESTS
from outreach.messaging.staff_views import GROUPS
from outreach.policy import Action
from outreach.registration.scopes import REGION, of_organization
from outreach.runtime import now, settings, vault
from outreach.security import can, current_staff, keep_private, protect, require, requires
from outreach.web import lazy, t

bp = Blueprint("staff_broadcasts", __name__, url_prefix="/staff/messages/broadcasts")
protect(bp)
keep_private(bp)

_SHOWN = 50


class BudgetForm(Form):
    """What announcements of one organization, or of all, may cost in a month."""

    scope = SelectField(lazy(N_("Whose announcements?")), validate_choice=False)
    dollars = CountField(lazy(N_("Dollars a month")))


@bp.app_context_processor
def _words() -> dict[str, Any]:
    return {"can_announce": _can_announce}


@bp.get("")
def index() -> str:
    """The newest announcements of the events that somebody may text the guests of."""
    staff = current_staff()
    assert staff is not None
    require(Action.ANNOUNCE, host_id=staff.actor.organization_id)
    host_id = None if can(Action.ANNOUNCE) else staff.actor.organization_id
    return _list_page(broadcasts.listed(host_id=host_id, limit=_SHOWN))


@bp.get("/events/<public_id>")
def of_event(public_id: str) -> str:
    """The announcements of one event."""
    event = _event(public_id)
    return _list_page(broadcasts.listed(event_id=event.id, limit=_SHOWN), event)


@bp.route("/events/<public_id>/new", methods=["GET", "POST"])
def new(public_id: str) -> Response | str | tuple[str, int]:
    """Asks for the words in each language, counts them, and keeps them as a draft."""
    event = _event(public_id)
    audience = _audience(event)
    form = _form(_locales(event, event.source_locale), {})
    if request.method == "GET":
        return _form_page(form, event, audience, event.source_locale)
    try:
        if request.form.get("do") == "count":
            return _counted(form, event, audience, event.source_locale)
        with transaction():
            row = broadcasts.write(event, _typed(form), audience=audience, author=me(), now=now())
    except (InvalidInputsError, ConflictError) as error:
        return _refused(form, event, audience, event.source_locale, error)
    return _to(row)


@bp.route("/<int:broadcast_id>/edit", methods=["GET", "POST"])
def edit(broadcast_id: int) -> Response | str | tuple[str, int]:
    """Changes the words of an announcement that has not been sent off."""
    row = _own_broadcast(broadcast_id)
    form = _form(_locales(row.event, row.source_locale), row.texts)
    if request.method == "GET":
        if row.state not in broadcasts.EDITABLE:
            return _to(row)
        return _form_page(form, row.event, row.audience, row.source_locale, row)
    try:
        if request.form.get("do") == "count":
            return _counted(form, row.event, row.audience, row.source_locale, row)
        with transaction():
            broadcasts.rewrite(row, _typed(form), revision=revision_seen(), author=me(), now=now())
    except (InvalidInputsError, ConflictError) as error:
        return _refused(form, row.event, row.audience, row.source_locale, error, row)
    return _to(row)


@bp.get("/<int:broadcast_id>")
def show(broadcast_id: int) -> str:
    """What will be sent to whom and when, or how far it has come; and what can be done about it."""
    return _page(_broadcast(broadcast_id))


@bp.post("/<int:broadcast_id>/send")
def send(broadcast_id: int) -> Response | tuple[str, int]:
    """Lets a draft go."""
    row = _own_broadcast(broadcast_id)
    return _do(
        row, lambda: broadcasts.send(row, revision=revision_seen(), pace=_pace(), vault=vault(), now=now())
    )


@bp.post("/<int:broadcast_id>/confirm")
def confirm(broadcast_id: int) -> Response | tuple[str, int]:
    """Lets what somebody else wrote go."""
    row = _own_broadcast(broadcast_id)
    return _do(
        row,
        lambda: broadcasts.confirm(
            row, revision=revision_seen(), by=me(), pace=_pace(), vault=vault(), now=now()
        ),
    )


@bp.post("/<int:broadcast_id>/stop")
def stop(broadcast_id: int) -> Response | tuple[str, int]:
    """Ends an announcement wherever it stands."""
    row = _own_broadcast(broadcast_id)
    return _do(row, lambda: broadcasts.stop(row, by=me(), now=now()))


@bp.route("/budgets", methods=["GET", "POST"])
@requires(Action.SET_BUDGET)
def budget() -> Response | str | tuple[str, int]:
    """What announcements may cost in a month and have cost, for each organization and for all."""
    form = BudgetForm(sent(), scope=request.args.get("scope", budgets.REGION))
    scopes = [(scope, name or t()(N_("The whole region"))) for scope, name in budgets.scopes()]
    form.scope.choices = scopes
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            dollars = form.dollars.data
            try:
                with transaction():
                    budgets.set_limit(form.scope.data, None if dollars is None else 100 * dollars)
            except InvalidInputError as error:
                tell(form, error)
            else:
                flash(t()(N_("The budget is set. Announcements that were held go on by themselves.")), "good")
                return redirect(url_for("staff_broadcasts.budget"), 303)
    month = budgets.month_of(now(), settings().time_zone)
    limits, spent = budgets.limits(), budgets.parts_spent(month)
    rows = [(scope, name, spent.get(scope, 0) * CENTS_PER_PART, limits.get(scope)) for scope, name in scopes]
    return render_template("staff/broadcast_budgets.html", form=form, rows=rows, **_sayings()), status


def _list_page(rows: list[Broadcast], event: Event | None = None) -> str:
    return render_template(
        "staff/broadcasts.html",
        rows=rows,
        event=event,
        is_open=event is not None and broadcast_texts.is_open(event, now()),
        progress=broadcast_texts.progress(rows),
        states=broadcasts.STATES,
        may_set_budget=can(Action.SET_BUDGET),
        **_sayings(),
    )


def _page(row: Broadcast, problem: str = "") -> str:
    is_open = broadcast_texts.is_open(row.event, now())
    is_unsent = row.state in broadcasts.EDITABLE
    estimate = _estimate(row.event, row.texts, row.audience, row.source_locale) if is_unsent else None
    bodies = broadcast_texts.bodies(
        row.event, row.texts, audience=row.audience, public_url=settings().public_url
    )
    if estimate is not None:
        bodies = {each.locale: each.body for each in estimate.languages}
    progress = broadcast_texts.progress([row])[row.id]
    return render_template(
        "staff/broadcast.html",
        row=row,
        event=row.event,
        problem=problem,
        is_open=is_open,
        is_unsent=is_unsent,
        is_mine=row.author_id == me().id,
        may_act=_may_act(row),
        estimate=estimate,
        bodies=bodies,
        parts_left=_parts_left(row.event),
        progress=progress,
        groups=[(label, sum(progress.states.get(state, 0) for state in states)) for label, states in GROUPS],
        states=broadcasts.STATES,
        may_set_budget=can(Action.SET_BUDGET),
        **_sayings(),
    )


def _form_page(
    form: Form,
    event: Event,
    audience: str,
    source_locale: str,
    row: Broadcast | None = None,
    *,
    estimate: Estimate | None = None,
    is_wrong: bool = False,
) -> str:
    return render_template(
        "staff/broadcast_form.html",
        form=form,
        event=event,
        row=row,
        audience=audience,
        fields=[(locale, form[_field(locale)]) for locale in _locales(event, source_locale)],
        source_locale=source_locale,
        estimate=estimate,
        parts_left=_parts_left(event),
        revision=revision_seen() if is_wrong or estimate else row.revision if row else 0,
        **_sayings(),
    )


def _counted(
    form: Form, event: Event, audience: str, source_locale: str, row: Broadcast | None = None
) -> str:
    """The form as it was typed, with what it would take to send that."""
    texts = broadcasts.tidy_texts(_typed(form), source_locale=source_locale, are_needed=audience == GUESTS)
    estimate = _estimate(event, texts, audience, source_locale)
    return _form_page(form, event, audience, source_locale, row, estimate=estimate)


def _refused(
    form: Form,
    event: Event,
    audience: str,
    source_locale: str,
    error: InvalidInputsError | ConflictError,
    row: Broadcast | None = None,
) -> tuple[str, int]:
    form.validate()
    places: Mapping[str, Field] = {locale: form[_field(locale)] for locale in _locales(event, source_locale)}
    tell(form, error, places=places)
    status = 409 if isinstance(error, ConflictError) else 422
    return _form_page(form, event, audience, source_locale, row, is_wrong=True), status


def _do(row: Broadcast, action: Callable[[], object]) -> Response | tuple[str, int]:
    """Does one thing in one transaction; a refusal is told on the announcement's own page."""
    broadcast_id = row.id
    try:
        with transaction():
            action()
    except (ConflictError, NotAllowedError) as error:
        status = 409 if isinstance(error, ConflictError) else 403
        return _page(broadcasts.find(broadcast_id), said(error)), status
    return _to(row)


def _estimate(event: Event, texts: Mapping[str, str], audience: str, source_locale: str) -> Estimate:
    return broadcasts.preview(
        event, texts, audience=audience, source_locale=source_locale, pace=_pace(), vault=vault(), now=now()
    )


def _parts_left(event: Event) -> int | None:
    month = budgets.month_of(now(), settings().time_zone)
    return budgets.parts_left(event.organization_id, month=month)


def _sayings() -> dict[str, Any]:
    """What every page here says things with."""
    return {
        "language_of": lambda locale: language_name(locale, t().locale),
        "time_of": lambda at: t().when(local(at, settings().time_zone)),
        "dollars": lambda cents: t().number(round(cents / 100, 2)),
        "cents_per_part": CENTS_PER_PART,
        "parts_budget": PARTS_BUDGET,
        "one_person_may_text": ONE_PERSON_MAY_TEXT,
        "GUESTS": GUESTS,
        "REGION": REGION,
        "may_tell_region": can(Action.TELL_REGION),
    }


def _form(locales: list[str], texts: Mapping[str, str]) -> Form:
    """One box for each language."""
    boxes = {
        _field(locale): LinesField(LANGUAGES[locale].endonym, default=texts.get(locale, ""))
        for locale in locales
    }
    made: type[Form] = type("WordsForm", (Form,), boxes)
    return made(sent())


def _field(locale: str) -> str:
    return f"words_{locale.replace('-', '_')}"


def _locales(event: Event, source_locale: str) -> list[str]:
    """The languages that words can be written in, the one that needs them first."""
    return [source_locale, *(locale for locale in settings().locales if locale != source_locale)]


def _typed(form: Form) -> dict[str, str]:
    return {locale: form[_field(locale)].data or "" for locale in LANGUAGES if _field(locale) in form.data}


def _event(public_id: str) -> Event:
    """The event, if whoever is signed in may text its guests; otherwise it does not exist for them."""
    event = worklist.find(public_id)
    require(Action.ANNOUNCE, host_id=event.organization_id)
    return event


def _broadcast(broadcast_id: int) -> Broadcast:
    row = broadcasts.find(broadcast_id)
    require(Action.ANNOUNCE, host_id=row.event.organization_id)
    return row


def _own_broadcast(broadcast_id: int) -> Broadcast:
    """The same, if whoever is signed in may also write to those who get it."""
    row = _broadcast(broadcast_id)
    if row.audience == REGION:
        require(Action.TELL_REGION, host_id=row.event.organization_id)
    return row


def _may_act(row: Broadcast) -> bool:
    return row.audience != REGION or can(Action.TELL_REGION)


def _audience(event: Event) -> str:
    """Whom a new announcement is for, as the address asks: the guests where it asks nothing."""
    match request.args.get("to", "guests"):
        case "region":
            require(Action.TELL_REGION, host_id=event.organization_id)
            return REGION
        case "organization":
            return of_organization(event.organization_id)
    return GUESTS


def _can_announce(event: Event) -> bool:
    return can(Action.ANNOUNCE, host_id=event.organization_id)


def _pace() -> Pace:
    return Pace(settings().segments_per_second, settings().time_zone, settings().public_url)


def _to(row: Broadcast) -> Response:
    return redirect(url_for("staff_broadcasts.show", broadcast_id=row.id), 303)
