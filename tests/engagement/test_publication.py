"""What is published of frozen figures: the rules, the attacks against them, and an audit of the rest."""

import random
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from itertools import product

import pytest
from scipy.optimize import linprog

from outreach.engagement import keeping
from outreach.engagement.bounds import Exposure, Spread, joined_bounds, met, ratio_range
from outreach.engagement.keeping import Piece
from outreach.engagement.publication import (
    LEAST_ANSWERS,
    LEAST_EVENTS,
    Cell,
    coded,
    counted,
    figures,
    is_publishable,
    joined,
    stepped,
)
from outreach.engagement.statistics import NOTHING, Statistics, from_json, to_json, total

COUNTIES = ("clay", "jackson", "johnson", "platte", "wyandotte")


def sums(events: int, newcomers: int, residents: int, *, unsaid: int = 0, shared: int = 0) -> Statistics:
    """The sums of rooms that are all alike, as far as what is published looks at them."""
    people = newcomers + residents + unsaid
    return Statistics(
        events_held=events,
        asked=events,
        assessable=events,
        shared=shared,
        people_assessable=people,
        answers_assessable=newcomers + residents,
        newcomers=newcomers,
        residents=residents,
        unsaid=unsaid,
        rooms=events,
        newcomers_in_company=newcomers,
        residents_in_company=residents,
        meetings=0.7 * met(newcomers, residents),
        by_chance=met(newcomers, residents),
        comparable=events,
        spread=Spread(5.0, 4.0, 4.0, met(newcomers, residents)),
        newcomer_exposures=(Exposure(0.2, 0.8, newcomers, newcomers + unsaid),),
        resident_exposures=(Exposure(0.2, 0.8, residents, residents + unsaid),),
    )


# Thresholds on both groups, and no zeros (T13)


@pytest.mark.parametrize(
    ("cell", "passes"),
    [
        (sums(5, 10, 10), True),
        (sums(4, 100, 100), False),
        (sums(50, 9, 900), False),
        (sums(50, 900, 9), False),
        (sums(50, 0, 900), False),
    ],
    ids=["just-enough", "few-events", "few-newcomers", "few-residents", "one-sided"],
)
def test_cell_is_published_by_its_events_and_by_each_group(cell: Statistics, passes: bool) -> None:
    assert is_publishable(cell) is passes
    if not passes:
        with pytest.raises(ValueError, match="too few"):
            figures(Cell((), cell))


@pytest.mark.parametrize("shared", [0, 20])
@pytest.mark.parametrize(("newcomers", "residents"), [(10, 900), (900, 10)])
def test_published_shares_are_never_none_or_all(shared: int, newcomers: int, residents: int) -> None:
    found = figures(Cell((), sums(20, newcomers, residents, shared=shared)))
    for field in fields(found):
        value = getattr(found, field.name)
        if field.name.endswith("_percent") and isinstance(value, int):
            assert 10 <= value <= 90
        if field.name in ("newcomers", "residents", "events_asked", "events_held"):
            assert value >= 5
    assert found.both is None


def test_published_numbers_are_rounded() -> None:
    found = figures(Cell((), sums(23, 41, 88, unsaid=9, shared=13)))
    assert (found.events_asked, found.newcomers, found.residents) == (25, 40, 90)
    # Of the rounded counts, not of 41 and 88.
    assert found.newcomer_percent == round(100 * 40 / 130)
    assert found.shared_percent == round(100 * 15 / 25)
    assert found.unsaid_percent == (0, 10)
    assert found.chance_ratio == 0.7


@pytest.mark.parametrize(("number", "rounded"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (12, 10), (13, 15)])
def test_counts_are_told_to_the_nearest_five(number: int, rounded: int) -> None:
    assert counted(number) == rounded


def test_shares_and_ratios_are_coded() -> None:
    assert [coded(share) for share in (0.0, 0.04, 0.333, 0.97, 1.0)] == [10, 10, 33, 90, 90]
    assert [stepped(ratio) for ratio in (0.7749, 0.776, 1.024)] == [0.75, 0.8, 1.0]


