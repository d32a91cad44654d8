"""The audit log in the database: one chain whoever writes, nothing of a guest, thirteen months."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, select, update

from outreach import audit, schema
from outreach.audit import AuditEnd, AuditEntry
from outreach.chain import Deed, End
from outreach.database import db, transaction
from outreach.doctor import examine
from tests.conftest import NOW
from tests.factories import make_staff

THREADS = 8


def write(count: int = 1, *, now: datetime = NOW) -> None:
    for number in range(count):
        with transaction():
            audit.record(
                Deed.PURGED, staff_id=None, subject=f"event:{number}", numbers={"parties": 3}, now=now
            )


def test_line_says_what_was_done_by_the_hour(context):
    write(now=NOW + timedelta(minutes=47, seconds=3))

    (entry,) = audit.listed(number=1, per_page=10)
    assert (entry.seq, entry.at_hour, entry.staff_id) == (1, NOW, None)
    assert (entry.deed, entry.subject, entry.numbers) == ("purged", "event:0", {"parties": 3})
    assert audit.fault() is None


@pytest.mark.parametrize("subject", ["Amina Ali", "+18165550123", "guest:8165550123", "event:1:2:3"])
def test_nothing_of_a_guest_can_be_written(context, subject):
    with pytest.raises(ValueError, match="audit log"), transaction():
        audit.record(Deed.NUMBER_SHOWN, staff_id=1, subject=subject, now=NOW)
    assert audit.count() == 0


def test_unit_that_fails_leaves_no_line_and_no_gap(context):
    def fail() -> None:
        with transaction():
            audit.record(Deed.PURGED, staff_id=None, now=NOW)
            raise ZeroDivisionError

    write()
    with pytest.raises(ZeroDivisionError):
        fail()
    write()
    assert [entry.seq for entry in audit.listed(number=1, per_page=10)] == [2, 1]
    assert audit.fault() is None


def test_writers_at_once_make_one_chain(app):
    begin = Barrier(THREADS)

    def write_some(_number: int) -> None:
        begin.wait(10)
        with app.app_context():
            write(5)
            db.session.remove()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_some, range(THREADS)))

    with app.app_context():
        assert audit.count() == audit.head().seq == 5 * THREADS
        assert audit.fault() is None


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (update(AuditEntry).where(AuditEntry.seq == 2).values(staff_id=7), 2),
        (update(AuditEntry).where(AuditEntry.seq == 2).values(numbers={"parties": 1}), 2),
        (delete(AuditEntry).where(AuditEntry.seq == 1), 1),
        (delete(AuditEntry).where(AuditEntry.seq == 3), 3),
        (update(AuditEnd).where(AuditEnd.name == "head").values(seq=2), 4),
        (delete(AuditEnd), 4),
    ],
    ids=["who", "numbers", "first", "last", "head", "ends"],
)
def test_what_somebody_did_to_the_table_is_found_and_named(context, monkeypatch, statement, fault):
    monkeypatch.setattr(schema, "is_current", lambda: True)
    write(3)
    with transaction():
        db.session.execute(statement)
    assert audit.fault() == fault
    (finding,) = [
        each
        for each in examine(context.extensions["outreach"].settings, context.extensions["outreach"].vault)
        if each.subject == "audit log"
    ]
    assert not finding.is_well
    assert f"line {fault} " in finding.what


def test_log_is_cut_by_whole_months_and_stays_whole(context):
    for month in (1, 2, 3):
        write(2, now=datetime(2026, month, 20, tzinfo=UTC))
    noted = audit.head()

    with transaction():
        assert audit.cut(now=datetime(2027, 2, 28, tzinfo=UTC)) == 0
    with transaction():
        assert audit.cut(now=datetime(2027, 4, 1, tzinfo=UTC)) == 4
    entries = audit.listed(number=1, per_page=10)
    assert [(entry.seq, entry.deed) for entry in entries] == [(7, "log_cut"), (6, "purged"), (5, "purged")]
    assert entries[0].numbers == {"until": 4, "lines": 4}
    assert audit.fault() is None
    assert audit.holds_line(noted)
    with transaction():
        assert audit.cut(now=datetime(2027, 4, 30, tzinfo=UTC)) == 0
        # A second cut goes on from the first.
        assert audit.cut(now=datetime(2027, 5, 2, tzinfo=UTC)) == 2
    assert audit.fault() is None
    assert audit.holds_line(noted)


def test_cut_that_the_log_does_not_tell_of_is_found(context):
    write(4)
    digest = db.session.scalar(select(AuditEntry.digest).where(AuditEntry.seq == 2))
    with transaction():
        db.session.execute(delete(AuditEntry).where(AuditEntry.seq <= 2))
        db.session.add(AuditEnd(name="anchor", seq=2, digest=digest))
    assert audit.fault() == 2


def test_end_that_was_noted_shows_a_log_that_was_rewritten(context):
    write(3)
    noted = audit.head()
    assert audit.holds_line(noted)
    with transaction():
        db.session.execute(delete(AuditEntry))
        db.session.execute(delete(AuditEnd))
    write(3, now=NOW + timedelta(days=1))
    # By itself it looks whole.
    assert audit.fault() is None
    assert not audit.holds_line(noted)


def test_empty_log_is_whole(context):
    assert audit.fault() is None
    assert audit.head() == End()


def test_new_sign_in_is_written_down(context):
    with transaction():
        ana = make_staff()
    (entry,) = audit.listed(number=1, per_page=10)
    assert (entry.deed, entry.subject) == ("staff_added", f"staff:{ana.id}:organizer")
