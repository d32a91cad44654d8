"""Seats that become free without anybody leaving, and offers that run out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.models import Event
from outreach.policy import Role
from outreach.registration import seats, service
from outreach.registration.models import Registration
from outreach.registration.requests import Consent, Waitlisted
from tests.factories import NOW, make_event, make_request, make_staff

PHONE = "+18165550123"


@pytest.fixture
def event(context) -> Event:
    with transaction():
        return make_event(capacity=4)


def register(event, vault, **given):
    with transaction():
        return service.register(make_request(event, **given), vault=vault, now=NOW)


def settle(now=NOW) -> int:
    with transaction():
        return seats.settle(now=now)


def more_seats(event, capacity) -> None:
    """What a coordinator does on a page that knows nothing of guests."""
    with transaction():
        author = make_staff("coord@example.org", Role.COORDINATOR)
        draft = replace(planning.draft_of(event), capacity=capacity)
        planning.edit(event, draft, author=author, revision=event.revision, now=NOW)


def states() -> list[str]:
    return list(
        db.session.scalars(
            select(Registration.state).order_by(Registration.id).execution_options(populate_existing=True)
        )
    )


def counters(event) -> tuple[int, int]:
    db.session.rollback()
    return db.session.execute(
        select(Event.seats_taken, Event.waiting_parties).where(Event.id == event.id)
    ).one()


def test_settle_hands_on_the_seats_that_an_event_got(event, vault):
    register(event, vault, party_size=4)
    assert isinstance(register(event, vault, party_size=3), Waitlisted)
    assert isinstance(register(event, vault, party_size=2), Waitlisted)
    more_seats(event, 8)

    assert settle() == 1
    assert states() == ["confirmed", "confirmed", "waitlisted"]
    assert counters(event) == (7, 1)


def test_settle_hands_on_when_the_limit_falls(event, vault):
    register(event, vault, party_size=4)
    for size in (3, 2):
        register(event, vault, party_size=size)
    more_seats(event, None)

    assert settle() == 2
    assert counters(event) == (9, 0)


def test_settle_offers_seats_to_guests_who_can_be_asked(event, vault):
    register(event, vault, party_size=4)
    register(event, vault, party_size=2, phone=PHONE, consent=Consent("Yes."))
    more_seats(event, 8)

    assert settle() == 1
    assert states() == ["confirmed", "offered"]


def test_settle_twice_finds_nothing(event, vault):
    register(event, vault, party_size=4)
    register(event, vault, party_size=3)
    more_seats(event, 8)

    assert [settle(), settle()] == [1, 0]
    assert counters(event) == (7, 0)


def test_settle_passes_nobody_where_nobody_fits(event, vault):
    register(event, vault, party_size=3)
    register(event, vault, party_size=3)

    assert settle() == 0
    assert db.session.scalars(select(Registration.passed_count)).all() == [0, 0]


def test_settle_ends_offers_and_hands_their_seats_on(event, vault):
    register(event, vault, party_size=4)
    register(event, vault, party_size=2, phone=PHONE, consent=Consent("Yes."))
    more_seats(event, 6)
    settle()
    register(event, vault, party_size=1)

    assert settle(NOW + timedelta(hours=6)) == 1
    assert states() == ["confirmed", "waitlisted", "confirmed"]
    assert counters(event) == (5, 1)


def test_settle_stops_saving_seats_a_day_before(event, vault):
    """A party that was passed three times is waited for, until an empty chair helps nobody."""
    register(event, vault, party_size=1)
    large = register(event, vault, party_size=4)
    with transaction() as session:
        session.get_one(Registration, large.registration_id).passed_count = 3
    assert isinstance(register(event, vault, party_size=1), Waitlisted)

    assert settle(event.starts_at - timedelta(hours=25)) == 0
    assert settle(event.starts_at - timedelta(hours=24)) == 1
    assert states() == ["confirmed", "waitlisted", "confirmed"]


@pytest.mark.parametrize("ending", ["begun", "canceled"])
def test_settle_leaves_events_alone_that_nobody_can_join(event, vault, ending):
    register(event, vault, party_size=4)
    register(event, vault, party_size=3)
    more_seats(event, 8)
    if ending == "canceled":
        with transaction():
            planning.cancel(event, "Rain.", locale="en", now=NOW)

    assert settle(event.starts_at if ending == "begun" else NOW) == 0
    assert counters(event) == (4, 1)
