"""Whether people who were in one room also met: what they said on leaving, and whose cards met again; pure.

To be in one room is presence. Only these figures touch contact, and neither says what people think of
each other.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import Self

from outreach.engagement import encounters, measures
from outreach.engagement.bounds import wilson_range
from outreach.engagement.encounters import Encounters
from outreach.engagement.figures import RANGE_LABELS, TOO_FEW_TO_SHOW, Row, Unit
from outreach.engagement.measures import LIKELY_RANGE_EVENTS, Measure
from outreach.i18n import N_

#: So many answers of yes and of no must be there before anything is told: no zeros, no hundreds.
LEAST_ANSWERS = 10

NOT_ASKED = N_("No event asked the question on leaving.")
NO_CARDS = N_("No quarter had enough connection cards.")


@dataclass(frozen=True, slots=True)
class Talk:
    """The question on leaving, added up over events."""

    events: int = 0
    talked: int = 0
    did_not: int = 0
    #: Everybody in the room: heads, or ballots where nobody counted heads.
    people: int = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

    @property
    def answers(self) -> int:
        """Ballots that say yes or no."""
        return self.talked + self.did_not

    @property
    def silent(self) -> int:
        """People who preferred not to say, or left without a ballot."""
        return self.people - self.answers


@dataclass(frozen=True, slots=True)
class Contact:
    """What a period's report says of contact. `met` is None where no quarter had enough cards."""

    talk: Talk = Talk()
    met: Encounters | None = None
    #: Whether any organization uses cards, so that it is worth a word that there are not enough.
    uses_cards: bool = False


def talked(talk: Talk) -> Measure:
    """Yes out of yes and no, 0 to 1, with the Wilson range; it is about answers, not about people.

    Nothing of a few events or answers, counts only under 10 events, and none below 60% answered: who
    talked with nobody may leave first.
    """
    hidden = _hidden(talk)
    if hidden:
        return hidden
    reason = _too_little(talk)
    if reason is None and 100 * talk.answers < measures.LEAST_ANSWERED_PERCENT * talk.people:
        reason = measures.LOW_RESPONSE
    if reason:
        return Measure(talk.talked, talk.answers, reason=reason)
    low, high = wilson_range(talk.talked, talk.answers)
    kind: measures.RangeKind = "likely" if talk.events >= LIKELY_RANGE_EVENTS else "rough"
    return Measure(talk.talked, talk.answers, talk.talked / talk.answers, low, high, kind)


def talked_at_least(talk: Talk) -> Measure:
    """Yes out of everybody in the room, as if all who did not say had said no."""
    return _out_of_people(talk, talk.talked)


def talked_at_most(talk: Talk) -> Measure:
    """The same as if all who did not say had said yes."""
    return _out_of_people(talk, talk.talked + talk.silent)


def talk_answered(talk: Talk) -> Measure:
    """Yes and no out of everybody in the room, 0 to 1."""
    return _hidden(talk) or Measure(talk.answers, talk.people, talk.answers / talk.people)


def rows(contact: Contact) -> list[Row]:
    """The figures of contact, in the order in which they are read."""
    talk = contact.talk
    made = [
        _row("talk_events", "events", talk.events),
        _row("talked", "share", talked(talk)),
        _row("talked_at_least", "share", talked_at_least(talk)),
        _row("talked_at_most", "share", talked_at_most(talk)),
        _row("talk_answered", "share", talk_answered(talk)),
    ]
    return made + [_row(name, unit, _of_cards(contact, measure)) for name, unit, measure in _CARD_FIGURES]


def _of_cards(contact: Contact, measure: Callable[[Encounters], Measure]) -> Measure:
    return Measure(0, 0, reason=NO_CARDS) if contact.met is None else measure(contact.met)


_CARD_FIGURES: tuple[tuple[str, Unit, Callable[[Encounters], Measure]], ...] = (
    ("seen_again", "share", encounters.seen_again),
    ("newcomers_reached", "share", encounters.newcomers_reached),
    ("newcomers_reached_again", "share", encounters.newcomers_reached_again),
    ("residents_reached", "share", encounters.residents_reached),
    ("residents_reached_again", "share", encounters.residents_reached_again),
    ("pairs_met", "share", encounters.pairs_met),
    ("pairs_met_by_chance", "share", encounters.pairs_met_by_chance),
    ("pairs_met_again", "share", encounters.pairs_met_again),
    ("pairs_met_again_by_chance", "share", encounters.pairs_met_again_by_chance),
    ("assortativity", "index", encounters.assortativity),
)


