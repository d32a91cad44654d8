"""Freezing: a quarter's totals are put together, published as far as the rules allow, and erased per event.

What is frozen stays: a late event is counted with the next quarter, and whoever asks to be deleted
changes nothing, so that no two versions tell by their difference what somebody said.

A legal hold on ballots changes no edition. It only keeps the totals of its events until it is lifted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from outreach import audit
from outreach.accounts.models import Jurisdiction
from outreach.chain import Deed
from outreach.database import db, insert
from outreach.engagement import keeping, open_sums, periods, publication, queries
from outreach.engagement.ballots import may_go
from outreach.engagement.figures import METHOD_VERSION
from outreach.engagement.gathering import Cut, Gathered, within_quarters
from outreach.engagement.models import Edition, EditionEvent, EditionStatistics, EventTally
from outreach.engagement.periods import Period
from outreach.engagement.publication import Cell, is_publishable
from outreach.engagement.queries import Question
from outreach.engagement.statistics import NOTHING, Statistics, from_json, to_json, total
from outreach.errors import ConflictError
from outreach.events.models import Event
from outreach.i18n import N_

#: A quarter is frozen when it has been over for so long.
FROZEN_AFTER = timedelta(days=30)
#: An edition may be replaced as a whole after so long, and never before.
REPLACED_AFTER = timedelta(days=365)

_WHOLE = ""


def freeze_due(*, today: date, now: datetime) -> list[Edition]:
    """Freezes every quarter and year that is due, the earliest first; erases what no hold keeps. Flushes."""
    made = [_freeze_quarter(quarter, now=now) for quarter in quarters_due(today=today)]
    frozen = [edition for edition in made if edition is not None]
    years = {edition.ends_on.year for edition in quarters() if edition.published}
    for year in sorted(years):
        if date(year, 12, 31) + FROZEN_AFTER < today:
            frozen += filter(None, [_freeze_year(periods.parse(str(year)), now=now)])
    _erase(now=now)
    return frozen


def quarters_due(*, today: date) -> list[Period]:
    """The quarters that ended more than 30 days ago and have events that are not frozen."""
    return [each for each in queries.open_quarters(open_from()) if each.ends_on + FROZEN_AFTER < today]


def open_from() -> date | None:
    """The first day that is not frozen; None before the first edition."""
    last = db.session.scalar(select(db.func.max(Edition.ends_on)).where(Edition.name.contains("-Q")))
    return None if last is None else last + timedelta(days=1)


def quarters() -> list[Edition]:
    """All frozen quarters, the earliest first."""
    return list(db.session.scalars(_editions().where(Edition.name.contains("-Q"))))


def every() -> list[Edition]:
    """All editions, published or waiting, the earliest first."""
    return list(db.session.scalars(_editions()))


def unasked() -> set[int]:
    """The ids of frozen quarters in which nobody was asked: nothing of them waits for a later one."""
    rows = db.session.scalars(select(EditionStatistics).where(EditionStatistics.cut == _WHOLE))
    return {row.edition_id for row in rows if not from_json(row.sums).asked}


def find(name: str) -> Edition | None:
    """The published edition of a name."""
    edition = db.session.scalar(select(Edition).where(Edition.name == name))
    return edition if edition and edition.published else None


def joined(edition: Edition, among: Iterable[Edition]) -> list[str]:
    """The quarters before an edition's own that were too small to stand alone and are in it."""
    if "-Q" not in edition.name:
        return []
    return [each.name for each in _too_small(among) if edition.starts_on <= each.ends_on < edition.ends_on]


def left_out(edition: Edition, among: Iterable[Edition]) -> list[str]:
    """The last quarters of an edition's year that were too small for it."""
    if "-Q" in edition.name:
        return []
    year_ends_on = date(edition.ends_on.year, 12, 31)
    return [each.name for each in _too_small(among) if edition.ends_on < each.ends_on <= year_ends_on]


def waiting(among: Iterable[Edition]) -> list[str]:
    """The last quarters that were too small to stand alone and are in no published edition."""
    found = list(among)
    last = max((each.ends_on for each in found if each.published), default=date.min)
    return [each.name for each in _too_small(found) if each.ends_on > last]


def _too_small(among: Iterable[Edition]) -> list[Edition]:
    return [each for each in among if not each.published]


def place_names() -> dict[str, str]:
    """The names of counties by what cells call them."""
    rows = db.session.execute(select(Jurisdiction.slug, Jurisdiction.name))
    return {row.slug: row.name for row in rows}


def replace(name: str, *, now: datetime) -> Edition:
    """Makes an edition anew from its kept sums by today's method, as a whole. Flushes.

    Raises ConflictError for one that is not published or is younger than twelve months: two versions
    soon after each other could tell by their difference what somebody said.
    """
    edition = find(name)
    if edition is None:
        raise ConflictError(N_("There is no published edition %(name)s."), name=name)
    if now < edition.frozen_at + REPLACED_AFTER:
        raise ConflictError(N_("An edition can be replaced twelve months after it was frozen, not before."))
    cells = [edition] if "-Q" in name else _cells(edition.ends_on.year)
    edition.published = _published(cells, with_counties="-Q" not in name)
    edition.method, edition.thresholds, edition.frozen_at = METHOD_VERSION, publication.THRESHOLDS, now
    db.session.flush()
    return edition


def _editions() -> Any:
    return select(Edition).order_by(Edition.ends_on, Edition.id)


