"""How often both groups were in the room together, for the page and the command alike."""

from outreach.engagement.gathering import EngagementReport, gather
from outreach.engagement.periods import Period
from outreach.engagement.queries import held_events, sealed_events


def engagement_report(period: Period) -> EngagementReport:
    """The report of a period, from the tallies that may be read by now. Two queries, however many events."""
    return gather(period, held_events(period), sealed=sealed_events(period))
