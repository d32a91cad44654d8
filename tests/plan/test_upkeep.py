"""What coordinators do to promises, on both databases: it counts, it stays, and it is told."""

import dataclasses
from datetime import date

import pytest

from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError
from outreach.plan import reporting, service, upkeep
from outreach.plan.deeds import DeedDraft
from outreach.plan.history import history_of, note_standing
from outreach.plan.models import Commitment
from outreach.plan.upkeep import PromiseEdit
from outreach.policy import Role
from outreach.quarters import Quarter
from tests.factories import NOW, make_jurisdictions, make_organization, make_staff
from tests.plan.kansas_city import DRAFT

SENT, DAY, LATER = date(2017, 9, 12), date(2017, 10, 1), date(2018, 1, 1)
TOOLKIT, REQUEST, REVIEW = "S1.O1.A1.C1", "S2.O4.A2.C2", "S1.O2.A1.C2"
JACKSON, WYANDOTTE = "place:jackson-county-mo", "place:wyandotte-county-ks"


@pytest.fixture
def staff_id(context) -> int:
    with transaction():
        make_jurisdictions()
        service.import_plan(DRAFT, now=NOW)
        return make_staff(role=Role.COORDINATOR, name="Omar").id


def promise(ref: str) -> Commitment:
    return db.session.query(Commitment).filter_by(ref=ref).one()


def report(ref: str, today: date = LATER) -> reporting.CommitmentReport:
    [plan] = service.plans()
    found = reporting.plan_report(plan, today=today).commitments
    return next(row for _, row in found if row.commitment.ref == ref)


def write(ref: str, staff_id: int, **given) -> None:
    draft = DeedDraft(**{"on": SENT, **given})
    with transaction():
        upkeep.write_down(promise(ref), draft, staff_id=staff_id, now=NOW, today=LATER)


def told(ref: str) -> list[tuple[str, str | None]]:
    [plan] = service.plans()
    return [(change.what, change.who) for change in history_of(plan)[ref]]


def change(ref: str, staff_id: int, *, revision: int | None = None, **given) -> None:
    with transaction():
        row = promise(ref)
        values = {"owner": "", "due_words": row.due_verbatim or "", "expected": tuple(row.expected), **given}
        upkeep.edit(row, PromiseEdit(**values), revision=revision or row.revision, staff_id=staff_id, now=NOW)
    db.session.expire_all()


def test_deliveries_reach_the_counties_of_the_region(staff_id):
    assert report(TOOLKIT).missing == ("Jackson County (MO)", "Wyandotte County (KS)")
    write(TOOLKIT, staff_id, bodies=(JACKSON,))
    found = report(TOOLKIT)
    assert (found.standing, found.progress.held, found.progress.unconfirmed) == ("late", 1, 1)
    assert found.missing == ("Wyandotte County (KS)",)

    write(TOOLKIT, staff_id, bodies=(JACKSON, WYANDOTTE), acknowledged_on=DAY)
    found = report(TOOLKIT)
    assert (found.standing, found.progress.held, found.progress.unconfirmed) == ("kept", 2, 0)
    assert [deed.body_name for deed in found.deeds] == [
        "Jackson County (MO)", "Jackson County (MO)", "Wyandotte County (KS)",
    ]  # fmt: skip
    assert told(TOOLKIT) == [("written", "Omar"), ("written", "Omar"), ("imported", None)]


def test_acknowledging_and_withdrawing_happen_once(staff_id):
    write(TOOLKIT, staff_id, bodies=(JACKSON,))
    [deed] = report(TOOLKIT).deeds
    by = {"staff_id": staff_id, "now": NOW}
    with transaction():
        upkeep.acknowledge(promise(TOOLKIT), deed.id, DAY, **by, today=LATER)
    assert report(TOOLKIT).progress.unconfirmed == 0
    with pytest.raises(ConflictError), transaction():
        upkeep.acknowledge(promise(TOOLKIT), deed.id, DAY, **by, today=LATER)

    with pytest.raises(ConflictError), transaction():
        upkeep.withdraw(promise(REVIEW), deed.id, **by)
    with transaction():
        upkeep.withdraw(promise(TOOLKIT), deed.id, **by)
    assert report(TOOLKIT).deeds == ()
    with pytest.raises(ConflictError), transaction():
        upkeep.withdraw(promise(TOOLKIT), deed.id, **by)
    assert [what for what, _ in told(TOOLKIT)] == ["withdrawn", "acknowledged", "written", "imported"]


def test_what_was_never_sent_cannot_be_acknowledged_before(staff_id):
    write(TOOLKIT, staff_id, bodies=(JACKSON,))
    [deed] = report(TOOLKIT).deeds
    with pytest.raises(ConflictError), transaction():
        upkeep.acknowledge(
            promise(TOOLKIT), deed.id, date(2017, 9, 1), staff_id=staff_id, now=NOW, today=LATER
        )


def test_unknown_body_is_refused_and_nothing_is_written(staff_id):
    with pytest.raises(InvalidInputsError):
        write(TOOLKIT, staff_id, bodies=(JACKSON, "place:atlantis"))
    assert report(TOOLKIT).deeds == ()


def test_milestone_is_kept_by_its_document(staff_id):
    write(REVIEW, staff_id, title="Review of programs", link="https://example.org/review.pdf")
    assert report(REVIEW).standing == "kept"
    assert report(REVIEW, date(2017, 9, 11)).standing == "on_track"


