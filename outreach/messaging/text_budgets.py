"""What every text that we send takes in a language, against what it may take; pure.

Each is filled with the facts of one event, in plain letters: what is dear then is our own wording or the
day. A sentence that is added to the phrases is found here by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from outreach.events.drafts import OFFERS
from outreach.hours import ROUTINE
from outreach.i18n import LANGUAGES, translator
from outreach.messaging import phrases
from outreach.messaging.estimates import PARTS_BUDGET, dear_letters
from outreach.messaging.phrases import (
    EventMenu,
    LanguageMenu,
    MessageFacts,
    NeedsMenu,
    Notice,
    Phrase,
    Say,
    Value,
    When,
    described,
    needs,
    text_of,
)
from outreach.messaging.segments import Segments, measure
from outreach.registration.waitlist import TOO_FEW

#: A day whose name is long in English.
A_WEDNESDAY = date(2026, 9, 30)

#: Changes say what was and what is, and are worth a part more.
_CHANGE_BUDGET = 3
_CHANGES = frozenset({"MOVED", "MOVED_WAITING", "CANCELED", "CANCELED_BECAUSE", "SEATS_OFFERED"})
#: Words within texts, never sent alone.
_FRAGMENTS = frozenset({"ONLINE", "NO_TEXTS", "TEXTS"})


@dataclass(frozen=True, slots=True)
class TextBudget:
    """One text as it is sent in a language, under the name that its sentence has in the phrases."""

    name: str
    body: str
    segments: Segments
    budget: int

    @property
    def is_over(self) -> bool:
        """Whether it takes more parts than it may."""
        return self.segments.parts > self.budget

    @property
    def dear_letters(self) -> tuple[str, ...]:
        """The letters that made it dear; empty where its whole script is."""
        return dear_letters(self.body)


def text_budgets(locale: str, on: date = A_WEDNESDAY) -> list[TextBudget]:
    """Every text in a language, about an event on a day: names of days cost more or less."""
    t = translator(locale)
    return [
        TextBudget(name, body, measure(body), _CHANGE_BUDGET if name in _CHANGES else PARTS_BUDGET)
        for name, say in said(on)
        for body in [text_of(say, t)]
    ]


def said(on: date) -> Iterator[tuple[str, Say]]:
    """What is said in every text about an event on a day, by the name of its sentence."""
    facts = _facts(on)
    made = {**_notices(facts), **_menus(facts)}
    values = {**described(replace(facts, waiting=_WAITING)), **_OTHER_VALUES}
    for name, message in vars(phrases).items():
        if isinstance(message, str) and name[0].isalpha() and name.isupper() and name not in _FRAGMENTS:
            yield name, made.get(name) or Phrase(message, values)
    yield "languages", LanguageMenu(tuple(LANGUAGES)[:3], facts.title)


def _facts(on: date) -> MessageFacts:
    return MessageFacts(
        title="Welcoming Week Potluck",
        when=When(datetime.combine(on, time(10, 30))),
        street="4801 Linwood Blvd",
        party_size=3,
        code="482913",
        answer_by_local=datetime.combine(on - timedelta(days=1), time(14, 30)),
        kept_until=When(datetime.combine(on + timedelta(days=30), time()), is_all_day=True),
    )


_WAITING = Phrase(TOO_FEW, {"place": 3, "free": 2, "size": 4})
_OTHER_VALUES: Mapping[str, Value] = {
    "old": 2,
    "word": "POTLUK",
    "count": 18,
    "texts": Phrase(phrases.NO_TEXTS),
    "opens": ROUTINE.opens,
    "closes": ROUTINE.closes,
    "region": "Kansas City",
    "whose": "Kansas City",
    "needs": needs(("ride",)),
    "words": "Please come in by the back door.",
    "held": ("texts of these days", "sign-ups", "your yes or no to texts"),
    "link": "https://events.example.org/en/events/nmjxbr3crg",
}


def _notices(facts: MessageFacts) -> dict[str, Say]:
    waiting = replace(facts, waiting=_WAITING)
    return {
        "CONFIRMED": Notice("confirmation", facts),
        "WAITLISTED": Notice("confirmation", waiting),
        "DAY_BEFORE": Notice("day_before", facts),
        "TWO_HOURS_BEFORE": Notice("two_hours_before", facts),
        "TWO_HOURS_BEFORE_WITH_WAY_IN": Notice("two_hours_before", replace(facts, way_in="Ring twice")),
        "THANKS": Notice("thanks", facts),
        "MOVED": Notice("moved", facts),
        "MOVED_WAITING": Notice("moved", waiting),
        "CANCELED": Notice("cancelled", facts),
        "CANCELED_BECAUSE": Notice("cancelled", replace(facts, reason="The river is too high")),
        "SEATS_OFFERED": Notice("seat_offered", facts),
    }


def _menus(facts: MessageFacts) -> dict[str, Say]:
    mine = tuple((facts.title, facts.when) for _ in range(2))
    soon = tuple((facts.title, facts.when.local) for _ in range(4))
    return {
        "EVENTS": EventMenu(mine),
        "WHICH_COMING": EventMenu(mine, phrases.WHICH_COMING),
        "WHICH_NOT": EventMenu(mine, phrases.WHICH_NOT),
        "THIS_WEEK": EventMenu(soon, phrases.THIS_WEEK, is_cut_to_fit=True),
        "NEEDS": NeedsMenu(facts.title, tuple(OFFERS)),
    }
