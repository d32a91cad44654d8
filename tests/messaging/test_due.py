from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.messaging.due import Channel, Expectation, Offer, Owed, confirmation_key, is_to_be_told, owed
from outreach.registration.consent_words import OTHER_CALLS, OTHER_TEXTS

#: A Saturday, one o'clock in the afternoon in Chicago.
START = datetime(2026, 9, 12, 18, 0, tzinfo=UTC)
END = START + timedelta(hours=2)
LONG_AGO = START - timedelta(days=20)
DAY, HOURS = timedelta(hours=24), timedelta(hours=2)

COMING = Expectation(
    registration_id=7,
    state="confirmed",
    has_consent=True,
    registered_at=LONG_AGO,
    changed_at=LONG_AGO,
    starts_at=START,
    ends_at=END,
    zone="America/Chicago",
    event_version=1,
    event_status="published",
    reminder_offsets=(DAY, HOURS),
)

CONFIRMATION = Owed("confirmation", "confirmation:7:0:confirmed-0", LONG_AGO, START, 2)
DAY_BEFORE = Owed("day_before", "day_before:7:1:1440", START - DAY, START - HOURS, 3)
TWO_HOURS_BEFORE = Owed("two_hours_before", "two_hours_before:7:1:120", START - HOURS, START, 3)


def keys(texts: tuple[Owed, ...]) -> list[str]:
    return [text.dedup_key for text in texts]


def registered(before_start: timedelta) -> Expectation:
    at = START - before_start
    return replace(COMING, registered_at=at, changed_at=at)


def test_owed_is_a_confirmation_and_the_reminders_of_the_kind() -> None:
    assert owed(COMING, LONG_AGO) == (CONFIRMATION, DAY_BEFORE, TWO_HOURS_BEFORE)


@pytest.mark.parametrize("offsets", [(), (HOURS,), (7 * DAY, DAY, HOURS)])
@pytest.mark.parametrize(("channel", "others"), [("text", OTHER_TEXTS), ("voice", OTHER_CALLS)])
def test_owed_is_as_much_as_a_guest_agreed_to(
    offsets: tuple[timedelta, ...], channel: Channel, others: int
) -> None:
    coming = replace(COMING, reminder_offsets=offsets, channel=channel)
    came = replace(
        coming, event_status="held", arrived_count=2, closed_at=END, forgotten_at=END + timedelta(days=3)
    )

    assert len(owed(coming, LONG_AGO) + owed(came, END)) == len(offsets) + others


def test_owed_is_the_same_whenever_it_is_asked() -> None:
    assert owed(COMING, START - HOURS - timedelta(minutes=1)) == owed(COMING, LONG_AGO)


def test_owed_is_nothing_from_the_start_on() -> None:
    assert owed(COMING, START) == ()


@pytest.mark.parametrize(
    "expectation",
    [
        pytest.param(replace(COMING, has_consent=False), id="no consent"),
        pytest.param(replace(COMING, state="cancelled"), id="guest does not come"),
        pytest.param(replace(COMING, event_status="held"), id="event is over"),
        pytest.param(replace(COMING, event_status="draft"), id="event is not public"),
        pytest.param(
            replace(COMING, event_status="cancelled", cancelled_at=LONG_AGO, has_consent=False),
            id="no consent, canceled event",
        ),
    ],
)
def test_owed_is_nothing(expectation: Expectation) -> None:
    assert owed(expectation, LONG_AGO) == ()


@pytest.mark.parametrize(
    ("before_start", "expected"),
    [
        pytest.param(timedelta(hours=48), ["day_before", "two_hours_before"], id="two days"),
        pytest.param(timedelta(hours=48, seconds=-1), ["two_hours_before"], id="less than two days"),
        pytest.param(timedelta(hours=23), ["two_hours_before"], id="after the reminder was due"),
        pytest.param(timedelta(hours=4), ["two_hours_before"], id="four hours"),
        pytest.param(timedelta(hours=4, seconds=-1), [], id="less than four hours"),
        pytest.param(timedelta(minutes=10), [], id="ten minutes"),
    ],
)
def test_owed_leaves_out_reminders_that_the_confirmation_has_just_given(
    before_start: timedelta, expected: list[str]
) -> None:
    expectation = registered(before_start)
    texts = owed(expectation, expectation.registered_at)

    assert [text.purpose for text in texts] == ["confirmation", *expected]


