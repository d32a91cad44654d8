"""Writing: one unit at a time on SQLite, and nothing of a unit that failed."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, event, text

from outreach import installation
from outreach.database import clean_up, db, insert, transaction
from outreach.installation import InstallationFact

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
