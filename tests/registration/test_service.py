"""The one registration: seats, the waiting list, the same guest twice, changing and cancelling."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events.models import Event
from outreach.registration import seats, service
from outreach.registration.guests import GuestFacts, open_guest
from outreach.registration.models import ConsentEvent, Guest, Registration
from outreach.registration.requests import AlreadyRegistered, Consent, Registered, Waitlisted
from tests.factories import NOW, make_event, make_request

PHONE = "+18165550123"


def register(event, vault, now=NOW, **given):
    with transaction():
        return service.register(make_request(event, **given), vault=vault, now=now)


def row_of(outcome) -> Registration:
    return db.session.get_one(Registration, outcome.registration_id, populate_existing=True)


@pytest.fixture
def event(context):
    with transaction():
        return make_event(capacity=10)


def seats_taken(event) -> int:
    return db.session.scalar(select(Event.seats_taken).where(Event.id == event.id))


def test_register_takes_seats(event, vault):
    outcome = register(event, vault, party_size=3)

    assert isinstance(outcome, Registered)
    assert outcome.party_size == 3
    assert seats_taken(event) == 3


def test_register_seals_what_identifies_the_guest(event, vault):
    outcome = register(event, vault, phone=PHONE, first_name="Amina", locale="es")

    guest = row_of(outcome).guest
    assert b"Amina" not in guest.sealed
    assert open_guest(vault, guest.sealed) == GuestFacts(outcome.pass_token, "es", "Amina", PHONE)


def test_register_keeps_the_exact_words_of_consent(event, vault):
    register(event, vault, phone=PHONE, locale="es", consent=Consent("Sí, envíenme mensajes."))

    line = db.session.scalar(select(ConsentEvent))
    assert vault.open(line.sealed, place="consent") == {"wording": "Sí, envíenme mensajes.", "locale": "es"}
    assert (line.action, line.source, line.at) == ("granted", "web", NOW)


@pytest.mark.parametrize("party_size", [0, -1, 21, 500])
def test_register_refuses_an_impossible_party(event, vault, party_size):
    with pytest.raises(InvalidInputError):
        register(event, vault, party_size=party_size)
    assert db.session.scalar(select(Guest.id)) is None


def test_register_refuses_a_party_larger_than_the_room(event, vault):
    with pytest.raises(InvalidInputError, match="only 10 seats"):
        register(event, vault, party_size=11)


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_register_knows_no_event_that_is_not_public(context, vault, status):
    with transaction():
        event = make_event(status="draft")
        event.status = status
    with pytest.raises(NotFoundError):
        register(event, vault)


def test_register_refuses_a_cancelled_event(context, vault):
    with transaction():
        event = make_event(status="cancelled")
    with pytest.raises(ConflictError, match="canceled"):
        register(event, vault)


def test_register_refuses_an_event_that_has_begun(event, vault):
    with pytest.raises(ConflictError, match="begun"):
        register(event, vault, now=event.starts_at)


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"takes_registrations": False}, "do not need to register"), ({"status": "cancelled"}, "canceled")],
    ids=["no longer asks", "cancelled"],
)
def test_register_refuses_an_event_that_closes_in_this_very_moment(event, vault, monkeypatch, change, reason):
    """Somebody else's change is committed after the event was read: nobody waits for an event like that."""

    def closed_meanwhile(*_: object) -> None:
        db.session.execute(Event.__table__.update().values(change))

    monkeypatch.setattr(service, "_existing", closed_meanwhile)

    with pytest.raises(ConflictError, match=reason):
        register(event, vault, phone=PHONE)
    assert db.session.scalar(select(Registration)) is None


def test_same_phone_gets_the_same_registration_back(event, vault):
    first = register(event, vault, phone=PHONE, party_size=2)
    second = register(event, vault, phone=PHONE, party_size=5, is_phone_proven=True)

    assert second == AlreadyRegistered(first.registration_id, first.pass_token, first.code, 2, "confirmed")
    assert seats_taken(event) == 2


