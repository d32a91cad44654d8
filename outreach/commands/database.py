"""Commands about the tables."""

import click

from outreach import migrating, schema
from outreach.runtime import AppMaker, settings


@click.group()
def db() -> None:
    """Keep the database's shape up to date."""


@db.command()
@click.pass_obj
def upgrade(make_app: AppMaker) -> None:
    """Create or update the tables."""
    with make_app().app_context():
        migrating.upgrade(public_url=settings().public_url)
    click.echo("The database is up to date.")


@db.command()
@click.pass_obj
def check(make_app: AppMaker) -> None:
    """Say whether the tables are up to date."""
    with make_app().app_context():
        schema.require_current()
    click.echo("The database is up to date.")


@db.command(hidden=True)
@click.argument("message")
@click.argument("number")
@click.pass_obj
def revision(make_app: AppMaker, message: str, number: str) -> None:
    """Write the next migration, for developers."""
    with make_app().app_context():
        migrating.write_migration(message, number)
