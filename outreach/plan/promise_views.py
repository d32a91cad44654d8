"""One promise for staff: what counts, what could keep it, its history; coordinators add to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from outreach import audit
from outreach.accounts.models import Staff
from outreach.accounts.signed_in import me
from outreach.chain import Deed
from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError, OutreachError
from outreach.events.kinds import KINDS
from outreach.fields import revision_seen, sent, tell
from outreach.i18n import N_, local
from outreach.plan import reporting, upkeep, wording
from outreach.plan.deeds import CONTACTS
from outreach.plan.forms import AcknowledgeForm, DeedForm, EditForm, ItemForm
from outreach.plan.history import history_of
from outreach.plan.models import Commitment, Plan
from outreach.policy import Action
from outreach.runtime import now, settings
from outreach.security import can, keep_private, protect, requires
from outreach.web import t

bp = Blueprint("plan_promises", __name__, url_prefix="/staff/plan/promises")
protect(bp)
keep_private(bp)

_REFUSED = (InvalidInputError, InvalidInputsError, ConflictError)
_AT = "/<int:commitment_id>"


@dataclass
class _Forms:
    """The forms of the page; one that was sent and refused keeps what was typed."""

    edit: EditForm | None = None
    deed: DeedForm | None = None
    item: ItemForm | None = None
    acknowledge: dict[int, AcknowledgeForm] = field(default_factory=dict)
    #: The one that was refused.
    wrong: Form | None = None


@bp.get(_AT)
@requires(Action.SEE_PLAN)
def show(commitment_id: int) -> str:
    """One promise."""
    return _page(commitment_id, _Forms())


@bp.post(f"{_AT}/edit")
@requires(Action.MANAGE_PLAN)
def edit(commitment_id: int) -> Response | tuple[str, int]:
    """Says anew who looks after a promise, by when it is due and whom it must reach."""
    form = EditForm(sent())
    return _do(
        commitment_id,
        _Forms(edit=form, wrong=form),
        lambda row: upkeep.edit(row, form.draft(), revision=revision_seen(), staff_id=me().id, now=now()),
        N_("Saved."),
    )


@bp.post(f"{_AT}/evidence")
@requires(Action.MANAGE_PLAN)
def write_down(commitment_id: int) -> Response | tuple[str, int]:
    """Writes down what was done."""
    form = DeedForm(sent())
    return _do(
        commitment_id,
        _Forms(deed=form, wrong=form),
        lambda row: upkeep.write_down(row, form.draft(), staff_id=me().id, now=now(), today=_today()),
        N_("Written down."),
    )


@bp.post(f"{_AT}/evidence/<int:evidence_id>/withdraw")
@requires(Action.MANAGE_PLAN)
def withdraw(commitment_id: int, evidence_id: int) -> Response | tuple[str, int]:
    """Takes back what was written down wrongly."""
    return _do(
        commitment_id,
        _Forms(wrong=Form()),
        lambda row: upkeep.withdraw(row, evidence_id, staff_id=me().id, now=now()),
        N_("Withdrawn."),
    )


@bp.post(f"{_AT}/evidence/<int:evidence_id>/acknowledge")
@requires(Action.MANAGE_PLAN)
def acknowledge(commitment_id: int, evidence_id: int) -> Response | tuple[str, int]:
    """Writes down that a body has what it was sent."""
    form = AcknowledgeForm(sent(), prefix=_prefix(evidence_id))
    on = form.acknowledged_on
    return _do(
        commitment_id,
        _Forms(acknowledge={evidence_id: form}, wrong=form),
        lambda row: upkeep.acknowledge(
            row, evidence_id, on.data, staff_id=me().id, now=now(), today=_today()
        ),
        N_("Written down."),
        places={"acknowledged_on": on},
    )


@bp.post(f"{_AT}/items")
@requires(Action.MANAGE_PLAN)
def open_item(commitment_id: int) -> Response | tuple[str, int]:
    """Notes something that is still to be done."""
    form = ItemForm(sent())
    return _do(
        commitment_id,
        _Forms(item=form, wrong=form),
        lambda row: upkeep.open_item(
            row, form.text.data or "", form.due_on.data, staff_id=me().id, now=now()
        ),
        N_("Written down."),
    )


@bp.post(f"{_AT}/items/<int:item_id>/close")
@requires(Action.MANAGE_PLAN)
def close_item(commitment_id: int, item_id: int) -> Response | tuple[str, int]:
    """Says that an open item is done."""
    return _do(
        commitment_id,
        _Forms(wrong=Form()),
        lambda row: upkeep.close_item(row, item_id, staff_id=me().id, now=now()),
        N_("Closed."),
    )


def _do(
    commitment_id: int,
    forms: _Forms,
    change: Callable[[Commitment], object],
    done: str,
    places: dict[str, Any] | None = None,
) -> Response | tuple[str, int]:
    """Makes a change and says so; refused, the page comes back with what was typed and why."""
    assert forms.wrong is not None
    upkeep.commitment_of(commitment_id)
    if not forms.wrong.validate():
        return _page(commitment_id, forms), 422
    try:
        with transaction():
            change(upkeep.commitment_of(commitment_id))
            subject = f"promise:{commitment_id}"
            audit.record(Deed.PROMISE_CHANGED, staff_id=me().id, subject=subject, now=now())
    except _REFUSED as error:
        tell(forms.wrong, error, places=places)
        return _page(commitment_id, forms), _status(error)
    flash(t()(done), "good")
    return redirect(url_for("plan_promises.show", commitment_id=commitment_id), 303)


def _status(error: OutreachError) -> int:
    return 409 if isinstance(error, ConflictError) else 422


def _page(commitment_id: int, forms: _Forms) -> str:
    db.session.expire_all()
    row = upkeep.commitment_of(commitment_id)
    plan = db.session.get_one(Plan, row.plan_id)
    facts = reporting.facts_of(plan)
    report = reporting.report_of(facts, today=_today())
    above, found = next(
        (above, found) for above, found in report.commitments if found.commitment.id == row.id
    )
    may_change = can(Action.MANAGE_PLAN)
    if may_change:
        _ready(forms, found, facts)
    spoken = t()
    return render_template(
        "staff/plan_promise.html",
        plan=plan,
        above=above,
        found=found,
        row=row,
        forms_of=forms,
        form=forms.wrong,
        may_change=may_change,
        changes=[
            (change, wording.change_text(change.what, change.detail, change.quarter, spoken), _local(change))
            for change in history_of(plan, row.ref).get(row.ref, [])
        ],
        kinds=KINDS,
        kinds_said=[spoken(KINDS[kind].plural) for kind in row.counts_kinds],
        contacts=CONTACTS,
        in_time=reporting.gathered(found.deeds),
        late=reporting.gathered(found.late),
        **wording.sayings(spoken),
    )


def _ready(forms: _Forms, found: reporting.CommitmentReport, facts: reporting.PlanFacts) -> None:
    """Fills the forms that were not sent, and offers in all of them what can be chosen."""
    row = found.commitment
    if forms.edit is None:
        forms.edit = EditForm(
            owner=upkeep.owner_key(row, facts.bodies),
            due_words=row.due_verbatim or "",
            expected="\n".join(row.expected),
        )
    forms.edit.offer(_owners(row), facts.bodies, row.responsible)
    forms.deed = forms.deed or DeedForm()
    is_sent = row.progress_kind == "deliveries"
    forms.deed.offer(facts.bodies, found.progress.missing if is_sent else found.expected)
    forms.item = forms.item or ItemForm()
    for deed in (*found.deeds, *found.late):
        forms.acknowledge.setdefault(deed.id, AcknowledgeForm(prefix=_prefix(deed.id)))


def _owners(row: Commitment) -> list[tuple[int, str]]:
    """Who may be chosen; somebody who has left stays until another is named."""
    found = upkeep.owners()
    if row.owner_staff_id is not None and row.owner_staff_id not in dict(found):
        found.append((row.owner_staff_id, db.session.get_one(Staff, row.owner_staff_id).name))
    return found


def _prefix(evidence_id: int) -> str:
    return f"e{evidence_id}-"


def _local(change: Any) -> date:
    return local(change.at, settings().time_zone).date()


def _today() -> date:
    return local(now(), settings().time_zone).date()
