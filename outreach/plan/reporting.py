"""Says how the promises of a plan stand, from the region's calendar and from what staff wrote down."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, cast

from sqlalchemy import and_, or_, select
from sqlalchemy.sql.selectable import CTE

from outreach.accounts.models import Jurisdiction, Organization, Staff
from outreach.database import db
from outreach.events.kinds import KINDS
from outreach.events.models import Event, EventText, Venue
from outreach.plan.aims import ProgressKind, expected_by
from outreach.plan.bodies import Bodies, all_bodies
from outreach.plan.models import Commitment, Plan, PlanEvidence, PlanItem, PlanNode
from outreach.plan.progress import Progress, Promise, State, counts, fits, is_in_time, progress

_DAY = timedelta(days=1)

#: What `progress` says, or "done": the plan itself says that it was done when it was printed.
Standing = State | Literal["done"]


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """An event of the region's calendar that counts toward a promise, or could."""

    public_id: str
    title: str
    #: The title's language.
    locale: str
    kind: str
    #: held, published or submitted.
    status: str
    on: date
    head_count: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that staff wrote down as done for a promise."""

    id: int
    on: date
    #: Key of the body it reached, and its name.
    body: str | None
    body_name: str
    quantity: int
    acknowledged_on: date | None
    contact: str | None
    title: str
    link: str | None
    note: str


def gathered(deeds: Sequence[Deed]) -> list[list[Deed]]:
    """What was done on one day under one title, together: one convening, one round of deliveries."""
    found: dict[tuple[object, ...], list[Deed]] = {}
    for deed in deeds:
        found.setdefault((deed.on, deed.title, deed.contact, deed.link, deed.note), []).append(deed)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class CommitmentReport:
    """A promise and how it stands."""

    commitment: Commitment
    standing: Standing
    progress: Progress
    #: From when until when events count: the promise's own days; where its words leave an end open, the
    #: plan's. "By mid-2018" has no first day, and what happened before there was a plan keeps no promise.
    counted_from: date | None
    counted_until: date | None
    #: Held events that count.
    evidence: tuple[PlannedEvent, ...]
    #: What staff wrote down, the earliest first; `late` came after the last day.
    deeds: tuple[Deed, ...]
    late: tuple[Deed, ...]
    #: Keys of the bodies that it must reach, and names of those that it must still reach.
    expected: tuple[str, ...]
    missing: tuple[str, ...]
    #: Events to come that could keep it, public or in review.
    upcoming: tuple[PlannedEvent, ...]
    #: Whoever a coordinator named, or the plan prints; empty where nobody is.
    owner: str
    open_items: tuple[PlanItem, ...]


@dataclass(frozen=True, slots=True)
class NodeReport:
    """A strategy, objective or action with what is below it."""

    node: PlanNode
    children: tuple["NodeReport", ...]
    commitments: tuple[CommitmentReport, ...]


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A whole plan and how its promises stand; `totals` counts promises by standing."""

    plan: Plan
    region: str | None
    today: date
    strategies: tuple[NodeReport, ...]
    totals: dict[Standing, int]

    @property
    def commitments(self) -> list[tuple[list[PlanNode], CommitmentReport]]:
        """Every promise with the strategy, objective and action above it, in the plan's order."""
        return [
            ([strategy.node, objective.node, action.node], commitment)
            for strategy in self.strategies
            for objective in strategy.children
            for action in objective.children
            for commitment in action.commitments
        ]


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """Everything that the report of a plan is made of, so that it can be made as of several days."""

    plan: Plan
    region: Jurisdiction | None
    nodes: Sequence[PlanNode]
    commitments: Sequence[Commitment]
    events: Sequence[PlannedEvent]
    deeds: dict[int, list[Deed]]
    items: dict[int, list[PlanItem]]
    bodies: Bodies
    staff: dict[int, str]


def plan_report(plan: Plan, *, today: date) -> PlanReport:
    """How a plan's promises stand at the end of a day."""
    return report_of(facts_of(plan), today=today)


