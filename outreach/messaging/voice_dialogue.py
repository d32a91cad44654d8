"""The conversation on the phone: from the question that was asked and the keys that were pressed to what
is said and done.

Pure, as `dialogue` is for texts, with the same actions and outcomes: it changes nothing and renders
nothing. A caller's number can be forged, so what a number is registered for is known to it only after the
code of one of its registrations was entered; until then the facts are to hold no registration.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Self, get_args

from outreach.i18n import LANGUAGES
from outreach.messaging import voice_phrases as phrases
from outreach.messaging.phrases import MessageFacts, Phrase, Value, described, street
from outreach.messaging.turns import (
    AlreadyRegistered,
    AskPerson,
    Cancel,
    EventFacts,
    GivenUp,
    Outcome,
    Refused,
    Register,
    RegistrationFacts,
    Told,
)
from outreach.messaging.voice_phrases import Line, digits
from outreach.registration.requests import LARGEST_PARTY

#: The question that was asked last.
Step = Literal[
    "language", "menu", "events", "party", "confirm", "texts", "code", "pick", "confirm_cancel",
]  # fmt: skip
_STEPS: frozenset[str] = frozenset(get_args(Step))
#: Answered by a number and the pound key; every other one by a single key.
NUMBER_STEPS: frozenset[Step] = frozenset({"party", "code"})

EVENTS_PER_PAGE = 4
MORE_KEY, PERSON_KEY, REPEAT_KEY, BACK_KEY = "5", "9", "*", "#"
#: More are not offered to be given up, so that PERSON_KEY never names one.
_MOST_LISTED = 8
#: After so many answers in a row that we cannot read, a person takes over.
_MOST_MISSES = 3
#: Nobody needs so many keys; a machine that plays them costs by the minute.
MOST_VISITS = 80
_CODE_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Call:
    """Where a call stands, small enough for a row of a table."""

    step: Step
    #: How many answers went before the question: none is asked twice under the same number.
    visit: int = 0
    #: Empty while the caller has not chosen one.
    locale: str = ""
    event_public_id: str = ""
    registration_id: int = 0
    party_size: int = 0
    #: Of the list of events, 0 for the first.
    page: int = 0
    #: What the keys from 1 on stood for when they were named: the list may have changed meanwhile.
    listed: tuple[str, ...] = ()
    #: What the code is asked for.
    wants: Literal["hear", "cancel"] = "hear"
    #: Whether a right code was entered in this call.
    is_proven: bool = False
    #: Answers in a row that could not be read.
    misses: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values only."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self | None:
        """What `to_json` gave, or None for what another version wrote and this one cannot read."""
        try:
            found = cls(**{**value, "listed": tuple(value["listed"])})
        except (KeyError, TypeError):
            return None
        return found if found.step in _STEPS else None


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """What a turn needs to know; the caller of `step` looks it up before every turn."""

    #: Languages that a voice or recordings speak, in the order of their keys; never empty.
    offered_locales: tuple[str, ...]
    region: str
    #: Whether we see a number that can be called back and texted.
    has_number: bool
    #: Those to come, the soonest first.
    events: tuple[EventFacts, ...] = ()
    #: The event of the call's `event_public_id`.
    event: EventFacts | None = None
    #: Of this number, the soonest event first; empty until the call is proven.
    registrations: tuple[RegistrationFacts, ...] = ()
    #: Our last text to this number; None until the call is proven, or when there is none.
    last_text: Line | None = None
    #: Of the offered ones those of which only our own sentences can be said, because they are recorded.
    recorded_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Looks whether a code is one of this number's; comes out as Checked."""

    code: str


#: What came of a code.
Checked = Literal["right", "wrong", "too_often"]
Attempt = Register | Cancel | CheckCode


@dataclass(frozen=True, slots=True)
class VoiceTurn:
    """One answer of ours."""

    #: The question that is open now; None when we hang up.
    call: Call | None
    #: Empty beside an Attempt, until it is concluded.
    lines: tuple[Line, ...]
    action: Attempt | AskPerson | None = None


def begin(facts: VoiceFacts) -> VoiceTurn:
    """Greets a caller; the language is always asked, since what a number chose before is nobody's to hear."""
    only = facts.offered_locales[0] if len(facts.offered_locales) == 1 else ""
    said = _Answer(Call("menu" if only else "language", locale=only), "", facts)
    return said.ask(said.call, said.greeting())


def step(call: Call, keys: str, facts: VoiceFacts) -> VoiceTurn:
    """What follows from the keys that were pressed as the answer to a question; none is "".

    In this order: a person, once more, back, and the answer itself.
    """
    turn = _Answer(call, keys, facts).turn()
    return replace(turn, call=replace(turn.call, visit=call.visit + 1)) if turn.call else turn


