"""Commands that look after an installation: backup, restore, examination, the list of what is held."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import click

from outreach import audit, held, schema
from outreach import backup as backups
from outreach.chain import Deed
from outreach.database import transaction
from outreach.doctor import Finding, examine
from outreach.inventory import HOLDINGS, NEVER
from outreach.registration import holds, retention
from outreach.retention_schedule import RULES
from outreach.runtime import AppMaker, now, settings, vault


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(make_app: AppMaker, file: Path) -> None:
    """Write the whole database into FILE; no key is in it."""
    with make_app().app_context():
        rows = backups.write(file)
        with transaction():
            audit.record(Deed.BACKED_UP, staff_id=None, numbers={"rows": rows}, now=now())
    click.echo(f"{rows} rows written.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def restore(make_app: AppMaker, file: Path) -> None:
    """Fill an empty, upgraded database from FILE, and say whether the keys are there to read its guests."""
    with make_app().app_context():
        click.echo(f"{backups.restore(file)} rows restored.")
        found = _guests()
    click.echo(f"Guests: {found.what}. {found.advice}".rstrip(), err=not found.is_well)


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check settings, database, keys, clock, gateway, fonts and translations, and say what to do."""
    with context.obj().app_context():
        findings = list(examine(settings(), vault()))
        if all(finding.is_well for finding in findings if finding.subject in ("database", "tables")):
            findings.append(_guests())
    for finding in findings:
        click.echo(f"{'ok ' if finding.is_well else 'BAD'}  {finding.subject}: {finding.what}")
        if finding.advice:
            click.echo(f"     {finding.advice}")
    context.exit(0 if all(finding.is_well for finding in findings) else 1)


@click.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def inventory(make_app: AppMaker, form: str) -> None:
    """List everything that is held about guests, how much of it, and what a demand would get."""
    with make_app().app_context():
        stock = _stock() if schema.is_current() else _Stock()
    if form == "json":
        listed = {
            "holdings": [
                {
                    **asdict(holding),
                    "schedule": asdict(RULES[holding.id]),
                    "records": stock.said(holding.id),
                }
                for holding in HOLDINGS
            ],
            "never": NEVER,
            "last_purge": stock.at.isoformat() if stock.at else None,
            "holds": stock.holds,
        }
        click.echo(json.dumps(listed, indent=2))
        return
    click.echo(f"last purge: {stock.at:%Y-%m-%d %H:%M} UTC" if stock.at else "last purge: none yet")
    click.echo(f"legal holds: {', '.join(stock.holds) or 'none'}")
    for holding in HOLDINGS:
        click.echo(holding.what)
        click.echo(f"  why: {holding.purpose}")
        click.echo(f"  read by: {holding.readers}")
        click.echo(f"  gone: {holding.gone}")
        click.echo(f"  records: {stock.said(holding.id)}")
        click.echo(f"  a demand today yields: {RULES[holding.id].yields}")
        click.echo(f"  after it is deleted: {RULES[holding.id].after}")
        click.echo(f"  columns: {', '.join(holding.columns) or 'none'}")


@dataclass(frozen=True, slots=True)
class _Stock:
    """What the last purge left."""

    at: datetime | None = None
    records: Mapping[str, int | None] = field(default_factory=dict)
    #: The classes and the public ids of events that are on hold, as far as it may be told.
    holds: tuple[str, ...] = ()

    def said(self, holding_id: str) -> str:
        """How many records a holding has."""
        if holding_id not in self.records:
            return "not counted yet"
        count = self.records[holding_id]
        return "few" if count is None else f"at least {count}"


def _stock() -> _Stock:
    named = (hold.scope for hold in holds.announced())
    return _Stock(held.counted_at(), held.records(), tuple(named))


def _guests() -> Finding:
    """Whether the keys are there of the guests whom we still know."""
    lost = retention.unreadable_events(vault=vault())
    if not lost:
        return Finding("guests", True, "all that are known can be read")
    return Finding(
        "guests",
        False,
        f"those of {len(lost)} events cannot be read with these keys ({', '.join(lost[:5])})",
        "Put back the directory of keys that belongs to this database; see docs/operator.md.",
    )
