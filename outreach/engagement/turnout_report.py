"""Registrations and reminders of a period: who came through which door, and what reminders go with.

Pure. Of the region no number from 1 to 9 is said, nor one that would give it away; an organization may
read its own small numbers, for its people were at the door.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from outreach.engagement.bounds import wilson_range
from outreach.engagement.figures import RANGE_LABELS, Row, Unit
from outreach.engagement.measures import LIKELY_RANGE_EVENTS, NOT_ENOUGH_ANSWERS, RangeKind
from outreach.i18n import N_
from outreach.registration.turnout import Turnout

#: Below this many people or groups a number is not said.
LEAST_SHOWN = 10
OTHERS = "others"

TOO_SMALL = N_("A number here is below 10, so we do not show it.")
NOBODY = N_("Nobody registered.")
CAVEAT = N_(
    "Nobody drew lots for who gets a reminder. Guests who leave a number may have been more likely to come"
    " anyway, so this does not show that reminders work."
)
MAY_BE_CHANCE = N_("The two ranges overlap. The difference may be chance.")
REMINDED_CAME_MORE = N_("Groups that a reminder reached came more often than the others.")
REMINDED_CAME_LESS = N_("Groups that a reminder reached came less often than the others.")


@dataclass(frozen=True, slots=True)
class Totals:
    """What was kept of the events of a period; `is_own` says that they are of the reader's organization."""

    events: int
    #: People who came without registering.
    walk_ins: int
    doors: Mapping[str, Turnout]
    #: People by the language they registered in, of the whole region.
    languages: Mapping[str, int]
    is_own: bool

    @property
    def all(self) -> Turnout:
        """All doors together."""
        return sum(self.doors.values(), Turnout())


@dataclass(frozen=True, slots=True)
class Part:
    """One door or language: how many people, and how many of them came where that may be said."""

    id: str
    people: int
    arrived: int | None = None


def rows(totals: Totals) -> list[Row]:
    """The figures of the page and its file, in the order in which they are read."""
    found, least = totals.all, 1 if totals.is_own else LEAST_SHOWN
    guests = found.arrived + totals.walk_ins
    return [
        _count("events", totals.events, 1),
        _count("people", found.people, least),
        _count("walk_ins", totals.walk_ins, least),
        _share("absent", found.absent, found.people, least),
        _count("waiting", found.waiting, least),
        _count("cancelled", found.cancelled, least),
        _share("reaffirmed", found.reaffirmed, found.parties, least),
        _rate("reminded_came", found.reminded_arrived, found.reminded, least),
        _rate("unreminded_came", found.unreminded_arrived, found.unreminded, least),
        _cost(found.cents, guests, least),
    ]


def comparison(found: list[Row]) -> list[str]:
    """What may be said of coming with a reminder and without; nothing where one of the two is unknown."""
    by_id = {row.id: row for row in found}
    with_one, without = by_id["reminded_came"], by_id["unreminded_came"]
    if with_one.low is None or with_one.high is None or without.low is None or without.high is None:
        return []
    if with_one.low > without.high:
        return [REMINDED_CAME_MORE, CAVEAT]
    if with_one.high < without.low:
        return [REMINDED_CAME_LESS, CAVEAT]
    return [MAY_BE_CHANCE, CAVEAT]


def doors(totals: Totals) -> list[Part]:
    """The doors, most people first; small ones together as "others", which then holds at least two."""
    parts = [Part(door, found.people, found.arrived) for door, found in totals.doors.items() if found.people]
    if totals.is_own:
        return sorted(parts, key=_most_first)
    folded = _folded(parts)
    hidden = [part for part in folded if not _can_be_split(part)]
    if len(hidden) == 1:
        # The total of all doors is known, so that one left out alone could be worked out.
        hidden += sorted((part for part in folded if part not in hidden), key=_most_first)[-1:]
    return [Part(part.id, part.people) if part in hidden else part for part in folded]


def languages(totals: Totals) -> list[Part]:
    """The languages of the region, most people first, small ones together; never of one event."""
    return _folded([Part(locale, people) for locale, people in totals.languages.items() if people])


