"""Which parts of a report may be shown beside their total, so that no small part can be worked out; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from outreach.engagement.figures import Report, withheld
from outreach.engagement.gathering import EngagementReport

#: Fewer events, or fewer answers of either group, and a figure would be about a few people.
LEAST_EVENTS, LEAST_ANSWERS = 5, 10


def is_enough(report: Report) -> bool:
    """Whether a part has at least 5 events and at least 10 answers in each of the two groups."""
    return _is_enough([report])


def guarded(report: EngagementReport, *, is_shown: bool) -> EngagementReport:
    """The report as it is when it may be shown, else without what people said."""
    if is_shown or not report.figures.events_with_ballots:
        return report
    return replace(report, figures=withheld(report.figures))


def shown(parts: Mapping[str, Report]) -> dict[str, Report]:
    """The parts that may be shown, in their order.

    All parts together make the total that stands beside them, so what is left out of them could be worked
    out as one: it must be enough as well, or the smallest of the shown parts is left out with it.
    """
    kept = {key: report for key, report in parts.items() if _is_enough([report])}
    while kept:
        hidden = [report for key, report in parts.items() if key not in kept and report.events_with_ballots]
        if not hidden or (len(hidden) > 1 and _is_enough(hidden)):
            break
        del kept[min(kept, key=lambda key: (kept[key].events_with_ballots, key))]
    return kept


def _is_enough(reports: Iterable[Report]) -> bool:
    together = list(reports)
    return sum(report.events_with_ballots for report in together) >= LEAST_EVENTS and all(
        sum(int(getattr(report, group).numerator) for report in together) >= LEAST_ANSWERS
        for group in ("newcomer_answers", "resident_answers")
    )
