"""How long a text may wait at the vendor."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.messaging.validity import next_quiet_at, validity_seconds

ZONE = "America/Chicago"
#: A day in September: Kansas City is five hours behind.
MORNING = datetime(2026, 9, 8, 14, 0, tzinfo=UTC)
EVENING = datetime(2026, 9, 9, 0, 59, tzinfo=UTC)
CLOSES = datetime(2026, 9, 9, 1, 0, tzinfo=UTC)
FAR = datetime(2026, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "options", "seconds"),
    [
        pytest.param(MORNING, {"deadline": FAR}, 36_000, id="vendor's longest"),
        pytest.param(MORNING + timedelta(hours=2), {"deadline": FAR}, 32_400, id="until quiet hours"),
        pytest.param(EVENING, {"deadline": FAR}, 60, id="a minute before quiet hours"),
        pytest.param(MORNING, {"deadline": MORNING + timedelta(hours=1)}, 3600, id="until the deadline"),
        pytest.param(
            EVENING, {"deadline": FAR, "reply_to_at": EVENING}, 36_000, id="an answer, through the night"
        ),
        pytest.param(
            EVENING,
            {"deadline": FAR, "changed_start_at": EVENING + timedelta(hours=3)},
            91 * 60,
            id="urgent, until half past nine",
        ),
    ],
)
def test_validity_seconds(at, options, seconds):
    assert validity_seconds(at, ZONE, **options) == seconds


def test_next_quiet_at_is_when_an_answer_is_a_day_late():
    asked_at = datetime(2026, 9, 8, 3, 0, tzinfo=UTC)

    # At ten in the evening a day later: by day it is allowed anyway, so the night begins at once.
    assert next_quiet_at(
        datetime(2026, 9, 9, 2, 0, tzinfo=UTC), ZONE, reply_to_at=asked_at
    ) == asked_at + timedelta(hours=24, seconds=1)


def test_next_quiet_at_is_none_when_it_is_far():
    assert next_quiet_at(MORNING, ZONE) is None
    assert next_quiet_at(MORNING + timedelta(hours=1, seconds=1), ZONE) == CLOSES


@pytest.mark.parametrize(
    ("at", "quiet_at"),
    [
        pytest.param(
            datetime(2026, 3, 7, 17, 0, tzinfo=UTC),
            datetime(2026, 3, 8, 2, 0, tzinfo=UTC),
            id="before the clocks go forward",
        ),
        pytest.param(
            datetime(2026, 3, 8, 17, 0, tzinfo=UTC),
            datetime(2026, 3, 9, 1, 0, tzinfo=UTC),
            id="after they went forward",
        ),
    ],
)
def test_next_quiet_at_goes_by_the_clock_on_the_wall(at, quiet_at):
    assert next_quiet_at(at, ZONE) == quiet_at
