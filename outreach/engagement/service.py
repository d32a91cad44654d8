"""How often both groups were in the room together, for the page and the command alike."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from outreach.database import db
from outreach.engagement import editions, open_sums, periods, queries
from outreach.engagement.gathering import (
    EVERYTHING,
    Cut,
    EngagementReport,
    Gathered,
    Missing,
    Scope,
    report,
    widened,
    within_period,
    within_quarters,
)
from outreach.engagement.models import Edition, EditionStatistics
from outreach.engagement.periods import Period
from outreach.engagement.queries import Question
from outreach.engagement.statistics import Statistics, from_json


def engagement_report(period: Period, scope: Scope = EVERYTHING) -> EngagementReport:
    """The report of a period, from the sums of frozen quarters and the tallies that may be read by now.

    As many queries however many events.
    """
    return reported(asked(period, scope))[0]


def engagement_reports(period: Period, by: Cut, scope: Scope = EVERYTHING) -> dict[str, EngagementReport]:
    """The report of each part of a period or of its events; as many queries as for one."""
    return parts(asked(period, scope, by))[0]


def parts(question: Question) -> tuple[dict[str, EngagementReport], list[Missing]]:
    """The report of each value of a question's cut, and the frozen quarters that do not keep it."""
    (found, missing), sealed = gather(question), queries.sealed_events(question)
    reports = {
        value: report(
            question.period, found.get(value, Gathered()), sealed=sealed.get(value, 0), missing=missing
        )
        for value in sorted(found.keys() | sealed.keys())
    }
    return reports, missing


def asked(period: Period, scope: Scope = EVERYTHING, by: Cut | None = None) -> Question:
    """The question for a period, with the day from which events are read one by one."""
    return Question(period, scope, by, open_from=editions.open_from())


def reported(question: Question) -> tuple[EngagementReport, Gathered]:
    """The report of a question without a cut, and the sums it is made of."""
    values, missing = gather(question)
    found, sealed = values.get("", Gathered()), queries.sealed_events(question).get("", 0)
    return report(question.period, found, sealed=sealed, missing=missing), found


def gather(question: Question) -> tuple[dict[str, Gathered], list[Missing]]:
    """The closed sums of each value of a question's cut, from frozen quarters and single events; and the
    frozen quarters of the period that have none of their own.

    As many queries however many events.
    """
    frozen, missing = _frozen(question)
    opened = _opened(question, may_widen=not frozen and not missing and question.by != "quarter")
    values = frozen.keys() | opened.keys()
    return {value: _added(frozen.get(value), opened.get(value)) for value in values}, missing


def _opened(question: Question, *, may_widen: bool) -> dict[str, Gathered]:
    found = open_sums.parts(question)
    close = widened if may_widen else within_quarters
    opened = {value: its.closed(close) for value, its in found.items()}
    coarse = [value for value, its in opened.items() if its.strata == "period"]
    # Their sums are right, and the ranges are not: other rooms are compared with each other now.
    for value, its in open_sums.parts_of_period(question, coarse).items():
        opened[value] = its.closed(within_period)
    return opened


def _added(*parts: Gathered | None) -> Gathered:
    first, *rest = [part for part in parts if part is not None]
    return first + rest[0] if rest else first


def _frozen(question: Question) -> tuple[dict[str, Gathered], list[Missing]]:
    """The kept sums of the quarters that end in the period. Two queries."""
    period = question.period
    quarters = list(
        db.session.scalars(
            select(Edition)
            .where(
                Edition.name.contains("-Q"),
                Edition.ends_on >= period.starts_on,
                Edition.ends_on <= period.ends_on,
            )
            .order_by(Edition.ends_on)
        )
    )
    kept: dict[int, dict[str, dict[str, Statistics]]] = defaultdict(lambda: defaultdict(dict))
    for row in db.session.scalars(
        select(EditionStatistics).where(EditionStatistics.edition_id.in_([each.id for each in quarters]))
    ):
        kept[row.edition_id][row.cut][" ".join(row.members)] = from_json(row.sums)
    found: dict[str, Gathered] = {}
    missing: list[Missing] = []
    for edition in quarters:
        is_shown = _is_shown(edition, kept)
        values = _values(question, edition.name, kept[edition.id]) if is_shown else {}
        for value, sums in values.items():
            found[value] = _added(found.get(value), sums)
        if values:
            missing = [_counted(each, edition) for each in missing]
        else:
            missing.append(Missing(edition.name, "joined" if is_shown else "waits"))
    return found, missing


def _counted(missing: Missing, edition: Edition) -> Missing:
    """A quarter that waited, with the later one that took its events, if it is this one."""
    if missing.counted_with or missing.why != "waits":
        return missing
    if periods.parse(missing.quarter).ends_on < edition.starts_on:
        return missing
    return replace(missing, counted_with=edition.name)


def _is_shown(edition: Edition, kept: Mapping[int, Mapping[str, Mapping[str, Statistics]]]) -> bool:
    """Whether enough answered, or nobody was asked; a quarter that waits for the next is not."""
    whole = kept[edition.id].get("", {}).get("")
    return bool(edition.published) or (whole is not None and not whole.asked)


def _values(
    question: Question, quarter: str, kept: Mapping[str, Mapping[str, Statistics]]
) -> dict[str, Gathered]:
    """What is kept of one quarter for each value of the cut; nothing where it is not kept apart like that."""
    scope = question.scope
    chosen: dict[str, str | None] = {
        "kind": scope.kind,
        "county": scope.county,
        "size": scope.size,
        "organization": None if scope.organization_id is None else str(scope.organization_id),
    }
    limits = {cut: value for cut, value in chosen.items() if value is not None}
    if question.by in (None, "quarter"):
        name = quarter if question.by else ""
        if not limits:
            return {name: _whole(kept)}
        if len(limits) == 1:
            ((cut, value),) = limits.items()
            sums = kept.get(cut, {}).get(value)
            return {} if sums is None else {name: _alone(sums)}
        return {}
    if limits:
        return {}
    return {value: _alone(sums) for value, sums in kept.get(question.by or "", {}).items()}


def _whole(kept: Mapping[str, Mapping[str, Statistics]]) -> Gathered:
    sizes = kept.get("size", {})
    if not {"small", "large"} <= sizes.keys():
        return Gathered("quarter", kept[""][""], has_sizes=False)
    return Gathered("quarter", kept[""][""], sizes["small"], sizes["large"])


def _alone(sums: Statistics) -> Gathered:
    return Gathered("quarter", sums, has_sizes=False)
