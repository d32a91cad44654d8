"""Commands about legal holds."""

import click

from outreach.database import transaction
from outreach.events import worklist
from outreach.registration import holds
from outreach.registration.pauses import DELETED_SOME_DAY, OF_ONE_EVENT
from outreach.runtime import AppMaker, now


@click.group()
def hold() -> None:
    """Keep what is due to be deleted, because the law demands it."""


@hold.command()
@click.option("--counsel", required=True, help="The lawyer who says that it must be.")
@click.option("--reason", required=True, help="What is demanded, and where that is written; no guest's name.")
@click.option("--event", metavar="ID", help="Keep all of this event (last part of its address).")
@click.option(
    "--class",
    "holding_id",
    type=click.Choice(DELETED_SOME_DAY),
    help=f"Or one class of all events; {' or '.join(OF_ONE_EVENT)} also of one event.",
)
@click.option("--silent", is_flag=True, help="A court forbids to tell of it.")
@click.pass_obj
def place(
    make_app: AppMaker, counsel: str, reason: str, event: str | None, holding_id: str | None, silent: bool
) -> None:
    """Stop the deletion of all of one event, or of one class of the inventory."""
    with make_app().app_context(), transaction():
        row = holds.place(
            counsel=counsel,
            reason=reason,
            holding_id=holding_id,
            event=worklist.find(event) if event else None,
            is_silent=silent,
            by_id=None,
            now=now(),
        )
        click.echo(f"Hold {row.id} is placed.")


@hold.command()
@click.argument("number", type=int)
@click.pass_obj
def lift(make_app: AppMaker, number: int) -> None:
    """Let the next round delete what hold NUMBER kept."""
    with make_app().app_context(), transaction():
        holds.lift(number, by_id=None, now=now())
    click.echo(f"Hold {number} is lifted.")


@hold.command(name="list")
@click.pass_obj
def show(make_app: AppMaker) -> None:
    """List all holds, the newest first."""
    with make_app().app_context():
        for row in holds.listed():
            state = f"lifted {row.lifted_at:%Y-%m-%d}" if row.lifted_at else "active"
            silent = ", silent" if row.is_silent else ""
            click.echo(
                f"{row.id}: {row.scope}, {state}{silent}, since {row.placed_at:%Y-%m-%d}, {row.counsel}"
            )
            click.echo(f"   {row.reason}")