def concluded(turn: VoiceTurn, outcome: Outcome | Checked, facts: VoiceFacts) -> VoiceTurn:
    """The turn of an attempt, with the sentences for what became of it, and how it goes on.

    For a right code `facts` hold what the number is registered for.
    """
    assert turn.call is not None
    said = _Answer(turn.call, "", facts)
    return said.checked(outcome) if isinstance(outcome, str) else said.done(outcome, turn.action)


class _Answer:
    """One turn: the call, the keys and the facts side by side."""

    def __init__(self, call: Call, keys: str, facts: VoiceFacts) -> None:
        self.call = call
        self.keys = keys
        self.facts = facts

    # What is heard.

    def turn(self) -> VoiceTurn:
        if self.call.visit >= MOST_VISITS:
            return self.person("not_understood")
        if self.keys == PERSON_KEY and self.call.step not in NUMBER_STEPS:
            return self.person("asked")
        if self.keys == REPEAT_KEY:
            return self.ask(self.call)
        if self.keys == BACK_KEY:
            return self.back()
        return self.hear() or self.missed()

    def hear(self) -> VoiceTurn | None:
        """What follows from an answer to the open question; None when it is none."""
        match self.call.step:
            case "language":
                return self.hear_language()
            case "menu":
                return self.hear_menu()
            case "events":
                return self.hear_events()
            case "party":
                return self.hear_party()
            case "confirm":
                return self.hear_confirm()
            case "texts":
                return self.hear_texts()
            case "code":
                return self.hear_code()
            case "pick":
                return self.hear_pick()
            case "confirm_cancel":
                return self.hear_confirm_cancel()

    def hear_language(self) -> VoiceTurn | None:
        locale = _nth(self.facts.offered_locales, self.keys)
        return self.to_menu(locale=locale) if locale else None

    def hear_menu(self) -> VoiceTurn | None:
        if self.keys == "1":
            return self.to_events()
        if not self.facts.has_number or self.keys not in ("2", "3"):
            return None
        call = replace(self.call, wants="hear" if self.keys == "2" else "cancel")
        return self.proven(call) if call.is_proven else self.ask(replace(call, step="code"))

    def hear_events(self) -> VoiceTurn | None:
        if self.keys == MORE_KEY and self.has_more(self.call.page):
            return self.to_events(self.call.page + 1)
        public_id = _nth(self.call.listed, self.keys)
        if public_id is None:
            return None
        event = next((one for one in self.facts.events if one.public_id == public_id), None)
        refusal = self.refusal(event)
        if refusal is not None:
            return self.ask(self.call, (refusal,))
        call = replace(self.call, step="party", event_public_id=public_id, party_size=0)
        return self.ask(call, event=event)

    def hear_party(self) -> VoiceTurn | None:
        if not self.keys.isdecimal():
            return None
        size = int(self.keys)
        if not 1 <= size <= LARGEST_PARTY:
            return self.missed(self.line(phrases.PARTY_OUT_OF_RANGE))
        return self.ask(replace(self.call, step="confirm", party_size=size))

    def hear_confirm(self) -> VoiceTurn | None:
        if self.keys == "2":
            return self.ask(replace(self.call, step="party"))
        if self.keys != "1":
            return None
        return self.ask(replace(self.call, step="texts")) if self.facts.has_number else self.register(False)

    def hear_texts(self) -> VoiceTurn | None:
        return self.register(self.keys == "1") if self.keys in ("1", "2") else None

    def hear_code(self) -> VoiceTurn | None:
        if not self.keys.isdecimal() or len(self.keys) != _CODE_DIGITS:
            return None
        return VoiceTurn(self.call, (), CheckCode(self.keys))

    def hear_pick(self) -> VoiceTurn | None:
        registration_id = _nth(self.call.listed, self.keys)
        if registration_id is None:
            return None
        return self.ask(replace(self.call, step="confirm_cancel", registration_id=int(registration_id)))

    def hear_confirm_cancel(self) -> VoiceTurn | None:
        if self.keys == "1":
            return VoiceTurn(self.call, (), Cancel(self.call.registration_id))
        if self.keys != "2":
            return None
        found = self.registration(self.call)
        return self.to_menu((self.about(phrases.KEPT, found) if found else self.line(phrases.GONE),))

    # Where the call goes.

    def back(self) -> VoiceTurn:
        call = self.call
        match call.step:
            case "language" | "menu":
                is_choice = len(self.facts.offered_locales) > 1
                return self.ask(replace(call, step="language" if is_choice else "menu"))
            case "party":
                return self.to_events(call.page)
            case "confirm":
                return self.ask(replace(call, step="party"))
            case "texts":
                return self.ask(replace(call, step="confirm"))
            case "events" if call.page:
                return self.to_events(call.page - 1)
            case _:
                return self.to_menu()

    def to_menu(self, first: tuple[Line, ...] = (), *, locale: str = "") -> VoiceTurn:
        """To the menu, where nothing is begun; what was proven stays so."""
        call = Call("menu", locale=locale or self.call.locale, is_proven=self.call.is_proven)
        return self.ask(call, first)

    def to_events(self, page: int = 0) -> VoiceTurn:
        listed = self.page(page)
        if not listed:
            return self.to_menu((self.line(phrases.NO_EVENTS),))
        ids = tuple(event.public_id for event in listed)
        return self.ask(replace(self.call, step="events", page=page, listed=ids))

    def register(self, wants_texts: bool) -> VoiceTurn:
        refusal = self.refusal(self.facts.event)
        if refusal is not None:
            return self.to_menu((refusal,))
        call = self.call
        return VoiceTurn(
            call, (), Register(call.event_public_id, call.party_size, call.locale, wants_texts=wants_texts)
        )

    def proven(self, call: Call) -> VoiceTurn:
        """What only those get who entered a code."""
        found = self.facts.registrations[:_MOST_LISTED]
        if call.wants == "hear":
            return self.to_menu((*self.read_aloud(found), *self.last_text()))
        if not found:
            return self.to_menu((self.line(phrases.NO_REGISTRATIONS),))
        return self.ask(replace(call, step="pick", listed=tuple(str(one.id) for one in found)))

    def person(self, reason: Literal["asked", "not_understood"]) -> VoiceTurn:
        """Hands over to a person, which ends the call."""
        if not self.facts.has_number:
            return VoiceTurn(None, self.in_every_language(phrases.PERSON_WITHOUT_NUMBER))
        return VoiceTurn(None, self.in_every_language(phrases.PERSON), AskPerson(reason))

    def missed(self, instead: Line | None = None) -> VoiceTurn:
        """Asks again; the third time a person is asked."""
        misses = self.call.misses + 1
        if misses >= _MOST_MISSES:
            return self.person("not_understood")
        first = instead or self.line(phrases.NOT_UNDERSTOOD)
        # Without a language the question itself says it best.
        turn = self.ask(self.call, (first,) if self.call.locale else ())
        return replace(turn, call=replace(turn.call, misses=misses)) if turn.call else turn

    # What became of an attempt.

    def checked(self, outcome: Checked) -> VoiceTurn:
        if outcome == "right":
            self.call = replace(self.call, is_proven=True)
            return self.counted(self.proven(self.call))
        if outcome == "wrong":
            return self.counted(self.missed(self.line(phrases.CODE_WRONG)))
        return self.counted(self.to_menu((self.line(phrases.CODE_TOO_OFTEN),)))

    def done(self, outcome: Outcome, action: Attempt | AskPerson | None) -> VoiceTurn:
        return self.counted(self.to_menu(self.result(outcome, action)))

    def counted(self, turn: VoiceTurn) -> VoiceTurn:
        """The turn under the number of the visit that the attempt had."""
        return replace(turn, call=replace(turn.call, visit=self.call.visit)) if turn.call else turn

    def result(self, outcome: Outcome, action: Attempt | AskPerson | None) -> tuple[Line, ...]:
        match outcome:
            case Told(facts):
                message = phrases.WAITLISTED if facts.waiting else phrases.REGISTERED
                code = self.line(phrases.CODE_TWICE, code=digits(facts.code))
                is_texted = isinstance(action, Register) and action.wants_texts
                follows = (self.line(phrases.TEXT_FOLLOWS),) if is_texted else ()
                return (self.line(message, **_told(facts)), code, *follows)
            case AlreadyRegistered():
                return (self.line(phrases.ALREADY),)
            case GivenUp(facts):
                return (self.line(phrases.GIVEN_UP, **_told(facts)),)
            case Refused(event=event):
                refusal = self.refusal(event)
                if refusal is None and event is not None:
                    refusal = self.line(phrases.EVENT_FULL, **self.event_values(event))
                return (refusal or self.line(phrases.GONE),)
            case _:
                return (self.line(phrases.GONE),)

    # What is said.

    def ask(self, call: Call, first: tuple[Line, ...] = (), event: EventFacts | None = None) -> VoiceTurn:
        """Puts the question of a step, or says that what it is about is gone."""
        said = _Answer(replace(call, misses=0), "", replace(self.facts, event=event or self.facts.event))
        lines = said.question()
        return VoiceTurn(said.call, (*first, *lines)) if lines else said.to_menu((said.line(phrases.GONE),))

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
                return (self.line(menu), self.line(phrases.REPEAT_OR_BACK))
            case "events":
                return (*self.event_lines(), self.line(phrases.REPEAT_OR_BACK))
            case "party" | "confirm":
                return self.event_question(self.facts.event) if self.facts.event else ()
            case "texts":
                return (self.line(phrases.TEXTS, region=self.facts.region),) if self.facts.event else ()
            case "code":
                return (self.line(phrases.CODE),)
            case "pick":
                return (*self.pick_lines(), self.line(phrases.REPEAT_OR_BACK))
            case "confirm_cancel":
                found = self.registration(self.call)
                return (self.about(phrases.CONFIRM_CANCEL, found),) if found else ()

    def greeting(self) -> tuple[Line, ...]:
        return (self.line(phrases.GREETING, region=self.facts.region),)

    def event_lines(self) -> tuple[Line, ...]:
        events = [
            self.line(phrases.EVENT, key=str(key), **self.event_values(event))
            for key, public_id in enumerate(self.call.listed, 1)
            for event in self.facts.events
            if event.public_id == public_id
        ]
        if self.has_more(self.call.page):
            events.append(self.line(phrases.MORE_EVENTS, key=MORE_KEY))
        return tuple(events)

    def event_question(self, event: EventFacts) -> tuple[Line, ...]:
        values = self.event_values(event)
        if self.call.step == "party":
            police = (self.line(phrases.POLICE),) if event.is_police_present else ()
            return (*police, self.line(phrases.PARTY_WAITLIST if event.is_full else phrases.PARTY, **values))
        is_short = event.seats_left is not None and self.call.party_size > event.seats_left
        message = phrases.CONFIRM_WAITLIST if event.is_full or is_short else phrases.CONFIRM
        return (self.line(message, party=self.call.party_size, **values),)

    def pick_lines(self) -> tuple[Line, ...]:
        return tuple(
            self.about(phrases.GIVE_UP, one, key=str(key))
            for key, registration_id in enumerate(self.call.listed, 1)
            for one in self.facts.registrations
            if str(one.id) == registration_id
        )

    def read_aloud(self, registrations: tuple[RegistrationFacts, ...]) -> tuple[Line, ...]:
        if not registrations:
            return (self.line(phrases.NO_REGISTRATIONS),)
        return tuple(
            self.about(phrases.REGISTRATION_WAITING if one.waiting else phrases.REGISTRATION, one)
            for one in registrations
        )

    def last_text(self) -> tuple[Line, ...]:
        text = self.facts.last_text
        if text is None:
            return (self.line(phrases.NO_TEXT),)
        if text.locale not in self.facts.offered_locales or text.locale in self.facts.recorded_only:
            return (self.line(phrases.TEXT_WITHOUT_VOICE),)
        return (self.line(phrases.LAST_TEXT), text)

    def refusal(self, event: EventFacts | None) -> Line | None:
        """Why nobody can sign up for an event now, if so."""
        if event is None:
            return self.line(phrases.GONE)
        if event.is_cancelled:
            return self.line(phrases.EVENT_CANCELED, **self.event_values(event))
        if event.has_started:
            return self.line(phrases.EVENT_STARTED, **self.event_values(event))
        return None if event.is_open else self.line(phrases.EVENT_OPEN_TO_ALL, **self.event_values(event))

    def line(self, message: str, **values: Value) -> Line:
        return Line(self.call.locale or self.facts.offered_locales[0], Phrase(message, values))

    def about(self, message: str, registration: RegistrationFacts, **values: Value) -> Line:
        return self.line(message, **{**_told(registration.told(self.call.locale)), **values})

    def in_every_language(self, message: str) -> tuple[Line, ...]:
        """The sentence in the chosen language, or in each one while none is chosen."""
        spoken = (self.call.locale,) if self.call.locale else self.facts.offered_locales
        return tuple(Line(locale, Phrase(message)) for locale in spoken)

    def event_values(self, event: EventFacts) -> dict[str, Value]:
        title = event.title(self.call.locale)
        return {"title": title, "when": event.when, "street": street(event.street)}

    def page(self, number: int) -> tuple[EventFacts, ...]:
        return self.facts.events[number * EVENTS_PER_PAGE : (number + 1) * EVENTS_PER_PAGE]

    def has_more(self, page: int) -> bool:
        return bool(self.page(page + 1))

    def registration(self, call: Call) -> RegistrationFacts | None:
        return next((one for one in self.facts.registrations if one.id == call.registration_id), None)


def _told(facts: MessageFacts) -> dict[str, Value]:
    return {**described(facts), "code": digits(facts.code)}


def _nth(listed: tuple[str, ...], key: str) -> str | None:
    """What a key stands for among things that are counted from 1."""
    is_named = len(key) == 1 and key in "12345678" and int(key) <= len(listed)
    return listed[int(key) - 1] if is_named else None
