"""The plan for staff: every promise in its own words, how many were held, and which events count."""

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from werkzeug.exceptions import NotFound

from outreach.events.kinds import KINDS
from outreach.i18n import local
from outreach.plan import export, reporting, service, wording
from outreach.plan.history import history_of
from outreach.plan.models import Plan
from outreach.policy import Action
from outreach.runtime import now, settings
from outreach.security import protect, requires
from outreach.web import t

bp = Blueprint("plan", __name__, url_prefix="/staff")
protect(bp)


@bp.get("/plan")
@requires(Action.SEE_PLAN)
def plan() -> str:
    """The newest plan, or the one asked for."""
    plans = service.plans()
    chosen = _chosen(plans)
    spoken = t()
    return render_template(
        "staff/plan.html",
        plans=plans,
        plan_chips=[(row.title, url_for("plan.plan", plan=row.id), row is chosen) for row in plans],
        kinds_said=lambda ids: [spoken(KINDS[kind].plural) for kind in ids],
        report=_report(chosen) if chosen else None,
        kinds=KINDS,
        standings=wording.STANDINGS,
        promised_text=wording.promised_text,
        due_text=wording.due_text,
    )


@bp.get("/plan.csv")
@requires(Action.SEE_PLAN)
def plan_csv() -> Response:
    """The promises for a spreadsheet."""
    # The mark at the start tells spreadsheets that the letters are UTF-8.
    response = make_response("\ufeff" + export.to_csv(_asked_for(), t()))
    response.content_type = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="plan.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/plan.json")
@requires(Action.SEE_PLAN)
def plan_json() -> Response:
    """The promises for a program."""
    report = _asked_for()
    response = jsonify(export.to_json(report, t(), history_of(report.plan)))
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked_for() -> reporting.PlanReport:
    chosen = _chosen(service.plans())
    if chosen is None:
        raise NotFound
    return _report(chosen)


def _chosen(plans: list[Plan]) -> Plan | None:
    if "plan" not in request.args:
        return plans[0] if plans else None
    for found in plans:
        if str(found.id) == request.args["plan"]:
            return found
    raise NotFound


def _report(chosen: Plan) -> reporting.PlanReport:
    return reporting.plan_report(chosen, today=local(now(), settings().time_zone).date())
