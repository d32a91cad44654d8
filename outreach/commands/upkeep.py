"""Commands that look after an installation: backup, restore, examination, the list of what is held."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from outreach import audit
from outreach import backup as backups
from outreach.chain import Deed
from outreach.database import transaction
from outreach.doctor import examine
from outreach.inventory import HOLDINGS, NEVER
from outreach.runtime import AppMaker, now, settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(make_app: AppMaker, file: Path) -> None:
    """Write the whole database into FILE; the vault's key is not in it."""
    with make_app().app_context():
        rows = backups.write(file)
        with transaction():
            audit.record(Deed.BACKED_UP, staff_id=None, numbers={"rows": rows}, now=now())
    click.echo(f"{rows} rows written.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(make_app: AppMaker, file: Path) -> None:
    """Fill an empty, upgraded database from FILE."""
    with make_app().app_context():
        click.echo(f"{backups.restore(file)} rows restored.")


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check settings, database, clock, gateway, fonts and translations, and say what to do."""
    with context.obj().app_context():
        findings = list(examine(settings()))
    for finding in findings:
        click.echo(f"{'ok ' if finding.is_well else 'BAD'}  {finding.subject}: {finding.what}")
        if finding.advice:
            click.echo(f"     {finding.advice}")
    context.exit(0 if all(finding.is_well for finding in findings) else 1)


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def inventory(form: str) -> None:
    """List everything that is held about guests."""
    if form == "json":
        listed = {"holdings": [asdict(holding) for holding in HOLDINGS], "never": NEVER}
        click.echo(json.dumps(listed, indent=2))
        return
    for holding in HOLDINGS:
        click.echo(holding.what)
        click.echo(f"  why: {holding.purpose}")
        click.echo(f"  read by: {holding.readers}")
        click.echo(f"  gone: {holding.gone}")
        click.echo(f"  columns: {', '.join(holding.columns) or 'none'}")
