"""Handing in ballots and closing an event with them; it writes totals and never reads an answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, false, select, update
from sqlalchemy.orm import InstrumentedAttribute

from outreach.database import db, insert
from outreach.engagement.batches import Batch
from outreach.engagement.models import BallotBatch, EventTally, TalkTally
from outreach.engagement.questions import QUESTIONS, QuestionId
from outreach.engagement.totals import BallotTotals, TalkTotals, check, check_cast
from outreach.errors import ConflictError, InvalidInputError
from outreach.events.models import Event
from outreach.events.planning import close_as_held
from outreach.i18n import N_, local
from outreach.registration import holds
from outreach.registration.models import Attendance
from outreach.registration.pauses import events_kept, is_paused

_TABLES: dict[QuestionId, type[EventTally] | type[TalkTally]] = {"background": EventTally, "talk": TalkTally}


def close(
    event: Event,
    head_count: int,
    totals: BallotTotals | None,
    *,
    now: datetime,
    talk: TalkTotals | None = None,
    batches: Iterable[Batch] = (),
    children: int | None = None,
) -> None:
    """Closes an event with the people counted in the room and the ballots handed in.

    `children` of those people are under 16 and were not asked; None where nobody counted them apart.
    Flushes. May be said again to correct it until the event's guests are forgotten: totals counted by
    hand take the place of earlier ones, none leave them, and each device's batch is added once. Raises
    as `submit` and `planning.close_as_held` do, and InvalidInputError for more children than people.
    """
    _require_open(event)
    could_be_asked = head_count - (children or 0)
    if could_be_asked < 0:
        raise InvalidInputError(
            N_("There are more children than people. Count both again."), field="children"
        )
    close_as_held(event, head_count, now=now)
    for by_hand in (totals, talk):
        if by_hand is not None:
            submit(event, by_hand, head_count=could_be_asked, now=now)
    _add(event, batches, now=now)
    for question in QUESTIONS:
        check_cast(ballots_cast(event, question) or 0, could_be_asked)
    db.session.execute(update(EventTally).where(EventTally.event_id == event.id).values(children=children))


def submit(event: Event, totals: BallotTotals | TalkTotals, *, head_count: int, now: datetime) -> None:
    """Stores the totals of a held event that were counted by hand, in place of earlier ones. Flushes.

    Raises InvalidInputError for more ballots than people, ConflictError for an event that was not
    closed as held, that does not ask the question, or whose guests are forgotten: from then on totals
    are read, and stand.
    """
    if event.status != "held":
        raise ConflictError(N_("Close the event first, with the number of people in the room."))
    _require_open(event)
    question: QuestionId = "background" if isinstance(totals, BallotTotals) else "talk"
    if question == "talk" and not asks_about_talk(event):
        raise ConflictError(N_("This event does not ask the question on leaving."))
    check(totals, head_count)
    table = _TABLES[question]
    counted = {name: getattr(totals, name) for name, _ in QUESTIONS[question].answers}
    by_device = {name: getattr(table, f"{name}_by_device") + number for name, number in counted.items()}
    _put(table, event, counted, by_device, now=now)


def ballots_cast(event: Event, question: QuestionId = "background") -> int | None:
    """How many ballots were handed in for an event, whatever they say; None when nobody handed in any."""
    table = _TABLES[question]
    first, *others = (getattr(table, name) for name, _ in QUESTIONS[question].answers)
    return db.session.scalar(
        select(sum(others, first)).where(table.event_id == event.id, table.submitted_on.is_not(None))
    )


def children_of(event: Event) -> int | None:
    """How many heads of an event were under 16; None where nobody counted them apart, or nobody was asked."""
    return db.session.scalar(select(EventTally.children).where(EventTally.event_id == event.id))


def taken_keys(event: Event) -> list[str]:
    """The keys of all device totals that were added to an event, in no order of time."""
    return list(
        db.session.scalars(
            select(BallotBatch.key).where(BallotBatch.event_id == event.id).order_by(BallotBatch.key)
        )
    )


def asks_about_talk(event: Event) -> bool:
    """Whether the host wants the question on leaving asked."""
    return db.session.scalar(select(TalkTally.event_id).where(TalkTally.event_id == event.id)) is not None


def ask_about_talk(event: Event, wanted: bool) -> None:
    """Switches the question on leaving on or off. Flushes.

    Raises ConflictError once answers were handed in, or the event's guests are forgotten.
    """
    _require_open(event)
    if wanted:
        statement = insert(TalkTally).values(event_id=event.id, talked=0, did_not=0, unsaid=0)
        db.session.execute(statement.on_conflict_do_nothing())
        return
    db.session.execute(
        delete(TalkTally).where(TalkTally.event_id == event.id, TalkTally.submitted_on.is_(None))
    )
    if asks_about_talk(event):
        raise ConflictError(N_("Answers to this question were handed in already. It stays."))


def may_go(event_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The condition that no legal hold keeps what is stored of an event's ballots, as it is now."""
    found = holds.active()
    if is_paused("ballots", None, found):
        return false()
    return event_id.not_in(events_kept("ballots", found))


def _add(event: Event, batches: Iterable[Batch], *, now: datetime) -> None:
    """Adds what devices gathered. Answers to what the event no longer asks are taken and not kept."""
    for batch in batches:
        if not _is_new(event, batch) or (batch.question == "talk" and not asks_about_talk(event)):
            continue
        table = _TABLES[batch.question]
        added = {
            name + suffix: number
            for (name, _), number in zip(QUESTIONS[batch.question].answers, batch.totals, strict=True)
            for suffix in ("", "_by_device")
        }
        _put(table, event, added, {name: getattr(table, name) + n for name, n in added.items()}, now=now)


def _put(table: Any, event: Event, new: dict[str, int], instead: dict[str, Any], *, now: datetime) -> None:
    """Makes an event's row, or changes the one there by one statement, however many devices come at once."""
    day = {"submitted_on": local(now, event.time_zone).date()}
    statement = insert(table).values(event_id=event.id, **new, **day)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=[table.event_id], set_={**instead, **day})
    )


def _is_new(event: Event, batch: Batch) -> bool:
    statement = insert(BallotBatch).values(key=batch.key, event_id=event.id)
    taken = db.session.execute(statement.on_conflict_do_nothing().returning(BallotBatch.key))
    return taken.scalar() is not None


def _require_open(event: Event) -> None:
    forgotten_at = db.session.scalar(
        select(Attendance.forgotten_at).where(Attendance.event_id == event.id).with_for_update()
    )
    if forgotten_at is not None:
        raise ConflictError(N_("The numbers of this event are final. They can no longer be changed."))
