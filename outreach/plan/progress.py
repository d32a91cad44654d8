"""How a promise stands, from the events held toward it; pure, it knows no plan, no page and no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

#: A promise not yet kept is at risk when less time is left than this, or than a quarter of its window.
AT_RISK_DAYS = 60

State = Literal["kept", "on_track", "at_risk", "late", "unnumbered", "uncounted"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment as far as events can count toward it: how many, of which kinds, from when to when.

    Both days belong to the window; None leaves that end open. `is_minimum` is for the words ("at least
    2") and changes no state: more than promised is kept as well.
    """

    count: int | None
    is_minimum: bool
    starts_on: date | None
    ends_on: date | None
    kinds: tuple[str, ...]


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


@dataclass(frozen=True, slots=True)
class Progress:
    """What was promised and what was held of it; `unconfirmed` of the held ones have no head count."""

    promised: int | None
    held: int
    unconfirmed: int
    state: State


def progress(promise: Promise, held_events: Iterable[Held], *, today: date) -> Progress:
    """Says how a promise stands at the end of `today`, from the events that `counts` toward it.

    The first of these that is true is the state:

    uncounted  no kind of event counts toward the promise
    unnumbered the promise has no number; its events are told all the same
    kept       as many events counted as were promised, however late it is now
    late       the last day is over
    at_risk    the window has begun, and fewer than 60 days of it are left, or less than a quarter of it
               when that is longer; today counts as left. A window without a first day has no quarter.
    on_track   there is time, or no last day

    A promise with a short window is therefore at risk from its first day on, and never before it.
    """
    counted = [event for event in held_events if counts(event, promise, today=today)]
    unconfirmed = sum(event.head_count is None for event in counted)
    return Progress(promise.count, len(counted), unconfirmed, _state(promise, len(counted), today))


def counts(event: Held, promise: Promise, *, today: date) -> bool:
    """Whether a held event counts toward a promise.

    It does when its kind is one of the promise's, its date is inside the window and not after today,
    and somebody came: an event to which nobody came was held for no one. Nobody having counted is no
    proof of that, so such an event counts, and `progress` tells it apart.
    """
    return (
        event.kind in promise.kinds
        and event.head_count != 0
        and event.on <= today
        and (promise.starts_on is None or promise.starts_on <= event.on)
        and (promise.ends_on is None or event.on <= promise.ends_on)
    )


def _state(promise: Promise, held: int, today: date) -> State:
    if not promise.kinds:
        return "uncounted"
    if promise.count is None:
        return "unnumbered"
    if held >= promise.count:
        return "kept"
    if promise.ends_on is None:
        return "on_track"
    if today > promise.ends_on:
        return "late"
    return "at_risk" if _is_at_risk(promise.starts_on, promise.ends_on, today) else "on_track"


def _is_at_risk(starts_on: date | None, ends_on: date, today: date) -> bool:
    days_left = (ends_on - today).days + 1
    if starts_on is None:
        return days_left < AT_RISK_DAYS
    window_days = (ends_on - starts_on).days + 1
    return starts_on <= today and (days_left < AT_RISK_DAYS or 4 * days_left < window_days)
