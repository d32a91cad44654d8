import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.events.keywords import folded_word
from outreach.i18n import LANGUAGES, translator
from outreach.messaging import answers, phrases
from outreach.messaging.dialogue import asks_for_events, concluded, step
from outreach.messaging.phrases import LanguageMenu, MessageFacts, Notice, Phrase, When, text_of
from outreach.messaging.turns import (
    AcceptOffer,
    Action,
    AlreadyRegistered,
    AskCall,
    AskPerson,
    Cancel,
    ChangeParty,
    DeclineOffer,
    Dialogue,
    EndTexts,
    EventFacts,
    Facts,
    GivenUp,
    OfferDeclined,
    OfferFacts,
    OfferLate,
    Outcome,
    PartyChanged,
    PartyNotChanged,
    Reaffirm,
    Reaffirmed,
    Refused,
    Register,
    RegistrationFacts,
    RememberLocale,
    ReminderFacts,
    StartTexts,
    Told,
    Turn,
)

MORNING = datetime(2026, 9, 1, 15, 0, tzinfo=UTC)
WAITING = Phrase("You are number %(place)s. All seats are taken now.", {"place": 3})

POTLUCK = EventFacts(
    "ptlck23456",
    {"en": "Potluck", "es": "Comida"},
    "en",
    When(datetime(2026, 9, 12, 18, 30)),
    "4801 Linwood Blvd",
    seats_left=10,
)
FAIR = EventFacts("frfrf23456", {"es": "Feria"}, "es", When(datetime(2026, 9, 13, 9, 0)), "1 Main St")


@dataclass
class Phone:
    """A phone, and the least that a service does around the dialogue: facts in, actions out."""

    known_locale: str | None = None
    offered_locales: tuple[str, ...] = ("en", "es", "ar")
    keywords: dict[str, EventFacts] = field(default_factory=lambda: {"POTLUCK": POTLUCK, "FAIR": FAIR})
    #: Languages of words that are in one.
    posters: dict[str, str] = field(default_factory=dict)
    registrations: list[RegistrationFacts] = field(default_factory=list)
    offer: OfferFacts | None = None
    reminders: list[ReminderFacts] = field(default_factory=list)
    coming: tuple[EventFacts, ...] = ()
    is_loop: bool = False
    now: datetime = MORNING
    state: Dialogue | None = None
    actions: list[Action] = field(default_factory=list)
    last: Turn | None = None

    def turn(self, text: str, *, after: timedelta = timedelta(minutes=1)) -> Turn:
        self.now += after
        turn = step(self.state, text, self.facts(text), self.now)
        if turn.action is not None:
            self.actions.append(turn.action)
            outcome = self.carry_out(turn.action)
            if outcome is not None:
                assert turn.replies == ()
                turn = concluded(turn, outcome)
        self.state = Dialogue.from_json(json.loads(json.dumps(turn.state.to_json()))) if turn.state else None
        assert self.state == turn.state
        self.last = turn
        return turn

    def text(self, text: str, *, after: timedelta = timedelta(minutes=1)) -> str:
        turn = self.turn(text, after=after)
        return "\n--\n".join(text_of(reply, translator(turn.locale)) for reply in turn.replies)

    def facts(self, text: str) -> Facts:
        about = self.state.event_public_id if self.state else ""
        listed = self.state.listed if self.state else ()
        events = {event.public_id: event for event in (*self.keywords.values(), *self.coming)}
        facts = Facts(
            self.offered_locales,
            self.known_locale,
            keyword_event=self.keywords.get((folded_word(text) or "").upper()),
            keyword_locale=self.posters.get((folded_word(text) or "").upper(), ""),
            event=events.get(about),
            registrations=tuple(self.registrations),
            offer=self.offer,
            reminders=tuple(one for one in self.reminders if one.registration in self.registrations),
            listed=tuple(events[public_id] for public_id in listed if public_id in events),
            is_loop=self.is_loop,
        )
        return replace(facts, coming=self.coming) if asks_for_events(self.state, text, facts) else facts

    def carry_out(self, action: Action) -> Outcome | None:
        match action:
            case Register(event_public_id, party_size, locale):
                known = (*self.keywords.values(), *self.coming)
                event = next(e for e in known if e.public_id == event_public_id)
                self.known_locale = locale
                waits = event.is_full or (event.seats_left is not None and party_size > event.seats_left)
                made = RegistrationFacts(
                    len(self.registrations) + 1, event, party_size, "482913", WAITING if waits else None
                )
                self.registrations.append(made)
                return Told(made.told(locale))
            case Cancel(registration_id):
                gone = self.find(registration_id)
                if gone is None:
                    return Refused("gone")
                self.registrations.remove(gone)
                return GivenUp(gone.told("en"))
            case ChangeParty(registration_id, party_size):
                old = self.find(registration_id)
                if old is None:
                    return Refused("gone")
                new = replace(old, party_size=party_size)
                self.registrations[self.registrations.index(old)] = new
                return PartyChanged(new.told("en"))
            case AcceptOffer():
                assert self.offer is not None
                taken, self.offer = self.offer.registration, None
                return Told(replace(taken, waiting=None).told("en"))
            case DeclineOffer():
                assert self.offer is not None
                let_go, self.offer = self.offer.registration, None
                return OfferDeclined(let_go.told("en"))
            case Reaffirm(registration_id):
                coming = self.find(registration_id)
                if coming is None:
                    return Refused("gone")
                self.reminders = [one for one in self.reminders if one.registration != coming]
                return Reaffirmed(coming.told("en"))
            case RememberLocale(locale):
                self.known_locale = locale
            case EndTexts(registration_id) | StartTexts(registration_id):
                old = self.find(registration_id)
                assert old is not None
                new = replace(old, gets_texts=isinstance(action, StartTexts))
                self.registrations[self.registrations.index(old)] = new
            case AskPerson() | AskCall():
                pass
        return None

    def find(self, registration_id: int) -> RegistrationFacts | None:
        return next((mine for mine in self.registrations if mine.id == registration_id), None)


def english(**facts: Any) -> Phone:
    return Phone(known_locale="en", **facts)


def registered(party_size: int = 3, event: EventFacts = POTLUCK, number: int = 1) -> RegistrationFacts:
    return RegistrationFacts(number, event, party_size, "482913")