def test_little_answered_and_few_events_leave_figures_out() -> None:
    silent = figures(Cell((), sums(20, 20, 20, unsaid=60)))
    assert (silent.newcomer_percent, silent.shared_percent, silent.newcomer_exposure_percent) == (None,) * 3
    few = figures(Cell((), sums(9, 40, 40)))
    assert (few.shared_percent, few.chance_ratio) == (None, None)


def test_share_of_few_events_is_not_told_since_rounding_would_make_it() -> None:
    nine_of_eleven = figures(Cell((), sums(11, 40, 40, shared=9)))
    assert (nine_of_eleven.shared_percent, nine_of_eleven.shared_range_percent) == (None, None)
    assert figures(Cell((), sums(18, 40, 40, shared=9))).shared_percent == 50


# Joining with a fixed neighbour


def test_small_cells_are_joined_with_the_smaller_neighbour_and_none_is_left_out() -> None:
    cells = [
        Cell((name,), sums(events, 40, 40)) for name, events in zip(COUNTIES, (9, 2, 6, 8, 3), strict=True)
    ]
    found = joined(cells)
    assert [cell.places for cell in found] == [("clay",), ("jackson", "johnson"), ("platte", "wyandotte")]
    assert total(cell.sums for cell in found).asked == 28


def test_all_is_one_where_nothing_else_passes() -> None:
    cells = [Cell((name,), sums(2, 3, 3)) for name in COUNTIES]
    assert [cell.places for cell in joined(cells)] == [COUNTIES]


# The attacks of the specification (T11): each succeeds against a naive publisher and fails against ours


def test_attack_1_two_live_numbers_tell_the_group_of_who_came_between() -> None:
    """A live page rounded to 5 still shows some arrivals; ours is a value that was frozen."""
    before, after = sums(20, 42, 90), sums(20, 43, 90)
    assert counted(before.newcomers) != counted(after.newcomers)
    frozen = figures(Cell((), before))
    assert figures(Cell((), before)) == frozen  # and on a database `test_editions.test_attack_1_…`


def test_attack_2_noise_drawn_anew_is_averaged_out() -> None:
    draw = random.Random(1)
    naive = [37 + draw.gauss(0, 2) for _ in range(64)]
    assert round(sum(naive) / 64) == 37
    ours = {figures(Cell((), sums(20, 37, 90))).newcomers for _ in range(64)}
    assert ours == {35}


@pytest.mark.parametrize("attack", ["lone hidden cell", "region less all counties but one"])
def test_attacks_3_and_4_what_is_left_out_is_the_total_less_the_rest(attack: str) -> None:
    counties = [Cell((name,), sums(20, 40 + at, 60)) for at, name in enumerate(COUNTIES[:4])]
    small = Cell((COUNTIES[4],), sums(20, 3, 60))
    region = total(cell.sums for cell in [*counties, small])
    naive = region.newcomers - sum(cell.sums.newcomers for cell in counties if is_publishable(cell.sums))
    assert naive == 3
    published = joined([*counties, small])
    assert sum(cell.sums.newcomers for cell in published) == region.newcomers
    assert all(is_publishable(cell.sums) for cell in published)
    left = region.newcomers - sum(cell.sums.newcomers for cell in published)
    assert left == 0


def test_attack_5_a_share_of_a_known_total_is_a_count() -> None:
    """7.9% of 38 is 3 people; ours is worked out from rounded counts and knows no less than 10."""
    naive = round(100 * 3 / 38, 1)
    assert round(naive * 38 / 100) == 3
    found = figures(Cell((), sums(8, 11, 127)))
    fitting = {
        newcomers
        for newcomers in range(10, 129)
        if figures(Cell((), sums(8, newcomers, 138 - newcomers))).newcomer_percent == found.newcomer_percent
    }
    # No more than the rounded count tells by itself.
    assert fitting == {newcomers for newcomers in range(10, 129) if counted(newcomers) == found.newcomers}
    assert len(fitting) > 1


