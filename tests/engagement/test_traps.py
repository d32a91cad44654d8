"""Where dashboards of this kind lie: for each known trap, a test that ours does not fall into it.

The festival that drowns a season is looked at elsewhere: it has its own line
(`test_figures.test_report_gives_large_rooms_a_line_of_their_own`).
"""

import ast
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from outreach import runtime
from outreach.accounts.service import add_organization
from outreach.database import transaction
from outreach.engagement import ballots, measures
from outreach.engagement.figures import Report
from outreach.engagement.measures import (
    Measure,
    Tally,
    answer_share,
    by_stratum,
    chance_ratio,
    newcomer_exposure,
    newcomer_isolation,
    newcomer_share,
    resident_exposure,
    shared_events,
)
from outreach.engagement.periods import parse
from outreach.engagement.service import engagement_report
from outreach.engagement.totals import BallotTotals
from outreach.errors import InvalidInputError
from outreach.policy import Role
from outreach.registration import retention, service
from tests.engagement.simulated import program
from tests.factories import NOW, make_event, make_request, make_staff

ENGAGEMENT = Path(__file__).resolve().parents[2] / "outreach" / "engagement"


def tally(newcomers: int, residents: int, both: int = 0, unsaid: int = 0, stratum: str = "") -> Tally:
    return Tally(stratum, newcomers, residents, both, unsaid)


WORKED = [tally(*pair) for pair in [(4, 6), (1, 9), (10, 2), (0, 5), (3, 3), (7, 20)]]
TWICE = WORKED * 2


def parts(measure: Measure) -> tuple[float, float, float | None]:
    return measure.numerator, measure.denominator, measure.value


def test_simpson_totals_may_fall_while_every_part_rises() -> None:
    """Both counties share more events than last year; the total falls, so the parts stand beside it."""
    shared, apart = tally(4, 6), tally(0, 9)
    before = events(shared, 80, apart, 10, "urban") + events(shared, 10, apart, 90, "rural")
    after = events(shared, 30, apart, 0, "urban") + events(shared, 20, apart, 98, "rural")
    assert shared_events(after).value < shared_events(before).value
    for stratum, tallies in by_stratum(after).items():
        assert shared_events(tallies).value > shared_events(by_stratum(before)[stratum]).value


def events(one: Tally, ones: int, other: Tally, others: int, stratum: str) -> list[Tally]:
    return [replace(one, stratum=stratum)] * ones + [replace(other, stratum=stratum)] * others


def test_simpson_distance_between_counties_is_not_taken_for_aversion() -> None:
    """Within each county people mix as chance would; pooled, the counties' difference reads as separation."""
    mixed = [tally(6, 4, stratum="a"), tally(1, 9, stratum="b")] * 6
    pooled = [replace(tally, stratum="") for tally in mixed]
    assert chance_ratio(mixed).value > 1
    assert chance_ratio(pooled).value < 0.8


def test_unknowns_dropped_or_put_with_the_rest_unsaid_people_are_never_counted_as_residents() -> None:
    silent = [replace(tally, unsaid=3) for tally in WORKED]
    for measure in (newcomer_exposure, newcomer_isolation, resident_exposure, newcomer_share):
        known, found = measure(WORKED), measure(silent)
        assert parts(found) == parts(known)
        assert found.low < known.low <= known.high < found.high


def test_people_of_both_backgrounds_are_on_neither_side() -> None:
    mixed = [replace(tally, both=4) for tally in TWICE]
    for measure in (newcomer_exposure, newcomer_share, shared_events, chance_ratio):
        assert parts(measure(mixed)) == parts(measure(TWICE))
    assert answer_share(mixed, "both") == Measure(48, 188, 48 / 188, 48 / 188, 48 / 188, "bounds")


def test_tiny_rooms_filled_by_chance_read_as_chance() -> None:
    """In rooms of four the textbook index, which counts people as their own company, reads a quarter less."""
    draw = random.Random(5)
    tallies = program(draw, [4] * 4000, share=0.4, one_sided=0.0)
    textbook = sum(t.newcomers * t.residents / 4 for t in tallies) / sum(t.newcomers for t in tallies)
    found = newcomer_exposure(tallies)
    assert found.value == pytest.approx(0.6, abs=0.02)
    assert chance_ratio(tallies).value == pytest.approx(1, abs=0.03)
    assert textbook == pytest.approx(0.45, abs=0.02)


def test_tiny_rooms_are_told_apart_and_change_no_share() -> None:
    tiny = [tally(2, 1), tally(0, 3), tally(1, 0)] * 9
    assert parts(shared_events(TWICE + tiny)) == parts(shared_events(TWICE))


@pytest.fixture
def summer(context):
    """One event with thirty seats taken, of whose guests only ten came."""
    with transaction():
        return make_event(capacity=30)


