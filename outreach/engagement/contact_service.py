"""Reads what is open of the question on leaving and of cards, and folds old quarters into plain sums."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, select

from outreach.database import db, insert
from outreach.engagement import ballots, cards, periods
from outreach.engagement.contact import Contact, Talk
from outreach.engagement.models import CardProgram, EventTally, TalkTally, TalkTotal
from outreach.engagement.periods import Period
from outreach.events.models import Event
from outreach.registration.models import Attendance

_CAST = TalkTally.talked + TalkTally.did_not + TalkTally.unsaid
#: Folded so long after the last day of the quarter, as cards are.
_FOLDED_AFTER = cards.COUNTED_AFTER


def contact_report(period: Period) -> Contact:
    """What may be said of contact in a period by now. As many queries however many events."""
    folded = db.session.execute(
        select(*(func.coalesce(func.sum(getattr(TalkTotal, name)), 0) for name in Talk.__slots__)).where(
            TalkTotal.quarter.between(
                periods.quarter_name(period.starts_on), periods.quarter_name(period.ends_on)
            )
        )
    ).one()
    uses_cards = db.session.scalar(select(exists().select_from(CardProgram)))
    return Contact(Talk(*map(int, folded)) + _open_talk(period), cards.told(period), bool(uses_cards))


def fold(*, today: date) -> int:
    """Adds the question's totals of quarters that are a month over to one row each, and deletes the events'.

    An event that is still sealed waits, and so does one whose ballots a legal hold keeps: until then it
    is read from its own row. Flushes; returns how many quarters changed.
    """
    may_go = ballots.may_go(TalkTally.event_id)
    oldest = db.session.scalar(
        select(func.min(Event.starts_local))
        .join(TalkTally, TalkTally.event_id == Event.id)
        .where(*_open(), may_go)
    )
    if oldest is None:
        return 0
    folded = 0
    quarter = periods.parse(periods.quarter_name(oldest.date()))
    while quarter.ends_on + _FOLDED_AFTER < today:
        found = _open_talk(quarter, may_go)
        if found.events:
            _add(quarter, found, may_go)
            folded += 1
        quarter = periods.parse(periods.quarter_name(quarter.ends_on + timedelta(days=1)))
    return folded


def _add(quarter: Period, found: Talk, may_go: ColumnElement[bool]) -> None:
    values = {name: getattr(found, name) for name in Talk.__slots__}
    db.session.execute(
        insert(TalkTotal)
        .values(quarter=quarter.name, **values)
        .on_conflict_do_update(
            index_elements=[TalkTotal.quarter],
            set_={name: getattr(TalkTotal, name) + value for name, value in values.items()},
        )
    )
    events = select(Event.id).where(*_open(), *_within(quarter))
    db.session.execute(delete(TalkTally).where(TalkTally.event_id.in_(events), may_go))


def _open_talk(period: Period, *conditions: ColumnElement[bool]) -> Talk:
    """The question's totals that are neither sealed nor folded, added up."""
    could_be_asked = Event.head_count - func.coalesce(EventTally.children, 0)
    people = case((could_be_asked > _CAST, could_be_asked), else_=_CAST)
    sums = (TalkTally.talked, TalkTally.did_not, people)
    found = db.session.execute(
        select(func.count(), *(func.coalesce(func.sum(each), 0) for each in sums))
        .select_from(TalkTally)
        .join(Event, Event.id == TalkTally.event_id)
        .outerjoin(EventTally, EventTally.event_id == Event.id)
        .where(TalkTally.submitted_on.is_not(None), *_open(), *_within(period), *conditions)
    ).one()
    return Talk(*map(int, found))


def _open() -> list[ColumnElement[bool]]:
    """Of an event that took place and whose guests are forgotten: no other total is even fetched."""
    forgotten = exists().where(and_(Attendance.event_id == Event.id, Attendance.forgotten_at.is_not(None)))
    return [Event.status == "held", forgotten]


def _within(period: Period) -> list[ColumnElement[bool]]:
    starts = datetime.combine(period.starts_on, time())
    ends = datetime.combine(period.ends_on + timedelta(days=1), time())
    return [Event.starts_local >= starts, Event.starts_local < ends]
