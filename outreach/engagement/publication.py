"""What may be published of a frozen report, and how coarse; pure.

A cell is the events of one place and time. It is published when it holds enough events and enough
answers of each group, and otherwise joined with a fixed neighbour: never left out alone, since the rest
and the total would tell it. The rules and the attacks they answer stand in `docs/engagement.md`.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from outreach.engagement import measures, summary
from outreach.engagement.bounds import wilson_range
from outreach.engagement.statistics import Statistics, total

#: A cell is published from so many events that asked, and so many answers of each of the two groups.
LEAST_EVENTS, LEAST_ANSWERS = 5, 10
#: The share of shared events is told of so many: it comes from counts to the nearest 5, which of fewer events
#: would move it by more than an eighth, and make nine of eleven all of them.
LEAST_EVENTS_OF_SHARE = 20
#: Counts are told to the nearest of these, ratios too, and shares never beyond these percents: nobody is
#: told that all or none of a group answered one way.
COUNT_STEP, RATIO_STEP, EXPOSURE_STEP_PERCENT = 5, 0.05, 5
LEAST_PERCENT, MOST_PERCENT = 10, 90
#: People who did not say are told as a band between two of these.
UNSAID_BANDS_PERCENT = (0, 10, 25, 40, 100)

#: The rules an edition was made with, to be kept beside it.
THRESHOLDS = {
    "least_events": LEAST_EVENTS,
    "least_answers_in_each_group": LEAST_ANSWERS,
    "least_events_of_share": LEAST_EVENTS_OF_SHARE,
    "count_step": COUNT_STEP,
    "ratio_step": RATIO_STEP,
    "percent_from": LEAST_PERCENT,
    "percent_to": MOST_PERCENT,
    "shared_least_people": measures.SHARED_LEAST_PEOPLE,
    "shared_least_percent": measures.SHARED_LEAST_PERCENT,
}


@dataclass(frozen=True, slots=True)
class Cell:
    """The sums of one or several places, joined in a fixed order."""

    places: tuple[str, ...]
    sums: Statistics


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a cell: numbers as rounded as they are printed; None where it is not said."""

    places: tuple[str, ...]
    events_held: int
    events_asked: int
    newcomers: int
    residents: int
    #: None for fewer than 10.
    both: int | None
    #: From and to, in percent of everybody in the rooms.
    unsaid_percent: tuple[int, int]
    #: Newcomers among both groups; 10 stands for "10 or less", 90 for "90 or more".
    newcomer_percent: int | None
    shared_percent: int | None
    shared_range_percent: tuple[int, int] | None
    newcomer_exposure_percent: int | None
    resident_exposure_percent: int | None
    chance_ratio: float | None
    chance_ratio_range: tuple[float, float] | None


def is_publishable(sums: Statistics) -> bool:
    """Whether enough events asked, and enough people of each group answered; a total would not do."""
    return sums.asked >= LEAST_EVENTS and min(sums.newcomers, sums.residents) >= LEAST_ANSWERS


def joined(cells: Sequence[Cell], *, passes: Callable[[Statistics], bool] = is_publishable) -> list[Cell]:
    """The cells, each that does not pass joined with the smaller of its neighbours in the given order.

    The order is fixed before anybody looks at a number. What comes out covers everything that went in;
    a last cell that still does not pass is given back alone.
    """
    left = list(cells)
    while len(left) > 1:
        failing = [index for index, cell in enumerate(left) if not passes(cell.sums)]
        if not failing:
            break
        index = min(failing, key=lambda at: left[at].sums.asked)
        beside = [at for at in (index - 1, index + 1) if 0 <= at < len(left)]
        other = min(beside, key=lambda at: left[at].sums.asked)
        first, second = sorted((index, other))
        left[first : second + 1] = [_together(left[first : second + 1])]
    return left


def _together(cells: Sequence[Cell]) -> Cell:
    return Cell(tuple(place for cell in cells for place in cell.places), total(cell.sums for cell in cells))


def figures(cell: Cell) -> Figures:
    """The cell as it is told. It must be publishable."""
    sums = cell.sums
    if not is_publishable(sums):
        raise ValueError("too few events or answers to publish")
    newcomers, residents = counted(sums.newcomers), counted(sums.residents)
    answered_enough = measures.too_silent(sums.answers, sums.people) is None
    shared, assessable = counted(sums.shared), counted(sums.assessable)
    tells_events = assessable >= LEAST_EVENTS_OF_SHARE and summary.shared_events(sums).value is not None
    ratio = summary.chance_ratio(sums)
    return Figures(
        places=cell.places,
        events_held=counted(sums.events_held),
        events_asked=counted(sums.asked),
        newcomers=newcomers,
        residents=residents,
        both=counted(sums.both) if sums.both >= LEAST_ANSWERS else None,
        unsaid_percent=_band(100 * sums.unsaid / sums.people),
        newcomer_percent=coded(newcomers / (newcomers + residents)) if answered_enough else None,
        shared_percent=coded(shared / assessable) if tells_events else None,
        shared_range_percent=_coded_range(wilson_range(shared, assessable)) if tells_events else None,
        newcomer_exposure_percent=_exposure(summary.newcomer_exposure(sums).value),
        resident_exposure_percent=_exposure(summary.resident_exposure(sums).value),
        chance_ratio=None if ratio.value is None else stepped(ratio.value),
        chance_ratio_range=(
            None if ratio.low is None or ratio.high is None else (stepped(ratio.low), stepped(ratio.high))
        ),
    )


def counted(number: int) -> int:
    """A count to the nearest 5."""
    return COUNT_STEP * ((2 * number + COUNT_STEP) // (2 * COUNT_STEP))


def coded(share: float) -> int:
    """A share in whole percent, no lower than 10 and no higher than 90."""
    return min(MOST_PERCENT, max(LEAST_PERCENT, round(100 * share)))


def stepped(ratio: float) -> float:
    """A ratio to the nearest 0.05."""
    return round(round(ratio / RATIO_STEP) * RATIO_STEP, 2)


def _coded_range(found: tuple[float, float]) -> tuple[int, int]:
    return coded(found[0]), coded(found[1])


def _exposure(value: float | None) -> int | None:
    if value is None:
        return None
    return coded(EXPOSURE_STEP_PERCENT * round(100 * value / EXPOSURE_STEP_PERCENT) / 100)


def _band(percent: float) -> tuple[int, int]:
    for low, high in itertools.pairwise(UNSAID_BANDS_PERCENT):
        if percent < high:
            return low, high
    return UNSAID_BANDS_PERCENT[-2], UNSAID_BANDS_PERCENT[-1]
