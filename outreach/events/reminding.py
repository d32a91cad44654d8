"""When the guests of an event are reminded: what its host may choose, and at which times that falls; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.hours import ROUTINE
from outreach.i18n import N_


@dataclass(frozen=True, slots=True)
class Lead:
    """How long before the start a reminder comes."""

    label: str
    before: timedelta


LEADS: Mapping[str, Lead] = {
    "week": Lead(N_("A week before"), timedelta(days=7)),
    "two_days": Lead(N_("Two days before"), timedelta(days=2)),
    "day": Lead(N_("A day before"), timedelta(days=1)),
    "two_hours": Lead(N_("Two hours before"), timedelta(hours=2)),
}
#: Chosen alone: nobody is reminded. Where nothing is chosen, it is as usual for the kind of event.
NO_REMINDERS = "none"
#: More would be a reason to say stop.
MOST_REMINDERS = 3


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder: how long before the start it falls due, and when it is sent, after quiet hours."""

    before: timedelta
    due_at: datetime
    sent_at: datetime


def is_possible(chosen: Iterable[str]) -> bool:
    """Whether a host may choose this: some leads, not too many, or none, or nothing at all."""
    names = tuple(chosen)
    is_some = set(names) <= set(LEADS) and len(names) == len(set(names)) <= MOST_REMINDERS
    return is_some or names == (NO_REMINDERS,)


def offsets(chosen: Iterable[str], usual: Iterable[timedelta]) -> tuple[timedelta, ...]:
    """How long before the start guests are reminded, the longest first; `usual` is that of the kind."""
    names = tuple(chosen)
    found = [LEADS[name].before for name in names if name in LEADS] if names else usual
    return tuple(sorted(found, reverse=True))


def reminders(
    starts_at: datetime, befores: Iterable[timedelta], zone: str, *, told_at: datetime | None = None
) -> tuple[Reminder, ...]:
    """The reminders that are worth sending before a start, in their order, on the clocks of a zone.

    One is left out when quiet hours last from its time until the next one's or the start. `told_at` is
    when a guest heard of time and place last: then one is left out as well that would come sooner after
    that than before the start (a day before, to somebody who registered less than a day before it).
    """
    found: list[Reminder] = []
    ends_at = starts_at
    for before in sorted(befores):
        due_at = starts_at - before
        sent_at = ROUTINE.next_at(due_at, ZoneInfo(zone))
        if sent_at < ends_at and (told_at is None or due_at - told_at >= before):
            found.insert(0, Reminder(before, due_at, sent_at))
            ends_at = due_at
    return tuple(found)
