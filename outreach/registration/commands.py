"""The command that forgets guests whose event is long enough over, and readers of news who fell silent."""

from datetime import datetime

import click

from outreach import held
from outreach.commandline import Instant
from outreach.database import clean_up, transaction
from outreach.events.models import Event
from outreach.registration import news, retention
from outreach.runtime import AppMaker, now


@click.command()
@click.option("--now", "at", type=Instant(), help="Purge as if it were this time (ISO 8601, with its zone).")
@click.option("--dry-run", is_flag=True, help="Only say whose guests would be forgotten.")
@click.pass_obj
def purge(make_app: AppMaker, at: datetime | None, dry_run: bool) -> None:
    """Delete what identifies the guests of events that ended 72 hours ago or earlier, and readers of news
    who did not answer or gave no sign of life for a year.

    The worker does the same every hour.
    """
    with make_app().app_context():
        instant = at or now()
        events = [(event.id, event.public_id) for event in retention.events_to_forget(now=instant)]
        for event_id, public_id in events:
            parties = 0
            if not dry_run:
                with transaction() as session:
                    parties = retention.forget(session.get_one(Event, event_id), now=instant)
            click.echo(f"{public_id}: {'would be forgotten' if dry_run else f'{parties} parties forgotten'}")
        kept = [event.public_id for event in retention.held_events(now=instant)]
        readers = len(news.to_forget(now=instant))
        if not dry_run:
            with transaction():
                readers = news.forget(now=instant)
                retention.forget_asked(now=instant)
                held.take_stock(now=instant)
            clean_up()
    for public_id in kept:
        click.echo(f"{public_id}: kept by a legal hold")
    click.echo(f"{len(events)} events{' to forget' if dry_run else ' done'}.")
    click.echo(f"{readers} readers of news{' to forget' if dry_run else ' forgotten'}.")
