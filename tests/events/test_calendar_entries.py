"""Kept calendar text: what it says to whom, when it is made anew and when its stamps move."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from sqlalchemy import select

from outreach import installation
from outreach.database import db, transaction
from outreach.events import calendar, calendar_entries, planning
from outreach.events.drafts import PartDraft, TextDraft, VenueDraft
from outreach.events.models import CalendarEntry, Event, EventChange
from outreach.policy import Role
from tests.factories import NOW, make_draft, make_event, make_staff

SITE = "https://outreach.example.org"
EVENING = datetime(2026, 9, 14, 18, 0)


def refresh(*events, locale="en", audience="public", now=NOW, public_url=SITE):
    with transaction():
        calendar_entries.refresh(
            [event.id for event in events], locale, audience=audience, public_url=public_url, now=now
        )


def look_up(*conditions, locale="en", audience="public", public_url=SITE, **given):
    return calendar_entries.look_up(
        *conditions, locale=locale, audience=audience, public_url=public_url, **given
    )


def row_of(event, locale="en", audience="public") -> CalendarEntry:
    return db.session.get_one(CalendarEntry, (event.id, locale, audience), populate_existing=True)


def written(event, locale="en", audience="public", now=NOW):
    """The entry as another program reads it."""
    refresh(event, locale=locale, audience=audience, now=now)
    parsed = list(vobject.readComponents(row_of(event, locale, audience).body.decode()))
    assert [component.name for component in parsed] == ["VEVENT"]
    return parsed[0]


def made(**given) -> Event:
    with transaction():
        return make_event(**given)


def edit(event, now, **changes):
    with transaction():
        event = db.session.get_one(Event, event.id)
        coordinator = make_staff(f"c{now.timestamp()}@example.org", Role.COORDINATOR)
        draft = replace(planning.draft_of(event), **changes)
        planning.edit(event, draft, author=coordinator, revision=event.revision, now=now)
    return event


@pytest.mark.parametrize(
    ("audience", "uid", "status", "transp", "is_private"),
    [
        ("public", "e-{}@outreach.test", "CONFIRMED", "TRANSPARENT", False),
        ("personal", "r-{}@outreach.test", "CONFIRMED", "OPAQUE", True),
        ("waiting", "w-{}@outreach.test", "TENTATIVE", "OPAQUE", True),
    ],
)
def test_entry_is_another_one_for_each_audience(context, audience, uid, status, transp, is_private):
    event = made()
    entry = written(event, audience=audience)
    assert entry.uid.value == uid.format(event.public_id)
    assert (entry.status.value, entry.transp.value) == (status, transp)
    assert ("class" in entry.contents) == is_private


def test_identifier_survives_a_move_of_the_site(context):
    event = made()
    before = written(event).uid.value
    with transaction():
        installation.prepare(uid_domain="elsewhere.example.org")
    refresh(event, public_url="https://elsewhere.example.org")
    after = vobject.readOne(row_of(event).body.decode())
    assert after.uid.value == before
    assert after.url.value == f"https://elsewhere.example.org/en/events/{event.public_id}"


def test_public_entry_says_what_the_page_says(context):
    event = made()
    entry = written(event)
    assert entry.summary.value == "Neighbors' Picnic"
    assert entry.location.value == "Budd Park, 5600 Budd Park Esplanade, Kansas City"
    assert entry.categories.value == ["Welcoming Week"]
    assert entry.description.value == (
        f"Eat and talk.\nBring a blanket. We bring the rest.\n{SITE}/en/events/{event.public_id}"
    )
    assert entry.dtstart.value.replace(tzinfo=None) == EVENING


def test_entry_speaks_the_reader_s_language_and_falls_back_to_the_original(context):
    texts = {"en": TextDraft("Picnic"), "es": TextDraft("Merienda")}
    event = made(texts=texts)
    assert written(event, "es").summary.value == "Merienda"
    assert written(event, "ar").summary.value.startswith("Picnic (")
    assert written(event, "en").summary.value == "Picnic"


def test_entry_lists_parts_with_times_of_the_place(context):
    event = made(
        kind="business_tour",
        starts_local=EVENING,
        ends_local=EVENING + timedelta(days=1),
        parts=(
            PartDraft("Bakery", EVENING, EVENING + timedelta(hours=1), "12 Main St"),
            PartDraft("Farm", EVENING + timedelta(hours=15), EVENING + timedelta(hours=16)),
        ),
    )
    lines = written(event).description.value.split("\n")
    assert lines[1:3] == [
        "6:00 PM: Bakery, 12 Main St",
        "Tuesday, September 15, 2026, 9:00 AM: Farm",
    ]


def test_entry_warns_of_officers_and_of_a_guessed_end(context):
    event = made(is_police_present=True, is_end_known=False)
    lines = written(event).description.value.split("\n")
    assert lines[:2] == [
        "The end is not announced. The time in your calendar is a guess.",
        "Police officers will be at this event. They never see who signed up.",
    ]


@pytest.mark.parametrize("audience", ["public", "personal", "waiting"])
def test_entry_never_tells_where_to_take_part_online(context, audience):
    event = made(delivery="hybrid", online_url="https://meet.example.org/secret-room")
    refresh(event, audience=audience)
    assert b"secret-room" not in row_of(event, audience=audience).body
    assert "take part online" in written(event, audience=audience).description.value


def test_online_entry_has_no_place(context):
    event = made(delivery="online", venue=None, online_url="https://meet.example.org/secret-room")
    assert written(event).location.value == "Online"


def test_days_are_written_as_days(context):
    event = made(
        is_all_day=True, starts_local=datetime(2026, 9, 18), ends_local=datetime(2026, 9, 21), parts=()
    )
    entry = written(event)
    assert (str(entry.dtstart.value), str(entry.dtend.value)) == ("2026-09-18", "2026-09-21")


@pytest.mark.parametrize("audience", ["personal", "waiting"])
def test_guest_s_entry_of_a_private_matter_is_neutral(context, audience):
    texts = {"en": TextDraft("Knowing your lease", "About rent.", "Bring your lease.")}
    venue = VenueDraft("Tenant Help Center", "12 Main St", "Kansas City")
    event = made(kind="workshop", theme="education", texts=texts, venue=venue, is_police_present=True)
    entry = written(event, audience=audience)
    body = row_of(event, audience=audience).body.lower()
    assert entry.summary.value.endswith("Appointment")
    assert entry.location.value == "12 Main St, Kansas City"
    assert "categories" not in entry.contents
    assert not any(word in body for word in (b"your lease", b"tenant", b"workshop", b"police", b"education"))
    assert [found.value for found in entry.contents["class"]] == ["PRIVATE"]


def test_public_entry_of_the_same_event_is_not_neutral(context):
    event = made(kind="workshop", title="Knowing your lease")
    assert written(event).summary.value == "Knowing your lease"


def test_guest_s_entry_leaves_out_what_others_need_not_read(context):
    entry = written(made(), audience="personal")
    assert entry.description.value.split("\n")[0] == "You are registered."
    assert len(entry.description.value.split("\n")) == 2


def test_cancelled_entry_keeps_its_times_and_says_why(context):
    event = made()
    before = written(event)
    with transaction():
        planning.cancel(db.session.get_one(Event, event.id), "The river is too high.", locale="en", now=NOW)
    after = written(event, now=NOW + timedelta(seconds=5))
    assert after.status.value == "CANCELLED"
    assert after.summary.value == "Canceled: Neighbors' Picnic"
    assert after.description.value.startswith("The river is too high.\n")
    assert (after.dtstart.value, after.dtend.value) == (before.dtstart.value, before.dtend.value)
    assert int(after.sequence.value) == 1
    # A reader of another language gets the reason in the one it was given in.
    assert written(event, "es").description.value.startswith("The river is too high.\n")


def test_moved_entry_says_so_first(context):
    event = made()
    refresh(event)
    later = NOW + timedelta(hours=1)
    edit(
        event,
        later,
        starts_local=EVENING + timedelta(days=1),
        ends_local=EVENING + timedelta(days=1, hours=2),
    )
    entry = written(event, now=later)
    assert entry.description.value.split("\n")[0] == (
        "New time. Before, it was Monday, September 14, 2026, 6:00 PM."
    )
    assert entry.dtstart.value.replace(tzinfo=None) == EVENING + timedelta(days=1)


def test_entry_at_another_place_says_so_first(context):
    event = made()
    edit(event, NOW + timedelta(hours=1), venue=VenueDraft("Loose Park", "5200 Wornall Rd"))
    assert written(event).description.value.startswith("New time or place. Please look again at both.\n")


def test_stamps_rise_with_each_change_even_within_a_second(context):
    event = made()
    refresh(event)
    stamps = [(row_of(event).sequence, row_of(event).changed_at)]
    for turn in (1, 2):
        now = NOW + timedelta(milliseconds=100 * turn)
        edit(event, now, starts_local=EVENING - timedelta(hours=turn))
        refresh(event, now=now)
        stamps.append((row_of(event).sequence, row_of(event).changed_at))
    assert stamps == [(0, NOW), (1, NOW + timedelta(seconds=1)), (2, NOW + timedelta(seconds=2))]


def test_stamps_stay_when_nothing_a_reader_sees_moved(context):
    event = made()
    refresh(event)
    before = row_of(event)
    kept = (before.body, before.sequence, before.changed_at)
    later = NOW + timedelta(hours=1)
    edit(event, later, capacity=25)
    assert [entry.body for entry in look_up()] == [None]
    refresh(event, now=later)
    after = row_of(event)
    assert (after.body, after.sequence, after.changed_at) == kept
    assert [entry.body for entry in look_up()] == [after.body]


def test_other_events_keep_their_bytes(context):
    moved, other = made(), made(title="Chess")
    refresh(moved, other)
    before = row_of(other).body
    later = NOW + timedelta(hours=1)
    edit(moved, later, venue=VenueDraft("Loose Park", "5200 Wornall Rd", "Kansas City"))
    refresh(moved, other, now=later)
    assert row_of(other).body == before
    assert b"Loose Park" in row_of(moved).body


def test_translation_moves_only_the_entry_of_its_language(context):
    event = made(texts={"en": TextDraft("Picnic"), "es": TextDraft("Merienda")})
    for locale in ("en", "es"):
        refresh(event, locale=locale)
    later = NOW + timedelta(hours=1)
    edit(event, later, texts={"en": TextDraft("Picnic"), "es": TextDraft("Día de campo")})
    for locale in ("en", "es"):
        refresh(event, locale=locale, now=later)
    assert [row_of(event, locale).sequence for locale in ("en", "es")] == [0, 1]


def test_approved_change_reaches_the_calendar(context):
    event = made()
    refresh(event)
    with transaction():
        event = db.session.get_one(Event, event.id)
        organizer = make_staff("o@example.org", Role.ORGANIZER, event.organization)
        planning.edit(event, make_draft(title="Dinner"), author=organizer, revision=event.revision, now=NOW)
        change = db.session.scalars(select(EventChange)).one()
        planning.approve_change(
            change,
            reviewer=make_staff("c@example.org", Role.COORDINATOR),
            revision=event.revision,
            now=NOW + timedelta(hours=1),
        )
    assert written(event, now=NOW + timedelta(hours=1)).summary.value == "Dinner"


def test_refresh_renders_nothing_when_nothing_moved(context, monkeypatch):
    event = made()
    refresh(event)

    def never(*given, **more):
        raise AssertionError("rendered again")

    monkeypatch.setattr(calendar, "fragment", never)
    refresh(event, now=NOW + timedelta(hours=1))
    assert [entry.body for entry in look_up()] == [row_of(event).body]


def test_look_up_orders_by_start_and_limits(context):
    later, sooner = made(starts_at=NOW + timedelta(days=3)), made(starts_at=NOW + timedelta(days=2))
    refresh(later, sooner)
    ids = [entry.event_id for entry in look_up()]
    assert ids == [sooner.id, later.id]
    assert [entry.event_id for entry in look_up(limit=1)] == [sooner.id]
    assert [entry.event_id for entry in look_up(is_latest_first=True, limit=1)] == [later.id]
    assert [entry.event_id for entry in look_up(Event.id == later.id)] == [later.id]


def test_broken_event_is_skipped_and_reported_without_its_words(context, caplog):
    broken, sound = made(title="Secret title"), made()
    with transaction():
        db.session.get_one(Event, broken.id).time_zone = "Mars/Olympus"
    with caplog.at_level(logging.ERROR, logger="outreach"):
        refresh(broken, sound)
    bodies = {entry.event_id: entry.body for entry in look_up()}
    assert bodies == {broken.id: None, sound.id: row_of(sound).body}
    assert broken.public_id in caplog.text
    assert "Secret" not in caplog.text


def test_hundreds_of_events_are_made_in_batches(context, monkeypatch):
    monkeypatch.setattr(calendar_entries, "_BATCH", 2)
    events = [made(title=f"Event {number}") for number in range(5)]
    refresh(*events)
    assert all(entry.body for entry in look_up())


def test_created_is_when_the_event_was_first_written_down(context):
    assert written(made()).created.value.astimezone(UTC) == NOW
