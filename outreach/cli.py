"""The `outreach` command: reads the environment and makes the application; the commands stand elsewhere."""

import gc
import os
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from outreach import __version__
from outreach.app import create_app
from outreach.config import from_environment
from outreach.errors import InvalidInputsError, OutreachError

ROOT = Path(__file__).resolve().parents[1]

#: Where each command stands. A module is loaded when its command is asked for: `serve` must not carry
#: what only an import or a migration needs, in memory or in time.
_COMMANDS: Mapping[str, str] = {
    "audit": "outreach.commands.audit:audit",
    "backup": "outreach.commands.upkeep:backup",
    "db": "outreach.commands.database:db",
    "demo": "outreach.demo.commands:demo",
    "doctor": "outreach.commands.upkeep:doctor",
    "editions": "outreach.engagement.commands:editions_group",
    "hold": "outreach.registration.hold_commands:hold",
    "inventory": "outreach.commands.upkeep:inventory",
    "purge": "outreach.commands.purge:purge",
    "restore": "outreach.commands.upkeep:restore",
    "senders": "outreach.messaging.commands:senders",
    "serve": "outreach.commands.serve:serve",
    "staff": "outreach.accounts.commands:staff",
    "texts": "outreach.messaging.commands:texts",
    "translations": "outreach.commands.translations:translations",
    "voice": "outreach.messaging.voice_commands:voice",
    "worker": "outreach.messaging.commands:worker",
}
_IMPORTS: Mapping[str, str] = {
    "events": "outreach.events.commands:import_events",
    "organizations": "outreach.events.commands:import_organizations",
    "plan": "outreach.plan.commands:import_plan",
}
_EXPORTS: Mapping[str, str] = {
    "plan": "outreach.plan.commands:export_plan",
}
_REPORTS: Mapping[str, str] = {
    "engagement": "outreach.engagement.commands:report_engagement",
    "plan": "outreach.plan.commands:report_plan",
}


class LazyGroup(click.Group):
    """A group that knows its commands by address and loads each when it is asked for."""

    def __init__(self, addresses: Mapping[str, str], **attributes: object) -> None:
        super().__init__(**attributes)  # type: ignore[arg-type]  # click's own, passed on
        self.addresses = addresses

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, loaded or not."""
        return sorted({*super().list_commands(ctx), *self.addresses})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name; None for one that there is not."""
        if cmd_name not in self.addresses:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self.addresses[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), attribute)
        return found


class Root(LazyGroup):
    """The group of all commands; a mistake of the user's is one line, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs a command; exits with 1 and the reason where an input is refused."""
        try:
            return super().invoke(ctx)
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
    app = create_app(from_environment(os.environ, instance))
    # What is loaded stays to the end: only what comes after it is looked through for garbage.
    gc.freeze()
    gc.enable()
    return app


@click.version_option(__version__)
@click.pass_context
def _main(context: click.Context) -> None:
    """Event and outreach coordination for communities that welcome newcomers."""
    context.obj = application


main = click.group(
    name="outreach", cls=Root, addresses=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)(_main)
main.add_command(LazyGroup(_IMPORTS, name="import", help="Bring in what exists elsewhere."))
main.add_command(LazyGroup(_EXPORTS, name="export", help="Print what can be brought in again."))
main.add_command(LazyGroup(_REPORTS, name="report", help="Print what it added up to."))
