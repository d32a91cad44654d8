"""What a steering committee reads of a quarter: what was kept in it, what presses, what is due next."""

from dataclasses import dataclass
from datetime import date, timedelta

from outreach.plan.models import Plan
from outreach.plan.reporting import CommitmentReport, PlanReport, facts_of, report_of
from outreach.quarters import Quarter, quarter_of, quarters_between

_FULFILLED = ("kept", "done")
#: How far ahead the page looks for what is due next.
_QUARTERS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class CommitteeReport:
    """One quarter of a plan; every promise stands in one of the lists at most."""

    quarter: Quarter
    #: As of this quarter's end, or of today while it runs.
    report: PlanReport
    kept: tuple[CommitmentReport, ...]
    #: Late ones first, then those at risk, the earliest due first.
    pressing: tuple[CommitmentReport, ...]
    due_next: tuple[CommitmentReport, ...]
    #: Others with something still to do.
    others: tuple[CommitmentReport, ...]

    @property
    def open_count(self) -> int:
        """How many promises are neither kept nor done."""
        return sum(count for state, count in self.report.totals.items() if state not in _FULFILLED)


def quarters_of(plan: Plan, today: date) -> list[Quarter]:
    """The quarters of a plan; without its days, the one that runs."""
    return quarters_between(plan.starts_on or today, max(plan.ends_on or today, plan.starts_on or today))


def default_quarter(plan: Plan, today: date) -> Quarter:
    """The quarter that runs, or the plan's first or last."""
    quarters = quarters_of(plan, today)
    return min(max(quarter_of(today), quarters[0]), quarters[-1])


def committee_report(plan: Plan, quarter: Quarter, *, today: date) -> CommitteeReport:
    """The page of a quarter. As many queries as one report."""
    facts = facts_of(plan)
    report = report_of(facts, today=min(today, quarter.ends_on))
    before = report_of(facts, today=quarter.starts_on - timedelta(days=1))
    was = {found.commitment.id: found.standing for _, found in before.commitments}
    rows = [found for _, found in report.commitments]
    ahead = quarter
    for _ in range(_QUARTERS_AHEAD):
        ahead = ahead.following
    kept = [
        found for found in rows if found.standing in _FULFILLED and was[found.commitment.id] not in _FULFILLED
    ]
    pressing = sorted(
        (found for found in rows if found.standing in ("late", "at_risk")),
        key=lambda found: (found.standing != "late", found.counted_until or date.max),
    )
    due_next = sorted(
        (found for found in rows if found.standing == "on_track" and _ends_by(found, ahead.ends_on)),
        key=_ends,
    )
    told = {found.commitment.id for found in (*kept, *pressing, *due_next)}
    others = [found for found in rows if found.open_items and found.commitment.id not in told]
    return CommitteeReport(quarter, report, tuple(kept), tuple(pressing), tuple(due_next), tuple(others))


def _ends(found: CommitmentReport) -> date:
    return found.commitment.due_ends_on or date.max


def _ends_by(found: CommitmentReport, last: date) -> bool:
    """Whether the plan's own words set a last day until then; the end of the plan is none."""
    return _ends(found) <= last