def can_be_told(talk: Talk) -> bool:
    """Whether so many events and answers of both sorts made it that nobody's can be guessed."""
    return talk.events >= encounters.LEAST_EVENTS and min(talk.talked, talk.did_not) >= LEAST_ANSWERS


def _hidden(talk: Talk) -> Measure | None:
    if not talk.events:
        return Measure(0, 0, reason=NOT_ASKED)
    return None if can_be_told(talk) else Measure(0, 0, reason=TOO_FEW_TO_SHOW)


def _too_little(talk: Talk) -> str | None:
    return measures.FEW_EVENTS if talk.events < measures.ROUGH_RANGE_EVENTS else None


def _out_of_people(talk: Talk, part: int) -> Measure:
    reason = _too_little(talk)
    return _hidden(talk) or Measure(part, talk.people, None if reason else part / talk.people, reason=reason)


def _row(name: str, unit: Unit, figure: Measure | int) -> Row:
    label, how = _SAID[name]
    if isinstance(figure, int):
        return Row(name, label, unit, figure, None, None, None, figure, None, None, how)
    return Row(
        id=name,
        label=label,
        unit=unit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        range_label=RANGE_LABELS[figure.range_kind] if figure.range_kind else None,
        numerator=figure.numerator,
        denominator=figure.denominator,
        reason=figure.reason,
        how=how,
    )


_CARDS_ONLY = N_(
    "Counted. Only people who carry a connection card, in rooms of up to 60 people, within one quarter."
    " They chose to carry one, so they are not like everybody."
)
_BY_LOT = N_("Worked out. The average if the same people, in the same rooms, had drawn their groups by lot.")

#: Label, and how it was made.
_SAID = {
    "talk_events": (
        N_("Events that asked on leaving"),
        N_("Counted. Events where people could say on leaving whether they had talked."),
    ),
    "talked": (
        N_("Talked with somebody of a different background"),
        N_(
            "Counted. Answers that say yes, for at least five minutes, out of answers that say yes or no. The"
            " range shows how much so few answers can tell."
        ),
    ),
    "talked_at_least": (
        N_("Talked with somebody of a different background, at least"),
        N_("Counted. The same out of all people in the room, as if those who did not say had not talked."),
    ),
    "talked_at_most": (
        N_("Talked with somebody of a different background, at most"),
        N_("Counted. The same as if all people who did not say had talked."),
    ),
    "talk_answered": (
        N_("People who answered on leaving"),
        N_("Counted. Answers that say yes or no, out of all people in the room."),
    ),
    "seen_again": (
        N_("Card holders who were with the same person of the other group twice or more"),
        _CARDS_ONLY,
    ),
    "newcomers_reached": (N_("Newcomers who were with a long-time resident"), _CARDS_ONLY),
    "newcomers_reached_again": (
        N_("Newcomers who were with the same long-time resident twice or more"),
        _CARDS_ONLY,
    ),
    "residents_reached": (N_("Long-time residents who were with a newcomer"), _CARDS_ONLY),
    "residents_reached_again": (
        N_("Long-time residents who were with the same newcomer twice or more"),
        _CARDS_ONLY,
    ),
    "pairs_met": (N_("Pairs of a newcomer and a long-time resident who were together"), _CARDS_ONLY),
    "pairs_met_by_chance": (N_("Pairs who were together, if left to chance"), _BY_LOT),
    "pairs_met_again": (
        N_("Pairs of a newcomer and a long-time resident who were together twice or more"),
        _CARDS_ONLY,
    ),
    "pairs_met_again_by_chance": (N_("Pairs who were together twice or more, if left to chance"), _BY_LOT),
    "assortativity": (
        N_("How much card holders keep to their own group"),
        N_(
            "Worked out. From -1 to 1: 1 means that all meetings are within a group, and chance lies slightly"
            " below 0. Each meeting counts less in a larger room."
        ),
    ),
}
