"""What is kept of a quarter when the totals of its events are erased; pure.

Kept sums are never those of fewer than five events or of a one-sided few, nor can they be had by taking
kept sums from each other: every cut that is kept divides the events only so far that what all cuts
together leave undivided could be published. And no kept number is so exact that it gives its parts away.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from outreach.engagement.bounds import Exposure, Spread, joined_bounds
from outreach.engagement.publication import is_publishable
from outreach.engagement.statistics import NOTHING, Statistics, total

_DIGITS = 3
_SPREAD_DIGITS = 2
_BOUND_STEPS = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """The plain sums of the events that agree in every cut: their value in each, in the cuts' order."""

    values: tuple[str, ...]
    sums: Statistics


def groups(pieces: Sequence[Piece], cuts: int) -> list[list[tuple[str, ...]]]:
    """How far each cut may be kept: its values, put together where they must be; none where it may not.

    Earlier cuts come first: what they divide, later ones divide no further than the rule allows.
    """
    atoms: dict[Piece, Hashable] = dict.fromkeys(piece for piece in pieces if piece.sums.asked)
    kept = []
    for cut in range(cuts):
        found = _groups(atoms, cut)
        kept.append(found if len(found) > 1 else [])
        if len(found) > 1:
            place = {value: index for index, group in enumerate(found) for value in group}
            atoms = {piece: (atom, place[piece.values[cut]]) for piece, atom in atoms.items()}
    return kept


def _groups(atoms: Mapping[Piece, Hashable], cut: int) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [(value,) for value in sorted({piece.values[cut] for piece in atoms})]
    while len(found) > 1:
        failing = next((at for at, group in enumerate(found) if not _is_safe(atoms, cut, group)), None)
        if failing is None:
            break
        first = failing if failing + 1 < len(found) else failing - 1
        found[first : first + 2] = [found[first] + found[first + 1]]
    return found


def _is_safe(atoms: Mapping[Piece, Hashable], cut: int, group: tuple[str, ...]) -> bool:
    """Whether what the group takes of every atom could be published."""
    taken: dict[Hashable, Statistics] = defaultdict(lambda: NOTHING)
    for piece, atom in atoms.items():
        if piece.values[cut] in group:
            taken[atom] += piece.sums
    return all(is_publishable(sums) for sums in taken.values())


def common_groups(given: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The smallest groups of which none cuts through a given one, in a fixed order."""
    found: list[set[str]] = []
    for group in given:
        touched = [other for other in found if other & set(group)]
        found = [other for other in found if other not in touched] + [set(group).union(*touched)]
    return sorted(tuple(sorted(group)) for group in found)


def kept(parts: Iterable[Statistics]) -> Statistics:
    """The sum of closed parts as it is kept: whole numbers as they are, all others coarser."""
    found = total(parts)
    meetings, by_chance = _rounded(found.meetings), _rounded(found.by_chance)
    return replace(
        found,
        meetings=meetings,
        by_chance=by_chance,
        textbook_meetings=_rounded(found.textbook_meetings),
        cross_pairs=int(_rounded(found.cross_pairs)),
        pairs=int(_rounded(found.pairs)),
        spread=_kept_spread(found.spread, meetings / by_chance if by_chance else 0.0),
        newcomer_exposures=_kept_exposures(found.newcomer_exposures),
        resident_exposures=_kept_exposures(found.resident_exposures),
    )


def _kept_spread(found: Spread, ratio: float) -> Spread:
    """The same spread from three rounded numbers: moves at the cell's own ratio, how they lean with the
    stakes, and the stakes.

    The first and last are rounded up and the middle one down, so that no range comes out too narrow and
    no sum of squares below nothing.
    """
    stakes = _rounded(found.stakes_squared, up=True, digits=_SPREAD_DIGITS)
    moves = found.meetings_squared - 2 * ratio * found.meetings_by_stake + ratio**2 * found.stakes_squared
    moves = _rounded(max(0.0, moves), up=True, digits=_SPREAD_DIGITS)
    lean = found.meetings_by_stake - ratio * found.stakes_squared
    lean = math.copysign(_rounded(abs(lean), down=True, digits=_SPREAD_DIGITS), lean)
    by_stake = lean + ratio * stakes
    return Spread(moves + 2 * ratio * by_stake - ratio**2 * stakes, by_stake, stakes, _rounded(found.stakes))


def _kept_exposures(found: tuple[Exposure, ...]) -> tuple[Exposure, ...]:
    bounds = joined_bounds(found)
    if bounds is None:
        return ()
    low, high = (
        math.floor(bounds[0] * _BOUND_STEPS) / _BOUND_STEPS,
        math.ceil(bounds[1] * _BOUND_STEPS) / _BOUND_STEPS,
    )
    return (Exposure(low, high, sum(each.fewest for each in found), sum(each.most for each in found)),)


def _rounded(number: float, *, digits: int = _DIGITS, up: bool = False, down: bool = False) -> float:
    """To so many significant digits."""
    if not number:
        return 0.0
    step = 10.0 ** (math.floor(math.log10(abs(number))) + 1 - digits)
    steps = number / step
    whole = math.ceil(steps) if up else math.floor(steps) if down else round(steps)
    return float(f"{whole * step:.{digits + 3}g}")
