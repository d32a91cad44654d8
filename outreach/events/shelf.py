"""Keeps made answers in this process: a bounded number of bytes, each made once, the old one meanwhile.

Knows neither what is kept nor who asks.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[Answer]):
    state: Hashable
    answer: Answer


class Shelf(Generic[Answer]):
    """Answers by key, each with the state it was made in; what nobody asks for falls off first."""

    def __init__(self, *, capacity_bytes: int, weigh: Callable[[Answer], int]) -> None:
        self._capacity_bytes = capacity_bytes
        self._weigh = weigh
        self._kept: OrderedDict[Hashable, _Kept[Answer]] = OrderedDict()
        self._makers: dict[Hashable, Lock] = {}
        self._used_bytes = 0
        self._lock = Lock()

    def last(self, key: Hashable) -> Answer | None:
        """The newest answer there is, of whatever state."""
        with self._lock:
            kept = self._kept.get(key)
            return kept.answer if kept else None

    def get(self, key: Hashable, state: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer for this state, made if need be.

        While one thread makes it, the others get the one before; only where there is none they wait.
        What `make` raises reaches its caller, and the old answer stays.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                if kept.state == state:
                    return kept.answer
            maker = self._makers.setdefault(key, Lock())
        if not maker.acquire(blocking=kept is None):
            assert kept is not None
            return kept.answer
        try:
            with self._lock:
                kept = self._kept.get(key)
            if kept is not None and kept.state == state:
                return kept.answer
            answer = make()
            self._put(key, _Kept(state, answer))
            return answer
        finally:
            maker.release()
            with self._lock:
                self._makers.pop(key, None)

    def _put(self, key: Hashable, kept: _Kept[Answer]) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._used_bytes += self._weigh(kept.answer) - (self._weigh(before.answer) if before else 0)
            self._kept[key] = kept
            while self._used_bytes > self._capacity_bytes and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._used_bytes -= self._weigh(dropped.answer)
