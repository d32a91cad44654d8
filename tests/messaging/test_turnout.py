"""Forgetting keeps totals, on both: by door, what a reminder reached, what it cost, languages by quarter."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from outreach.database import db, transaction
from outreach.events import planning
from outreach.messaging import turnout
from outreach.messaging.models import Message
from outreach.registration import service
from outreach.registration.models import EventTurnout, LanguageTurnout, Registration
from tests.factories import NOW, make_event, make_request


@pytest.fixture
def event(context):
    with transaction():
        return make_event(capacity=50)


def register(event, vault, *, arrived: int = 0, **given) -> int:
    with transaction():
        found = service.register(make_request(event, **given), vault=vault, now=NOW)
        row = db.session.get_one(Registration, found.registration_id)
        row.arrived_count = arrived
    return row.id


def tell(registration_id: int, purpose: str, state: str = "delivered", **given) -> None:
    """Writes a text to a party as the outbox would have left it."""
    with transaction() as session:
        session.add(
            Message(
                **{
                    "dedup_key": f"{purpose}:{registration_id}",
                    "purpose": purpose,
                    "priority": 3,
                    "registration_id": registration_id,
                    "phone_hash": "hash",
                    "sealed": b"",
                    "segments": 2,
                    "state": state,
                    "not_before": NOW,
                    "deadline": NOW,
                    "due_at": NOW,
                    "zone": "America/Chicago",
                    "created_at": NOW,
                    "accepted_at": NOW,
                    **given,
                }
            )
        )


def forget(event, vault, *, is_held: bool = True) -> int:
    with transaction():
        if is_held:
            planning.close_as_held(event, 10, now=event.starts_at)
        return turnout.forget(event, vault=vault, now=event.ends_at + timedelta(hours=72))


def kept() -> dict[str, EventTurnout]:
    return {row.door: row for row in db.session.scalars(select(EventTurnout))}


def test_totals_of_each_door_stay(event, vault):
    register(event, vault, arrived=2, party_size=3, phone="+18165550101")
    register(event, vault, party_size=2, phone="+18165550102")
    register(event, vault, arrived=1, door="desk", party_size=1)

    assert forget(event, vault) == 3

    found = kept()
    assert {door: (row.parties, row.people, row.arrived) for door, row in found.items()} == {
        "web": (2, 5, 2),
        "desk": (1, 1, 1),
    }
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 0


def test_a_reminder_counts_when_it_is_known_to_have_arrived(event, vault):
    reached = register(event, vault, arrived=1, phone="+18165550101")
    lost = register(event, vault, phone="+18165550102")
    told_something_else = register(event, vault, arrived=1, phone="+18165550103")
    tell(reached, "day_before")
    tell(lost, "day_before", state="undelivered")
    tell(told_something_else, "confirmation")

    forget(event, vault)

    web = kept()["web"]
    assert (web.reminded, web.reminded_arrived, web.parties_arrived) == (1, 1, 2)


def test_two_reminders_of_one_party_count_once_and_cost_twice(event, vault):
    party = register(event, vault, arrived=1, phone="+18165550101")
    tell(party, "day_before")
    tell(party, "two_hours_before", resends=1)
    tell(party, "moved", channel="voice")
    tell(party, "thanks", state="expired", accepted_at=None)

    forget(event, vault)

    web = kept()["web"]
    assert (web.reminded, web.cents) == (1, pytest.approx(2 * 1.2 + 4 * 1.2 + 3.0))


def test_languages_are_kept_for_the_quarter_of_the_region(context, vault):
    for number in (1, 2):
        with transaction():
            event = make_event(title=f"Picnic {number}")
        register(event, vault, arrived=1, party_size=2, locale="es", phone=f"+1816555011{number}")
        forget(event, vault)

    (row,) = db.session.scalars(select(LanguageTurnout))
    quarter = f"{event.starts_local.year}-Q{(event.starts_local.month + 2) // 3}"
    assert (row.quarter, row.locale, row.parties, row.people, row.arrived) == (quarter, "es", 2, 4, 2)


def test_turnout_again_adds_nothing(event, vault):
    register(event, vault, arrived=1, phone="+18165550101")
    forget(event, vault)
    forget(event, vault, is_held=False)

    assert kept()["web"].parties == 1


def test_nobody_is_called_absent_from_an_event_that_did_not_take_place(event, vault):
    register(event, vault, phone="+18165550101")

    assert forget(event, vault, is_held=False) == 1
    assert kept() == {}