def _folded(parts: list[Part]) -> list[Part]:
    """Small parts as one; if that is small as well, the next larger one goes with them."""
    ranked = sorted(parts, key=_most_first)
    kept = [part for part in ranked if part.people >= LEAST_SHOWN]
    rest = ranked[len(kept) :]
    if rest and (len(rest) == 1 or sum(part.people for part in rest) < LEAST_SHOWN) and kept:
        rest.insert(0, kept.pop())
    people = sum(part.people for part in rest)
    if not rest or people < LEAST_SHOWN:
        return kept
    arrived = None if rest[0].arrived is None else sum(part.arrived or 0 for part in rest)
    return [*kept, Part(OTHERS, people, arrived)]


def _most_first(part: Part) -> tuple[int, str]:
    return -part.people, part.id


def _can_be_split(part: Part) -> bool:
    return part.arrived is None or not any(
        0 < number < LEAST_SHOWN for number in (part.arrived, part.people - part.arrived)
    )


def _count(name: str, count: int, least: int) -> Row:
    return _unsaid(name, TOO_SMALL) if 0 < count < least else _row(name, count, count, None)


def _share(name: str, part: int, whole: int, least: int) -> Row:
    if not whole:
        return _unsaid(name, NOBODY)
    if any(0 < number < least for number in (part, whole - part)):
        return _unsaid(name, TOO_SMALL)
    return _row(name, part / whole, part, whole)


def _rate(name: str, part: int, whole: int, least: int) -> Row:
    """A share with the range that so few groups leave; none under 10 of them, whoever reads it."""
    found = _share(name, part, whole, least)
    if found.value is None:
        return found
    if whole < LEAST_SHOWN:
        return _unsaid(name, NOT_ENOUGH_ANSWERS)
    low, high = wilson_range(part, whole)
    kind: RangeKind = "rough" if whole < LIKELY_RANGE_EVENTS else "likely"
    return replace(found, low=low, high=high, range_label=RANGE_LABELS[kind])


def _cost(cents: float, guests: int, least: int) -> Row:
    if not guests:
        return _unsaid("cents_per_guest", NOBODY)
    if guests < least:
        return _unsaid("cents_per_guest", TOO_SMALL)
    return _row("cents_per_guest", cents / guests, round(cents, 1), guests)


def _row(name: str, value: float, numerator: float, denominator: float | None) -> Row:
    label, unit, how = _LINES[name]
    return Row(name, label, unit, value, None, None, None, numerator, denominator, None, how)


def _unsaid(name: str, reason: str) -> Row:
    label, unit, how = _LINES[name]
    return Row(name, label, unit, None, None, None, None, 0, None, reason, how)


#: Label, unit, and how each was made.
_LINES: Mapping[str, tuple[str, Unit, str]] = {
    "events": (
        N_("Events that took registrations"),
        "events",
        N_("Counted. Events that took place, whose guests' names are erased by now."),
    ),
    "people": (
        N_("People who had seats"), "people", N_("Counted. Guests who registered and their companions."),
    ),
    "walk_ins": (N_("People who came without registering"), "people", N_("Counted at the door.")),
    "absent": (
        N_("People with seats who did not come"),
        "share",
        N_("Counted. People whose group did not say that it would stay away."),
    ),
    "waiting": (
        N_("Groups that got no seats"),
        "parties",
        N_("Counted. Groups that were still on the waiting list when the event took place."),
    ),
    "cancelled": (
        N_("Groups that gave their seats back"),
        "parties",
        N_("Counted. Their seats went to others who waited."),
    ),
    "reaffirmed": (
        N_("Groups that answered a reminder with yes"),
        "share",
        N_("Counted. Groups with seats that answered 1, out of all groups with seats."),
    ),
    "reminded_came": (
        N_("Groups that came, of those a reminder reached"),
        "share",
        N_("Counted. The phone network said that a reminder arrived. A group came when anybody of it came."),
    ),
    "unreminded_came": (
        N_("Groups that came, of all others"),
        "share",
        N_(
            "Counted. Groups without a number, without a yes to texts, or whose reminder is not known to have"
            " arrived."
        ),
    ),
    "cents_per_guest": (
        N_("Cost of texts and calls for each guest who came"),
        "cents",
        N_("Estimated. All texts and calls about these events at list price, shared by all who came."),
    ),
}  # fmt: skip
