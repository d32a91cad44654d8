"""How a plan stands as CSV text and as a JSON value."""

from typing import Any

from outreach.i18n import Translator
from outreach.plan.models import PlanNode
from outreach.plan.service import CommitmentReport, Evidence, PlanReport
from outreach.plan.wording import STANDINGS
from outreach.spreadsheet import csv_text

_COLUMNS = (
    "plan", "ref", "strategy", "objective", "action", "kind", "commitment", "promised", "at_least", "held",
    "held_without_head_count", "state", "state_text", "due_words", "due_from", "due_until",
    "due_is_ambiguous", "responsible", "partners", "audience", "counted_kinds", "events",
)  # fmt: skip


def to_csv(report: PlanReport, t: Translator) -> str:
    """One line for each promise, in the plan's order; an empty number is one the plan does not give."""
    return csv_text(_COLUMNS, [_line(report, above, found, t) for above, found in report.commitments])


def to_json(report: PlanReport, t: Translator) -> dict[str, Any]:
    """The plan, how many promises stand how, and every promise with the events that count toward it."""
    plan = report.plan
    return {
        "title": plan.title,
        "prepared_by": plan.prepared_by,
        "prepared_on": _day(plan.prepared_on),
        "starts_on": _day(plan.starts_on),
        "ends_on": _day(plan.ends_on),
        "region": report.region,
        "source_url": plan.source_url,
        "totals": {
            "commitments": len(report.commitments),
            **{standing: report.totals.get(standing, 0) for standing in STANDINGS},  # type: ignore[call-overload]
        },
        "commitments": [_promise(above, found, t) for above, found in report.commitments],
    }


def _promise(above: list[PlanNode], found: CommitmentReport, t: Translator) -> dict[str, Any]:
    row = found.commitment
    return {
        "ref": row.ref,
        **{node.level: {"ref": node.ref, "text": node.text} for node in above},
        "kind": row.kind,
        "commitment": row.text,
        "promised": row.promised_count,
        "at_least": row.is_minimum,
        "promised_words": row.count_verbatim,
        "held": found.progress.held,
        "held_without_head_count": found.progress.unconfirmed,
        "state": found.standing,
        "state_text": t(STANDINGS[found.standing]),
        "due": {
            "words": row.due_verbatim,
            "from": _day(row.due_starts_on),
            "until": _day(row.due_ends_on),
            "is_ambiguous": row.is_due_ambiguous,
            "counted_from": _day(found.counted_from),
            "counted_until": _day(found.counted_until),
        },
        "responsible": row.responsible,
        "partners": list(row.partners),
        "audience": row.audience,
        "counted_kinds": list(row.counts_kinds),
        "events": [_event(event) for event in found.evidence],
    }


def _event(event: Evidence) -> dict[str, Any]:
    return {
        "public_id": event.public_id,
        "title": event.title,
        "kind": event.kind,
        "on": event.on.isoformat(),
        "head_count": event.head_count,
    }


def _line(
    report: PlanReport, above: list[PlanNode], found: CommitmentReport, t: Translator
) -> list[str | int | None]:
    row = found.commitment
    return [
        report.plan.title,
        row.ref,
        *(node.text for node in above),
        row.kind,
        row.text,
        row.promised_count,
        _yes(row.is_minimum),
        found.progress.held,
        found.progress.unconfirmed,
        found.standing,
        t(STANDINGS[found.standing]),
        row.due_verbatim,
        _day(row.due_starts_on),
        _day(row.due_ends_on),
        _yes(row.is_due_ambiguous),
        row.responsible,
        "; ".join(row.partners),
        row.audience,
        " ".join(row.counts_kinds),
        "; ".join(f"{event.on.isoformat()} {event.title}" for event in found.evidence),
    ]


def _day(on: Any) -> str | None:
    return None if on is None else on.isoformat()


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