def facts_of(plan: Plan) -> PlanFacts:
    """Loads a plan with all that counts. Eleven queries at most, however large plan and calendar are."""
    region = plan.region or _only_region()
    nodes = db.session.scalars(
        select(PlanNode).where(PlanNode.plan_id == plan.id).order_by(PlanNode.position)
    ).all()
    commitments = db.session.scalars(
        select(Commitment).where(Commitment.plan_id == plan.id).order_by(Commitment.position)
    ).all()
    bodies = all_bodies()
    return PlanFacts(
        plan,
        region,
        nodes,
        commitments,
        _events(plan, commitments, region),
        _deeds(plan, bodies),
        _items(plan),
        bodies,
        {row.id: row.name for row in db.session.execute(select(Staff.id, Staff.name))},
    )


def report_of(facts: PlanFacts, *, today: date) -> PlanReport:
    """The report as of a day, without a query. Open items and owners are those of now."""
    reports = [_commitment_report(row, facts, today=today) for row in facts.commitments]
    return PlanReport(
        facts.plan,
        facts.region.name if facts.region else None,
        today,
        _tree(facts.nodes, reports),
        dict(Counter(report.standing for report in reports)),
    )


def _tree(nodes: Sequence[PlanNode], reports: Sequence[CommitmentReport]) -> tuple[NodeReport, ...]:
    children: dict[int | None, list[PlanNode]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    below: dict[int, list[CommitmentReport]] = {}
    for report in reports:
        below.setdefault(report.commitment.node_id, []).append(report)

    def grown(parent_id: int | None) -> tuple[NodeReport, ...]:
        return tuple(
            NodeReport(node, grown(node.id), tuple(below.get(node.id, ())))
            for node in children.get(parent_id, ())
        )

    return grown(None)


def _commitment_report(row: Commitment, facts: PlanFacts, *, today: date) -> CommitmentReport:
    promise = _promise(row, facts)
    deeds = [deed for deed in facts.deeds.get(row.id, []) if deed.on <= today]
    held = [event for event in facts.events if event.status == "held"]
    upcoming = _upcoming(promise, facts.events, today)
    # What waits for review may still be refused.
    planned = sum(event.status == "published" for event in upcoming)
    found = progress(promise, held, deeds, planned=planned, today=today)
    return CommitmentReport(
        row,
        "done" if row.is_done_in_plan and found.state != "kept" else found.state,
        found,
        promise.starts_on,
        promise.ends_on,
        tuple(event for event in held if counts(event, promise, today=today)),
        tuple(deed for deed in deeds if is_in_time(deed, promise, today=today)),
        tuple(deed for deed in deeds if not is_in_time(deed, promise, today=today)),
        promise.expected,
        tuple(facts.bodies.name_of(key) for key in found.missing),
        upcoming,
        _owner(row, facts),
        tuple(facts.items.get(row.id, ())),
    )


def _promise(row: Commitment, facts: PlanFacts) -> Promise:
    kind = cast(ProgressKind, row.progress_kind)
    whom = expected_by(
        kind,
        stated=row.expected,
        audience=row.audience,
        partners=row.partners,
        count=row.promised_count,
    )
    return Promise(
        row.promised_count,
        row.is_minimum,
        row.due_starts_on or facts.plan.starts_on,
        row.due_ends_on or facts.plan.ends_on,
        tuple(row.counts_kinds),
        kind,
        facts.bodies.expected(whom, region=facts.region),
    )


def _upcoming(promise: Promise, events: Sequence[PlannedEvent], today: date) -> tuple[PlannedEvent, ...]:
    if promise.kind not in ("events", "convenings"):
        return ()
    return tuple(
        event for event in events if event.status != "held" and event.on > today and fits(event, promise)
    )


def _owner(row: Commitment, facts: PlanFacts) -> str:
    if row.owner_staff_id is not None:
        return facts.staff[row.owner_staff_id]
    body = row.owner_organization_id and facts.bodies.of(None, row.owner_organization_id)
    return body.name if body else row.responsible or ""


def _deeds(plan: Plan, bodies: Bodies) -> dict[int, list[Deed]]:
    found: dict[int, list[Deed]] = {}
    statement = (
        select(PlanEvidence)
        .join(Commitment, Commitment.id == PlanEvidence.commitment_id)
        .where(Commitment.plan_id == plan.id)
        .order_by(PlanEvidence.on, PlanEvidence.id)
    )
    for row in db.session.scalars(statement):
        found.setdefault(row.commitment_id, []).append(_deed(row, bodies))
    return found


def _deed(row: PlanEvidence, bodies: Bodies) -> Deed:
    body = bodies.of(row.jurisdiction_id, row.organization_id)
    return Deed(
        row.id,
        row.on,
        body.key if body else None,
        body.name if body else "",
        row.quantity,
        row.acknowledged_on,
        row.contact,
        row.title,
        row.link,
        row.note,
    )


def _items(plan: Plan) -> dict[int, list[PlanItem]]:
    found: dict[int, list[PlanItem]] = {}
    statement = (
        select(PlanItem)
        .join(Commitment, Commitment.id == PlanItem.commitment_id)
        .where(Commitment.plan_id == plan.id, PlanItem.closed_at.is_(None))
        .order_by(PlanItem.due_on.asc().nulls_last(), PlanItem.id)
    )
    for row in db.session.scalars(statement):
        found.setdefault(row.commitment_id, []).append(row)
    return found


def _events(plan: Plan, commitments: Sequence[Commitment], region: Jurisdiction | None) -> list[PlannedEvent]:
    """Events in a region that could count toward a promise, the earliest first, each with its title.

    They took place, or may. An event is of a region when its venue's county, or its host's jurisdiction,
    is the region or below it.
    """
    kinds = {kind for row in commitments for kind in row.counts_kinds}
    statement = (
        select(
            Event.public_id,
            EventText.title,
            EventText.locale,
            Event.kind,
            Event.status,
            Event.starts_local,
            Event.head_count,
        )
        .join(EventText, and_(EventText.event_id == Event.id, EventText.locale == Event.source_locale))
        .where(Event.status.in_(("held", "published", "submitted")), Event.kind.in_(kinds))
        .order_by(Event.starts_at, Event.id)
    )
    # A calendar has many more years than a plan.
    first = [row.due_starts_on or plan.starts_on for row in commitments]
    last = [row.due_ends_on or plan.ends_on for row in commitments]
    if first and None not in first:
        statement = statement.where(Event.starts_local >= _midnight(min(filter(None, first))))
    if last and None not in last:
        statement = statement.where(Event.starts_local < _midnight(max(filter(None, last)) + _DAY))
    if region is not None:
        tree = select(_tree_of(region).c.id)
        statement = (
            statement.outerjoin(Venue, Venue.id == Event.venue_id)
            .join(Organization, Organization.id == Event.organization_id)
            .where(or_(Venue.county_id.in_(tree), Organization.jurisdiction_id.in_(tree)))
        )
    return [
        PlannedEvent(public_id, title, locale, kind, status, starts_local.date(), head_count)
        for public_id, title, locale, kind, status, starts_local, head_count in db.session.execute(statement)
        if head_count is None or head_count >= KINDS[kind].held_from_people
    ]


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time())


def _tree_of(region: Jurisdiction) -> CTE:
    """The region and every jurisdiction below it."""
    tree = select(Jurisdiction.id).where(Jurisdiction.id == region.id).cte(recursive=True)
    return tree.union_all(select(Jurisdiction.id).where(Jurisdiction.parent_id == tree.c.id))


def _only_region() -> Jurisdiction | None:
    """The one region of this installation; None where there are none or several, and every event counts."""
    regions = db.session.scalars(select(Jurisdiction).where(Jurisdiction.level == "region").limit(2)).all()
    return regions[0] if len(regions) == 1 else None
