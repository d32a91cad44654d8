"""The senders: turns at their rate, rests when the vendor refuses them, and what carriers filter.

All workers share one row for each sender. A turn is taken by one conditional update at the end of the
transaction that claims the texts, so that the rate holds however many workers there are. Seconds are
those of the machines' clocks, which must agree within a moment.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, or_, select, update

from outreach.config import Settings
from outreach.database import db, insert
from outreach.messaging.gateways.base import Kind, kind_of
from outreach.messaging.models import Message, Sender, TextTally
from outreach.messaging.pace import AHEAD_SECONDS, FURTHEST_SECONDS, affordable, seconds_for, turns
from outreach.messaging.verdicts import CARRIER_ZONE, PAUSES

#: Carriers filter a text now and then; at this share of a week's texts somebody must look at the words.
ALARMING_SHARE, WATCHED_FOR = 0.02, timedelta(days=7)
_KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one sender may send."""

    sender: str
    parts_per_second: float
    #: By the carriers' day; None for no limit of ours.
    parts_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What one sender may send now."""

    #: Until it may send at all; None while it rests or its day is used up.
    seconds: float | None
    #: What is left of its day; None for no limit.
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """A sender that rests, and why."""

    sender: str
    until: datetime
    error_code: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Filtering:
    """Texts of which carriers filter too many."""

    sender: str
    purpose: str
    locale: str
    filtered: int
    claimed: int


def masked_name(sender: str) -> str:
    """The end of a number or of the vendor's id of a service; a plain word as it is."""
    return sender if sender.isalpha() else "••• " + sender[-4:]


def allowance(settings: Settings) -> Allowance:
    """What the settings allow."""
    return Allowance(settings.sender, settings.segments_per_second, settings.segments_per_day)


def standing(allowed: Allowance, *, at: float, now: datetime) -> Standing:
    """Looks what a sender may send; makes its row when it is new, in the caller's transaction."""
    row = db.session.execute(select(*_FACTS).where(Sender.name == allowed.sender)).one_or_none()
    if row is None:
        return Standing(0.0, allowed.parts_per_day)
    if row.paused_until is not None and now < row.paused_until:
        return Standing(None)
    left = None
    if allowed.parts_per_day is not None:
        used = row.parts_on_day if row.counted_on == _carrier_day(now) else 0
        left = allowed.parts_per_day - used
        if left <= 0:
            return Standing(None)
    ahead = row.taken_until_seconds - at
    return Standing(max(0.0, ahead - AHEAD_SECONDS) if ahead <= FURTHEST_SECONDS else 0.0, left)


def take_turns(allowed: Allowance, parts: Sequence[int], *, at: float, now: datetime) -> list[float]:
    """When each of the first of these texts leaves, given by their parts; empty when none may now. Flushes.

    The row stays locked until the caller commits, so this comes last.
    """
    count = affordable(parts, allowed.parts_per_second)
    total = sum(parts[:count])
    begins = case(
        (and_(Sender.taken_until_seconds > at, ~_is_absurd(at)), Sender.taken_until_seconds), else_=at
    )
    used = case((Sender.counted_on == _carrier_day(now), Sender.parts_on_day), else_=0)
    conditions = [
        Sender.name == allowed.sender,
        or_(Sender.taken_until_seconds <= at + AHEAD_SECONDS, _is_absurd(at)),
        or_(Sender.paused_until.is_(None), Sender.paused_until <= now),
    ]
    if allowed.parts_per_day is not None:
        conditions.append(used + total <= allowed.parts_per_day)
    taking = (
        update(Sender)
        .where(*conditions)
        .values(
            taken_until_seconds=begins + seconds_for(total, allowed.parts_per_second),
            counted_on=_carrier_day(now),
            parts_on_day=used + total,
        )
        .returning(Sender.taken_until_seconds)
        .execution_options(synchronize_session=False)
    )
    ends = db.session.scalar(taking)
    if ends is None and _add(allowed.sender):
        ends = db.session.scalar(taking)
    if ends is None:
        return []
    first = ends - seconds_for(total, allowed.parts_per_second)
    return turns(parts[:count], first, allowed.parts_per_second)


