"""`outreach report engagement`: the figures of the page, for a terminal, a spreadsheet or a program."""

import json

import click

from outreach.engagement import export, periods, wording
from outreach.engagement.board import Dashboard
from outreach.engagement.dashboard import dashboard
from outreach.engagement.gathering import STRATA_SENTENCES
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


def _text(made: Dashboard, t: Translator) -> str:
    report = made.report
    rows = export.all_rows(made)
    width = max(len(t(row.label)) for row in rows)
    lines = [
        f"{report.period.name}: {t.day(report.period.starts_on)} - {t.day(report.period.ends_on)}",
        f"{t(STRATA_SENTENCES[report.strata])} {t(N_('Method %(version)s.'), version=report.figures.method)}",
        "",
    ]
    for row in rows:
        beside = [wording.parts_text(row, t), wording.range_text(row, t)]
        notes = "; ".join(text for text in beside if text)
        lines.append(
            f"{t(row.label):<{width}}  {wording.value_text(row, t)}{f'  ({notes})' if notes else ''}"
        )
    return "\n".join(lines)
