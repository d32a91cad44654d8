"""The key store: a key is made once, whoever asks first, is its owner's only, and is gone when destroyed."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest

from outreach.keystore import KeyStore, KeyStoreError, day_key, event_key, event_of, is_old

KEY = event_key("abc234")


@pytest.fixture
def store(tmp_path):
    return KeyStore(tmp_path / "keys")


def test_key_is_read_as_it_was_made(store):
    assert store.read(KEY) is None
    assert store.make(KEY, b"wrapped") == b"wrapped"
    assert store.read(KEY) == b"wrapped"
    assert store.names() == [KEY]


def test_only_the_owner_may_read_keys(store):
    store.make(KEY, b"wrapped")

    modes = [stat.S_IMODE(path.stat().st_mode) for path in (store.folder, store.folder / KEY)]
    assert modes == [0o700, 0o600]


def test_of_many_who_make_a_key_at_once_all_get_the_first_one(store):
    begin = Barrier(8)

    def make(number):
        begin.wait(10)
        return store.make(KEY, b"%d" % number)

    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(make, range(8)))

    assert made == {store.read(KEY)}
    assert [path.name for path in store.folder.iterdir()] == [KEY]


def test_destroyed_key_is_overwritten_and_gone(store):
    store.make(KEY, b"wrapped")
    # A name that keeps the file's content in sight after it is removed.
    os.link(store.folder / KEY, store.folder / "seen")

    assert store.destroy(KEY)
    assert store.read(KEY) is None
    assert store.names() == []
    left = (store.folder / "seen").read_bytes()
    assert len(left) == len(b"wrapped")
    assert left != b"wrapped"
    assert not store.destroy(KEY)


def test_key_whose_maker_died_leaves_no_second_copy(store):
    store.make(KEY, b"wrapped")
    os.link(store.folder / KEY, store.folder / f"{KEY}.0123456789abcdef.new")

    store.destroy(KEY)

    assert list(store.folder.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../outside", "event-../x", "event-", "event-A", "day-1", "", "event-a.new"]
)
def test_name_leads_nowhere_else(store, name):
    for ask in (store.read, store.destroy, lambda name: store.make(name, b"wrapped")):
        with pytest.raises(ValueError, match="no name of a key"):
            ask(name)


def test_directory_that_was_named_is_not_taken_for_empty_when_it_is_away(tmp_path):
    store = KeyStore(tmp_path / "away", is_named=True)

    for ask in (lambda: store.read(KEY), lambda: store.make(KEY, b"wrapped"), store.names):
        with pytest.raises(KeyStoreError):
            ask()
    assert not store.folder.exists()


def test_names_say_what_dies_together():
    assert event_of(event_key("abc234")) == "abc234"
    late = datetime(2026, 9, 7, 23, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert day_key(late) == "day-2026-09-08"
    assert event_of(day_key(late)) is None


@pytest.mark.parametrize(
    ("name", "is_gone"),
    [("day-2026-09-03", True), ("day-2026-09-04", False), ("day-2026-09-08", False), (KEY, False)],
)
def test_key_of_a_day_is_old_three_days_after_its_end(name, is_gone):
    assert is_old(name, datetime(2026, 9, 7, 0, 0, tzinfo=UTC)) is is_gone
