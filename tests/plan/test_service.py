"""Plans in the database, on both: bringing in, and how promises stand from the events held."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select

from outreach.accounts.models import Jurisdiction
from outreach.database import db, transaction
from outreach.errors import NotFoundError
from outreach.events.drafts import VenueDraft
from outreach.plan import reporting, service
from outreach.plan.importing import NodeDraft, PlanDraft
from outreach.plan.models import Commitment, PlanNode
from outreach.plan.progress import Progress
from outreach.plan.service import ImportOutcome
from tests.factories import NOW, make_event, make_jurisdictions, make_organization
from tests.plan.kansas_city import DRAFT

ROWS = 4 + 9 + 19 + 27
LATER = date(2019, 1, 1)
IN_2017, IN_2018 = "S3.O1.A1.C1", "S3.O1.A1.C2"
JACKSON = VenueDraft("Library", city="Kansas City", county="jackson-county-mo")


def bring_in(draft: PlanDraft = DRAFT, **given) -> ImportOutcome:
    with transaction():
        return service.import_plan(draft, now=NOW, **given)


def hold(on: date, *, head_count: int | None = 20, venue: VenueDraft = JACKSON, **given):
    """A trust training of the past that took place."""
    starts_at = datetime(on.year, on.month, on.day, 18, tzinfo=UTC)
    given = {"kind": "trust_training", "title": "Coffee with officers", **given}
    event = make_event(
        status="held", starts_at=starts_at, now=starts_at + timedelta(days=2), venue=venue, **given
    )
    event.head_count = head_count
    db.session.flush()
    return event


def report(today: date = LATER):
    [plan] = service.plans()
    return reporting.plan_report(plan, today=today)


def stand(ref: str, today: date = LATER) -> tuple[str, Progress]:
    [found] = [found for _, found in report(today).commitments if found.commitment.ref == ref]
    return found.standing, found.progress


@pytest.fixture
def region(context):
    with transaction():
        return make_jurisdictions()


def test_plan_is_brought_in_whole_and_a_second_time_changes_nothing(context):
    assert [
        (done.added, done.changed, done.removed, done.unchanged) for done in (bring_in(), bring_in())
    ] == [
        (ROWS, 0, 0, 0),
        (0, 0, 0, ROWS),
    ]
    assert db.session.scalar(select(func.count()).select_from(Commitment)) == 27


def test_plan_is_told_in_its_own_order(context):
    bring_in()
    found = report()

    assert [node.node.ref for node in found.strategies] == ["S1", "S2", "S3", "S4"]
    refs = [commitment.commitment.ref for _, commitment in found.commitments]
    assert (refs, len(refs)) == (sorted(refs), 27)
    assert [
        node.ref for node in dict(zip(refs, (above for above, _ in found.commitments), strict=True))[IN_2018]
    ] == [
        "S3",
        "S3.O1",
        "S3.O1.A1",
    ]
    assert found.strategies[1].children[0].node.models == ["St. Louis Mosaic Project", "Global Cleveland"]


def edited(draft: PlanDraft, change) -> PlanDraft:
    """The plan with its third strategy's only action changed."""
    strategies = list(draft.strategies)
    objective = strategies[2].children[0]
    action = change(objective.children[0])
    objective = dataclasses.replace(objective, children=(action,))
    strategies[2] = dataclasses.replace(strategies[2], children=(objective,))
    return dataclasses.replace(draft, strategies=tuple(strategies))


def test_changed_plan_is_brought_up_to_date(context):
    bring_in()

    def change(action: NodeDraft) -> NodeDraft:
        first, second = action.commitments
        third = dataclasses.replace(first, ref="S3.O1.A1.C3", text="Hold a third one.")
        return dataclasses.replace(action, commitments=(dataclasses.replace(second, count=3), third))

    outcome = bring_in(edited(DRAFT, change))

    assert (outcome.added, outcome.changed, outcome.removed) == (1, 1, 1)
    promised = dict(db.session.execute(select(Commitment.ref, Commitment.promised_count)).all())
    assert (promised[IN_2018], promised["S3.O1.A1.C3"], IN_2017 in promised) == (3, 1, False)


def test_strategy_that_the_file_no_longer_has_goes_with_all_below_it(context):
    bring_in()
    outcome = bring_in(dataclasses.replace(DRAFT, strategies=DRAFT.strategies[:2]))

    assert (outcome.removed, outcome.changed) == (5 + 5, 0)
    kept = db.session.scalars(select(PlanNode.ref).where(PlanNode.level == "strategy")).all()
    assert sorted(kept) == ["S1", "S2"]


