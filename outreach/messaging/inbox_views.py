"""Pages on which staff read and answer a guest who waits for a person, and see a number with a reason."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, RadioField, SelectField

from outreach.database import transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError
from outreach.fields import LineField, LinesField, said, sent, tell
from outreach.i18n import N_, local
from outreach.identifiers import link_token
from outreach.messaging import inbox, reveals
from outreach.messaging.estimates import CENTS_PER_PART
from outreach.messaging.inbox import Talk
from outreach.messaging.quiet import next_allowed_at
from outreach.messaging.segments import costly_characters, measure, plain_punctuation
from outreach.messaging.staff_views import STATE_LABELS
from outreach.phone import displayed
from outreach.policy import Action
from outreach.runtime import now, settings, vault
from outreach.security import can, current_staff, keep_private, protect, requires
from outreach.web import lazy, t

bp = Blueprint("staff_inbox", __name__, url_prefix="/staff/messages")
protect(bp)
keep_private(bp)

#: A text of more parts is dear; staff are told, and decide.
_CHEAP_PARTS = 2
#: More letters than these are not an oversight but a script of its own.
_LETTERS_NAMED = 12
_REVEALS_PER_PAGE = 50
_KEY = re.compile(r"[\w-]{16,40}", re.ASCII)

_SILENCES: Mapping[str, str] = {
    "stop": N_("This guest said STOP. We may not text this number until START comes from that phone."),
    "blocked": N_("The phone company sends nothing to this number, because its holder said STOP there."),
    "voice_only": N_("Texts do not reach this number. We call it about its sign-ups."),
    "unreachable": N_("No text reaches this number. It may be a landline, or out of service."),
}


class AnswerForm(Form):
    """What somebody of the staff writes to a guest."""

    body = LinesField(lazy(N_("Your answer")))


class RevealForm(Form):
    """Why somebody must see a number."""

    reason = RadioField(
        lazy(N_("Why do you need the number?")),
        choices=lambda: [(key, t()(label)) for key, label in reveals.REASONS.items()],
        validate_choice=False,
    )
    note = LineField(lazy(N_("In a few words")))


class AssignForm(Form):
    """Who of the staff shall look after a conversation."""

    staff_id = SelectField(
        lazy(N_("Who looks after it?")),
        choices=lambda: [(str(person.id), person.name) for person in inbox.colleagues()],
        validate_choice=False,
    )


@dataclass(frozen=True, slots=True)
class Preview:
    """An answer as it will be sent, with what it costs and when it leaves."""

    body: str
    #: Of this one answer, so that it is sent once however often the button is pressed.
    key: str
    parts: int
    #: The letters that make it dear; empty when there are none, or too many to leave out.
    costly: tuple[str, ...]
    #: Whether its script needs the larger letters anyhow.
    is_other_script: bool
    #: When it leaves, where it must wait for the day; None when it leaves at once.
    leaves_at: datetime | None

    @property
    def cents(self) -> float:
        """What it costs, about."""
        return self.parts * CENTS_PER_PART

    @property
    def is_dear(self) -> bool:
        """Whether it takes more parts than a text should."""
        return self.parts > _CHEAP_PARTS


@bp.get("/<int:inbound_id>")
@requires(Action.SEE_MESSAGES)
def show(inbound_id: int) -> str:
    """One conversation: what the guest wrote and what we answered."""
    return _talk_page(inbox.talk(inbound_id, vault=vault(), now=now()), AnswerForm())


@bp.post("/<int:inbound_id>/answer")
@requires(Action.SEE_MESSAGES)
def answer(inbound_id: int) -> Response | str | tuple[str, int]:
    """Shows an answer with its cost, lets it be changed, and sends it."""
    talk = inbox.talk(inbound_id, vault=vault(), now=now())
    form = AnswerForm(sent())
    body = form.body.data = plain_punctuation(form.body.data or "")
    step = request.form.get("step")
    try:
        inbox.check_body(body)
    except InvalidInputError as error:
        tell(form, error)
        return _talk_page(talk, form), 422
    if step == "change":
        return _talk_page(talk, form)
    if step not in ("send", "send_done"):
        return _talk_page(talk, form, _preview(talk, body))
    try:
        with transaction():
            _send(inbound_id, body)
            if step == "send_done":
                inbox.set_done(inbound_id, staff_id=_my_id(), now=now())
    except ConflictError as error:
        tell(form, error)
        return _talk_page(inbox.talk(inbound_id, vault=vault(), now=now()), form), 409
    flash(t()(N_("Your answer is on its way.")), "good")
    if step == "send_done":
        return redirect(url_for("staff_messages.show"), 303)
    return _to_talk(inbound_id)


@bp.post("/<int:inbound_id>/assign")
@requires(Action.SEE_MESSAGES)
def assign(inbound_id: int) -> Response:
    """Puts a conversation into one's own hands, or a colleague's."""
    hashed = inbox.phone_hash_of(inbound_id)
    chosen = request.form.get("staff_id", type=int)
    person = next((each for each in inbox.colleagues() if each.id == chosen), None)
    if person is None:
        raise InvalidInputError(N_("Choose from the list."), field="staff_id")
    try:
        with transaction():
            inbox.assign(hashed, person.id, instead_of=request.form.get("instead_of", type=int), now=now())
    except ConflictError as error:
        flash(said(error), "warn")
    else:
        flash(t()(N_("%(name)s looks after this conversation."), name=person.name), "good")
    return _to_talk(inbound_id)


@bp.post("/<int:inbound_id>/release")
@requires(Action.SEE_MESSAGES)
def release(inbound_id: int) -> Response:
    """Lets somebody else take a conversation."""
    hashed = inbox.phone_hash_of(inbound_id)
    with transaction():
        inbox.release(hashed, request.form.get("staff_id", 0, type=int))
    return _to_talk(inbound_id)


@bp.post("/<int:inbound_id>/done")
@requires(Action.SEE_MESSAGES)
def set_done(inbound_id: int) -> Response:
    """Takes what a number wrote, up to this text, off the list of what waits for a person."""
    try:
        with transaction():
            inbox.set_done(inbound_id, staff_id=_my_id(), now=now())
    except ConflictError as error:
        flash(said(error), "warn")
        return _to_talk(inbound_id)
    flash(t()(N_("The texts are marked as done.")), "good")
    return redirect(url_for("staff_messages.show"), 303)


@bp.post("/<int:inbound_id>/stop")
@requires(Action.SEE_MESSAGES)
def stop_texts(inbound_id: int) -> Response:
    """Ends all texts to a guest who refused them in words that only a person understands."""
    with transaction():
        inbox.stop_texts(inbound_id, vault=vault(), now=now())
    flash(t()(N_("No more texts go to this number.")), "good")
    return _to_talk(inbound_id)


@bp.route("/<int:inbound_id>/number", methods=["GET", "POST"])
@requires(Action.REVEAL_NUMBER)
def number(inbound_id: int) -> str | tuple[str, int]:
    """Asks why, and once somebody else agrees shows the number of somebody who wrote to us, this once."""
    phone = reveals.phone_of_conversation(inbox.phone_hash_of(inbound_id), vault=vault())
    return _number_page(phone, back=url_for("staff_inbox.show", inbound_id=inbound_id))


@bp.route("/missed/<int:message_id>/number", methods=["GET", "POST"])
@requires(Action.REVEAL_NUMBER)
def missed_number(message_id: int) -> str | tuple[str, int]:
    """The same for the number that a text may not have reached."""
    phone = reveals.phone_of_missed(message_id, vault=vault())
    return _number_page(phone, back=url_for("staff_messages.show"))


@bp.get("/numbers")
@requires(Action.REVEAL_NUMBER)
def asked() -> str:
    """The numbers that others ask for, to agree or to refuse."""
    return render_template(
        "staff/reveals_asked.html",
        asked=reveals.waiting(but_of=_my_id(), vault=vault(), now=now()),
        reasons=reveals.REASONS,
        time_of=_time_of,
    )


@bp.post("/numbers/<int:reveal_id>")
@requires(Action.REVEAL_NUMBER)
def decide(reveal_id: int) -> Response:
    """Agrees that a colleague sees a number, or refuses."""
    is_agreed = request.form.get("decision") == "agree"
    try:
        with transaction():
            reveals.decide(reveal_id, is_agreed=is_agreed, by_id=_my_id(), now=now())
    except ConflictError as error:
        flash(said(error), "warn")
    else:
        sentence = N_("Your colleague may see the number now, once.") if is_agreed else N_("You refused.")
        flash(t()(sentence), "good")
    return redirect(url_for("staff_inbox.asked"), 303)


@bp.post("/reveals/read")
@requires(Action.SEE_REVEALS)
def set_read() -> Response:
    """Takes note of every number that was shown, up to the newest line that was on the page."""
    with transaction():
        reveals.set_read(request.form.get("up_to", 0, type=int), now=now())
    return redirect(url_for("staff_inbox.revealed"), 303)


@bp.get("/reveals")
@requires(Action.SEE_REVEALS)
def revealed() -> str:
    """Who asked for which number and why, who agreed, and when it was seen; the numbers are not in it."""
    count = reveals.count()
    pages = max(1, -(-count // _REVEALS_PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    lines = reveals.listed(vault=vault(), number=number, per_page=_REVEALS_PER_PAGE)
    return render_template(
        "staff/reveals.html",
        reveals=lines,
        unread=reveals.unread_count(),
        reasons=reveals.REASONS,
        number=number,
        pages=pages,
        time_of=_time_of,
    )


def _talk_page(talk: Talk, form: AnswerForm, preview: Preview | None = None) -> str:
    holder = str(talk.holder.id) if talk.holder else str(_my_id())
    return render_template(
        "staff/conversation.html",
        talk=talk,
        form=form,
        preview=preview,
        assign_form=AssignForm(staff_id=holder),
        my_id=_my_id(),
        can_reveal=can(Action.REVEAL_NUMBER),
        silence=_SILENCES[talk.silence] if talk.silence else None,
        states=STATE_LABELS,
        time_of=_time_of,
    )


def _preview(talk: Talk, body: str) -> Preview:
    costly = costly_characters(body)
    at = now()
    leaves_at = next_allowed_at(at, talk.guest.zone or settings().time_zone, reply_to_at=talk.heard_at)
    return Preview(
        body,
        link_token(),
        measure(body).parts,
        costly if len(costly) <= _LETTERS_NAMED else (),
        len(costly) > _LETTERS_NAMED,
        leaves_at if leaves_at > at else None,
    )


def _send(inbound_id: int, body: str) -> None:
    key = request.form.get("key", "")
    inbox.answer(
        inbound_id,
        body,
        staff_id=_my_id(),
        sent_id=request.form.get("sent_id", 0, type=int),
        # A form that was tampered with gets no more than a key of its own.
        key=key if _KEY.fullmatch(key) else link_token(),
        zone=settings().time_zone,
        vault=vault(),
        now=now(),
    )


def _number_page(phone: str, *, back: str) -> str | tuple[str, int]:
    form = RevealForm(sent())
    if request.method == "GET":
        return _asking_page(form, phone, back)
    try:
        if request.form.get("step") != "show":
            with transaction():
                reveals.ask(
                    phone,
                    staff_id=_my_id(),
                    reason=form.reason.data or "",
                    note=form.note.data or "",
                    vault=vault(),
                    now=now(),
                )
            return _asking_page(RevealForm(), phone, back)
        with transaction():
            reveals.show(phone, staff_id=_my_id(), vault=vault(), now=now())
    except (InvalidInputsError, ConflictError) as error:
        tell(form, error)
        return _asking_page(form, phone, back), 409 if isinstance(error, ConflictError) else 422
    # The answer itself, not another address: nobody comes back to it without a reason.
    return render_template("staff/revealed.html", phone=phone, shown=displayed(phone), back=back)


def _asking_page(form: RevealForm, phone: str, back: str) -> str:
    standing = reveals.standing(phone, staff_id=_my_id(), vault=vault(), now=now())
    return render_template("staff/reveal.html", form=form, back=back, standing=standing)


def _to_talk(inbound_id: int) -> Response:
    return redirect(url_for("staff_inbox.show", inbound_id=inbound_id), 303)


def _my_id() -> int:
    staff = current_staff()
    assert staff is not None
    return staff.id


def _time_of(at: datetime) -> datetime:
    return local(at, settings().time_zone)
