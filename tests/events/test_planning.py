"""What staff do with events: drafting, review, changes to what is public, moving, calling off, closing."""

import threading
import time
from contextlib import nullcontext
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from outreach.accounts.models import Organization, Staff
from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, InvalidInputsError
from outreach.events import planning
from outreach.events.drafts import PartDraft, TextDraft, VenueDraft
from outreach.events.models import (
    Campaign,
    Event,
    EventChange,
    EventKeyword,
    EventLanguage,
    EventPart,
    EventText,
    Generation,
    Venue,
)
from outreach.policy import Role
from tests.events.test_drafts import FULL
from tests.factories import (
    NOW,
    make_draft,
    make_event,
    make_jurisdictions,
    make_organization,
    make_staff,
)

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def organizer(context) -> Staff:
    with transaction():
        return make_staff()


@pytest.fixture
def coordinator(context) -> Staff:
    with transaction():
        return make_staff("coord@example.org", Role.COORDINATOR, name="Coord")


@pytest.fixture
def event(organizer) -> Event:
    with transaction():
        return make_event()


@pytest.fixture
def campaign(context) -> Campaign:
    with transaction() as session:
        found = Campaign(
            slug="welcoming-week-2026",
            name="Welcoming Week 2026",
            starts_on=date(2026, 9, 11),
            ends_on=date(2026, 9, 20),
        )
        session.add(found)
    return found


def edit(event, author, *, revision=None, now=LATER, **changes):
    with transaction():
        draft = replace(planning.draft_of(event), **changes)
        return planning.edit(event, draft, author=author, revision=revision or event.revision, now=now)


def fresh(event) -> Event:
    db.session.rollback()
    return db.session.get_one(Event, event.id, populate_existing=True)


def count(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def generation() -> int:
    return db.session.scalar(select(Generation.value)) or 0


# Writing a draft down and reading it back


def test_create_keeps_everything_a_draft_says(context, campaign):
    with transaction():
        make_jurisdictions()
        make_organization("City Hall", sector="local_government")
        event = planning.create(FULL, host=make_organization(), now=NOW)
    assert planning.draft_of(fresh(event)) == FULL


def test_create_makes_a_draft_that_nobody_sees(event, context):
    with transaction():
        draft = planning.create(make_draft(), host=make_organization(), now=NOW)
    assert (draft.status, draft.version, draft.revision, draft.published_at) == ("draft", 1, 1, None)


def test_create_refuses_an_unfinished_draft_and_writes_nothing(context):
    with pytest.raises(InvalidInputsError), transaction():
        planning.create(make_draft(capacity=0), host=make_organization(), now=NOW)
    assert count(Event) == count(Organization) == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"campaign": "no-such-week"}, "campaign"),
        ({"cohosts": ("Nobody Known",)}, "cohosts"),
        ({"venue": VenueDraft("Park", county="no-such-county")}, "county"),
        ({"venue": VenueDraft("Park", county="kansas-city-region")}, "county"),
    ],
    ids=["campaign", "co-host", "county", "region as county"],
)
def test_create_refuses_names_that_stand_for_nothing(context, changes, field):
    with transaction():
        make_jurisdictions()
    with pytest.raises(InvalidInputError) as refused, transaction():
        planning.create(make_draft(**changes), host=make_organization(), now=NOW)
    assert refused.value.field == field
    assert count(Event) == 0


def test_edit_rewrites_texts_languages_and_parts(organizer):
    part = PartDraft("Stop 1", datetime(2026, 9, 14, 18), datetime(2026, 9, 14, 19))
    with transaction():
        event = make_event(
            status="draft",
            texts={"en": TextDraft("Tour"), "es": TextDraft("Paseo"), "ar": TextDraft("جولة")},
            spoken=("en", "es"),
            interpreted=("ar",),
            parts=(part, replace(part, title="Stop 2"), replace(part, title="Stop 3")),
        )
    wanted = {
        "texts": {"en": TextDraft("A tour", "New"), "fr": TextDraft("Visite", is_reviewed=False)},
        "spoken": ("ar",),
        "interpreted": ("en", "sw"),
        "parts": (replace(part, title="Stop 3"), replace(part, title="Stop 1", place="Here")),
    }
    edit(event, organizer, **wanted)

    kept = planning.draft_of(fresh(event))
    assert {name: getattr(kept, name) for name in wanted} == wanted
    assert (count(EventText), count(EventLanguage), count(EventPart)) == (2, 3, 2)


