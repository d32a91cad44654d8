"""How often both groups were in the room together, for the page and the command alike."""

from outreach.engagement import queries
from outreach.engagement.gathering import EVERYTHING, Cut, EngagementReport, Gathered, Scope, report, widened
from outreach.engagement.periods import Period
from outreach.engagement.queries import Question


def engagement_report(period: Period, scope: Scope = EVERYTHING) -> EngagementReport:
    """The report of a period, from the tallies that may be read by now.

    As many queries however many events.
    """
    question = Question(period, scope)
    found = _gathered(question).get("", Gathered())
    return report(period, found, sealed=queries.sealed_events(question).get("", 0))


def engagement_reports(period: Period, by: Cut, scope: Scope = EVERYTHING) -> dict[str, EngagementReport]:
    """The report of each part of a period or of its events; as many queries as for one."""
    question = Question(period, scope, by)
    found, sealed = _gathered(question), queries.sealed_events(question)
    return {
        value: report(period, found.get(value, Gathered()), sealed=sealed.get(value, 0))
        for value in sorted(found.keys() | sealed.keys())
    }


def _gathered(question: Question) -> dict[str, Gathered]:
    found = queries.parts(question)
    closed = {value: widened(its_parts) for value, its_parts in found.items()}
    if not closed:
        return {}
    return queries.with_exposures(question, queries.with_spreads(question, found, closed))
