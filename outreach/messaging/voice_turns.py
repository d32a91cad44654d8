"""What goes into one turn of a call and what comes out of it: plain values, nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, get_args

from outreach.messaging.phrases import Notice
from outreach.messaging.turns import (
    AcceptOffer,
    AskPerson,
    Cancel,
    ChangeParty,
    DeclineOffer,
    EventFacts,
    OfferFacts,
    Reaffirm,
    Register,
    RegistrationFacts,
)
from outreach.messaging.voice_phrases import Line

#: The question that was asked last.
Step = Literal[
    "language", "menu", "events", "party", "confirm", "texts", "code", "pick", "confirm_cancel", "new_party",
    "confirm_party", "offer", "owed", "calls_again",
]  # fmt: skip
_STEPS: frozenset[str] = frozenset(get_args(Step))
#: Answered by a number and the pound key; every other one by a single key.
NUMBER_STEPS: frozenset[Step] = frozenset({"party", "new_party", "code"})


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
    wants: Literal["hear", "cancel", "change", "calls"] = "hear"
    #: Whether a right code was entered in this call.
    is_proven: bool = False
    #: Answers in a row that could not be read.
    misses: int = 0
    #: Of a call that we placed what it is about: one of `due.SPOKEN`.
    purpose: str = ""

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
    #: Seats that wait for this number's answer; None until the call is proven.
    offer: OfferFacts | None = None
    #: What a call that we placed tells; None when it is gone.
    owed: Notice | None = None
    #: Our last text to this number; None until the call is proven, or when there is none.
    last_text: Line | None = None
    #: Whether calls and texts to this number were ended; looked up when somebody signs up.
    is_stopped: bool = False
    #: Whether calls that a key ended may begin again without a code; looked up in the menu.
    needs_no_code: bool = False
    #: Of the offered ones those of which only our own sentences can be said, because they are recorded.
    recorded_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CheckCode:
    """Looks whether a code is one of this number's; comes out as Checked."""

    code: str


@dataclass(frozen=True, slots=True)
class StopCalls:
    """Ends all calls and texts to this number; nothing can come of it that the guest must be told."""


@dataclass(frozen=True, slots=True)
class StartCalls:
    """Lets calls and texts begin again that a key ended; comes out as CallsStarted."""


@dataclass(frozen=True, slots=True)
class CallsStarted:
    """Calls may be placed; or not, where a text ended them."""

    is_so: bool


#: What came of a code.
Checked = Literal["right", "wrong", "too_often"]
Attempt = Register | Cancel | ChangeParty | AcceptOffer | DeclineOffer | Reaffirm | CheckCode | StartCalls


@dataclass(frozen=True, slots=True)
class VoiceTurn:
    """One answer of ours."""

    #: The question that is open now; None when we hang up.
    call: Call | None
    #: Empty beside an Attempt, until it is concluded.
    lines: tuple[Line, ...]
    action: Attempt | AskPerson | StopCalls | None = None
