"""Wakes workers when an answer waits, on PostgreSQL; it carries nothing, and a lost ring loses nothing.

Polling is the guarantee: whoever waits here goes on after the time that it gave, rung or not.
"""

import logging
import threading
from typing import Any

from sqlalchemy import text

from outreach.database import db

log = logging.getLogger(__name__)

_CHANNEL = "outreach_doorbell"


def ring() -> None:
    """Wakes the workers when the caller's transaction commits; any number of rings in it are one."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"NOTIFY {_CHANNEL}"))


class Doorbell:
    """One worker's ear, with a connection of its own; used from one thread, inside an application."""

    def __init__(self) -> None:
        self._connection: Any = None

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Waits for a ring, or for so long; on SQLite, and without a connection, only for so long."""
        if db.engine.dialect.name != "postgresql":
            stop.wait(seconds)
            return
        try:
            if self._connection is None:
                self._connection = _listening()
            for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                pass
        except _driver().Error as error:
            log.warning("the doorbell does not ring: %s", type(error).__name__)
            self.close()
            stop.wait(seconds)

    def close(self) -> None:
        """Gives the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _driver() -> Any:
    """psycopg, as the engine loaded it: who uses SQLite never loads it."""
    return db.engine.dialect.dbapi


def _listening() -> Any:
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = _driver().connect(url, autocommit=True)
    connection.execute(f"LISTEN {_CHANNEL}")
    return connection