def offered(phone: Phone, registration: RegistrationFacts | None = None) -> OfferFacts:
    return OfferFacts(
        registration or replace(registered(), waiting=WAITING),
        offered_at=phone.now,
        expires_at=phone.now + timedelta(hours=4),
        expires_local=datetime(2026, 9, 1, 14, 0),
    )


def reminded(*registrations: RegistrationFacts, **facts: Any) -> Phone:
    """A phone that was just asked whether its parties are coming."""
    phone = english(registrations=list(registrations), **facts)
    phone.reminders = [ReminderFacts(one, phone.now) for one in registrations]
    return phone


def messages(turn: Turn) -> list[str]:
    """The message ids of a turn's phrases."""
    return [reply.message if isinstance(reply, Phrase) else type(reply).__name__ for reply in turn.replies]


# Signing up


def test_guest_signs_up_by_keyword_language_number_and_yes() -> None:
    phone = Phone()

    assert phone.text("potluck") == "Potluck\n1 English\n2 Español\n3 العربية"
    assert phone.text("1") == (
        "Potluck, Saturday, Sep 12, 6:30 PM, 4801 Linwood Blvd. "
        "How many people are coming, you included? Text a number from 1 to 20."
    )
    assert phone.text("3") == (
        "Sign up for Potluck, Saturday, Sep 12, 6:30 PM, 4801 Linwood Blvd? People: 3. "
        "1 = yes, 2 = other number, 0 = menu. We will text you reminders."
    )
    assert phone.text("1") == (
        "Registered: Potluck, Saturday, Sep 12, 6:30 PM, 4801 Linwood Blvd. People: 3. Code 482913. "
        "0 = change or cancel, STOP = no texts."
    )
    assert phone.actions == [RememberLocale("en"), Register(POTLUCK.public_id, 3, "en")]
    assert phone.state is None


@pytest.mark.parametrize("known", [None, "en"])
def test_word_of_a_poster_in_one_language_is_answered_in_it(known: str | None) -> None:
    phone = Phone(known_locale=known, keywords={"COMIDA": POTLUCK}, posters={"COMIDA": "es"})

    turn = phone.turn("¡Comida!")
    assert turn.locale == "es"
    assert isinstance(turn.replies[0], Phrase)
    assert turn.replies[0].message == phrases.PARTY
    assert phone.actions == [RememberLocale("es")]
    assert phone.turn("2").locale == "es"


def test_word_of_a_poster_in_a_language_that_is_not_offered_is_like_any_word() -> None:
    phone = Phone(keywords={"KARIBU": POTLUCK}, posters={"KARIBU": "sw"})

    assert phone.text("karibu") == "Potluck\n1 English\n2 Español\n3 العربية"
    assert phone.actions == []


def test_open_question_comes_before_the_word_of_a_poster_in_another_language() -> None:
    phone = english(keywords={"POTLUCK": POTLUCK, "TEN": FAIR}, posters={"TEN": "es"})
    phone.text("potluck")

    assert phone.turn("ten").locale == "en"


def test_guest_signs_up_in_a_chosen_language() -> None:
    phone = Phone()
    phone.turn("#Potluck")

    assert phone.turn("٢").replies == (
        Phrase(
            phrases.PARTY,
            {"title": "Comida", "when": POTLUCK.when, "street": "4801 Linwood Blvd", "party": 0},
        ),
    )
    phone.turn("dos adultos y tres niños")
    phone.turn("sí")
    assert phone.actions == [RememberLocale("es"), Register(POTLUCK.public_id, 5, "es")]


def test_guest_is_not_asked_for_a_language_that_is_known() -> None:
    assert messages(english().turn("POTLUCK")) == [phrases.PARTY]


def test_guest_is_not_asked_for_a_language_where_there_is_one() -> None:
    assert messages(Phone(offered_locales=("en",)).turn("POTLUCK")) == [phrases.PARTY]


def test_title_is_the_original_one_where_it_is_not_translated() -> None:
    assert english().text("FAIR").startswith("Feria, Sunday, Sep 13, 9:00 AM, 1 Main St.")


def test_guest_sees_a_sum_before_it_counts_and_can_change_it() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert "People: 5." in phone.text("2 adults, 3 kids")
    assert messages(phone.turn("2")) == [phrases.PARTY]
    assert "People: 4." in phone.text("four")
    assert "People: 6." in phone.text("6")
    phone.turn("yes")
    assert phone.actions == [Register(POTLUCK.public_id, 6, "en")]


def test_party_of_nine_is_a_number_where_a_number_was_asked() -> None:
    phone = english()
    phone.turn("POTLUCK")
    phone.turn("9")

    assert phone.state is not None
    assert (phone.state.step, phone.state.party_size) == ("confirm", 9)
    assert messages(phone.turn("9")) == [phrases.PERSON]
    assert messages(phone.turn("1")) == ["Notice"]
    assert phone.actions == [AskPerson("asked"), Register(POTLUCK.public_id, 9, "en")]


@pytest.mark.parametrize("text", ["21", "500", "99999999999999999999", "30 adults", "816 555 0123"])
def test_party_that_is_too_large_is_refused_in_one_sentence(text: str) -> None:
    phone = english()
    phone.turn("FAIR")

    assert messages(phone.turn(text)) == [phrases.PARTY_OUT_OF_RANGE]
    assert messages(phone.turn("20")) == [phrases.CONFIRM]


@pytest.mark.parametrize("text", ["", "👍", "2 or 3", "2-3", "-1", "many", "half"])
def test_party_that_is_no_number_is_asked_again(text: str) -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert messages(phone.turn(text)) == [phrases.PARTY_AGAIN]
    assert messages(phone.turn("3")) == [phrases.CONFIRM]


def test_third_answer_that_we_cannot_read_goes_to_a_person_and_nothing_is_lost() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert [messages(phone.turn(text)) for text in ("what?", "where?", "who?")] == [
        [phrases.PARTY_AGAIN],
        [phrases.ONE_NUMBER],
        [phrases.PERSON],
    ]
    assert phone.actions == [AskPerson("not_understood")]
    assert messages(phone.turn("why?")) == [phrases.PARTY_AGAIN]
    assert messages(phone.turn("2")) == [phrases.CONFIRM]


def test_misses_are_counted_from_the_last_answer_that_was_read() -> None:
    phone = english()
    phone.turn("POTLUCK")
    phone.turn("what?")
    phone.turn("3")

    assert [messages(phone.turn(text)) for text in ("what?", "what?")] == [
        [phrases.CONFIRM],
        [phrases.YES_OR_NO],
    ]


