"""The evidence sheet: one printed page for a certifier or a funder, and its figures for a spreadsheet."""

from flask import Blueprint, Response, render_template, request, url_for

from outreach.engagement import export, wording
from outreach.engagement.evidence import OUTCOMES, OUTPUTS, Evidence, evidence
from outreach.engagement.gathering import STRATA_SENTENCES
from outreach.engagement.views import asked_period, csv_file, period_chips
from outreach.errors import InvalidInputError
from outreach.events.kinds import KINDS
from outreach.i18n import N_
from outreach.policy import Action
from outreach.security import keep_private, protect, requires
from outreach.web import t

bp = Blueprint("evidence", __name__, url_prefix="/staff/reports")
protect(bp)
keep_private(bp)


@bp.get("/evidence")
@requires(Action.SEE_REPORT)
def sheet() -> str:
    """The sheet of a period and, where one is named, of a kind of event."""
    found, spoken = _found(), t()
    period = found.report.period
    return render_template(
        "staff/engagement_evidence.html",
        found=found,
        period=period,
        program=_program(found),
        outputs=found.rows(OUTPUTS),
        outcomes=[*found.rows(OUTCOMES), *found.talk],
        sentences=wording.evidence_sentences(found.report, spoken),
        missing=wording.missing_sentences(found.report.missing, spoken),
        strata=spoken(STRATA_SENTENCES[found.report.strata]),
        words=wording,
        period_chips=period_chips("evidence.sheet", period, kind=found.kind),
        kind_chips=[
            (
                spoken(KINDS[kind].label) if kind else spoken(_ALL_PROGRAMS),
                url_for("evidence.sheet", period=period.name, kind=kind),
                kind == found.kind,
            )
            for kind in (None, *KINDS)
        ],
    )


@bp.get("/evidence.csv")
@requires(Action.SEE_REPORT)
def sheet_csv() -> Response:
    """The figures of the sheet for a spreadsheet."""
    found = _found()
    name = f"evidence-{found.kind or 'all'}-{found.report.period.name}.csv"
    rows = [*found.rows((*OUTPUTS, *OUTCOMES)), *found.talk]
    return csv_file(export.evidence_csv(found.report, _program(found), rows, found.partners, t()), name)


_ALL_PROGRAMS = N_("All programs")


def _program(found: Evidence) -> str:
    return t()(KINDS[found.kind].label if found.kind else _ALL_PROGRAMS)


def _found() -> Evidence:
    kind = request.args.get("kind") or None
    if kind is not None and kind not in KINDS:
        raise InvalidInputError(N_("There is no such kind of event."), field="kind")
    return evidence(asked_period(), kind)