def _read(event, totals: BallotTotals | None, head_count: int) -> Report:
    """The figures once an event was closed with these numbers and its guests are forgotten."""
    with transaction():
        ballots.close(event, head_count, totals, now=event.starts_at)
        retention.forget(event, vault=runtime.vault(), now=event.ends_at + retention.KEPT_AFTER_EVENT)
    return engagement_report(parse(f"{event.starts_local.year}")).figures


def test_registration_used_for_check_in_guests_who_stayed_away_are_in_no_figure(summer, vault):
    with transaction():
        service.register(make_request(summer, party_size=6), vault=vault, now=NOW)
    found = _read(summer, BallotTotals(2, 2, 0, 0), head_count=4)
    assert (found.head_count, found.answers, found.answered_rate) == (4, 4, Measure(4, 4, 1.0))


def test_double_scan_and_stuffed_box_more_ballots_than_people_are_refused(summer):
    with pytest.raises(InvalidInputError):
        _read(summer, BallotTotals(3, 2, 0, 0), head_count=4)


def test_double_scan_ballots_handed_in_twice_count_once(summer):
    with transaction():
        ballots.close(summer, 6, BallotTotals(2, 2, 0, 0), now=summer.starts_at)
    found = _read(summer, BallotTotals(2, 3, 0, 0), head_count=6)
    assert (found.newcomer_answers.numerator, found.resident_answers.numerator) == (2, 3)


def test_cancelled_events_are_in_no_figure(summer):
    with transaction():
        summer.status = "cancelled"
        retention.forget(summer, vault=runtime.vault(), now=summer.ends_at + retention.KEPT_AFTER_EVENT)
    assert engagement_report(parse(f"{summer.starts_local.year}")).figures.events_held == 0


#: What somebody could be tempted to guess a background from.
_TELLTALE = {"locale", "phone", "first_name", "interpreter", "postal_code", "Guest", "Registration"}


def test_background_is_inferred_from_nothing():
    """No module that knows of newcomers reads a guest, a language, a number, a name or a ZIP."""
    for path in ENGAGEMENT.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "newcomers" not in text or "views" in path.name:
            continue
        tree = ast.parse(text)
        named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        named |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert not named & _TELLTALE, path.name


def test_selection_of_events_the_ones_that_did_not_ask_stand_in_the_denominator(summer):
    with transaction():
        other = make_event(title="Nobody was asked here")
    _read(other, None, head_count=10)
    assert _read(summer, BallotTotals(5, 5, 0, 0), head_count=10).reporting_rate == Measure(1, 2, 0.5)


def test_p_hacking_quarters_no_value_and_no_range_is_said_of_few_events():
    for events in range(10):
        season = (WORKED * 2)[:events]
        for found in (shared_events(season), chance_ratio(season)):
            assert (found.value, found.low, found.range_kind) == (None, None, None)


def test_threshold_shopping_the_rule_is_no_argument_of_the_measure():
    assert shared_events.__code__.co_varnames[: shared_events.__code__.co_argcount] == ("tallies",)
    assert (measures.SHARED_LEAST_PEOPLE, measures.SHARED_LEAST_PERCENT) == (2, 10)


def test_t18_staff_are_in_no_figure_however_many_work_at_an_event(context) -> None:
    """Figures come from ballots and head counts alone: neither accounts, hosts nor officers add to them."""

    def found(month: int, *, with_staff: bool) -> Report:
        for number in range(12):
            police = add_organization(f"Police {number}", sector="law_enforcement") if with_staff else None
            event = make_event(
                starts_at=datetime(2026, month, 1 + number, 18, tzinfo=UTC),
                host=add_organization(f"Host {month} {number}", sector="library"),
                is_police_present=with_staff,
                cohosts=(police.name,) if police else (),
            )
            for role in (Role.ORGANIZER, Role.COORDINATOR) if with_staff else ():
                make_staff(f"{role}{number}@example.org", role, event.organization)
            if police:
                make_staff(f"officer{number}@example.org", Role.ORGANIZER, police)
            ballots.close(event, 24, BallotTotals(9, 11, 2, 2), now=event.ends_at)
            retention.forget(event, vault=runtime.vault(), now=event.ends_at + retention.KEPT_AFTER_EVENT)
        return engagement_report(parse(f"2026-Q{(month + 2) // 3}")).figures

    with transaction():
        alone, crowded = found(4, with_staff=False), found(7, with_staff=True)
    assert alone == crowded
    assert (crowded.answers, crowded.head_count) == (12 * 22, 12 * 24)


def test_t18_nothing_that_counts_guests_knows_who_signs_in() -> None:
    for module in (
        "queries",
        "sums",
        "gathering",
        "service",
        "editions",
        "ballots",
        "contact_service",
        "cards",
    ):
        tree = ast.parse((ENGAGEMENT / f"{module}.py").read_text(encoding="utf-8"))
        names = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
        }
        assert not names & {"Staff", "StaffSession", "security", "policy", "current_staff"}, module
