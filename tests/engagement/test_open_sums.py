"""Kept sums: whatever changes of an event, the next report says so; and what they never hold."""

import re
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, text

from outreach.database import Base, db, transaction, writing_engine
from outreach.engagement import editions, open_sums, queries
from outreach.engagement.gathering import EngagementReport
from outreach.engagement.models import EngagementChange, EngagementSums
from outreach.engagement.models.change_triggers import TRIGGERS, WATCHED
from outreach.engagement.periods import parse, quarter_number
from outreach.engagement.service import engagement_report, engagement_reports
from outreach.registration.models import Attendance
from tests.engagement.programs import keep_all, made_up, store
from tests.engagement.test_editions import AT
from tests.engagement.test_sums import assert_same
from tests.factories import make_organization
from tests.queries import count_queries

YEAR, SPRING, SUMMER = parse("2026"), parse("2026-Q2"), parse("2026-Q3")


def reports() -> dict[str, EngagementReport]:
    """Every way in which kept sums are put together."""
    found = {"": engagement_report(YEAR)}
    for cut in ("quarter", *queries.KEPT_CUTS):
        found |= {f"{cut} {value}": made for value, made in engagement_reports(YEAR, cut).items()}
    return found


def assert_alike(found: dict[str, EngagementReport], wanted: dict[str, EngagementReport]) -> None:
    """Sums in another order differ in their last digits."""
    assert found.keys() == wanted.keys()
    for name, report in found.items():
        assert report.strata == wanted[name].strata
        assert_same(report.figures, wanted[name].figures)


