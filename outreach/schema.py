"""The database's shape: brings it up to date and says whether it is; knows no table."""

from pathlib import Path
from urllib.parse import urlsplit

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from outreach import installation
from outreach.database import db, transaction

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(*, public_url: str) -> None:
    """Applies every missing migration and writes the installation's first facts; asking twice is harmless."""
    with db.engine.connect() as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()
    with transaction():
        installation.prepare(uid_domain=urlsplit(public_url).hostname or "localhost")


def revision() -> str | None:
    """The newest migration that was applied, or None before the first."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current() -> bool:
    """Whether every migration was applied."""
    return revision() == ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def is_empty() -> bool:
    """Whether no migration was ever applied."""
    return revision() is None


def write_migration(message: str, number: str) -> None:
    """Writes the next migration from the difference between tables and models, for a developer to read."""
    with db.engine.connect() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=number)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
