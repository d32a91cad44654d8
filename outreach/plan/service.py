"""Brings plans in from files, and finds those that there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from outreach.accounts.models import Jurisdiction, Organization
from outreach.database import db
from outreach.errors import ConflictError, NotFoundError
from outreach.i18n import N_
from outreach.plan import history
from outreach.plan.importing import CommitmentDraft, NodeDraft, PlanDraft
from outreach.plan.models import Commitment, Plan, PlanEvidence, PlanItem, PlanNode


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """What an import did: how many rows of the tree it added, changed, removed and left as they were."""

    plan_id: int
    added: int
    changed: int
    removed: int
    unchanged: int


_OUTCOMES = ("added", "changed", "removed", "unchanged")


def import_plan(draft: PlanDraft, *, region: str | None = None, now: datetime) -> ImportOutcome:
    """Brings a plan in, or up to date: afterwards the stored one is what the file says. Flushes.

    A plan is found by its title and everything in it by its ref, so that a second import of the same
    file changes nothing. `region` is the slug of the jurisdiction whose events count; without it an
    earlier choice stays. So do owners, open items, what staff wrote down, and whom a promise must reach
    where the file does not say it. Raises NotFoundError for an unknown region, and ConflictError when the
    file leaves out a promise for which staff wrote something down.
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
    work = _Import(plan, now=now)
    for strategy in draft.strategies:
        work.node(strategy, None)
    outcome = work.finish()
    if outcome.added or outcome.changed or outcome.removed:
        plan.imported_at = now
    db.session.flush()
    return outcome


class _Import:
    """One run over a plan's tree: rows by their ref, and what became of each."""

    def __init__(self, plan: Plan, *, now: datetime) -> None:
        self.plan, self.now = plan, now
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
        row = self.commitments.get(draft.ref) or Commitment(plan_id=self.plan.id, ref=draft.ref, expected=[])
        self._written(
            row,
            node_id=action.id,
            kind=draft.kind,
            text=draft.text,
            promised_count=draft.count,
            is_minimum=draft.is_minimum,
            count_verbatim=draft.count_verbatim,
            count_note=draft.count_note,
            progress_kind=draft.progress_kind,
            expected=row.expected if draft.expected is None else list(draft.expected),
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
        self._keep_what_staff_wrote()
        for model in (Commitment, PlanNode):
            gone = [row.id for row in self.left.values() if isinstance(row, model)]
            self.counted["removed"] += len(gone)
            db.session.execute(delete(model).where(model.id.in_(gone)))
        return ImportOutcome(self.plan.id, **{name: self.counted[name] for name in _OUTCOMES})

    def _keep_what_staff_wrote(self) -> None:
        gone = [row for row in self.left.values() if isinstance(row, Commitment)]
        ids = [row.id for row in gone]
        kept = {
            row_id
            for model in (PlanEvidence, PlanItem)
            for row_id in db.session.scalars(
                select(model.commitment_id).where(model.commitment_id.in_(ids)).distinct()
            )
        }
        for row in gone:
            if row.id in kept:
                raise ConflictError(
                    N_(
                        "%(ref)s is not in the file, but staff wrote down what was done for it."
                        " Put it back, or withdraw that first."
                    ),
                    ref=row.ref,
                )
            history.note(self.plan.id, row.ref, "removed", now=self.now, text=row.text)

    def _written(self, row: Any, **values: object) -> Any:
        is_new = row.id is None
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        self.counted["added" if is_new else "changed" if changed else "unchanged"] += 1
        self.position += 1
        for name, value in (*values.items(), ("position", self.position)):
            setattr(row, name, value)
        db.session.add(row)
        self.left.pop(id(row), None)
        if isinstance(row, Commitment) and changed:
            row.revision = (row.revision or 0) + 1
            what, fields = ("imported", []) if is_new else ("changed", changed)
            history.note(self.plan.id, row.ref, what, now=self.now, fields=fields)
        return row


def plans() -> list[Plan]:
    """All plans, the newest first."""
    newest_first = (Plan.starts_on.desc().nulls_last(), Plan.id.desc())
    return list(db.session.scalars(select(Plan).order_by(*newest_first)))


def _region_named(slug: str) -> Jurisdiction:
    found = db.session.scalar(select(Jurisdiction).where(Jurisdiction.slug == slug))
    if found is None:
        raise NotFoundError(N_("There is no place named %(name)s."), name=slug)
    return found


def _by_ref(model: type[Any], plan: Plan) -> dict[str, Any]:
    return {row.ref: row for row in db.session.scalars(select(model).where(model.plan_id == plan.id))}