def test_attack_6_a_room_that_is_all_of_one_group_is_never_told() -> None:
    assert 100 * 0 / 30 == 0
    with pytest.raises(ValueError, match="too few"):
        figures(Cell((), sums(1, 0, 30)))
    assert figures(Cell((), sums(20, 10, 900))).newcomer_percent == 10


def test_attack_7_a_deletion_that_changes_a_number_tells_who_asked() -> None:
    """Ours reads nothing when it is shown: see `test_editions.test_attack_7_…`."""
    with_guest, without = sums(20, 43, 90), sums(20, 42, 90)
    assert counted(with_guest.newcomers) != counted(without.newcomers)
    stored = asdict(figures(Cell((), with_guest)))
    assert stored["newcomers"] == 45


# The audit (T12): from all that is published, how narrow can anybody bound what is not?


def _feasible_width(rows: Sequence[float], columns: Sequence[float], hidden: tuple[int, int]) -> float:
    """How wide the range is of one hidden cell of a table, when only its rounded margins are known."""
    shape = (len(rows), len(columns))
    names = list(product(range(shape[0]), range(shape[1])))
    above, limits = [], []
    for axis, margins in ((0, rows), (1, columns)):
        for at, margin in enumerate(margins):
            line = [float(name[axis] == at) for name in names]
            above += [line, [-value for value in line]]
            # Rounded to the nearest 5, and known to be at least 10.
            limits += [margin + 2, -max(margin - 2, LEAST_ANSWERS)]
    aim = [float(name == hidden) for name in names]
    low, high = (
        linprog([sign * value for value in aim], A_ub=above, b_ub=limits, bounds=(0, None))
        for sign in (1, -1)
    )
    assert (low.status, high.status) == (0, 0)
    return -high.fun - low.fun


def test_audit_finds_a_lone_hidden_cell_of_a_naive_publisher() -> None:
    """With a blank cell and all margins around it told to the last one, the width is nothing."""
    told = 40.0
    cell = linprog([1.0], A_eq=[[1.0]], b_eq=[43 - told], bounds=(0, None))
    assert cell.fun == 3


@pytest.mark.parametrize("seed", range(2))
def test_audit_leaves_ten_people_wide_what_small_programs_hide(seed: int) -> None:
    """Two hundred programs in all: quarters and counties of a year are told, a county's quarter is not."""
    draw = random.Random(seed)
    audited = 0
    for _ in range(100):
        table = [[_season(draw) for _ in COUNTIES] for _ in range(4)]
        quarters = _published_quarters([total(row) for row in table])
        if not quarters:
            continue
        kept = [[total(table[q][c] for q in group) for c in range(len(COUNTIES))] for group in quarters]
        counties = joined([Cell((str(c),), total(row[c] for row in kept)) for c in range(len(COUNTIES))])
        if len(counties) < 2 or len(quarters) < 2:
            continue
        group = draw.choice(("newcomers", "residents"))
        rows = [counted(getattr(total(row), group)) for row in kept]
        columns = [counted(getattr(cell.sums, group)) for cell in counties]
        hidden = draw.randrange(len(rows)), draw.randrange(len(columns))
        assert _feasible_width(rows, columns, hidden) >= 10
        audited += 1
    assert audited > 20


def _season(draw: random.Random) -> Statistics:
    events = draw.randrange(0, 7)
    newcomers = sum(draw.randrange(0, 6) for _ in range(events))
    return sums(events, newcomers, sum(draw.randrange(0, 12) for _ in range(events)))


def _published_quarters(quarters: list[Statistics]) -> list[list[int]]:
    """As editions do it: a quarter that does not pass waits for the next; one left over is not published."""
    groups: list[list[int]] = []
    waiting: list[int] = []
    for at in range(len(quarters)):
        waiting.append(at)
        if is_publishable(total(quarters[each] for each in waiting)):
            groups.append(waiting)
            waiting = []
    return groups


# What is kept when the totals of events are erased