# Events that cannot be had


@pytest.mark.parametrize(
    ("event", "message"),
    [
        pytest.param(
            replace(POTLUCK, is_cancelled=True, is_open=False), phrases.EVENT_CANCELED, id="canceled"
        ),
        pytest.param(replace(POTLUCK, has_started=True, is_open=False), phrases.EVENT_STARTED, id="started"),
        pytest.param(replace(POTLUCK, is_open=False), phrases.EVENT_CLOSED, id="closed"),
    ],
)
def test_event_that_takes_nobody_is_told_at_once_and_until_the_last_moment(
    event: EventFacts, message: str
) -> None:
    closed = {"POTLUCK": event}
    at_once, at_number, at_yes = english(keywords=closed), english(), english()
    at_number.turn("POTLUCK")
    at_number.keywords = closed
    for text in ("POTLUCK", "3"):
        at_yes.turn(text)
    at_yes.keywords = closed

    turns = [at_once.turn("POTLUCK"), at_number.turn("3"), at_yes.turn("1")]

    assert [(messages(turn), turn.action, turn.state) for turn in turns] == [([message], None, None)] * 3


def test_event_that_vanished_is_told() -> None:
    phone = english()
    phone.turn("POTLUCK")
    phone.keywords = {}

    assert messages(phone.turn("3")) == [phrases.GONE]


def test_full_event_offers_the_waitlist_and_says_why() -> None:
    phone = english(keywords={"POTLUCK": replace(POTLUCK, is_full=True, seats_left=0)})

    assert messages(phone.turn("POTLUCK")) == [phrases.PARTY_WAITLIST]
    assert messages(phone.turn("2")) == [phrases.CONFIRM_WAITLIST]
    assert phone.text("1") == (
        "Waitlist: Potluck, Saturday, Sep 12, 6:30 PM. You are number 3. All seats are taken now. "
        "People: 2. Code 482913. We text you when seats are free. 0 = change or cancel, STOP = no texts."
    )


def test_party_that_is_too_large_for_the_free_seats_is_told_before_it_says_yes() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert [messages(phone.turn(size)) for size in ("11", "10")] == [
        [phrases.CONFIRM_WAITLIST],
        [phrases.CONFIRM],
    ]


# What a registered guest can do


def test_keyword_of_an_event_that_the_phone_has_shows_the_registration() -> None:
    assert english(registrations=[registered()]).text("POTLUCK") == (
        "Potluck, Saturday, Sep 12, 6:30 PM. People: 3. Code 482913. "
        "1 = how many come, 2 = cannot come, 3 = language, 4 = end its texts, 9 = a person."
    )


def test_guest_ends_texts_about_one_event_and_lets_them_begin_again() -> None:
    phone = english(registrations=[registered(), registered(2, FAIR, 2)])
    phone.turn("POTLUCK")

    assert phone.text("4").startswith("You get no more texts about Potluck, Saturday, Sep 12")
    assert "4 = get its texts" in phone.text("POTLUCK")
    assert phone.text("4").startswith("You get texts about Potluck")
    assert phone.actions == [EndTexts(1), StartTexts(1)]
    assert "4 = end its texts" in phone.text("FAIR")


def test_four_about_a_registration_that_is_gone_ends_nothing() -> None:
    phone = english(registrations=[registered()])
    phone.turn("0")
    phone.registrations.clear()

    assert messages(phone.turn("4")) == [phrases.GONE]
    assert phone.actions == []


def test_guest_changes_the_party() -> None:
    phone = english(registrations=[registered()])

    assert messages(phone.turn("0")) == [phrases.REGISTRATION]
    assert phone.text("1").startswith("Potluck. People now: 3.")
    assert phone.text("5") == (
        "Change the number of people at Potluck from 3 to 5? 1 = yes, 2 = other number, 0 = menu."
    )
    assert messages(phone.turn("no")) == [phrases.NEW_PARTY]
    phone.turn("4")
    assert messages(phone.turn("1")) == [phrases.PARTY_CHANGED]
    assert phone.actions == [ChangeParty(1, 4)]


def test_guest_who_changes_to_the_same_number_is_told_that_it_stands() -> None:
    phone = english(registrations=[registered()])
    for text in ("0", "1"):
        phone.turn(text)

    assert messages(phone.turn("3")) == [phrases.KEPT]
    assert phone.actions == []


@pytest.mark.parametrize(
    ("answer", "message", "actions"),
    [
        pytest.param("1", phrases.GIVEN_UP, [Cancel(1)], id="yes"),
        pytest.param("2", phrases.KEPT, [], id="no"),
    ],
)
def test_guest_gives_up_the_place_only_after_a_yes(answer: str, message: str, actions: list[Action]) -> None:
    phone = english(registrations=[registered()])
    phone.turn("0")

    assert messages(phone.turn("2")) == [phrases.CONFIRM_CANCEL]
    assert messages(phone.turn(answer)) == [message]
    assert phone.actions == actions


def test_guest_with_several_registrations_picks_one() -> None:
    phone = english(registrations=[registered(), registered(2, FAIR, 2)])

    assert phone.text("0") == (
        "Text the number of an event:\n1 = Potluck, Saturday, Sep 12, 6:30 PM\n"
        "2 = Feria, Sunday, Sep 13, 9:00 AM\n9 = a person."
    )
    assert phone.text("2").startswith("Feria, Sunday, Sep 13, 9:00 AM. People: 2.")
    phone.turn("2")
    phone.turn("1")
    assert phone.actions == [Cancel(2)]


def test_guest_can_never_pick_the_key_for_a_person() -> None:
    phone = english(registrations=[registered(1, POTLUCK, number) for number in range(1, 12)])
    lines = phone.text("0").splitlines()

    assert [line[:3] for line in lines[1:]] == ["1 =", "2 =", "3 =", "4 =", "5 =", "6 =", "7 =", "8 =", "9 ="]
    assert messages(phone.turn("9")) == [phrases.PERSON]


def test_registration_that_vanished_is_told() -> None:
    phone = english(registrations=[registered()])
    phone.turn("0")
    phone.registrations = []

    assert messages(phone.turn("1")) == [phrases.GONE]


# Menu, language, person