def test_owner_is_whoever_a_coordinator_names_and_survives_the_next_import(staff_id):
    with transaction():
        body = make_organization("Northeast Library")
    assert report(REVIEW).owner == "Mid-America Regional Council"
    change(REVIEW, staff_id, owner=f"staff:{staff_id}")
    assert report(REVIEW).owner == "Omar"
    change(REVIEW, staff_id, owner=f"body:{body.public_id}")
    with transaction():
        outcome = service.import_plan(DRAFT, now=NOW)
    assert (outcome.changed, report(REVIEW).owner) == (0, "Northeast Library")
    assert told(REVIEW) == [("owner", "Omar"), ("owner", "Omar"), ("imported", None)]


def test_owner_sees_the_plan_and_signs_in_here(staff_id):
    with transaction():
        police = make_organization("River Police", sector="law_enforcement")
        officer = make_staff("officer@example.org", organization=police)
        left = make_staff("left@example.org", Role.COORDINATOR)
        left.is_active = False
        ids = [officer.id, left.id]
    assert [number for number, _ in upkeep.owners()] == [staff_id]
    for number in ids:
        with pytest.raises(InvalidInputsError):
            change(REVIEW, staff_id, owner=f"staff:{number}")


def test_owner_who_left_stays_until_another_is_named(staff_id):
    with transaction():
        left = make_staff("left@example.org", Role.COORDINATOR, name="Lea")
    change(REVIEW, staff_id, owner=f"staff:{left.id}")
    with transaction():
        left.is_active = False
    change(REVIEW, staff_id, owner=f"staff:{left.id}", due_words="by 2020")
    assert report(REVIEW).owner == "Lea"


@pytest.mark.parametrize("owner", ["staff:999", "staff:x", "body:nobody", "place:jackson-county-mo", "5"])
def test_owner_who_does_not_exist_is_refused(staff_id, owner):
    with pytest.raises(InvalidInputsError):
        change(REVIEW, staff_id, owner=owner)


def test_words_for_a_time_are_read_and_those_that_stay_keep_their_days(staff_id):
    change(REVIEW, staff_id, due_words="within six months")
    row = promise(REVIEW)
    assert (row.due_type, row.due_ends_on) == ("by_date", date(2018, 3, 5))
    change(REVIEW, staff_id, due_words="soon")
    row = promise(REVIEW)
    assert (row.due_verbatim, row.due_type, row.due_ends_on) == ("soon", "unread", None)
    assert row.is_due_ambiguous


def test_whom_a_promise_must_reach_can_be_said(staff_id):
    change(REQUEST, staff_id, expected=("jackson-county-mo", "wyandotte county, ks"))
    assert report(REQUEST).missing == ("Jackson County (MO)", "Wyandotte County (KS)")
    with pytest.raises(InvalidInputsError) as caught:
        change(REQUEST, staff_id, expected=("Atlantis",))
    assert caught.value.problems[0].field == "expected"


def test_second_of_two_coordinators_is_told(staff_id):
    seen = promise(REVIEW).revision
    change(REVIEW, staff_id, owner=f"staff:{staff_id}", revision=seen)
    with pytest.raises(ConflictError):
        change(REVIEW, staff_id, due_words="by 2020", revision=seen)
    assert promise(REVIEW).due_verbatim == "by mid-2018"
    assert [what for what, _ in told(REVIEW)] == ["owner", "imported"]


def test_open_items_are_told_until_they_are_closed(staff_id):
    by = {"staff_id": staff_id, "now": NOW}
    with transaction():
        upkeep.open_item(promise(REVIEW), "Ask the four counties", date(2018, 2, 1), **by)
        upkeep.open_item(promise(REVIEW), "Find a form", None, **by)
    first, second = report(REVIEW).open_items
    assert [(item.text, item.due_on) for item in (first, second)] == [
        ("Ask the four counties", date(2018, 2, 1)),
        ("Find a form", None),
    ]
    with transaction():
        upkeep.close_item(promise(REVIEW), first.id, **by)
    assert [item.text for item in report(REVIEW).open_items] == ["Find a form"]
    with pytest.raises(ConflictError), transaction():
        upkeep.close_item(promise(REVIEW), first.id, **by)


@pytest.mark.parametrize("text", ["", "x" * 301, "Call 816-555-0123"])
def test_open_item_that_says_nothing_or_names_a_person_is_refused(staff_id, text):
    with pytest.raises(InvalidInputError), transaction():
        upkeep.open_item(promise(REVIEW), text, None, staff_id=staff_id, now=NOW)


def test_how_promises_stood_at_a_quarter_s_end_is_noted_once(staff_id):
    [plan] = service.plans()
    quarter = Quarter(2017, 4)
    by = {"staff_id": staff_id, "now": NOW}
    with transaction():
        assert note_standing(plan, {REVIEW: "on_track", TOOLKIT: "late"}, quarter, **by) == 2
        assert note_standing(plan, {REVIEW: "kept", TOOLKIT: "kept"}, quarter, **by) == 0
        assert note_standing(plan, {REVIEW: "kept"}, quarter.following, **by) == 1
    stood = [(change.quarter, change.detail) for change in history_of(plan)[REVIEW]][:2]
    assert stood == [("2018-Q1", {"state": "kept"}), ("2017-Q4", {"state": "on_track"})]


def test_file_that_leaves_out_a_promise_with_evidence_is_refused(staff_id):
    write("S4.O1.A1.C1", staff_id, title="A list of partners")
    shorter = dataclasses.replace(DRAFT, strategies=DRAFT.strategies[:3])
    with pytest.raises(ConflictError, match=r"S4\.O1\.A1\.C1"), transaction():
        service.import_plan(shorter, now=NOW)
    assert report("S4.O1.A1.C1").standing == "kept"
