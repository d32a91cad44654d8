"""A report from sums: the figures of `figures.py`, the same as its measures make from single tallies.

Pure. Tests compare the two on made-up programs.
"""

from outreach.engagement import measures
from outreach.engagement.bounds import Exposure, joined_bounds, ratio_range, wilson_range
from outreach.engagement.figures import METHOD_VERSION, NO_LARGE_ROOMS, Report
from outreach.engagement.measures import Measure
from outreach.engagement.statistics import Statistics
from outreach.i18n import N_

NOT_KEPT = N_("Not kept apart when the quarter was closed.")


def report(found: Statistics, *, sizes: tuple[Statistics, Statistics] | None, sealed: int) -> Report:
    """Every measure of one period and scope.

    `sizes` are its rooms of up to 60 known people and those of more, closed each for itself, or None
    where they are not known apart; `sealed` more events took place and are in no other figure.
    """
    silent = measures.too_silent(found.answers, found.people)
    all_rooms = chance_ratio(found)
    by_size = _by_size(all_rooms, sizes)
    return Report(
        method=METHOD_VERSION,
        events_held=found.events_held,
        events_with_ballots=found.asked,
        events_assessable=found.assessable,
        events_tiny=found.tiny,
        events_unreliable=found.unreliable,
        events_sealed=sealed,
        answers=found.answers,
        unsaid=found.unsaid,
        head_count=found.head_count if found.events_counted else None,
        reporting_rate=measures.reporting_rate(found.asked, found.events_held),
        answered_rate=measures.ratio(found.answers, found.people),
        counted_rate=measures.counted_rate(found.answers, found.head_count if found.events_counted else None),
        shared_events=shared_events(found),
        certainly_shared_events=_share_of_events(found.certainly_shared, found),
        possibly_shared_events=_share_of_events(found.possibly_shared, found),
        people_at_shared_events=people_at_shared_events(found),
        newcomer_answers=measures.share_with_unsaid(
            found.newcomers, found.answers, found.unsaid, reason=silent
        ),
        resident_answers=measures.share_with_unsaid(
            found.residents, found.answers, found.unsaid, reason=silent
        ),
        both_answers=measures.share_with_unsaid(found.both, found.answers, found.unsaid, reason=silent),
        newcomer_share=measures.share_with_unsaid(found.newcomers, found.known, found.unsaid, reason=silent),
        newcomer_exposure=newcomer_exposure(found),
        newcomer_isolation=measures.complement(newcomer_exposure(found)),
        resident_exposure=resident_exposure(found),
        expected_exposure=measures.ratio(found.by_chance, found.newcomers_in_company),
        chance_ratio=all_rooms,
        chance_ratio_small_rooms=by_size[0],
        chance_ratio_large_rooms=by_size[1],
    )


def _by_size(all_rooms: Measure, sizes: tuple[Statistics, Statistics] | None) -> tuple[Measure, Measure]:
    if sizes is None:
        unknown = Measure(0, 0, reason=NOT_KEPT)
        return unknown, unknown
    small, large = sizes
    if not large.rooms:
        return all_rooms, Measure(0, 0, reason=NO_LARGE_ROOMS)
    return chance_ratio(small), chance_ratio(large)


def shared_events(found: Statistics) -> Measure:
    """M1, as `measures.shared_events`; the share of people who answered is that of assessable events."""
    reason = measures.too_few(found.assessable) or measures.too_silent(
        found.answers_assessable, found.people_assessable
    )
    if reason:
        return Measure(found.shared, found.assessable, reason=reason)
    share = Measure(found.shared, found.assessable, found.shared / found.assessable)
    return measures.with_range(share, wilson_range(found.shared, found.assessable), found.assessable)


def people_at_shared_events(found: Statistics) -> Measure:
    """M1w, as `measures.people_at_shared_events`."""
    few = measures.too_few(found.assessable)
    if few:
        return Measure(found.people_shared, found.people_assessable, reason=few)
    bounds = (
        found.people_certainly / found.people_assessable,
        found.people_possibly / found.people_assessable,
    )
    silent = measures.too_silent(found.answers_assessable, found.people_assessable)
    return measures.bounded(found.people_shared, found.people_assessable, bounds, reason=silent)


def newcomer_exposure(found: Statistics) -> Measure:
    """M3, aPb, as `measures.newcomer_exposure`."""
    return _exposure(found, found.newcomers_in_company, found.newcomer_exposures)


def resident_exposure(found: Statistics) -> Measure:
    """M3, bPa, as `measures.resident_exposure`."""
    return _exposure(found, found.residents_in_company, found.resident_exposures)


def chance_ratio(found: Statistics) -> Measure:
    """M4, O/E, as `measures.chance_ratio`; of statistics whose strata are closed."""
    reason = chance_reason(found)
    if reason:
        return Measure(found.meetings, found.by_chance, reason=reason)
    ratio = Measure(found.meetings, found.by_chance, found.meetings / found.by_chance)
    found_range = ratio_range(found.meetings, found.by_chance, found.spread, found.rooms)
    return measures.with_range(ratio, found_range, found.comparable)


def chance_reason(found: Statistics) -> str | None:
    """Why meetings are not compared with chance; None where they are."""
    if found.by_chance == 0:
        return measures.NOT_ENOUGH_ANSWERS
    if found.comparable < measures.ROUGH_RANGE_EVENTS:
        return measures.FEW_COMPARABLE_EVENTS
    return measures.ONE_EVENT if found.hinges_on_one else None


def _share_of_events(counted: int, found: Statistics) -> Measure:
    reason = measures.too_few(found.assessable)
    value = None if reason else counted / found.assessable
    return Measure(counted, found.assessable, value, reason=reason)


def _exposure(found: Statistics, members: int, exposures: tuple[Exposure, ...]) -> Measure:
    silent = measures.too_silent(found.answers, found.people)
    return measures.bounded(found.meetings, members, joined_bounds(exposures), reason=silent)
