"""The sums of events that may be read and are not frozen: kept by quarter and place, and right at once.

The database notes every change that could move them (`models.change_triggers`). A reader adds up anew what
was changed, and writes nothing; the worker keeps it, one quarter and place at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, tuple_

from outreach.accounts.models import Jurisdiction
from outreach.database import db, take_turns
from outreach.engagement import periods, queries, sums
from outreach.engagement.gathering import Cut, Part, Parts, of_size
from outreach.engagement.models import EngagementChange, EngagementSums
from outreach.engagement.periods import Period
from outreach.engagement.queries import ALWAYS, Question, Where
from outreach.engagement.sums import Held, Stratum
from outreach.events.models import Venue

#: Whoever makes or erases kept sums stands in this line.
_LINE = "engagement sums"
#: Rows that are read together; each may be large.
_AT_ONCE = 2

#: The parts of a stratum, with their curves.
_Found = tuple[Stratum, list[sums.Made]]

_QUARTER = queries.quarter_of(EngagementChange.starts_local)
_PLACE = queries.place_of(EngagementChange.delivery)


def parts(question: Question) -> dict[str, Parts]:
    """The parts of a question's events, compared within quarters, for each value of its cut.

    Two queries where sums are kept, and two more where some are not right any more, or none are kept:
    those of an edition, and of one kind at one host.
    """
    cuts = _cuts(question)
    if question.edition_id is not None or len(cuts) > 1:
        return _by_value(question, _made(question))
    changed = _changed()
    if changed is None:
        return _by_value(question, _made(question))
    kept = _kept(question, "".join(cuts), but=changed)
    return _by_value(question, chain(kept, _made(question, within=changed) if changed else ()))


def parts_of_period(question: Question, values: Collection[str]) -> dict[str, Parts]:
    """The parts of some values of the cut, compared within places over the whole period. Two queries."""
    if not values:
        return {}

    def strata_of(held: Held) -> list[Stratum]:
        return [stratum._replace(quarter=0) for stratum in _strata(held, question.by)]

    found = sums.parts_of(lambda: queries.held(question, values=values), strata_of)
    return _by_value(question, found.items())


def keep_next() -> bool:
    """Makes the sums of one quarter and place anew; False where all are right. Flushes."""
    take_turns(_LINE)
    _spread()
    where = db.session.execute(select(_QUARTER, _PLACE).select_from(_places()).limit(1)).first()
    if where is None:
        return False
    quarter, place = where
    seen = select(EngagementChange.id).select_from(_places()).where(quarter == _QUARTER, place == _PLACE)
    # Before the events are read: what is committed from here on stays noted.
    db.session.execute(delete(EngagementChange).where(EngagementChange.id.in_(seen)))
    db.session.execute(
        delete(EngagementSums).where(EngagementSums.quarter == quarter, EngagementSums.place == place)
    )
    made = sums.parts_of(lambda: queries.held(Question(ALWAYS), within=[(quarter, place)]), _all_strata)
    if made:
        db.session.execute(
            insert(EngagementSums),
            [
                {**stratum._asdict(), "parts": [sums.to_json(*each) for each in its]}
                for stratum, its in made.items()
            ],
        )
    return True


def erase_until(quarter: Period) -> None:
    """Deletes the sums of a quarter that is being frozen, and of all before it. Flushes.

    Nobody else makes any before the transaction ends; then its events are no longer open.
    """
    take_turns(_LINE)
    last = periods.quarter_number(quarter.ends_on)
    db.session.execute(delete(EngagementSums).where(EngagementSums.quarter <= last))


def _spread() -> None:
    """Where a change is about all places, notes every quarter and place there is, and forgets all others."""
    everywhere = delete(EngagementChange).where(EngagementChange.starts_local.is_(None))
    if db.session.execute(everywhere.returning(EngagementChange.id)).first() is None:
        return
    where = tuple_(EngagementSums.quarter, EngagementSums.place)
    db.session.execute(delete(EngagementSums).where(where.not_in(queries.strata())))
    names = ["starts_local", "delivery", "venue_id"]
    db.session.execute(insert(EngagementChange).from_select(names, queries.one_of_each()))


def _cuts(question: Question) -> list[str]:
    """By kind, by organization, by both or by neither the events have to be known apart."""
    scope = question.scope
    return [
        cut
        for cut, chosen in (("kind", scope.kind), ("organization", scope.organization_id))
        if chosen is not None or question.by == cut
    ]


def _changed() -> set[Where] | None:
    """The quarters and places whose kept sums are not right any more; None where that is all of them."""
    found = db.session.execute(select(_QUARTER, _PLACE).select_from(_places()).distinct())
    changed = {(quarter, place) for quarter, place in found}
    return None if any(quarter is None for quarter, _ in changed) else changed


def _places() -> Any:
    noted = EngagementChange.__table__.outerjoin(Venue, Venue.id == EngagementChange.venue_id)
    return noted.outerjoin(Jurisdiction, Jurisdiction.id == Venue.county_id)


def _kept(question: Question, cut: str, *, but: Collection[Where]) -> Iterator[_Found]:
    """Kept sums, a few rows at a time."""
    scope = question.scope
    quarters = question.open_quarters
    wanted: list[ColumnElement[bool]] = [
        EngagementSums.cut == cut,
        EngagementSums.quarter.between(quarters.start, quarters.stop - 1),
    ]
    if scope.county is not None:
        wanted.append(EngagementSums.place == scope.county)
    for chosen in (scope.kind, scope.organization_id):
        if chosen is not None:
            wanted.append(EngagementSums.value == str(chosen))
    if but:
        wanted.append(tuple_(EngagementSums.quarter, EngagementSums.place).not_in(but))
    rows = select(EngagementSums.__table__).where(*wanted).order_by(*EngagementSums.__table__.primary_key)
    for row in db.session.execute(rows.execution_options(yield_per=_AT_ONCE)):
        stratum = Stratum(row.quarter, row.place, row.cut, row.value)
        yield stratum, [sums.from_json(stratum, part) for part in row.parts]


def _made(question: Question, *, within: Collection[Where] | None = None) -> Iterable[_Found]:
    made = sums.parts_of(
        lambda: queries.held(question, within=within), lambda held: _strata(held, question.by)
    )
    return made.items()


def _strata(held: Held, by: Cut | None) -> list[Stratum]:
    """The stratum of an event in a report that is divided like this."""
    if by == "kind":
        return [Stratum(held.quarter, held.place, by, held.kind)]
    if by == "organization":
        return [Stratum(held.quarter, held.place, by, held.organization)]
    return [Stratum(held.quarter, held.place)]


def _all_strata(held: Held) -> list[Stratum]:
    return [stratum for by in (None, "kind", "organization") for stratum in _strata(held, by)]


def _by_value(question: Question, found: Iterable[_Found]) -> dict[str, Parts]:
    is_sized = question.by == "size" or question.scope.size is not None
    values: dict[str, Parts] = defaultdict(Parts)
    for stratum, its in found:
        for part, curves in its:
            if not is_sized:
                values[_value(question, stratum, part)].take(part, curves)
            elif part.size is not None and question.scope.size in (None, part.size):
                values[_value(question, stratum, part)].take(of_size(part), curves)
    return dict(values)


def _value(question: Question, stratum: Stratum, part: Part) -> str:
    if question.by == "quarter":
        return question.quarter_name(stratum.quarter)
    values: dict[Cut | None, str] = {None: "", "county": part.place, "size": part.size or ""}
    return values.get(question.by, stratum.value)
