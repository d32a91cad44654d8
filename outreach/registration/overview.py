"""What an organizer may know of who is coming: numbers, needs, answers and a list; never a phone number.

Languages are told as a number of groups that need an interpreter, never beside a name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from outreach.database import db
from outreach.events.drafts import OFFERS
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.events.questions import Question
from outreach.i18n import LANGUAGES
from outreach.registration.guests import open_guest, open_party
from outreach.registration.models import Registration
from outreach.vault import Vault

#: Who has seats, or has them kept for an answer.
_COMING = ("confirmed", "offered")


@dataclass(frozen=True, slots=True)
class Party:
    """One line of the list."""

    id: int
    code: str
    first_name: str
    #: confirmed, offered or waitlisted.
    state: str
    size: int
    arrived: int
    needs: tuple[str, ...]
    door: str
    #: 1 for the next of the waiting list; 0 for a party that does not wait.
    place: int = 0
    #: Whether it answered a reminder with "I am coming".
    is_reaffirmed: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What parties said to one question: how often each answer, or the texts without saying whose."""

    question: Question
    counted: tuple[tuple[str, int], ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything about the guests of one event that its organizer may know."""

    parties: tuple[Party, ...]
    #: Parties that are coming and need an interpreter, by the language they registered in.
    interpreters: Mapping[str, int] = field(default_factory=dict)
    #: Parties that are coming and asked for other help, and people in them.
    needs: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    summaries: tuple[Summary, ...] = ()

    def people(self, *states: str) -> int:
        """How many people are in parties of these states."""
        return sum(party.size for party in self.parties if party.state in states)

    def groups(self, *states: str) -> int:
        """How many parties are in these states."""
        return sum(party.state in states for party in self.parties)

    @property
    def reaffirmed(self) -> tuple["Party", ...]:
        """Parties with seats that said again that they are coming."""
        return tuple(party for party in self.parties if party.is_reaffirmed and party.state == "confirmed")

    @property
    def arrived(self) -> int:
        """How many people of parties are in the room."""
        return sum(party.arrived for party in self.parties)


def overview(event: Event, *, vault: Vault) -> Overview:
    """The guests of an event as its organizer may see them, those with seats first, in one query."""
    rows = db.session.scalars(
        select(Registration)
        .options(joinedload(Registration.guest))
        .where(Registration.event_id == event.id, Registration.state.in_((*_COMING, "waitlisted")))
        .order_by(Registration.queued_at, Registration.id)
    ).all()
    facts = {row.id: open_guest(vault, row.guest.sealed) for row in rows}
    coming = [row for row in rows if row.state in _COMING]
    waiting = [row for row in rows if row.state == "waitlisted"]
    places = {row.id: place for place, row in enumerate(waiting, start=1)}
    answers = [open_party(vault, row.sealed).answers for row in coming]
    return Overview(
        parties=tuple(
            Party(
                id=row.id,
                code=row.code,
                first_name=facts[row.id].first_name,
                state=row.state,
                size=row.party_size,
                arrived=row.arrived_count,
                needs=tuple(offer for offer in OFFERS if offer in row.needs),
                door=row.door,
                place=places.get(row.id, 0),
                is_reaffirmed=row.is_reaffirmed,
            )
            for row in (*coming, *waiting)
        ),
        interpreters=_by_language(facts[row.id].locale for row in coming if "interpreter" in row.needs),
        needs={
            offer: (len(sizes), sum(sizes))
            for offer in OFFERS
            if (sizes := [row.party_size for row in coming if offer in row.needs])
        },
        summaries=tuple(_summary(question, answers) for question in KINDS[event.kind].questions),
    )


def _by_language(locales: Iterable[str]) -> dict[str, int]:
    counted = Counter(locales)
    return {locale: counted[locale] for locale in LANGUAGES if locale in counted}


def _summary(question: Question, answers: list[dict[str, str]]) -> Summary:
    given = [found[question.key] for found in answers if question.key in found]
    if not question.answers:
        # In the order of the alphabet, which is nobody's place in the list.
        return Summary(question, texts=tuple(sorted(given, key=str.casefold)))
    counted = Counter(given)
    return Summary(
        question,
        counted=tuple((label, counted[value]) for value, label in question.answers if counted[value]),
    )