def test_owed_leaves_out_a_reminder_that_quiet_hours_swallow() -> None:
    # Half past eight in the morning in Chicago: two hours before, and until the start, all are asleep.
    early = replace(COMING, starts_at=datetime(2026, 9, 12, 13, 30, tzinfo=UTC))

    assert keys(owed(early, LONG_AGO)) == ["confirmation:7:0:confirmed-0", "day_before:7:1:1440"]


@pytest.mark.parametrize(
    ("hour_utc", "expected"),
    [pytest.param(14, False, id="starts at nine"), pytest.param(15, True, id="starts at ten")],
)
def test_owed_keeps_a_reminder_that_can_still_go_out_before_the_start(hour_utc: int, expected: bool) -> None:
    event = replace(COMING, starts_at=datetime(2026, 9, 12, hour_utc, 0, tzinfo=UTC))

    assert ("two_hours_before:7:1:120" in keys(owed(event, LONG_AGO))) is expected


def test_owed_words_reminders_by_how_near_they_are() -> None:
    week = replace(COMING, reminder_offsets=(timedelta(hours=1), timedelta(days=7)))

    assert keys(owed(week, LONG_AGO))[1:] == ["day_before:7:1:10080", "two_hours_before:7:1:60"]


def test_owed_has_done_with_a_reminder_when_the_time_of_the_next_has_come() -> None:
    week = replace(COMING, reminder_offsets=(timedelta(days=7), DAY))

    assert [text.deadline for text in owed(week, LONG_AGO)[1:]] == [START - DAY, START]
    assert keys(owed(week, START - DAY)) == ["confirmation:7:0:confirmed-0", "day_before:7:1:1440"]


def test_owed_waits_with_reminders_until_there_are_seats() -> None:
    waiting = replace(COMING, state="waitlisted")

    assert owed(waiting, LONG_AGO) == (replace(CONFIRMATION, dedup_key="confirmation:7:0:waitlisted"),)


def test_owed_confirms_seats_that_were_given_to_a_waiting_party() -> None:
    seated = replace(COMING, changed_at=START - timedelta(days=5))

    assert keys(owed(seated, LONG_AGO))[0] != keys(owed(replace(COMING, state="waitlisted"), LONG_AGO))[0]
    assert keys(owed(replace(seated, offers_made=1), LONG_AGO))[0] == "confirmation:7:0:confirmed-1"


def test_confirmation_key_is_that_of_the_confirmation_owed() -> None:
    seated = replace(COMING, offers_made=2)

    assert confirmation_key(7, "confirmed", offers_made=2) == keys(owed(seated, LONG_AGO))[0]
    assert (
        confirmation_key(7, "waitlisted", offers_made=2)
        == keys(owed(replace(seated, state="waitlisted"), LONG_AGO))[0]
    )


OFFERED_AT = START - timedelta(days=3)
OFFERED = replace(
    COMING,
    state="offered",
    offer=Offer(2, OFFERED_AT + timedelta(hours=4)),
    offers_made=2,
    changed_at=OFFERED_AT,
)


def test_owed_tells_of_an_offer_until_it_expires() -> None:
    assert owed(OFFERED, OFFERED_AT) == (
        Owed("seat_offered", "seat_offered:7:0:2", OFFERED_AT, OFFERED_AT + timedelta(hours=4), 1),
    )
    assert owed(OFFERED, OFFERED_AT + timedelta(hours=4)) == ()