def test_edit_with_nothing_new_leaves_the_same_rows(organizer):
    with transaction():
        event = make_event(status="draft", spoken=("en",), texts={"en": TextDraft("A"), "es": TextDraft("B")})
    before = planning.draft_of(event)
    edit(event, organizer)
    assert planning.draft_of(fresh(event)) == before


def test_language_that_is_spoken_needs_no_interpreter(organizer):
    with transaction():
        event = make_event(status="draft", spoken=("es",), interpreted=("es", "ar"))
    kept = planning.draft_of(fresh(event))
    assert (kept.spoken, kept.interpreted) == (("es",), ("ar",))


def test_events_at_the_same_place_share_a_venue(context):
    with transaction():
        events = [make_event() for _ in range(2)]
        spaced = make_event(
            venue=VenueDraft(" Budd Park ", "5600 Budd Park Esplanade ", "Kansas City", None, " ")
        )
        other = make_event(
            venue=VenueDraft("Budd Park", "5600 Budd Park Esplanade", "Kansas City", None, "Ramp")
        )
    assert events[0].venue_id == events[1].venue_id == spaced.venue_id != other.venue_id
    assert count(Venue) == 2


def test_draft_of_gives_back_which_of_two_hours_was_meant(context):
    with transaction():
        event = make_event(
            starts_local=datetime(2026, 11, 1, 1, 30), ends_local=datetime(2026, 11, 1, 3), starts_fold=1
        )
    assert event.starts_at == datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    draft = planning.draft_of(event)
    assert (draft.starts_fold, draft.ends_fold) == (1, None)


# Two editors


def test_edit_from_an_old_page_is_refused_and_changes_nothing(organizer):
    with transaction():
        event = make_event(status="draft")
    edit(event, organizer, revision=1, capacity=20)
    with pytest.raises(ConflictError):
        edit(event, organizer, revision=1, capacity=30)
    assert (fresh(event).capacity, event.revision) == (20, 2)


def test_refused_edit_does_not_use_up_the_revision(organizer):
    with transaction():
        event = make_event(status="draft")
    with pytest.raises(InvalidInputError):
        edit(event, organizer, campaign="no-such-week")
    assert fresh(event).revision == 1


def test_edits_of_a_proposed_change_do_not_overwrite_each_other(event, organizer):
    seen = event.revision
    edit(event, organizer, revision=seen, capacity=20)
    with pytest.raises(ConflictError):
        edit(event, organizer, revision=seen, capacity=30)
    assert db.session.scalar(select(EventChange)).draft["capacity"] == 20


# Review


def test_submitted_draft_waits_for_a_coordinator(organizer):
    with transaction():
        event = make_event(status="draft")
        planning.submit(event, author=organizer, now=LATER)
    assert (event.status, event.published_at, generation()) == ("submitted", None, 0)


def test_draft_of_a_trusted_organization_is_published_at_once(organizer):
    with transaction():
        organizer.organization.is_trusted = True
        event = make_event(status="draft")
        planning.submit(event, author=organizer, now=LATER)
    assert (event.status, event.published_at, generation()) == ("published", LATER, 1)


def test_coordinators_own_draft_needs_no_review(organizer, coordinator):
    with transaction():
        event = make_event(status="draft")
        planning.submit(event, author=coordinator, now=LATER)
    assert event.status == "published"


