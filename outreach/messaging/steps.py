"""How the answer to each question of a conversation by text is read, one row of `ANSWERS` for each; pure.

A reader passes on (None) what is no answer to its question.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from outreach.messaging import phrases
from outreach.messaging.answers import chosen_digits, is_no, is_yes, party_size
from outreach.messaging.phrases import Phrase, described
from outreach.messaging.questions import MOST_LISTED, asked_for, refusal
from outreach.messaging.talk import Talk
from outreach.messaging.turns import (
    Cancel,
    ChangeParty,
    DeleteAll,
    Dialogue,
    EndTexts,
    Register,
    StartTexts,
    Step,
    Turn,
)
from outreach.registration.requests import LARGEST_PARTY
from outreach.registration.scopes import REGION

#: In the menu of a number that is registered for nothing.
EVENTS_KEY, NEWS_KEY = 2, 3
_T = TypeVar("_T")


def answer(talk: Talk, state: Dialogue) -> Turn | None:
    """What follows from a text as the answer to the question of a state."""
    if state.is_resting(talk.now):
        return talk.ask(state) if talk.choice == 1 else None
    read = ANSWERS.get(state.step)
    return read(talk, state) if read else None


def _language(talk: Talk, _state: Dialogue) -> Turn | None:
    locale = _chosen(talk, talk.facts.offered_locales)
    return talk.language_chosen(locale) if locale else None


def _menu(talk: Talk, _state: Dialogue) -> Turn | None:
    match talk.choice:
        case 1:
            return talk.put("language")
        case 2:
            return talk.list_events()
        case 3:
            return talk.ask_news()
        case 4:
            return talk.call_me()
    return None


def _events(talk: Talk, state: Dialogue) -> Turn | None:
    public_id = _chosen(talk, state.listed)
    if public_id is None:
        return None
    event = next((one for one in talk.facts.listed if one.public_id == public_id), None)
    return talk.begin(event) if event else talk.gone()


def _news(talk: Talk, _state: Dialogue) -> Turn | None:
    if is_yes(talk.text, talk.spoken):
        return talk.start_news(REGION, talk.facts.news.region)
    return talk.say(phrases.NEWS_OFF) if is_no(talk.text, talk.spoken) else None


def _delete(talk: Talk, _state: Dialogue) -> Turn | None:
    if is_yes(talk.text, talk.spoken):
        return Turn(None, (Phrase(phrases.DELETED),), DeleteAll(), talk.spoken)
    return talk.say(phrases.SHORT_MENU) if is_no(talk.text, talk.spoken) else None


def _pick(talk: Talk, _state: Dialogue) -> Turn | None:
    registration = _chosen(talk, talk.facts.registrations[:MOST_LISTED])
    return talk.about(registration) if registration else None


def _which(talk: Talk, state: Dialogue) -> Turn | None:
    public_id = _chosen(talk, state.listed)
    if public_id is None:
        return None
    for reminder in talk.facts.reminders:
        if reminder.registration.event.public_id == public_id:
            return talk.reminded(reminder.registration, is_coming=state.step == "which_coming")
    return talk.gone()


def _registration(talk: Talk, state: Dialogue) -> Turn | None:
    match talk.choice:
        case 1:
            return talk.ask(replace(state, step="new_party"))
        case 2:
            return talk.ask(replace(state, step="confirm_cancel"))
        case 3:
            return talk.put("language")
        case 4:
            return _switch_texts(talk, state)
    return None


def _switch_texts(talk: Talk, state: Dialogue) -> Turn:
    """Ends texts about one event, or lets them begin again."""
    registration = talk.facts.registration(state.registration_id)
    if registration is None:
        return talk.gone()
    values, gets_texts = described(registration.told(talk.spoken)), registration.gets_texts
    reply = Phrase(phrases.EVENT_TEXTS_OFF if gets_texts else phrases.EVENT_TEXTS_ON, values)
    action = EndTexts(registration.id) if gets_texts else StartTexts(registration.id)
    return Turn(None, (reply,), action, talk.spoken)


def _party(talk: Talk, state: Dialogue) -> Turn | None:
    size = party_size(talk.text, talk.spoken)
    if size is None:
        return None
    if not 1 <= size <= LARGEST_PARTY:
        return talk.missed(state, Phrase(phrases.PARTY_OUT_OF_RANGE))
    registration = talk.facts.registration(state.registration_id)
    event = registration.event if registration else talk.facts.event
    if event is not None and event.capacity is not None and size > event.capacity:
        # No waiting would ever end in seats.
        return talk.missed(state, Phrase(phrases.PARTY_LARGER_THAN_ROOM, {"count": event.capacity}))
    if state.step in ("party", "confirm"):
        # Help is asked about once, and not again when only the number changes at the end.
        is_next_needs = state.step == "party" and talk.facts.event and talk.facts.event.offers
        return talk.ask(replace(state, step="needs" if is_next_needs else "confirm", party_size=size))
    if registration is not None and size == registration.party_size:
        return talk.kept(registration)
    return talk.ask(replace(state, step="confirm_party", party_size=size))


def _needs(talk: Talk, state: Dialogue) -> Turn | None:
    offers = talk.facts.event.offers if talk.facts.event else ()
    keys = chosen_digits(talk.text)
    if keys is None:
        keys = (len(offers) + 1,) if is_no(talk.text, talk.spoken) else ()
    is_nothing = keys == (len(offers) + 1,)
    if not keys or not (is_nothing or all(1 <= key <= len(offers) for key in keys)):
        return None
    needs = () if is_nothing else tuple(offers[key - 1] for key in sorted(keys))
    return talk.ask(replace(state, step="confirm", needs=needs))


def _confirm(talk: Talk, state: Dialogue) -> Turn | None:
    if is_yes(talk.text, talk.spoken):
        event = talk.facts.event
        refused = refusal(event, talk.spoken)
        if event is None or refused is not None:
            return talk.say(refused or phrases.GONE)
        needs = asked_for(state, event)
        action = Register(state.event_public_id, state.party_size, talk.spoken, needs)
        return Turn(None, (), action, talk.spoken)
    if is_no(talk.text, talk.spoken):
        return talk.ask(replace(state, step="party"))
    return _party(talk, state)


def _confirm_party(talk: Talk, state: Dialogue) -> Turn | None:
    if is_yes(talk.text, talk.spoken):
        return Turn(None, (), ChangeParty(state.registration_id, state.party_size), talk.spoken)
    if is_no(talk.text, talk.spoken):
        return talk.ask(replace(state, step="new_party"))
    return _party(talk, state)


def _confirm_cancel(talk: Talk, state: Dialogue) -> Turn | None:
    if is_yes(talk.text, talk.spoken):
        return Turn(None, (), Cancel(state.registration_id), talk.spoken)
    if not is_no(talk.text, talk.spoken):
        return None
    registration = talk.facts.registration(state.registration_id)
    return talk.kept(registration) if registration else talk.gone()


def _chosen(talk: Talk, listed: Sequence[_T]) -> _T | None:
    """What a number stands for among things that are counted from 1."""
    is_named = talk.choice is not None and 1 <= talk.choice <= len(listed)
    return listed[talk.choice - 1] if talk.choice is not None and is_named else None


#: An offer and a reminder are answered whatever was asked since, and before this is looked at.
ANSWERS: Mapping[Step, Callable[[Talk, Dialogue], Turn | None]] = {
    "language": _language,
    "menu": _menu,
    "events": _events,
    "pick": _pick,
    "registration": _registration,
    "which_coming": _which,
    "which_not": _which,
    "party": _party,
    "needs": _needs,
    "confirm": _confirm,
    "new_party": _party,
    "confirm_party": _confirm_party,
    "confirm_cancel": _confirm_cancel,
    "news": _news,
    "delete": _delete,
}
