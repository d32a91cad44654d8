"""The conversation with one guest: from what was asked and what is answered to what is said and done.

Pure: it changes nothing and renders nothing, and a text and a key press are the same to it. Whoever
calls it reads words about texts themselves first (`consent.read`), fills the facts, carries out the
action of the turn and lets `concluded` say what became of it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from outreach.events.keywords import folded_word
from outreach.folding import folded
from outreach.hours import ROUTINE
from outreach.i18n import LANGUAGES
from outreach.messaging import phrases
from outreach.messaging.answers import (
    choice,
    chosen_digits,
    has_words,
    is_no,
    is_yes,
    locale_of_call_word,
    locale_of_delete_word,
    locale_of_events_word,
    locale_of_news_word,
    locale_of_what_word,
    party_size,
)
from outreach.messaging.phrases import LanguageMenu, Phrase, Say, described
from outreach.messaging.questions import MOST_LISTED, Asking, asked_for, refusal, result
from outreach.messaging.turns import (
    AcceptOffer,
    AskCall,
    AskPerson,
    Cancel,
    ChangeParty,
    DeclineOffer,
    DeleteAll,
    Dialogue,
    EndNews,
    EndTexts,
    EventFacts,
    Facts,
    OfferFacts,
    OfferLate,
    Outcome,
    Reaffirm,
    Register,
    RegistrationFacts,
    RememberLocale,
    ReminderFacts,
    StartNews,
    StartTexts,
    Step,
    Turn,
)
from outreach.registration.requests import LARGEST_PARTY
from outreach.registration.scopes import REGION

MENU_KEY, PERSON_KEY = 0, 9
#: In the menu of a number that is registered for nothing.
EVENTS_KEY, NEWS_KEY = 2, 3
#: In answer to news.
NO_NEWS_KEY = 8
#: After so many answers in a row that we cannot read, a person takes over.
_MOST_MISSES = 3
_LONGEST_TEXT = 1600

#: Steps that list what can be chosen, so that "yes or no" would be no hint.
_LISTS: frozenset[Step] = frozenset({"pick", "registration", "events", "which_coming", "which_not", "needs"})


#: Steps to which any small number may be an answer.
_TAKES_NUMBERS = _LISTS | frozenset({"language", "party", "confirm", "new_party", "confirm_party"})


def step(state: Dialogue | None, text: str, facts: Facts, now: datetime) -> Turn:
    """What follows from a text in a state.

    In this order: the name of another language, menu and person, news that came after our last question,
    an offer that was made after it, a reminder that was sent after it, that question, a keyword, the word
    for a list of events, for news, to be forgotten, to know what is held or to be called, and at last a
    sentence on what can be texted.
    """
    if state is not None and state.is_over(now):
        state = None
    return _Conversation(state, text[:_LONGEST_TEXT], facts, now).turn()


def asks_for_events(state: Dialogue | None, text: str, facts: Facts) -> bool:
    """Whether the events of the coming days may be listed in answer to a text."""
    is_in_menu = state is not None and state.step == "menu" and choice(text) == EVENTS_KEY
    return is_in_menu or locale_of_events_word(text, facts.offered_locales) is not None


def asks_what_is_held(text: str, facts: Facts) -> bool:
    """Whether a text may be answered with what kinds of things are held of its number."""
    return locale_of_what_word(text, facts.offered_locales) is not None


def concluded(turn: Turn, outcome: Outcome) -> Turn:
    """The turn of an attempt, with the sentence for what became of it."""
    return replace(turn, replies=(result(outcome, turn.locale),))


class _Conversation:
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

    def turn(self) -> Turn:
        if self.facts.is_loop:
            return Turn(self.state, (), None, self.spoken)
        return (
            self.hear_language()
            or self.hear_key()
            or self.hear_news()
            or self.hear_offer()
            or self.hear_reminder()
            or self.hear_answer()
            or self.hear_keyword()
            or self.hear_events_word()
            or self.hear_news_word()
            or self.hear_delete_word()
            or self.hear_what_word()
            or self.hear_call_word()
            or self.not_understood()
        )

    # What is heard, in the order above; None passes the text on.

    def hear_language(self) -> Turn | None:
        said = folded(self.text)
        for locale in self.facts.offered_locales:
            if said in (folded(LANGUAGES[locale].endonym), folded(LANGUAGES[locale].english_name)):
                return self.language_chosen(locale)
        return None

    def hear_key(self) -> Turn | None:
        if self.choice == MENU_KEY:
            return self.menu()
        if self.choice == PERSON_KEY and not self.is_nine_an_answer():
            return self.person("asked")
        return None

    def is_nine_an_answer(self) -> bool:
        """Whether the last question gave the key for a person a meaning of its own."""
        if self.state is None or self.state.is_resting(self.now):
            return False
        if self.state.step == "language":
            return len(self.facts.offered_locales) >= PERSON_KEY
        return self.state.step in ("party", "new_party")

    def hear_news(self) -> Turn | None:
        news, state = self.facts.news, self.state
        takes_numbers = state is not None and state.step in _TAKES_NUMBERS and not state.is_resting(self.now)
        if self.choice == NO_NEWS_KEY and news.lists and not takes_numbers:
            return self.end_news()
        if news.asked is not None and (state is None or state.asked_at <= news.asked.asked_at):
            if is_yes(self.text, self.spoken):
                return self.start_news(news.asked.scope, news.asked.whose)
            if is_no(self.text, self.spoken):
                return Turn(state, (Phrase(phrases.NEWS_OFF),), EndNews((news.asked.scope,)), self.spoken)
        told = news.told
        if told is not None and told.event.is_open and self.choice == 1 and self.is_last(told.told_at):
            return self.begin(told.event)
        return None

    def is_last(self, told_at: datetime) -> bool:
        """Whether nothing else was asked since an instant that a "1" could answer."""
        asked = [reminder.asked_at for reminder in self.facts.reminders]
        if self.facts.offer is not None:
            asked.append(self.facts.offer.offered_at)
        if self.state is not None:
            asked.append(self.state.asked_at)
        return all(at <= told_at for at in asked)

    def hear_offer(self) -> Turn | None:
        offer, draft = self.facts.offer, self.draft()
        if offer is None or (draft is not None and draft.asked_at > offer.offered_at):
            return None
        if self.is_open(offer):
            if is_yes(self.text, self.spoken):
                return Turn(draft, (), AcceptOffer(offer.registration.id), self.spoken)
            if is_no(self.text, self.spoken):
                return Turn(draft, (), DeclineOffer(offer.registration.id), self.spoken)
        elif draft is None and not self.facts.reminders and is_yes(self.text, self.spoken):
            return self.say(result(OfferLate(offer.registration.told(self.spoken)), self.spoken))
        return None

    def draft(self) -> Dialogue | None:
        """What stays open when an offer or a reminder is answered: all but the question about it."""
        return None if self.state is None or self.state.step in ("offer", "reminder") else self.state

    def is_open(self, offer: OfferFacts) -> bool:
        return self.now < offer.expires_at

    def hear_reminder(self) -> Turn | None:
        draft = self.draft()
        is_newer = draft is None or any(draft.asked_at <= one.asked_at for one in self.facts.reminders)
        if not self.facts.reminders or not is_newer:
            return None
        is_coming = is_yes(self.text, self.spoken)
        if not is_coming and not is_no(self.text, self.spoken):
            return None
        if len(self.facts.reminders) > 1:
            listed = tuple(one.registration.event.public_id for one in self.facts.reminders[:MOST_LISTED])
            step: Step = "which_coming" if is_coming else "which_not"
            return self.ask(Dialogue(step, self.locale, self.now, listed=listed))
        return self.reminded(self.facts.reminders[0], is_coming=is_coming, draft=draft)

    def reminded(self, reminder: ReminderFacts, *, is_coming: bool, draft: Dialogue | None = None) -> Turn:
        """Notes that a party is coming, or asks once more before its place is given up."""
        registration = reminder.registration
        if is_coming:
            return Turn(draft, (), Reaffirm(registration.id), self.spoken)
        event_id = registration.event.public_id
        return self.ask(Dialogue("confirm_cancel", self.locale, self.now, event_id, registration.id))

    def hear_answer(self) -> Turn | None:
        state = self.state
        if state is None:
            return None
        if state.is_resting(self.now):
            return self.ask(state) if self.choice == 1 else None
        match state.step:
            case "language":
                return self.answer_language()
            case "menu":
                return self.answer_menu()
            case "events":
                return self.answer_events(state)
            case "news":
                return self.answer_news()
            case "delete":
                return self.answer_delete()
            case "pick":
                return self.answer_pick()
            case "which_coming" | "which_not":
                return self.answer_which(state)
            case "registration":
                return self.answer_registration(state)
            case "party" | "new_party":
                return self.answer_party(state)
            case "needs":
                return self.answer_needs(state)
            case "confirm":
                return self.answer_confirm(state)
            case "confirm_party":
                return self.answer_confirm_party(state)
            case "confirm_cancel":
                return self.answer_confirm_cancel(state)
            case "offer" | "reminder" | "stopped":
                return None

    def hear_keyword(self) -> Turn | None:
        """The word of a poster in one language says as well in which language, whatever was chosen before."""
        event, locale = self.facts.keyword_event, self.facts.keyword_locale
        if event is None:
            return None
        if locale not in self.facts.offered_locales or locale == self.locale:
            return self.begin(event)
        self.locale = locale
        return replace(self.begin(event), action=RememberLocale(locale))

    def hear_events_word(self) -> Turn | None:
        """The word says as well in which language, to somebody who has not chosen one."""
        locale = locale_of_events_word(self.text, self.facts.offered_locales)
        if locale is None:
            return None
        if self.locale:
            return self.list_events()
        self.locale = locale
        return replace(self.list_events(), action=RememberLocale(locale))

    def hear_news_word(self) -> Turn | None:
        locale = locale_of_news_word(self.text, self.facts.offered_locales)
        if locale is None:
            return None
        if self.locale:
            return self.ask_news()
        self.locale = locale
        return replace(self.ask_news(), action=RememberLocale(locale))

    def hear_delete_word(self) -> Turn | None:
        locale = locale_of_delete_word(self.text, self.facts.offered_locales)
        if locale is None:
            return None
        self.locale = self.locale or locale
        return self.ask(Dialogue("delete", self.locale, self.now))

    def hear_what_word(self) -> Turn | None:
        locale = locale_of_what_word(self.text, self.facts.offered_locales)
        if locale is None or self.is_asked():
            return None
        self.locale = self.locale or locale
        link = f"{self.facts.site}/{self.spoken}/what-we-hold"
        return self.say(Phrase(phrases.HELD, {"held": self.facts.held, "link": link}), self.state)

    def is_asked(self) -> bool:
        """Whether something of ours waits for an answer: "what?" is then a question about it."""
        is_open = self.state is not None and not self.state.is_resting(self.now)
        return is_open or bool(self.facts.offer or self.facts.reminders)

    # The answers to each question.

    def answer_menu(self) -> Turn | None:
        match self.choice:
            case 1:
                return self.ask_language()
            case 2:
                return self.list_events()
            case 3:
                return self.ask_news()
            case 4:
                return self.call_me()
        return None

    def answer_news(self) -> Turn | None:
        if is_yes(self.text, self.spoken):
            return self.start_news(REGION, self.facts.news.region)
        return self.say(Phrase(phrases.NEWS_OFF)) if is_no(self.text, self.spoken) else None

    def answer_delete(self) -> Turn | None:
        if is_yes(self.text, self.spoken):
            return Turn(None, (Phrase(phrases.DELETED),), DeleteAll(), self.spoken)
        return self.say(Phrase(phrases.SHORT_MENU)) if is_no(self.text, self.spoken) else None

    def answer_events(self, state: Dialogue) -> Turn | None:
        if self.choice is None or not 1 <= self.choice <= len(state.listed):
            return None
        chosen = state.listed[self.choice - 1]
        event = next((one for one in self.facts.listed if one.public_id == chosen), None)
        return self.begin(event) if event else self.say(Phrase(phrases.GONE))

    def answer_which(self, state: Dialogue) -> Turn | None:
        if self.choice is None or not 1 <= self.choice <= len(state.listed):
            return None
        chosen = state.listed[self.choice - 1]
        for reminder in self.facts.reminders:
            if reminder.registration.event.public_id == chosen:
                return self.reminded(reminder, is_coming=state.step == "which_coming")
        return self.say(Phrase(phrases.GONE))

    def answer_language(self) -> Turn | None:
        offered = self.facts.offered_locales
        if self.choice is None or not 1 <= self.choice <= len(offered):
            return None
        return self.language_chosen(offered[self.choice - 1])

    def answer_pick(self) -> Turn | None:
        listed = self.facts.registrations[:MOST_LISTED]
        if self.choice is None or not 1 <= self.choice <= len(listed):
            return None
        return self.about(listed[self.choice - 1])

    def answer_registration(self, state: Dialogue) -> Turn | None:
        match self.choice:
            case 1:
                return self.ask(replace(state, step="new_party"))
            case 2:
                return self.ask(replace(state, step="confirm_cancel"))
            case 3:
                return self.ask_language()
            case 4:
                return self.switch_texts(state)
        return None

    def switch_texts(self, state: Dialogue) -> Turn:
        """Ends texts about one event, or lets them begin again."""
        registration = self.facts.registration(state.registration_id)
        if registration is None:
            return self.say(Phrase(phrases.GONE))
        values, gets_texts = described(registration.told(self.spoken)), registration.gets_texts
        reply = Phrase(phrases.EVENT_TEXTS_OFF if gets_texts else phrases.EVENT_TEXTS_ON, values)
        action = EndTexts(registration.id) if gets_texts else StartTexts(registration.id)
        return Turn(None, (reply,), action, self.spoken)

    def answer_party(self, state: Dialogue) -> Turn | None:
        size = party_size(self.text, self.spoken)
        if size is None:
            return None
        if not 1 <= size <= LARGEST_PARTY:
            return self.missed(state, Phrase(phrases.PARTY_OUT_OF_RANGE))
        if state.step in ("party", "confirm"):
            # Help is asked about once, and not again when only the number changes at the end.
            is_next_needs = state.step == "party" and self.facts.event and self.facts.event.offers
            return self.ask(replace(state, step="needs" if is_next_needs else "confirm", party_size=size))
        registration = self.facts.registration(state.registration_id)
        if registration is not None and size == registration.party_size:
            return self.kept(registration)
        return self.ask(replace(state, step="confirm_party", party_size=size))

    def answer_needs(self, state: Dialogue) -> Turn | None:
        offers = self.facts.event.offers if self.facts.event else ()
        keys = chosen_digits(self.text)
        if keys is None:
            keys = (len(offers) + 1,) if is_no(self.text, self.spoken) else ()
        is_nothing = keys == (len(offers) + 1,)
        if not keys or not (is_nothing or all(1 <= key <= len(offers) for key in keys)):
            return None
        needs = () if is_nothing else tuple(offers[key - 1] for key in sorted(keys))
        return self.ask(replace(state, step="confirm", needs=needs))

    def answer_confirm(self, state: Dialogue) -> Turn | None:
        if is_yes(self.text, self.spoken):
            event = self.facts.event
            refused = refusal(event, self.spoken)
            if event is None or refused is not None:
                return self.say(refused or Phrase(phrases.GONE))
            needs = asked_for(state, event)
            action = Register(state.event_public_id, state.party_size, self.spoken, needs)
            return Turn(None, (), action, self.spoken)
        if is_no(self.text, self.spoken):
            return self.ask(replace(state, step="party"))
        return self.answer_party(state)

    def answer_confirm_party(self, state: Dialogue) -> Turn | None:
        if is_yes(self.text, self.spoken):
            return Turn(None, (), ChangeParty(state.registration_id, state.party_size), self.spoken)
        if is_no(self.text, self.spoken):
            return self.ask(replace(state, step="new_party"))
        return self.answer_party(state)

    def answer_confirm_cancel(self, state: Dialogue) -> Turn | None:
        if is_yes(self.text, self.spoken):
            return Turn(None, (), Cancel(state.registration_id), self.spoken)
        if not is_no(self.text, self.spoken):
            return None
        registration = self.facts.registration(state.registration_id)
        return self.kept(registration) if registration else self.say(Phrase(phrases.GONE))

    def hear_call_word(self) -> Turn | None:
        locale = locale_of_call_word(self.text, self.facts.offered_locales)
        if locale is None:
            return None
        self.locale = self.locale or locale
        return self.call_me()

    def call_me(self) -> Turn:
        """Has a person call, by day, and keeps what was begun."""
        hours = {"opens": ROUTINE.opens, "closes": ROUTINE.closes}
        return Turn(self.state, (Phrase(phrases.CALL_ME, hours),), AskCall(), self.spoken)

    # Where the conversation goes.

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
        offer = self.facts.offer
        if offer is not None and offer.registration.id == registration.id and self.is_open(offer):
            return self.ask(Dialogue("offer", self.locale, self.now))
        event_id = registration.event.public_id
        return self.ask(Dialogue("registration", self.locale, self.now, event_id, registration.id))

    def menu(self) -> Turn:
        if not self.locale:
            is_asking = self.state is not None and self.state.step == "language"
            return self.ask(self.state if self.state and is_asking else Dialogue("language", "", self.now))
        if len(self.facts.registrations) == 1:
            return self.about(self.facts.registrations[0])
        return self.ask(Dialogue("pick" if self.facts.registrations else "menu", self.locale, self.now))

    def list_events(self) -> Turn:
        """Lists what happens in the coming days, to start on one of them by its number."""
        if not self.facts.coming:
            return self.say(Phrase(phrases.NO_EVENTS))
        listed = tuple(event.public_id for event in self.facts.coming)
        return self.ask(Dialogue("events", self.locale, self.now, listed=listed))

    def ask_news(self) -> Turn:
        """Asks whether news are wanted, or says that they come already and how they end."""
        if self.facts.news.lists:
            names = ", ".join(whose for _, whose in self.facts.news.lists)
            return self.say(Phrase(phrases.NEWS_ON, {"whose": names}))
        return self.ask(Dialogue("news", self.locale, self.now))

    def start_news(self, scope: str, whose: str) -> Turn:
        reply = Phrase(phrases.NEWS_ON, {"whose": whose})
        return Turn(None, (reply,), StartNews(scope), self.spoken)

    def end_news(self) -> Turn:
        """Ends the list whose news came last, or all where that is not known any more."""
        news = self.facts.news
        on = tuple(scope for scope, _ in news.lists)
        ended = (news.told.scope,) if news.told is not None and news.told.scope in on else on
        return Turn(self.state, (Phrase(phrases.NEWS_OFF),), EndNews(ended), self.spoken)

    def ask_language(self) -> Turn:
        return self.ask(Dialogue("language", self.locale, self.now))

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
            turn = self.say(Phrase(phrases.GONE))
        return replace(turn, action=RememberLocale(locale))

    def person(self, reason: Literal["asked", "not_understood"]) -> Turn:
        """Hands over to a person and keeps what was begun."""
        state = replace(self.state, misses=0) if self.state else None
        return Turn(state, (Phrase(phrases.PERSON),), AskPerson(reason), self.spoken)

    def not_understood(self) -> Turn:
        if self.state is not None:
            return self.missed(self.state)
        if self.facts.offer is not None and self.is_open(self.facts.offer):
            return self.missed(Dialogue("offer", self.locale, self.now))
        if self.facts.reminders:
            return self.missed(Dialogue("reminder", self.locale, self.now))
        if self.locale:
            return self.missed(Dialogue("menu", self.locale, self.now))
        menu = LanguageMenu(self.facts.offered_locales)
        state = Dialogue("language", "", self.now, misses=1)
        return Turn(state, (self.unreadable(), menu), None, self.spoken)

    def missed(self, state: Dialogue, instead: Phrase | None = None) -> Turn:
        """Asks again, the second time in short; the third time a person is asked."""
        misses = state.misses + 1
        if misses >= _MOST_MISSES:
            return self.person("not_understood")
        reply = instead or self.question_again(state, misses)
        if reply is None:
            return self.say(Phrase(phrases.GONE))
        # A resting draft goes on resting, so that a digit is not taken for an answer to it.
        asked_at = state.asked_at if state.is_resting(self.now) else self.now
        return self.say(reply, replace(state, misses=misses, asked_at=asked_at))

    # What is said.

    def say(self, reply: Say, state: Dialogue | None = None) -> Turn:
        return Turn(state, (reply,), None, self.spoken)

    def kept(self, registration: RegistrationFacts) -> Turn:
        return self.say(Phrase(phrases.KEPT, described(registration.told(self.spoken))))

    def ask(self, state: Dialogue, event: EventFacts | None = None) -> Turn:
        """Puts the question of a step, or says why there is nothing to ask any more."""
        event = event or self.facts.event
        refused = refusal(event, self.spoken) if state.step in ("party", "needs", "confirm") else None
        reply = refused or self.asking.question(state, event)
        if refused or reply is None:
            return self.say(refused or Phrase(phrases.GONE))
        return self.say(reply, replace(state, asked_at=self.now, misses=0))

    def question_again(self, state: Dialogue, misses: int) -> Say | None:
        """What is said to an answer that we cannot read; None when what it is about is gone."""
        if state.is_resting(self.now):
            return self.asking.resume(state)
        if state.step == "menu":
            return self.unreadable() if misses == 1 else Phrase(phrases.SHORT_MENU)
        if state.step in ("party", "new_party"):
            return Phrase(phrases.PARTY_AGAIN if misses == 1 else phrases.ONE_NUMBER)
        if misses == 1 or state.step == "language":
            return self.asking.question(state, self.facts.event)
        return Phrase(phrases.SHORT_MENU if state.step in _LISTS else phrases.YES_OR_NO)

    def unreadable(self) -> Phrase:
        """What is said when nothing was asked: no words, a word that is no keyword, or some text."""
        if not has_words(self.text):
            return Phrase(phrases.NO_WORDS)
        word = folded_word(self.text)
        # Alone, and in letters that fit into a sentence of any language.
        if word is None or not word.isascii() or len(self.text.split()) > 1:
            return Phrase(phrases.NOT_UNDERSTOOD)
        return Phrase(phrases.UNKNOWN_WORD, {"word": word.upper()})