@pytest.mark.parametrize("status", ["published", "cancelled", "held"])
def test_submit_refuses_what_is_no_draft(organizer, status):
    with transaction():
        event = make_event(status=status)
    with pytest.raises(ConflictError), transaction():
        planning.submit(event, author=organizer, now=LATER)


def test_event_that_is_over_is_neither_handed_in_nor_published(organizer):
    with transaction():
        event = make_event(status="draft")
    for action in (
        lambda at: planning.submit(event, author=organizer, now=at),
        lambda at: planning.publish(event, now=at),
    ):
        with pytest.raises(ConflictError, match="over"), transaction():
            action(event.ends_at)
    assert fresh(event).status == "draft"


def test_publish_refuses_what_changed_since_it_was_read(organizer):
    with transaction():
        event = make_event(status="draft")
        planning.submit(event, author=organizer, now=LATER)
    read = event.revision
    edit(event, organizer, capacity=5)
    with pytest.raises(ConflictError), transaction():
        planning.publish(event, revision=read, now=LATER)
    with transaction():
        planning.publish(event, revision=event.revision, now=LATER)
    assert fresh(event).status == "published"


def test_publish_twice_is_refused(event):
    with pytest.raises(ConflictError), transaction():
        planning.publish(event, now=LATER)


def test_event_goes_back_with_a_note_and_comes_again(organizer):
    with transaction():
        event = make_event(status="draft")
        planning.submit(event, author=organizer, now=LATER)
        planning.return_with_note(event, " Which door? ", now=LATER)
    assert (event.status, event.review_note) == ("returned", "Which door?")
    edit(event, organizer, venue=VenueDraft("Budd Park", access_notes="North door"))
    with transaction():
        planning.submit(event, author=organizer, now=LATER)
    assert (event.status, event.review_note) == ("submitted", None)


@pytest.mark.parametrize("note", ["", "  \n"])
def test_return_needs_a_note(organizer, note):
    with transaction():
        event = make_event(status="draft")
        planning.submit(event, author=organizer, now=LATER)
    with pytest.raises(InvalidInputError) as refused, transaction():
        planning.return_with_note(event, note, now=LATER)
    assert refused.value.field == "note"
    assert fresh(event).status == "submitted"


# Changes to what is public


def test_change_by_an_organizer_waits_and_the_event_stays(event, organizer):
    before = generation()
    change = edit(event, organizer, capacity=40)
    assert (change.state, change.draft["capacity"]) == ("submitted", 40)
    assert (fresh(event).capacity, generation()) == (None, before)


def test_newer_change_replaces_the_waiting_one(event, organizer):
    first = edit(event, organizer, capacity=40)
    second = edit(event, organizer, capacity=50)
    assert (first.id, count(EventChange), second.draft["capacity"]) == (second.id, 1, 50)


def test_change_back_to_what_is_public_takes_the_waiting_one_away(event, organizer):
    edit(event, organizer, capacity=40)
    assert edit(event, organizer, capacity=None) is None
    assert count(EventChange) == 0


def test_change_that_changes_nothing_does_not_wait(event, organizer):
    assert edit(event, organizer) is None
    assert count(EventChange) == 0


def test_approved_change_takes_effect(event, organizer, coordinator):
    change = edit(event, organizer, capacity=40, keyword="PICNIC")
    with transaction():
        planning.approve_change(change, reviewer=coordinator, revision=event.revision, now=LATER)
    event = fresh(event)
    assert (event.capacity, event.keyword, event.version) == (40, "PICNIC", 1)
    assert (change.state, change.decided_by_id, change.decided_at) == ("approved", coordinator.id, LATER)
    assert event.revision > 2


def test_change_that_was_replaced_after_it_was_read_is_not_approved(event, organizer, coordinator):
    change = edit(event, organizer, capacity=40)
    read = event.revision
    edit(event, organizer, capacity=400)
    with pytest.raises(ConflictError), transaction():
        planning.approve_change(change, reviewer=coordinator, revision=read, now=LATER)
    assert fresh(event).capacity is None