def test_menu_without_registrations_says_how_to_sign_up() -> None:
    phone = english()

    assert messages(phone.turn("0")) == [phrases.MENU]
    assert phone.turn("1").replies == (LanguageMenu(("en", "es", "ar")),)
    assert phone.turn("3").locale == "ar"
    assert phone.actions == [RememberLocale("ar")]


def test_language_is_changed_by_its_name_and_the_question_is_asked_again() -> None:
    phone = english()
    phone.turn("POTLUCK")
    turn = phone.turn("¡español!")

    assert (messages(turn), turn.locale, turn.action) == ([phrases.PARTY], "es", RememberLocale("es"))
    phone.turn("3")
    assert phone.turn("العربية").locale == "ar"
    phone.turn("1")
    assert phone.actions[-1] == Register(POTLUCK.public_id, 3, "ar")


def test_language_that_is_not_offered_is_a_word_like_another() -> None:
    assert messages(english().turn("Kiswahili")) == [phrases.UNKNOWN_WORD]


@pytest.mark.parametrize("key", ["0", "٠", "0.", "၀"])
def test_menu_key_asks_a_stranger_for_the_language(key: str) -> None:
    phone = Phone()
    phone.turn("POTLUCK")

    assert phone.turn(key).replies == (LanguageMenu(("en", "es", "ar"), "Potluck"),)
    assert messages(phone.turn("1")) == [phrases.PARTY]


def test_ninth_language_can_be_chosen() -> None:
    phone = Phone(offered_locales=tuple(LANGUAGES))
    phone.turn("POTLUCK")

    assert phone.turn("9").locale == tuple(LANGUAGES)[8]
    assert phone.actions == [RememberLocale(tuple(LANGUAGES)[8])]


def test_person_is_asked_for_and_the_draft_stays() -> None:
    phone = english()
    for text in ("POTLUCK", "3", "9"):
        phone.turn(text)

    assert phone.actions == [AskPerson("asked")]
    assert messages(phone.turn("1")) == ["Notice"]


@pytest.mark.parametrize(
    ("word", "locale"), [("CALL", "en"), ("call me!", "en"), ("Llámenme", "es"), ("اتصلوا بي", "ar")]
)
def test_word_asks_for_a_call_in_its_language_and_the_draft_stays(word: str, locale: str) -> None:
    phone = english()
    for text in ("POTLUCK", "3"):
        phone.turn(text)

    turn = phone.turn(word)
    assert (messages(turn), turn.locale) == ([phrases.CALL_ME], locale)
    assert text_of(turn.replies[0], translator("en")) == (
        "A person will call you at this number between 9:00 AM and 8:00 PM. This can take a day. 0 = menu."
    )
    assert phone.actions == [AskCall()]
    assert messages(phone.turn("1")) == ["Notice"]


def test_menu_leads_to_a_call() -> None:
    phone = english()
    phone.turn("0")

    assert messages(phone.turn("4")) == [phrases.CALL_ME]
    assert phone.actions == [AskCall()]


def test_word_for_a_call_answers_in_its_language_to_somebody_who_has_none() -> None:
    assert Phone().turn("llamar").locale == "es"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_words_are_known_in_every_language_that_can_be_on_offer(locale: str) -> None:
    phone = Phone(known_locale=locale, offered_locales=tuple(LANGUAGES))

    assert phone.turn("nothing that anybody knows").replies
    assert all(
        table[locale] for table in (answers.EVENTS, answers.NEWS, answers.DELETE, answers.CALLS, answers.WHAT)
    )


# What we cannot read


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", phrases.NO_WORDS, id="empty"),
        pytest.param(" \n ", phrases.NO_WORDS, id="blank"),
        pytest.param("👍🏾", phrases.NO_WORDS, id="emoji"),
        pytest.param("PTLUCK", phrases.UNKNOWN_WORD, id="unknown keyword"),
        pytest.param("thank you so much", phrases.NOT_UNDERSTOOD, id="sentence"),
        pytest.param("مرحبا", phrases.NOT_UNDERSTOOD, id="Arabic"),
        pytest.param("1", phrases.NOT_UNDERSTOOD, id="answer to nothing"),
    ],
)
def test_text_that_means_nothing_gets_one_clear_sentence(text: str, message: str) -> None:
    assert messages(english().turn(text)) == [message]
    assert messages(Phone().turn(text)) == [message, "LanguageMenu"]


def test_text_that_means_nothing_again_and_again_goes_to_a_person() -> None:
    phone = english()

    assert [messages(phone.turn(text)) for text in ("hello there", "hello there", "hello there")] == [
        [phrases.NOT_UNDERSTOOD],
        [phrases.SHORT_MENU],
        [phrases.PERSON],
    ]


def test_unknown_word_is_said_back() -> None:
    assert english().text("ptluck") == (
        "We have no event with the word PTLUCK. Check the poster. 0 = menu, 9 = a person."
    )


def test_suspected_loop_is_met_with_silence_and_keeps_the_state() -> None:
    phone = english()
    phone.turn("POTLUCK")
    before = phone.state
    phone.is_loop = True
    turn = phone.turn("3")

    assert (turn.replies, turn.action, turn.state) == ((), None, before)


# Pauses


def test_draft_rests_after_two_hours_and_is_taken_up_by_one() -> None:
    phone = english()
    for text in ("POTLUCK", "3"):
        phone.turn(text)

    assert phone.text("1", after=timedelta(hours=2, seconds=1)).startswith("Sign up for Potluck")
    assert phone.actions == []
    phone.turn("1")
    assert phone.actions == [Register(POTLUCK.public_id, 3, "en")]


def test_answer_within_two_hours_needs_no_taking_up() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert messages(phone.turn("3", after=timedelta(hours=2))) == [phrases.CONFIRM]


def test_other_answer_after_a_pause_is_told_how_to_go_on() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert phone.text("2", after=timedelta(days=1)) == "You did not finish with Potluck. 1 = go on, 0 = menu."
    assert messages(phone.turn("1")) == [phrases.PARTY]
    assert messages(phone.turn("2")) == [phrases.CONFIRM]


def test_keyword_after_a_pause_begins_anew() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert phone.text("FAIR", after=timedelta(days=1)).startswith("Feria")


def test_draft_is_forgotten_after_three_days() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert messages(phone.turn("1", after=timedelta(days=3))) == [phrases.NOT_UNDERSTOOD]


def test_menu_left_standing_means_nothing_any_more() -> None:
    phone = english(registrations=[registered()])
    phone.turn("0")

    assert messages(phone.turn("2", after=timedelta(hours=3))) == [phrases.NOT_UNDERSTOOD]


