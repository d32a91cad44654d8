"""Threads in line get their turn in order, and what several ask for at once is done once for all."""

import threading
import time

import pytest

from outreach.lines import Line, Together

_PATIENCE_SECONDS = 10


def started(*works) -> list[threading.Thread]:
    threads = [threading.Thread(target=work) for work in works]
    for each in threads:
        each.start()
    return threads


def join(threads: list[threading.Thread]) -> None:
    for each in threads:
        each.join(_PATIENCE_SECONDS)
        assert not each.is_alive()


def until(is_so) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_line_is_served_in_the_order_in_which_threads_came():
    line, served, threads = Line(), [], []

    def stand(name: int) -> None:
        with line:
            served.append(name)

    with line:
        for name in range(6):
            threads += started(lambda name=name: stand(name))
            until(lambda name=name: len(line._waiting) == name + 1)
    join(threads)
    assert served == list(range(6))


def test_who_gives_a_line_back_gets_it_again_after_those_who_wait():
    line, served = Line(), []

    def greedy() -> None:
        for _ in range(3):
            with line:
                served.append("greedy")
                # Others come while it is held, and are there before it is wanted again.
                until(lambda: line._waiting or "other" in served)

    def other() -> None:
        until(lambda: served)
        with line:
            served.append("other")

    join(started(greedy, other))
    assert served == ["greedy", "other", "greedy", "greedy"]


def test_holder_may_take_a_line_again():
    line, served = Line(), []
    with line:
        with line:
            pass
        waiting = started(
            lambda: line.__enter__() or served.append("other") or line.__exit__(None, None, None)
        )
        until(lambda: line._waiting)
        # Given back once of twice: nobody else gets it.
        assert served == []
    join(waiting)
    assert served == ["other"]


def test_line_is_given_back_after_an_error():
    line = Line()
    with pytest.raises(ZeroDivisionError), line:
        raise ZeroDivisionError
    join(started(lambda: line.__enter__() or line.__exit__(None, None, None)))


def test_what_is_asked_for_meanwhile_is_done_in_one_go():
    batches, results = [], {}
    is_begun, may_end = threading.Event(), threading.Event()

    def double(numbers):
        batches.append(list(numbers))
        is_begun.set()
        may_end.wait(_PATIENCE_SECONDS)
        return [2 * number for number in numbers]

    together = Together(double)

    def ask(number: int) -> None:
        results[number] = together(number)

    threads = started(lambda: ask(0))
    is_begun.wait(_PATIENCE_SECONDS)
    threads += started(*(lambda number=number: ask(number) for number in (1, 2, 3)))
    until(lambda: len(together._asked) == 3)
    may_end.set()
    join(threads)

    assert [sorted(batch) for batch in batches] == [[0], [1, 2, 3]]
    assert results == {0: 0, 1: 2, 2: 4, 3: 6}


def test_error_reaches_everybody_of_the_batch_and_nobody_after_it():
    fails = True

    def do(items):
        if fails:
            raise LookupError
        return list(items)

    together = Together(do)
    with pytest.raises(LookupError):
        together("one")
    fails = False
    assert together("two") == "two"


def test_many_threads_each_get_their_own_result():
    together = Together(lambda numbers: [-number for number in numbers])
    results: dict[int, int] = {}

    def ask(number: int) -> None:
        results[number] = together(number)

    join(started(*(lambda number=number: ask(number) for number in range(64))))
    assert results == {number: -number for number in range(64)}