def test_change_is_decided_once(event, organizer, coordinator):
    change = edit(event, organizer, capacity=40)
    with transaction():
        planning.return_change(change, "Too many.", reviewer=coordinator, now=LATER)
    assert (change.state, change.note, fresh(event).capacity) == ("returned", "Too many.", None)
    for decide in (
        lambda: planning.return_change(change, "Again", reviewer=coordinator, now=LATER),
        lambda: planning.approve_change(change, reviewer=coordinator, revision=event.revision, now=LATER),
    ):
        with pytest.raises(ConflictError), transaction():
            decide()


def test_change_of_a_canceled_event_is_not_approved(event, organizer, coordinator):
    change = edit(event, organizer, capacity=40)
    with transaction():
        planning.cancel(event, "Rain.", locale="en", now=LATER)
    with pytest.raises(ConflictError), transaction():
        planning.approve_change(change, reviewer=coordinator, revision=event.revision, now=LATER)
    assert fresh(event).capacity is None


def test_coordinators_edit_decides_on_the_waiting_change(event, organizer, coordinator):
    change = edit(event, organizer, capacity=40)
    assert edit(event, coordinator, capacity=35) is None
    assert (fresh(event).capacity, change.state, change.decided_by_id) == (35, "approved", coordinator.id)
    assert edit(event, organizer, capacity=36).id != change.id


def test_organizer_of_a_trusted_organization_edits_at_once(event, organizer):
    with transaction():
        event.organization.is_trusted = True
    before = generation()
    assert edit(event, organizer, capacity=40) is None
    assert (fresh(event).capacity, generation()) == (40, before + 1)


@pytest.mark.parametrize("status", ["cancelled", "held"])
def test_event_that_is_over_or_canceled_cannot_be_edited(coordinator, status):
    with transaction():
        event = make_event(status=status)
    with pytest.raises(ConflictError):
        edit(event, coordinator, capacity=40)


# Moving


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_local": datetime(2026, 9, 14, 17), "ends_local": datetime(2026, 9, 14, 20)},
        {"ends_local": datetime(2026, 9, 14, 21)},
        {"venue": VenueDraft("Gladstone Hall", "1 Hall Road", "Kansas City")},
        {"venue": VenueDraft("Budd Park", "1 Other Entrance", "Kansas City")},
        {"delivery": "online", "venue": None},
        {"time_zone": "America/Denver"},
    ],
    ids=["start", "end", "place", "address", "online", "zone"],
)
def test_moved_event_rises_in_version(event, coordinator, changes):
    known = event.starts_at
    edit(event, coordinator, **changes)
    assert (fresh(event).version, event.moved_at, event.moved_from_at) == (2, LATER, known)


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity": 30},
        {"texts": {"en": TextDraft("Picnic of neighbors")}},
        {"venue": VenueDraft("Budd Park", "5600 Budd Park Esplanade", "Kansas City", None, "Ramp")},
        {"spoken": ("en", "es")},
    ],
    ids=["seats", "title", "access notes", "languages"],
)
def test_other_edits_do_not_tell_guests_that_it_moved(event, coordinator, changes):
    edit(event, coordinator, **changes)
    assert (fresh(event).version, event.moved_at) == (1, None)


def test_end_that_becomes_known_is_no_move(organizer, coordinator):
    with transaction():
        event = make_event(is_end_known=False)
    edit(event, coordinator, is_end_known=True, ends_local=datetime(2026, 9, 14, 21))
    assert (fresh(event).version, event.is_end_known) == (1, True)


def test_draft_that_moves_was_never_announced(organizer):
    with transaction():
        event = make_event(status="draft")
    edit(event, organizer, ends_local=datetime(2026, 9, 14, 22))
    assert (fresh(event).version, event.moved_at) == (1, None)


def test_public_event_is_not_moved_into_the_past(event, coordinator):
    with pytest.raises(InvalidInputError) as refused:
        edit(event, coordinator, starts_local=datetime(2025, 9, 14, 18), ends_local=datetime(2025, 9, 14, 20))
    assert refused.value.field == "starts"
    assert fresh(event).version == 1


