"""Writes the whole database into one file and reads it back, on either database and from one to the other.

The file is gzip over JSON lines: a header, then one line per row. What is sealed stays sealed; the
vault's key is not in the file and must be kept elsewhere.
"""

import base64
import gzip
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import JSON, Column, Date, DateTime, LargeBinary, func, insert, select, text

from outreach import schema
from outreach.database import Base, UTCDateTime, db, transaction
from outreach.errors import ConflictError, InvalidInputError
from outreach.i18n import N_

_FORMAT = "outreach-backup-1"
_BATCH_ROWS = 1_000


def write(path: Path) -> int:
    """Writes every row into a new file that only its owner may read; returns how many.

    One transaction reads them all, so that the file shows one instant. Raises ConflictError for a file
    that is there already.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConflictError(N_("This file exists already: %(path)s."), path=path) from None
    rows = 0
    with os.fdopen(descriptor, "wb") as file, gzip.open(file, "wt", encoding="utf-8") as target:
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        _write_line(target, {"format": _FORMAT, "revision": schema.revision()})
        for table in Base.metadata.sorted_tables:
            if table.info.get("is_derived"):
                # Made anew from the others.
                continue
            for row in db.session.execute(select(table).execution_options(yield_per=_BATCH_ROWS)):
                _write_line(target, [table.name, [_plain(value) for value in row]])
                rows += 1
    db.session.rollback()
    return rows


def restore(path: Path) -> int:
    """Fills an empty, up-to-date database from a file, all or nothing; returns how many rows.

    Raises InvalidInputError for a file that is no backup of this version, ConflictError for a
    database in which there is something, OutreachError for one that was not upgraded.
    """
    schema.require_current()
    try:
        with gzip.open(path, "rt", encoding="utf-8") as source, transaction():
            header = json.loads(next(source))
            if header != {"format": _FORMAT, "revision": schema.revision()}:
                raise InvalidInputError(
                    N_("This is no backup of this version. Restore it with its own version, then upgrade.")
                )
            _require_empty()
            rows = sum(_insert(name, values) for name, values in _batches(source))
            if db.engine.dialect.name == "postgresql":
                _move_counters()
            return rows
    except (OSError, StopIteration, json.JSONDecodeError, UnicodeDecodeError, EOFError) as error:
        raise InvalidInputError(N_("This file cannot be read as a backup.")) from error


def _require_empty() -> None:
    for table in Base.metadata.sorted_tables:
        if table.name == "installation_fact":
            # Every database has these from its first upgrade; those of the file take their place.
            db.session.execute(table.delete())
        elif db.session.scalar(select(func.count()).select_from(table)):
            raise ConflictError(N_("The database is not empty. Restore into a new one."))


def _batches(source: TextIO) -> Iterator[tuple[str, list[list[Any]]]]:
    name = ""
    rows: list[list[Any]] = []
    for line in source:
        table, row = json.loads(line)
        if rows and (table != name or len(rows) == _BATCH_ROWS):
            yield name, rows
            rows = []
        name = table
        rows.append(row)
    if rows:
        yield name, rows


def _insert(name: str, rows: list[list[Any]]) -> int:
    table = Base.metadata.tables[name]
    columns = list(table.columns)
    db.session.execute(
        insert(table),
        [
            {column.name: _typed(column, value) for column, value in zip(columns, row, strict=True)}
            for row in rows
        ],
    )
    return len(rows)


def _move_counters() -> None:
    """Lets PostgreSQL number new rows after those that came with their numbers."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            db.session.execute(select(func.setval(sequence, highest, False)))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b": base64.b64encode(value).decode()}
    return value.isoformat() if isinstance(value, date) else value


def _typed(column: Column[Any], value: Any) -> Any:
    """A value of the file as the column takes it; what is none of these JSON holds as it is."""
    if value is None or isinstance(column.type, JSON):
        return value
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value["b"])
    if isinstance(column.type, DateTime | UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value


def _write_line(target: TextIO, value: object) -> None:
    target.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