def test_language_can_be_answered_the_next_day() -> None:
    phone = Phone()
    phone.turn("POTLUCK")

    assert messages(phone.turn("1", after=timedelta(days=1))) == [phrases.PARTY]


# Other keywords


def test_keyword_during_another_sign_up_switches_to_that_event() -> None:
    phone = english()
    phone.turn("POTLUCK")

    assert phone.text("FAIR").startswith("Feria")
    phone.turn("2")
    phone.turn("1")
    assert phone.actions == [Register(FAIR.public_id, 2, "en")]


def test_open_question_comes_before_a_keyword_that_answers_it() -> None:
    phone = english(keywords={"POTLUCK": POTLUCK, "TEN": FAIR})
    phone.turn("POTLUCK")

    assert "People: 10." in phone.text("ten")


# Offers


@pytest.mark.parametrize(
    ("answer", "action", "reply"),
    [
        pytest.param("1", AcceptOffer(1), "Notice", id="yes"),
        pytest.param("2", DeclineOffer(1), phrases.OFFER_DECLINED_WAITING, id="no"),
        pytest.param("OK", AcceptOffer(1), "Notice", id="yes in words"),
    ],
)
def test_offer_is_answered_by_digit(answer: str, action: Action, reply: str) -> None:
    phone = english()
    phone.offer = offered(phone)

    assert messages(phone.turn(answer)) == [reply]
    assert phone.actions == [action]


def test_offer_comes_before_an_older_question_which_stays_open() -> None:
    phone = english()
    phone.turn("FAIR")
    phone.now += timedelta(minutes=5)
    phone.offer = offered(phone)
    phone.turn("1")

    assert phone.actions == [AcceptOffer(1)]
    assert messages(phone.turn("2")) == [phrases.CONFIRM]


def test_offer_waits_behind_a_question_that_was_asked_after_it() -> None:
    phone = english()
    phone.offer = offered(phone)
    phone.turn("FAIR")
    phone.turn("2")
    phone.turn("1")

    assert phone.actions == [Register(FAIR.public_id, 2, "en")]
    assert messages(phone.turn("1")) == ["Notice"]
    assert phone.actions[-1] == AcceptOffer(1)


def test_offer_is_repeated_when_the_answer_cannot_be_read() -> None:
    phone = english()
    phone.offer = offered(phone)

    assert phone.text("what is this?").startswith("Seats for 3: Potluck, Saturday, Sep 12, 6:30 PM,")
    assert messages(phone.turn("what?")) == [phrases.YES_OR_NO]
    phone.turn("1")
    assert phone.actions == [AcceptOffer(1)]


def test_menu_of_a_registration_with_an_offer_asks_about_the_offer() -> None:
    phone = english()
    phone.offer = offered(phone)
    phone.registrations = [phone.offer.registration]

    assert phone.text("0") == (
        "Seats for 3: Potluck, Saturday, Sep 12, 6:30 PM, 4801 Linwood Blvd. 1 = take them, 2 = no. "
        "Answer by Tuesday, 2:00 PM. STOP = no texts."
    )
    phone.turn("2")
    assert phone.actions == [DeclineOffer(1)]


def test_late_yes_to_an_offer_is_told_and_takes_nothing() -> None:
    phone = english()
    phone.offer = offered(phone)

    assert phone.text("1", after=timedelta(hours=4)) == (
        "Your answer came too late: the seats at Potluck are no longer kept for you. "
        "You are number 3. All seats are taken now. 0 = menu."
    )
    assert phone.actions == []


def test_late_yes_to_an_offer_does_not_swallow_the_answer_to_a_question() -> None:
    phone = english()
    phone.turn("FAIR", after=timedelta())
    phone.offer = replace(offered(phone), expires_at=phone.now)

    assert messages(phone.turn("1")) == [phrases.CONFIRM]


# Reminders that ask who is coming


@pytest.mark.parametrize("answer", ["1", "١", "yes", "OK"])
def test_guest_says_that_the_party_is_coming(answer: str) -> None:
    phone = reminded(registered())

    assert phone.text(answer) == (
        "Thank you. We expect you at Potluck, Saturday, Sep 12, 6:30 PM. People: 3. 0 = change or cancel."
    )
    assert (phone.actions, phone.state) == ([Reaffirm(1)], None)
    assert messages(phone.turn("1")) == [phrases.NOT_UNDERSTOOD]


@pytest.mark.parametrize(
    ("answer", "message", "actions"),
    [
        pytest.param("1", phrases.GIVEN_UP, [Cancel(1)], id="yes"),
        pytest.param("2", phrases.KEPT, [], id="no"),
    ],
)
def test_guest_who_cannot_come_is_asked_once_more(answer: str, message: str, actions: list[Action]) -> None:
    phone = reminded(registered())

    assert phone.text("2") == "Give up your place at Potluck, Saturday, Sep 12, 6:30 PM? 1 = yes, 2 = no."
    assert messages(phone.turn(answer)) == [message]
    assert phone.actions == actions


def test_guest_who_keeps_the_place_can_still_say_that_the_party_is_coming() -> None:
    phone = reminded(registered())
    for text in ("2", "2", "1"):
        phone.turn(text)

    assert phone.actions == [Reaffirm(1)]


def test_several_reminders_are_told_apart_by_number() -> None:
    phone = reminded(registered(), registered(2, FAIR, 2))

    assert phone.text("1") == (
        "You are coming: to which event? Text its number:\n1 = Potluck, Saturday, Sep 12, 6:30 PM\n"
        "2 = Feria, Sunday, Sep 13, 9:00 AM\n9 = a person."
    )
    assert messages(phone.turn("2")) == [phrases.REAFFIRMED]
    phone.turn("1")
    assert phone.actions == [Reaffirm(2), Reaffirm(1)]


def test_guest_with_several_reminders_gives_up_the_one_that_is_named() -> None:
    phone = reminded(registered(), registered(2, FAIR, 2))

    assert phone.text("2").startswith("You cannot come: to which event?")
    assert phone.text("2").startswith("Give up your place at Feria")
    phone.turn("1")
    assert phone.actions == [Cancel(2)]


