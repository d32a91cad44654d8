"""Commands that bring in events and organizations from files."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import click

from outreach.database import transaction
from outreach.errors import InvalidInputError
from outreach.events.import_rows import EventRow, shifted
from outreach.events.importing import read_events, read_organizations
from outreach.events.intake import Intake, take_in_events, take_in_organizations
from outreach.events.kinds import FALLBACK_KIND, KINDS
from outreach.i18n import N_
from outreach.runtime import AppMaker, now, settings

_FILE = click.Path(path_type=Path)
_LARGEST_BYTES = 50 * 1024 * 1024
Row = TypeVar("Row")


@click.command(name="events")
@click.argument("file", type=_FILE)
@click.option("--publish", is_flag=True, help="Publish them; else they wait as drafts.")
@click.option(
    "--shift-to",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="ISO-DATE",
    help="Move all events by whole weeks, so that the first falls on this day or close to it.",
)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--host", metavar="NAME", help="Organization that hosts the events which name no host.")
@click.option(
    "--kind",
    type=click.Choice(list(KINDS)),
    default=FALLBACK_KIND,
    show_default=True,
    help="Kind of the events of a calendar, which knows no kinds.",
)
@click.option("--time-zone", metavar="ZONE", help="IANA zone of the events which name none.")
@click.pass_obj
def import_events(
    make_app: AppMaker,
    file: Path,
    publish: bool,
    shift_to: datetime | None,
    dry_run: bool,
    host: str | None,
    kind: str,
    time_zone: str | None,
) -> None:
    """Bring in events from FILE: .json, .csv or .ics.

    The whole file or nothing: a broken one is refused with the row and the reason. Events that were
    brought in before are left as they are.
    """
    data = _read(file)
    with make_app().app_context():
        reading = read_events(
            file.name, data, default_zone=time_zone or settings().time_zone, kind=kind, now=now()
        )
        rows: Sequence[EventRow] = reading.rows
        if shift_to is not None:
            rows = shifted(rows, shift_to.date())
        for note in reading.notes:
            click.echo(f"note: {note}", err=True)

        def take(shown: Iterator[EventRow]) -> Intake:
            return take_in_events(shown, publish=publish, default_host=host, now=now())

        _report(_taken(rows, take, is_dry_run=dry_run), "event", "events", is_dry_run=dry_run)


@click.command(name="organizations")
@click.argument("file", type=_FILE)
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.pass_obj
def import_organizations(make_app: AppMaker, file: Path, dry_run: bool) -> None:
    """Bring in organizations from FILE: .json or .csv.

    Those that are here already, by name or reference, are left as they are.
    """
    rows = read_organizations(file.name, _read(file))
    with make_app().app_context():
        result = _taken(rows, take_in_organizations, is_dry_run=dry_run)
    _report(result, "organization", "organizations", is_dry_run=dry_run)


def _taken(rows: Sequence[Row], take: Callable[[Iterator[Row]], Intake], *, is_dry_run: bool) -> Intake:
    with transaction() as session, _progress(rows) as shown:
        result = take(shown)
        if is_dry_run:
            session.rollback()
    return result


@contextmanager
def _progress(rows: Sequence[Row]) -> Iterator[Iterator[Row]]:
    """The rows, with a bar for somebody who watches and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield iter(rows)
        return
    with click.progressbar(rows, file=sys.stderr) as bar:
        yield iter(bar)


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > _LARGEST_BYTES:
            raise InvalidInputError(N_("This file is larger than 50 MB."))
        return file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            N_("The file %(name)s cannot be read: %(reason)s."), name=file.name, reason=error.strerror
        ) from None


def _report(result: Intake, one: str, many: str, *, is_dry_run: bool) -> None:
    noun = one if result.added == 1 else many
    verb = "would be added" if is_dry_run else "added"
    click.echo(f"{result.added} {noun} {verb}, {result.known} here already.")
