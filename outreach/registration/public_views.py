"""Public pages on what is held about guests, made from the inventory."""

from flask import Blueprint, render_template

from outreach.inventory import HOLDINGS, NEVER, WHATS
from outreach.registration import holds

bp = Blueprint("transparency", __name__)


@bp.get("/<locale:locale>/what-we-hold")
def what_we_hold() -> str:
    """The list of everything that is held about guests, in plain words."""
    return render_template(
        "public/what_we_hold.html",
        holdings=HOLDINGS,
        never=NEVER,
        announced_holds=holds.announced(),
        whats=WHATS,
    )
