"""How fast texts leave: a bucket of message parts, and a pause while the vendor is in trouble; pure.

It counts for one process. Seconds are those of a monotonic clock and come as arguments.
"""

from dataclasses import dataclass, field

#: So many failures in a row are taken for trouble at the vendor, and what follows is tried less and less.
_FAILURES_ENDURED = 3
_LONGEST_PAUSE_SECONDS = 60.0


@dataclass(slots=True)
class Pace:
    """Parts that may leave now. What nobody used is kept for one second, not longer."""

    parts_per_second: float
    #: When the bucket was last filled.
    filled_at: float
    parts: float = field(init=False)
    paused_until: float = field(init=False)
    failures: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.parts = self.room
        self.paused_until = self.filled_at

    @property
    def room(self) -> float:
        """What the bucket holds; never less than one part, or nothing could leave."""
        return max(1.0, self.parts_per_second)

    def take(self, parts: int, at: float) -> bool:
        """Takes the parts of one text out of the bucket, if they are there.

        A text of more parts than the bucket holds leaves when it is full, and those after it wait longer.
        """
        self._fill(at)
        if self.parts < min(parts, self.room):
            return False
        self.parts -= parts
        return True

    def seconds_until(self, parts: int, at: float) -> float:
        """How long until a text of so many parts may leave."""
        self._fill(at)
        return max(0.0, (min(parts, self.room) - self.parts) / self.parts_per_second)

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

    def _fill(self, at: float) -> None:
        self.parts = min(self.room, self.parts + (at - self.filled_at) * self.parts_per_second)
        self.filled_at = at
