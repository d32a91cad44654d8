"""The bounds of exposure as curves, which add up over sets of events where the bounds themselves do not.

Pure. `bounds.exposure_bounds` says what is settled: at a trial ratio every room gives its least (or most)
meetings less ratio·members, and the bound is the ratio at which the sum over rooms is 0. Here that sum is
kept for all ratios from 0 to 1 at once, as a broken line on a fixed grid. On the grid it is exact; between,
the chord lies on the outer side, so that no bound is too narrow, and none much more than a step too wide.

Single rooms could be worked out from a curve: none outlives the totals that it was made of.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from outreach.engagement.bounds import Range, met

#: Steps of the grid, and the whole parts of one: whole numbers add up to the same in any order.
STEPS, _PARTS = 1_000, 10_000


@dataclass(slots=True)
class Curve:
    """A falling broken line: its height and slope at ratio 0, and by how much the slope changes at a step."""

    height: float = 0.0
    #: In people.
    slope: int = 0
    #: By the step, in parts of a person.
    bends: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, other: "Curve") -> None:
        """Adds another curve to this one."""
        self.height += other.height
        self.slope += other.slope
        bends = self.bends
        for step, change in other.bends.items():
            bends[step] += change

    def add_least(self, own: int, other: int, unsaid: int) -> None:
        """Adds a room of two or more at its least: none who did not say is of the own group, or all are."""
        said, said_members = met(own, other), own if own + other >= 2 else 0
        more = own + unsaid - said_members
        self.height += said
        self.slope -= said_members
        if more:
            ratio = (met(own + unsaid, other) - said) / more
            self._bend(int(ratio * STEPS * _PARTS), -more)

    def add_most(self, own: int, other: int, unsaid: int) -> None:
        """Adds a room of two or more at its most: the lower the ratio, the more of them are of the group."""
        people = own + other + unsaid
        first = min(own + unsaid, max(own, people // 2))
        self.height += met(first, people - first)
        self.slope -= first
        # From each of these ratios on, one member fewer is worth more.
        for members in range(own, first):
            self._bend((people - 1 - 2 * members) * STEPS * _PARTS // (people - 1), 1)

    def _bend(self, at: int, change: int) -> None:
        """Shares a bend between the steps beside it, so that the curve is exact at every step."""
        step, part = divmod(at, _PARTS)
        bends = self.bends
        bends[step] += change * (_PARTS - part)
        bends[step + 1] += change * part

    def lowest(self) -> float:
        """Up to which ratio the curve of the least is not below 0; 1 at the most."""
        return self._crossing(lambda height: height < 0)

    def highest(self) -> float:
        """From which ratio on the curve of the most is not above 0; 1 at the most."""
        return self._crossing(lambda height: height <= 0)

    def _crossing(self, is_past: Callable[[float], bool]) -> float:
        at, height, slope = 0, self.height, self.slope * _PARTS
        for step in (*sorted(step for step in self.bends if step < STEPS), STEPS):
            there = height + slope * (step - at) / (STEPS * _PARTS)
            if is_past(there):
                return at / STEPS + (height * _PARTS / -slope if slope else 0.0)
            at, height = step, there
            slope += self.bends[step]
        return 1.0

    def to_json(self) -> list[Any]:
        """The curve as JSON has it, short."""
        bends = sorted(self.bends.items())
        return [self.height, self.slope, [step for step, _ in bends], [change for _, change in bends]]

    @classmethod
    def from_json(cls, stored: list[Any]) -> "Curve":
        """The curve that `to_json` wrote."""
        height, slope, steps, changes = stored
        return cls(height, slope, defaultdict(int, zip(steps, changes, strict=True)))


@dataclass(slots=True)
class Curves:
    """What the people who did not say could make of both groups' exposure, in one set of events."""

    newcomers_least: Curve = field(default_factory=Curve)
    newcomers_most: Curve = field(default_factory=Curve)
    residents_least: Curve = field(default_factory=Curve)
    residents_most: Curve = field(default_factory=Curve)

    def add(self, newcomers: int, residents: int, unsaid: int) -> None:
        """Adds one room; one of fewer than two people gives nothing."""
        if newcomers + residents + unsaid < 2:
            return
        self.newcomers_least.add_least(newcomers, residents, unsaid)
        self.newcomers_most.add_most(newcomers, residents, unsaid)
        self.residents_least.add_least(residents, newcomers, unsaid)
        self.residents_most.add_most(residents, newcomers, unsaid)

    def take(self, other: "Curves") -> None:
        """Adds the curves of other events."""
        for own, theirs in zip(self.each(), other.each(), strict=True):
            own.take(theirs)

    def each(self) -> tuple[Curve, Curve, Curve, Curve]:
        """All four, in a fixed order."""
        return self.newcomers_least, self.newcomers_most, self.residents_least, self.residents_most

    def bounds(self) -> tuple[Range | None, Range | None]:
        """The lowest and highest exposure of newcomers and of residents; None as `exposure_bounds` has it."""
        return (
            _range(self.newcomers_least, self.newcomers_most),
            _range(self.residents_least, self.residents_most),
        )

    def to_json(self) -> list[Any]:
        """The curves as JSON has them."""
        return [curve.to_json() for curve in self.each()]

    @classmethod
    def from_json(cls, stored: list[Any]) -> "Curves":
        """The curves that `to_json` wrote."""
        return cls(*map(Curve.from_json, stored))


def _range(least: Curve, most: Curve) -> Range | None:
    # At ratio 0 somebody is of the group wherever anybody could be.
    return (least.lowest(), most.highest()) if most.slope else None
