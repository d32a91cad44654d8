"""How fast texts leave: turns that are given out one after the other, and rests; pure.

The rate itself is in the database, where all workers take their turns (`messaging.senders`). Seconds
come as arguments, of whichever clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

#: So much of the rate is used: then a text that leaves a moment late makes no second too full.
USED_SHARE = 0.99
#: Turns are given out for so long at once, and so far ahead of the last one; what is urgent waits no longer.
BATCH_SECONDS, AHEAD_SECONDS = 0.5, 0.25
#: A turn further away than this was given out by a clock that went wrong.
FURTHEST_SECONDS = 3600.0

#: So many failures in a row are taken for trouble at the vendor, and what follows is tried less and less.
_FAILURES_ENDURED = 3
_LONGEST_PAUSE_SECONDS = 60.0


def affordable(parts: Sequence[int], parts_per_second: float) -> int:
    """How many of the first texts, given by their parts, share one batch of turns; one at least."""
    room = parts_per_second * USED_SHARE * BATCH_SECONDS
    count, taken = 0, 0
    for each in parts:
        taken += each
        if count and taken > room:
            break
        count += 1
    return count


def most_in_batch(parts_per_second: float) -> int:
    """How many texts share one batch of turns at most."""
    return max(1, int(parts_per_second * USED_SHARE * BATCH_SECONDS))


def seconds_for(parts: int, parts_per_second: float) -> float:
    """How long so many parts take."""
    return parts / (parts_per_second * USED_SHARE)


def turns(parts: Sequence[int], begins: float, parts_per_second: float) -> list[float]:
    """When each text leaves, the first one at `begins`: as far apart as its parts take."""
    found = []
    for each in parts:
        found.append(begins)
        begins += seconds_for(each, parts_per_second)
    return found


@dataclass(slots=True)
class Gate:
    """One worker's way out: texts whose turn has passed do not leave all at once."""

    parts_per_second: float
    opens: float = 0.0

    def turn(self, wanted: float, parts: int, at: float) -> float:
        """When a text leaves that wants to at an instant: then, or after those before it."""
        leaves = max(wanted, self.opens, at)
        self.opens = leaves + seconds_for(parts, self.parts_per_second)
        return leaves


@dataclass(slots=True)
class Endurance:
    """How often the vendor failed in a row, and until when it is left alone."""

    paused_until: float = 0.0
    failures: int = 0

    def is_paused(self, at: float) -> bool:
        """Whether the vendor is left alone for now."""
        return at < self.paused_until

    def pause(self, seconds: float, at: float) -> None:
        """Leaves the vendor alone for a while."""
        self.paused_until = max(self.paused_until, at + seconds)

    def succeeded(self) -> None:
        """Notes that the vendor works."""
        self.failures = 0

    def failed(self, at: float) -> None:
        """Notes that the vendor did not work, and pauses when it goes on: 2, 4, 8 seconds up to a minute."""
        self.failures += 1
        if self.failures >= _FAILURES_ENDURED:
            doubled = 2.0 ** min(self.failures - _FAILURES_ENDURED + 1, 10)
            self.pause(min(_LONGEST_PAUSE_SECONDS, doubled), at)
