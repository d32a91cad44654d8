"""What the dialogue asks at each step, and what it says of an attempt; decides nothing, pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from outreach.events.keywords import folded_word
from outreach.messaging import phrases
from outreach.messaging.answers import has_words
from outreach.messaging.phrases import EventMenu, LanguageMenu, NeedsMenu, Notice, Phrase, Say, described
from outreach.messaging.turns import (
    STEPS,
    AlreadyRegistered,
    Dialogue,
    EventFacts,
    Facts,
    GivenUp,
    OfferDeclined,
    OfferLate,
    Outcome,
    PartyChanged,
    PartyNotChanged,
    Reaffirmed,
    Refused,
    RegistrationFacts,
    ReminderFacts,
    Told,
)

#: More registrations are not listed, so that the key for a person never names one.
MOST_LISTED = 8

_REFUSALS = {
    "full": phrases.EVENT_FULL,
    "closed": phrases.EVENT_CLOSED,
    "cancelled": phrases.EVENT_CANCELED,
    "started": phrases.EVENT_STARTED,
    "gone": phrases.GONE,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What questions are made from: the facts, the reader's language and the time."""

    facts: Facts
    locale: str
    now: datetime

    def question(self, state: Dialogue, event: EventFacts | None) -> Say | None:
        """The question of a step; None when what it is about is gone."""
        match state.step:
            case "language":
                heading = event.title(self.locale) if event and state.event_public_id else ""
                return LanguageMenu(self.facts.offered_locales, heading)
            case "menu":
                return Phrase(phrases.MENU)
            case "delete":
                return Phrase(phrases.DELETE_ALL)
            case "news":
                return Phrase(phrases.ASK_NEWS, {"whose": self.facts.news.region})
            case "events":
                return self._digest(state)
            case "pick":
                return self._menu([one.event for one in self.facts.registrations], phrases.EVENTS)
            case "which_coming" | "which_not":
                wording = phrases.WHICH_COMING if state.step == "which_coming" else phrases.WHICH_NOT
                return self._menu(
                    _listed(state, (one.registration.event for one in self.facts.reminders)), wording
                )
            case "offer":
                return self._offer()
            case "reminder":
                return self._reminder()
            case "party" | "needs" | "confirm":
                return self._about_event(state, event) if event else None
            case _:
                registration = self.facts.registration(state.registration_id)
                return self._about_registration(state, registration) if registration else None

    def resume(self, state: Dialogue) -> Phrase | None:
        """Whether to go on with what was begun; None when that is gone."""
        registration = self.facts.registration(state.registration_id)
        event = registration.event if registration else self.facts.event
        return Phrase(phrases.RESUME, {"title": event.title(self.locale)}) if event else None

    def again(self, state: Dialogue, misses: int, text: str) -> Say | None:
        """What is said to an answer that we cannot read; None when what it is about is gone."""
        if state.is_resting(self.now):
            return self.resume(state)
        match STEPS[state.step]:
            case "menu":
                return unreadable(text) if misses == 1 else Phrase(phrases.SHORT_MENU)
            case "party":
                return Phrase(phrases.PARTY_AGAIN if misses == 1 else phrases.ONE_NUMBER)
            case takes if misses == 1 or takes == "language":
                return self.question(state, self.facts.event)
            case "list":
                return Phrase(phrases.SHORT_MENU)
            case _:
                return Phrase(phrases.YES_OR_NO)

    def _digest(self, state: Dialogue) -> Say | None:
        # In the coming days a weekday says enough.
        lines = [
            (event.title(self.locale), event.when if event.when.is_all_day else event.when.local)
            for event in _listed(state, (*self.facts.listed, *self.facts.coming))
        ]
        return EventMenu(tuple(lines), phrases.THIS_WEEK, is_cut_to_fit=True) if lines else None

    def _menu(self, events: list[EventFacts], wording: str) -> Say | None:
        lines = [(event.title(self.locale), event.when) for event in events[:MOST_LISTED]]
        return EventMenu(tuple(lines), wording) if lines else None

    def _offer(self) -> Say | None:
        offer = self.facts.offer
        if offer is None or self.now >= offer.expires_at:
            return None
        facts = replace(offer.registration.told(self.locale), answer_by_local=offer.expires_local)
        return Notice("seat_offered", facts)

    def _reminder(self) -> Say | None:
        latest: ReminderFacts | None = max(
            self.facts.reminders, key=lambda reminder: reminder.asked_at, default=None
        )
        return Notice("day_before", latest.registration.told(self.locale)) if latest else None

    def _about_event(self, state: Dialogue, event: EventFacts) -> Say:
        if state.step == "needs":
            return NeedsMenu(event.title(self.locale), event.offers)
        values: dict[str, phrases.Value] = {
            "title": event.title(self.locale),
            "when": event.when,
            "street": phrases.street(event.street),
            "party": state.party_size,
        }
        if state.step == "party":
            return Phrase(_party_question(event), values)
        would_wait = event.is_full or (event.seats_left is not None and state.party_size > event.seats_left)
        needs = asked_for(state, event)
        if not needs:
            return Phrase(phrases.CONFIRM_WAITLIST if would_wait else phrases.CONFIRM, values)
        message = phrases.CONFIRM_WAITLIST_WITH_HELP if would_wait else phrases.CONFIRM_WITH_HELP
        return Phrase(message, {**values, "needs": phrases.needs(needs)})

    def _about_registration(self, state: Dialogue, registration: RegistrationFacts) -> Phrase:
        values = described(registration.told(self.locale))
        match state.step:
            case "new_party":
                return Phrase(phrases.NEW_PARTY, values)
            case "confirm_party":
                change: dict[str, phrases.Value] = {"old": registration.party_size, "party": state.party_size}
                return Phrase(phrases.CONFIRM_PARTY, {**values, **change})
            case "confirm_cancel":
                return Phrase(phrases.CONFIRM_CANCEL, values)
            case _:
                is_waiting = registration.waiting is not None
                texts = Phrase(phrases.NO_TEXTS if registration.gets_texts else phrases.TEXTS)
                message = phrases.REGISTRATION_WAITING if is_waiting else phrases.REGISTRATION
                return Phrase(message, {**values, "texts": texts})


