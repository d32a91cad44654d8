"""A change is claimed only where one is, and the claim agrees with dealing the events out anew."""

import random
from collections.abc import Sequence

import pytest

from outreach.engagement import measures, trend
from outreach.engagement.bounds import met
from outreach.engagement.figures import Report, report
from outreach.engagement.gathering import Missing
from outreach.engagement.measures import Tally
from outreach.engagement.periods import parse, quarters_of
from tests.engagement.simulated import program, sizes


def made(tallies: Sequence[Tally]) -> Report:
    return report(tallies, events_held=len(tallies), head_count=None)


def run(draw: random.Random, events: int, one_sided: float) -> list[Tally]:
    return program(draw, sizes(draw, events), share=0.35, one_sided=one_sided)


def claims(before: Sequence[Tally], after: Sequence[Tally]) -> bool:
    return trend.change(made(before), made(after)) in (trend.MORE, trend.LESS)


@pytest.mark.parametrize(
    ("events", "one_sided"), [((12, 30), 0.3), ((20, 20), 0.3), ((20, 20), 0.6), ((40, 40), 0.0)]
)
def test_change_is_hardly_ever_claimed_where_none_is(events: tuple[int, int], one_sided: float) -> None:
    draw = random.Random(5)
    wrong = sum(claims(run(draw, events[0], one_sided), run(draw, events[1], one_sided)) for _ in range(80))
    assert wrong <= 8


def test_change_is_seen_where_there_is_a_great_one() -> None:
    draw = random.Random(6)
    found = [trend.change(made(run(draw, 80, 0.1)), made(run(draw, 80, 0.6))) for _ in range(10)]
    assert found.count(trend.LESS) >= 9
    assert trend.change(made(run(draw, 80, 0.6)), made(run(draw, 80, 0.1))) == trend.MORE


def _ratio(rooms: Sequence[Tally]) -> float:
    newcomers, residents = (
        sum(getattr(room, group) for room in rooms) for group in ("newcomers", "residents")
    )
    return sum(met(room.newcomers, room.residents) for room in rooms) / met(newcomers, residents)


def _permuted_p(draw: random.Random, before: list[Tally], after: list[Tally]) -> float:
    """How often dealing the events of both times out anew differs as much."""
    seen = abs(_ratio(before) - _ratio(after))
    rooms, hits = before + after, 0
    for _ in range(199):
        draw.shuffle(rooms)
        hits += abs(_ratio(rooms[: len(before)]) - _ratio(rooms[len(before) :])) >= seen
    return (1 + hits) / 200


def test_change_is_claimed_only_where_dealing_events_out_anew_would_claim_it() -> None:
    """The rule works on ranges, because single events are erased; it is the stricter of the two."""
    draw = random.Random(8)
    claimed = []
    for one_sided in (0.3, 0.45, 0.6) * 4:
        before, after = run(draw, 40, 0.1), run(draw, 40, one_sided)
        if claims(before, after):
            claimed.append(_permuted_p(draw, before, after))
    assert len(claimed) >= 4
    assert all(p < 0.05 for p in claimed)


def test_no_change_is_said_of_few_events() -> None:
    draw = random.Random(7)
    assert trend.change(made(run(draw, 9, 0.1)), made(run(draw, 80, 0.9))) == trend.TOO_LITTLE


def test_times_are_not_compared_when_other_people_answered() -> None:
    draw = random.Random(7)
    before, after = run(draw, 40, 0.1), run(draw, 40, 0.9)
    silent = [Tally(t.stratum, t.newcomers, t.residents, t.both, t.people // 4) for t in after]
    assert trend.change(made(before), made(after)) == trend.LESS
    assert trend.change(made(before), made(silent)) == trend.ANSWERS_DIFFER


def test_ratio_without_a_range_is_compared_with_nothing() -> None:
    alike = [Tally("", 6, 0, 0, 0), Tally("", 0, 6, 0, 0)] * 6
    assert measures.chance_ratio(alike).high is None
    assert trend.change(made(alike), made(run(random.Random(1), 40, 0.1))) == trend.TOO_LITTLE


def test_line_begins_with_the_first_events_and_has_four_quarters_behind_each_point() -> None:
    quarters = quarters_of(parse("2025-Q4..2026-Q4"))
    nothing, some = made([]), made(run(random.Random(1), 5, 0.1))
    rolled = {"2026-Q1": nothing, "2026-Q2": some, "2026-Q3": nothing, "2026-Q4": some}
    found = trend.points(quarters, {"2026-Q4": 3}, rolled, [])
    assert [(point.quarter, point.events) for point in found] == [
        ("2026-Q2", 0),
        ("2026-Q3", 0),
        ("2026-Q4", 3),
    ]


def test_quarter_that_waits_is_a_gap_that_says_why_until_its_events_are_counted() -> None:
    quarters = quarters_of(parse("2025-Q2..2026-Q4"))
    some = made(run(random.Random(1), 40, 0.1))
    rolled = {each.name: some for each in quarters[trend.ROLLED - 1 :]}
    own = {each.name: 10 for each in quarters if each.name != "2026-Q2"}

    def line(counted_with: str | None) -> dict[str, tuple[int | None, str | None]]:
        missing = [Missing("2026-Q2", "waits", counted_with)]
        return {
            point.quarter: (point.events, point.rolled.unknown_because)
            for point in trend.points(quarters, own, rolled, missing)
        }

    assert line("2026-Q3") == {
        "2026-Q1": (10, None),
        "2026-Q2": (None, trend.NOT_FOUR),
        "2026-Q3": (10, None),
        "2026-Q4": (10, None),
    }
    assert [why for _, why in line(None).values()] == [None, *[trend.NOT_FOUR] * 3]


def test_line_may_begin_with_a_gap() -> None:
    quarters = quarters_of(parse("2025-Q2..2026-Q1"))
    (point,) = trend.points(quarters, {}, {"2026-Q1": made([])}, [Missing("2026-Q1", "waits")])
    assert (point.events, point.rolled.chance_ratio.value) == (None, None)
    assert point.rolled.chance_ratio.reason == trend.NOT_FOUR
