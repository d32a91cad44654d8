"""The database: one handle, one base class, one way to write; it knows no table.

The same code runs on SQLite (one machine) and on PostgreSQL (as many processes as wished).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    FromClause,
    Index,
    MetaData,
    TextClause,
    event,
    func,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from outreach.lines import Line

#: Every constraint has a predictable name, so that a migration can alter it on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_WRITES = "outreach_writes"
#: How long SQLite waits for a lock.
_PATIENCE_MS = 10_000


class Base(DeclarativeBase):
    """What every table class derives from."""

    metadata = MetaData(naming_convention=NAMING)


_partial_indexes: list[tuple[Index, TextClause]] = []


def partial_index(name: str, *columns: str, where: str) -> Index:
    """A unique index over some rows only.

    The library takes such a condition for one kind of database at a time, and loads all that it knows of
    that kind: PostgreSQL's is three megabytes, which nobody needs beside SQLite.
    """
    index = Index(name, *columns, unique=True)
    _partial_indexes.append((index, text(where)))
    return index


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware UTC in the code, naive UTC in the column, alike on both databases."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive values: a wall time in an instant's column is a bug that must not be stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the instant its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


db = SQLAlchemy(
    model_class=Base, disable_autonaming=True, session_options={"autoflush": False, "expire_on_commit": False}
)


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of writing: commits at the end, rolls everything back on any error.

    Ends the reads that went before and takes SQLite's write lock at once, so that two writers wait
    for each other at the door instead of failing half way (a read that turns into a write cannot
    wait: SQLite answers "database is locked" immediately). What was loaded before is read anew.
    Edges and the outbox open transactions; services never do.
    """
    session = db.session()
    session.rollback()
    with _turn(session):
        session.connection(execution_options={_WRITES: True})
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


#: SQLite lets waiting writers sleep and look again, so that one of many may find the lock taken for
#: seconds. Threads stand in line here; the first of each process stands in line at a file, where the
#: system wakes whoever is next.
_line = Line()


@contextmanager
def _turn(session: Session) -> Iterator[None]:
    url = session.get_bind().engine.url
    if url.get_backend_name() != "sqlite":
        yield
        return
    with _line, _door(url.database or ":memory:") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _door(database: str) -> IO[str]:
    """Beside the database and empty: closing a file of SQLite's own would end its locks (sqlite.org)."""
    if database != ":memory:":
        # Where nobody can write, SQLite says so better than we could.
        with suppress(OSError):
            return Path(f"{database}-line").open("w")
    return Path(os.devnull).open("w")


def writing_engine() -> Engine:
    """The engine for whoever writes without a session, as the migrations do; ends nothing by itself."""
    return db.engine.execution_options(**{_WRITES: True})


def prepare_engine(engine: Engine) -> None:
    """Sets an engine up for many threads and processes; called once for each engine made.

    The drivers' own handling of transactions is switched off; what begins one is said here.
    """
    for index, where in _partial_indexes:
        index.dialect_options[engine.dialect.name]["where"] = where
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _set_up_postgresql)
        event.listen(engine, "begin", _begin_postgresql)
        event.listen(engine, "before_cursor_execute", _begin_for_parts)


def engine_options(url: str) -> dict[str, Any]:
    """Pool settings for a database address."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 10, "check_same_thread": False}}
    # One for each of gunicorn's threads and for the worker's, and no more: PostgreSQL counts them over all
    # processes. All stay open: a new one plans every statement anew, which takes longer than to run it.
    # Errors are logged, and what they were about is in the values.
    return {"hide_parameters": True, "pool_size": 10, "max_overflow": 0, "pool_pre_ping": True}


def _set_up_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling is switched off; `_begin_sqlite` says BEGIN instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        # A claimed message must survive a power cut, or it could be sent twice.
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_PATIENCE_MS}",
        # Deleted guests are overwritten, not only unlinked.
        "secure_delete=ON",
        "temp_store=MEMORY",
        # Each thread has a connection; the operating system keeps the pages once for all of them.
        "cache_size=-256",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _set_up_postgresql(connection: Any, _record: object) -> None:
    # Each read stands for itself, as by default it sees what is committed when it begins: to say where
    # reading begins and ends would be two round trips for every page. Whoever writes must begin.
    connection.autocommit = True
    connection.execute("SET default_transaction_read_only = on")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql("BEGIN READ WRITE")


def _begin_for_parts(
    connection: Connection, _cursor: Any, _statement: str, _values: object, context: Any, _many: bool
) -> None:
    """Begins what ends with the session's work: PostgreSQL hands rows out in parts only in a transaction."""
    if context.execution_options.get("yield_per"):
        driver: Any = connection.connection.driver_connection
        if driver.info.transaction_status.name == "IDLE":
            driver.execute("BEGIN")


def insert(into: type[Base] | FromClause) -> Any:
    """An INSERT that knows ON CONFLICT, of whichever of the two databases is in use."""
    return import_module(f"sqlalchemy.dialects.{db.engine.dialect.name}").insert(into)


def take_turns(line: str) -> None:
    """Waits for the transaction that stands first in a line, and lets the next ones wait until this one ends.

    Whoever writes to SQLite stands in one line anyway.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(line))))


def clean_up(*, is_thorough: bool = False) -> None:
    """Takes deleted rows out of SQLite's log as well, so that nothing of them is left on the disk.

    SQLite overwrites what is deleted, but now and then leaves a copy where it moved rows between pages
    (measured: one value of 6,000). Only writing the file anew takes those away, which is what thorough
    means; others wait to write meanwhile, a second or two for 100 MB.
    Readers may keep the log busy, as a backup does; the next call then does it, so that writers wait for
    half a second at most. PostgreSQL cleans by itself, later, and what lies there until then is sealed.
    """
    if db.engine.dialect.name != "sqlite":
        return
    session = db.session()
    session.rollback()
    with _turn(session), db.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        if is_thorough:
            # The new file is put together on the disk: it may not fit into memory.
            connection.exec_driver_sql("PRAGMA temp_store=FILE")
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA temp_store=MEMORY")
        connection.exec_driver_sql("PRAGMA busy_timeout=500")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        connection.exec_driver_sql("BEGIN")