def _freeze_quarter(quarter: Period, *, now: datetime) -> Edition | None:
    """One transaction of the caller's: the events are claimed and added up.

    None where somebody else froze the quarter at the same time.
    """
    # First of all, so that nobody keeps sums of these events meanwhile.
    open_sums.erase_until(quarter)
    question = Question(quarter, open_from=open_from())
    edition = _begin(quarter, now=now)
    if edition is None:
        return None
    queries.claim(question, edition.id)
    mine = Question(quarter, edition_id=edition.id)
    waiting = _take_waiting(edition)
    sums = keeping.kept([waiting, *(found.whole for found in _gathered(mine).values())])
    _keep(edition, _WHOLE, [((), sums)])
    if is_publishable(sums):
        # Cuts of the new events alone would tell, beside the whole, what waited.
        if waiting == NOTHING:
            _keep_cuts(edition, mine)
        edition.published = _published([edition], with_counties=False)
    db.session.flush()
    return edition


def _begin(period: Period, *, now: datetime) -> Edition | None:
    made = db.session.scalar(
        insert(Edition)
        .values(
            name=period.name,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            frozen_at=now,
            method=METHOD_VERSION,
            thresholds=publication.THRESHOLDS,
            published=None,
        )
        .on_conflict_do_nothing(index_elements=[Edition.name])
        .returning(Edition.id)
    )
    return None if made is None else db.session.get_one(Edition, made)


def _take_waiting(edition: Edition) -> Statistics:
    """The sums of the quarter before where it was too small to stand alone; they move to this one."""
    sums = NOTHING
    for before in quarters():
        if before.published or before.id == edition.id:
            continue
        for row in _rows(before, _WHOLE):
            kept = from_json(row.sums)
            # A quarter in which nobody was asked has nothing to wait with.
            if kept.asked:
                sums += kept
                edition.starts_on = min(edition.starts_on, before.starts_on)
                db.session.delete(row)
    return sums


def _keep_cuts(edition: Edition, question: Question) -> None:
    kept = keeping.groups(queries.pieces(question), len(queries.KEPT_CUTS))
    for cut, groups in zip(queries.KEPT_CUTS, kept, strict=True):
        if groups:
            found = _gathered(Question(question.period, by=cut, edition_id=edition.id))
            _keep(
                edition,
                cut,
                [
                    (group, keeping.kept(found[value].whole for value in group if value in found))
                    for group in groups
                ],
            )


def _keep(edition: Edition, cut: str, groups: Sequence[tuple[tuple[str, ...], Statistics]]) -> None:
    db.session.add_all(
        EditionStatistics(
            edition_id=edition.id, cut=cut, position=position, members=list(group), sums=to_json(sums)
        )
        for position, (group, sums) in enumerate(groups)
    )
    db.session.flush()


def _erase(*, now: datetime) -> None:
    """Deletes the totals of all frozen events, but those that a legal hold keeps: they wait for its end."""
    frozen = select(EditionEvent.event_id)
    left = select(EventTally.event_id).where(EventTally.event_id.in_(frozen))
    # Whoever places a hold on one of them takes the same lock, so that one of the two comes first.
    db.session.execute(
        select(Event.id).where(Event.id.in_(left)).order_by(Event.id).with_for_update(key_share=True)
    )
    gone = db.session.scalars(
        delete(EventTally)
        .where(EventTally.event_id.in_(frozen), may_go(EventTally.event_id))
        .returning(EventTally.event_id)
    ).all()
    if gone:
        audit.record(Deed.PURGED, staff_id=None, subject="ballots", numbers={"events": len(gone)}, now=now)


def _gathered(question: Question) -> dict[str, Gathered]:
    """Sums whose strata are quarters, as those of frozen quarters always are."""
    return {value: its.closed(within_quarters) for value, its in open_sums.parts(question).items()}


def _freeze_year(year: Period, *, now: datetime) -> Edition | None:
    """The year as the sum of the quarters published in it, so that nothing is left over between the two."""
    if db.session.scalar(select(Edition.id).where(Edition.name == year.name)):
        return None
    edition = _begin(year, now=now)
    cells = _cells(year.ends_on.year)
    if edition is None:
        return None
    edition.starts_on, edition.ends_on = cells[0].starts_on, cells[-1].ends_on
    edition.published = _published(cells, with_counties=True)
    db.session.flush()
    return edition


def _cells(year: int) -> list[Edition]:
    return [each for each in quarters() if each.published and each.ends_on.year == year]


def _published(cells: Sequence[Edition], *, with_counties: bool) -> dict[str, Any]:
    region = total(from_json(row.sums) for cell in cells for row in _rows(cell, _WHOLE))
    counties = publication.joined(_counties(cells)) if with_counties else []
    return {
        "region": asdict(publication.figures(Cell((), region))),
        # One part alone would be the region once more.
        "counties": [asdict(publication.figures(cell)) for cell in counties] if len(counties) > 1 else [],
    }


def _counties(cells: Sequence[Edition]) -> list[Cell]:
    """The counties as far apart as all quarters keep them; none where one of them keeps them together."""
    rows = [_rows(cell, "county") for cell in cells]
    if not all(rows):
        return []
    merged = keeping.common_groups([tuple(row.members) for its in rows for row in its])
    return [
        Cell(
            group,
            total(from_json(row.sums) for its in rows for row in its if row.members[0] in group),
        )
        for group in merged
    ]


def _rows(edition: Edition, cut: Cut | str) -> list[EditionStatistics]:
    return list(
        db.session.scalars(
            select(EditionStatistics)
            .where(EditionStatistics.edition_id == edition.id, EditionStatistics.cut == cut)
            .order_by(EditionStatistics.position)
        )
    )
