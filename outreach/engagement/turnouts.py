"""Reads how guests came to the events of a period: totals that were kept when the guests were forgotten."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select

from outreach.database import db
from outreach.engagement.periods import Period, quarters_of
from outreach.engagement.turnout_report import Totals
from outreach.events.models import Event
from outreach.registration.models import Attendance, EventTurnout, LanguageTurnout
from outreach.registration.turnout import NAMES, Turnout

#: So many days after a quarter its last guests are forgotten.
_SETTLED_AFTER = timedelta(days=5)


def totals_of(period: Period, *, today: date, organization_id: int | None = None) -> Totals:
    """The totals of a period's events, of one organization or of the region; three queries.

    Languages are the region's always, and of quarters that are over: from one that still grows, each
    event's languages could be read as a difference.
    """
    starts, ends = (datetime.combine(on, time()) for on in (period.starts_on, period.ends_on))
    of_period = (Event.starts_local >= starts, Event.starts_local < ends + timedelta(days=1))
    of_host = () if organization_id is None else (Event.organization_id == organization_id,)
    doors = db.session.execute(
        select(EventTurnout.door, *(func.sum(getattr(EventTurnout, name)) for name in NAMES))
        .join(Event, Event.id == EventTurnout.event_id)
        .where(*of_period, *of_host)
        .group_by(EventTurnout.door)
    )
    counted = select(EventTurnout.event_id).where(EventTurnout.event_id == Event.id).exists()
    events, walk_ins = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Attendance.walk_ins), 0))
        .join(Event, Event.id == Attendance.event_id)
        .where(counted, *of_period, *of_host)
    ).one()
    over = [quarter.name for quarter in quarters_of(period) if quarter.ends_on + _SETTLED_AFTER <= today]
    languages = db.session.execute(
        select(LanguageTurnout.locale, func.sum(LanguageTurnout.people))
        .where(LanguageTurnout.quarter.in_(over))
        .group_by(LanguageTurnout.locale)
    )
    return Totals(
        events=events,
        walk_ins=int(walk_ins),
        doors={door: _turnout(totals) for door, *totals in doors},
        languages={locale: int(people) for locale, people in languages},
        is_own=organization_id is not None,
    )


def _turnout(totals: Sequence[float]) -> Turnout:
    """Totals in the order of their names; databases give sums of whole numbers types of their own."""
    *counts, cents = totals
    return replace(Turnout(*map(int, counts)), cents=float(cents))
