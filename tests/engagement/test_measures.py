"""The measures on a worked example, against every possible answer, on known truth, where dashboards lie."""

import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.engagement import measures
from outreach.engagement.bounds import exposure_bounds
from outreach.engagement.measures import (
    FEW_COMPARABLE_EVENTS,
    FEW_EVENTS,
    HEAD_COUNT_TOO_LOW,
    LOW_RESPONSE,
    NO_EVENTS,
    NO_HEAD_COUNT,
    NOT_ENOUGH_ANSWERS,
    ONE_EVENT,
    Measure,
    Tally,
    answer_share,
    answered_rate,
    certainly_shared_events,
    chance_ratio,
    counted_rate,
    expected_exposure,
    is_assessable,
    is_certainly_shared,
    is_possibly_shared,
    is_shared,
    is_tiny,
    newcomer_exposure,
    newcomer_isolation,
    newcomer_share,
    people_at_shared_events,
    possibly_shared_events,
    reporting_rate,
    resident_exposure,
    shared_events,
)
from tests.engagement.simulated import program, silenced, sizes


def _tally(newcomers: int, residents: int, both: int = 0, unsaid: int = 0, stratum: str = "") -> Tally:
    return Tally(stratum, newcomers, residents, both, unsaid)


#: Six events whose measures were worked out by hand.
WORKED = [_tally(*pair) for pair in [(4, 6), (1, 9), (10, 2), (0, 5), (3, 3), (7, 20)]]

#: The same twice over: twelve events, enough for a value where counts only are said of six.
TWICE = WORKED * 2

_MEETINGS = 24 / 9 + 9 / 9 + 20 / 11 + 9 / 5 + 140 / 26


def _parts(measure: Measure) -> tuple[float, float, float | None]:
    return measure.numerator, measure.denominator, measure.value


def test_worked_example_exposure() -> None:
    found = [
        _parts(measure(WORKED)) for measure in (newcomer_exposure, newcomer_isolation, resident_exposure)
    ]
    assert found == [
        pytest.approx((_MEETINGS, 25, _MEETINGS / 25), abs=1e-9),
        pytest.approx((25 - _MEETINGS, 25, 1 - _MEETINGS / 25), abs=1e-9),
        pytest.approx((_MEETINGS, 45, _MEETINGS / 45), abs=1e-9),
    ]
    assert [round(value, 3) for _, _, value in found if value] == [0.507, 0.493, 0.282]


def test_worked_example_compared_with_chance() -> None:
    by_chance = 25 * 45 / 69
    assert _parts(expected_exposure(WORKED)) == pytest.approx((by_chance, 25, 45 / 69), abs=1e-9)
    few = chance_ratio(WORKED)
    assert (few.value, few.reason) == (None, FEW_COMPARABLE_EVENTS)
    assert few.numerator / few.denominator == pytest.approx(_MEETINGS / by_chance, abs=1e-9)
    assert round(few.numerator / few.denominator, 3) == 0.777


def test_worked_example_twelve_events_compared_with_chance_say_a_rough_range() -> None:
    found = chance_ratio(TWICE)
    assert found.value == pytest.approx(2 * _MEETINGS / (50 * 90 / 139), abs=1e-9)
    assert found.range_kind == "rough"
    assert found.low < found.value < found.high


def test_worked_example_shared_events() -> None:
    assert shared_events(WORKED) == Measure(4, 6, reason=FEW_EVENTS)
    assert people_at_shared_events(WORKED) == Measure(55, 70, reason=FEW_EVENTS)
    assert _parts(shared_events(TWICE)) == (8, 12, 8 / 12)
    assert people_at_shared_events(TWICE) == Measure(110, 140, 110 / 140, 110 / 140, 110 / 140, "bounds")


def test_worked_example_composition() -> None:
    everybody_said = Measure(25, 70, 25 / 70, 25 / 70, 25 / 70, "bounds")
    assert newcomer_share(WORKED) == everybody_said
    assert answered_rate(WORKED) == Measure(70, 70, 1.0)


@pytest.mark.parametrize(
    ("tally", "shared"),
    [
        pytest.param(_tally(2, 18), True, id="2-of-20"),
        pytest.param(_tally(2, 19), False, id="2-of-21"),
        pytest.param(_tally(19, 2), False, id="either-group-may-be-the-smaller"),
        pytest.param(_tally(2, 2), True, id="2-and-2"),
        pytest.param(_tally(1, 3), False, id="one-alone-is-not-a-group"),
        pytest.param(_tally(2, 18, 50), True, id="both-are-not-in-the-rule"),
        pytest.param(_tally(0, 0, 9, 9), False, id="nobody-of-the-two-groups"),
    ],
)
def test_is_shared_compares_whole_numbers(tally: Tally, shared: bool) -> None:
    assert is_shared(tally) is shared


