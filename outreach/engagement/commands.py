"""`outreach report engagement`: the figures of the page, for a terminal, a spreadsheet or a program; and
`outreach editions`: what is frozen."""

import json
from datetime import datetime

import click

from outreach.commandline import Instant
from outreach.database import clean_up, transaction
from outreach.engagement import editions, export, periods, wording
from outreach.engagement.board import Dashboard
from outreach.engagement.dashboard import dashboard
from outreach.engagement.gathering import STRATA_SENTENCES
from outreach.engagement.models import Edition
from outreach.i18n import N_, SOURCE_LOCALE, Translator, local, translator
from outreach.runtime import now, settings


@click.command(name="engagement")
@click.option("--period", help="Like 2026-Q3, 2026 or 2025-Q4..2026-Q3; without it, the last four quarters.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def report_engagement(period: str | None, form: str) -> None:
    """Say how often newcomers and long-time residents were in the same room."""
    with click.get_current_context().obj().app_context():
        today = local(now(), settings().time_zone).date()
        named = periods.parse(period) if period else periods.last_four_quarters(today)
        made = dashboard(named, today=today)
    t = translator(SOURCE_LOCALE)
    if form == "json":
        click.echo(json.dumps(export.to_json(made, t), indent=2, ensure_ascii=False))
    elif form == "csv":
        click.echo(export.to_csv(made, t), nl=False)
    else:
        click.echo(_text(made, t))


@click.group(name="editions")
def editions_group() -> None:
    """Freeze the quarters and years that are over, and list what is frozen."""


@editions_group.command()
@click.option("--now", "at", type=Instant(), help="Freeze as if it were this time (ISO 8601, with its zone).")
@click.option("--dry-run", is_flag=True, help="Only say which quarters would be frozen.")
@click.pass_context
def freeze(context: click.Context, at: datetime | None, dry_run: bool) -> None:
    """Put together and publish what ended more than 30 days ago, and erase it per event.

    The worker does the same every hour.
    """
    with context.obj().app_context():
        instant = at or now()
        today = local(instant, settings().time_zone).date()
        if dry_run:
            for quarter in editions.quarters_due(today=today):
                click.echo(f"{quarter.name}: would be frozen")
            return
        with transaction():
            made = editions.freeze_due(today=today, now=instant)
            silent = editions.unasked()
            lines = [_line(edition, is_silent=edition.id in silent) for edition in made]
        clean_up()
    for line in lines:
        click.echo(line)
    click.echo(f"{len(lines)} frozen.")


@editions_group.command(name="list")
@click.pass_context
def list_editions(context: click.Context) -> None:
    """Say which quarters and years are frozen, the earliest first."""
    with context.obj().app_context():
        silent = editions.unasked()
        lines = [_line(edition, is_silent=edition.id in silent) for edition in editions.every()]
    for line in lines or ["Nothing is frozen yet."]:
        click.echo(line)


@editions_group.command(name="replace")
@click.argument("name")
@click.pass_context
def replace_edition(context: click.Context, name: str) -> None:
    """Make an edition anew by today's method, twelve months after it was frozen or later."""
    with context.obj().app_context(), transaction():
        line = _line(editions.replace(name, now=now()))
    click.echo(line)


def _line(edition: Edition, *, is_silent: bool = False) -> str:
    waits = "nobody was asked" if is_silent else "too few answers, waits for the next quarter"
    state = "published" if edition.published else waits
    return (
        f"{edition.name}: {edition.starts_on} to {edition.ends_on}, method {edition.method}, "
        f"frozen {edition.frozen_at:%Y-%m-%d}: {state}"
    )


def _text(made: Dashboard, t: Translator) -> str:
    report = made.report
    rows = export.all_rows(made)
    width = max(len(t(row.label)) for row in rows)
    lines = [
        f"{report.period.name}: {t.day(report.period.starts_on)} - {t.day(report.period.ends_on)}",
        f"{t(STRATA_SENTENCES[report.strata])} {t(N_('Method %(version)s.'), version=report.figures.method)}",
        *wording.missing_sentences(report.missing, t),
        "",
    ]
    for row in rows:
        beside = [wording.parts_text(row, t), wording.range_text(row, t)]
        notes = "; ".join(text for text in beside if text)
        lines.append(
            f"{t(row.label):<{width}}  {wording.value_text(row, t)}{f'  ({notes})' if notes else ''}"
        )
    return "\n".join(lines)
