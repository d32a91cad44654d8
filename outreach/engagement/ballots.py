"""Handing in ballots and closing an event with them; it writes totals and never reads an answer."""

from datetime import datetime

from sqlalchemy import select

from outreach.database import db, insert
from outreach.engagement.models import EventTally
from outreach.engagement.totals import BallotTotals, check, check_cast
from outreach.errors import ConflictError
from outreach.events.models import Event
from outreach.events.planning import close_as_held
from outreach.i18n import N_, local
from outreach.registration.models import Attendance


def close(event: Event, head_count: int, totals: BallotTotals | None, *, now: datetime) -> None:
    """Closes an event with the people counted in the room and, where there were ballots, their totals.

    Flushes. May be said again to correct either until the event's guests are forgotten; without totals
    the ones handed in before stay. Raises as `submit` and `planning.close_as_held` do.
    """
    _require_open(event)
    close_as_held(event, head_count, now=now)
    if totals is not None:
        submit(event, totals, head_count=head_count, now=now)
    else:
        check_cast(ballots_cast(event) or 0, head_count)


def submit(event: Event, totals: BallotTotals, *, head_count: int, now: datetime) -> None:
    """Stores the four totals of a held event, in place of earlier ones. Flushes.

    Raises InvalidInputError for more ballots than people, ConflictError for an event that was not
    closed as held or whose guests are forgotten: from then on totals are read, and stand.
    """
    if event.status != "held":
        raise ConflictError(N_("Close the event first, with the number of people in the room."))
    _require_open(event)
    check(totals, head_count)
    values = {
        "newcomers": totals.newcomers,
        "residents": totals.residents,
        "both": totals.both,
        "unsaid": totals.unsaid,
        "submitted_on": local(now, event.time_zone).date(),
    }
    statement = insert(EventTally).values(event_id=event.id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[EventTally.event_id], set_=values))


def ballots_cast(event: Event) -> int | None:
    """How many ballots were handed in for an event, whatever they say; None when nobody was asked."""
    total = EventTally.newcomers + EventTally.residents + EventTally.both + EventTally.unsaid
    return db.session.scalar(select(total).where(EventTally.event_id == event.id))


def _require_open(event: Event) -> None:
    forgotten_at = db.session.scalar(
        select(Attendance.forgotten_at).where(Attendance.event_id == event.id).with_for_update()
    )
    if forgotten_at is not None:
        raise ConflictError(N_("The numbers of this event are final. They can no longer be changed."))
