"""Published editions: a page for everybody in every language, and the same figures for a program."""

from flask import Blueprint, Response, jsonify, render_template

from outreach.engagement import editions, wording
from outreach.engagement.models import Edition
from outreach.errors import NotFoundError
from outreach.i18n import N_
from outreach.web import t

bp = Blueprint("reports", __name__)


@bp.get("/<locale:locale>/reports/")
def index() -> str:
    """All published editions, the latest first."""
    every = editions.every()
    return render_template(
        "public/editions.html",
        editions=[
            (edition, _title(edition.name), _listed(editions.joined(edition, every)))
            for edition in reversed(every)
            if edition.published
        ],
        waiting=_listed(editions.waiting(every)),
    )


@bp.get("/<locale:locale>/reports/<name>")
def show(name: str) -> str:
    """One edition with how its figures were made and what is missing."""
    edition, every = _edition(name), editions.every()
    return render_template(
        "public/edition.html",
        edition=edition,
        title=_title(edition.name),
        joined=_listed(editions.joined(edition, every)),
        left_out=_listed(editions.left_out(edition, every)),
        cells=[edition.published["region"], *edition.published["counties"]] if edition.published else [],
        place_names=editions.place_names(),
        rules=edition.thresholds,
    )


@bp.get("/reports/<name>.json")
def show_json(name: str) -> Response:
    """The same figures, unworded; null is what is not said."""
    edition, every = _edition(name), editions.every()
    return jsonify(
        name=edition.name,
        starts_on=edition.starts_on.isoformat(),
        ends_on=edition.ends_on.isoformat(),
        frozen_at=edition.frozen_at.isoformat(),
        method=edition.method,
        rules=edition.thresholds,
        joined_quarters=editions.joined(edition, every),
        left_out_quarters=editions.left_out(edition, every),
        figures=edition.published,
    )


def _title(name: str) -> str:
    return wording.period_text(name, t())


def _listed(quarters: list[str]) -> str:
    return t().listed(map(_title, quarters)) if quarters else ""


def _edition(name: str) -> Edition:
    found = editions.find(name)
    if found is None:
        raise NotFoundError(N_("There is no such report."))
    return found