def test_number_of_a_reminder_keeps_its_meaning_when_another_one_is_gone() -> None:
    phone = reminded(registered(), registered(2, FAIR, 2))
    phone.turn("1")
    phone.reminders.pop(0)

    assert messages(phone.turn("1")) == [phrases.GONE]
    assert phone.actions == []


def test_open_offer_comes_before_a_reminder_which_stays_open() -> None:
    phone = reminded(registered(2, FAIR, 2))
    phone.offer = offered(phone)
    phone.turn("1")
    phone.turn("1")

    assert phone.actions == [AcceptOffer(1), Reaffirm(2)]


def test_offer_that_ran_out_does_not_swallow_the_answer_to_a_reminder() -> None:
    phone = reminded(registered(2, FAIR, 2))
    phone.offer = replace(offered(phone), expires_at=phone.now)
    phone.turn("1")

    assert phone.actions == [Reaffirm(2)]


def test_reminder_comes_before_an_older_question_which_stays_open() -> None:
    phone = english(registrations=[registered()])
    phone.turn("FAIR")
    phone.now += timedelta(minutes=5)
    phone.reminders = [ReminderFacts(registered(), phone.now)]

    assert messages(phone.turn("1")) == [phrases.REAFFIRMED]
    assert messages(phone.turn("2")) == [phrases.CONFIRM]


def test_reminder_waits_behind_a_question_that_was_asked_after_it() -> None:
    phone = reminded(registered())
    for text in ("FAIR", "2", "1"):
        phone.turn(text)
    phone.reminders = [ReminderFacts(registered(), MORNING)]

    assert phone.actions == [Register(FAIR.public_id, 2, "en")]
    phone.turn("1")
    assert phone.actions[-1] == Reaffirm(1)


def test_menu_after_a_reminder_is_answered_as_a_menu() -> None:
    phone = reminded(registered())
    phone.turn("0")

    assert messages(phone.turn("1")) == [phrases.NEW_PARTY]
    assert phone.actions == []


def test_reminder_is_repeated_when_the_answer_cannot_be_read() -> None:
    phone = reminded(registered())

    assert phone.text("what is this?").endswith("1 = I am coming, 2 = I cannot come, STOP = no texts.")
    assert messages(phone.turn("hm?")) == [phrases.YES_OR_NO]
    assert messages(phone.turn("1")) == [phrases.REAFFIRMED]


# What a party needs

HELPFUL = replace(POTLUCK, offers=("interpreter", "childcare", "ride", "step_free"))


def helped() -> Phone:
    """A phone that has just said how many come."""
    phone = english(keywords={"POTLUCK": HELPFUL})
    phone.turn("POTLUCK")
    phone.turn("3")
    return phone


def test_guest_is_asked_for_needs_after_the_number() -> None:
    phone = english(keywords={"POTLUCK": HELPFUL})
    phone.turn("POTLUCK")

    assert phone.text("3") == (
        "What help do you need at Potluck? Text all the numbers, like 1 2.\n"
        "1 = Interpreter\n2 = Childcare\n3 = Ride\n4 = Step-free way in\n5 = Nothing"
    )
    assert phone.text("1 3") == (
        "Sign up for Potluck, Saturday, Sep 12, 6:30 PM? People: 3. Help: Interpreter and Ride. "
        "1 = yes, 2 = change, 0 = menu. We will text you reminders."
    )
    assert messages(phone.turn("1")) == ["Notice"]
    assert phone.actions == [Register(HELPFUL.public_id, 3, "en", ("interpreter", "ride"))]


@pytest.mark.parametrize(
    ("answer", "needs"),
    [
        pytest.param("3,1", ("interpreter", "ride"), id="in the order of the list"),
        pytest.param("1 1", ("interpreter",), id="twice"),
        pytest.param("24", ("childcare", "step_free"), id="without a space"),
        pytest.param("٢ ٤", ("childcare", "step_free"), id="Arabic digits"),
        pytest.param("5", (), id="nothing"),
        pytest.param("no", (), id="no in words"),
    ],
)
def test_needs_are_digits(answer: str, needs: tuple[str, ...]) -> None:
    phone = helped()
    phone.turn(answer)
    phone.turn("1")

    assert phone.actions == [Register(HELPFUL.public_id, 3, "en", needs)]


@pytest.mark.parametrize("answer", ["1 5", "6", "7 1", "90", "a ride", "1 and 3", "", "👍"])
def test_needs_that_cannot_be_read_are_asked_again(answer: str) -> None:
    phone = helped()

    assert messages(phone.turn(answer)) == ["NeedsMenu"]
    assert messages(phone.turn(answer)) == [phrases.SHORT_MENU]
    assert messages(phone.turn("2")) == [phrases.CONFIRM_WITH_HELP]


def test_menu_and_person_keep_their_keys_where_needs_are_asked() -> None:
    assert messages(helped().turn("0")) == [phrases.MENU]
    assert messages(helped().turn("9")) == [phrases.PERSON]


def test_number_can_be_changed_without_being_asked_for_needs_again() -> None:
    phone = helped()
    phone.turn("1")
    phone.turn("4")
    phone.turn("1")

    assert phone.actions == [Register(HELPFUL.public_id, 4, "en", ("interpreter",))]


def test_answer_of_two_begins_with_the_number_again() -> None:
    phone = helped()

    assert messages(phone.turn("5")) == [phrases.CONFIRM]
    assert messages(phone.turn("2")) == [phrases.PARTY]
    assert messages(phone.turn("2")) == ["NeedsMenu"]


def test_help_that_is_no_longer_on_offer_is_not_promised() -> None:
    phone = helped()
    phone.turn("1 2")
    phone.keywords = {"POTLUCK": replace(HELPFUL, offers=("childcare",))}
    phone.turn("1")

    assert phone.actions == [Register(HELPFUL.public_id, 3, "en", ("childcare",))]


def test_needs_rest_like_any_draft() -> None:
    phone = helped()

    assert messages(phone.turn("1", after=timedelta(hours=3))) == ["NeedsMenu"]


# What happens this week


def test_word_lists_the_week_and_a_number_starts_on_an_event() -> None:
    phone = english(coming=(POTLUCK, FAIR))

    assert phone.text("events") == (
        "In the next 7 days:\n1 = Potluck, Saturday, 6:30 PM\n2 = Feria, Sunday, 9:00 AM\n"
        "Text a number to sign up. 0 = menu."
    )
    assert phone.text("2").startswith("Feria, Sunday, Sep 13, 9:00 AM, 1 Main St. How many")
    for text in ("2", "1"):
        phone.turn(text)
    assert phone.actions == [Register(FAIR.public_id, 2, "en")]


