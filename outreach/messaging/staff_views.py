"""The page on which staff see how texts fare and who waits for a person; it shows no number."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outreach.accounts.signed_in import me
from outreach.database import transaction
from outreach.i18n import N_, language_name, local
from outreach.messaging import inbound, inbox, overview, reveals, senders
from outreach.messaging.estimates import CENTS_PER_CALL
from outreach.policy import Action
from outreach.runtime import now, settings, vault
from outreach.security import can, keep_private, protect, requires
from outreach.web import t

bp = Blueprint("staff_messages", __name__, url_prefix="/staff/messages")
protect(bp)
keep_private(bp)

_SHOWN = 50

#: How states are counted together, in the order of a text's life.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Waiting to be sent"), ("ready",)),
    (N_("On the way"), ("claimed", "accepted", "queued", "sending")),
    (N_("Sent, not confirmed yet"), ("sent", "unconfirmed")),
    (N_("Delivered"), ("delivered",)),
    (N_("Not delivered"), ("undelivered", "failed")),
    (N_("Not known"), ("unknown", "dead")),
    (N_("Too late to send"), ("expired",)),
    (N_("Not sent: the number gets no texts"), ("suppressed",)),
    (N_("Not sent: no longer needed"), ("cancelled",)),
)
#: What became of one text.
STATE_LABELS: Mapping[str, str] = {state: label for label, states in GROUPS for state in states}
_WHAT_HAPPENED: Mapping[str, str] = {
    "unknown": N_("We do not know yet whether it arrived."),
    "dead": N_("We cannot find out whether it arrived."),
    "failed": N_("The phone company did not take it."),
    "undelivered": N_("It did not reach the phone."),
    "expired": N_("It could not be sent in time."),
}
_PURPOSES: Mapping[str, str] = {
    "confirmation": N_("Confirmation"),
    "day_before": N_("Reminder the day before"),
    "two_hours_before": N_("Reminder shortly before"),
    "moved": N_("New time or place"),
    "cancelled": N_("Event canceled"),
    "seat_offered": N_("Seats offered"),
    "thanks": N_("Thanks after the event"),
    "announcement": N_("Announcement"),
    "news": N_("News of an event"),
    "news_question": N_("Question whether news is wanted"),
    "reply": N_("Answer to a text"),
    "stopped": N_("Answer to STOP"),
}

#: Why a sender rests.
_REASONS: Mapping[str, str] = {
    "configuration": N_("The vendor refuses our account or number."),
    "congestion": N_("Too many texts went out at once."),
}


@bp.get("")
@requires(Action.SEE_MESSAGES)
def show() -> str:
    """How many texts stand where, whom to call instead, and what waits for a person."""
    counted = overview.counts()
    calls_placed = overview.calls_placed()
    return render_template(
        "staff/messages.html",
        groups=[(label, sum(counted.get(state, 0) for state in states)) for label, states in GROUPS],
        resting=senders.resting(now=now()),
        masked_name=senders.masked_name,
        reasons=_REASONS,
        filtering=[
            (each, t()(_PURPOSES.get(each.purpose, each.purpose)), language_name(each.locale, t().locale))
            for each in senders.filtering(now=now())
        ],
        calls_placed=calls_placed,
        calls_cents=calls_placed * CENTS_PER_CALL,
        missed=overview.missed(now=now(), limit=_SHOWN),
        missed_count=overview.missed_count(now=now()),
        waiting=inbox.waiting(vault=vault(), now=now(), limit=_SHOWN),
        waiting_count=inbound.count_for_person(),
        what_happened=_WHAT_HAPPENED,
        purposes=_PURPOSES,
        can_reveal=can(Action.REVEAL_NUMBER),
        can_see_reveals=can(Action.SEE_REVEALS),
        asked_count=reveals.waiting_count(but_of=me().id, now=now()) if can(Action.REVEAL_NUMBER) else 0,
        can_record=can(Action.RECORD_PROMPTS),
        time_of=lambda at: local(at, settings().time_zone),
    )


@bp.post("/resume")
@requires(Action.SEE_MESSAGES)
def resume() -> Response:
    """Lets a sender that rests go on at once; asked twice it changes nothing more."""
    with transaction():
        senders.resume(request.form.get("sender", ""), now=now())
    return redirect(url_for("staff_messages.show"), 303)