MOVED_AT = START - timedelta(days=4)
MOVED = replace(COMING, event_version=2, moved_at=MOVED_AT, moved_from_at=START - timedelta(days=1))


def test_owed_tells_of_a_move_and_reminds_of_the_new_time_only() -> None:
    texts = owed(MOVED, MOVED_AT)

    assert texts == (
        Owed("moved", "moved:7:2:0", MOVED_AT, START, 1, changed_start_at=START - timedelta(days=1)),
        replace(DAY_BEFORE, dedup_key="day_before:7:2:1440"),
        replace(TWO_HOURS_BEFORE, dedup_key="two_hours_before:7:2:120"),
    )
    assert {DAY_BEFORE.dedup_key, TWO_HOURS_BEFORE.dedup_key, CONFIRMATION.dedup_key}.isdisjoint(keys(texts))


def test_owed_names_the_new_start_where_the_old_one_is_later_or_unknown() -> None:
    unknown, later = replace(MOVED, moved_from_at=None), replace(MOVED, moved_from_at=START + DAY)

    assert [owed(event, MOVED_AT)[0].changed_start_at for event in (unknown, later)] == [START, START]


def test_owed_tells_of_a_move_in_place_of_a_reminder_that_would_follow_it_closely() -> None:
    late = replace(MOVED, moved_at=START - timedelta(hours=30))

    assert keys(owed(late, START - timedelta(hours=30))) == ["moved:7:2:0", "two_hours_before:7:2:120"]


def test_owed_says_nothing_of_a_move_to_those_who_registered_after_it() -> None:
    later = replace(
        MOVED, registered_at=MOVED_AT + timedelta(hours=1), changed_at=MOVED_AT + timedelta(hours=1)
    )

    assert [text.purpose for text in owed(later, MOVED_AT)] == [
        "confirmation",
        "day_before",
        "two_hours_before",
    ]


def test_owed_confirms_seats_given_after_a_move() -> None:
    seated = replace(MOVED, changed_at=MOVED_AT + timedelta(hours=1))

    assert [text.purpose for text in owed(seated, MOVED_AT)][:2] == ["moved", "confirmation"]


@pytest.mark.parametrize("state", ["confirmed", "waitlisted", "offered"])
def test_owed_tells_everybody_who_hoped_to_come_of_a_move(state: str) -> None:
    assert "moved:7:2:0" in keys(owed(replace(MOVED, state=state), MOVED_AT))  # type: ignore[arg-type]


def test_owed_tells_of_a_move_and_a_cancellation_in_the_second_of_registering() -> None:
    moved = replace(COMING, event_version=2, moved_at=LONG_AGO)
    canceled = replace(COMING, event_status="cancelled", cancelled_at=LONG_AGO)

    assert keys(owed(moved, LONG_AGO))[0] == "moved:7:2:0"
    assert keys(owed(canceled, LONG_AGO)) == ["cancelled:7:1:0"]


def test_owed_says_nothing_of_a_cancellation_to_those_who_registered_after_it() -> None:
    late = replace(COMING, event_status="cancelled", cancelled_at=LONG_AGO - timedelta(seconds=1))

    assert owed(late, LONG_AGO) == ()


CLOSED_AT = END + timedelta(hours=1)
CAME = replace(
    COMING,
    event_status="held",
    arrived_count=2,
    closed_at=CLOSED_AT,
    forgotten_at=END + timedelta(hours=72),
)


def test_owed_thanks_a_party_that_came_before_it_is_forgotten() -> None:
    texts = owed(CAME, CLOSED_AT)

    assert texts == (Owed("thanks", "thanks:7:0:0", CLOSED_AT, END + timedelta(hours=70), 3),)
    assert owed(CAME, END + timedelta(hours=70)) == ()


def test_owed_thanks_nobody_before_the_end() -> None:
    early = replace(CAME, closed_at=START + timedelta(minutes=30))

    assert owed(early, CLOSED_AT)[0].not_before == END


