"""The real plan that these tests are about."""

from pathlib import Path

from outreach.plan.importing import CommitmentDraft, PlanDraft, nodes_of, read

FILE = Path(__file__).resolve().parents[2] / "outreach" / "demo" / "data" / "plan.json"
DRAFT = read(FILE.read_text(encoding="utf-8"))


def commitments(plan: PlanDraft) -> dict[str, CommitmentDraft]:
    """Every promise of a plan by its ref."""
    return {row.ref: row for node in nodes_of(plan.strategies) for row in node.commitments}