def rows(model: type[Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def filled(count: int = 60) -> int:
    """Stores events and keeps their sums; returns the id of one of spring, in a county, with answers."""
    with transaction():
        make_organization(name="Another host")
        store(made_up(3, count, YEAR))
    keep_all()
    found = db.session.scalar(
        text(
            "SELECT event.id FROM event JOIN event_tally ON event_id = event.id"
            " JOIN venue ON venue.id = venue_id WHERE county_id IS NOT NULL AND head_count > 8"
            " AND kind = 'convening' AND newcomers > 2"
            " AND starts_local BETWEEN '2026-04-01' AND '2026-06-30' LIMIT 1"
        )
    )
    assert found is not None
    return int(found)


def change(statement: str, id_: int) -> None:
    with transaction():
        db.session.execute(text(statement), {"id": id_})


CHANGES = {
    "head count": "UPDATE event SET head_count = 900 WHERE id = :id",
    "nobody counted": "UPDATE event SET head_count = NULL WHERE id = :id",
    "nobody came": "UPDATE event SET head_count = 0 WHERE id = :id",
    "kind": "UPDATE event SET kind = 'trust_training' WHERE id = :id",
    "host": "UPDATE event SET organization_id = (SELECT min(id) FROM organization) WHERE id = :id",
    "not held": "UPDATE event SET status = 'cancelled' WHERE id = :id",
    "quarter": "UPDATE event SET starts_local = '2026-11-03 18:00:00.000000' WHERE id = :id",
    "online": "UPDATE event SET delivery = 'online' WHERE id = :id",
    "venue": "UPDATE event SET venue_id = NULL WHERE id = :id",
    "deleted": "DELETE FROM event WHERE id = :id",
    "children": "UPDATE event_tally SET children = 2 WHERE event_id = :id",
    "answers": "UPDATE event_tally SET newcomers = 40 WHERE event_id = :id",
    "no answers": "DELETE FROM event_tally WHERE event_id = :id",
    "sealed again": "UPDATE attendance SET forgotten_at = NULL WHERE event_id = :id",
    "no door": "DELETE FROM attendance WHERE event_id = :id",
    "county of a venue": "UPDATE venue SET county_id = NULL"
    " WHERE id = (SELECT venue_id FROM event WHERE id = :id)",
    "name of a county": "UPDATE jurisdiction SET slug = 'renamed' WHERE id ="
    " (SELECT county_id FROM venue JOIN event ON venue_id = venue.id WHERE event.id = :id)",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES)
def test_report_sees_at_once_what_changed(context, statement: str) -> None:
    """By hand, in the database: whichever program does it."""
    id_ = filled()
    before = reports()
    change(statement, id_)
    found = reports()
    assert found != before
    keep_all()
    assert_alike(reports(), found)
    with transaction():
        db.session.execute(delete(EngagementSums))
        db.session.add(EngagementChange())
    assert_alike(reports(), found)


def test_report_sees_at_once_what_becomes_readable(context) -> None:
    filled()
    with transaction():
        store(made_up(4, 1, SPRING))
    assert engagement_report(YEAR).figures.events_held == 61
    keep_all()
    assert engagement_report(YEAR).figures.events_held == 61


def test_every_column_that_is_read_is_watched(context) -> None:
    """Or is a key, which nobody changes."""
    with count_queries(context) as sent:
        list(queries.held(queries.Question(YEAR), within=[(quarter_number(SPRING.starts_on), "online")]))
    read = set(re.findall(r'\b([a-z]\w+)\."?([a-z]\w+)"?', sent[0]))
    watched = {
        (model.__tablename__, column.strip('" '))
        for model, columns in WATCHED.items()
        for column in columns.split(",")
    }
    keys = {
        (table.name, column.name) for table in Base.metadata.tables.values() for column in table.primary_key
    }
    assert watched <= read
    assert read - watched <= keys
    assert {(model, "UPDATE") for model in WATCHED} <= {(model, deed) for model, deed, *_ in TRIGGERS}


def test_what_no_report_reads_leaves_sums_as_they_are(context) -> None:
    id_ = filled()
    change("UPDATE event SET seats_taken = 3, review_note = 'x' WHERE id = :id", id_)
    change("UPDATE attendance SET walk_ins = 9, door_epoch = 2 WHERE event_id = :id", id_)
    assert rows(EngagementChange) == 0


def test_one_event_has_its_own_quarter_and_place_made_anew(context) -> None:
    id_ = filled()
    change(CHANGES["head count"], id_)
    assert (keep_all(), keep_all()) == (1, 0)


def test_sums_are_never_made_of_sealed_events(context) -> None:
    with transaction():
        store(made_up(1, 20, SPRING))
        for door in db.session.scalars(select(Attendance)):
            door.forgotten_at = None
    keep_all()
    assert rows(EngagementSums) == 0


def test_freezing_erases_the_sums_of_the_quarter_and_no_later_ones(context) -> None:
    with transaction():
        store(made_up(1, 40, SPRING))
        store(made_up(2, 40, SUMMER))
    keep_all()
    with transaction():
        editions.freeze_due(today=date(2026, 8, 15), now=AT)
    quarters = set(db.session.scalars(select(EngagementSums.quarter)))
    assert quarters == {quarter_number(SUMMER.starts_on)}
    keep_all()
    assert set(db.session.scalars(select(EngagementSums.quarter))) == quarters


def test_late_event_is_kept_under_its_own_quarter_and_counted_with_the_next(context) -> None:
    with transaction():
        store(made_up(1, 40, SPRING))
    with transaction():
        editions.freeze_due(today=date(2026, 8, 15), now=AT)
    with transaction():
        store(made_up(9, 1, SPRING))
    for _ in ("made", "kept"):
        assert engagement_report(SUMMER).figures.events_held == 1
        assert engagement_reports(YEAR, "quarter")["2026-Q3"].figures.events_held == 1
        keep_all()
    with transaction():
        store(made_up(2, 40, SUMMER))
    with transaction():
        editions.freeze_due(today=date(2026, 11, 15), now=AT + timedelta(days=90))
    assert rows(EngagementSums) == 0


@pytest.fixture
def on_postgresql(make_app, postgres_url, clock):
    """SQLite's writers stand in one line."""
    app = make_app(postgres_url, clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_change_that_is_committed_while_sums_are_made_stays_noted(on_postgresql) -> None:
    id_ = filled()
    change(CHANGES["kind"], id_)
    with writing_engine().connect() as other:
        other.execute(text(CHANGES["head count"]), {"id": id_})
        keep_all()
        other.commit()
    db.session.rollback()
    assert rows(EngagementChange) > 0
    found = reports()
    keep_all()
    assert_alike(reports(), found)
    assert found[""].figures.head_count >= 900


def test_several_workers_make_each_sum_once(on_postgresql) -> None:
    with transaction():
        store(made_up(3, 60, YEAR))
    made: list[int] = []

    def work() -> None:
        with on_postgresql.app_context():
            made.append(keep_all())
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    strata = db.session.execute(select(EngagementSums.quarter, EngagementSums.place).distinct()).all()
    assert (len(made), sum(made)) == (3, len(strata))
    found = engagement_report(YEAR)
    with transaction():
        db.session.execute(delete(EngagementSums))
        db.session.add(EngagementChange())
    assert_same(engagement_report(YEAR).figures, found.figures)


def test_freezing_waits_for_whoever_makes_sums(on_postgresql) -> None:
    """Otherwise they could put sums of frozen events back."""
    with transaction():
        store(made_up(1, 40, SPRING))
    frozen = threading.Event()

    def freeze() -> None:
        with on_postgresql.app_context():
            with transaction():
                editions.freeze_due(today=date(2026, 8, 15), now=AT)
            frozen.set()
            db.session.remove()

    with transaction():
        open_sums.keep_next()
        thread = threading.Thread(target=freeze)
        thread.start()
        assert not frozen.wait(0.5)
    thread.join()
    assert (frozen.is_set(), rows(EngagementSums)) == (True, 0)
