"""Writing: one unit at a time on SQLite, and nothing of a unit that failed."""

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, event, select, text
from sqlalchemy.exc import InternalError

from outreach import installation
from outreach.database import clean_up, db, insert, transaction, writing_engine
from outreach.installation import InstallationFact
from tests.conftest import NOW

THREADS = 8


def test_threads_stand_in_line_to_write_and_never_find_the_lock_taken(web_app: Flask):
    """SQLite itself is told not to wait, so that only the line can keep the threads apart."""
    with web_app.app_context():
        event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0"))
        db.engine.dispose()
        with transaction():
            installation.set_fact("count", "0")
    begin = Barrier(THREADS)

    def write(_number: int) -> None:
        begin.wait(10)
        for _ in range(5):
            with web_app.app_context(), transaction() as session:
                row = session.get_one(InstallationFact, "count")
                row.value = str(int(row.value) + 1)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))

    with web_app.app_context():
        assert db.session.get_one(InstallationFact, "count").value == str(5 * THREADS)


def test_unit_that_fails_leaves_nothing(context: Flask):
    def fail_half_way() -> None:
        with transaction():
            installation.set_fact("half", "done")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert db.session.get(InstallationFact, "half") is None


@pytest.fixture
def postgres(postgres_url: str, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """Inside an application on PostgreSQL."""
    app = make_app(postgres_url, lambda: NOW)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def is_begun() -> bool:
    """Whether the session's connection is within a transaction."""
    return db.session.connection().connection.driver_connection.info.transaction_status.name != "IDLE"


def test_reading_begins_nothing_on_postgresql(postgres: Flask):
    """A page would pay two round trips for it, and an open one keeps deleted rows from being cleaned up."""
    assert installation.fact("uid_domain") == "outreach.test"
    assert not is_begun()

    with transaction():
        assert is_begun()
    assert not is_begun()


def test_whoever_did_not_begin_writes_nothing_on_postgresql(postgres: Flask):
    with pytest.raises(InternalError, match="read-only"):
        db.session.execute(insert(InstallationFact).values(name="half", value="done"))


def test_rows_come_in_parts_from_one_instant_on_postgresql(postgres: Flask):
    names = {str(number) for number in range(20)}
    with transaction() as session:
        session.execute(insert(InstallationFact).values([{"name": name, "value": ""} for name in names]))
    rows = db.session.scalars(select(InstallationFact.name).execution_options(yield_per=5))
    first = next(rows)
    assert is_begun()
    with writing_engine().begin() as other:
        other.execute(delete(InstallationFact))

    assert names <= {first, *rows}
    db.session.rollback()
    assert not is_begun()


def test_thorough_cleaning_writes_the_file_anew_without_what_was_deleted(web_app: Flask, tmp_path: Path):
    gone, kept = ([secrets.token_hex(20) for _ in range(300)] for _ in range(2))
    with web_app.app_context():
        with transaction() as session:
            for pair in zip(gone, kept, strict=True):
                rows = [{"name": name, "value": "x" * 200} for name in pair]
                session.execute(insert(InstallationFact).values(rows))
        with transaction() as session:
            session.execute(delete(InstallationFact).where(InstallationFact.name.in_(gone)))
        clean_up(is_thorough=True)
        # Where the file is not written anew, pages that hold nothing are kept for later.
        assert db.session.execute(text("PRAGMA freelist_count")).scalar() == 0
        assert db.session.execute(text("PRAGMA temp_store")).scalar() == 2, "not in memory"

    files = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert not [name for name in gone if name.encode() in files]
    assert not [name for name in kept if name.encode() not in files]
