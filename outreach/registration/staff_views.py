"""Staff pages about guests: who is coming, the desk, cancelling for somebody, the link to the door."""

from dataclasses import replace
from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import Form, RadioField

from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events import shown, worklist
from outreach.events.drafts import OFFERS
from outreach.events.models import Event
from outreach.fields import said, tell
from outreach.i18n import LANGUAGES, N_, Translator, language_name, local, translator
from outreach.policy import Action
from outreach.qr import svg
from outreach.registration import door, service
from outreach.registration.consent_words import calls_consent_words, consent_words
from outreach.registration.forms import RegistrationForm, check, form_for, request_of, steps_of
from outreach.registration.guests import open_guest
from outreach.registration.models import Attendance, Registration
from outreach.registration.overview import overview
from outreach.registration.requests import AlreadyRegistered, Door, Registered, Waitlisted
from outreach.runtime import now, settings, vault
from outreach.security import current_staff, keep_private, protect, require
from outreach.web import lazy, offered_languages, t

bp = Blueprint("staff_registration", __name__, url_prefix="/staff")
protect(bp)
keep_private(bp)

PARTIES_PER_PAGE = 100
#: Doors behind which staff sit, who then hand the guest a slip with the pass.
_STAFF_DOORS = {
    "desk": N_("The guest is here or on the phone"),
    "paper": N_("The guest filled in a paper form"),
}
_STATES = {
    "confirmed": N_("Has seats"),
    "offered": N_("Seats offered"),
    "waitlisted": N_("Waiting"),
}


class DeskForm(Form):
    """How a guest came to us, and which language we go on in."""

    door = RadioField(
        lazy(N_("How does the guest register?")),
        choices=lambda: [(key, t()(label)) for key, label in _STAFF_DOORS.items()],
        default="desk",
        validate_choice=False,
    )
    locale = RadioField(
        lazy(N_("Which language does the guest want to read?")),
        choices=lambda: [(language.locale, language.endonym) for language in offered_languages()],
        validate_choice=False,
    )

    @property
    def is_answered(self) -> bool:
        """Whether both questions have one of their answers."""
        return self.door.data in _STAFF_DOORS and self.locale.data in settings().locales


@bp.get("/registrations")
def index() -> str:
    """What is coming up, with how many guests."""
    staff = current_staff()
    assert staff is not None
    require(Action.SEE_GUESTS, host_id=staff.actor.organization_id)
    number = request.args.get("page", 1, type=int)
    page = worklist.page(staff.actor, "upcoming", now=now(), number=number)
    return render_template("staff/registrations.html", page=page)


