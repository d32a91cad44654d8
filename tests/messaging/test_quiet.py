from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.messaging.quiet import is_quiet, next_allowed_at, next_allowed_for_announcement_at

CHICAGO = "America/Chicago"


def utc(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock_utc", "expected"),
    [
        # Chicago is five hours behind UTC in September.
        pytest.param("13:59:59", True, id="just before nine"),
        pytest.param("14:00", False, id="nine"),
        pytest.param("19:00", False, id="afternoon"),
        pytest.param("00:59:59", False, id="just before eight in the evening"),
        pytest.param("01:00", True, id="eight in the evening"),
        pytest.param("08:00", True, id="night"),
    ],
)
def test_is_quiet_from_eight_in_the_evening_until_nine(clock_utc: str, expected: bool) -> None:
    assert is_quiet(utc("2026-09-12", clock_utc), CHICAGO) is expected


@pytest.mark.parametrize(
    ("day", "clock", "expected_day", "expected_clock"),
    [
        pytest.param("2026-09-12", "08:00", "2026-09-12", "14:00", id="night: the same morning"),
        pytest.param("2026-09-13", "01:00", "2026-09-13", "14:00", id="evening: the next morning"),
        pytest.param("2026-09-12", "17:00", "2026-09-12", "17:00", id="day: at once"),
        # Clocks go forward on March 8: nine o'clock is 15:00 UTC on the 7th and 14:00 on the 8th.
        pytest.param("2026-03-07", "12:00", "2026-03-07", "15:00", id="before spring"),
        pytest.param("2026-03-08", "04:00", "2026-03-08", "14:00", id="over the spring night"),
        pytest.param("2026-03-08", "14:30", "2026-03-08", "14:30", id="spring: half past nine"),
        pytest.param("2026-03-07", "14:30", "2026-03-07", "15:00", id="the day before: half past eight"),
        # Clocks go back on November 1: nine o'clock is 14:00 UTC on October 31 and 15:00 after.
        pytest.param("2026-11-01", "02:00", "2026-11-01", "15:00", id="over the autumn night"),
        pytest.param("2026-11-01", "14:30", "2026-11-01", "15:00", id="autumn: half past eight"),
        pytest.param("2026-10-31", "14:30", "2026-10-31", "14:30", id="the day before: half past nine"),
    ],
)
def test_next_allowed_at_is_nine_by_the_clock_on_the_wall(
    day: str, clock: str, expected_day: str, expected_clock: str
) -> None:
    assert next_allowed_at(utc(day, clock), CHICAGO) == utc(expected_day, expected_clock)


def test_is_quiet_asks_the_clock_at_the_place() -> None:
    at = utc("2026-09-12", "14:30")

    assert (is_quiet(at, CHICAGO), is_quiet(at, "America/Los_Angeles")) == (False, True)


@pytest.mark.parametrize(
    ("hours_ago", "expected"),
    [pytest.param(24, False, id="a day"), pytest.param(25, True, id="more than a day")],
)
def test_is_quiet_spares_replies_to_a_text_of_the_last_day(hours_ago: int, expected: bool) -> None:
    at = utc("2026-09-12", "08:00")

    assert is_quiet(at, CHICAGO, reply_to_at=at - timedelta(hours=hours_ago)) is expected


@pytest.mark.parametrize(
    ("clock_utc", "start_clock_utc", "expected_clock_utc"),
    [
        pytest.param("12:00", "15:00", "12:00", id="seven, three hours before"),
        pytest.param("11:59", "15:00", "12:00", id="just before seven"),
        pytest.param("12:00", "18:00", "12:00", id="seven, six hours before"),
        pytest.param("12:00", "18:30", "12:30", id="waits until six hours before"),
        pytest.param("12:00", "21:00", "14:00", id="no hurry: nine"),
        pytest.param("06:00", "15:00", "12:00", id="night: seven"),
    ],
)
def test_next_allowed_at_is_earlier_for_news_about_an_event_that_begins_soon(
    clock_utc: str, start_clock_utc: str, expected_clock_utc: str
) -> None:
    found = next_allowed_at(
        utc("2026-09-12", clock_utc), CHICAGO, changed_start_at=utc("2026-09-12", start_clock_utc)
    )

    assert found == utc("2026-09-12", expected_clock_utc)


@pytest.mark.parametrize(
    ("clock_utc", "expected"),
    [
        pytest.param("02:29", False, id="before half past nine"),
        pytest.param("02:30", True, id="half past nine"),
    ],
)
def test_is_quiet_ends_the_evening_later_for_such_news(clock_utc: str, expected: bool) -> None:
    start_at = utc("2026-09-13", "04:00")

    assert is_quiet(utc("2026-09-13", clock_utc), CHICAGO, changed_start_at=start_at) is expected


@settings(deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(
        [
            CHICAGO,
            "America/New_York",
            "America/Phoenix",
            "Pacific/Honolulu",
            "America/St_Johns",
            "Asia/Kathmandu",
        ]
    ),
    st.none() | st.integers(-10, 48),
)
def test_next_allowed_at_is_allowed_and_never_more_than_a_night_away(
    at: datetime, zone: str, hours_to_start: int | None
) -> None:
    start_at = None if hours_to_start is None else at + timedelta(hours=hours_to_start)
    found = next_allowed_at(at, zone, changed_start_at=start_at)

    assert not is_quiet(found, zone, changed_start_at=start_at)
    # Fourteen hours on the night the clocks go back.
    assert at <= found <= at + timedelta(hours=14)


@pytest.mark.parametrize(
    ("day", "clock", "expected_day", "expected_clock"),
    [
        pytest.param("2026-09-12", "15:00", "2026-09-12", "15:00", id="Saturday morning: at once"),
        pytest.param("2026-09-13", "02:00", "2026-09-13", "17:00", id="Saturday night: Sunday noon"),
        pytest.param("2026-09-13", "16:59:59", "2026-09-13", "17:00", id="Sunday morning: noon"),
        pytest.param("2026-09-13", "17:00", "2026-09-13", "17:00", id="Sunday noon: at once"),
        pytest.param("2026-09-14", "01:00", "2026-09-14", "14:00", id="Sunday evening: Monday at nine"),
    ],
)
def test_announcements_wait_for_noon_on_sundays(
    day: str, clock: str, expected_day: str, expected_clock: str
) -> None:
    found = next_allowed_for_announcement_at(utc(day, clock), CHICAGO)

    assert found == utc(expected_day, expected_clock)