def test_is_shared_keeps_its_threshold() -> None:
    """A program year is measured by one rule: whoever changes it changes the method's version too."""
    assert (measures.SHARED_LEAST_PEOPLE, measures.SHARED_LEAST_PERCENT) == (2, 10)


_TALLIES = st.builds(
    _tally,
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(0, 5),
    st.integers(0, 12),
    st.sampled_from("ab"),
)


@given(_TALLIES)
@settings(max_examples=1000)
def test_certainly_and_possibly_shared_are_all_and_any_of_the_possible_answers(tally: Tally) -> None:
    outcomes = {
        is_shared(replace(tally, newcomers=tally.newcomers + x, residents=tally.residents + y))
        for x in range(tally.unsaid + 1)
        for y in range(tally.unsaid + 1 - x)
    }
    assert (is_certainly_shared(tally), is_possibly_shared(tally)) == (all(outcomes), any(outcomes))


def test_shared_events_lie_between_certain_and_possible_ones() -> None:
    tallies = [*TWICE, _tally(2, 18, 0, 1), _tally(1, 3, 0, 1), _tally(0, 0, 0, 4)]
    found = [measure(tallies) for measure in (certainly_shared_events, shared_events, possibly_shared_events)]
    assert [_parts(measure) for measure in found] == [(8, 15, 8 / 15), (9, 15, 9 / 15), (11, 15, 11 / 15)]


def test_shared_events_leave_out_empty_rooms_and_tiny_ones() -> None:
    tallies = [_tally(0, 0), _tally(2, 1), _tally(1, 0, 1, 1), _tally(1, 1, 1, 1)]
    assert [is_tiny(tally) for tally in tallies] == [False, True, True, False]
    assert [is_assessable(tally) for tally in tallies] == [False, False, False, True]
    assert shared_events(tallies) == Measure(0, 1, reason=FEW_EVENTS)


@pytest.mark.parametrize(
    ("events", "kind", "reason"),
    [(9, None, FEW_EVENTS), (10, "rough", None), (39, "rough", None), (40, "likely", None)],
)
def test_shared_events_say_no_more_than_their_number_allows(
    events: int, kind: str | None, reason: str | None
) -> None:
    found = shared_events([_tally(4, 6)] * (events - 1) + [_tally(0, 5)])
    assert (found.range_kind, found.reason) == (kind, reason)
    assert (found.value is None) == (found.low is None) == (reason is not None)


def test_shared_events_range_is_wilson() -> None:
    found = shared_events([_tally(4, 6)] * 14 + [_tally(0, 9)] * 7)
    assert (found.value, found.low, found.high) == pytest.approx((14 / 21, 0.4537, 0.8281), abs=1e-4)


_ALL: list[Callable[[Sequence[Tally]], Measure]] = [
    shared_events,
    certainly_shared_events,
    possibly_shared_events,
    people_at_shared_events,
    newcomer_share,
    lambda tallies: answer_share(tallies, "both"),
    answered_rate,
    newcomer_exposure,
    newcomer_isolation,
    resident_exposure,
    expected_exposure,
    chance_ratio,
]
_NAMES = [getattr(measure, "__name__", "").replace("<lambda>", "both_share") for measure in _ALL]


@pytest.mark.parametrize("measure", _ALL, ids=_NAMES)
@pytest.mark.parametrize("tallies", [[], [_tally(0, 0)] * 12], ids=["no-tallies", "empty-rooms"])
def test_measure_of_nobody_is_undefined_and_not_zero(
    measure: Callable[[Sequence[Tally]], Measure], tallies: list[Tally]
) -> None:
    assert measure(tallies) == Measure(0, 0, reason=NOT_ENOUGH_ANSWERS)


@given(st.lists(_TALLIES, max_size=14))
@settings(deadline=None, max_examples=150)
def test_measures_have_a_value_or_a_reason_and_keep_their_ranges_around_it(tallies: list[Tally]) -> None:
    for measure in _ALL:
        found = measure(tallies)
        assert (found.value is None) == (found.reason is not None)
        assert (found.low is None) == (found.high is None) == (found.range_kind is None)
        if found.value is not None and found.low is not None and found.range_kind == "bounds":
            assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize(
    ("measure", "tallies"),
    [
        pytest.param(newcomer_exposure, [_tally(0, 9)], id="exposure-without-newcomers"),
        pytest.param(newcomer_exposure, [_tally(1, 0), _tally(1, 0, 5)], id="newcomers-without-company"),
        pytest.param(resident_exposure, [_tally(9, 0)], id="exposure-without-residents"),
        pytest.param(chance_ratio, [_tally(9, 0), _tally(9, 0)], id="ratio-without-residents"),
        pytest.param(
            chance_ratio, [_tally(9, 0, stratum="a"), _tally(0, 9, stratum="b")], id="ratio-of-strata-apart"
        ),
        pytest.param(newcomer_share, [_tally(0, 0, 9)], id="share-of-nobody-in-the-two-groups"),
    ],
)
def test_measure_without_its_group_is_undefined(
    measure: Callable[[Sequence[Tally]], Measure], tallies: list[Tally]
) -> None:
    found = measure(tallies)
    assert (found.value, found.reason) == (None, NOT_ENOUGH_ANSWERS)


