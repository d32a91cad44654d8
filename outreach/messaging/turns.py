"""What goes into one turn of the dialogue and what comes out of it: plain values, nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Self

from outreach.i18n import LANGUAGES
from outreach.messaging.phrases import MessageFacts, Phrase, Say, When

#: An unfinished conversation is kept for so long, and after a pause it is taken up only on request.
KEPT_FOR = timedelta(days=3)
PAUSE = timedelta(hours=2)

#: The question that was asked last.
Step = Literal[
    "language", "menu", "events", "pick", "registration", "offer", "reminder", "which_coming", "which_not",
    "party", "needs", "confirm", "new_party", "confirm_party", "confirm_cancel", "stopped", "news",
    "delete",
]  # fmt: skip
#: What an answer to a question may be.
Takes = Literal["language", "menu", "list", "party", "yes_or_no", "yes_or_party"]
STEPS: Mapping[Step, Takes] = {
    "language": "language",
    "menu": "menu",
    "events": "list",
    "pick": "list",
    "registration": "list",
    "which_coming": "list",
    "which_not": "list",
    "party": "party",
    "needs": "list",
    "confirm": "yes_or_party",
    "new_party": "party",
    "confirm_party": "yes_or_party",
    "confirm_cancel": "yes_or_no",
    "offer": "yes_or_no",
    "reminder": "yes_or_no",
    "stopped": "yes_or_no",
    "news": "yes_or_no",
    "delete": "yes_or_no",
}
#: Steps in which a guest has begun something that is worth taking up again.
_DRAFTS: frozenset[Step] = frozenset(
    {"party", "needs", "confirm", "new_party", "confirm_party", "confirm_cancel"}
)


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a conversation stands, small enough for a row of a table."""

    step: Step
    #: Empty while the guest has not chosen one.
    locale: str
    asked_at: datetime
    #: The event that the step is about, if any.
    event_public_id: str = ""
    #: The registration that the step is about; 0 for none.
    registration_id: int = 0
    party_size: int = 0
    #: Of `drafts.OFFERS`, what the party asked for.
    needs: tuple[str, ...] = ()
    #: Public ids of the events that were listed by number.
    listed: tuple[str, ...] = ()
    #: Answers in a row that could not be read.
    misses: int = 0

    @property
    def expires_at(self) -> datetime:
        """From here on the conversation is forgotten."""
        return self.asked_at + KEPT_FOR

    def is_resting(self, now: datetime) -> bool:
        """Whether a draft lies so long that it is taken up only when the guest says so."""
        return self.step in _DRAFTS and now - self.asked_at > PAUSE

    def is_over(self, now: datetime) -> bool:
        """Whether nothing is left to answer: forgotten, or a menu whose numbers are long out of sight."""
        is_lasting = self.step in _DRAFTS or self.step == "language"
        return now >= self.expires_at or (not is_lasting and now - self.asked_at > PAUSE)

    def to_json(self) -> dict[str, str | int]:
        """Strings and whole numbers only."""
        return {
            "step": self.step,
            "locale": self.locale,
            "asked_at": self.asked_at.isoformat(),
            "event_public_id": self.event_public_id,
            "registration_id": self.registration_id,
            "party_size": self.party_size,
            "needs": " ".join(self.needs),
            "listed": " ".join(self.listed),
            "misses": self.misses,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self | None:
        """What `to_json` gave, or None for what another version wrote and this one cannot read."""
        try:
            lists = {name: tuple(value.get(name, "").split()) for name in ("needs", "listed")}
            found = cls(**{**value, **lists, "asked_at": datetime.fromisoformat(value["asked_at"])})
        except (AttributeError, KeyError, TypeError, ValueError):
            return None
        is_known = found.step in STEPS and (not found.locale or found.locale in LANGUAGES)
        return found if is_known else None


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event, as far as a conversation speaks of it."""

    public_id: str
    #: Short titles by locale; the original language is always among them.
    titles: Mapping[str, str]
    source_locale: str
    when: When
    #: As in `MessageFacts`.
    street: str
    #: Seats in all, taken or not; None when there is no limit.
    capacity: int | None = None
    #: Seats that a new party can take; None when there is no limit.
    seats_left: int | None = None
    #: Whether a new party of any size would wait.
    is_full: bool = False
    #: Whether guests sign up here, and still can.
    is_open: bool = True
    is_cancelled: bool = False
    #: Officers take part, which the first question says.
    is_police_present: bool = False
    has_started: bool = False
    #: Of `drafts.OFFERS`, and in their order: what a party can ask for.
    offers: tuple[str, ...] = ()
    #: How many reminders its guests get.
    reminders: int = 0

    def title(self, locale: str) -> str:
        """The title in a language, or else in its original one."""
        return self.titles.get(locale) or self.titles[self.source_locale]


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """One registration of this phone, for an event that is still to come and takes place."""

    id: int
    event: EventFacts
    party_size: int
    code: str
    #: Why it waits, for one on the waiting list.
    waiting: Phrase | None = None
    #: Whether its guest wants texts or calls about it.
    gets_texts: bool = True

    def told(self, locale: str) -> MessageFacts:
        """The registration as texts speak of it."""
        event = self.event
        return MessageFacts(
            event.title(locale), event.when, event.street, self.party_size, self.code, waiting=self.waiting
        )


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """Seats that were offered to a waiting party of this phone and not answered yet."""

    registration: RegistrationFacts
    offered_at: datetime
    #: May have passed: for a day or so a late yes deserves an answer as well.
    expires_at: datetime
    expires_local: datetime


@dataclass(frozen=True, slots=True)
class ReminderFacts:
    """A reminder that asked whether a party is coming, and that nobody has answered yet."""

    registration: RegistrationFacts
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class NewsAsked:
    """A question whether a number that was typed in wants news, which nobody has answered yet."""

    scope: str
    whose: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class NewsTold:
    """The last news that this phone got."""

    scope: str
    event: EventFacts
    told_at: datetime


@dataclass(frozen=True, slots=True)
class NewsFacts:
    """What this phone has to do with news of events."""

    #: Whose events the region's news is about.
    region: str = ""
    #: Scope and name of each list that it is on.
    lists: tuple[tuple[str, str], ...] = ()
    asked: NewsAsked | None = None
    told: NewsTold | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a turn needs to know; the caller looks it up before every turn."""

    #: In the order of the menu; never empty.
    offered_locales: tuple[str, ...]
    #: The language this phone has chosen before.
    known_locale: str | None = None
    #: The event whose keyword is `keywords.folded_word` of the text.
    keyword_event: EventFacts | None = None
    #: The language of the poster that says it; empty where the word is everybody's.
    keyword_locale: str = ""
    #: The event of the stored state's `event_public_id`.
    event: EventFacts | None = None
    #: The soonest event first.
    registrations: tuple[RegistrationFacts, ...] = ()
    #: The latest one.
    offer: OfferFacts | None = None
    #: The soonest event first.
    reminders: tuple[ReminderFacts, ...] = ()
    #: The events of the stored state's `listed`, in that order.
    listed: tuple[EventFacts, ...] = ()
    #: The next events of the coming days, where `dialogue.asks_for_events` says that they are asked for.
    coming: tuple[EventFacts, ...] = ()
    news: NewsFacts = NewsFacts()
    #: What kinds of things are held of the number, where `dialogue.asks_what_is_held`; message ids.
    held: tuple[str, ...] = ()
    #: Where the public pages are.
    site: str = ""
    #: Too many texts in too short a time, or one again and again: most likely a machine.
    is_loop: bool = False

    def registration(self, registration_id: int) -> RegistrationFacts | None:
        """One of the registrations, unless it is gone."""
        return next((one for one in self.registrations if one.id == registration_id), None)


@dataclass(frozen=True, slots=True)
class Register:
    """Registers this phone; comes out as Told, AlreadyRegistered or Refused."""

    event_public_id: str
    party_size: int
    locale: str
    needs: tuple[str, ...] = ()
    #: Whether the guest agreed to texts; who signs up by text does.
    wants_texts: bool = True
    #: Whether the guest agreed to be called instead.
    wants_calls: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancels a registration; comes out as GivenUp or Refused."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class ChangeParty:
    """Changes a party; comes out as PartyChanged, PartyNotChanged or Refused."""

    registration_id: int
    party_size: int


@dataclass(frozen=True, slots=True)
class AcceptOffer:
    """Takes offered seats; comes out as Told, OfferLate or Refused."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class DeclineOffer:
    """Lets offered seats go; comes out as OfferDeclined, OfferLate or Refused."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class Reaffirm:
    """Notes that a party said again that it is coming; comes out as Reaffirmed or Refused."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Puts the conversation before a person; nothing can come of it that the guest must be told."""

    reason: Literal["asked", "not_understood"]


@dataclass(frozen=True, slots=True)
class AskCall:
    """Puts this phone among those that a person calls back; nothing can come of it as above."""


@dataclass(frozen=True, slots=True)
class EndTexts:
    """Ends texts about one registration, and starts none; nothing can come of it as above."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class StartTexts:
    """Lets texts about one registration begin again; nothing can come of it as above."""

    registration_id: int


@dataclass(frozen=True, slots=True)
class RememberLocale:
    """Keeps the chosen language of this phone; nothing can come of it that the guest must be told."""

    locale: str


@dataclass(frozen=True, slots=True)
class StartNews:
    """Puts this phone on a list of news; nothing can come of it that the guest must be told."""

    scope: str


@dataclass(frozen=True, slots=True)
class EndNews:
    """Takes this phone off lists of news, for good; nothing can come of it that the guest must be told."""

    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeleteAll:
    """Forgets whoever has this phone; nothing can come of it that the guest must be told."""


#: What may come out one way or another: `dialogue.concluded` says which.
Attempt = Register | Cancel | ChangeParty | AcceptOffer | DeclineOffer | Reaffirm
Action = (
    Attempt | AskPerson | AskCall | EndTexts | StartTexts | RememberLocale | StartNews | EndNews | DeleteAll
)


@dataclass(frozen=True, slots=True)
class Told:
    """Registered, or seated by an offer, or waiting: `facts.waiting` says which."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class AlreadyRegistered:
    """There was a registration, and it stays as it was."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class PartyChanged:
    """The party has its new size, with seats or on the waiting list."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class PartyNotChanged:
    """There are not enough seats; `facts` has the old size."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class GivenUp:
    """The registration is canceled."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """The offered seats go to others; `facts.waiting` is set if the party keeps a place in the list."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class OfferLate:
    """The offered seats were gone already; `facts.waiting` as in OfferDeclined."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class Reaffirmed:
    """It is noted that the party is coming."""

    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done. `event` is None when the event or the registration is gone."""

    reason: Literal["full", "closed", "cancelled", "started", "gone"]
    event: EventFacts | None = None


Outcome = (
    Told
    | AlreadyRegistered
    | PartyChanged
    | PartyNotChanged
    | GivenUp
    | OfferDeclined
    | OfferLate
    | Reaffirmed
    | Refused
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of ours. Only to a suspected loop it has neither replies nor an action."""

    #: To be stored until its `expires_at`; None when nothing is open.
    state: Dialogue | None
    #: Each is one text in `locale`. Empty beside an Attempt, until it is concluded.
    replies: tuple[Say, ...]
    action: Action | None
    locale: str