@bp.get("/events/<public_id>/guests")
def guests(public_id: str) -> str:
    """Who is coming to an event, and what they need."""
    event = _event(public_id)
    found = overview(event, vault=vault())
    pages = max(1, -(-len(found.parties) // PARTIES_PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    first = (number - 1) * PARTIES_PER_PAGE
    attendance = db.session.get(Attendance, event.id)
    return render_template(
        "staff/guests.html",
        event=event,
        overview=found,
        interpreters=[(language_name(locale, t().locale), n) for locale, n in found.interpreters.items()],
        parties=found.parties[first : first + PARTIES_PER_PAGE],
        number=number,
        pages=pages,
        states=_STATES,
        offers=OFFERS,
        walk_ins=attendance.walk_ins if attendance else 0,
        kept=attendance if attendance and attendance.forgotten_at else None,
        has_begun=event.starts_at <= now(),
    )


@bp.route("/events/<public_id>/guests/new", methods=["GET", "POST"])
def new(public_id: str) -> Response | str | tuple[str, int]:
    """Registers somebody who is at the desk or wrote on paper, through the one registration."""
    event = _event(public_id)
    try:
        service.check_open(event, now=now())
    except ConflictError as error:
        return render_template("staff/guest_closed.html", event=event, problem=said(error)), 409
    desk = DeskForm(request.values)
    if not desk.is_answered:
        desk.locale.data = desk.locale.data or t().locale
        return render_template("staff/guest_desk.html", event=event, desk=desk)
    # In the guest's language: what is read to the guest is what is kept.
    form = form_for(event, translator(desk.locale.data), region=settings().region_name)
    if request.method == "GET":
        return _desk_page(form, event, desk)
    # Every step is checked, so that all mistakes are told at once.
    are_right = [check(form, step, event) for step in steps_of(event)]
    if not all(are_right):
        return _desk_page(form, event, desk), 422
    wanted = replace(request_of(form, event, locale=desk.locale.data), door=cast(Door, desk.door.data))
    try:
        with transaction():
            outcome = service.register(wanted, vault=vault(), now=now())
    except (InvalidInputError, ConflictError) as error:
        tell(form, error)
        return _desk_page(form, event, desk), 422
    flash(_outcome_sentence(outcome), "warn" if isinstance(outcome, AlreadyRegistered) else "good")
    if isinstance(outcome, AlreadyRegistered):
        return redirect(url_for("staff_registration.guests", public_id=public_id), 303)
    address = url_for("staff_registration.slip", public_id=public_id, registration_id=outcome.registration_id)
    return redirect(address, 303)


@bp.get("/events/<public_id>/guests/<int:registration_id>/slip")
def slip(public_id: str, registration_id: int) -> str:
    """What a guest who registered with staff takes home: the code, and the pass as a link to scan.

    Only of parties that staff entered: nobody opens another guest's pass from here.
    """
    event = _event(public_id)
    row = _registration(event, registration_id)
    if row.door not in _STAFF_DOORS or row.state == "cancelled":
        raise NotFoundError(N_("There is no such page."))
    facts = open_guest(vault(), row.guest.sealed)
    spoken = translator(facts.locale)
    address = f"{settings().public_url}/{facts.locale}/pass/{facts.token}"
    return render_template(
        "staff/guest_slip.html",
        event=event,
        row=row,
        address=address,
        code=svg(address),
        spoken=spoken,
        text=event.text_in(facts.locale),
        text_language=LANGUAGES[event.text_in(facts.locale).locale],
        when=(shown.day_text(event, spoken), shown.time_text(event, spoken)),
        place=shown.place_text(event, spoken),
        words=_slip_words(row, spoken),
    )


@bp.route("/events/<public_id>/guests/<int:registration_id>/cancel", methods=["GET", "POST"])
def cancel(public_id: str, registration_id: int) -> Response | str:
    """Takes a party off for a guest who asked us to."""
    event = _event(public_id)
    row = _registration(event, registration_id)
    if request.method == "POST":
        with transaction():
            service.cancel(row, now=now())
        flash(t()(N_("The group is off the list. Its seats go to the next one.")), "good")
        return redirect(url_for("staff_registration.guests", public_id=public_id), 303)
    name = open_guest(vault(), row.guest.sealed).first_name
    return render_template("staff/guest_cancel.html", event=event, row=row, first_name=name, states=_STATES)


@bp.get("/events/<public_id>/guests/door")
def door_link(public_id: str) -> str:
    """The link that volunteers use at the door, to send or to print."""
    event = _event(public_id)
    address = f"{settings().public_url}/door/{door.link_of(event, vault=vault())}"
    opens_at, ends_at = event.starts_at - door.OPENS_BEFORE, event.ends_at + door.ENDS_AFTER
    return render_template(
        "staff/door_link.html",
        event=event,
        address=address,
        code=svg(address),
        opens=t().when(local(opens_at, event.time_zone)),
        ends=t().when(local(ends_at, event.time_zone)),
        is_open=opens_at <= now() <= ends_at,
    )


@bp.post("/events/<public_id>/guests/door")
def replace_door_link(public_id: str) -> Response:
    """Makes the link that was given out lead nowhere, and shows a new one."""
    event = _event(public_id)
    with transaction():
        door.replace_link(event)
    flash(t()(N_("This is the new link. The old one does not work any more.")), "good")
    return redirect(url_for("staff_registration.door_link", public_id=public_id), 303)


def _desk_page(form: RegistrationForm, event: Event, desk: DeskForm) -> str:
    guest_language = LANGUAGES[desk.locale.data]
    region, reminders = settings().region_name, len(event.reminder_offsets)
    return render_template(
        "staff/guest_form.html",
        form=form,
        event=event,
        desk=desk,
        guest_language=guest_language,
        consent_here=consent_words(t(), region=region, reminders=reminders),
        calls_consent_here=calls_consent_words(t(), region=region, reminders=reminders),
    )


def _outcome_sentence(outcome: Registered | Waitlisted | AlreadyRegistered) -> str:
    if isinstance(outcome, AlreadyRegistered):
        return t()(N_("This number is on the list already, with code %(code)s."), code=outcome.code)
    if isinstance(outcome, Waitlisted):
        return t()(
            N_("All seats are taken. The group is number %(place)s on the waiting list."), place=outcome.place
        )
    return t().plural(
        "Registered: %(count)s person. The code is %(code)s.",
        "Registered: %(count)s people. The code is %(code)s.",
        outcome.party_size,
        code=outcome.code,
    )


def _slip_words(row: Registration, spoken: Translator) -> dict[str, str]:
    """The slip's sentences, in the language of the guest who takes it home."""
    state = (
        spoken(N_("You are on the waiting list."))
        if row.state == "waitlisted"
        else spoken.plural("%(count)s person is coming.", "%(count)s people are coming.", row.party_size)
    )
    return {
        "state": state,
        "code": spoken(N_("Your code")),
        "scan": spoken(N_("Scan this with your phone to see, change or cancel your sign-up.")),
    }


def _event(public_id: str) -> Event:
    """The event, if whoever is signed in may see its guests; otherwise it does not exist for them."""
    event = worklist.find(public_id)
    require(Action.SEE_GUESTS, host_id=event.organization_id)
    return event


def _registration(event: Event, registration_id: int) -> Registration:
    row = db.session.scalar(
        select(Registration)
        .options(joinedload(Registration.guest))
        .where(Registration.id == registration_id, Registration.event_id == event.id)
    )
    if row is None:
        raise NotFoundError(N_("There is no such page."))
    return row