def test_texts_of_an_event_that_is_over_can_be_mended(event, coordinator):
    edit(event, coordinator, now=event.ends_at + timedelta(days=1), texts={"en": TextDraft("Picnic")})
    assert fresh(event).text_in("en").title == "Picnic"


# Seats, keyword, campaign, police


def test_seats_cannot_fall_below_those_that_are_taken(event, coordinator):
    with transaction():
        event.capacity, event.seats_taken = 10, 7
    edit(event, coordinator, capacity=7)
    with pytest.raises(InvalidInputError, match="7 seats are taken") as refused:
        edit(event, coordinator, capacity=6)
    assert refused.value.field == "capacity"
    assert fresh(event).capacity == 7


@pytest.mark.parametrize(("seats", "groups", "is_refused"), [(7, 0, True), (0, 1, True), (0, 0, False)])
def test_registration_cannot_end_while_guests_are_signed_up(event, coordinator, seats, groups, is_refused):
    with transaction() as session:
        # As by a guest of this very moment: what was loaded with the event is old.
        session.execute(Event.__table__.update().values(seats_taken=seats, waiting_parties=groups))
    with pytest.raises(InvalidInputError) if is_refused else nullcontext() as refused:
        edit(event, coordinator, takes_registrations=False)

    assert fresh(event).takes_registrations is is_refused
    if refused is not None:
        assert (refused.value.field, refused.value.values) == (
            "takes_registrations", {"seats": seats, "groups": groups},
        )  # fmt: skip


def test_end_of_registration_is_refused_before_a_reviewer_and_when_guests_came_meanwhile(
    event, organizer, coordinator
):
    change = edit(event, organizer, takes_registrations=False)
    with transaction() as session:
        session.execute(Event.__table__.update().values(seats_taken=2))
    revision = fresh(event).revision
    with pytest.raises(InvalidInputError, match="Guests are signed up"), transaction():
        planning.approve_change(change, reviewer=coordinator, revision=revision, now=LATER)
    with pytest.raises(InvalidInputError, match="Guests are signed up"):
        edit(event, organizer, takes_registrations=False)
    assert fresh(event).takes_registrations


def test_seats_taken_meanwhile_count(event, coordinator):
    """The number that was loaded with the event is old; the one in the database decides."""
    assert event.seats_taken == 0
    with transaction() as session:
        session.execute(Event.__table__.update().values(seats_taken=7, capacity=10))
    with pytest.raises(InvalidInputError):
        edit(event, coordinator, capacity=5)


def test_reminders_can_be_chosen_while_their_time_is_to_come(event, coordinator):
    edit(event, coordinator, reminders=("two_days", "two_hours"))
    assert fresh(event).reminders == ["two_days", "two_hours"]
    assert planning.draft_of(fresh(event)).reminders == ("two_days", "two_hours")


@pytest.mark.parametrize(
    ("before_start", "reminders"),
    [
        (timedelta(days=1), ("day",)),
        (timedelta(days=6), ("week",)),
        (timedelta(hours=1), ("two_hours", "day")),
    ],
)
def test_reminder_whose_time_is_over_cannot_be_added(event, coordinator, before_start, reminders):
    edit(event, coordinator, reminders=("none",))
    with pytest.raises(InvalidInputError) as refused:
        edit(event, coordinator, now=event.starts_at - before_start, reminders=reminders)
    assert refused.value.field == "reminders"
    assert fresh(event).reminders == ["none"]


def test_reminders_that_were_sent_do_not_stand_in_the_way_of_a_change(event, coordinator):
    at = event.starts_at - timedelta(hours=20)
    edit(event, coordinator, now=at, reminders=("day",))
    assert fresh(event).reminders == ["day"]


