"""The plan for staff: every promise in its own words, how many were held, and which events count."""

from datetime import date

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as WerkzeugResponse

from outreach import audit
from outreach.accounts.signed_in import me
from outreach.chain import Deed
from outreach.database import transaction
from outreach.errors import ConflictError
from outreach.events.kinds import KINDS
from outreach.i18n import N_, local
from outreach.plan import export, reporting, service, wording
from outreach.plan.committee import committee_report, default_quarter, quarters_of
from outreach.plan.history import history_of, note_standing
from outreach.plan.models import Plan
from outreach.policy import Action
from outreach.quarters import read_quarter
from outreach.runtime import now, settings
from outreach.security import can, protect, requires
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
        **wording.sayings(spoken),
    )


@bp.get("/plan/committee")
@requires(Action.SEE_PLAN)
def committee() -> str:
    """One quarter on one page, for the steering committee."""
    chosen = _chosen(service.plans())
    if chosen is None:
        raise NotFound
    name = request.args.get("quarter")
    quarter = read_quarter(name) if name else default_quarter(chosen, _today())
    spoken = t()
    return render_template(
        "staff/plan_committee.html",
        page=committee_report(chosen, quarter, today=_today()),
        plan=chosen,
        is_over=_today() > quarter.ends_on,
        quarter_chips=[
            (str(each), url_for("plan.committee", plan=chosen.id, quarter=each), each == quarter)
            for each in quarters_of(chosen, _today())
        ],
        may_change=can(Action.MANAGE_PLAN),
        kinds=KINDS,
        **wording.sayings(spoken),
    )


@bp.post("/plan/committee")
@requires(Action.MANAGE_PLAN)
def note_quarter() -> WerkzeugResponse:
    """Keeps in the history how every promise stood at the end of a quarter that is over."""
    chosen = _chosen(service.plans())
    if chosen is None:
        raise NotFound
    quarter = read_quarter(request.args.get("quarter", ""))
    if _today() <= quarter.ends_on:
        raise ConflictError(N_("This quarter is not over yet."))
    report = reporting.plan_report(chosen, today=quarter.ends_on)
    standings = {found.commitment.ref: str(found.standing) for _, found in report.commitments}
    with transaction():
        count = note_standing(chosen, standings, quarter, staff_id=me().id, now=now())
        if count:
            audit.record(
                Deed.STANDING_NOTED,
                staff_id=me().id,
                subject=f"plan:{chosen.id}",
                numbers={"promises": count},
                now=now(),
            )
    said = N_("The history now says how each promise stood.") if count else N_("This was noted before.")
    flash(t()(said), "good")
    return redirect(url_for("plan.committee", plan=chosen.id, quarter=quarter), 303)


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
    return reporting.plan_report(chosen, today=_today())


def _today() -> date:
    return local(now(), settings().time_zone).date()
