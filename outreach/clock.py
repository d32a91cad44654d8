"""Where the present moment comes from; everything else takes `now` as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant, aware, in UTC, without microseconds (no column keeps them)."""
    return datetime.now(UTC).replace(microsecond=0)