def _pieces(draw: random.Random, count: int) -> list[Piece]:
    cuts = (COUNTIES, ("large", "small"), ("convening", "workshop"), ("1", "2", "3"))
    gathered: dict[tuple[str, ...], Statistics] = {}
    for _ in range(count):
        values = tuple(draw.choice(cut) for cut in cuts)
        event = sums(1, draw.randrange(0, 9), draw.randrange(0, 20))
        gathered[values] = gathered.get(values, NOTHING) + event
    return [Piece(values, found) for values, found in gathered.items()]


@pytest.mark.parametrize("seed", range(20))
def test_no_sums_or_differences_of_kept_cuts_are_of_fewer_than_five_events(seed: int) -> None:
    """All of them are sums of what the cuts together leave undivided, so it is enough to look at those."""
    draw = random.Random(seed)
    pieces = _pieces(draw, draw.choice((4, 20, 60, 400)))
    kept = keeping.groups(pieces, 4)
    atoms: dict[tuple[int, ...], Statistics] = {}
    for piece in pieces:
        where = tuple(
            next((at for at, group in enumerate(groups) if piece.values[cut] in group), -1)
            for cut, groups in enumerate(kept)
        )
        atoms[where] = atoms.get(where, NOTHING) + piece.sums
    if any(kept):
        assert min(found.asked for found in atoms.values()) >= LEAST_EVENTS
        assert all(is_publishable(found) for found in atoms.values())


def test_cuts_are_kept_apart_where_there_is_enough_of_everything() -> None:
    kept = keeping.groups(_pieces(random.Random(1), 4000), 4)
    assert [len(groups) for groups in kept] == [5, 2, 2, 3]


def test_nested_cuts_do_not_tell_an_event_by_their_difference() -> None:
    """Six events of a county, five of them of one kind that is held nowhere else: the sixth stays hidden."""
    pieces = [
        Piece(("clay", "workshop"), sums(5, 30, 30)),
        Piece(("clay", "convening"), sums(1, 9, 1)),
        Piece(("platte", "convening"), sums(9, 30, 30)),
    ]
    naive = pieces[0].sums + pieces[1].sums
    assert naive.newcomers - pieces[0].sums.newcomers == 9
    assert keeping.groups(pieces, 2) == [[("clay",), ("platte",)], []]


def test_common_groups_are_the_smallest_that_cut_through_none() -> None:
    assert keeping.common_groups([("a", "b"), ("c",), ("d",), ("b", "c"), ("e",)]) == [
        ("a", "b", "c"),
        ("d",),
        ("e",),
    ]


@pytest.mark.parametrize("seed", range(50))
def test_kept_sums_are_coarse_and_no_range_of_theirs_is_too_narrow(seed: int) -> None:
    draw = random.Random(seed)
    exact = NOTHING
    for _ in range(3):
        stakes = [(draw.uniform(0, 9), draw.uniform(0, 9)) for _ in range(20)]
        meetings, stake = sum(each for each, _ in stakes), sum(each for _, each in stakes)
        spread = Spread(
            sum(m * m for m, _ in stakes), sum(m * s for m, s in stakes), sum(s * s for _, s in stakes), stake
        )
        low, high = sorted((draw.random(), draw.random()))
        exposures = (Exposure(low, high, draw.randrange(9), 20),)
        exact += replace(
            sums(20, 40, 60),
            meetings=meetings,
            by_chance=stake,
            spread=spread,
            newcomer_exposures=exposures,
            resident_exposures=exposures,
        )
    kept = keeping.kept([exact])
    assert (kept.newcomers, kept.asked, kept.shared) == (exact.newcomers, exact.asked, exact.shared)
    assert float(f"{kept.meetings:.3g}") == kept.meetings == pytest.approx(exact.meetings, rel=0.005)
    widths = [
        (lambda found: found[1] - found[0])(ratio_range(each.meetings, each.by_chance, each.spread, 60))
        for each in (exact, kept)
    ]
    assert widths[1] >= 0.98 * widths[0]
    assert len(kept.newcomer_exposures) == 1
    inner, outer = joined_bounds(exact.newcomer_exposures), joined_bounds(kept.newcomer_exposures)
    assert outer[0] <= inner[0] + 1e-9
    assert outer[1] >= inner[1] - 1e-9
    assert from_json(to_json(kept)) == kept
