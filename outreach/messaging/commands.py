"""The command that answers, plans and sends texts, apart from the web or once in a while."""

import signal
import threading
from dataclasses import replace
from datetime import datetime
from types import FrameType

import click

from outreach.commandline import Instant
from outreach.messaging.worker import run, run_once
from outreach.runtime import AppMaker


@click.command()
@click.option("--once", is_flag=True, help="Do everything that is due, then end.")
@click.option("--now", type=Instant(), help="Work as if it were this time (ISO 8601, with its zone).")
@click.pass_obj
def worker(make_app: AppMaker, once: bool, now: datetime | None) -> None:
    """Answer, plan and send texts. Any number of workers may run at once."""
    app = make_app()
    if now is not None:
        # Everything in this process lives at that instant, the simulated vendor's callbacks as well.
        app.extensions["outreach"] = replace(app.extensions["outreach"], clock=lambda: now)
    if once:
        done = run_once(app)
        click.echo(f"Done: {done}.")
        return
    run(app, _told_to_stop())


def _told_to_stop() -> threading.Event:
    """Set by Ctrl-C, or as service managers do it."""
    stop = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, tell)
    return stop