def test_promise_that_moves_to_another_action_stays_itself(context):
    bring_in()
    before = db.session.scalar(select(Commitment.id).where(Commitment.ref == IN_2017))

    outcome = bring_in(edited(DRAFT, lambda action: dataclasses.replace(action, ref="S3.O1.A2")))

    assert (outcome.added, outcome.changed, outcome.removed) == (1, 2, 1)
    assert db.session.scalar(select(Commitment.id).where(Commitment.ref == IN_2017)) == before


def test_promise_names_the_organization_we_know(context):
    with transaction():
        council = make_organization("Mid-America Regional Council")
    bring_in()
    known = dict(db.session.execute(select(Commitment.ref, Commitment.responsible_id)).all())

    assert (known["S1.O1.A1.C1"], known[IN_2017]) == (council.id, None)


def test_unknown_region_is_refused_and_nothing_is_brought_in(context):
    with pytest.raises(NotFoundError):
        bring_in(region="atlantis")
    assert service.plans() == []


def test_trust_trainings_stand_as_they_were_held(region):
    """One was promised in 2017 and two in 2018."""
    bring_in()
    assert (stand(IN_2017), stand(IN_2018)) == (
        ("late", Progress(1, 0, 0, "late")),
        ("late", Progress(2, 0, 0, "late")),
    )
    with transaction():
        hold(date(2017, 10, 12))
        hold(date(2018, 4, 18))
        hold(date(2018, 11, 7), head_count=None)

    assert (stand(IN_2017), stand(IN_2018)) == (
        ("kept", Progress(1, 1, 0, "kept")),
        ("kept", Progress(2, 2, 1, "kept")),
    )
    assert stand(IN_2018, today=date(2018, 6, 1)) == ("on_track", Progress(2, 1, 0, "on_track"))


def test_evidence_names_the_events_that_count(region):
    bring_in()
    with transaction():
        event = hold(date(2018, 4, 18))
        hold(date(2018, 4, 19), kind="workshop")
    [found] = [found for _, found in report().commitments if found.commitment.ref == IN_2018]

    assert [
        (item.public_id, item.title, item.locale, item.on, item.head_count) for item in found.evidence
    ] == [(event.public_id, "Coffee with officers", "en", date(2018, 4, 18), 20)]


def test_events_that_were_not_held_do_not_count(region):
    bring_in()
    with transaction():
        hold(date(2018, 4, 18), head_count=0)
        starts_at = datetime(2018, 5, 2, 18, tzinfo=UTC)
        for status in ("draft", "published", "cancelled"):
            make_event(
                status=status, kind="trust_training", starts_at=starts_at, now=starts_at - timedelta(days=9)
            )

    assert stand(IN_2018) == ("late", Progress(2, 0, 0, "late"))


def test_events_count_by_the_county_of_their_venue_or_the_place_of_their_host(region):
    bring_in()
    elsewhere = VenueDraft("Hall", city="Boston")
    with transaction():
        away = Jurisdiction(slug="suffolk-county-ma", name="Suffolk County", level="county", state="MA")
        city = Jurisdiction(
            slug="kansas-city-mo", name="Kansas City", level="city", parent=region["jackson-county-mo"]
        )
        db.session.add_all([away, city])
        local = make_organization("Local body", jurisdiction=city)
        stranger = make_organization("Strange body", jurisdiction=away)
        hold(date(2018, 1, 10), host=stranger, venue=elsewhere)
        hold(date(2018, 1, 11), host=stranger)
        hold(date(2018, 1, 12), host=local, venue=elsewhere)
        hold(date(2018, 1, 13), venue=elsewhere)

    [found] = [found for _, found in report().commitments if found.commitment.ref == IN_2018]
    assert [item.on.day for item in found.evidence] == [11, 12]


def test_every_event_counts_where_no_region_was_ever_set_up(context):
    bring_in()
    with transaction():
        hold(date(2018, 1, 10), venue=VenueDraft("Hall", city="Boston"))

    assert stand(IN_2018)[1].held == 1
    assert report().region is None


def test_plan_counts_in_the_region_it_was_brought_in_for(region):
    bring_in(region="wyandotte-county-ks")
    with transaction():
        hold(date(2018, 1, 10))
        hold(date(2018, 1, 11), venue=VenueDraft("Library", county="wyandotte-county-ks"))
    bring_in()

    assert (stand(IN_2018)[1].held, report().region) == (1, "Wyandotte County")


