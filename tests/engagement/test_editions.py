"""Freezing on both databases: what is published, kept and erased, and that nothing moves afterwards."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from outreach import audit
from outreach.database import db, transaction
from outreach.engagement import ballots, contact_service, editions, figures, publication
from outreach.engagement.appendix import ROOMS_ERASED
from outreach.engagement.contact_service import contact_report
from outreach.engagement.dashboard import dashboard
from outreach.engagement.gathering import JOINED, WAITS, Missing, Scope
from outreach.engagement.measures import Measure
from outreach.engagement.models import Edition, EditionStatistics, EventTally, TalkTally
from outreach.engagement.periods import Period, parse
from outreach.engagement.service import asked, engagement_report, engagement_reports, gather
from outreach.engagement.totals import BallotTotals
from outreach.errors import ConflictError, NotFoundError
from outreach.events.models import Event
from outreach.registration import door, holds, retention, service
from outreach.registration.models import Attendance
from outreach.runtime import runtime
from tests.engagement.programs import Held, made_up, store
from tests.engagement.test_sums import assert_same
from tests.factories import make_event, make_request

SPRING, SUMMER, YEAR = parse("2026-Q2"), parse("2026-Q3"), parse("2026")
QUARTERS = [parse(f"2026-Q{number}") for number in (1, 2, 3, 4)]
AT = datetime(2027, 3, 1, 12, tzinfo=UTC)


def freeze(on: date, now: datetime = AT) -> list[str]:
    with transaction():
        return [edition.name for edition in editions.freeze_due(today=on, now=now)]


def season(period: Period, count: int, seed: int = 1) -> list[Held]:
    return made_up(seed, count, period)


def stored(*programs: list[Held]) -> None:
    with transaction():
        for program in programs:
            store(program)


def tallies() -> int:
    return db.session.scalar(select(func.count()).select_from(EventTally)) or 0


def test_quarter_is_frozen_when_it_has_been_over_for_thirty_days(context):
    stored(season(SUMMER, 40))

    assert freeze(date(2026, 10, 30)) == []
    assert freeze(date(2026, 10, 31)) == ["2026-Q3"]
    assert freeze(date(2026, 10, 31)) == []
    assert tallies() == 0


def test_report_stays_what_it_was_when_its_quarter_is_frozen(context):
    """Counts to the last one; what is kept coarser moves by less than a percent of itself."""
    stored(season(SUMMER, 120))
    before = engagement_report(SUMMER).figures
    freeze(date(2026, 11, 5))
    after = engagement_report(SUMMER).figures

    for name in ("events_held", "events_with_ballots", "answers", "unsaid", "head_count", "shared_events"):
        assert getattr(after, name) == getattr(before, name)
    assert after.newcomer_share == before.newcomer_share
    assert after.chance_ratio.value == pytest.approx(before.chance_ratio.value, rel=0.01)
    assert after.chance_ratio.low == pytest.approx(before.chance_ratio.low, rel=0.05)
    width = after.chance_ratio.high - after.chance_ratio.low
    assert width >= 0.98 * (before.chance_ratio.high - before.chance_ratio.low)
    assert 0 <= before.newcomer_exposure.low - after.newcomer_exposure.low <= 0.011
    assert 0 <= after.newcomer_exposure.high - before.newcomer_exposure.high <= 0.011


def test_frozen_and_open_quarters_add_up(context):
    spring, summer = season(SPRING, 60, seed=2), season(SUMMER, 60, seed=3)
    stored(spring, summer)
    before = engagement_report(parse("2026-Q2..2026-Q3")).figures
    freeze(date(2026, 8, 15))
    report = engagement_report(parse("2026-Q2..2026-Q3"))

    assert tallies() == sum(held.totals is not None for held in summer)
    assert (report.figures.events_held, report.figures.answers) == (before.events_held, before.answers)
    assert report.figures.chance_ratio.value == pytest.approx(before.chance_ratio.value, rel=0.01)
    assert report.strata == "quarter"
    quarters = engagement_reports(parse("2026-Q2..2026-Q3"), "quarter")
    assert [found.figures.events_held for found in quarters.values()] == [60, 60]


def test_quarter_too_small_to_publish_waits_for_the_next(context):
    """Its events are erased in time all the same, and only the sum of both is ever shown."""
    stored(season(SPRING, 3), season(SUMMER, 40))
    assert freeze(date(2026, 8, 15)) == ["2026-Q2"]
    assert tallies() == sum(held.totals is not None for held in season(SUMMER, 40))
    assert editions.find("2026-Q2") is None
    waiting = engagement_report(SPRING)
    assert waiting.missing == (Missing("2026-Q2", "waits"),)
    assert {(row.value, row.reason) for row in figures.rows(waiting.figures)} == {(None, WAITS)}

    assert freeze(date(2026, 11, 15)) == ["2026-Q3"]
    edition = editions.find("2026-Q3")
    assert edition.starts_on == SPRING.starts_on
    assert engagement_report(SUMMER).figures.events_held == 43
    year = engagement_report(YEAR)
    assert (year.figures.events_held, year.missing) == (43, ())
    assert engagement_report(SPRING).missing == (Missing("2026-Q2", "waits"),)
    assert [(each.quarter, each.counted_with) for each in gather(asked(YEAR))[1]] == [("2026-Q2", "2026-Q3")]
    # Nothing is left of the three events alone, nor can it be had by taking cuts from the whole.
    assert {row.cut for row in db.session.scalars(select(EditionStatistics))} == {""}
    assert len(list(db.session.scalars(select(EditionStatistics)))) == 1


def test_event_that_cannot_be_read_at_the_freeze_is_in_the_next_edition(context):
    stored(season(SPRING, 40))
    with transaction():
        late = db.session.scalars(select(Event).join(EventTally).order_by(Event.id)).first()
        db.session.get_one(Attendance, late.id).forgotten_at = None
    freeze(date(2026, 8, 15))
    assert db.session.get(EventTally, late.id) is not None
    frozen = engagement_report(SPRING).figures
    assert frozen.events_held == 39
    assert engagement_report(SUMMER).figures.events_sealed == 1

    with transaction():
        db.session.get_one(Attendance, late.id).forgotten_at = AT
    assert_same(engagement_report(SPRING).figures, frozen)
    assert engagement_report(SUMMER).figures.events_held == 1
    assert engagement_reports(YEAR, "quarter")["2026-Q3"].figures.events_held == 1
    stored(season(SUMMER, 40, seed=4))
    freeze(date(2026, 11, 15))
    assert engagement_report(SUMMER).figures.events_held == 41
    assert engagement_report(YEAR).figures.events_held == 80


def test_late_rows_and_deletions_change_no_edition(context):
    """T10, and the first and last attack of the list: a live number would tell of one person."""
    program = season(SPRING, 40)
    stored(program)
    freeze(date(2026, 8, 15))
    before, report = dict(editions.find("2026-Q2").published), engagement_report(SPRING)
    stored(season(SPRING, 1, seed=9))
    with transaction():
        db.session.delete(db.session.scalars(select(Event).order_by(Event.id)).first())
        for event in db.session.scalars(select(Event)):
            event.head_count = 1000
    freeze(date(2026, 8, 20))
    db.session.expire_all()
    assert editions.find("2026-Q2").published == before
    assert engagement_report(SPRING) == report


def test_year_is_the_sum_of_the_quarters_published_in_it(context):
    stored(*(season(quarter, 60, seed=number) for number, quarter in enumerate(QUARTERS)))

    assert freeze(date(2027, 1, 30)) == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert freeze(date(2027, 2, 5)) == ["2026-Q4", "2026"]
    assert freeze(date(2027, 2, 6)) == []
    year = editions.find("2026").published
    assert year["region"]["events_held"] == 240
    assert year["counties"] == [] or sum(len(cell["places"]) for cell in year["counties"]) > 1
    assert db.session.scalar(select(func.count()).select_from(Edition)) == 5


def test_year_leaves_a_last_quarter_that_is_too_small_to_the_next_year(context):
    """Otherwise the year less the three others would tell it."""
    stored(*(season(quarter, 40, seed=9) for quarter in QUARTERS[:3]), season(QUARTERS[3], 2))
    freeze(date(2027, 2, 5))
    assert editions.find("2026").published["region"]["events_held"] == 120
    assert editions.find("2026").ends_on == SUMMER.ends_on
    stored(season(parse("2027-Q1"), 40))
    freeze(date(2027, 5, 5))
    assert editions.find("2027-Q1").starts_on == QUARTERS[3].starts_on


def test_cut_of_a_frozen_quarter_is_shown_where_it_is_kept_and_missing_where_not(context):
    stored(season(SPRING, 400))
    freeze(date(2026, 8, 15))
    counties = engagement_reports(SPRING, "county")
    assert len(counties) > 1
    assert sum(found.figures.events_held for found in counties.values()) <= 400
    for place, found in counties.items():
        assert found.figures.events_with_ballots >= 5
        if " " not in place:
            assert engagement_report(SPRING, Scope(county=place)).figures == found.figures
    two = engagement_report(SPRING, Scope(county="online", kind="convening"))
    assert two.missing == (Missing("2026-Q2", "joined"),)
    assert {(row.value, row.reason) for row in figures.rows(two.figures)} == {(None, JOINED)}


def test_edition_keeps_its_rules_and_its_method(context):
    stored(season(SPRING, 40))
    freeze(date(2026, 8, 15), now=datetime(2026, 8, 15, 9, tzinfo=UTC))
    edition = editions.find("2026-Q2")
    assert (edition.method, edition.frozen_at) == ("2026-3", datetime(2026, 8, 15, 9, tzinfo=UTC))
    assert edition.thresholds["least_answers_in_each_group"] == 10
    assert edition.thresholds["shared_least_percent"] == 10


def test_edition_is_replaced_as_a_whole_after_twelve_months_and_never_before(context):
    stored(season(SPRING, 40))
    freeze(date(2026, 8, 15), now=AT)
    published = dict(editions.find("2026-Q2").published)
    with pytest.raises(ConflictError):
        editions.replace("2026-Q2", now=AT + timedelta(days=364))
    with pytest.raises(ConflictError):
        editions.replace("2026-Q3", now=AT + timedelta(days=400))
    with transaction():
        edition = editions.replace("2026-Q2", now=AT + timedelta(days=365))
    db.session.expire_all()
    assert edition.published == published
    assert edition.frozen_at == AT + timedelta(days=365)


def test_freeze_that_fails_half_way_erases_nothing(context, monkeypatch):
    stored(season(SPRING, 40))
    before = tallies()
    monkeypatch.setattr(editions.publication, "figures", lambda cell: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        freeze(date(2026, 8, 15))
    assert (tallies(), editions.quarters()) == (before, [])


# Legal holds.


def hold(**named) -> int:
    with transaction():
        return holds.place(counsel="Rivera & Co.", reason="Order of May 2", by_id=None, now=AT, **named).id


def lift(hold_id: int) -> None:
    with transaction():
        holds.lift(hold_id, by_id=None, now=AT)


def test_hold_on_ballots_changes_no_edition_and_keeps_the_totals_until_it_is_lifted(context):
    program = season(SPRING, 40)
    stored(program)
    before = tallies()
    open_report = engagement_report(SPRING).figures
    hold_id = hold(holding_id="ballots")

    assert freeze(date(2026, 8, 15)) == ["2026-Q2"]
    assert tallies() == before
    report = engagement_report(SPRING)
    assert report.figures.answers == open_report.answers
    assert editions.find("2026-Q2").published["region"]["events_held"] == 40
    # Another round and a quarter more read none of them a second time.
    assert freeze(date(2026, 8, 16)) == []
    assert engagement_report(SPRING) == report
    assert engagement_report(YEAR).figures.answers == open_report.answers
    assert tallies() == before

    lift(hold_id)
    assert freeze(date(2026, 8, 17)) == []
    assert tallies() == 0
    assert engagement_report(SPRING) == report
    assert [(entry.deed, entry.subject, entry.numbers) for entry in audit.listed(number=1, per_page=1)] == [
        ("purged", "ballots", {"events": before})
    ]


@pytest.mark.parametrize("holding_id", ["ballots", None])
def test_hold_on_one_event_keeps_its_totals_alone(context, holding_id):
    stored(season(SPRING, 40))
    with transaction():
        kept, other = db.session.scalars(select(Event).join(EventTally).order_by(Event.id).limit(2))
        # What is held of guests as well can be named only while they are known.
        db.session.get_one(Attendance, kept.id).forgotten_at = None
    hold_id = hold(holding_id=holding_id, event=kept)
    with transaction():
        db.session.get_one(Attendance, kept.id).forgotten_at = AT
    elsewhere = hold(holding_id="cards", event=other)
    freeze(date(2026, 8, 15))
    assert list(db.session.scalars(select(EventTally.event_id))) == [kept.id]
    assert engagement_report(SPRING).figures.events_held == 40

    lift(hold_id)
    freeze(date(2026, 8, 16))
    assert tallies() == 0
    assert len(holds.active()) == 1
    lift(elsewhere)


def test_question_on_leaving_waits_for_the_end_of_a_hold_and_is_told_the_same(context):
    stored(season(SPRING, 12))
    with transaction():
        for event in db.session.scalars(select(Event)):
            db.session.add(TalkTally(event_id=event.id, talked=6, did_not=2, unsaid=1, submitted_on=AT))
    kept = db.session.scalars(select(Event).order_by(Event.id)).first()
    told = contact_report(SPRING).talk
    hold_id = hold(holding_id="ballots", event=kept)

    def fold() -> list[int]:
        with transaction():
            contact_service.fold(today=date(2026, 8, 15))
        return list(db.session.scalars(select(TalkTally.event_id)))

    assert (fold(), fold()) == ([kept.id], [kept.id])
    assert contact_report(SPRING).talk == told
    lift(hold_id)
    assert fold() == []
    assert contact_report(SPRING).talk == told


# What is published lets nobody work out one person (T10, T11).


@pytest.fixture
def evening(context):
    """The last evening of a spring program, with three parties in the room, and their passes."""
    vault = context.extensions["outreach"].vault
    starts_at = datetime(2026, 6, 28, 18, tzinfo=UTC)
    before = starts_at - timedelta(days=1)
    with transaction():
        event = make_event(starts_at=starts_at, now=starts_at - timedelta(days=9))
        made = [
            service.register(make_request(event, phone=f"+1816555012{number}"), vault=vault, now=before)
            for number in range(3)
        ]
        for each in made:
            door.set_arrived(event, each.registration_id, 2)
    stored(season(SPRING, 40))
    return event, [each.pass_token for each in made]


def close(event: Event, *totals: int) -> None:
    with transaction():
        ballots.close(event, 30, BallotTotals(*totals), now=event.ends_at)


def forget(event: Event) -> None:
    with transaction():
        retention.forget(event, vault=runtime().vault, now=event.ends_at + timedelta(days=4))


def delete(token: str, on: datetime) -> None:
    with transaction():
        service.delete_guest(service.guest_by_token(token, vault=runtime().vault), now=on)


def published() -> dict[str, object]:
    db.session.expire_all()
    return {edition.name: edition.published for edition in editions.every()}


def test_attack_1_no_two_readings_are_one_guest_apart(context, evening):
    """Whoever reads after each guest who came sees nothing at all, and later one number that stands."""
    event, _ = evening
    for newcomers in range(4):
        close(event, newcomers, 10, 0, 0)
        assert published() == {}
        # Nor do coordinators, whose report is a live one, see more than whole events.
        assert engagement_report(SPRING).figures.events_held == 40
    forget(event)
    freeze(date(2026, 8, 15))
    frozen = published()
    assert list(frozen) == ["2026-Q2"]

    with pytest.raises(ConflictError):
        close(event, 4, 10, 0, 0)
    stored(season(SPRING, 1, seed=8))
    freeze(date(2026, 8, 20))
    assert published() == frozen
    # What comes next differs from it by as many as could be published alone.
    stored(season(SUMMER, 40, seed=4))
    freeze(date(2026, 11, 5))
    later = published()
    assert later.pop("2026-Q3")["region"]["events_asked"] >= publication.LEAST_EVENTS
    assert later == frozen


@pytest.mark.parametrize("comes_late", [False, True])
def test_attack_7_whoever_asks_to_be_deleted_changes_no_number(context, evening, comes_late):
    event, tokens = evening
    without = engagement_report(SPRING).figures
    close(event, 12, 10, 0, 0)
    if not comes_late:
        delete(tokens[0], event.ends_at)
    forget(event)
    freeze(date(2026, 8, 15))
    found, report = published(), engagement_report(SPRING)
    assert report.figures.answers == without.answers + 22
    assert report.figures.head_count == without.head_count + 30
    if comes_late:
        # Nobody knows the guest any more, so there is nothing to take out of anything.
        with pytest.raises(NotFoundError):
            delete(tokens[0], event.ends_at + timedelta(days=50))
    freeze(date(2026, 8, 16))
    assert (published(), engagement_report(SPRING)) == (found, report)


def test_measures_of_single_rooms_are_null_with_a_reason_once_the_rooms_are_erased(context):
    """M7 and M8 among them: of sums they would be another number."""
    stored(season(SPRING, 120))

    def found() -> dict[str, Measure]:
        made = dashboard(SPRING, today=date(2026, 8, 20)).appendix
        return {field.name: getattr(made, field.name) for field in fields(made)}

    before = found()
    assert before["dissimilarity"].value
    assert before["mutual_information"].value
    freeze(date(2026, 8, 15))
    after = found()
    lost = {name for name, measure in after.items() if measure == Measure(0, 0, reason=ROOMS_ERASED)}
    assert {"dissimilarity", "mutual_information", "information_index"} <= lost
    # What is made of sums stays what it was.
    assert {name: after[name] for name in ("shared_events_at_5", "shared_events_at_20")} == {
        name: before[name] for name in ("shared_events_at_5", "shared_events_at_20")
    }
