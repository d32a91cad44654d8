"""What the door does, on both databases: links, arrivals, walk-ins, counts, the list."""

from datetime import timedelta

import pytest

from outreach.database import db, transaction
from outreach.errors import InvalidInputError, NotFoundError
from outreach.events import planning
from outreach.registration import door, service
from outreach.registration.models import Registration
from outreach.registration.roster import Party
from tests.factories import NOW, make_event, make_request


@pytest.fixture
def event(context):
    with transaction():
        return make_event()


def register(event, vault, **given):
    with transaction():
        return service.register(make_request(event, **given), vault=vault, now=NOW)


def arrived(registration_id: int) -> int:
    row = db.session.get(Registration, registration_id, populate_existing=True)
    return row.arrived_count


def test_link_opens_its_event_s_door(event, vault):
    token = door.link_of(event, vault=vault)

    assert door.event_behind(token, vault=vault, now=event.starts_at).id == event.id
    assert token == door.link_of(event, vault=vault)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda token: "", id="empty"),
        pytest.param(lambda token: token.partition(".")[0], id="without-its-secret"),
        pytest.param(lambda token: token[:-1], id="cut-short"),
        pytest.param(lambda token: token + "x", id="longer"),
        pytest.param(lambda token: "zzzzzzzzzz." + token.partition(".")[2], id="of-another-event"),
        pytest.param(lambda token: "π" + token, id="not-ascii"),
        pytest.param(lambda token: "\0" + token, id="nul"),
    ],
)
def test_link_that_is_not_whole_opens_nothing(event, vault, change):
    token = change(door.link_of(event, vault=vault))
    with pytest.raises(NotFoundError):
        door.event_behind(token, vault=vault, now=event.starts_at)


@pytest.mark.parametrize(
    ("hours_from_start", "is_open"),
    [(-25, False), (-24, True), (0, True), (26, True), (27, False)],
    ids=["too-early", "a-day-before", "at-the-start", "a-day-after-the-end", "too-late"],
)
def test_link_opens_from_a_day_before_to_a_day_after(event, vault, hours_from_start, is_open):
    token = door.link_of(event, vault=vault)
    at = event.starts_at + timedelta(hours=hours_from_start)
    if is_open:
        assert door.event_behind(token, vault=vault, now=at).id == event.id
    else:
        with pytest.raises(NotFoundError):
            door.event_behind(token, vault=vault, now=at)


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_link_opens_no_event_that_does_not_take_place(context, vault, status):
    with transaction():
        event = make_event(status=status)
    with pytest.raises(NotFoundError):
        door.event_behind(door.link_of(event, vault=vault), vault=vault, now=event.starts_at)


def test_replaced_link_opens_nothing_and_the_new_one_does(event, vault):
    old = door.link_of(event, vault=vault)
    with transaction():
        door.replace_link(event)
    new = door.link_of(event, vault=vault)

    assert door.event_behind(new, vault=vault, now=event.starts_at).id == event.id
    with pytest.raises(NotFoundError):
        door.event_behind(old, vault=vault, now=event.starts_at)


def test_arrivals_are_set_and_not_added(event, vault):
    party = register(event, vault, party_size=4)
    for count in (3, 3, 4, 0, 2, 2):
        with transaction():
            door.set_arrived(event, party.registration_id, count)
        assert arrived(party.registration_id) == count


@pytest.mark.parametrize("count", [-1, 5, 500, 10**12], ids=str)
def test_arrivals_of_more_or_fewer_than_the_party_are_refused(event, vault, count):
    party = register(event, vault, party_size=4)
    with pytest.raises(InvalidInputError, match="4 people") as caught, transaction():
        door.set_arrived(event, party.registration_id, count)

    assert caught.value.field == "count"
    assert arrived(party.registration_id) == 0


def test_arrivals_of_a_party_of_another_event_are_refused(event, vault):
    with transaction():
        other = make_event(title="Another picnic")
    party = register(other, vault)
    with pytest.raises(NotFoundError), transaction():
        door.set_arrived(event, party.registration_id, 1)

    assert arrived(party.registration_id) == 0