@pytest.mark.parametrize(
    ("word", "locale"),
    [("EVENTS", "en"), ("eventos!", "es"), ("الفعاليات", "ar"), ("فعاليات", "ar")],
)
def test_word_says_the_language_of_somebody_who_has_not_chosen_one(word: str, locale: str) -> None:
    phone = Phone(coming=(POTLUCK,))
    turn = phone.turn(word)

    assert (messages(turn), turn.locale, turn.action) == (["EventMenu"], locale, RememberLocale(locale))
    assert messages(phone.turn("1")) == [phrases.PARTY]


@pytest.mark.parametrize("locale", [locale for locale in LANGUAGES if locale != "en"])
@pytest.mark.parametrize("known", ["en", "es", "my"])
def test_word_of_one_language_is_answered_in_it_and_changes_no_language_that_was_chosen(
    known: str, locale: str
) -> None:
    for word in answers.EVENTS[locale]:
        phone = Phone(known_locale=known, offered_locales=tuple(LANGUAGES), coming=(POTLUCK,))
        turn = phone.turn(word)
        assert (messages(turn), turn.locale, turn.action) == (["EventMenu"], locale, None)
        # The number of an event is an answer to that list, in its language.
        turn = phone.turn("1")
        assert (messages(turn), turn.locale, turn.action) == ([phrases.PARTY], locale, None)
        assert phone.known_locale == known


@pytest.mark.parametrize("known", ["en", "es", "ar", "prs"])
def test_word_that_languages_share_is_answered_in_the_chosen_one(known: str) -> None:
    shared = set(answers.DELETE["ar"]) & set(answers.DELETE["prs"])
    assert shared
    for word in shared:
        turn = Phone(known_locale=known, offered_locales=("en", "es", "ar", "prs")).turn(word)
        assert (messages(turn), turn.locale) == ([phrases.DELETE_ALL], known)


def test_english_word_is_everybody_s_and_answered_in_the_chosen_language() -> None:
    turn = Phone(known_locale="es", coming=(POTLUCK,)).turn("EVENTS")

    assert (turn.locale, turn.action) == ("es", None)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("noticias", phrases.ASK_NEWS),
        ("borrar", phrases.DELETE_ALL),
        ("llamar", phrases.CALL_ME),
        ("que", phrases.HELD),
    ],
)
def test_every_word_of_one_language_is_answered_in_it(word: str, message: str) -> None:
    turn = english().turn(word)

    assert (messages(turn), turn.locale) == ([message], "es")


def test_word_of_a_language_that_is_not_offered_is_none() -> None:
    assert messages(english(coming=(POTLUCK,)).turn("matukio")) == [phrases.UNKNOWN_WORD]


def test_english_word_is_heard_where_english_is_not_offered() -> None:
    assert Phone(offered_locales=("es", "ar"), coming=(POTLUCK,)).turn("events").locale == "es"


def test_week_without_events_is_told() -> None:
    assert messages(english().turn("events")) == [phrases.NO_EVENTS]


def test_menu_leads_to_the_week() -> None:
    phone = english(coming=(POTLUCK,))
    phone.turn("0")

    assert messages(phone.turn("2")) == ["EventMenu"]


def test_listed_event_keeps_its_number_whatever_comes_up_meanwhile() -> None:
    phone = english(coming=(POTLUCK, FAIR))
    phone.turn("events")
    phone.coming = (replace(POTLUCK, public_id="sooner2345", titles={"en": "Sooner"}), POTLUCK, FAIR)

    assert phone.text("2").startswith("Feria")


def test_listed_event_that_the_phone_has_shows_the_registration() -> None:
    phone = english(coming=(POTLUCK, FAIR), registrations=[registered()])
    phone.turn("events")

    assert messages(phone.turn("1")) == [phrases.REGISTRATION]


def test_number_that_is_not_listed_is_asked_again() -> None:
    phone = english(coming=(POTLUCK,))
    phone.turn("events")

    assert messages(phone.turn("2")) == ["EventMenu"]
    assert messages(phone.turn("2")) == [phrases.SHORT_MENU]


LONG = tuple(
    replace(POTLUCK, public_id=f"long{number}23456", titles={"en": "Welcoming Week Potluck in the Park"})
    for number in range(1, 5)
)


@pytest.mark.parametrize("locale", list(LANGUAGES))
def test_number_that_was_cut_from_the_list_is_no_answer(locale: str) -> None:
    phone = Phone(known_locale=locale, offered_locales=tuple(LANGUAGES), coming=LONG)
    listed = phone.text("events")
    shown = [number for number in range(1, 5) if f"\n{number} = " in listed]
    assert phone.state is not None
    assert [event.public_id for event in LONG][: len(shown)] == list(phone.state.listed)

    for number in range(1, 8):
        asked = replace(phone)
        is_begun = messages(asked.turn(str(number))) == [phrases.PARTY]
        assert is_begun == (number in shown)
        assert is_begun or asked.last == replace(phone).turn("7")


def test_list_is_cut_in_some_language_and_whole_in_another() -> None:
    def listed(locale: str) -> int:
        phone = Phone(known_locale=locale, offered_locales=tuple(LANGUAGES), coming=LONG)
        phone.turn("events")
        assert phone.state is not None
        return len(phone.state.listed)

    assert listed("my") < listed("en") == 4


def test_list_that_is_said_in_another_language_takes_the_numbers_that_stand_there() -> None:
    phone = Phone(known_locale="en", offered_locales=tuple(LANGUAGES), coming=LONG)
    phone.turn("events")
    listed = phone.text("Burmese")

    assert "\n4 = " not in listed
    assert messages(phone.turn("4")) == ["EventMenu"]


def test_word_within_a_sign_up_lists_the_week() -> None:
    phone = helped()
    phone.coming = (POTLUCK,)

    assert messages(phone.turn("events")) == ["EventMenu"]
    assert messages(phone.turn("1")) == [phrases.PARTY]


# Outcomes

