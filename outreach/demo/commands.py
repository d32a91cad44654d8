"""Commands about the demo."""

import sys
from datetime import date, datetime
from zoneinfo import ZoneInfo

import click

from outreach import migrating
from outreach.database import transaction
from outreach.demo import loader
from outreach.runtime import AppMaker, now, settings, vault


@click.group()
def demo() -> None:
    """Try things out in a made-up Kansas City."""


@demo.command()
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day that the demo takes for today.")
@click.option("--if-empty", is_flag=True, help="Do nothing where there are events already.")
@click.pass_obj
def load(make_app: AppMaker, today: datetime | None, if_empty: bool) -> None:
    """Create the tables and fill them with the demo."""
    with make_app().app_context():
        migrating.upgrade(public_url=settings().public_url)
        if if_empty and loader.is_loaded():
            return
        day = today.date() if today else _today()
        with transaction():
            loader.load(day, region=settings().region_name, vault=vault(), now=now(), progress=_say)
    click.echo("The demo is loaded.")


def _today() -> date:
    return now().astimezone(ZoneInfo(settings().time_zone)).date()


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"Loading {text} ...", err=True)
