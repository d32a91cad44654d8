"""The engagement report for staff: a page, and the same figures as CSV and JSON."""

from datetime import date

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from outreach.engagement import export, figures, periods, wording
from outreach.engagement.gathering import STRATA_SENTENCES, EngagementReport
from outreach.engagement.service import engagement_report
from outreach.i18n import local
from outreach.policy import Action
from outreach.runtime import now, settings
from outreach.security import protect, requires
from outreach.web import t

bp = Blueprint("engagement", __name__, url_prefix="/staff")
protect(bp)


@bp.get("/engagement")
@requires(Action.SEE_REPORT)
def home() -> WerkzeugResponse:
    """Where the staff menu leads."""
    return redirect(url_for("engagement.report"), 302)


@bp.get("/reports/engagement")
@requires(Action.SEE_REPORT)
def report() -> str:
    """The figures in plain words, with how each was made."""
    made = _report()
    spoken = t()
    rows = figures.rows(made.figures)
    return render_template(
        "staff/engagement.html",
        report=made,
        strata=spoken(STRATA_SENTENCES[made.strata]),
        tiles=wording.tiles(made, spoken),
        rows={row.id: row for row in rows},
        value_text=wording.value_text,
        range_text=wording.range_text,
        parts_text=wording.parts_text,
        answer_bars=wording.answer_bars(made, spoken),
        period_chips=[
            (
                wording.period_text(period.name, spoken),
                url_for("engagement.report", period=period.name),
                period == made.period,
            )
            for period in periods.choices(_today())
        ],
    )


@bp.get("/reports/engagement.csv")
@requires(Action.SEE_REPORT)
def report_csv() -> Response:
    """The figures for a spreadsheet."""
    made = _report()
    # The mark at the start tells spreadsheets that the letters are UTF-8.
    response = make_response("\ufeff" + export.to_csv(made, t()))
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="engagement-{made.period.name}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/reports/engagement.json")
@requires(Action.SEE_REPORT)
def report_json() -> Response:
    """The figures for a program."""
    response = jsonify(export.to_json(_report(), t()))
    response.headers["Cache-Control"] = "no-store"
    return response


def _report() -> EngagementReport:
    named = request.args.get("period", "")
    return engagement_report(periods.parse(named) if named else periods.last_four_quarters(_today()))


def _today() -> date:
    return local(now(), settings().time_zone).date()