def test_somebody_who_only_types_a_number_is_not_led_to_its_pass(event, vault):
    register(event, vault, phone=PHONE)

    outcome = register(event, vault, phone=PHONE)

    assert outcome.pass_token is None


def test_the_browser_that_holds_the_pass_is_led_to_it(event, vault):
    first = register(event, vault, phone=PHONE)

    outcome = register(event, vault, phone=PHONE, pass_token=first.pass_token)

    assert outcome.pass_token == first.pass_token


def test_a_shared_browser_starts_a_new_pass_for_another_number(event, vault):
    first = register(event, vault, phone=PHONE)
    second = register(event, vault, phone="+18165550199", pass_token=first.pass_token)
    third = register(event, vault, pass_token=first.pass_token)

    assert len({first.pass_token, second.pass_token, third.pass_token}) == 3


def test_the_same_filled_in_form_counts_once(event, vault):
    first = register(event, vault, request_key="form-1")
    second = register(event, vault, request_key="form-1")

    assert second == AlreadyRegistered(first.registration_id, first.pass_token, first.code, 2, "confirmed")
    assert seats_taken(event) == 2


def test_a_cancelled_registration_comes_back_to_life(event, vault):
    first = register(event, vault, phone=PHONE, party_size=2)
    with transaction():
        service.cancel(row_of(first), now=NOW)
    again = register(event, vault, phone=PHONE, party_size=4)

    assert again.registration_id == first.registration_id
    assert seats_taken(event) == 4


def test_full_event_puts_the_whole_party_on_the_list(event, vault):
    register(event, vault, party_size=8)
    waiting = register(event, vault, party_size=3)

    assert isinstance(waiting, Waitlisted)
    assert waiting.place == 1
    assert seats_taken(event) == 8


def test_smaller_party_passes_where_seats_would_stay_empty(event, vault):
    register(event, vault, party_size=8)
    large = register(event, vault, party_size=3)
    small = register(event, vault, party_size=2)

    assert isinstance(small, Registered)
    assert row_of(large).passed_count == 1
    assert seats_taken(event) == 10


def test_party_passed_three_times_is_not_passed_again(event, vault):
    register(event, vault, party_size=6)
    large = register(event, vault, party_size=5)
    for _ in range(3):
        assert isinstance(register(event, vault, party_size=1), Registered)
    fourth = register(event, vault, party_size=1)

    assert isinstance(fourth, Waitlisted)
    assert row_of(large).passed_count == 3
    assert seats_taken(event) == 9


def test_cancelling_hands_the_seats_to_the_next(event, vault):
    first = register(event, vault, party_size=10)
    waiting = register(event, vault, party_size=4)
    with transaction():
        service.cancel(row_of(first), now=NOW)

    assert row_of(waiting).state == "confirmed"
    assert seats_taken(event) == 4


def test_cancelling_twice_frees_the_seats_once(event, vault):
    first = register(event, vault, party_size=4)
    register(event, vault, party_size=3)
    for _ in range(2):
        with transaction():
            service.cancel(row_of(first), now=NOW)

    assert seats_taken(event) == 3


def offered(event, vault) -> Registration:
    """A waiting party that can be asked by text and was just offered its seats."""
    first = register(event, vault, party_size=10)
    waiting = register(event, vault, party_size=4, phone=PHONE, consent=Consent("Yes."))
    with transaction():
        service.cancel(row_of(first), now=NOW)
    return row_of(waiting)


def test_guest_who_can_be_asked_is_offered_the_seats(event, vault):
    row = offered(event, vault)

    assert (row.state, row.offer_number, row.offer_expires_at) == ("offered", 1, NOW + timedelta(hours=4))
    assert seats_taken(event) == 4


def test_accepting_in_time_confirms(event, vault):
    row = offered(event, vault)
    with transaction():
        assert service.accept_offer(row, now=NOW + timedelta(hours=3))

    assert row_of_id(row).state == "confirmed"


