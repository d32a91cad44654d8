"""The engagement report for staff: a page, and the same figures as CSV and JSON."""

from datetime import date
from typing import cast

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from outreach.engagement import contact, contact_wording, export, figures, parts_wording, periods, wording
from outreach.engagement.board import CUTS, Dashboard
from outreach.engagement.dashboard import dashboard
from outreach.engagement.gathering import STRATA_SENTENCES, Cut
from outreach.engagement.periods import Period
from outreach.i18n import local
from outreach.policy import Action
from outreach.runtime import now, settings
from outreach.security import can, current_staff, keep_private, protect, requires
from outreach.web import t

bp = Blueprint("engagement", __name__, url_prefix="/staff")
protect(bp)
keep_private(bp)


@bp.get("/engagement")
@requires(Action.SEE_REPORT)
def home() -> WerkzeugResponse:
    """Where the staff menu leads."""
    return redirect(url_for("engagement.report"), 302)


@bp.get("/reports/engagement")
@requires(Action.SEE_REPORT)
def report() -> str:
    """The figures in plain words, with how each was made."""
    made, spoken = _made(), t()
    rows = {row.id: row for row in [*figures.rows(made.report.figures), *contact.rows(made.contact)]}
    *tiles, how_solid = wording.tiles(made, spoken)
    return render_template(
        "staff/engagement.html",
        made=made,
        report=made.report,
        strata=spoken(STRATA_SENTENCES[made.report.strata]),
        tiles=[*tiles, *contact_wording.tiles(made.contact, spoken), how_solid],
        rows=rows,
        appendix=figures.appendix_rows(made.appendix),
        words=wording,
        answer_bars=wording.answer_bars(made.report, spoken),
        cuts={cut: parts_wording.lines(made, cut, spoken) for cut in CUTS},
        own=parts_wording.own_line(made, spoken),
        missing=wording.missing_sentences(made.report.missing, spoken),
        joined={cut: wording.missing_sentences(made.joined[cut], spoken) for cut in CUTS},
        own_missing=wording.missing_sentences(made.own.missing, spoken) if made.own else [],
        trend=parts_wording.trend_lines(made.points, spoken),
        bars=parts_wording.bars,
        titles=parts_wording.TITLES,
        period_chips=period_chips("engagement.report", made.report.period),
    )


@bp.get("/reports/engagement.csv")
@requires(Action.SEE_REPORT)
def report_csv() -> Response:
    """The figures for a spreadsheet."""
    made = _made()
    return csv_file(export.to_csv(made, t()), f"engagement-{made.report.period.name}.csv")


@bp.get("/reports/engagement-<any(kind, county, size, trend):part>.csv")
@requires(Action.SEE_REPORT)
def part_csv(part: str) -> Response:
    """The figures of each kind, county or size of room, or the line over time, for a spreadsheet."""
    made, spoken = _made(), t()
    if part == "trend":
        text = export.lines_csv(made, parts_wording.trend_lines(made.points, spoken), (), spoken)
    else:
        cut = cast(Cut, part)
        missing = (*made.report.missing, *made.joined[cut])
        text = export.lines_csv(made, parts_wording.lines(made, cut, spoken), missing, spoken)
    return csv_file(text, f"engagement-{part}-{made.report.period.name}.csv")


@bp.get("/reports/engagement.json")
@requires(Action.SEE_REPORT)
def report_json() -> Response:
    """The figures for a program."""
    return jsonify(export.to_json(_made(), t()))


def _made() -> Dashboard:
    """The dashboard of the period in the address, beside it the organization of whoever is of one."""
    return dashboard(asked_period(), today=today(), organization_id=own_organization_id())


def own_organization_id() -> int | None:
    """The organization whose events alone somebody plans; None for those who coordinate all of them."""
    staff = current_staff()
    return None if staff is None or can(Action.SEE_GUESTS) else staff.actor.organization_id


def asked_period() -> Period:
    """The period in the address, or the last four quarters."""
    named = request.args.get("period", "")
    return periods.parse(named) if named else periods.last_four_quarters(today())


def period_chips(endpoint: str, chosen: Period, kind: str | None = None) -> list[tuple[str, str, bool]]:
    """What a page offers to choose from."""
    return [
        (
            wording.period_text(period.name, t()),
            url_for(endpoint, period=period.name, kind=kind),
            period == chosen,
        )
        for period in periods.choices(today())
    ]


def csv_file(text: str, name: str) -> Response:
    """A table to be opened by a spreadsheet."""
    # The mark at the start tells spreadsheets that the letters are UTF-8.
    response = make_response("\ufeff" + text)
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def today() -> date:
    """The day at the region."""
    return local(now(), settings().time_zone).date()
