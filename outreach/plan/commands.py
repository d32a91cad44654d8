"""`outreach import plan`, `outreach export plan` and `outreach report plan`."""

import json
from datetime import date
from pathlib import Path

import click

from outreach import audit
from outreach.chain import Deed
from outreach.database import transaction
from outreach.errors import InvalidInputError, NotFoundError
from outreach.i18n import N_, SOURCE_LOCALE, Translator, local, translator
from outreach.plan import export, service
from outreach.plan.history import history_of
from outreach.plan.importing import read
from outreach.plan.models import Plan
from outreach.plan.reporting import PlanReport, plan_report
from outreach.plan.tables import read_table, table_of
from outreach.plan.wording import STANDINGS, due_text, promised_text, reason_text
from outreach.runtime import now, settings

#: A plan is some pages of text; a file beyond this is none.
_LARGEST_FILE_BYTES = 5_000_000


@click.command(name="plan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--region", help="Slug of the place whose events count, like kansas-city-region.")
def import_plan(file: Path, region: str | None) -> None:
    """Bring a plan in from FILE (.json or .csv), or up to date; a broken file changes nothing."""
    is_table = file.suffix.lower() == ".csv"
    draft = (read_table if is_table else read)(_text_of(file))
    with click.get_current_context().obj().app_context(), transaction():
        outcome = service.import_plan(draft, region=region, now=now())
        counts = {"added": outcome.added, "changed": outcome.changed, "removed": outcome.removed}
        if any(counts.values()):
            subject = f"plan:{outcome.plan_id}"
            audit.record(Deed.PLAN_IMPORTED, staff_id=None, subject=subject, numbers=counts, now=now())
    click.echo(
        f"{draft.title}: {outcome.added} added, {outcome.changed} changed, {outcome.removed} removed,"
        f" {outcome.unchanged} as before."
    )


@click.command(name="plan")
@click.option("--plan", "title", help="Title of a plan; without it, the newest.")
@click.option("--format", "form", type=click.Choice(["json", "csv"]), default="json", show_default=True)
def export_plan(title: str | None, form: str) -> None:
    """Print the plan as a file that `outreach import plan` takes: importing it again changes nothing."""
    with click.get_current_context().obj().app_context():
        value = export.to_file(plan_report(_plan(title), today=_today()))
    if form == "csv":
        click.echo(table_of(value), nl=False)
    else:
        click.echo(json.dumps(value, indent=1, ensure_ascii=False))


@click.command(name="plan")
@click.option("--plan", "title", help="Title of a plan; without it, the newest.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def report_plan(title: str | None, form: str) -> None:
    """Say for each promise of the plan what was promised, what was done, and how it stands."""
    t = translator(SOURCE_LOCALE)
    with click.get_current_context().obj().app_context():
        plan = _plan(title)
        report = plan_report(plan, today=_today())
        if form == "json":
            value = export.to_json(report, t, history_of(plan))
            click.echo(json.dumps(value, indent=2, ensure_ascii=False))
        elif form == "csv":
            click.echo(export.to_csv(report, t), nl=False)
        else:
            click.echo(_text(report, t))


def _today() -> date:
    return local(now(), settings().time_zone).date()


def _plan(title: str | None) -> Plan:
    for plan in service.plans():
        if title in (None, plan.title):
            return plan
    if title is None:
        raise NotFoundError(N_("There is no plan yet. Bring one in with: outreach import plan FILE"))
    raise NotFoundError(N_("There is no plan named %(name)s."), name=title)


def _text_of(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST_FILE_BYTES:
            raise InvalidInputError(N_("%(file)s is too large to be a plan."), file=file)
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInputError(
            N_("%(file)s cannot be read: %(reason)s."), file=file, reason=error.strerror or error
        ) from None
    except UnicodeDecodeError:
        raise InvalidInputError(N_("%(file)s is not a text file in UTF-8."), file=file) from None


def _text(report: PlanReport, t: Translator) -> str:
    lines = [report.plan.title]
    totals = (f"{t(STANDINGS[name])}: {count}" for name, count in report.totals.items())
    lines.append("; ".join(totals))
    above: list[str] = []
    for nodes, found in report.commitments:
        for depth, node in enumerate(nodes):
            if above[depth : depth + 1] != [node.ref]:
                above = [*above[:depth], node.ref]
                lines += ["", f"{'  ' * depth}{node.ref} {node.text}"]
        row = found.commitment
        promised = promised_text(row.promised_count, is_minimum=row.is_minimum, t=t)
        due = row.due_verbatim or "no time given"
        days = due_text(row.due_starts_on, row.due_ends_on, t)
        lines += [
            f"      {row.ref} {row.text}",
            f"        promised: {promised}; done: {found.progress.held}; {t(STANDINGS[found.standing])}",
            f"        {reason_text(found.progress, found.standing, last=found.counted_until, t=t)}",
            *(f"        not reached: {name}" for name in found.missing),
            f"        looked after by: {found.owner or 'nobody'}",
            *(f"        to do: {item.text}" for item in found.open_items),
            f"        due: {due}{f' ({days})' if days else ''}",
        ]
    return "\n".join(lines)
