"""Public pages on what is held about guests, made from the inventory."""

from flask import Blueprint, render_template

from outreach import held
from outreach.i18n import local
from outreach.inventory import HOLDINGS, NEVER, WHATS
from outreach.registration import holds
from outreach.retention_schedule import RULES
from outreach.runtime import settings

bp = Blueprint("transparency", __name__)


@bp.get("/<locale:locale>/what-we-hold")
def what_we_hold() -> str:
    """The list of everything that is held about guests, in plain words."""
    counted_at = held.counted_at()
    return render_template(
        "public/what_we_hold.html",
        holdings=HOLDINGS,
        never=NEVER,
        rules=RULES,
        records=held.records(),
        counted=local(counted_at, settings().time_zone) if counted_at else None,
        announced_holds=holds.announced(),
        whats=WHATS,
    )


@bp.get("/<locale:locale>/what-we-hold/schedule")
def schedule() -> str:
    """How long each thing is kept, as a schedule to print and to adopt."""
    return render_template("public/retention_schedule.html", holdings=HOLDINGS, never=NEVER, rules=RULES)
