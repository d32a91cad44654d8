"""How a promise stands, from what was done toward it; pure, it knows no plan, no page and no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Literal, Protocol

from outreach.plan.aims import ProgressKind

#: A promise not yet kept is at risk when less time is left than this, or than a quarter of its window.
AT_RISK_DAYS = 60

State = Literal["kept", "on_track", "at_risk", "late", "unnumbered"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment as far as counting needs it: how many, of what, from when to when.

    Both days belong to the window; None leaves that end open. `is_minimum` is for the words ("at least
    2") and changes no state: more than promised is kept as well.
    """

    count: int | None
    is_minimum: bool
    starts_on: date | None
    ends_on: date | None
    #: Kinds of events that count.
    kinds: tuple[str, ...] = ()
    kind: ProgressKind = "events"
    #: Keys of the bodies that it must reach.
    expected: tuple[str, ...] = ()


class Held(Protocol):
    """An event that took place: its kind, its local date, and how many came (None: nobody counted)."""

    @property
    def kind(self) -> str:
        """Id of a kind of event."""

    @property
    def on(self) -> date:
        """The day at its place."""

    @property
    def head_count(self) -> int | None:
        """Guests in the room."""


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """As much of an event as counting needs."""

    kind: str
    on: date
    head_count: int | None


class Noted(Protocol):
    """Something that staff wrote down as done for a promise."""

    @property
    def on(self) -> date:
        """When it was done."""

    @property
    def body(self) -> str | None:
        """Key of the public body it reached."""

    @property
    def quantity(self) -> int:
        """How many contacts it stands for."""

    @property
    def acknowledged_on(self) -> date | None:
        """When the body said that it has it."""


@dataclass(frozen=True, slots=True)
class NotedDeed:
    """As much of it as counting needs."""

    on: date
    body: str | None = None
    quantity: int = 1
    acknowledged_on: date | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """What was promised and what was done of it.

    `unconfirmed` of the done ones are only said to be done: events without a head count, deliveries
    that nobody acknowledged. `missing` are the expected bodies not reached to this day, in time or late,
    `planned` what the calendar holds in time, `since` what was done after the last day.
    """

    promised: int | None
    held: int
    unconfirmed: int
    state: State
    missing: tuple[str, ...] = ()
    planned: int = 0
    since: int = 0


@dataclass(frozen=True, slots=True)
class _Count:
    promised: int | None
    held: int
    unconfirmed: int = 0
    missing: tuple[str, ...] = ()


def progress(
    promise: Promise,
    held_events: Iterable[Held],
    noted: Iterable[Noted] = (),
    *,
    planned: int = 0,
    today: date,
) -> Progress:
    """Says how a promise stands at the end of `today`, from what `counts` toward it.

    events      as many events as promised
    deliveries  everybody expected was sent it, or as many bodies as promised
    convenings  as many days on which bodies met as promised (one, without a number), by events or
                written down; where certain bodies are expected, each came to one that was written down
    touches     everybody expected was reached, or as many contacts as promised
    milestone   as many as promised (one, without a number) were written down as done

    The first of these that is true is the state:

    kept       what is above, however late it is now
    unnumbered the plan gives no number, and something was done
    late       the last day is over
    at_risk    the window has begun, fewer than 60 days of it are left, or less than a quarter of it
               when that is longer, and the calendar holds less than what is left to do; today counts as
               left. A window without a first day has no quarter.
    on_track   there is time, or enough is planned, or no last day

    A promise with a short window is therefore at risk from its first day on, and never before it.
    """
    held_events, noted = list(held_events), list(noted)
    counted = [event for event in held_events if counts(event, promise, today=today)]
    deeds = [deed for deed in noted if is_in_time(deed, promise, today=today)]
    found = _COUNTS[promise.kind](promise, counted, deeds)
    late_deeds = [deed for deed in noted if deed.on <= today and not is_in_time(deed, promise, today=today)]
    return Progress(
        found.promised,
        found.held,
        found.unconfirmed,
        _state(promise, found, planned, today),
        _missing(promise, [*deeds, *late_deeds]),
        planned,
        _COUNTS[promise.kind](promise, [], late_deeds).held,
    )


