"""How promises stand, on the trust trainings of a real plan and at every border."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from outreach.plan.progress import HeldEvent, NotedDeed, Progress, Promise, progress

TRAINING_2017 = Promise(1, True, date(2017, 1, 1), date(2017, 12, 31), ("trust_training",))
TRAININGS_2018 = Promise(2, True, date(2018, 1, 1), date(2018, 12, 31), ("trust_training",))

HELD = [
    HeldEvent("trust_training", date(2017, 10, 12), 24),
    HeldEvent("trust_training", date(2018, 4, 18), 31),
    HeldEvent("trust_training", date(2018, 11, 7), None),
    HeldEvent("career_fair", date(2018, 2, 21), 140),
]


@pytest.mark.parametrize(
    ("today", "in_2017", "in_2018"),
    [
        (date(2017, 9, 5), Progress(1, 0, 0, "on_track"), Progress(2, 0, 0, "on_track")),
        (date(2017, 10, 12), Progress(1, 1, 0, "kept"), Progress(2, 0, 0, "on_track")),
        (date(2018, 6, 1), Progress(1, 1, 0, "kept"), Progress(2, 1, 0, "on_track")),
        (date(2018, 10, 15), Progress(1, 1, 0, "kept"), Progress(2, 1, 0, "at_risk")),
        (date(2019, 1, 1), Progress(1, 1, 0, "kept"), Progress(2, 2, 1, "kept")),
    ],
    ids=["plan-made", "first-training", "one-of-two", "time-runs-out", "year-over"],
)
def test_progress_of_the_trust_trainings(today: date, in_2017: Progress, in_2018: Progress) -> None:
    assert progress(TRAINING_2017, HELD, today=today) == in_2017
    assert progress(TRAININGS_2018, HELD, today=today) == in_2018


@pytest.mark.parametrize(
    ("event", "held", "unconfirmed"),
    [
        pytest.param(HeldEvent("trust_training", date(2017, 1, 1), 1), 1, 0, id="on-the-first-day"),
        pytest.param(HeldEvent("trust_training", date(2017, 12, 31), 1), 1, 0, id="on-the-last-day"),
        pytest.param(HeldEvent("trust_training", date(2016, 12, 31), 1), 0, 0, id="the-day-before"),
        pytest.param(HeldEvent("trust_training", date(2018, 1, 1), 1), 0, 0, id="the-day-after"),
        pytest.param(HeldEvent("trust_training", date(2017, 5, 1), 0), 0, 0, id="nobody-came"),
        pytest.param(HeldEvent("trust_training", date(2017, 5, 1), None), 1, 1, id="nobody-counted"),
        pytest.param(HeldEvent("workshop", date(2017, 5, 1), 9), 0, 0, id="another-kind"),
    ],
)
def test_progress_counts_an_event_of_its_kind_in_its_window_to_which_somebody_came(
    event: HeldEvent, held: int, unconfirmed: int
) -> None:
    found = progress(TRAINING_2017, [event], today=date(2018, 6, 1))
    assert (found.held, found.unconfirmed) == (held, unconfirmed)
    assert found.state == ("kept" if held else "late")


def test_progress_counts_every_kind_that_the_promise_names() -> None:
    promise = replace(TRAININGS_2018, kinds=("workshop", "convening"))
    held = [HeldEvent(kind, date(2018, 3, 1), 5) for kind in ("workshop", "convening", "career_fair")]
    assert progress(promise, held, today=date(2018, 3, 2)) == Progress(2, 2, 0, "kept")


def test_progress_does_not_look_ahead_of_today() -> None:
    """A report as of a past day says what it would have said then."""
    assert progress(TRAINING_2017, HELD, today=date(2017, 10, 11)).held == 0


def test_progress_with_open_ends_counts_all_and_is_never_late() -> None:
    promise = Promise(3, False, None, None, ("trust_training",))
    assert progress(promise, HELD[:2], today=date(2040, 1, 1)) == Progress(3, 2, 0, "on_track")
    assert progress(promise, HELD, today=date(2040, 1, 1)) == Progress(3, 3, 1, "kept")


@pytest.mark.parametrize("is_minimum", [True, False], ids=["at-least", "exactly"])
def test_progress_is_kept_by_more_than_promised(is_minimum: bool) -> None:
    promise = Promise(1, is_minimum, None, None, ("trust_training",))
    assert progress(promise, HELD, today=date(2019, 1, 1)) == Progress(1, 3, 1, "kept")


def test_without_a_number_one_is_asked_for_and_more_is_only_told() -> None:
    promise = replace(TRAININGS_2018, count=None)
    assert progress(promise, [], today=date(2018, 6, 1)) == Progress(None, 0, 0, "on_track")
    assert progress(promise, [], today=date(2018, 12, 1)) == Progress(None, 0, 0, "at_risk")
    assert progress(promise, [], today=date(2019, 1, 1)) == Progress(None, 0, 0, "late")
    assert progress(promise, HELD, today=date(2030, 1, 1)) == Progress(None, 2, 1, "unnumbered")


@pytest.mark.parametrize(
    ("planned", "state"), [(0, "at_risk"), (1, "at_risk"), (2, "on_track"), (5, "on_track")]
)
def test_enough_on_the_calendar_takes_the_risk_away(planned: int, state: str) -> None:
    found = progress(TRAININGS_2018, [], planned=planned, today=date(2018, 12, 1))
    assert found == Progress(2, 0, 0, state, planned=planned)


def test_what_is_planned_keeps_nothing_after_the_last_day() -> None:
    assert progress(TRAININGS_2018, [], planned=9, today=date(2019, 1, 1)).state == "late"


#: A toolkit sent in September 2017 to three places.
SENDING = Promise(None, False, date(2017, 9, 1), date(2017, 9, 30), (), "deliveries", ("a", "b", "c"))
IN_TIME, LATER = date(2017, 9, 12), date(2017, 10, 3)


def to(body: str | None, on: date = IN_TIME, **given) -> NotedDeed:
    return NotedDeed(on, body, **given)


def test_deliveries_are_kept_when_everybody_expected_was_sent_it() -> None:
    sent = [to("a", acknowledged_on=LATER), to("a"), to("b"), to("x")]
    assert progress(SENDING, [], sent, today=LATER) == Progress(3, 2, 1, "late", ("c",))
    assert progress(SENDING, [], [*sent, to("c")], today=LATER) == Progress(3, 3, 2, "kept")


def test_deliveries_after_the_last_day_are_told_and_keep_nothing() -> None:
    sent = [to("a"), to("b"), to("c", LATER)]
    assert progress(SENDING, [], sent, today=LATER) == Progress(3, 2, 2, "late", (), since=1)


def test_what_is_done_early_or_after_today() -> None:
    sent = [to("a", date(2017, 8, 1)), to("b", date(2017, 9, 20))]
    assert progress(SENDING, [], sent, today=IN_TIME) == Progress(3, 1, 1, "at_risk", ("b", "c"))


def test_deliveries_to_a_number_of_bodies_may_go_to_any() -> None:
    promise = replace(SENDING, count=2)
    assert progress(promise, [], [to("a"), to("x")], today=LATER) == Progress(2, 2, 2, "kept", ("b", "c"))


def test_deliveries_to_nobody_in_particular_are_counted_by_body() -> None:
    promise = replace(SENDING, expected=())
    assert progress(promise, [], [to("a"), to("a")], today=LATER) == Progress(None, 1, 1, "unnumbered")
    assert progress(promise, [], [], today=LATER) == Progress(None, 0, 0, "late")


MEETING = Promise(None, False, None, date(2018, 12, 31), ("workshop",), "convenings", ("a", "b"))


def test_convening_is_kept_when_everybody_expected_came_to_one() -> None:
    first, second = date(2018, 3, 1), date(2018, 5, 1)
    met = [to("a", first), to(None, second)]
    assert progress(MEETING, [], met, today=second) == Progress(1, 2, 0, "on_track", ("b",))
    assert progress(MEETING, [], [*met, to("b", second)], today=second) == Progress(1, 2, 0, "kept")


def test_convening_may_be_an_event_and_the_same_day_is_one() -> None:
    on = date(2018, 3, 1)
    events = [HeldEvent("workshop", on, None), HeldEvent("career_fair", on, 9)]
    nobody_told = replace(MEETING, expected=())
    assert progress(nobody_told, events, today=on) == Progress(1, 1, 1, "kept")
    assert progress(nobody_told, events, [to("a", on)], today=on) == Progress(1, 1, 0, "kept")
    assert progress(replace(nobody_told, count=2), events, [to("a", on)], today=on).state == "on_track"


def test_whoever_came_too_late_is_no_longer_missed_and_keeps_nothing() -> None:
    met = [to("a", date(2018, 3, 1)), to("b", date(2019, 1, 2))]
    assert progress(MEETING, [], met, today=date(2019, 1, 2)) == Progress(1, 1, 0, "late", (), since=1)


def test_event_alone_does_not_say_that_certain_bodies_met() -> None:
    on = date(2018, 3, 1)
    found = progress(MEETING, [HeldEvent("workshop", on, 40)], today=on)
    assert found == Progress(1, 0, 0, "on_track", ("a", "b"))


def test_touches_count_contacts_or_the_bodies_expected() -> None:
    calling = Promise(10, True, None, date(2018, 12, 31), (), "touches")
    made = [to(None, quantity=4), to("a", quantity=5)]
    assert progress(calling, [], made, today=LATER) == Progress(10, 9, 0, "on_track")
    assert progress(replace(calling, count=9), [], made, today=LATER) == Progress(9, 9, 0, "kept")
    asking = replace(calling, count=2, expected=("a", "b"))
    assert progress(asking, [], [*made, to("x")], today=LATER) == Progress(2, 1, 0, "on_track", ("b",))


def test_milestone_is_kept_by_what_is_written_down() -> None:
    naming = Promise(None, False, None, date(2018, 3, 31), (), "milestone")
    assert progress(naming, [], [], today=date(2018, 4, 1)) == Progress(1, 0, 0, "late")
    assert progress(naming, [], [to(None)], today=date(2018, 4, 1)) == Progress(1, 1, 0, "kept")


def test_events_are_kept_by_events_alone() -> None:
    assert progress(TRAINING_2017, [], [to("a")], today=LATER).held == 0


def _window(days: int) -> Promise:
    """A promise of one training whose window of so many days ends with 2018."""
    ends_on = date(2018, 12, 31)
    return Promise(1, False, ends_on - timedelta(days=days - 1), ends_on, ("trust_training",))


@pytest.mark.parametrize(
    ("promise", "days_left", "state"),
    [
        pytest.param(_window(364), 91, "on_track", id="long-window-a-quarter-left"),
        pytest.param(_window(364), 90, "at_risk", id="long-window-less-than-a-quarter-left"),
        pytest.param(_window(90), 60, "on_track", id="quarter-year-60-days-left"),
        pytest.param(_window(90), 59, "at_risk", id="quarter-year-59-days-left"),
        pytest.param(_window(30), 31, "on_track", id="month-not-begun"),
        pytest.param(_window(30), 30, "at_risk", id="month-begins"),
        pytest.param(replace(_window(1), starts_on=None), 60, "on_track", id="no-first-day-60-days-left"),
        pytest.param(replace(_window(1), starts_on=None), 59, "at_risk", id="no-first-day-59-days-left"),
        pytest.param(_window(364), 1, "at_risk", id="last-day"),
        pytest.param(_window(364), 0, "late", id="day-after"),
    ],
)
def test_progress_is_at_risk_when_little_time_is_left(promise: Promise, days_left: int, state: str) -> None:
    today = date(2018, 12, 31) - timedelta(days=days_left - 1)
    assert progress(promise, [], today=today) == Progress(1, 0, 0, state)


def test_progress_kept_on_the_last_day_stays_kept() -> None:
    held = [HeldEvent("trust_training", date(2018, 12, 31), 8)]
    assert progress(_window(364), held, today=date(2018, 12, 31)).state == "kept"
    assert progress(_window(364), held, today=date(2025, 1, 1)).state == "kept"