@pytest.mark.parametrize("count", [-1, 0, 1], ids=str)
def test_arrivals_of_nobody_known_are_refused(event, count):
    with pytest.raises(NotFoundError), transaction():
        door.set_arrived(event, 987654, count)


def test_arrivals_of_a_party_that_cancelled_are_refused(event, vault):
    party = register(event, vault)
    with transaction():
        service.cancel(db.session.get(Registration, party.registration_id), now=NOW)
    with pytest.raises(NotFoundError), transaction():
        door.set_arrived(event, party.registration_id, 1)


def walk_in(event, people, key) -> bool:
    with transaction():
        return door.add_walk_ins(event, people, key=key, now=NOW)


def test_walk_ins_add_up_and_a_repeated_tap_counts_once(event):
    assert [
        walk_in(event, 2, "first-tap"),
        walk_in(event, 5, "second-tap"),
        walk_in(event, 2, "first-tap"),
    ] == [
        True,
        True,
        False,
    ]
    assert door.walk_ins_of(event) == 7


def test_walk_ins_can_be_taken_back_down_to_none(event):
    walk_in(event, 2, "tap-number-1")
    walk_in(event, -2, "tap-number-2")

    assert door.walk_ins_of(event) == 0
    with pytest.raises(InvalidInputError):
        walk_in(event, -1, "tap-number-3")
    assert door.walk_ins_of(event) == 0


def test_refused_tap_is_not_remembered(event):
    """The same page sends the same key again once there is somebody to take back."""
    with pytest.raises(InvalidInputError):
        walk_in(event, -1, "tap-number-1")
    walk_in(event, 1, "tap-number-2")

    assert walk_in(event, -1, "tap-number-1")
    assert door.walk_ins_of(event) == 0


@pytest.mark.parametrize(
    ("people", "key"),
    [
        (0, "tap-number-1"),
        (501, "tap-number-1"),
        (-501, "tap-number-1"),
        (1, "short"),
        (1, "x" * 41),
        (1, "tap\0number-1"),
    ],
    ids=["nobody", "too-many", "too-many-back", "short-key", "long-key", "nul"],
)
def test_walk_ins_that_cannot_be_are_refused(event, people, key):
    with pytest.raises(InvalidInputError):
        walk_in(event, people, key)
    assert door.walk_ins_of(event) == 0


def test_people_in_the_room_are_arrivals_and_walk_ins_of_this_event(event, vault):
    with transaction():
        other = make_event(title="Another picnic")
    coming, elsewhere, gone = register(event, vault), register(other, vault), register(event, vault)
    with transaction():
        for place, party in ((event, coming), (other, elsewhere), (event, gone)):
            door.set_arrived(place, party.registration_id, 2)
    walk_in(event, 5, "tap-number-1")
    walk_in(other, 1, "tap-number-2")
    with transaction():
        service.cancel(db.session.get(Registration, gone.registration_id), now=NOW)

    assert door.people_in_room(event) == 7


def test_people_in_the_room_of_nobody_are_none(event):
    assert door.people_in_room(event) == 0


def test_parties_are_by_name_and_tell_only_what_the_door_needs(event, vault):
    second = register(event, vault, first_name="Zawadi", phone="+18165550143", needs=("interpreter", "ride"))
    third = register(event, vault, party_size=1, needs=("childcare",))
    first = register(event, vault, first_name="álvaro", companions=("Luz",))
    waiting = register(event, vault, first_name="Bo")
    with transaction():
        service.cancel(db.session.get(Registration, waiting.registration_id), now=NOW)
        door.set_arrived(event, first.registration_id, 1)

    assert door.parties(event, vault=vault) == [
        Party(first.registration_id, "álvaro", first.code, 2, 1, False),
        Party(second.registration_id, "Zawadi", second.code, 2, 0, True),
        Party(third.registration_id, "", third.code, 1, 0, False),
    ]


def test_list_stays_open_until_the_event_is_closed_and_over(event):
    assert door.is_list_open(event, now=event.ends_at + timedelta(hours=5))
    with transaction():
        planning.close_as_held(event, 12, now=event.starts_at)

    assert door.is_list_open(event, now=event.ends_at - timedelta(minutes=1))
    assert not door.is_list_open(event, now=event.ends_at)