def counts(event: Held, promise: Promise, *, today: date) -> bool:
    """Whether a held event counts toward a promise.

    It does when its kind is one of the promise's, its date is inside the window and not after today,
    and somebody came: an event to which nobody came was held for no one. Nobody having counted is no
    proof of that, so such an event counts, and `progress` tells it apart. Where certain bodies are to
    meet, an event alone says nothing of them: staff write down who came.
    """
    is_about_bodies = promise.kind == "convenings" and bool(promise.expected)
    return fits(event, promise) and event.head_count != 0 and event.on <= today and not is_about_bodies


def fits(event: Held, promise: Promise) -> bool:
    """Whether an event is of the kind and in the time that a promise asks for."""
    return (
        event.kind in promise.kinds
        and (promise.starts_on is None or promise.starts_on <= event.on)
        and (promise.ends_on is None or event.on <= promise.ends_on)
    )


def is_in_time(deed: Noted, promise: Promise, *, today: date) -> bool:
    """Whether what staff wrote down counts: done by today and by the last day.

    The first day does not matter: staff say themselves that it is for this promise, and early is kept.
    """
    return deed.on <= today and (promise.ends_on is None or deed.on <= promise.ends_on)


def _by_events(promise: Promise, events: Sequence[Held], deeds: Sequence[Noted]) -> _Count:
    return _Count(promise.count, len(events), sum(event.head_count is None for event in events))


def _by_deliveries(promise: Promise, events: Sequence[Held], deeds: Sequence[Noted]) -> _Count:
    sure = {deed.body for deed in deeds if deed.acknowledged_on}
    found = _by_bodies(promise, deeds)
    return replace(found, unconfirmed=len(_bodies(promise, deeds) - sure))


def _by_convenings(promise: Promise, events: Sequence[Held], deeds: Sequence[Noted]) -> _Count:
    told = {deed.on for deed in deeds}
    uncounted = {event.on for event in events if event.head_count is None} - told
    days = told | {event.on for event in events}
    return _Count(promise.count or 1, len(days), len(uncounted), _missing(promise, deeds))


def _by_touches(promise: Promise, events: Sequence[Held], deeds: Sequence[Noted]) -> _Count:
    if promise.expected:
        return _by_bodies(promise, deeds)
    return _Count(promise.count, sum(deed.quantity for deed in deeds))


def _by_milestones(promise: Promise, events: Sequence[Held], deeds: Sequence[Noted]) -> _Count:
    return _Count(promise.count or 1, len(deeds))


def _by_bodies(promise: Promise, deeds: Sequence[Noted]) -> _Count:
    promised = promise.count or len(promise.expected) or None
    return _Count(promised, len(_bodies(promise, deeds)), missing=_missing(promise, deeds))


def _bodies(promise: Promise, deeds: Sequence[Noted]) -> set[str]:
    """Who was reached: of those expected, unless the plan promises another number than there are of them."""
    reached = {deed.body for deed in deeds if deed.body is not None}
    is_all = promise.count in (None, len(promise.expected))
    return reached & set(promise.expected) if promise.expected and is_all else reached


def _missing(promise: Promise, deeds: Sequence[Noted]) -> tuple[str, ...]:
    reached = {deed.body for deed in deeds}
    return tuple(body for body in promise.expected if body not in reached)


_COUNTS: Mapping[ProgressKind, Callable[[Promise, Sequence[Held], Sequence[Noted]], _Count]] = (
    MappingProxyType(
        {
            "events": _by_events,
            "deliveries": _by_deliveries,
            "convenings": _by_convenings,
            "touches": _by_touches,
            "milestone": _by_milestones,
        }
    )
)


def _state(promise: Promise, found: _Count, planned: int, today: date) -> State:
    if found.promised is None and found.held:
        return "unnumbered"
    left = _left(promise, found)
    if left <= 0:
        return "kept"
    if promise.ends_on is None:
        return "on_track"
    if today > promise.ends_on:
        return "late"
    is_ending = _is_ending(promise.starts_on, promise.ends_on, today)
    return "at_risk" if is_ending and planned < left else "on_track"


def _left(promise: Promise, found: _Count) -> int:
    """How much is left to do; without a number, one until something was done."""
    left = (found.promised or 1) - found.held
    # However many days there were: somebody who never came has still to come.
    return max(left, 1) if promise.kind == "convenings" and found.missing else left


def _is_ending(starts_on: date | None, ends_on: date, today: date) -> bool:
    days_left = (ends_on - today).days + 1
    if starts_on is None:
        return days_left < AT_RISK_DAYS
    window_days = (ends_on - starts_on).days + 1
    return starts_on <= today and (days_left < AT_RISK_DAYS or 4 * days_left < window_days)
