"""`outreach purge`: does at once every deletion that the worker does each hour."""

from datetime import date, datetime

import click

from outreach.commandline import Instant
from outreach.engagement import cards, editions
from outreach.engagement.closing import close_quarters
from outreach.i18n import local
from outreach.messaging import purging
from outreach.registration import news, retention
from outreach.runtime import AppMaker, now, settings, vault


@click.command()
@click.option("--now", "at", type=Instant(), help="Purge as if it were this time (ISO 8601, with its zone).")
@click.option("--dry-run", is_flag=True, help="Only say what would be deleted.")
@click.pass_obj
def purge(make_app: AppMaker, at: datetime | None, dry_run: bool) -> None:
    """Delete what identifies the guests of events that ended 72 hours ago or earlier, what was said long
    enough ago, and readers of news who did not answer or gave no sign of life for a year; then destroy
    the keys that it was sealed with.

    Of quarters that ended more than 30 days ago it counts connection cards, adds up the question on
    leaving and freezes the reports, and erases what these were made of.

    The worker does the same every hour.
    """
    with make_app().app_context():
        instant = at or now()
        today = local(instant, settings().time_zone).date()
        held = [event.public_id for event in retention.held_events(now=instant)]
        lines = _foretold(instant, today) if dry_run else _done(instant, today)
    for line in (*lines, *(f"{public_id}: kept by a legal hold" for public_id in held)):
        click.echo(line)


def _foretold(at: datetime, today: date) -> list[str]:
    due = [event.public_id for event in retention.events_to_forget(now=at)]
    return [
        *(f"{public_id}: would be forgotten" for public_id in due),
        f"{len(due)} events to forget.",
        f"{len(news.to_forget(now=at))} readers of news to forget.",
        f"{len(cards.due(today=today))} quarters of connection cards to count and erase.",
        f"{len(editions.quarters_due(today=today))} quarters to freeze.",
    ]


def _done(at: datetime, today: date) -> list[str]:
    forgotten = purging.purge(vault=vault(), now=at)
    closed = close_quarters(today=today, now=at)
    return [
        *(f"{public_id}: {parties} parties forgotten" for public_id, parties in forgotten.parties.items()),
        f"{len(forgotten.parties)} events done.",
        f"{forgotten.readers} readers of news forgotten.",
        f"{closed.cards} quarters of connection cards counted and erased.",
        f"{closed.talk} quarters of the question on leaving added up.",
        f"{len(closed.editions)} quarters and years frozen.",
    ]