def test_promise_without_a_first_day_counts_from_the_plan_s(region):
    """ "By the end of 2017" is in a plan of September 2017."""
    bring_in()
    with transaction():
        hold(date(2017, 8, 31), kind="convening")
        hold(date(2017, 9, 1), kind="convening")

    [found] = [found for _, found in report().commitments if found.commitment.ref == "S2.O1.A2.C1"]
    assert (found.counted_from, [item.on for item in found.evidence]) == (
        date(2017, 9, 1),
        [date(2017, 9, 1)],
    )


def test_promise_without_a_last_day_counts_until_the_plan_s(region):
    """ "Beginning in fall 2017" is in a plan that ends with 2018."""
    bring_in()
    with transaction():
        hold(date(2018, 12, 31), kind="workshop")
        hold(date(2019, 1, 1), kind="workshop")

    [found] = [found for _, found in report().commitments if found.commitment.ref == "S4.O1.A1.C2"]
    assert (found.counted_until, [item.on for item in found.evidence]) == (
        date(2018, 12, 31),
        [date(2018, 12, 31)],
    )


def test_promise_that_the_plan_calls_done_is_done_until_events_show_it_kept(region):
    bring_in()
    assert stand("S2.O3.A1.C1") == ("done", Progress(1, 0, 0, "late"))
    with transaction():
        hold(date(2017, 7, 20), kind="convening")

    assert stand("S2.O3.A1.C1") == ("kept", Progress(1, 1, 0, "kept"))


def test_promise_without_a_number_is_not_counted_but_its_events_are_told(region):
    bring_in()
    with transaction():
        hold(date(2018, 2, 21), kind="career_fair")

    assert stand("S2.O1.A3.C2") == ("unnumbered", Progress(None, 1, 0, "unnumbered"))
    assert stand("S2.O1.A3.C3") == ("late", Progress(1, 0, 0, "late"))


def test_totals_count_every_promise_once(region):
    bring_in()
    with transaction():
        hold(date(2017, 10, 12))

    assert report().totals == {"kept": 1, "late": 25, "done": 1}
    assert report(date(2018, 2, 1)).totals == {"kept": 1, "late": 5, "done": 1, "at_risk": 4, "on_track": 16}


def test_what_is_on_the_calendar_could_keep_a_promise(region):
    """Public events take its risk away; those in review are only told; others are no help at all."""
    bring_in()
    with transaction():
        for day, given in (
            (3, {}),
            (5, {"status": "submitted"}),
            (7, {"kind": "workshop"}),
            (9, {"venue": VenueDraft("Hall", city="Boston")}),
            (10, {"status": "draft"}),
        ):
            starts_at = datetime(2018, 12, day, 18, tzinfo=UTC)
            given = {"status": "published", "kind": "trust_training", "venue": JACKSON, **given}
            event = make_event(starts_at=starts_at, now=starts_at - timedelta(days=9), **given)
            event.status = given["status"]
        db.session.flush()

    [found] = [found for _, found in report(date(2018, 12, 1)).commitments if found.commitment.ref == IN_2018]
    assert [(event.on.day, event.status) for event in found.upcoming] == [(3, "published"), (5, "submitted")]
    assert found.progress == Progress(2, 0, 0, "at_risk", planned=1)
    assert stand(IN_2018, date(2018, 12, 3))[1].planned == 0


@pytest.mark.parametrize("count", [0, 30], ids=["no-event", "many-events"])
def test_report_asks_the_same_number_of_queries_however_many_events(region, count):
    bring_in()
    with transaction():
        for number in range(count):
            hold(date(2018, 1, 1) + timedelta(days=number))
    [plan] = service.plans()
    statements = []

    def look(_connection, _cursor, statement, *_rest):
        if statement.startswith(("SELECT", "WITH")):
            statements.append(statement)

    sqlalchemy_event.listen(db.engine, "before_cursor_execute", look)
    reporting.plan_report(plan, today=LATER)

    assert len(statements) == 9


def test_newest_plan_comes_first(context):
    bring_in()
    bring_in(dataclasses.replace(DRAFT, title="A later plan", starts_on=date(2019, 1, 1)))
    bring_in(dataclasses.replace(DRAFT, title="An undated plan", starts_on=None))

    assert [plan.title for plan in service.plans()] == ["A later plan", DRAFT.title, "An undated plan"]


def test_events_of_other_years_are_not_even_looked_at(region):
    """What counts is the same; a calendar of many years is not read for a plan of two."""
    bring_in()
    with transaction():
        for on in (date(2016, 12, 31), date(2017, 1, 1), date(2018, 12, 31), date(2019, 1, 1)):
            hold(on)
    [plan] = service.plans()

    assert [event.on for event in reporting.facts_of(plan).events] == [date(2017, 1, 1), date(2018, 12, 31)]
