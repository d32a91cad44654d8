"""What is asked at each step of a call, and what is said of an attempt; decides nothing, pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.i18n import LANGUAGES
from outreach.messaging import voice_phrases as phrases
from outreach.messaging.due import Purpose
from outreach.messaging.phrases import MessageFacts, Notice, Phrase, Value, described, street
from outreach.messaging.turns import (
    AlreadyRegistered,
    AskPerson,
    EventFacts,
    GivenUp,
    OfferDeclined,
    OfferLate,
    Outcome,
    PartyChanged,
    PartyNotChanged,
    Reaffirmed,
    Refused,
    Register,
    RegistrationFacts,
    Told,
)
from outreach.messaging.voice_phrases import Line, digits
from outreach.messaging.voice_turns import Attempt, Call, CallsStarted, StopCalls, VoiceFacts
from outreach.registration.consent_words import OTHER_TEXTS

EVENTS_PER_PAGE = 4
MORE_KEY = "5"
#: What is told first in a call that we place.
_NEWS: Mapping[Purpose, str] = {
    "confirmation": phrases.ABOUT,
    "day_before": phrases.REMINDER,
    "two_hours_before": phrases.SOON,
    "moved": phrases.MOVED,
    "cancelled": phrases.EVENT_CANCELED,
    "seat_offered": phrases.SEATS_FREE,
}


@dataclass(frozen=True, slots=True)
class Saying:
    """What sentences are made from: where the call stands, and the facts."""

    call: Call
    facts: VoiceFacts

    def question(self) -> tuple[Line, ...]:
        """The question of the step; empty when what it is about is gone."""
        match self.call.step:
            case "language":
                return tuple(
                    Line(
                        locale,
                        Phrase(phrases.LANGUAGE, {"language": LANGUAGES[locale].endonym, "key": str(key)}),
                    )
                    for key, locale in enumerate(self.facts.offered_locales, 1)
                )
            case "menu":
                menu = phrases.MENU if self.facts.has_number else phrases.MENU_WITHOUT_NUMBER
                own = (phrases.MENU_CHANGE, phrases.MENU_CALLS) if self.facts.has_number else ()
                return tuple(self.line(message) for message in (menu, *own, phrases.REPEAT_OR_BACK))
            case "events":
                return (*self._event_lines(), self.line(phrases.REPEAT_OR_BACK))
            case "party" | "confirm":
                return self._event_question(self.facts.event) if self.facts.event else ()
            case "texts":
                event = self.facts.event
                return self._consent(event.reminders) if event else ()
            case "code":
                return (self.line(phrases.CODE),)
            case "pick":
                return (*self._pick_lines(), self.line(phrases.REPEAT_OR_BACK))
            case "confirm_cancel":
                found = self.registration(self.call)
                return (self.about(phrases.CONFIRM_CANCEL, found),) if found else ()
            case "new_party":
                found = self.registration(self.call)
                return (self.about(phrases.NEW_PARTY, found),) if found else ()
            case "confirm_party":
                found = self.registration(self.call)
                if found is None:
                    return ()
                return (
                    self.about(
                        phrases.CONFIRM_PARTY, found, old=found.party_size, party=self.call.party_size
                    ),
                )
            case "calls_again":
                return (self.line(phrases.CALLS_AGAIN),)
            case "owed":
                return self._owed_question(self.facts.owed) if self.facts.owed else ()
            case "offer":
                offer = self.facts.offer
                until = offer.expires_local if offer else ""
                return (
                    (self.about(phrases.SEATS_OFFERED, offer.registration, answer_by=until),) if offer else ()
                )

    def greeting(self) -> tuple[Line, ...]:
        """Who is on the phone."""
        return (self.line(phrases.GREETING, region=self.facts.region),)

    def called(self) -> tuple[Line, ...]:
        """Who calls, said to whoever answers."""
        return (self.line(phrases.CALLED, region=self.facts.region),)

    def to_machine(self) -> tuple[Line, ...]:
        """What an answering machine is told: of the event, and nothing of the guest."""
        owed = self.facts.owed
        if owed is None:
            return ()
        answer = () if owed.purpose == "cancelled" else (self.line(phrases.CALL_BACK),)
        return (self.line(phrases.CALLED_MACHINE, region=self.facts.region), self._news(owed), *answer)

    def _news(self, owed: Notice) -> Line:
        message = _NEWS[owed.purpose]
        if owed.purpose == "cancelled" and owed.facts.reason:
            message = phrases.CANCELED_BECAUSE
        return self.line(message, **_told(owed.facts))

    def _owed_question(self, owed: Notice) -> tuple[Line, ...]:
        end = self.line(phrases.PERSON_OR_END)
        match owed.purpose:
            case "seat_offered":
                return (self.line(phrases.SEATS_OFFERED, **_told(owed.facts)), end)
            case "cancelled":
                return (self._news(owed), end)
            case "confirmation":
                told = self._confirmed(owed.facts)
                return (*told, self.line(phrases.REPEAT), self.line(phrases.CANNOT_COME), end)
            case _:
                keys = phrases.CANNOT_COME if owed.facts.waiting else phrases.COMING
                party = self.line(phrases.PARTY_NOW, party=owed.facts.party_size)
                return (self._news(owed), party, self.line(keys), end)

    def _confirmed(self, facts: MessageFacts) -> tuple[Line, ...]:
        message = phrases.WAITLISTED if facts.waiting else phrases.REGISTERED
        code = self.line(phrases.CODE_TWICE, code=digits(facts.code))
        return (self.line(message, **_told(facts)), code)

    def _consent(self, reminders: int) -> tuple[Line, ...]:
        """What is agreed to by a key: as many as are owed if nothing changes, as on the web."""
        texts = reminders + OTHER_TEXTS
        return (
            self.line(phrases.TEXTS, region=self.facts.region, count=texts),
            self.line(phrases.CALLS, count=reminders),
        )

    def _event_lines(self) -> tuple[Line, ...]:
        events = [
            self.line(phrases.EVENT, key=str(key), **self._event_values(event))
            for key, public_id in enumerate(self.call.listed, 1)
            for event in self.facts.events
            if event.public_id == public_id
        ]
        if self.has_more(self.call.page):
            events.append(self.line(phrases.MORE_EVENTS, key=MORE_KEY))
        return tuple(events)

    def _event_question(self, event: EventFacts) -> tuple[Line, ...]:
        values = self._event_values(event)
        if self.call.step == "party":
            police = (self.line(phrases.POLICE),) if event.is_police_present else ()
            return (*police, self.line(phrases.PARTY_WAITLIST if event.is_full else phrases.PARTY, **values))
        is_short = event.seats_left is not None and self.call.party_size > event.seats_left
        message = phrases.CONFIRM_WAITLIST if event.is_full or is_short else phrases.CONFIRM
        return (self.line(message, party=self.call.party_size, **values),)

    def _pick_lines(self) -> tuple[Line, ...]:
        return tuple(
            self.about(phrases.CHANGE if self.call.wants == "change" else phrases.GIVE_UP, one, key=str(key))
            for key, registration_id in enumerate(self.call.listed, 1)
            for one in self.facts.registrations
            if str(one.id) == registration_id
        )

    def read_aloud(self, registrations: tuple[RegistrationFacts, ...]) -> tuple[Line, ...]:
        """What a number is registered for."""
        if not registrations:
            return (self.line(phrases.NO_REGISTRATIONS),)
        return tuple(
            self.about(phrases.REGISTRATION_WAITING if one.waiting else phrases.REGISTRATION, one)
            for one in registrations
        )

    def last_text(self) -> tuple[Line, ...]:
        """Our last text, where a voice can read it."""
        text = self.facts.last_text
        if text is None:
            return (self.line(phrases.NO_TEXT),)
        if text.locale not in self.facts.offered_locales or text.locale in self.facts.recorded_only:
            return (self.line(phrases.TEXT_WITHOUT_VOICE),)
        return (self.line(phrases.LAST_TEXT), text)

    def result(
        self, outcome: Outcome | CallsStarted, action: Attempt | AskPerson | StopCalls | None
    ) -> tuple[Line, ...]:
        """The sentences for what became of an attempt."""
        match outcome:
            case Told(facts):
                is_texted = isinstance(action, Register) and action.wants_texts
                follows = (self.line(phrases.TEXT_FOLLOWS),) if is_texted else ()
                if self.facts.is_stopped:
                    follows = (self.line(phrases.CALLS_ARE_STOPPED),)
                return (*self._confirmed(facts), *follows)
            case CallsStarted(is_so):
                return (self.line(phrases.CALLS_STARTED if is_so else phrases.START_BY_TEXT),)
            case AlreadyRegistered():
                return (self.line(phrases.ALREADY),)
            case GivenUp(facts):
                return (self.line(phrases.GIVEN_UP, **_told(facts)),)
            case PartyChanged(facts):
                return (self.line(phrases.PARTY_CHANGED, **_told(facts)),)
            case PartyNotChanged(facts):
                return (self.line(phrases.PARTY_NOT_CHANGED, **_told(facts)),)
            case OfferDeclined(facts):
                return (self.line(phrases.OFFER_DECLINED, **_told(facts)),)
            case Reaffirmed(facts):
                return (self.line(phrases.REAFFIRMED, **_told(facts)),)
            case OfferLate(facts):
                return (self.line(phrases.OFFER_LATE, **_told(facts)),)
            case Refused(event=event):
                refusal = self.refusal(event)
                if refusal is None and event is not None:
                    refusal = self.line(phrases.EVENT_FULL, **self._event_values(event))
                return (refusal or self.line(phrases.GONE),)
            case _:
                return (self.line(phrases.GONE),)

    def refusal(self, event: EventFacts | None) -> Line | None:
        """Why nobody can sign up for an event now, if so."""
        if event is None:
            return self.line(phrases.GONE)
        if event.is_cancelled:
            return self.line(phrases.EVENT_CANCELED, **self._event_values(event))
        if event.has_started:
            return self.line(phrases.EVENT_STARTED, **self._event_values(event))
        return None if event.is_open else self.line(phrases.EVENT_OPEN_TO_ALL, **self._event_values(event))

    def line(self, message: str, **values: Value) -> Line:
        """A sentence in the language of the call, or in the first one while none is chosen."""
        return Line(self.call.locale or self.facts.offered_locales[0], Phrase(message, values))

    def about(self, message: str, registration: RegistrationFacts, **values: Value) -> Line:
        """A sentence about one registration."""
        return self.line(message, **{**_told(registration.told(self.call.locale)), **values})

    def in_every_language(self, message: str) -> tuple[Line, ...]:
        """The sentence in the chosen language, or in each one while none is chosen."""
        spoken = (self.call.locale,) if self.call.locale else self.facts.offered_locales
        return tuple(Line(locale, Phrase(message)) for locale in spoken)

    def _event_values(self, event: EventFacts) -> dict[str, Value]:
        title = event.title(self.call.locale)
        return {"title": title, "when": event.when, "street": street(event.street)}

    def page(self, number: int) -> tuple[EventFacts, ...]:
        """The events of one page of the list, 0 for the first."""
        return self.facts.events[number * EVENTS_PER_PAGE : (number + 1) * EVENTS_PER_PAGE]

    def has_more(self, page: int) -> bool:
        """Whether a page follows."""
        return bool(self.page(page + 1))

    def registration(self, call: Call) -> RegistrationFacts | None:
        """The registration that a call is about, unless it is gone."""
        return next((one for one in self.facts.registrations if one.id == call.registration_id), None)


def _told(facts: MessageFacts) -> dict[str, Value]:
    return {**described(facts), "code": digits(facts.code)}
