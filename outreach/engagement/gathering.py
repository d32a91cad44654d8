"""From a period's held events to one report: who is in it, and within what chance is judged; pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from outreach.engagement import figures, measures
from outreach.engagement.periods import Period, quarter_name
from outreach.engagement.totals import BallotTotals, is_reliable, tally
from outreach.i18n import N_

#: Within what seats are shuffled: events of one county and quarter, or of one county over the period.
Strata = Literal["quarter", "period"]

STRATA_SENTENCES: dict[Strata, str] = {
    "quarter": N_("Events are compared with events of the same county and quarter."),
    "period": N_(
        "Too few events shared a county and a quarter. Events are compared with events of the same county"
        " in the whole period."
    ),
}


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event that took place, with its ballots where people were asked."""

    on: date
    #: County by its slug, or a word for what has none.
    place: str
    #: None when nobody counted.
    head_count: int | None
    #: None when nobody was asked.
    totals: BallotTotals | None


@dataclass(frozen=True, slots=True)
class EngagementReport:
    """A period's figures, and within what chance was judged."""

    period: Period
    strata: Strata
    figures: figures.Report


def gather(period: Period, events: Sequence[HeldEvent], *, sealed: int) -> EngagementReport:
    """The report of a period's readable events; `sealed` more took place and cannot be read yet.

    Chance is judged within county and quarter: over longer times and wider places, distance looks like
    aversion. Where that leaves too few events with another one to compare with, whole periods of a
    county stand in, and the report says so; where that helps no figure, the finer rule stays.
    """
    fine = _report(events, sealed, lambda event: f"{quarter_name(event.on)} {event.place}")
    if fine.chance_ratio.reason == measures.FEW_COMPARABLE_EVENTS:
        coarse = _report(events, sealed, lambda event: event.place)
        if coarse.chance_ratio.value is not None:
            return EngagementReport(period, "period", coarse)
    return EngagementReport(period, "quarter", fine)


def _report(
    events: Sequence[HeldEvent], sealed: int, stratum_of: Callable[[HeldEvent], str]
) -> figures.Report:
    asked = [(event, event.totals) for event in events if event.totals is not None]
    heads = [event.head_count for event in events if event.head_count is not None]
    return figures.report(
        [tally(totals, event.head_count, stratum=stratum_of(event)) for event, totals in asked],
        events_held=len(events),
        head_count=sum(heads) if heads else None,
        events_sealed=sealed,
        events_unreliable=sum(not is_reliable(totals, event.head_count) for event, totals in asked),
    )
