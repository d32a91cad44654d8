"""Keeps plans and says how their promises stand, from the events held in the plan's region."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.sql.selectable import CTE

from outreach.accounts.models import Jurisdiction, Organization
from outreach.database import db
from outreach.errors import NotFoundError
from outreach.events.kinds import KINDS
from outreach.events.models import Event, EventText, Venue
from outreach.i18n import N_
from outreach.plan.importing import CommitmentDraft, NodeDraft, PlanDraft
from outreach.plan.models import Commitment, Plan, PlanNode
from outreach.plan.progress import Progress, Promise, State, counts, progress

#: What `progress` says, or "done": the plan itself says that it was done when it was printed.
Standing = State | Literal["done"]


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did: how many rows of the tree it added, changed, removed and left as they were."""

    plan_id: int
    added: int
    changed: int
    removed: int
    unchanged: int


_OUTCOMES = ("added", "changed", "removed", "unchanged")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A held event that counts toward a promise."""

    public_id: str
    title: str
    #: The title's language.
    locale: str
    kind: str
    on: date
    head_count: int | None


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
    evidence: tuple[Evidence, ...]


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


def import_plan(draft: PlanDraft, *, region: str | None = None, now: datetime) -> ImportOutcome:
    """Brings a plan in, or up to date: afterwards the stored one is what the file says. Flushes.

    A plan is found by its title and everything in it by its ref, so that a second import of the same
    file changes nothing. `region` is the slug of the jurisdiction whose events count; without it an
    earlier choice stays. Raises NotFoundError for an unknown one.
    """
    plan = db.session.scalar(select(Plan).where(Plan.title == draft.title))
    if plan is None:
        plan = Plan(title=draft.title, imported_at=now)
        db.session.add(plan)
    for name in (
        "prepared_by", "prepared_on", "starts_on", "ends_on", "vision", "goal", "governance", "source_url",
    ):  # fmt: skip
        setattr(plan, name, getattr(draft, name))
    if region is not None:
        plan.region_id = _region_named(region).id
    db.session.flush()
    work = _Import(plan)
    for strategy in draft.strategies:
        work.node(strategy, None)
    outcome = work.finish()
    if outcome.added or outcome.changed or outcome.removed:
        plan.imported_at = now
    db.session.flush()
    return outcome


class _Import:
    """One run over a plan's tree: rows by their ref, and what became of each."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.nodes = _by_ref(PlanNode, plan)
        self.commitments = _by_ref(Commitment, plan)
        self.left = {id(row): row for row in (*self.nodes.values(), *self.commitments.values())}
        self.organizations = dict(db.session.execute(select(Organization.name, Organization.id)).all())
        self.counted: Counter[str] = Counter()
        self.position = 0

    def node(self, draft: NodeDraft, parent: PlanNode | None) -> None:
        row = self._written(
            self.nodes.get(draft.ref) or PlanNode(plan_id=self.plan.id, ref=draft.ref),
            parent_id=parent.id if parent else None,
            level=draft.level,
            text=draft.text,
            models=list(draft.models),
        )
        # Children need their parent's id.
        db.session.flush()
        for child in draft.children:
            self.node(child, row)
        for commitment in draft.commitments:
            self.commitment(commitment, row)

    def commitment(self, draft: CommitmentDraft, action: PlanNode) -> None:
        self._written(
            self.commitments.get(draft.ref) or Commitment(plan_id=self.plan.id, ref=draft.ref),
            node_id=action.id,
            kind=draft.kind,
            text=draft.text,
            promised_count=draft.count,
            is_minimum=draft.is_minimum,
            count_verbatim=draft.count_verbatim,
            count_note=draft.count_note,
            counts_kinds=list(draft.counts_kinds),
            due_verbatim=draft.due.verbatim,
            due_type=draft.due.type,
            due_starts_on=draft.due.starts_on,
            due_ends_on=draft.due.ends_on,
            is_due_ambiguous=draft.due.is_ambiguous,
            responsible=draft.responsible,
            responsible_id=self.organizations.get(draft.responsible or ""),
            partners=list(draft.partners),
            audience=draft.audience,
            is_done_in_plan=draft.is_done,
        )

    def finish(self) -> ImportOutcome:
        """Removes what the file no longer has, once what moved away from below it is written."""
        db.session.flush()
        for model in (Commitment, PlanNode):
            gone = [row.id for row in self.left.values() if isinstance(row, model)]
            self.counted["removed"] += len(gone)
            db.session.execute(delete(model).where(model.id.in_(gone)))
        return ImportOutcome(self.plan.id, **{name: self.counted[name] for name in _OUTCOMES})

    def _written(self, row: Any, **values: object) -> Any:
        is_new = row.id is None
        is_changed = any(getattr(row, name) != value for name, value in values.items())
        self.counted["added" if is_new else "changed" if is_changed else "unchanged"] += 1
        self.position += 1
        for name, value in (*values.items(), ("position", self.position)):
            setattr(row, name, value)
        db.session.add(row)
        self.left.pop(id(row), None)
        return row


