"""Says which shape the database has and which it should have; changes nothing."""

from pathlib import Path

from sqlalchemy import inspect, text

from outreach.database import db
from outreach.errors import OutreachError

MIGRATIONS = Path(__file__).parent / "migrations"


def revision() -> str | None:
    """The newest migration that was applied, or None before the first."""
    with db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def newest() -> str:
    """The newest migration there is; their files begin with four digits, in order."""
    return max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def require_current() -> None:
    """Raises OutreachError, which says what to do, unless every migration was applied."""
    if not is_current():
        raise OutreachError("The database is not up to date. Run: outreach db upgrade")


def is_current() -> bool:
    """Whether every migration was applied."""
    return revision() == newest()