def test_exposure_leaves_a_room_of_one_out_of_both_sides() -> None:
    tallies = [_tally(1, 0), _tally(2, 2), _tally(0, 1)]
    assert _parts(newcomer_exposure(tallies)) == pytest.approx((4 / 3, 2, 2 / 3))
    assert _parts(expected_exposure(tallies)) == pytest.approx((4 / 3, 2, 2 / 3))


@given(st.lists(_TALLIES, min_size=1, max_size=8))
def test_exposure_and_isolation_fill_the_room_and_meetings_are_mutual(tallies: list[Tally]) -> None:
    exposure, isolation, mirrored = (
        measure(tallies) for measure in (newcomer_exposure, newcomer_isolation, resident_exposure)
    )
    assert exposure.numerator + isolation.numerator == pytest.approx(exposure.denominator)
    assert mirrored.numerator == pytest.approx(exposure.numerator)
    if exposure.value is not None and isolation.value is not None:
        assert exposure.value + isolation.value == pytest.approx(1)
    if exposure.low is not None and isolation.high is not None:
        assert exposure.low + isolation.high == pytest.approx(1)


def _shuffled_exposures(rooms: list[tuple[int, int]]) -> Fraction:
    """Mean of the meetings over every way to seat the same people, by counting the ways."""
    sizes = [a + b for a, b in rooms]
    newcomers = sum(a for a, _ in rooms)
    total, ways = Fraction(0), 0
    everyone = range(sum(sizes))
    for chosen in itertools.combinations(everyone, newcomers):
        seated, first = Fraction(0), 0
        for size in sizes:
            a = sum(first <= person < first + size for person in chosen)
            first += size
            seated += Fraction(a * (size - a), size - 1)
        total += seated
        ways += 1
    return total / ways


@pytest.mark.parametrize(
    "rooms", [[(2, 1), (1, 3)], [(1, 1), (0, 2), (2, 3)], [(3, 0), (0, 6)]], ids=["two", "three", "apart"]
)
def test_expected_exposure_is_the_mean_over_every_seating(rooms: list[tuple[int, int]]) -> None:
    found = expected_exposure([_tally(*room) for room in rooms])
    assert found.numerator == pytest.approx(float(_shuffled_exposures(rooms)), abs=1e-12)


def test_expected_exposure_is_judged_within_each_stratum() -> None:
    tallies = [_tally(2, 1, stratum="a"), _tally(1, 3, stratum="a"), _tally(3, 3, stratum="b")]
    assert _parts(expected_exposure(tallies)) == pytest.approx((3 * 4 / 6 + 3 * 3 / 5, 6, 3.8 / 6))


def test_chance_ratio_is_the_same_from_both_sides() -> None:
    mirrored = [replace(tally, newcomers=tally.residents, residents=tally.newcomers) for tally in TWICE]
    there, back = chance_ratio(TWICE), chance_ratio(mirrored)
    assert (there.value, there.low, there.high) == pytest.approx((back.value, back.low, back.high), rel=0.05)
    assert there.value == pytest.approx(back.value)


def test_chance_ratio_does_not_depend_on_the_order_of_the_tallies() -> None:
    assert chance_ratio(TWICE) == chance_ratio(TWICE[::-1])


def test_chance_ratio_counts_only_events_that_have_another_to_compare_with() -> None:
    """A lone event equals its own expectation: twelve of them say nothing about chance."""
    alone = [replace(tally, stratum=str(index)) for index, tally in enumerate(TWICE)]
    found = chance_ratio(alone)
    assert (found.value, found.reason) == (None, FEW_COMPARABLE_EVENTS)
    assert found.numerator == pytest.approx(found.denominator)


def test_chance_ratio_has_no_value_when_one_event_alone_decides() -> None:
    found = chance_ratio([_tally(5, 5)] + [_tally(0, 9)] * 20)
    assert (found.value, found.low, found.reason) == (None, None, ONE_EVENT)


