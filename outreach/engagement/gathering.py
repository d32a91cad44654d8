"""From sums of a period's held events to its report: who is in it, and within what chance is judged; pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from outreach.engagement import figures, measures, summary
from outreach.engagement.bounds import NO_STAKES, Exposure, Range, Stakes
from outreach.engagement.curves import Curves
from outreach.engagement.measures import hinges_on_one
from outreach.engagement.periods import Period
from outreach.engagement.statistics import NOTHING, Statistics, by_stratum, close
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

#: What a report may be divided by.
Cut = Literal["quarter", "county", "kind", "size", "organization"]
#: Rooms of up to 60 known people, and of more.
Size = Literal["small", "large"]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which of a period's events are in a report; None takes all."""

    kind: str | None = None
    #: A county by its slug, or a word for what has none.
    county: str | None = None
    organization_id: int | None = None
    #: Leaves out events where nobody was asked, whose size nobody knows.
    size: Size | None = None


EVERYTHING = Scope()

#: Why a frozen quarter is in no figure.
Absence = Literal["waits", "joined"]
WAITS = N_("Too few people answered. It is counted with the next quarter.")
JOINED = summary.NOT_KEPT
ABSENCES: dict[Absence, str] = {"waits": WAITS, "joined": JOINED}


@dataclass(frozen=True, slots=True)
class Part:
    """The sums of the rooms of one size in one stratum, or of its events where nobody was asked (size None).

    No stratum is closed yet: that is done by `within`, which knows how wide one is.
    """

    #: Its number; 0 where a stratum is the whole period.
    quarter: int
    place: str
    size: Size | None
    sums: Statistics
    #: Its rooms' stakes among all rooms of the stratum, and among those of this size only.
    among_all: Stakes = NO_STAKES
    among_alike: Stakes = NO_STAKES


@dataclass(frozen=True, slots=True)
class Gathered:
    """The sums of a period and scope with closed strata: of all rooms, of small and of large ones."""

    strata: Strata = "quarter"
    whole: Statistics = NOTHING
    small: Statistics = NOTHING
    large: Statistics = NOTHING
    #: Whether small and large rooms are known apart.
    has_sizes: bool = True

    def __add__(self, other: "Gathered") -> "Gathered":
        """The sums of both, each compared within its own strata."""
        return Gathered(
            "quarter" if self.strata == other.strata == "quarter" else "period",
            self.whole + other.whole,
            self.small + other.small,
            self.large + other.large,
            self.has_sizes and other.has_sizes,
        )


@dataclass(slots=True)
class Parts:
    """Parts that a report is gathered from, and how far those who did not say could move their exposure."""

    parts: list[Part] = field(default_factory=list)
    #: Of all parts together: those of one take more room than all the rest of it.
    curves: Curves = field(default_factory=Curves)

    def take(self, part: Part, curves: Curves) -> None:
        """Adds a part of which nothing is in here yet."""
        self.parts.append(part)
        self.curves.take(curves)

    def closed(self, close: Callable[[Sequence[Part]], Gathered]) -> Gathered:
        """The sums as `close` closes them, with the bounds of exposure."""
        found = close(self.parts)
        whole, (newcomers, residents) = found.whole, self.curves.bounds()
        return replace(
            found,
            whole=replace(
                whole,
                newcomer_exposures=_exposures(newcomers, whole.newcomers_in_company, whole.newcomers, whole),
                resident_exposures=_exposures(residents, whole.residents_in_company, whole.residents, whole),
            ),
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """A frozen quarter of a period of which there are no sums of its own."""

    quarter: str
    #: Too few answered to show it alone, or its sums are not kept apart like this.
    why: Absence
    #: The later quarter of the period that holds its events; None where they are in no figure.
    counted_with: str | None = None


@dataclass(frozen=True, slots=True)
class EngagementReport:
    """A period's figures, and within what chance was judged."""

    period: Period
    strata: Strata
    figures: figures.Report
    #: The frozen quarters of the period that are in no figure.
    missing: tuple[Missing, ...] = ()


def within(parts: Sequence[Part], strata: Strata) -> Gathered:
    """The parts' sums, compared within strata of this width.

    Their ranges are right where the parts' stakes are those of such strata.
    """
    return Gathered(
        strata,
        _closed(parts, strata, (part.among_all for part in parts)),
        _alike([part for part in parts if part.size != "large"], strata),
        _alike([part for part in parts if part.size == "large"], strata),
    )


def within_quarters(parts: Sequence[Part]) -> Gathered:
    """The parts' sums, compared within county and quarter."""
    return within(parts, "quarter")


def within_period(parts: Sequence[Part]) -> Gathered:
    """The parts' sums, compared within county over the whole period."""
    return within(parts, "period")


def of_size(part: Part) -> Part:
    """A part in a report of its size alone, where other rooms are not compared with it."""
    return replace(part, among_all=part.among_alike)


def _alike(parts: Sequence[Part], strata: Strata) -> Statistics:
    return _closed(parts, strata, (part.among_alike for part in parts))


def _closed(parts: Sequence[Part], strata: Strata, stakes: Iterable[Stakes]) -> Statistics:
    def stratum(part: Part) -> tuple[object, ...]:
        return (part.quarter, part.place) if strata == "quarter" else (part.place,)

    closed = close(by_stratum((stratum(part), part.sums) for part in parts).values())
    all_stakes = sum(stakes, NO_STAKES)
    return replace(
        closed,
        spread=all_stakes.spread,
        hinges_on_one=hinges_on_one(closed.by_chance, all_stakes.largest),
    )


def _exposures(bounds: Range | None, fewest: int, named: int, whole: Statistics) -> tuple[Exposure, ...]:
    return () if bounds is None else (Exposure(*bounds, fewest, named + whole.unsaid),)


def widened(parts: Sequence[Part]) -> Gathered:
    """The parts' sums within the strata that their number allows.

    Chance is judged within county and quarter: over longer times and wider places, distance looks like
    aversion. Where that leaves too few events with another one to compare with, whole periods of a
    county stand in, and the report says so; where that helps no figure, the finer rule stays.
    """
    fine = within(parts, "quarter")
    if summary.chance_reason(fine.whole) == measures.FEW_COMPARABLE_EVENTS:
        coarse = within(parts, "period")
        if summary.chance_reason(coarse.whole) is None:
            return coarse
    return fine


def report(
    period: Period, found: Gathered, *, sealed: int, missing: Sequence[Missing] = ()
) -> EngagementReport:
    """The report of gathered sums; `sealed` more events took place and cannot be read yet.

    Where all that is known lies in quarters that are missing, no figure is 0: each says why it is unknown.
    """
    sizes = (found.small, found.large) if found.has_sizes else None
    made = summary.report(found.whole, sizes=sizes, sealed=sealed)
    absent = tuple(each for each in missing if each.counted_with is None)
    if absent and not found.whole.events_held:
        made = figures.unknown(made, ABSENCES[absent[-1].why])
    return EngagementReport(period, found.strata, made, absent)
