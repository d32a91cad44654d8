"""Reads held events and their tallies; the only place that reads a tally, and never one that is sealed."""

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from outreach.accounts.models import Jurisdiction
from outreach.database import db
from outreach.engagement.gathering import HeldEvent
from outreach.engagement.models import EventTally
from outreach.engagement.periods import Period
from outreach.engagement.totals import BallotTotals
from outreach.events.kinds import KINDS
from outreach.events.models import Event, Venue
from outreach.registration.models import Attendance

#: Places without a county, to be compared with each other.
ONLINE, ELSEWHERE = "online", "elsewhere"


def held_events(period: Period) -> list[HeldEvent]:
    """The events that took place in a period and whose guests are forgotten, in the order of time.

    Their tallies are open from then on; no other tally is even fetched.
    """
    place = case((Event.delivery == "online", ONLINE), else_=func.coalesce(Jurisdiction.slug, ELSEWHERE))
    totals = (EventTally.newcomers, EventTally.residents, EventTally.both, EventTally.unsaid)
    rows = db.session.execute(
        select(Event.starts_local, place, Event.head_count, *totals)
        .join(Attendance, and_(Attendance.event_id == Event.id, Attendance.forgotten_at.is_not(None)))
        .outerjoin(EventTally, EventTally.event_id == Event.id)
        .outerjoin(Venue, Venue.id == Event.venue_id)
        .outerjoin(Jurisdiction, Jurisdiction.id == Venue.county_id)
        .where(*_took_place(period))
        .order_by(Event.starts_at, Event.id)
    )
    return [
        HeldEvent(
            starts_local.date(),
            slug,
            head_count,
            None if newcomers is None else BallotTotals(newcomers, *others),
        )
        for starts_local, slug, head_count, newcomers, *others in rows
    ]


def sealed_events(period: Period) -> int:
    """How many events took place in a period whose guests are not forgotten yet, ballots or none."""
    found = db.session.scalar(
        select(func.count())
        .select_from(Event)
        .outerjoin(Attendance, Attendance.event_id == Event.id)
        .where(*_took_place(period), Attendance.forgotten_at.is_(None))
    )
    return found or 0


def _took_place(period: Period) -> list[ColumnElement[Any]]:
    """Closed as held on a day of the period at its place, and by its kind's rule for somebody."""
    starts = datetime.combine(period.starts_on, time())
    ends = datetime.combine(period.ends_on + timedelta(days=1), time())
    enough = [
        and_(Event.kind == kind.id, Event.head_count >= kind.held_from_people) for kind in KINDS.values()
    ]
    return [
        Event.status == "held",
        Event.starts_local >= starts,
        Event.starts_local < ends,
        or_(Event.head_count.is_(None), *enough),
    ]