def test_chance_ratio_claims_no_range_when_all_events_are_alike() -> None:
    """Twelve rooms of one group each: the ratio is 0, and a range from 0 to 0 would be a boast."""
    found = chance_ratio([_tally(6, 0), _tally(0, 6)] * 6)
    assert (found.value, found.low, found.range_kind) == (0.0, None, None)


@pytest.mark.parametrize(("events", "kind"), [(39, "rough"), (40, "likely")])
def test_chance_ratio_range_is_called_rough_below_forty_events(events: int, kind: str) -> None:
    assert chance_ratio((WORKED * 7)[:events]).range_kind == kind


@pytest.mark.parametrize("one_sided", [0.0, 0.3, 0.8], ids=["open", "some-apart", "most-apart"])
def test_chance_ratio_finds_the_truth_of_a_simulated_program(one_sided: float) -> None:
    """Where a share h of rooms is of one group only, the ratio is 1 - h by design."""
    draw = random.Random(11)
    tallies = program(draw, sizes(draw, 3000), share=0.35, one_sided=one_sided)
    found = chance_ratio(tallies)
    assert found.value == pytest.approx(1 - one_sided, abs=0.04)
    assert found.low - 0.02 < 1 - one_sided < found.high + 0.02


def test_chance_ratio_hardly_moves_when_newcomers_answer_less_often() -> None:
    draw = random.Random(7)
    truth = program(draw, sizes(draw, 3000), share=0.35, one_sided=0.3)
    told = [silenced(draw, tally, newcomers=0.5, residents=0.9) for tally in truth]
    assert newcomer_share(told).value < newcomer_share(truth).value - 0.1
    assert chance_ratio(told).value == pytest.approx(chance_ratio(truth).value, abs=0.03)


@pytest.mark.parametrize("seed", range(20))
def test_truth_lies_within_the_bounds_of_what_was_told(seed: int) -> None:
    """Whoever stays silent, and however often, the bounds hold what everybody would have said."""
    draw = random.Random(seed)
    truth = program(draw, [draw.randint(1, 30) for _ in range(25)], share=draw.random(), one_sided=0.3)
    told = [silenced(draw, tally, newcomers=draw.random(), residents=draw.random()) for tally in truth]
    for measure in (newcomer_exposure, newcomer_isolation, resident_exposure, newcomer_share):
        true, found = measure(truth), measure(told)
        if true.value is not None:
            assert found.low - 1e-12 <= true.value <= found.high + 1e-12
    true_shared = shared_events(truth).numerator
    assert certainly_shared_events(told).numerator <= true_shared <= possibly_shared_events(told).numerator


@pytest.mark.parametrize("seed", range(20))
def test_t19_what_was_told_lies_within_its_bounds(seed: int) -> None:
    """Bounds and figure are computed apart; rounding aside, the ones hold the other."""
    draw = random.Random(seed)
    truth = program(draw, [draw.randint(1, 30) for _ in range(25)], share=0.35, one_sided=0.3)
    told = [silenced(draw, tally, newcomers=0.5, residents=0.9) for tally in truth]
    low, high = exposure_bounds([tally.room for tally in told])
    found = newcomer_exposure(told)
    assert low - 1e-12 <= found.numerator / found.denominator <= high + 1e-12


def test_below_six_in_ten_answers_only_bounds_are_said() -> None:
    silent = [_tally(3, 3, 0, 4)] * 12
    just_below = [*silent[1:], _tally(3, 2, 0, 5)]
    for measure in (newcomer_exposure, newcomer_isolation, resident_exposure, newcomer_share, shared_events):
        assert measure(silent).value is not None
        assert (measure(just_below).value, measure(just_below).reason) == (None, LOW_RESPONSE)
    assert newcomer_share(just_below).low == 36 / 120
    assert possibly_shared_events(just_below).value == 1.0


def test_rates_say_how_much_of_the_program_is_seen() -> None:
    assert reporting_rate(9, 12) == Measure(9, 12, 0.75)
    assert reporting_rate(0, 0) == Measure(0, 0, reason=NO_EVENTS)
    assert counted_rate(60, 80) == Measure(60, 80, 0.75)
    assert counted_rate(60, None) == Measure(60, 0, reason=NO_HEAD_COUNT)
    assert counted_rate(60, 50) == Measure(60, 50, reason=HEAD_COUNT_TOO_LOW)
    assert counted_rate(0, 0) == Measure(0, 0, reason=NOT_ENOUGH_ANSWERS)


def test_tally_refuses_fewer_than_no_people() -> None:
    with pytest.raises(ValueError, match="counts people"):
        _tally(3, -1)