@pytest.mark.parametrize(
    "expectation",
    [
        pytest.param(replace(CAME, arrived_count=0), id="did not come"),
        pytest.param(replace(CAME, state="waitlisted"), id="waited"),
        pytest.param(replace(CAME, state="cancelled"), id="gave up"),
        pytest.param(replace(CAME, has_consent=False), id="said stop"),
        pytest.param(replace(CAME, event_status="published", closed_at=None), id="not closed"),
    ],
)
def test_owed_thanks_nobody_who(expectation: Expectation) -> None:
    assert owed(expectation, CLOSED_AT) == ()


CANCELED_AT = START - timedelta(hours=1)
CANCELED = replace(COMING, event_status="cancelled", cancelled_at=CANCELED_AT)


@pytest.mark.parametrize("state", ["confirmed", "waitlisted", "offered"])
def test_owed_of_a_canceled_event_is_that_it_is_canceled(state: str) -> None:
    texts = owed(replace(CANCELED, state=state), CANCELED_AT)  # type: ignore[arg-type]

    assert texts == (Owed("cancelled", "cancelled:7:1:0", CANCELED_AT, END, 1, changed_start_at=START),)


@pytest.mark.parametrize(
    ("after_start", "expected"),
    [
        pytest.param(timedelta(0), 1, id="start"),
        pytest.param(timedelta(hours=2, seconds=-1), 1, id="just before the end"),
        pytest.param(timedelta(hours=2), 0, id="end"),
    ],
)
def test_owed_tells_of_a_cancellation_until_the_event_would_have_ended(
    after_start: timedelta, expected: int
) -> None:
    assert len(owed(CANCELED, START + after_start)) == expected


_INSTANTS = st.datetimes(datetime(2026, 8, 1), datetime(2026, 10, 1), timezones=st.just(UTC))


@settings(deadline=None)
@given(
    st.builds(
        replace,
        st.just(COMING),
        state=st.sampled_from(["confirmed", "waitlisted", "offered", "cancelled"]),
        has_consent=st.booleans(),
        registered_at=_INSTANTS,
        changed_at=_INSTANTS,
        event_version=st.integers(1, 3),
        event_status=st.sampled_from(["published", "cancelled", "held"]),
        moved_at=st.none() | _INSTANTS,
        cancelled_at=st.none() | _INSTANTS,
        closed_at=st.none() | _INSTANTS,
        forgotten_at=st.none() | _INSTANTS,
        arrived_count=st.integers(0, 2),
        offer=st.none() | st.builds(Offer, st.integers(1, 3), _INSTANTS),
        reminder_offsets=st.sampled_from([(), (DAY,), (HOURS, DAY), (timedelta(days=7), DAY, HOURS)]),
    ),
    _INSTANTS,
)
def test_owed_never_repeats_a_key_nor_outlives_a_deadline(expectation: Expectation, now: datetime) -> None:
    texts = owed(expectation, now)

    assert len(set(keys(texts))) == len(texts)
    assert all(now < text.deadline for text in texts)
    assert [text.priority for text in texts] == sorted(text.priority for text in texts)
    assert not texts or expectation.has_consent
    assert set(keys(owed(expectation, now + timedelta(hours=1)))) <= set(keys(texts))


def test_announcement_concerns_who_has_seats_until_the_start() -> None:
    assert is_to_be_told(COMING, START - timedelta(seconds=1))
    assert not is_to_be_told(COMING, START)


@pytest.mark.parametrize(
    "change",
    [
        {"has_consent": False},
        {"state": "waitlisted"},
        {"state": "offered"},
        {"state": "cancelled"},
        {"event_status": "cancelled"},
        {"event_status": "draft"},
    ],
    ids=str,
)
def test_announcement_does_not_concern_anybody_else(change: dict[str, object]) -> None:
    assert not is_to_be_told(replace(COMING, **change), LONG_AGO)  # type: ignore[arg-type]
