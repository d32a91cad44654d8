"""Writing: one unit at a time on SQLite, and nothing of a unit that failed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import event

from outreach import installation
from outreach.database import db, transaction
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
