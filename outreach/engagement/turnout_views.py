"""Staff page about registrations and reminders, and the same figures for a spreadsheet."""

from flask import Blueprint, Response, render_template

from outreach.engagement import export, turnout_report, wording
from outreach.engagement.periods import Period
from outreach.engagement.turnout_report import OTHERS, Part, Totals
from outreach.engagement.turnouts import totals_of
from outreach.engagement.views import (
    asked_period,
    csv_file,
    own_organization_id,
    period_chips,
    today,
)
from outreach.i18n import N_, Translator, language_name
from outreach.policy import Action
from outreach.security import can, keep_private, protect, requires
from outreach.web import t

bp = Blueprint("turnout", __name__, url_prefix="/staff/reports")
protect(bp)
keep_private(bp)

DOORS = {
    "web": N_("On the web"),
    "text": N_("By text"),
    "voice": N_("By phone call"),
    "desk": N_("At the desk"),
    "paper": N_("On paper"),
    OTHERS: N_("All other ways"),
}


@bp.get("/registrations")
@requires(Action.SEE_REPORT)
def registrations() -> str:
    """How guests registered, who came, and what reminders go with."""
    period, totals = _asked()
    spoken = t()
    rows = turnout_report.rows(totals)
    return render_template(
        "staff/engagement_registrations.html",
        period=period,
        totals=totals,
        rows=rows,
        comparison=[spoken(sentence) for sentence in turnout_report.comparison(rows)],
        doors=_bars(turnout_report.doors(totals), spoken),
        languages=_bars(turnout_report.languages(totals), spoken),
        words=wording,
        period_chips=period_chips("turnout.registrations", period),
    )


@bp.get("/registrations.csv")
@requires(Action.SEE_REPORT)
def registrations_csv() -> Response:
    """The figures and parts for a spreadsheet."""
    period, totals = _asked()
    spoken = t()
    parts = [
        *((f"door:{part.id}", _name(part, spoken), part) for part in turnout_report.doors(totals)),
        *((f"language:{part.id}", _name(part, spoken), part) for part in turnout_report.languages(totals)),
    ]
    return csv_file(
        export.turnout_csv(period, turnout_report.rows(totals), parts, spoken),
        f"registrations-{period.name}.csv",
    )


def _asked() -> tuple[Period, Totals]:
    """The period of the address, and its totals as far as whoever asks may see them.

    Whoever sees the guests of one organization alone reads that one's totals; all others the region's,
    which say no small number.
    """
    own_id = own_organization_id()
    if not can(Action.SEE_GUESTS, host_id=own_id):
        own_id = None
    period = asked_period()
    return period, totals_of(period, today=today(), organization_id=own_id)


def _bars(parts: list[Part], spoken: Translator) -> list[dict[str, object]]:
    return [
        {
            "label": _name(part, spoken),
            "value": part.people,
            "arrived": None if part.arrived is None else spoken.number(part.arrived),
        }
        for part in parts
    ]


def _name(part: Part, spoken: Translator) -> str:
    if part.id in DOORS:
        return spoken(DOORS[part.id])
    return language_name(part.id, spoken.locale)
