"""What staff may see of a period, as one value for the page, its files and the command; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.engagement.appendix import Appendix
from outreach.engagement.contact import Contact
from outreach.engagement.figures import Report
from outreach.engagement.gathering import Cut, EngagementReport, Missing
from outreach.engagement.trend import Point

#: What a report is divided by on the page, in this order.
CUTS: tuple[Cut, ...] = ("kind", "county", "size")


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One period as staff may see it."""

    report: EngagementReport
    appendix: Appendix
    contact: Contact
    #: Whether the groups met so little that chance does not explain it.
    is_below_chance: bool
    #: For each cut its parts by their keys, and whether others had to be left out.
    parts: Mapping[Cut, Mapping[str, Report]]
    left_out: frozenset[Cut]
    points: list[Point]
    #: What may be said of the last four quarters and the four before, as a message id.
    change: str
    #: Frozen quarters that are in the whole report, and not kept apart like this.
    joined: Mapping[Cut, tuple[Missing, ...]]
    #: The figures of the reader's own organization; None for whoever coordinates all.
    own: EngagementReport | None
    #: Names of counties by their slugs.
    places: Mapping[str, str]