_FACTS = MessageFacts("Potluck", POTLUCK.when, "4801 Linwood Blvd", 3, "482913")
_WAITING_FACTS = replace(_FACTS, waiting=WAITING)


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        pytest.param(AlreadyRegistered(_FACTS), phrases.ALREADY, id="already"),
        pytest.param(PartyChanged(_FACTS), phrases.PARTY_CHANGED, id="changed"),
        pytest.param(PartyNotChanged(_FACTS), phrases.PARTY_NOT_CHANGED, id="not changed"),
        pytest.param(GivenUp(_FACTS), phrases.GIVEN_UP, id="given up"),
        pytest.param(Reaffirmed(_FACTS), phrases.REAFFIRMED, id="coming"),
        pytest.param(OfferDeclined(_FACTS), phrases.OFFER_DECLINED, id="declined"),
        pytest.param(OfferDeclined(_WAITING_FACTS), phrases.OFFER_DECLINED_WAITING, id="declined, waiting"),
        pytest.param(OfferLate(_FACTS), phrases.OFFER_LATE, id="late"),
        pytest.param(OfferLate(_WAITING_FACTS), phrases.OFFER_LATE_WAITING, id="late, waiting"),
    ],
)
def test_concluded_says_what_became_of_the_attempt(outcome: Outcome, message: str) -> None:
    attempt = Turn(None, (), Register("ptlck23456", 3, "en"), "en")

    assert concluded(attempt, outcome) == replace(
        attempt,
        replies=(Phrase(message, phrases.described(outcome.facts)),),  # type: ignore[union-attr]
    )


@pytest.mark.parametrize(
    "outcome",
    [Told(_FACTS), Told(_WAITING_FACTS), AlreadyRegistered(_WAITING_FACTS), PartyChanged(_WAITING_FACTS)],
)
def test_concluded_confirms_with_the_wording_of_a_confirmation(outcome: Any) -> None:
    attempt = Turn(None, (), Register("ptlck23456", 3, "en"), "en")

    assert concluded(attempt, outcome).replies == (Notice("confirmation", outcome.facts),)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("full", phrases.EVENT_FULL),
        ("closed", phrases.EVENT_CLOSED),
        ("cancelled", phrases.EVENT_CANCELED),
        ("started", phrases.EVENT_STARTED),
    ],
)
def test_concluded_names_the_event_that_takes_nobody(reason: Any, message: str) -> None:
    attempt = Turn(None, (), Register("ptlck23456", 3, "es"), "es")

    assert concluded(attempt, Refused(reason, POTLUCK)).replies == (
        Phrase(message, {"title": "Comida", "when": POTLUCK.when}),
    )
    assert concluded(attempt, Refused("gone")).replies == (Phrase(phrases.GONE),)


# The stored state


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"step": "party"},
        {"step": "nowhere", "locale": "en", "asked_at": "2026-09-01T15:00:00+00:00"},
        {"step": "party", "locale": "tlh", "asked_at": "2026-09-01T15:00:00+00:00"},
        {"step": "party", "locale": "en", "asked_at": "yesterday"},
        {"step": "party", "locale": "en", "asked_at": None},
        {"step": "needs", "locale": "en", "asked_at": "2026-09-01T15:00:00+00:00", "needs": 3},
        {"step": "party", "locale": "en", "asked_at": "2026-09-01T15:00:00+00:00", "color": "blue"},
    ],
)
def test_from_json_gives_up_what_it_cannot_read(value: dict[str, Any]) -> None:
    assert Dialogue.from_json(value) is None


def test_state_expires_three_days_after_its_question() -> None:
    assert Dialogue("party", "en", MORNING).expires_at == MORNING + timedelta(days=3)


# Whatever is texted

_TEXTS = st.one_of(
    st.sampled_from(
        [
            "0",
            "1",
            "2",
            "3",
            "9",
            "12",
            "21",
            "1 3",
            "POTLUCK",
            "fair",
            "events",
            "yes",
            "no",
            "English",
            "العربية",
            "",
            "👍",
            "٣",
        ]
    ),
    st.text(max_size=40),
)
_PAUSES = st.sampled_from([timedelta(minutes=1), timedelta(hours=3), timedelta(days=4)])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(_TEXTS, _PAUSES), max_size=12),
    st.sampled_from([None, "en", "ar"]),
    st.integers(0, 10),
    st.integers(0, 10),
    st.booleans(),
)
def test_any_texts_end_in_a_known_state_and_are_answered(
    texts: list[tuple[str, timedelta]],
    locale: str | None,
    registrations: int,
    reminders: int,
    has_offer: bool,
) -> None:
    phone = Phone(
        known_locale=locale,
        keywords={"POTLUCK": HELPFUL, "FAIR": FAIR},
        coming=(HELPFUL, FAIR),
        registrations=[registered(2, FAIR, number + 1) for number in range(registrations)],
    )
    phone.reminders = [ReminderFacts(one, phone.now) for one in phone.registrations[:reminders]]
    if has_offer:
        phone.offer = offered(phone)
    for text, pause in texts:
        turn = phone.turn(text, after=pause)

        assert 1 <= len(turn.replies) <= 2
        assert all(text_of(reply, translator(turn.locale)).strip() for reply in turn.replies)
        assert turn.locale in LANGUAGES
        assert turn.state is None or turn.state.expires_at > phone.now
    sizes = [action.party_size for action in phone.actions if isinstance(action, Register | ChangeParty)]
    assert all(1 <= size <= 20 for size in sizes)


@settings(deadline=None)
@given(st.lists(_TEXTS, max_size=6))
def test_any_texts_lead_to_a_person_by_two_keys(texts: list[str]) -> None:
    phone = english()
    for text in texts:
        phone.turn(text)
    phone.turn("0")

    assert phone.turn("9").action == AskPerson("asked")


@settings(deadline=None)
@given(st.lists(_TEXTS, max_size=6))
def test_any_texts_leave_a_new_guest_able_to_sign_up(texts: list[str]) -> None:
    phone = Phone(offered_locales=("en",), keywords={"POTLUCK": POTLUCK})
    for text in texts:
        phone.turn(text)
    phone.registrations.clear()
    for text in ("0", "POTLUCK", "3", "1"):
        phone.turn(text)

    assert phone.actions[-1] == Register(POTLUCK.public_id, 3, "en")


@pytest.mark.parametrize("seats_left", [10, 0], ids=["with room", "full"])
def test_first_question_says_that_officers_take_part(seats_left: int) -> None:
    event = replace(POTLUCK, is_police_present=True, seats_left=seats_left, is_full=not seats_left)

    assert "Police officers take part." in english(keywords={"POTLUCK": event}).text("potluck")
    assert "Police" not in english().text("potluck")