def test_moved_event_may_get_reminders_that_are_over(event, coordinator):
    """Everybody is told of the new time anyway; nobody is reminded of it sooner than that."""
    later = event.starts_local + timedelta(hours=1)
    edit(
        event,
        coordinator,
        now=event.starts_at - timedelta(hours=20),
        starts_local=later,
        ends_local=event.ends_local + timedelta(hours=1),
        reminders=("week", "two_hours"),
    )
    assert fresh(event).reminders == ["week", "two_hours"]


def test_keyword_is_one_events_only(event, coordinator):
    with transaction():
        make_event(status="draft", keyword="PICNIC")
    with pytest.raises(InvalidInputError) as refused:
        edit(event, coordinator, keyword="PICNIC")
    assert refused.value.field == "keyword"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"keywords": {"es": "KARIBU"}}, "keywords"),
        ({"keyword": "KARIBU"}, "keyword"),
        ({"keywords": {"fr": "PÏCNIC"}}, "keywords"),
    ],
)
def test_word_of_any_language_is_one_events_only(event, coordinator, changes, field):
    with transaction():
        make_event(status="draft", keyword="PICNIC", keywords={"sw": "KARIBU"})
    with pytest.raises(InvalidInputError) as refused:
        edit(event, coordinator, **changes)
    assert refused.value.field == field


def test_words_can_change_their_places_and_go(event, coordinator):
    edit(event, coordinator, keyword="PICNIC", keywords={"es": "COMIDA", "sw": "KARIBU"})
    edit(fresh(event), coordinator, keyword="COMIDA", keywords={"es": "PICNIC"})
    assert planning.draft_of(fresh(event)).keywords == {"es": "PICNIC"}
    assert (fresh(event).keyword, count(EventKeyword)) == ("COMIDA", 2)
    assert [fresh(event).keyword_in(locale) for locale in ("es", "sw")] == ["PICNIC", "COMIDA"]
    edit(fresh(event), coordinator, keyword=None, keywords={})
    assert (fresh(event).keyword, count(EventKeyword)) == (None, 0)


def test_event_keeps_its_own_keyword_when_edited(organizer):
    with transaction():
        event = make_event(status="draft", keyword="PICNIC")
    edit(event, organizer, capacity=3)
    assert fresh(event).keyword == "PICNIC"


def test_keyword_given_away_at_the_same_moment_is_refused_at_its_field(app):
    """The other editor has written it but not yet committed: the database decides, and it is no crash."""
    with app.app_context(), transaction():
        host = make_organization()
    written, outcomes = threading.Event(), []

    def other() -> None:
        with app.app_context(), transaction():
            make_event(status="draft", keyword="PICNIC", host=db.session.get(Organization, host.id))
            written.set()
            if db.engine.dialect.name == "postgresql":
                wait_for_a_blocked_writer()

    def wait_for_a_blocked_writer() -> None:
        for _ in range(200):
            with db.engine.connect() as connection:
                if connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                    return
            time.sleep(0.02)

    thread = threading.Thread(target=other)
    thread.start()
    written.wait()
    with app.app_context():
        try:
            with transaction():
                planning.create(make_draft(keyword="PICNIC"), host=make_organization(), now=NOW)
        except InvalidInputError as error:
            outcomes.append(error.field)
        thread.join()
        assert (outcomes, count(Event)) == (["keyword"], 1)


@pytest.mark.parametrize(
    ("day", "is_in"),
    [(1, True), (11, True), (20, True), (34, True), (35, False), (-4, False)],
    ids=["local week before", "first day", "last day", "two weeks after", "later", "earlier"],
)
def test_event_of_a_campaign_lies_near_it(campaign, organizer, day, is_in):
    starts_local = datetime(2026, 9, 1, 18) + timedelta(days=day - 1)
    draft = make_draft(
        campaign=campaign.slug, starts_local=starts_local, ends_local=starts_local + timedelta(hours=1)
    )
    refused = nullcontext() if is_in else pytest.raises(InvalidInputError, match="on other days")
    with refused, transaction():
        planning.create(draft, host=make_organization(), now=NOW - timedelta(days=60))
    assert count(Event) == is_in