def rest(sender: str, code: int, kind: Kind, *, now: datetime) -> None:
    """Lets a sender rest after an error that the others of its texts would meet as well. Flushes."""
    until = now + PAUSES[kind]
    _add(sender)
    db.session.execute(
        update(Sender)
        .where(Sender.name == sender, or_(Sender.paused_until.is_(None), Sender.paused_until < until))
        .values(paused_until=until, error_code=code)
    )


def resume(sender: str, *, now: datetime) -> bool:
    """Ends a rest, and that of the texts that met the error; says whether there was one. Flushes."""
    code = db.session.scalar(
        select(Sender.error_code).where(Sender.name == sender, Sender.paused_until > now)
    )
    ended = db.session.scalar(
        update(Sender)
        .where(Sender.name == sender, Sender.paused_until > now)
        .values(paused_until=None)
        .returning(Sender.name)
    )
    if ended is None:
        return False
    db.session.execute(
        update(Message)
        .where(
            Message.sender == sender,
            Message.state == "ready",
            Message.error_code == code,
            Message.due_at > now,
        )
        .values(due_at=now)
    )
    return True


def resting(*, now: datetime) -> list[Rest]:
    """The senders that rest; one query."""
    rows = db.session.execute(
        select(Sender.name, Sender.paused_until, Sender.error_code)
        .where(Sender.paused_until > now)
        .order_by(Sender.name)
    )
    return [Rest(name, until, code or 0, kind_of(code or 0, 400)) for name, until, code in rows if until]


def count_claimed(sender: str, counts: Mapping[tuple[str, str], int], *, now: datetime) -> None:
    """Counts texts that are about to leave, by purpose and language. Flushes."""
    _count(sender, {key: {"claimed": count} for key, count in counts.items()}, now=now)


def count_filtered(sender: str, purpose: str, locale: str, *, now: datetime) -> None:
    """Counts one text that a carrier did not like. Flushes."""
    _count(sender, {(purpose, locale): {"filtered": 1}}, now=now)


def filtering(*, now: datetime) -> list[Filtering]:
    """Where carriers filter so many texts of the last days that somebody must look; one query."""
    claimed, filtered = func.sum(TextTally.claimed), func.sum(TextTally.filtered)
    rows = db.session.execute(
        select(TextTally.sender, TextTally.purpose, TextTally.locale, filtered, claimed)
        .where(TextTally.on > (now - WATCHED_FOR).date())
        .group_by(TextTally.sender, TextTally.purpose, TextTally.locale)
        .having(filtered > 0, filtered >= ALARMING_SHARE * claimed)
        .order_by(TextTally.sender, TextTally.purpose, TextTally.locale)
    )
    return [Filtering(*row) for row in rows]


def forget(*, now: datetime) -> None:
    """Deletes counts that nobody looks at any more. Flushes."""
    db.session.execute(delete(TextTally).where(TextTally.on < (now - _KEPT_FOR).date()))


_FACTS = (Sender.taken_until_seconds, Sender.counted_on, Sender.parts_on_day, Sender.paused_until)


def _is_absurd(at: float) -> Any:
    return Sender.taken_until_seconds > at + FURTHEST_SECONDS


def _carrier_day(now: datetime) -> Any:
    return now.astimezone(CARRIER_ZONE).date()


def _add(sender: str) -> bool:
    """Makes the row of a sender; says whether it was new."""
    added = insert(Sender).values(name=sender, taken_until_seconds=0.0, parts_on_day=0)
    written = db.session.execute(
        added.on_conflict_do_nothing(index_elements=[Sender.name]).returning(Sender.name)
    )
    return written.scalar() is not None


def _count(sender: str, counts: Mapping[tuple[str, str], Mapping[str, int]], *, now: datetime) -> None:
    if not counts:
        return
    # In one order, so that two workers wait for each other and not both for ever.
    keys: Iterable[tuple[str, str]] = sorted(counts)
    adding = insert(TextTally).values(
        [
            {
                "on": now.date(),
                "sender": sender,
                "purpose": purpose,
                "locale": locale,
                "claimed": 0,
                "filtered": 0,
                **counts[purpose, locale],
            }
            for purpose, locale in keys
        ]
    )
    db.session.execute(
        adding.on_conflict_do_update(
            index_elements=[TextTally.on, TextTally.sender, TextTally.purpose, TextTally.locale],
            set_={
                "claimed": TextTally.claimed + adding.excluded.claimed,
                "filtered": TextTally.filtered + adding.excluded.filtered,
            },
        )
    )
