"""A guest's pages: registering for an event, and the pass. They are nobody else's and lie in no cache.

There is no account. A pass is opened by its link; the session of a browser remembers the last few
links, only so that a guest who registers with the same number again is led back.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from outreach import throttle
from outreach.database import transaction
from outreach.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
)
from outreach.events import queries, shown
from outreach.events.models import Event
from outreach.events.queries import Filters
from outreach.fields import said, tell
from outreach.i18n import N_
from outreach.phone import displayed, masked
from outreach.qr import svg
from outreach.registration import passes, requests, service
from outreach.registration.consent_words import calls_consent_words, consent_words
from outreach.registration.forms import (
    PARTY,
    TRAP,
    PartyForm,
    RegistrationForm,
    check,
    form_for,
    largest_party,
    request_of,
    steps_of,
)
from outreach.registration.guests import open_guest
from outreach.registration.models import Guest, Registration
from outreach.registration.requests import AlreadyRegistered, Consent, Outcome, RegistrationRequest
from outreach.registration.shown import entries_of
from outreach.registration.sign_up_pages import first_page, form_page, put_up_shelf
from outreach.runtime import now, settings, vault
from outreach.security import keep_private
from outreach.web import remember_locale, t

bp = Blueprint("registration", __name__, url_prefix="/<locale:locale>")
keep_private(bp)
bp.record(put_up_shelf)

#: Libraries and shelters share one address, families one number.
TRIES_OF_NUMBER, TRIES_OF_ADDRESS = 5, 60
TRIES_PER = timedelta(hours=1)

_PASSES = "passes"
_PASSES_REMEMBERED = 5
_OTHERS_SHOWN = 3


@bp.route("/events/<public_id>/register", methods=["GET", "POST"])
def register(public_id: str) -> ResponseReturnValue:
    """Asks one thing per page, carries the answers along, and registers at the end.

    Everything may also come at once, without a step.
    """
    try:
        if request.method == "GET":
            return _kept_for_back(first_page(public_id))
        event = queries.event_by_public_id(public_id, is_whole=False)
        service.check_open(event, now=now())
    except (NotFoundError, ConflictError) as refusal:
        return _closed_page(refusal)
    form = form_for(event, t(), region=settings().region_name)
    steps = steps_of(event)
    step, go = request.form.get("step", ""), request.form.get("go")
    if step in steps and go == "language":
        page = _step_page(form, event, step)
        remember_locale(page, t().locale)
        return page
    if step in steps and go == "back":
        return form_page(form, event, steps[max(0, steps.index(step) - 1)])
    if step in steps[:-1]:
        if not check(form, step, event):
            return form_page(form, event, step), 422
        return _step_page(form, event, steps[steps.index(step) + 1])
    return _finish(form, event, steps)


@bp.errorhandler(CSRFError)
def _stale(error: CSRFError) -> ResponseReturnValue:
    """What was open for too long is shown again; nothing that was entered is lost."""
    sentence = t()(N_("This page was open for a long time. Please continue once more: nothing is lost."))
    if request.endpoint != "registration.register":
        flash(sentence, "warn")
        token = (request.view_args or {}).get("token", "")
        return redirect(url_for("registration.show_pass", token=token), 303)
    try:
        event = queries.event_by_public_id((request.view_args or {})["public_id"], is_whole=False)
    except NotFoundError as refusal:
        return _closed_page(refusal)
    form = form_for(event, t(), region=settings().region_name)
    form.form_errors = [sentence]
    steps = steps_of(event)
    step = request.form.get("step", "")
    return form_page(form, event, step if step in steps else steps[0]), 422


@bp.get("/pass/check-your-phone")
def check_your_phone() -> str:
    """Tells somebody whose number is registered where its owner finds the registration, and nothing else."""
    return render_template("public/check_your_phone.html", text_number=_text_number())


@bp.get("/pass/deleted")
def deleted() -> str:
    """The end of a pass."""
    return render_template("public/deleted.html", is_all_gone="later" not in request.args)


@bp.get("/pass/<token>")
def show_pass(token: str) -> ResponseReturnValue:
    """What a guest is coming to, with the code for the door."""
    return _pass_page(token, _open(token))


@bp.route("/pass/<token>/<public_id>/party", methods=["GET", "POST"])
def change_party(token: str, public_id: str) -> ResponseReturnValue:
    """Makes a party larger or smaller."""
    guest = _open(token)
    row = passes.registration_on(guest, public_id)
    form = PartyForm()
    status = 200
    if request.method == "POST":
        is_new = form.party_size.data != str(row.party_size)

        def change(row: Registration) -> None:
            service.change_party(row, requests.party_size(form.party_size.data or ""), now=now())

        try:
            message = N_("The number of people is changed.") if is_new else N_("Your group stays as it was.")
            return _done(token, public_id, change, message)
        except InvalidInputError as problem:
            tell(form, problem)
            status = 422
    if request.method == "GET":
        form.party_size.data = str(row.party_size)
    return _pass_part("party", token, row, form=form, largest=largest_party(row.event)), status


@bp.route("/pass/<token>/<public_id>/cancel", methods=["GET", "POST"])
def cancel(token: str, public_id: str) -> ResponseReturnValue:
    """Takes a party off, after asking once."""
    guest = _open(token)
    if request.method == "POST":
        return _done(
            token,
            public_id,
            lambda row: service.cancel(row, now=now()),
            N_("Thank you for telling us. Your seats go to other people."),
        )
    return _pass_part("cancel", token, passes.registration_on(guest, public_id))


@bp.route("/pass/<token>/<public_id>/texts", methods=["GET", "POST"])
def texts(token: str, public_id: str) -> ResponseReturnValue:
    """Starts or ends texts about one event; starting shows the words that are agreed to."""
    guest = _open(token)
    if request.method == "POST":

        def end(row: Registration) -> None:
            words = t()(N_("Do not text me about this event"))
            passes.end_texts(row, words, locale=t().locale, door="web", vault=vault(), now=now())

        if request.form.get("texts") not in ("on", "calls"):
            return _done(token, public_id, end, N_("We will not text or call you about this event."))
        is_for_calls = request.form["texts"] == "calls"

        def start(row: Registration) -> None:
            words = _calls_consent(row.event) if is_for_calls else _consent(row.event)
            agreed = Consent(words, is_for_calls=is_for_calls)
            passes.start_texts(row, agreed, locale=t().locale, door="web", vault=vault(), now=now())

        begun = (
            N_("We will call you about this event.")
            if is_for_calls
            else N_("We will text you about this event.")
        )
        return _done(token, public_id, start, begun)
    row = passes.registration_on(guest, public_id)
    return _pass_part(
        "texts", token, row, consent=_consent(row.event), calls_consent=_calls_consent(row.event)
    )


@bp.post("/pass/<token>/<public_id>/offer")
def answer_offer(token: str, public_id: str) -> ResponseReturnValue:
    """Takes the seats that are kept for a waiting party, or gives them to the next."""
    late = ConflictError(N_("These seats are no longer kept for you."))

    def accept(row: Registration) -> None:
        if not service.accept_offer(row, now=now()):
            raise late

    def decline(row: Registration) -> None:
        if row.state != "offered":
            raise late
        service.cancel(row, now=now())

    if request.form.get("offer") == "accept":
        return _done(token, public_id, accept, N_("The seats are yours."))
    return _done(token, public_id, decline, N_("Thank you for telling us. Your seats go to other people."))


@bp.route("/pass/<token>/delete", methods=["GET", "POST"])
def delete(token: str) -> ResponseReturnValue:
    """Forgets a guest, after asking once."""
    guest = _open(token)
    if request.method == "POST":
        with transaction():
            is_all_gone = service.delete_guest(_open(token), now=now())
        session[_PASSES] = [kept for kept in session.get(_PASSES, []) if kept != token]
        return redirect(url_for("registration.deleted", later=None if is_all_gone else 1), 303)
    facts = open_guest(vault(), guest.sealed)
    return render_template(
        "public/pass_delete.html",
        language_address=_same_pass(token),
        token=token,
        has_phone=bool(facts.phone),
    )


def _finish(form: RegistrationForm, event: Event, steps: list[str]) -> ResponseReturnValue:
    """Registers when every answer can be used; else the first page on which one cannot."""
    wrong = [step for step in steps if not check(form, step, event)]
    if request.form.get(TRAP):
        form.form_errors = [t()(N_("Please leave the hidden box empty and continue once more."))]
        wrong = wrong or steps[-1:]
    if wrong:
        return form_page(form, event, wrong[0]), 422
    asked = request_of(form, event, locale=t().locale)
    try:
        with transaction():
            outcome = _register(asked)
    except InvalidInputError as problem:
        tell(form, problem)
        return form_page(form, event, PARTY if form.party_size.errors else steps[-1]), 422
    except TooManyRequestsError as refusal:
        form.form_errors = [said(refusal)]
        wait = {"Retry-After": str(refusal.retry_after_seconds)}
        return form_page(form, event, steps[-1]), 429, wait
    except (NotFoundError, ConflictError) as refusal:
        return _closed_page(refusal)
    return _led_on(outcome)


def _register(asked: RegistrationRequest) -> Outcome:
    """Counts the try and registers; a number that made a pass of this browser comes with that pass."""
    for purpose, subject, limit in (
        ("register-number", asked.phone, TRIES_OF_NUMBER),
        ("register-address", request.remote_addr, TRIES_OF_ADDRESS),
    ):
        if subject:
            throttle.count(purpose, subject, limit=limit, per=TRIES_PER, vault=vault(), now=now())
    held = session.get(_PASSES, [])
    if asked.phone and held:
        asked = replace(asked, pass_token=passes.held_pass(held, asked.phone, vault=vault()))
    return service.register(asked, vault=vault(), now=now())


def _led_on(outcome: Outcome) -> ResponseReturnValue:
    if outcome.pass_token is None:
        return redirect(url_for("registration.check_your_phone"), 303)
    if isinstance(outcome, AlreadyRegistered):
        flash(t()(N_("You had signed up before. Nothing was changed.")), "info")
    others = [token for token in session.get(_PASSES, []) if token != outcome.pass_token]
    session[_PASSES] = [outcome.pass_token, *others][:_PASSES_REMEMBERED]
    return redirect(url_for("registration.show_pass", token=outcome.pass_token), 303)


def _step_page(form: RegistrationForm, event: Event, step: str) -> Response:
    page = form_page(form, event, step)
    # The last page is where a number is typed, and browsers are shared.
    return make_response(page) if step == steps_of(event)[-1] else _kept_for_back(page)


def _kept_for_back(page: str) -> Response:
    """A page that the browser may show again as it was left: its own "back" would else end at an error."""
    response = make_response(page)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _closed_page(refusal: NotFoundError | ConflictError) -> ResponseReturnValue:
    """Says why nobody can register, and what else there is."""
    at = now()
    coming = queries.upcoming(Filters(), at)
    others = [event for event in coming if event.status == "published" and event.starts_at > at]
    body = render_template(
        "public/closed.html",
        sentence=said(refusal),
        cards=[shown.card(event, t(), now=at) for event in others[:_OTHERS_SHOWN]],
    )
    return body, 404 if isinstance(refusal, NotFoundError) else 409


def _pass_page(token: str, guest: Guest) -> str:
    facts = open_guest(vault(), guest.sealed)
    link = settings().public_url + url_for("registration.show_pass", token=token)
    return render_template(
        "public/pass.html",
        entries=entries_of(guest, t(), vault=vault(), now=now()),
        first_name=facts.first_name,
        masked_phone=masked(facts.phone) if facts.phone else None,
        text_number=_text_number(),
        token=token,
        link=link,
        code=svg(link, is_quick=True),
        language_address=_same_pass(token),
    )


def _pass_part(page: str, token: str, row: Registration, **values: object) -> str:
    """A page about one registration, to change it."""
    return render_template(
        f"public/pass_{page}.html",
        token=token,
        row=row,
        event=row.event,
        shown=shown.text_for(row.event, t()),
        when=(shown.day_text(row.event, t()), shown.time_text(row.event, t())),
        language_address=_same_pass(token),
        **values,
    )


def _done(
    token: str, public_id: str, action: Callable[[Registration], None], message: str
) -> ResponseReturnValue:
    """Does one thing with a registration in one transaction; then the pass, with what became of it."""
    try:
        with transaction():
            action(passes.registration_on(_open(token), public_id))
    except ConflictError as refusal:
        flash(said(refusal), "warn")
    else:
        flash(t()(message), "good")
    return redirect(url_for("registration.show_pass", token=token), 303)


def _open(token: str) -> Guest:
    return service.guest_by_token(token, vault=vault())


def _same_pass(token: str) -> Callable[[str], str]:
    """Leads to the pass in another language directly: its link has no business in another address."""
    return lambda locale: url_for("registration.show_pass", locale=locale, token=token)


def _text_number() -> str | None:
    number = settings().text_number
    return displayed(number) if number else None


def _calls_consent(event: Event) -> str:
    return calls_consent_words(t(), region=settings().region_name, reminders=len(event.reminder_offsets))


def _consent(event: Event) -> str:
    return consent_words(t(), region=settings().region_name, reminders=len(event.reminder_offsets))
