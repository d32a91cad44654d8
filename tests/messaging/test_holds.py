"""Legal holds (T5): each round skips what is named and does the rest; lifting lets the next round do it."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from outreach import audit
from outreach.commands.purge import purge
from outreach.database import db, transaction
from outreach.engagement import cards
from outreach.engagement.models import BallotBatch, CardAnswer, CardQuarter, CardVisit, EventTally, TalkTally
from outreach.errors import ConflictError, InvalidInputsError
from outreach.messaging import calls, inbound, outbox, reveals, suppressions
from outreach.messaging.models import InboundMessage, Message, Reveal, VoiceStep
from outreach.messaging.worker import run_once
from outreach.registration import holds, news, retention, service
from outreach.registration.hold_commands import hold as command
from outreach.registration.models import Attendance, Guest, NewsReader, Registration
from outreach.registration.requests import Consent
from outreach.registration.scopes import REGION
from tests.conftest import NOW
from tests.factories import make_event, make_request, make_staff
from tests.messaging.phones import Phone

NUMBER = "+18165550123"
LATER = timedelta(days=30)


@pytest.fixture
def phone(context) -> Phone:
    runtime = context.extensions["outreach"]
    return Phone(runtime.settings, runtime.vault, NOW, NUMBER)


def place(now=NOW, **given) -> int:
    with transaction():
        values = {"counsel": "Rivera & Co.", "reason": "Order of May 2", "by_id": None, **given}
        return holds.place(**values, now=now).id


def lift(hold_id, now=NOW) -> None:
    with transaction():
        holds.lift(hold_id, by_id=None, now=now)


def count(table) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def register(phone, title="Picnic", number=NUMBER) -> Registration:
    with transaction():
        event = make_event(title=title)
        request = make_request(event, phone=number, first_name="Amina", consent=Consent("Text me."))
        outcome = service.register(request, vault=phone.vault, now=NOW)
    return db.session.get_one(Registration, outcome.registration_id)


# One event.


def test_hold_on_an_event_keeps_its_guests_and_no_others(context, clock, phone):
    kept, gone = register(phone), register(phone, "Concert", "+18165550124")
    kept_id, event, gone_id = kept.id, kept.event, gone.event_id
    hold_id = place(event=event)
    clock.at = NOW + LATER
    run_once(context)

    assert [row.id for row in db.session.scalars(select(Registration))] == [kept_id]
    assert count(Guest) == 1
    forgotten = db.session.scalars(select(Attendance.event_id).where(Attendance.forgotten_at.is_not(None)))
    assert list(forgotten) == [gone_id]

    lift(hold_id, clock.at)
    run_once(context)
    assert (count(Registration), count(Guest), count(Message)) == (0, 0, 0)
    deeds = [(entry.deed, entry.subject) for entry in audit.listed(number=1, per_page=9)]
    assert deeds == [
        ("purged", f"event:{event.id}"),
        ("hold_lifted", f"hold:{hold_id}:event_{event.id}"),
        ("purged", f"event:{gone_id}"),
        ("hold_placed", f"hold:{hold_id}:event_{event.id}"),
    ]


def test_hold_that_comes_while_an_event_is_found_keeps_it(context, phone):
    event = register(phone).event
    later = NOW + LATER
    (found,) = retention.events_to_forget(now=later)
    place(event=event)
    with transaction():
        assert retention.forget(found, vault=phone.vault, now=later) == 0
    assert count(Registration) == 1


def test_hold_brings_nothing_back(context, clock, phone):
    event = register(phone).event
    clock.at = NOW + LATER
    run_once(context)
    with pytest.raises(ConflictError, match="forgotten already"):
        place(event=event)
    assert (count(Registration), count(Guest)) == (0, 0)
    assert holds.active() == ()


def test_purge_command_names_what_is_kept(context, phone):
    event = register(phone).event
    place(event=event)
    result = CliRunner().invoke(
        purge, ["--now", (NOW + LATER).isoformat()], obj=lambda: context, catch_exceptions=False
    )
    assert f"{event.public_id}: kept by a legal hold" in result.output
    assert count(Registration) == 1


# One class.


@pytest.fixture
def everything(context, phone):
    """Something old of every class that is deleted some day."""
    register(phone)
    with transaction():
        ana = make_staff()
        news.join(
            NUMBER, REGION, Consent("News."),
            locale="en", source="text", is_proven=True, vault=phone.vault, now=NOW,
        )  # fmt: skip
        reveals.ask(NUMBER, staff_id=ana.id, reason="asked", note="Bus", vault=phone.vault, now=NOW)
        event = db.session.scalars(select(Registration)).one().event
        cards.use_cards(event.organization_id, True)
        cards.show(event, "2" * 12, vault=phone.vault)
        cards.answer(event, "2" * 12, "both", vault=phone.vault)
        db.session.add(
            EventTally(event_id=event.id, newcomers=9, residents=9, both=0, unsaid=0, submitted_on=NOW)
        )
        db.session.add(TalkTally(event_id=event.id, submitted_on=NOW))
        db.session.add(BallotBatch(key="k", event_id=event.id))
        event.status = "held"
        db.session.add(VoiceStep(call_sid="CA1", step="x", visit=1, phone_hash=None, sealed=b"x", at=NOW))
        suppressions.stop_scope(
            phone.hashed, "event:77", "8", "en", source="text", vault=phone.vault, now=NOW
        )
    with transaction():
        db.session.query(suppressions.Suppression).update({"until_at": NOW})
    phone.text("hello")
    with transaction():
        db.session.query(Message).update({"registration_id": None, "final_at": NOW, "state": "delivered"})


_BALLOTS = (EventTally, TalkTally, BallotBatch)
#: Ballots stay sealed, and are not frozen, as long as guests are kept.
_SIGN_UP = (Registration, Guest, *_BALLOTS)
#: What is there of each class, and the class's tables that a hold on it keeps.
_TABLES = {
    "identity": _SIGN_UP,
    "party": _SIGN_UP,
    "registration": _SIGN_UP,
    "lookup": _SIGN_UP,
    "texts": (*_SIGN_UP, Message, InboundMessage),
    "news": (NewsReader,),
    "calls": (VoiceStep,),
    "reveals": (Reveal,),
    "consent": (suppressions.Suppression,),
    "cards": (CardQuarter, CardVisit, CardAnswer),
    "ballots": _BALLOTS,
}
_ALL = (
    Registration, Guest, Message, InboundMessage, NewsReader, VoiceStep, Reveal, suppressions.Suppression,
    CardQuarter, CardVisit, CardAnswer, *_BALLOTS,
)  # fmt: skip


@pytest.mark.parametrize("held", _TABLES)
def test_hold_on_a_class_keeps_it_and_nothing_else(context, clock, everything, held):
    assert all(count(table) for table in _ALL)
    hold_id = place(holding_id=held)
    clock.at = NOW + timedelta(days=3 * 365)
    run_once(context)
    assert {table for table in _ALL if count(table)} == set(_TABLES[held])

    lift(hold_id, clock.at)
    run_once(context)
    # A sign-up that was kept is rounded up with its event.
    assert {table for table in _ALL if count(table)} == set()


def test_every_holding_that_is_deleted_is_tried():
    assert set(_TABLES) == set(holds.DELETED_SOME_DAY)


@pytest.mark.parametrize(
    ("forget", "held"),
    [
        (inbound.forget, "texts"),
        (outbox.forget, "texts"),
        (calls.forget, "calls"),
        (reveals.forget, "reveals"),
    ],
)
def test_hold_on_one_event_does_not_stop_what_belongs_to_none(context, phone, everything, forget, held):
    place(event=db.session.scalars(select(Registration)).one().event)
    with transaction():
        assert forget(now=NOW + timedelta(days=3 * 365))


# A guest who asks to be forgotten.


def test_delete_by_text_under_a_hold_is_answered_honestly_and_done_later(context, clock, phone):
    row = register(phone)
    registration_id, event = row.id, row.event
    token = service.open_guest(phone.vault, row.guest.sealed).token
    hold_id = place(event=event, is_silent=True)

    phone.text("DELETE")
    (answer,) = phone.text("1")
    assert answer.startswith("Your sign-ups are canceled")
    assert "Deleted." not in answer

    kept = db.session.get_one(Registration, registration_id, populate_existing=True)
    assert (kept.state, kept.wants_texts) == ("cancelled", False)
    # Nothing of what a court wants was emptied, and nobody finds the guest any more.
    assert service.open_guest(phone.vault, kept.guest.sealed).first_name == "Amina"
    with pytest.raises(service.NotFoundError):
        service.guest_by_token(token, vault=phone.vault)
    assert event.seats_taken == 0

    run_once(context)
    assert count(Registration) == 1
    lift(hold_id)
    run_once(context)
    assert (count(Registration), count(Guest)) == (0, 0)


def test_guest_who_comes_back_meanwhile_is_not_forgotten(context, phone):
    row = register(phone)
    hold_id = place(event=row.event)
    phone.text("DELETE")
    phone.text("1")
    with transaction():
        event = db.session.get_one(type(row.event), row.event_id)
        again = service.register(make_request(event, phone=NUMBER), vault=phone.vault, now=NOW)
    lift(hold_id)
    run_once(context)
    (kept,) = db.session.scalars(select(Registration))
    assert (kept.id, kept.state) == (again.registration_id, "confirmed")
    assert count(Guest) == 1


def test_delete_goes_as_far_as_the_hold_lets_it(context, phone):
    held, free = register(phone), register(phone, "Concert")
    free_id = free.id
    place(event=held.event)
    phone.text("DELETE")
    phone.text("1")
    assert db.session.get(Registration, free_id, populate_existing=True) is None
    assert count(Registration) == 1


def test_end_of_news_under_a_hold_ends_them(context, phone):
    with transaction():
        news.join(
            NUMBER, REGION, Consent("News."),
            locale="en", source="text", is_proven=True, vault=phone.vault, now=NOW,
        )  # fmt: skip
    hold_id = place(holding_id="news")
    assert "You get no news" in phone.text("8")[0]
    (reader,) = db.session.scalars(select(NewsReader))
    assert not reader.is_on
    # Nobody is asked again whether they want them, and a late "1" is no yes.
    run_once(context)
    assert not any(message.purpose == "news_question" for message in phone.owed())
    phone.text("1")
    assert not db.session.scalars(select(NewsReader)).one().is_on

    lift(hold_id)
    run_once(context)
    assert count(NewsReader) == 0


def test_cancelling_under_a_hold_keeps_what_was_said(context, phone):
    row = register(phone)
    with transaction():
        row = db.session.get_one(Registration, row.id)
        row.needs = ["childcare"]
    place(event=row.event)
    with transaction():
        service.cancel(db.session.get_one(Registration, row.id), now=NOW)
    kept = db.session.get_one(Registration, row.id, populate_existing=True)
    assert (kept.state, kept.needs) == ("cancelled", ["childcare"])


# Placing and lifting.


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"counsel": ""}, {"counsel"}),
        ({"counsel": "x" * 121}, {"counsel"}),
        ({"reason": ""}, {"reason"}),
        ({"reason": "x" * 301}, {"reason"}),
        ({"holding_id": None}, {"scope"}),
        ({"holding_id": "everything"}, {"scope"}),
        ({"holding_id": "counts"}, {"scope"}),
    ],
)
def test_hold_needs_counsel_scope_and_reason(context, given, fields):
    with pytest.raises(InvalidInputsError) as refused:
        place(**{"holding_id": "news", **given})
    assert {problem.field for problem in refused.value.problems} == fields
    assert holds.active() == ()


def test_hold_names_one_scope(context, phone):
    event = register(phone).event
    with pytest.raises(InvalidInputsError):
        place(event=event, holding_id="news")


def test_ballots_of_an_event_are_kept_alone_even_after_its_guests(context, clock, phone):
    event = register(phone).event
    hold_id = place(event=event, holding_id="ballots")
    clock.at = NOW + LATER
    run_once(context)
    assert count(Registration) == 0
    assert place(event=event, holding_id="cards", now=clock.at) == hold_id + 1
    assert audit.listed(number=1, per_page=1)[0].subject == f"hold:{hold_id + 1}:cards_event_{event.id}"


def test_hold_is_lifted_once(context):
    hold_id = place(holding_id="news")
    lift(hold_id)
    for number in (hold_id, 77):
        with pytest.raises(ConflictError):
            lift(number)
    assert holds.active() == ()
    assert [row.lifted_at for row in holds.listed()] == [NOW]


def test_commands(context, phone):
    event = register(phone).event

    def run(*arguments):
        return CliRunner().invoke(command, arguments, obj=lambda: context, catch_exceptions=False)

    who = ("--counsel", "Rivera & Co.", "--reason", "Order of May 2")
    assert "Hold 1 is placed." in run("place", *who, "--event", event.public_id).output
    assert "Hold 2 is placed." in run("place", *who, "--class", "news", "--silent").output
    assert run("place", *who, "--class", "counts").exit_code == 2
    assert "Hold 3 is placed." in run("place", *who, "--class", "ballots", "--event", event.public_id).output
    assert "Hold 1 is lifted." in run("lift", "1").output
    listed = run("list").output
    assert f"3: ballots of event {event.public_id}, active, since" in listed
    assert "2: news, active, silent, since 2026-09-07, Rivera & Co." in listed
    assert f"1: event {event.public_id}, lifted 2026-09-07" in listed
