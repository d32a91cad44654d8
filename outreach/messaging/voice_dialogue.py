"""The conversation on the phone: from the question that was asked and the keys that were pressed to what
is said and done.

Pure, as `dialogue` is for texts, with the same actions and outcomes: it changes nothing and renders
nothing. A caller's number can be forged, so what a number is registered for is known to it only after the
code of one of its registrations was entered; until then the facts are to hold no registration. Only the way
back to calls goes without a code where there is none: nothing can be heard or given up by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from outreach.messaging import voice_phrases as phrases
from outreach.messaging.turns import (
    AcceptOffer,
    AskPerson,
    Cancel,
    ChangeParty,
    DeclineOffer,
    EventFacts,
    Outcome,
    Reaffirm,
    Register,
)
from outreach.messaging.voice_phrases import Line
from outreach.messaging.voice_questions import MORE_KEY, Saying
from outreach.messaging.voice_turns import (
    NUMBER_STEPS,
    Attempt,
    Call,
    CallsStarted,
    CheckCode,
    Checked,
    StartCalls,
    Step,
    StopCalls,
    VoiceFacts,
    VoiceTurn,
)
from outreach.registration.requests import LARGEST_PARTY

PERSON_KEY, REPEAT_KEY, BACK_KEY, STOP_KEY = "9", "*", "#", "0"
#: More are not offered to be given up, so that PERSON_KEY never names one.
_MOST_LISTED = 8
#: After so many answers in a row that we cannot read, a person takes over.
_MOST_MISSES = 3
#: Nobody needs so many keys; a machine that plays them costs by the minute.
MOST_VISITS = 80
_CODE_DIGITS = 6
#: What a key of the menu asks a code for.
_WANTS: Mapping[str, Literal["hear", "cancel", "change", "calls"]] = {
    "2": "hear",
    "3": "cancel",
    "4": "change",
    "5": "calls",
}


def begin(facts: VoiceFacts) -> VoiceTurn:
    """Greets a caller; the language is always asked, since what a number chose before is nobody's to hear."""
    only = facts.offered_locales[0] if len(facts.offered_locales) == 1 else ""
    said = _Answer(Call("menu" if only else "language", locale=only), "", facts)
    return said.ask(said.call, said.saying.greeting())


def begin_owed(call: Call, facts: VoiceFacts, *, is_machine: bool) -> VoiceTurn:
    """Tells whoever answers a call that we placed what it is about; a machine only of the event."""
    said = _Answer(call, "", facts)
    if is_machine:
        return VoiceTurn(None, said.saying.to_machine() or (said.saying.line(phrases.GONE),))
    return said.ask(call, said.saying.called())


def step(call: Call, keys: str, facts: VoiceFacts) -> VoiceTurn:
    """What follows from the keys that were pressed as the answer to a question; none is "".

    In this order: a person, once more, back, and the answer itself.
    """
    turn = _Answer(call, keys, facts).turn()
    return replace(turn, call=replace(turn.call, visit=call.visit + 1)) if turn.call else turn


