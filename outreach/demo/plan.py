"""The demo's plan: the real one, and invented work for it in every way that a promise is kept."""

from datetime import date, datetime

from sqlalchemy import select

from outreach.accounts.models import Staff
from outreach.database import db
from outreach.demo import files
from outreach.plan.bodies import Bodies, all_bodies
from outreach.plan.deeds import DeedDraft
from outreach.plan.importing import plan_of
from outreach.plan.models import Commitment
from outreach.plan.service import import_plan
from outreach.plan.upkeep import PromiseEdit, edit, open_item, write_down

#: In the file, whoever coordinates.
_STAFF = "coordinator"


def add_plan(*, staff: Staff, today: date, now: datetime) -> None:
    """Brings the plan in and writes down what the invented coordinator did for it. Flushes."""
    import_plan(plan_of(files.load("plan.json")), now=now)
    rows = {row.ref: row for row in db.session.scalars(select(Commitment))}
    invented, bodies = files.load("plan_evidence.json"), all_bodies()
    for given in invented["deeds"]:
        draft = _draft(given, bodies, note=invented["note"])
        write_down(rows[given["ref"]], draft, staff_id=staff.id, now=now, today=today)
    for ref in {*invented["owners"], *invented["expected"]}:
        row, owner = rows[ref], invented["owners"].get(ref, "")
        key = f"staff:{staff.id}" if owner == _STAFF else _key(owner, bodies) if owner else ""
        change = PromiseEdit(key, row.due_verbatim or "", tuple(invented["expected"].get(ref, ())))
        edit(row, change, revision=row.revision, staff_id=staff.id, now=now)
    for given in invented["open_items"]:
        due_on = date.fromisoformat(given["due_on"]) if given["due_on"] else None
        open_item(rows[given["ref"]], given["text"], due_on, staff_id=staff.id, now=now)


def _draft(given: dict[str, object], bodies: Bodies, *, note: str) -> DeedDraft:
    values = {name: value for name, value in given.items() if name != "ref"}
    for name in ("on", "acknowledged_on"):
        if name in values:
            values[name] = date.fromisoformat(str(values[name]))
    names = values.pop("bodies", [])
    assert isinstance(names, list)
    return DeedDraft(**values, bodies=tuple(_key(name, bodies) for name in names), note=note)  # type: ignore[arg-type]


def _key(name: str, bodies: Bodies) -> str:
    body = bodies.named(name)
    assert body is not None, name
    return body.key