def make_police() -> Organization:
    return make_organization("River Police", sector="law_enforcement")


def test_police_host_trust_trainings_only(context):
    with pytest.raises(InvalidInputError) as refused, transaction():
        planning.create(make_draft(kind="workshop"), host=make_police(), now=NOW)
    assert refused.value.field == "kind"
    with transaction():
        event = planning.create(make_draft(kind="trust_training"), host=make_police(), now=NOW)
    assert event.is_police_present


def test_event_says_that_officers_come_when_they_host_with_others(context):
    with transaction():
        make_police()
        event = make_event(cohosts=("River Police",))
        plain = make_event()
    assert (event.is_police_present, plain.is_police_present) == (True, False)


def test_host_is_not_its_own_cohost_and_nobody_is_twice(context):
    with transaction():
        make_organization("City Hall")
        event = make_event(cohosts=("City Hall", "Northeast Library", "City Hall"))
    assert planning.draft_of(fresh(event)).cohosts == ("City Hall",)


# Calling off and closing


def test_cancel_tells_the_reason_in_its_language(organizer):
    with transaction():
        event = make_event(texts={"en": TextDraft("Picnic"), "es": TextDraft("Picnic en el parque")})
        planning.cancel(event, " Hay tormenta. ", locale="es", now=LATER)
    event = fresh(event)
    assert (event.status, event.cancelled_at) == ("cancelled", LATER)
    assert [event.text_in(locale).cancel_reason for locale in ("es", "en")] == ["Hay tormenta.", ""]


@pytest.mark.parametrize(
    ("reason", "locale", "field"),
    [("", "en", "reason"), (" ", "en", "reason"), ("x" * 201, "en", "reason"), ("Lluvia.", "es", "locale")],
)
def test_cancel_refuses_no_reason_and_a_language_the_event_has_not(event, reason, locale, field):
    with pytest.raises(InvalidInputError) as refused, transaction():
        planning.cancel(event, reason, locale=locale, now=LATER)
    assert refused.value.field == field
    assert fresh(event).status == "published"


@pytest.mark.parametrize("status", ["draft", "cancelled", "held"])
def test_cancel_refuses_what_is_not_public(context, status):
    with transaction():
        event = make_event(status=status)
    with pytest.raises(ConflictError), transaction():
        planning.cancel(event, "Rain.", locale="en", now=LATER)


def test_close_records_how_many_came_and_can_be_corrected(event):
    with transaction():
        planning.close_as_held(event, 31, now=event.ends_at)
    closed_at = event.closed_at
    with transaction():
        planning.close_as_held(event, 33, now=event.ends_at + timedelta(hours=1))
    event = fresh(event)
    assert (event.status, event.head_count, event.closed_at) == ("held", 33, closed_at)


def test_close_before_the_start_is_refused(event):
    with pytest.raises(ConflictError, match="not begun"), transaction():
        planning.close_as_held(event, 3, now=event.starts_at - timedelta(seconds=1))


@pytest.mark.parametrize("head_count", [-1, 1_000_001])
def test_close_refuses_a_number_nobody_counted(event, head_count):
    with pytest.raises(InvalidInputError), transaction():
        planning.close_as_held(event, head_count, now=event.ends_at)


def test_everything_public_raises_the_generation(event, coordinator):
    seen = [generation()]
    edit(event, coordinator, capacity=9)
    seen.append(generation())
    with transaction():
        planning.cancel(event, "Rain.", locale="en", now=LATER)
    seen.append(generation())
    assert seen == [1, 2, 3]


def test_no_field_of_a_draft_is_forgotten():
    """FULL differs from a plain draft in every field but those that contradict each other."""
    plain = make_draft()
    same = {field.name for field in fields(plain) if getattr(FULL, field.name) == getattr(plain, field.name)}
    assert same == {
        "starts_local", "ends_local", "time_zone", "starts_fold", "ends_fold", "is_all_day", "is_end_known",
        "takes_registrations",
    }  # fmt: skip