def concluded(turn: VoiceTurn, outcome: Outcome | Checked | CallsStarted, facts: VoiceFacts) -> VoiceTurn:
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

    @property
    def saying(self) -> Saying:
        """What makes sentences where the call stands."""
        return Saying(self.call, self.facts)

    # What is heard.

    def turn(self) -> VoiceTurn:
        if self.call.visit >= MOST_VISITS and self.call.purpose:
            return self.to_menu()
        if self.call.visit >= MOST_VISITS:
            return self.person("not_understood")
        if self.keys == PERSON_KEY and self.call.step not in NUMBER_STEPS:
            return self.person("asked")
        if self.keys == REPEAT_KEY:
            return self.ask(self.call)
        if self.keys == STOP_KEY and self.call.purpose and self.call.step == "owed":
            return VoiceTurn(None, (self.saying.line(phrases.CALLS_STOPPED),), StopCalls())
        if self.keys == BACK_KEY:
            return self.back()
        return _HEARD[self.call.step](self) or self.missed()

    def hear_language(self) -> VoiceTurn | None:
        locale = _nth(self.facts.offered_locales, self.keys)
        return self.to_menu(locale=locale) if locale else None

    def hear_menu(self) -> VoiceTurn | None:
        if self.keys == "1":
            return self.to_events()
        wants = _WANTS.get(self.keys)
        if not self.facts.has_number or wants is None:
            return None
        call = replace(self.call, wants=wants)
        if wants == "calls" and self.facts.needs_no_code:
            return self.ask(replace(call, step="calls_again"))
        return self.proven(call) if call.is_proven else self.ask(replace(call, step="code"))

    def hear_events(self) -> VoiceTurn | None:
        if self.keys == MORE_KEY and self.saying.has_more(self.call.page):
            return self.to_events(self.call.page + 1)
        public_id = _nth(self.call.listed, self.keys)
        if public_id is None:
            return None
        event = next((one for one in self.facts.events if one.public_id == public_id), None)
        refusal = self.saying.refusal(event)
        if refusal is not None:
            return self.ask(self.call, (refusal,))
        call = replace(self.call, step="party", event_public_id=public_id, party_size=0)
        return self.ask(call, event=event)

    def hear_party(self) -> VoiceTurn | None:
        size = self.size()
        if size is None:
            return None
        if not 1 <= size <= LARGEST_PARTY:
            return self.missed(self.saying.line(phrases.PARTY_OUT_OF_RANGE))
        return self.ask(replace(self.call, step="confirm", party_size=size))

    def size(self) -> int | None:
        """The number that was entered, if one was."""
        return int(self.keys) if self.keys.isdecimal() else None

    def hear_confirm(self) -> VoiceTurn | None:
        if self.keys == "2":
            return self.ask(replace(self.call, step="party"))
        if self.keys != "1":
            return None
        return self.ask(replace(self.call, step="texts")) if self.facts.has_number else self.register()

    def hear_texts(self) -> VoiceTurn | None:
        if self.keys not in ("1", "2", "3"):
            return None
        return self.register(wants_texts=self.keys == "1", wants_calls=self.keys == "3")

    def hear_code(self) -> VoiceTurn | None:
        if not self.keys.isdecimal() or len(self.keys) != _CODE_DIGITS:
            return None
        return VoiceTurn(self.call, (), CheckCode(self.keys))

    def hear_pick(self) -> VoiceTurn | None:
        registration_id = _nth(self.call.listed, self.keys)
        if registration_id is None:
            return None
        asked: Step = "new_party" if self.call.wants == "change" else "confirm_cancel"
        return self.ask(replace(self.call, step=asked, registration_id=int(registration_id)))

    def hear_new_party(self) -> VoiceTurn | None:
        size = self.size()
        if size is None:
            return None
        found = self.saying.registration(self.call)
        if not 1 <= size <= LARGEST_PARTY:
            return self.missed(self.saying.line(phrases.PARTY_OUT_OF_RANGE))
        if found is not None and found.party_size == size:
            return self.to_menu((self.saying.about(phrases.KEPT, found),))
        return self.ask(replace(self.call, step="confirm_party", party_size=size))

    def hear_confirm_party(self) -> VoiceTurn | None:
        if self.keys == "1":
            return VoiceTurn(self.call, (), ChangeParty(self.call.registration_id, self.call.party_size))
        return self.ask(replace(self.call, step="new_party")) if self.keys == "2" else None

    def hear_offer(self) -> VoiceTurn | None:
        offer = self.facts.offer
        if offer is None:
            return self.to_menu((self.saying.line(phrases.GONE),))
        if self.keys == "1":
            return VoiceTurn(self.call, (), AcceptOffer(offer.registration.id))
        return VoiceTurn(self.call, (), DeclineOffer(offer.registration.id)) if self.keys == "2" else None

    def hear_confirm_cancel(self) -> VoiceTurn | None:
        if self.keys == "1":
            return VoiceTurn(self.call, (), Cancel(self.call.registration_id))
        if self.keys != "2":
            return None
        found = self.saying.registration(self.call)
        return self.to_menu(
            (self.saying.about(phrases.KEPT, found) if found else self.saying.line(phrases.GONE),)
        )

    def hear_owed(self) -> VoiceTurn | None:
        owed, registration_id = self.facts.owed, self.call.registration_id
        if owed is None:
            return self.to_menu((self.saying.line(phrases.GONE),))
        match owed.purpose, self.keys:
            case "cancelled", _:
                return None
            case "seat_offered", "1":
                return VoiceTurn(self.call, (), AcceptOffer(registration_id))
            case "seat_offered", "2":
                return VoiceTurn(self.call, (), DeclineOffer(registration_id))
            case purpose, "1" if purpose != "confirmation" and owed.facts.waiting is None:
                return VoiceTurn(self.call, (), Reaffirm(registration_id))
            case _, "2":
                return self.ask(replace(self.call, step="confirm_cancel"))
        return None

    def hear_calls_again(self) -> VoiceTurn | None:
        if self.keys == "1":
            return VoiceTurn(self.call, (), StartCalls())
        return self.to_menu() if self.keys == "2" else None

    # Where the call goes.

    def back(self) -> VoiceTurn:
        call = self.call
        if call.purpose:
            return self.ask(replace(call, step="owed"))
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
            case "confirm_party":
                return self.ask(replace(call, step="new_party"))
            case "events" if call.page:
                return self.to_events(call.page - 1)
            case _:
                return self.to_menu()

    def to_menu(self, first: tuple[Line, ...] = (), *, locale: str = "") -> VoiceTurn:
        """To the menu, where nothing is begun; what was proven stays so. A call that we placed ends here."""
        if self.call.purpose:
            return VoiceTurn(None, (*first, self.saying.line(phrases.GOODBYE)))
        call = Call("menu", locale=locale or self.call.locale, is_proven=self.call.is_proven)
        return self.ask(call, first)

    def to_events(self, page: int = 0) -> VoiceTurn:
        listed = self.saying.page(page)
        if not listed:
            return self.to_menu((self.saying.line(phrases.NO_EVENTS),))
        ids = tuple(event.public_id for event in listed)
        return self.ask(replace(self.call, step="events", page=page, listed=ids))

    def register(self, *, wants_texts: bool = False, wants_calls: bool = False) -> VoiceTurn:
        refusal = self.saying.refusal(self.facts.event)
        if refusal is not None:
            return self.to_menu((refusal,))
        call = self.call
        asked = Register(
            call.event_public_id,
            call.party_size,
            call.locale,
            wants_texts=wants_texts,
            wants_calls=wants_calls,
        )
        return VoiceTurn(call, (), asked)

    def proven(self, call: Call) -> VoiceTurn:
        """What only those get who entered a code."""
        found = self.facts.registrations[:_MOST_LISTED]
        if call.wants == "hear":
            read = (*self.saying.read_aloud(found), *self.saying.last_text())
            # What waits for an answer is said last, when everything else was heard.
            return self.ask(replace(call, step="offer"), read) if self.facts.offer else self.to_menu(read)
        if call.wants == "calls":
            return self.ask(replace(call, step="calls_again"))
        if not found:
            return self.to_menu((self.saying.line(phrases.NO_REGISTRATIONS),))
        return self.ask(replace(call, step="pick", listed=tuple(str(one.id) for one in found)))

    def person(self, reason: Literal["asked", "not_understood"]) -> VoiceTurn:
        """Hands over to a person, which ends the call."""
        if not self.facts.has_number:
            return VoiceTurn(None, self.saying.in_every_language(phrases.PERSON_WITHOUT_NUMBER))
        return VoiceTurn(None, self.saying.in_every_language(phrases.PERSON), AskPerson(reason))

    def missed(self, instead: Line | None = None) -> VoiceTurn:
        """Asks again; the third time a person is asked."""
        misses = self.call.misses + 1
        if misses >= _MOST_MISSES and self.call.purpose:
            # Most likely a machine that was taken for a person: nobody waits for a call back.
            return self.to_menu()
        if misses >= _MOST_MISSES:
            return self.person("not_understood")
        first = instead or self.saying.line(phrases.NOT_UNDERSTOOD)
        # Without a language the question itself says it best.
        turn = self.ask(self.call, (first,) if self.call.locale else ())
        return replace(turn, call=replace(turn.call, misses=misses)) if turn.call else turn

    # What became of an attempt.

    def checked(self, outcome: Checked) -> VoiceTurn:
        if outcome == "right":
            self.call = replace(self.call, is_proven=True)
            return self.counted(self.proven(self.call))
        if outcome == "wrong":
            return self.counted(self.missed(self.saying.line(phrases.CODE_WRONG)))
        return self.counted(self.to_menu((self.saying.line(phrases.CODE_TOO_OFTEN),)))

    def done(
        self, outcome: Outcome | CallsStarted, action: Attempt | AskPerson | StopCalls | None
    ) -> VoiceTurn:
        return self.counted(self.to_menu(self.saying.result(outcome, action)))

    def counted(self, turn: VoiceTurn) -> VoiceTurn:
        """The turn under the number of the visit that the attempt had."""
        return replace(turn, call=replace(turn.call, visit=self.call.visit)) if turn.call else turn

    # What is said.

    def ask(self, call: Call, first: tuple[Line, ...] = (), event: EventFacts | None = None) -> VoiceTurn:
        """Puts the question of a step, or says that what it is about is gone."""
        said = _Answer(replace(call, misses=0), "", replace(self.facts, event=event or self.facts.event))
        lines = said.saying.question()
        return (
            VoiceTurn(said.call, (*first, *lines))
            if lines
            else said.to_menu((said.saying.line(phrases.GONE),))
        )


#: How the answer to each question is read; None when it is none.
_HEARD: Mapping[Step, Callable[[_Answer], VoiceTurn | None]] = {
    "language": _Answer.hear_language,
    "menu": _Answer.hear_menu,
    "events": _Answer.hear_events,
    "party": _Answer.hear_party,
    "confirm": _Answer.hear_confirm,
    "texts": _Answer.hear_texts,
    "code": _Answer.hear_code,
    "pick": _Answer.hear_pick,
    "confirm_cancel": _Answer.hear_confirm_cancel,
    "new_party": _Answer.hear_new_party,
    "confirm_party": _Answer.hear_confirm_party,
    "offer": _Answer.hear_offer,
    "owed": _Answer.hear_owed,
    "calls_again": _Answer.hear_calls_again,
}


def _nth(listed: tuple[str, ...], key: str) -> str | None:
    """What a key stands for among things that are counted from 1."""
    is_named = len(key) == 1 and key in "12345678" and int(key) <= len(listed)
    return listed[int(key) - 1] if is_named else None
