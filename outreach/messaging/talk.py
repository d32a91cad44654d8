"""Where a conversation by text goes next, and in which state that leaves it; reads no answer, pure."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from outreach.hours import ROUTINE
from outreach.i18n import translator
from outreach.messaging import phrases
from outreach.messaging.answers import choice
from outreach.messaging.phrases import EventMenu, LanguageMenu, Phrase, Say, count_shown, described
from outreach.messaging.questions import Asking, refusal, unreadable
from outreach.messaging.turns import (
    AskCall,
    AskPerson,
    Dialogue,
    EndNews,
    EventFacts,
    Facts,
    OfferFacts,
    Reaffirm,
    RegistrationFacts,
    RememberLocale,
    StartNews,
    Step,
    Turn,
)

#: After so many answers in a row that we cannot read, a person takes over.
_MOST_MISSES = 3


class Talk:
    """One turn: the state, the text and the facts side by side."""

    def __init__(self, state: Dialogue | None, text: str, facts: Facts, now: datetime) -> None:
        self.state = state
        self.text = text
        self.facts = facts
        self.now = now
        self.choice = choice(text)
        only = facts.offered_locales[0] if len(facts.offered_locales) == 1 else ""
        #: Empty while the guest has not chosen one.
        self.locale = (state.locale if state else "") or facts.known_locale or only

    @property
    def spoken(self) -> str:
        """The language to answer in, whether it was chosen or not."""
        return self.locale or self.facts.offered_locales[0]

    @property
    def asking(self) -> Asking:
        """What makes questions, in that language."""
        return Asking(self.facts, self.spoken, self.now)

    @property
    def open_step(self) -> Step | None:
        """The question that waits for an answer: a draft that rests is taken up only on request."""
        return None if self.state is None or self.state.is_resting(self.now) else self.state.step

    @property
    def open_offer(self) -> OfferFacts | None:
        """Seats that are still kept."""
        offer = self.facts.offer
        return offer if offer is not None and self.now < offer.expires_at else None

    # Where it goes.

    def menu(self) -> Turn:
        """To the menu of this phone: its language first, then its registrations, or what it can begin."""
        if not self.locale:
            is_asking = self.state is not None and self.state.step == "language"
            return self.ask(self.state if self.state and is_asking else Dialogue("language", "", self.now))
        if len(self.facts.registrations) == 1:
            return self.about(self.facts.registrations[0])
        return self.put("pick" if self.facts.registrations else "menu")

    def begin(self, event: EventFacts) -> Turn:
        """Starts on an event; the first question is the language while that is not known."""
        if not self.locale:
            return self.ask(Dialogue("language", "", self.now, event.public_id), event)
        for registration in self.facts.registrations:
            if registration.event.public_id == event.public_id:
                return self.about(registration)
        return self.ask(Dialogue("party", self.locale, self.now, event.public_id), event)

    def about(self, registration: RegistrationFacts) -> Turn:
        """Asks what to do with a registration, or to answer the offer that it has."""
        if self.open_offer is not None and self.open_offer.registration.id == registration.id:
            return self.put("offer")
        return self.put("registration", registration)

    def reminded(
        self, registration: RegistrationFacts, *, is_coming: bool, draft: Dialogue | None = None
    ) -> Turn:
        """Notes that a party is coming, or asks once more before its place is given up."""
        if is_coming:
            return Turn(draft, (), Reaffirm(registration.id), self.spoken)
        return self.put("confirm_cancel", registration)

    def language_chosen(self, locale: str) -> Turn:
        """Goes on in this language where the conversation stood."""
        self.locale = locale
        state = self.state
        if state is None or (state.step == "language" and not state.event_public_id):
            turn = self.menu()
        elif state.step != "language":
            turn = self.ask(replace(state, locale=locale))
        elif self.facts.event is not None:
            turn = self.begin(self.facts.event)
        else:
            turn = self.gone()
        return replace(turn, action=RememberLocale(locale))

    def list_events(self) -> Turn:
        """Lists what happens in the coming days, to start on one of them by its number."""
        if not self.facts.coming:
            return self.say(phrases.NO_EVENTS)
        listed = tuple(event.public_id for event in self.facts.coming)
        return self.ask(Dialogue("events", self.locale, self.now, listed=listed))

    def ask_news(self) -> Turn:
        """Asks whether news is wanted, or says that it comes already and how it ends."""
        if self.facts.news.lists:
            names = ", ".join(whose for _, whose in self.facts.news.lists)
            return self.say(Phrase(phrases.NEWS_ON, {"whose": names}))
        return self.put("news")

    def start_news(self, scope: str, whose: str) -> Turn:
        """Puts this phone on a list."""
        reply = Phrase(phrases.NEWS_ON, {"whose": whose})
        return Turn(None, (reply,), StartNews(scope), self.spoken)

    def end_news(self) -> Turn:
        """Ends the list whose news came last, or all where that is not known any more."""
        news = self.facts.news
        on = tuple(scope for scope, _ in news.lists)
        ended = (news.told.scope,) if news.told is not None and news.told.scope in on else on
        return Turn(self.state, (Phrase(phrases.NEWS_OFF),), EndNews(ended), self.spoken)

    def ask_delete(self) -> Turn:
        """Asks once more before everything is forgotten."""
        return self.put("delete")

    def call_me(self) -> Turn:
        """Has a person call, by day, and keeps what was begun."""
        hours = {"opens": ROUTINE.opens, "closes": ROUTINE.closes}
        return Turn(self.state, (Phrase(phrases.CALL_ME, hours),), AskCall(), self.spoken)

    def person(self, reason: Literal["asked", "not_understood"]) -> Turn:
        """Hands over to a person and keeps what was begun."""
        state = replace(self.state, misses=0) if self.state else None
        return Turn(state, (Phrase(phrases.PERSON),), AskPerson(reason), self.spoken)

    def not_understood(self) -> Turn:
        """Repeats what waits for an answer, or says what can be texted."""
        if self.state is not None:
            return self.missed(self.state)
        if self.locale or self.open_offer or self.facts.reminders:
            step: Step = "offer" if self.open_offer else "reminder" if self.facts.reminders else "menu"
            return self.missed(Dialogue(step, self.locale, self.now))
        state = Dialogue("language", "", self.now, misses=1)
        menu = LanguageMenu(self.facts.offered_locales)
        return Turn(state, (unreadable(self.text), menu), None, self.spoken)

    def missed(self, state: Dialogue, instead: Phrase | None = None) -> Turn:
        """Asks again, the second time in short; the third time a person is asked."""
        misses = state.misses + 1
        if misses >= _MOST_MISSES:
            return self.person("not_understood")
        reply = instead or self.asking.again(state, misses, self.text)
        if reply is None:
            return self.gone()
        # A resting draft goes on resting, so that a digit is not taken for an answer to it.
        asked_at = state.asked_at if state.is_resting(self.now) else self.now
        return self.say(reply, replace(state, misses=misses, asked_at=asked_at))

    # What is said.

    def say(self, reply: Say | str, state: Dialogue | None = None) -> Turn:
        """A sentence, after which nothing is open but `state`."""
        return Turn(state, (Phrase(reply) if isinstance(reply, str) else reply,), None, self.spoken)

    def gone(self) -> Turn:
        """What it was about is not there any more."""
        return self.say(phrases.GONE)

    def kept(self, registration: RegistrationFacts) -> Turn:
        """Nothing changes."""
        return self.say(Phrase(phrases.KEPT, described(registration.told(self.spoken))))

    def put(self, step: Step, about: RegistrationFacts | None = None) -> Turn:
        """Puts the question of a step, about a registration or about none."""
        ids = (about.event.public_id, about.id) if about else ()
        return self.ask(Dialogue(step, self.locale, self.now, *ids))

    def ask(self, state: Dialogue, event: EventFacts | None = None) -> Turn:
        """Puts the question of a state, or says why there is nothing to ask any more."""
        event = event or self.facts.event
        refused = refusal(event, self.spoken) if state.step in ("party", "needs", "confirm") else None
        reply = refused or self.asking.question(state, event)
        if refused or reply is None:
            return self.say(refused or phrases.GONE)
        if isinstance(reply, EventMenu):
            # A number that the guest is not shown is no answer.
            state = replace(state, listed=state.listed[: count_shown(reply, translator(self.spoken))])
        return self.say(reply, replace(state, asked_at=self.now, misses=0))
