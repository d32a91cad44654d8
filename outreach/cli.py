"""The `outreach` command: reads the environment, makes the application, calls one service each."""

import json
import os
import sys
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from outreach import __version__, backup, catalogues, schema
from outreach.accounts.commands import staff
from outreach.app import create_app
from outreach.config import from_environment
from outreach.doctor import examine
from outreach.errors import InvalidInputsError, OutreachError
from outreach.i18n import LANGUAGES, catalogue_path
from outreach.inventory import HOLDINGS, NEVER
from outreach.serving import Server

ROOT = Path(__file__).resolve().parents[1]
#: Catalogues that must be whole before anything lands; English is the source itself.
DEFAULT_LOCALES = ("es", "ar")


class Command(click.Group):
    """The group of all commands; a mistake of the user's is one line, never a traceback."""

    def invoke(self, context: click.Context) -> object:
        """Runs a command; exits with 1 and the reason where an input is refused."""
        try:
            return super().invoke(context)
        except InvalidInputsError as error:
            for problem in error.problems:
                click.echo(f"outreach: {problem}", err=True)
        except OutreachError as error:
            click.echo(f"outreach: {error}", err=True)
        except OperationalError as error:
            reason = str(error.orig).strip().splitlines()[0]
            click.echo(f"outreach: the database cannot be used: {reason}", err=True)
        sys.exit(1)


@cache
def application() -> Flask:
    """The application that the environment describes."""
    instance = ROOT / "instance"
    instance.mkdir(exist_ok=True)
    return create_app(from_environment(os.environ, instance))


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context) -> None:
    """Event and outreach coordination for communities that welcome newcomers."""
    context.obj = application


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, envvar="PORT")
@click.option("--workers", default=1, show_default=True, help="Web processes.")
@click.option("--no-worker", is_flag=True, help="Send no messages from here; `outreach worker` does.")
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the pages, and send messages from the same process."""
    app = application()
    with app.app_context():
        if not schema.is_current():
            raise OutreachError("The database is not up to date. Run: outreach db upgrade")
    Server(app, host=host, port=port, workers=workers, work=None).run()


@main.group()
def db() -> None:
    """Keep the database's shape up to date."""


@db.command()
def upgrade() -> None:
    """Create or update the tables."""
    app = application()
    with app.app_context():
        schema.upgrade(public_url=app.extensions["outreach"].settings.public_url)
    click.echo("The database is up to date.")


@db.command()
def check() -> None:
    """Say whether the tables are up to date."""
    with application().app_context():
        if not schema.is_current():
            raise OutreachError("The database is not up to date. Run: outreach db upgrade")
    click.echo("The database is up to date.")


@db.command(hidden=True)
@click.argument("message")
@click.argument("number")
def revision(message: str, number: str) -> None:
    """Write the next migration, for developers."""
    with application().app_context():
        schema.write_migration(message, number)


@main.group(name="import")
def import_() -> None:
    """Bring in what exists elsewhere."""


@main.group()
def report() -> None:
    """Print what it added up to."""


@main.command(name="backup")
@click.argument("file", type=click.Path(path_type=Path))
def write_backup(file: Path) -> None:
    """Write the whole database into FILE; the vault's key is not in it."""
    with application().app_context():
        click.echo(f"{backup.write(file)} rows written.")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill an empty, upgraded database from FILE."""
    with application().app_context():
        click.echo(f"{backup.restore(file)} rows restored.")


@main.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check settings, database, clock, gateway, fonts and translations, and say what to do."""
    app = application()
    with app.app_context():
        findings = list(examine(app.extensions["outreach"].settings))
    for finding in findings:
        click.echo(f"{'ok ' if finding.is_well else 'BAD'}  {finding.subject}: {finding.what}")
        if finding.advice:
            click.echo(f"     {finding.advice}")
    context.exit(0 if all(finding.is_well for finding in findings) else 1)


@main.command(name="inventory")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def print_inventory(form: str) -> None:
    """List everything that is held about guests."""
    if form == "json":
        listed = {"holdings": [asdict(holding) for holding in HOLDINGS], "never": NEVER}
        click.echo(json.dumps(listed, indent=2))
        return
    for holding in HOLDINGS:
        click.echo(
            f"{holding.what}\n  why: {holding.purpose}\n  read by: {holding.readers}\n  gone: {holding.gone}"
        )
        click.echo(f"  columns: {', '.join(holding.columns) or 'none yet'}")


@main.group()
def translations() -> None:
    """Keep the catalogues of sentences, for developers and translators."""


@translations.command(name="update")
@click.argument("locales", nargs=-1)
def update_translations(locales: tuple[str, ...]) -> None:
    """Add new sentences to catalogues; without names, to those that exist."""
    for locale in locales or [
        name for name in LANGUAGES if catalogue_path(LANGUAGES[name].catalogue).exists()
    ]:
        click.echo(catalogues.update(locale).relative_to(ROOT))


@translations.command(name="check")
def check_translations() -> None:
    """Say what is missing or unsafe in the catalogues that are offered by default."""
    found = [f"{locale}: {text}" for locale in DEFAULT_LOCALES for text in catalogues.problems(locale)]
    if found:
        raise OutreachError("\n".join(found).replace("%", "%%"))
    click.echo(f"The catalogues of {', '.join(DEFAULT_LOCALES)} are complete.")


main.add_command(staff)


def an_instant(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    """Reads an ISO 8601 instant with its zone."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("give a time like 2026-09-12T15:00Z") from None
    if at.tzinfo is None:
        raise click.BadParameter("give the time with its zone, like 2026-09-12T15:00Z")
    return at