def row_of_id(row) -> Registration:
    return db.session.get_one(Registration, row.id, populate_existing=True)


def test_accepting_too_late_says_so(event, vault):
    row = offered(event, vault)
    with transaction():
        assert not service.accept_offer(row, now=NOW + timedelta(hours=4))


def test_unanswered_offer_goes_on_to_the_next_party(event, vault):
    row = offered(event, vault)
    other = register(event, vault, party_size=7)
    with transaction():
        assert seats.end_offers(now=NOW + timedelta(hours=5)) == 1

    assert row_of(other).state == "confirmed"
    assert row_of_id(row).state == "waitlisted"
    assert db.session.get_one(Event, event.id, populate_existing=True).waiting_parties == 1


def test_party_is_taken_off_the_list_after_its_second_unanswered_offer(event, vault):
    row = offered(event, vault)
    with transaction():
        seats.end_offers(now=NOW + timedelta(hours=5))
    assert row_of_id(row).offer_number == 2
    with transaction():
        seats.end_offers(now=NOW + timedelta(days=1, hours=5))

    assert row_of_id(row).state == "cancelled"
    assert seats_taken(event) == 0


def test_party_can_grow_while_seats_are_free(event, vault):
    row = row_of(register(event, vault, party_size=2))
    with transaction():
        service.change_party(row, 6, now=NOW)

    assert (row_of_id(row).party_size, seats_taken(event)) == (6, 6)


def test_party_that_cannot_grow_stays_as_it_was(event, vault):
    row = row_of(register(event, vault, party_size=2))
    register(event, vault, party_size=6)
    with pytest.raises(ConflictError, match="stays as it was"), transaction():
        service.change_party(row, 5, now=NOW)

    assert (row_of_id(row).party_size, seats_taken(event)) == (2, 8)


def test_shrinking_party_frees_seats_for_the_list(event, vault):
    row = row_of(register(event, vault, party_size=8))
    waiting = register(event, vault, party_size=5)
    with transaction():
        service.change_party(row, 5, now=NOW)

    assert row_of(waiting).state == "confirmed"
    assert seats_taken(event) == 10


def test_deleting_a_guest_leaves_no_row_and_frees_the_seats(event, vault):
    outcome = register(event, vault, party_size=4, phone=PHONE)
    with transaction():
        service.delete_guest(service.guest_by_token(outcome.pass_token, vault=vault), now=NOW)

    assert db.session.scalar(select(Registration.id)) is None
    assert db.session.scalar(select(Guest.id)) is None
    assert seats_taken(event) == 0


def test_forty_parties_at_once_for_ten_seats(app, vault):
    with app.app_context(), transaction():
        event = make_event(capacity=10)
        event_id = event.id
        request = make_request(event, party_size=1)
    outcomes: list[object] = []
    gate = threading.Barrier(40)

    def come() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    outcomes.append(service.register(request, vault=vault, now=NOW))
            except Exception as error:
                outcomes.append(error)

    threads = [threading.Thread(target=come) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(outcome, Registered) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, Waitlisted) for outcome in outcomes) == 30
    with app.app_context():
        event = db.session.get_one(Event, event_id)
        assert (event.seats_taken, event.waiting_parties) == (10, 30)


def test_one_guest_at_once_through_many_processes_is_one_row(app, vault):
    with app.app_context(), transaction():
        request = make_request(make_event(capacity=10), party_size=1, phone=PHONE)
    outcomes: list[object] = []
    gate = threading.Barrier(8)

    def come() -> None:
        with app.app_context():
            gate.wait()
            try:
                with transaction():
                    outcomes.append(service.register(request, vault=vault, now=NOW))
            except Exception as error:
                outcomes.append(error)

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyRegistered"] * 7 + [
        "Registered"
    ]
    with app.app_context():
        assert db.session.scalar(select(Event.seats_taken)) == 1
