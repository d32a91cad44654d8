"""The door on a volunteer's phone: who is expected, who is here, who came without registering.

Whoever has the link may use it. Every row is a form, and every form says how many people are in the
room and not how many more, so that one sent twice changes nothing; nothing here needs a script.
"""

from collections.abc import Callable
from functools import partial
from math import ceil

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outreach.database import transaction
from outreach.errors import ConflictError, InvalidInputError, NotFoundError, OutreachError
from outreach.events.models import Event
from outreach.i18n import N_
from outreach.identifiers import link_token
from outreach.registration import door
from outreach.registration.counts import whole_number
from outreach.registration.requests import LARGEST_PARTY
from outreach.registration.roster import matching
from outreach.runtime import now, vault
from outreach.security import keep_private
from outreach.web import t

bp = Blueprint("door", __name__, url_prefix="/door/<token>")
keep_private(bp)

PARTIES_PER_PAGE = 50
_LARGEST_ID = 2**31 - 1
_LONGEST_SEARCH = 60


@bp.route("", methods=["GET", "POST"])
def roster(token: str) -> str:
    """The list. A search is posted: a guest's name has no business in an address."""
    return _page(token, words=request.form.get("q", "")[:_LONGEST_SEARCH].strip())


@bp.post("/arrivals")
def arrive(token: str) -> Response | tuple[str, int]:
    """Takes down how many of a party are in the room."""

    def set_arrived(event: Event) -> None:
        party_id = whole_number(request.form.get("party", ""), most=_LARGEST_ID, field="party")
        count = whole_number(request.form.get("count", ""), most=LARGEST_PARTY, field="count")
        door.set_arrived(event, party_id, count)

    party_id, was = (request.form.get(name, type=int) for name in ("party", "was"))
    return _done(token, set_arrived, last=party_id, was=was)


@bp.post("/walk-ins")
def walk_in(token: str) -> Response | tuple[str, int]:
    """Counts people who come without a registration, or takes some back."""

    def add_walk_ins(event: Event) -> None:
        back = request.form.get("back")
        people = whole_number(back or request.form.get("add", ""), most=door.LARGEST_STEP, field="people")
        door.add_walk_ins(event, -people if back else people, key=request.form.get("key", ""), now=now())

    return _done(token, add_walk_ins)


def _done(
    token: str, action: Callable[[Event], None], *, last: int | None = None, was: int | None = None
) -> Response | tuple[str, int]:
    """Does one thing in one transaction; then the list again, or the list with what was wrong."""
    try:
        with transaction():
            event = door.event_behind(token, vault=vault(), now=now())
            if not door.is_list_open(event, now=now()):
                raise ConflictError(N_("This event is closed. You can still correct the head count."))
            action(event)
    except (InvalidInputError, NotFoundError, ConflictError) as error:
        # A link that is not valid fails in there again, and gets its page.
        return _page(token, problem=error), 400 if isinstance(error, InvalidInputError) else 409
    # From a row of the list back to that row; from a search to the top, ready for the next guest.
    page = request.args.get("page", type=int)
    anchor = f"p{last}" if page and last else None
    return redirect(url_for("door.roster", token=token, page=page, last=last, was=was, _anchor=anchor), 303)


def _page(token: str, *, words: str = "", problem: OutreachError | None = None) -> str:
    event = door.event_behind(token, vault=vault(), now=now())
    frame = {
        "event": event,
        "token": token,
        # A choice of language leads here, also from the answer to a form.
        "language_address": partial(_language_address, url_for("door.roster", token=token)),
        "problem": t()(problem.message, **problem.values) if problem else None,
    }
    if not door.is_list_open(event, now=now()):
        return render_template("door/closed.html", **frame)
    parties = door.parties(event, vault=vault())
    found = matching(parties, words)
    pages = max(1, ceil(len(found) / PARTIES_PER_PAGE))
    # What was looked for has no address by which to turn pages; who finds too many types one more letter.
    page = 1 if words else min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "door/roster.html",
        **frame,
        words=words,
        shown=found[(page - 1) * PARTIES_PER_PAGE : page * PARTIES_PER_PAGE],
        found_count=len(found),
        page=page,
        pages=pages,
        last=next((party for party in parties if party.id == request.args.get("last", type=int)), None),
        was=request.args.get("was", type=int),
        expected=sum(party.size for party in parties),
        arrived=sum(party.arrived for party in parties),
        walk_ins=door.walk_ins_of(event),
        tap_key=link_token(),
        has_begun=event.starts_at <= now(),
        ballot_token=door.link_of(event, vault=vault(), opens="ballot"),
    )


def _language_address(page: str, locale: str) -> str:
    return url_for("web.choose_language", chosen=locale, next=page)
