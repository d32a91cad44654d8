"""How meetings moved over time: runs of four quarters, and when a change may be claimed; pure.

A quarter has too few events to say anything alone: at 20 events the ratio of two quarters without any change
differs by 0.4 or more every third time. So the line is of four quarters together, and nobody draws an arrow.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import dropwhile

from outreach.engagement.figures import Report, unknown
from outreach.engagement.gathering import Missing
from outreach.engagement.measures import Measure
from outreach.engagement.periods import Period
from outreach.i18n import N_

#: Quarters in the line, and quarters that each of its points is made of.
SHOWN, ROLLED = 8, 4

#: A change is claimed from so many times the joint half of both ranges on. In simulated programs without
#: any change it is claimed in at most 5 of 100 (10 to 80 events each time, up to 6 in 10 of them one-sided).
#: With all events at hand one would deal those of both times out anew; but single events are erased soon
#: after their quarter, and the ranges are not.
_BEYOND_RANGES = 1.3
#: From so many points of difference in who answered on, two times are not compared.
_ANSWERED_POINTS = 10

TOO_LITTLE = N_("There are too few events to compare with the four quarters before.")
ANSWERS_DIFFER = N_(
    "A different share of people answered than in the four quarters before, so the two cannot be compared."
)
NO_CHANGE = N_("No change can be seen from the four quarters before: a difference this small may be chance.")
MORE = N_("The two groups met more often than in the four quarters before.")
LESS = N_("The two groups met less often than in the four quarters before.")


NOT_FOUR = N_("Too few people answered in one of the four quarters. It is counted with the next quarter.")


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter of the line: its own events, and the four quarters that end with it."""

    quarter: str
    #: Events of this quarter alone that asked; None where they are counted with a later quarter.
    events: int | None
    rolled: Report


def points(
    quarters: list[Period],
    own: Mapping[str, int],
    rolled: Mapping[str, Report],
    missing: Collection[Missing],
) -> list[Point]:
    """The line in the order of time: a point for each quarter of which four that end with it are known.

    It begins with the first events that asked. Where the events of one of the four are in none of them,
    the point is a gap: three quarters are no season of four.
    """
    absent = {each.quarter for each in missing}
    found = []
    for at, each in enumerate(quarters):
        if each.name not in rolled:
            continue
        four = {one.name for one in quarters[max(0, at - ROLLED + 1) : at + 1]}
        is_gap = any(one.quarter in four and one.counted_with not in four for one in missing)
        found.append(
            Point(
                each.name,
                None if each.name in absent else own.get(each.name, 0),
                unknown(rolled[each.name], NOT_FOUR) if is_gap else rolled[each.name],
            )
        )
    return list(
        dropwhile(lambda point: not (point.rolled.events_with_ballots or point.rolled.unknown_because), found)
    )


def change(before: Report, after: Report) -> str:
    """What may be said of four quarters and the four before them, as a message id; never more than that."""
    ratios = (before.chance_ratio, after.chance_ratio)
    halves = [_half(ratio) for ratio in ratios]
    if ratios[0].value is None or ratios[1].value is None or None in halves:
        return TOO_LITTLE
    answered = [100 * (rate.value or 0) for rate in (before.answered_rate, after.answered_rate)]
    if abs(answered[0] - answered[1]) >= _ANSWERED_POINTS:
        return ANSWERS_DIFFER
    moved = ratios[1].value - ratios[0].value
    if abs(moved) <= _BEYOND_RANGES * math.hypot(*(half or 0 for half in halves)):
        return NO_CHANGE
    return MORE if moved > 0 else LESS


def _half(ratio: Measure) -> float | None:
    """Half of a range by its upper side; the lower one may have been cut off at 0."""
    return None if ratio.value is None or ratio.high is None else ratio.high - ratio.value