def _listed(state: Dialogue, known: Iterable[EventFacts]) -> list[EventFacts]:
    """The events that were listed by number; none when one is gone, so that no number changes its meaning."""
    found = {event.public_id: event for event in known}
    events = [found.get(public_id) for public_id in state.listed]
    return [event for event in events if event is not None] if None not in events else []


def asked_for(state: Dialogue, event: EventFacts) -> tuple[str, ...]:
    """What a party asked for, as far as the event still offers it, in the order of the offers."""
    return tuple(offer for offer in event.offers if offer in state.needs)


def refusal(event: EventFacts | None, locale: str) -> Phrase | None:
    """Why nobody can sign up for an event now, if so."""
    if event is None:
        return Phrase(phrases.GONE)
    if event.is_cancelled:
        return _refused(Refused("cancelled", event), locale)
    if event.has_started:
        return _refused(Refused("started", event), locale)
    return None if event.is_open else _refused(Refused("closed", event), locale)


def unreadable(text: str) -> Phrase:
    """What is said when nothing was asked: to no words, to a word that is no keyword, or to some text."""
    if not has_words(text):
        return Phrase(phrases.NO_WORDS)
    word = folded_word(text)
    # Alone, and in letters that fit into a sentence of any language.
    if word is None or not word.isascii() or len(text.split()) > 1:
        return Phrase(phrases.NOT_UNDERSTOOD)
    return Phrase(phrases.UNKNOWN_WORD, {"word": word.upper()})


def result(outcome: Outcome, locale: str) -> Say:
    """The sentence for what became of an attempt."""
    match outcome:
        case Refused():
            return _refused(outcome, locale)
        case Told(facts):
            return Notice("confirmation", facts)
        case AlreadyRegistered(facts) | PartyChanged(facts) if facts.waiting:
            return Notice("confirmation", facts)
        case AlreadyRegistered(facts):
            message = phrases.ALREADY
        case PartyChanged(facts):
            message = phrases.PARTY_CHANGED
        case PartyNotChanged(facts):
            message = phrases.PARTY_NOT_CHANGED
        case GivenUp(facts):
            message = phrases.GIVEN_UP
        case Reaffirmed(facts):
            message = phrases.REAFFIRMED
        case OfferDeclined(facts):
            message = phrases.OFFER_DECLINED_WAITING if facts.waiting else phrases.OFFER_DECLINED
        case OfferLate(facts):
            message = phrases.OFFER_LATE_WAITING if facts.waiting else phrases.OFFER_LATE
    return Phrase(message, described(facts))


def _refused(refused: Refused, locale: str) -> Phrase:
    event = refused.event
    if event is None:
        return Phrase(phrases.GONE)
    return Phrase(_REFUSALS[refused.reason], {"title": event.title(locale), "when": event.when})


def _party_question(event: EventFacts) -> str:
    if event.is_police_present:
        return phrases.PARTY_WAITLIST_WITH_POLICE if event.is_full else phrases.PARTY_WITH_POLICE
    return phrases.PARTY_WAITLIST if event.is_full else phrases.PARTY
