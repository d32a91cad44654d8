"""From an event's parties to the totals that stay when they are forgotten; pure.

A total remembers that forty people registered by text and thirty came; nothing of who they were.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class PartyOutcome:
    """What became of one party, as far as any total asks."""

    door: str
    #: confirmed, waitlisted, offered or cancelled.
    state: str
    size: int
    arrived: int
    is_reaffirmed: bool = False
    #: Whether a reminder is known to have reached it.
    is_reminded: bool = False
    #: What texts and calls to it cost, about.
    cents: float = 0.0


@dataclass(frozen=True, slots=True)
class Turnout:
    """Totals of parties; two of them can be added. The names are those of `EventTurnout`."""

    parties: int = 0
    people: int = 0
    arrived: int = 0
    parties_arrived: int = 0
    waiting: int = 0
    cancelled: int = 0
    reaffirmed: int = 0
    reminded: int = 0
    reminded_arrived: int = 0
    cents: float = 0.0

    def __add__(self, other: "Turnout") -> "Turnout":
        return Turnout(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    @property
    def absent(self) -> int:
        """People with seats who did not come and did not say so."""
        return self.people - self.arrived

    @property
    def unreminded(self) -> int:
        """Parties with seats that no reminder is known to have reached."""
        return self.parties - self.reminded

    @property
    def unreminded_arrived(self) -> int:
        """Those of them of whom anybody arrived."""
        return self.parties_arrived - self.reminded_arrived


NAMES = tuple(field.name for field in fields(Turnout))


def by_door(parties: Iterable[PartyOutcome]) -> dict[str, Turnout]:
    """The totals of each door that anybody came through."""
    found: dict[str, Turnout] = defaultdict(Turnout)
    for party in parties:
        found[party.door] += _of(party)
    return dict(found)


def _of(party: PartyOutcome) -> Turnout:
    if party.state == "confirmed":
        came = party.arrived > 0
        return Turnout(
            parties=1,
            people=party.size,
            arrived=party.arrived,
            parties_arrived=int(came),
            reaffirmed=int(party.is_reaffirmed),
            reminded=int(party.is_reminded),
            reminded_arrived=int(party.is_reminded and came),
            cents=party.cents,
        )
    if party.state == "cancelled":
        return Turnout(cancelled=1, cents=party.cents)
    return Turnout(waiting=1, cents=party.cents)
