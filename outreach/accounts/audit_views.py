"""The page on which administrators read the audit log, and have it checked."""

from datetime import datetime

from flask import Blueprint, Flask, Response, render_template, request
from sqlalchemy import select

from outreach import audit
from outreach.accounts.models import Staff
from outreach.chain import DEEDS, Deed, Entry
from outreach.database import db, transaction
from outreach.i18n import N_, local
from outreach.policy import Action
from outreach.runtime import now, settings
from outreach.security import current_staff, keep_private, protect, requires
from outreach.web import t

bp = Blueprint("staff_audit", __name__, url_prefix="/staff/audit")
protect(bp)
keep_private(bp)

_PER_PAGE = 50

#: What a subject begins with, and the name of each number.
_SUBJECTS = {
    "staff": N_("Account %(number)s"),
    "event": N_("Event %(number)s"),
    "reveal": N_("Request %(number)s"),
    "hold": N_("Hold %(number)s"),
    "export": N_("File %(number)s"),
    "news": N_("Readers of news"),
    "asked": N_("Guests who asked for it"),
    "cards": N_("Connection cards"),
    "ballots": N_("Ballots of closed quarters"),
    "promise": N_("Promise %(number)s"),
    "plan": N_("Plan %(number)s"),
}
_NUMBERS = {
    "parties": N_("groups"),
    "readers": N_("readers of news"),
    "visits": N_("visits"),
    "recipients": N_("recipients"),
    "parts": N_("parts"),
    "rows": N_("rows"),
    "events": N_("events"),
    "promises": N_("promises"),
    "added": N_("added"),
    "changed": N_("changed"),
    "removed": N_("removed"),
    "lines": N_("lines"),
    "until": N_("up to line"),
}

#: What ends an address at which staff take figures away, whichever feature it belongs to.
_EXPORTS = (".csv", ".json")


def note_exports(app: Flask) -> None:
    """Writes down every file of figures that somebody of the staff downloads."""

    @app.after_request
    def note(response: Response) -> Response:
        staff = current_staff() if request.path.startswith("/staff/") else None
        if staff is not None and request.path.endswith(_EXPORTS) and response.status_code == 200:
            name = (request.endpoint or "").rpartition(".")[2][:20]
            with transaction():
                audit.record(Deed.EXPORTED, staff_id=staff.id, subject=f"export:{name}", now=now())
        return response


@bp.get("")
@requires(Action.SEE_AUDIT)
def show() -> str:
    """What was done, by whom and in which hour; the newest first."""
    count = audit.count()
    pages = max(1, -(-count // _PER_PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    entries = audit.listed(number=number, per_page=_PER_PAGE)
    # Reads every line, so it is done when somebody asks.
    is_checked = "check" in request.args
    return render_template(
        "staff/audit.html",
        entries=entries,
        names=_names(entries),
        deed_of=lambda entry: t()(DEEDS[Deed(entry.deed)]) if entry.deed in set(Deed) else entry.deed,
        subject_of=_subject,
        numbers_of=_numbers,
        time_of=_time_of,
        number=number,
        pages=pages,
        count=count,
        is_checked=is_checked,
        fault=audit.fault() if is_checked else None,
        months=audit.KEPT_MONTHS,
    )


def _names(entries: list[Entry]) -> dict[int, str]:
    """The names of everybody who did something, or to whose account it was done; one query."""
    ids = {entry.staff_id for entry in entries} | {_staff_id(entry) for entry in entries}
    rows = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids - {None})))
    return {row.id: row.name for row in rows}


def _staff_id(entry: Entry) -> int | None:
    kind, _, rest = entry.subject.partition(":")
    return int(rest.partition(":")[0]) if kind == "staff" and rest else None


def _subject(entry: Entry, names: dict[int, str]) -> str:
    """What an entry is about: an account by its name, other things by their numbers."""
    staff_id = _staff_id(entry)
    if staff_id in names:
        return names[staff_id]
    kind, _, number = entry.subject.partition(":")
    return t()(_SUBJECTS[kind], number=number) if kind in _SUBJECTS else entry.subject


def _numbers(entry: Entry) -> str:
    spoken = t()
    return ", ".join(
        f"{spoken.number(value)} {spoken(_NUMBERS[name])}" if name in _NUMBERS else f"{name} {value}"
        for name, value in entry.numbers.items()
    )


def _time_of(at: datetime) -> datetime:
    return local(at, settings().time_zone)
