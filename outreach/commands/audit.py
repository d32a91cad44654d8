"""Commands about the audit log."""

import re
import sys

import click

from outreach import audit as log
from outreach.chain import End
from outreach.runtime import AppMaker

_NOTED = re.compile(r"(\d{1,9}):([0-9a-f]{64})", re.ASCII)


@click.group()
def audit() -> None:
    """Look after the log of what staff and the program did to what is held."""


@audit.command()
@click.option("--noted", metavar="LINE:DIGEST", help="An end of the log that was noted earlier.")
@click.pass_obj
def verify(make_app: AppMaker, noted: str | None) -> None:
    """Say whether every line is there as it was written, and print the end of the log.

    Note the end where nobody who reaches the database can change it. Given again with --noted, it shows that
    not even the whole log was rewritten since.
    """
    match = _NOTED.fullmatch(noted or "")
    if noted and match is None:
        raise click.BadParameter("expected what this command printed, LINE:DIGEST", param_hint="--noted")
    with make_app().app_context():
        fault, lines, end = log.fault(), log.count(), log.head()
        is_kept = match is None or log.holds_line(End(int(match[1]), match[2]))
    if fault is not None:
        click.echo(f"outreach: line {fault} was changed or taken out.", err=True)
        sys.exit(1)
    if not is_kept:
        click.echo("outreach: the line that was noted is not in the log any more.", err=True)
        sys.exit(1)
    click.echo(f"The log is whole: {lines} lines.")
    click.echo(f"{end.seq}:{end.digest}")
