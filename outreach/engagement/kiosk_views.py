"""Ballots at the door: a device that is handed round, and the sheet for whoever counts by hand.

The device's page sends nothing. It gathers on the device what guests tap, and the form that closes the
event takes the totals from there; between the two no answer reaches us.
"""

from flask import Blueprint, render_template

from outreach.engagement.ballots import asks_about_talk
from outreach.engagement.cards import uses_cards
from outreach.engagement.questions import BACKGROUND, TALK, BallotQuestion
from outreach.errors import NotFoundError
from outreach.events.models import Event
from outreach.i18n import LANGUAGES, N_, SOURCE_LOCALE, Translator, translator
from outreach.registration import door
from outreach.runtime import now, settings, vault
from outreach.security import keep_private
from outreach.web import t

bp = Blueprint("kiosk", __name__, url_prefix="/door/<token>")
keep_private(bp)

#: What the device says in every language at once; the page's own words are in its template.
_WORDS = {
    "promise": N_("We add this to a total. It is not stored with your name or number."),
    "language": N_("Language"),
    "thanks": N_("Thank you!"),
    "pass_on": N_("Please give this to the next person."),
    "next": N_("Next person"),
    "undo": N_("I tapped the wrong answer"),
}
#: Strokes come in fives; so many fives for each answer.
_FIVES = 20


@bp.get("/ballot")
def arriving(token: str) -> str:
    """The question for guests who are in, on a device that is handed round."""
    return _device(_event(token), token, BACKGROUND)


@bp.get("/ballot/leaving")
def leaving(token: str) -> str:
    """The question for guests who leave, where the host wants it asked."""
    event = _event(token)
    if not asks_about_talk(event):
        raise NotFoundError(N_("This event does not ask the question on leaving."))
    return _device(event, token, TALK)


@bp.get("/tally-sheet")
def tally_sheet(token: str) -> str:
    """One page to print: a stroke for each answer, in the reader's language and one more."""
    event = _event(token)
    return render_template(
        "door/tally_sheet.html",
        event=event,
        token=token,
        tongues=_spoken_here(event)[:2],
        questions=[BACKGROUND, TALK] if asks_about_talk(event) else [BACKGROUND],
        promise=_WORDS["promise"],
        fives=_FIVES,
    )


def _device(event: Event, token: str, question: BallotQuestion) -> str:
    return render_template(
        "door/ballot.html",
        event=event,
        token=token,
        question=question,
        words=_WORDS,
        tongues=_spoken_here(event),
        talk_asked=asks_about_talk(event),
        uses_cards=uses_cards(event.organization_id),
        until_ms=int(door.shuts_at(event).timestamp() * 1000),
    )


def _spoken_here(event: Event) -> list[Translator]:
    """All languages on offer: this page's and those of the event first, then the others in their order."""
    at_event = {row.locale for row in event.languages} | {SOURCE_LOCALE}
    locales = sorted(
        settings().locales,
        key=lambda each: (each != t().locale, each not in at_event, [*LANGUAGES].index(each)),
    )
    return [translator(locale) for locale in locales]


def _event(token: str) -> Event:
    return door.event_behind(token, vault=vault(), now=now(), opened_by=("door", "ballot"))
