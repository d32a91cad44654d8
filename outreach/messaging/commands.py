"""Commands of the operator: the worker apart from the web, what a sender's form asks for, what texts take."""

import signal
import sys
import threading
from dataclasses import replace
from datetime import datetime
from types import FrameType

import click

from outreach.commandline import Instant
from outreach.i18n import LANGUAGES
from outreach.messaging.packet import packet
from outreach.messaging.text_budgets import A_WEDNESDAY, text_budgets
from outreach.messaging.worker import run, run_once
from outreach.runtime import AppMaker

#: Python's own 5 ms, waited for several times in each text, would be a tenth of what a text takes.
_SWITCH_SECONDS = 0.0005


@click.command()
@click.option("--once", is_flag=True, help="Do everything that is due, then end.")
@click.option("--now", "at", type=Instant(), help="Work as if it were this time (ISO 8601, with its zone).")
@click.pass_obj
def worker(make_app: AppMaker, once: bool, at: datetime | None) -> None:
    """Answer, plan and send texts. Any number of workers may run at once."""
    app = make_app()
    if at is not None:
        # Everything in this process lives at that instant, the simulated vendor's callbacks as well.
        app.extensions["outreach"] = replace(app.extensions["outreach"], clock=lambda: at)
    if once:
        done = run_once(app)
        click.echo(f"Done: {done}.")
        return
    # While one thread is with the database, sixty others each want the interpreter for a moment.
    sys.setswitchinterval(_SWITCH_SECONDS)
    run(app, _told_to_stop())


@click.command()
@click.pass_obj
def senders(make_app: AppMaker) -> None:
    """Print what the vendor's form for registering a sender asks for, made from the settings."""
    for answer in packet(make_app().extensions["outreach"].settings):
        click.echo(f"{answer.question}\n    {answer.answer}\n")


@click.command()
@click.option("--locale", "locales", type=click.Choice(list(LANGUAGES)), multiple=True)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=A_WEDNESDAY.isoformat(),
    show_default=True,
    help="The day of the event.",
)
@click.pass_obj
def texts(make_app: AppMaker, locales: tuple[str, ...], on: datetime) -> None:
    """Print the parts that every text takes, in a language or all that are offered."""
    for locale in locales or make_app().extensions["outreach"].settings.locales:
        found = text_budgets(locale, on.date())
        over = sum(each.is_over for each in found)
        click.echo(f"{LANGUAGES[locale].english_name}: {len(found)} texts, {over} over")
        for each in found:
            line = (
                f"  {each.name:<32}{each.segments.parts} of {each.budget}  {each.segments.encoding:<6}"
                f"{'  over' if each.is_over else '':<6}  {' '.join(each.dear_letters)}"
            )
            click.echo(line.rstrip())


def _told_to_stop() -> threading.Event:
    """Set by Ctrl-C, or as service managers do it."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    return stop
