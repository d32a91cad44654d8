"""When guests are reminded: what a host may choose, and the times at which it falls."""

from datetime import UTC, datetime, timedelta

import pytest

from outreach.events.kinds import KINDS
from outreach.events.reminding import LEADS, is_possible, offsets, reminders

CHICAGO = "America/Chicago"
#: A Saturday, one o'clock in the afternoon in Chicago.
START = datetime(2026, 9, 12, 18, 0, tzinfo=UTC)
WEEK, DAY, HOURS = timedelta(days=7), timedelta(days=1), timedelta(hours=2)


def sent(starts_at: datetime, befores: tuple[timedelta, ...], **given) -> list[tuple[timedelta, datetime]]:
    return [(each.before, each.sent_at) for each in reminders(starts_at, befores, CHICAGO, **given)]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ((), True),
        (("none",), True),
        (("week", "day", "two_hours"), True),
        (("week", "two_days", "day", "two_hours"), False),
        (("day", "none"), False),
        (("day", "day"), False),
        (("hour",), False),
        (("none", "none"), False),
    ],
)
def test_host_may_choose_up_to_three_or_none(chosen, expected):
    assert is_possible(chosen) is expected


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ((), (DAY, HOURS)),
        (("none",), ()),
        (("two_hours",), (HOURS,)),
        (("two_hours", "week"), (WEEK, HOURS)),
    ],
)
def test_offsets_are_those_chosen_or_the_usual_ones(chosen, expected):
    assert offsets(chosen, (HOURS, DAY)) == expected


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_usual_reminders_of_a_kind_can_be_chosen_too(kind):
    """The planner looks at these times only."""
    assert set(kind.reminder_offsets) <= {lead.before for lead in LEADS.values()}


def test_reminders_come_in_their_order():
    assert sent(START, (HOURS, WEEK, DAY)) == [(before, START - before) for before in (WEEK, DAY, HOURS)]


@pytest.mark.parametrize(
    ("starts_at", "expected"),
    [
        # Half past nine in the evening: the day before it is too late, and the next morning early enough.
        ("2026-09-13T02:30Z", [(DAY, "2026-09-12T14:00Z"), (HOURS, "2026-09-13T00:30Z")]),
        # Half past nine in the morning: at half past seven people sleep.
        ("2026-09-12T14:30Z", [(DAY, "2026-09-11T14:30Z"), (HOURS, "2026-09-12T14:00Z")]),
        # Half past eight in the morning: quiet hours last until after the start.
        ("2026-09-12T13:30Z", [(DAY, "2026-09-11T14:00Z")]),
    ],
)
def test_reminders_keep_quiet_hours(starts_at, expected):
    assert sent(datetime.fromisoformat(starts_at), (DAY, HOURS)) == [
        (before, datetime.fromisoformat(at)) for before, at in expected
    ]


def test_reminder_that_would_come_with_the_next_one_is_left_out():
    # The event begins before seven; both reminders would wait for nine o'clock of the day before.
    starts_at = datetime(2026, 9, 12, 11, 0, tzinfo=UTC)
    close = (timedelta(hours=30), timedelta(hours=28))
    assert [before for before, _ in sent(starts_at, close)] == [timedelta(hours=28)]


@pytest.mark.parametrize(
    ("told_before", "expected"), [(timedelta(days=15), [WEEK, DAY]), (timedelta(days=13), [DAY])]
)
def test_reminder_soon_after_somebody_was_told_is_left_out(told_before, expected):
    found = sent(START, (WEEK, DAY), told_at=START - told_before)
    assert [before for before, _ in found] == expected
