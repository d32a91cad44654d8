"""Totals of parties: who counts as what, and that every party is counted once."""

from outreach.registration.turnout import PartyOutcome, Turnout, by_door

CAME = PartyOutcome("web", "confirmed", 4, 3, is_reaffirmed=True, is_reminded=True, cents=2.4)
ABSENT = PartyOutcome("web", "confirmed", 2, 0, is_reminded=True, cents=1.2)
UNREMINDED = PartyOutcome("web", "confirmed", 1, 1)


def test_parties_with_seats_are_counted_with_who_came() -> None:
    (found,) = by_door([CAME, ABSENT, UNREMINDED]).values()
    assert (found.parties, found.people, found.arrived, found.absent) == (3, 7, 4, 3)
    assert (found.reaffirmed, round(found.cents, 9)) == (1, 3.6)


def test_reminded_and_other_parties_are_compared_by_whether_anybody_came() -> None:
    (found,) = by_door([CAME, ABSENT, UNREMINDED]).values()
    assert (found.reminded_arrived, found.reminded) == (1, 2)
    assert (found.unreminded_arrived, found.unreminded) == (1, 1)


def test_parties_without_seats_are_in_no_rate() -> None:
    found = by_door(
        [
            PartyOutcome("text", "waitlisted", 5, 0, is_reminded=True),
            PartyOutcome("text", "offered", 2, 0),
            PartyOutcome("text", "cancelled", 3, 0, cents=1.2),
        ]
    )
    assert found == {"text": Turnout(waiting=2, cancelled=1, cents=1.2)}


def test_each_door_has_its_own_totals_and_they_add_up() -> None:
    found = by_door([CAME, PartyOutcome("desk", "confirmed", 2, 2), ABSENT])
    assert {door: totals.people for door, totals in found.items()} == {"web": 6, "desk": 2}
    assert sum(found.values(), Turnout()) == found["web"] + found["desk"]