def plans() -> list[Plan]:
    """All plans, the newest first."""
    newest_first = (Plan.starts_on.desc().nulls_last(), Plan.id.desc())
    return list(db.session.scalars(select(Plan).order_by(*newest_first)))


def plan_report(plan: Plan, *, today: date) -> PlanReport:
    """How a plan's promises stand at the end of a day. Four queries, however large plan and calendar are."""
    region = plan.region or _only_region()
    nodes = db.session.scalars(
        select(PlanNode).where(PlanNode.plan_id == plan.id).order_by(PlanNode.position)
    ).all()
    commitments = db.session.scalars(
        select(Commitment).where(Commitment.plan_id == plan.id).order_by(Commitment.position)
    ).all()
    held = _held_events({kind for row in commitments for kind in row.counts_kinds}, region, until=today)
    reports = [_commitment_report(row, plan, held, today=today) for row in commitments]
    return PlanReport(
        plan,
        region.name if region else None,
        _tree(nodes, reports),
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


def _commitment_report(
    row: Commitment, plan: Plan, held: Sequence[Evidence], *, today: date
) -> CommitmentReport:
    window = row.due_starts_on or plan.starts_on, row.due_ends_on or plan.ends_on
    promise = Promise(row.promised_count, row.is_minimum, *window, tuple(row.counts_kinds))
    found = progress(promise, held, today=today)
    is_done = row.is_done_in_plan and found.state != "kept"
    return CommitmentReport(
        row,
        "done" if is_done else found.state,
        found,
        *window,
        tuple(event for event in held if counts(event, promise, today=today)),
    )


def _held_events(kinds: set[str], region: Jurisdiction | None, *, until: date) -> list[Evidence]:
    """Held events of these kinds in a region, the earliest first, each with its title.

    An event is of a region when its venue's county, or its host's jurisdiction, is the region or below it.
    """
    statement = (
        select(
            Event.public_id,
            EventText.title,
            EventText.locale,
            Event.kind,
            Event.starts_local,
            Event.head_count,
        )
        .join(EventText, and_(EventText.event_id == Event.id, EventText.locale == Event.source_locale))
        .where(Event.status == "held", Event.kind.in_(kinds))
        .order_by(Event.starts_at, Event.id)
    )
    if region is not None:
        tree = select(_tree_of(region).c.id)
        statement = (
            statement.outerjoin(Venue, Venue.id == Event.venue_id)
            .join(Organization, Organization.id == Event.organization_id)
            .where(or_(Venue.county_id.in_(tree), Organization.jurisdiction_id.in_(tree)))
        )
    return [
        Evidence(public_id, title, locale, kind, starts_local.date(), head_count)
        for public_id, title, locale, kind, starts_local, head_count in db.session.execute(statement)
        if starts_local.date() <= until and (head_count is None or head_count >= KINDS[kind].held_from_people)
    ]


def _tree_of(region: Jurisdiction) -> CTE:
    """The region and every jurisdiction below it."""
    tree = select(Jurisdiction.id).where(Jurisdiction.id == region.id).cte(recursive=True)
    return tree.union_all(select(Jurisdiction.id).where(Jurisdiction.parent_id == tree.c.id))


def _only_region() -> Jurisdiction | None:
    """The one region of this installation; None where there are none or several, and every event counts."""
    regions = db.session.scalars(select(Jurisdiction).where(Jurisdiction.level == "region").limit(2)).all()
    return regions[0] if len(regions) == 1 else None


def _region_named(slug: str) -> Jurisdiction:
    found = db.session.scalar(select(Jurisdiction).where(Jurisdiction.slug == slug))
    if found is None:
        raise NotFoundError(N_("There is no place named %(name)s."), name=slug)
    return found


def _by_ref(model: type[Any], plan: Plan) -> dict[str, Any]:
    return {row.ref: row for row in db.session.scalars(select(model).where(model.plan_id == plan.id))}
