"""Changes the database's shape, by the migrations; the only place that runs them."""

from urllib.parse import urlsplit

from alembic import command
from alembic.config import Config

from outreach import installation
from outreach.database import db, transaction, writing_engine
from outreach.schema import MIGRATIONS


def upgrade(*, public_url: str) -> None:
    """Applies every missing migration and writes the installation's first facts; asking twice is harmless."""
    with writing_engine().connect() as connection:
        command.upgrade(configuration(connection), "head")
        connection.commit()
    with transaction():
        installation.prepare(uid_domain=urlsplit(public_url).hostname or "localhost")


def write_migration(message: str, number: str) -> None:
    """Writes the next migration from the difference between tables and models, for a developer to read."""
    with db.engine.connect() as connection:
        command.revision(configuration(connection), message, autogenerate=True, rev_id=number)


def configuration(connection: object) -> Config:
    """What the migrations library needs to know to work on a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
