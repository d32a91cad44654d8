"""The shelf of made answers: once each, old ones meanwhile, never more than it may hold."""

from threading import Event, Thread

import pytest

from outreach.events.shelf import Shelf


def make_shelf(capacity_bytes=100):
    return Shelf(capacity_bytes=capacity_bytes, weigh=len)


def never():
    raise AssertionError("made again")


def fail():
    raise OSError("no database")


def test_get_makes_an_answer_once_for_each_state():
    shelf = make_shelf()
    assert shelf.get("feed", 1, lambda: b"one") == b"one"
    assert shelf.get("feed", 1, never) == b"one"
    assert shelf.get("feed", 2, lambda: b"two") == b"two"


def test_get_keeps_the_old_answer_when_making_fails():
    shelf = make_shelf()
    shelf.get("feed", 1, lambda: b"one")
    with pytest.raises(OSError, match="no database"):
        shelf.get("feed", 2, fail)
    assert shelf.last("feed") == b"one"
    assert shelf.get("feed", 2, lambda: b"two") == b"two"


def test_last_knows_nothing_that_was_never_made():
    assert make_shelf().last("feed") is None


def test_get_serves_the_old_answer_while_another_thread_makes_the_new_one():
    shelf = make_shelf()
    shelf.get("feed", 1, lambda: b"one")
    began, may_end = Event(), Event()
    made = []

    def slow():
        began.set()
        may_end.wait()
        return b"two"

    thread = Thread(target=lambda: made.append(shelf.get("feed", 2, slow)))
    thread.start()
    began.wait()
    assert shelf.get("feed", 2, never) == b"one"
    may_end.set()
    thread.join()
    assert made == [b"two"]
    assert shelf.get("feed", 2, never) == b"two"


def test_get_waits_where_there_is_no_answer_yet():
    shelf = make_shelf()
    began, may_end = Event(), Event()
    got = []

    def slow():
        began.set()
        may_end.wait()
        return b"one"

    threads = [Thread(target=lambda: got.append(shelf.get("feed", 1, slow)))]
    threads[0].start()
    began.wait()
    threads.append(Thread(target=lambda: got.append(shelf.get("feed", 1, never))))
    threads[1].start()
    assert got == []
    may_end.set()
    for thread in threads:
        thread.join()
    assert got == [b"one", b"one"]


def test_shelf_drops_what_was_not_asked_for_longest():
    shelf = make_shelf(capacity_bytes=10)
    for key in ("a", "b"):
        shelf.get(key, 1, lambda: b"12345")
    shelf.get("a", 1, never)
    shelf.get("c", 1, lambda: b"12345")
    assert [shelf.last(key) for key in ("a", "b", "c")] == [b"12345", None, b"12345"]


def test_shelf_keeps_one_answer_that_is_larger_than_itself():
    shelf = make_shelf(capacity_bytes=2)
    shelf.get("a", 1, lambda: b"12345")
    assert shelf.last("a") == b"12345"
