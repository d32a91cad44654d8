"""Threads that want the same thing: who is next, and what can be done for several at once; pure."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Line:
    """A lock that threads get in the order in which they came; its holder may take it again.

    Python's own goes to whoever is running when it is given back, mostly the one that gave it back: a
    thread that takes it over and over keeps all others waiting.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._holder: int | None = None
        self._depth = 0
        self._waiting: deque[tuple[int, threading.Lock]] = deque()

    def __enter__(self) -> None:
        """Waits for this thread's turn."""
        me = threading.get_ident()
        with self._guard:
            if self._holder in (None, me):
                self._holder = me
                self._depth += 1
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append((me, turn))
        turn.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hands over to whoever came next."""
        with self._guard:
            self._depth -= 1
            if self._depth:
                return
            self._holder = None
            if self._waiting:
                self._holder, turn = self._waiting.popleft()
                self._depth = 1
                turn.release()


class Together(Generic[T, R]):
    """Does in one go what several threads ask for; each gets its own result, or the error of the whole.

    A thread that finds nobody at work does its own at once. What is asked for meanwhile waits, and the
    next thread does all of it: with one commit for all, the disk is waited for once and not by each.
    """

    def __init__(self, do: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._do = do
        self._work = threading.Lock()
        self._asked: deque[_Asked[T, R]] = deque()

    def __call__(self, wanted: T) -> R:
        """The result for one; whichever thread works it out."""
        mine = _Asked[T, R](wanted)
        self._asked.append(mine)
        with self._work:
            if mine.result is None and mine.error is None:
                self._do_all([self._asked.popleft() for _ in range(len(self._asked))])
        if mine.error is not None:
            raise mine.error
        assert mine.result is not None
        return mine.result[0]

    def _do_all(self, batch: Sequence["_Asked[T, R]"]) -> None:
        try:
            for asked, result in zip(batch, self._do([each.wanted for each in batch]), strict=True):
                asked.result = (result,)
        except BaseException as error:
            for asked in batch:
                asked.error = error


class _Asked(Generic[T, R]):
    def __init__(self, wanted: T) -> None:
        self.wanted = wanted
        self.result: tuple[R] | None = None
        self.error: BaseException | None = None
