"""How a plan stands as CSV text and as a JSON value."""

from collections.abc import Mapping, Sequence
from typing import Any

from outreach.i18n import Translator
from outreach.plan.history import Change
from outreach.plan.models import PlanNode
from outreach.plan.reporting import CommitmentReport, Deed, NodeReport, PlannedEvent, PlanReport
from outreach.plan.wording import STANDINGS, change_text, reason_text
from outreach.spreadsheet import csv_text

_COLUMNS = (
    "plan", "ref", "strategy", "objective", "action", "kind", "commitment", "promised", "at_least", "held",
    "held_without_head_count", "state", "state_text", "due_words", "due_from", "due_until",
    "due_is_ambiguous", "responsible", "partners", "audience", "counted_kinds", "events",
    "kept_by", "reason", "owner", "missing", "written_down", "could_keep_it", "open_items",
)  # fmt: skip


def to_csv(report: PlanReport, t: Translator) -> str:
    """One line for each promise, in the plan's order; an empty number is one the plan does not give."""
    return csv_text(_COLUMNS, [_line(report, above, found, t) for above, found in report.commitments])


def to_json(
    report: PlanReport, t: Translator, history: Mapping[str, Sequence[Change]] | None = None
) -> dict[str, Any]:
    """The plan, how many promises stand how, and every promise with what counts toward it.

    `history` are the changes of each promise by its ref, the newest first.
    """
    plan = report.plan
    return {
        "title": plan.title,
        "prepared_by": plan.prepared_by,
        "prepared_on": _day(plan.prepared_on),
        "starts_on": _day(plan.starts_on),
        "ends_on": _day(plan.ends_on),
        "region": report.region,
        "source_url": plan.source_url,
        "as_of": report.today.isoformat(),
        "totals": {
            "commitments": len(report.commitments),
            **{standing: report.totals.get(standing, 0) for standing in STANDINGS},  # type: ignore[call-overload]
        },
        "commitments": [
            _promise(above, found, t, (history or {}).get(found.commitment.ref, ()))
            for above, found in report.commitments
        ],
    }


def to_file(report: PlanReport) -> dict[str, Any]:
    """The plan as `importing` reads it from a JSON file: read again, it changes nothing."""
    plan = report.plan
    return {
        "title": plan.title,
        "prepared_by": plan.prepared_by,
        "prepared_on": _day(plan.prepared_on),
        "period": {"start": _day(plan.starts_on), "end": _day(plan.ends_on)},
        "source_url": plan.source_url,
        "vision": plan.vision,
        "goal": plan.goal,
        "governance": plan.governance,
        "strategies": [
            {
                **_node(strategy, "title"),
                "objectives": [
                    {
                        **_node(objective, "title"),
                        "actions": [
                            {**_node(action, "action"), "commitments": list(map(_stored, action.commitments))}
                            for action in objective.children
                        ],
                    }
                    for objective in strategy.children
                ],
            }
            for strategy in report.strategies
        ],
    }


def _node(found: NodeReport, text: str) -> dict[str, Any]:
    return {"id": found.node.ref, text: found.node.text, "models": list(found.node.models)}


def _stored(found: CommitmentReport) -> dict[str, Any]:
    row = found.commitment
    return {
        "id": row.ref,
        "kind": row.kind,
        "commitment": row.text,
        "count": row.promised_count,
        "count_is_minimum": row.is_minimum,
        "count_verbatim": row.count_verbatim,
        "count_note": row.count_note,
        "due": {
            "verbatim": row.due_verbatim,
            "type": row.due_type,
            "start": _day(row.due_starts_on),
            "end": _day(row.due_ends_on),
            "ambiguous": row.is_due_ambiguous,
        },
        "responsible_organization": row.responsible,
        "partners": list(row.partners),
        "audience": row.audience,
        "counts_events_of_kind": list(row.counts_kinds),
        "already_done_in_source": row.is_done_in_plan,
        "progress": row.progress_kind,
        "expected": list(row.expected),
    }


def _promise(
    above: list[PlanNode], found: CommitmentReport, t: Translator, changes: Sequence[Change]
) -> dict[str, Any]:
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
        "held_without_head_count": _uncounted(found),
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
        "kept_by": row.progress_kind,
        "reason": _reason(found, t),
        "planned": found.progress.planned,
        "done_since": found.progress.since,
        "owner": found.owner or None,
        "missing": list(found.missing),
        "written_down": [_deed(deed, is_in_time=True) for deed in found.deeds]
        + [_deed(deed, is_in_time=False) for deed in found.late],
        "could_keep_it": [{**_event(event), "status": event.status} for event in found.upcoming],
        "open_items": [{"text": item.text, "due_on": _day(item.due_on)} for item in found.open_items],
        "history": [
            {
                "at": change.at.isoformat(),
                "who": change.who,
                "what": change.what,
                "text": change_text(change.what, change.detail, change.quarter, t),
                "quarter": change.quarter,
                "detail": dict(change.detail),
            }
            for change in changes
        ],
    }


def _uncounted(found: CommitmentReport) -> int | None:
    """Events without a head count; nothing where no events keep the promise, as nobody counts heads then."""
    keeps_by_events = found.commitment.progress_kind in ("events", "convenings")
    return found.progress.unconfirmed if keeps_by_events else None


def _reason(found: CommitmentReport, t: Translator) -> str:
    return reason_text(found.progress, found.standing, last=found.counted_until, t=t)


def _deed(deed: Deed, *, is_in_time: bool) -> dict[str, Any]:
    return {
        "on": deed.on.isoformat(),
        "is_in_time": is_in_time,
        "body": deed.body_name or None,
        "title": deed.title or None,
        "contact": deed.contact,
        "quantity": deed.quantity,
        "acknowledged_on": _day(deed.acknowledged_on),
        "link": deed.link,
        "note": deed.note or None,
    }


def _event(event: PlannedEvent) -> dict[str, Any]:
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
        _uncounted(found),
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
        _dated(found.evidence),
        row.progress_kind,
        _reason(found, t),
        found.owner,
        "; ".join(found.missing),
        "; ".join(
            " ".join(part for part in (deed.on.isoformat(), deed.body_name, deed.title) if part)
            for deed in (*found.deeds, *found.late)
        ),
        _dated(found.upcoming),
        "; ".join(item.text for item in found.open_items),
    ]


def _dated(events: Sequence[PlannedEvent]) -> str:
    return "; ".join(f"{event.on.isoformat()} {event.title}" for event in events)


def _day(on: Any) -> str | None:
    return None if on is None else on.isoformat()


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
