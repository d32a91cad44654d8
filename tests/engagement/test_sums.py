"""The report from sums in the database, against the measures of single tallies, on both databases."""

import math

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.engagement import figures
from outreach.engagement.gathering import Scope, Strata
from outreach.engagement.periods import parse
from outreach.engagement.service import engagement_report, engagement_reports
from outreach.engagement.totals import is_reliable, tally
from outreach.events.models import Event
from tests.engagement.programs import COUNTIES, KINDS, Held, keep_all, made_up, store

YEAR = parse("2026")
#: Their bounds may be a little too wide, and are never too narrow.
EXPOSURES = ("newcomer_exposure", "newcomer_isolation", "resident_exposure")


def expected_report(program: list[Held], strata: Strata) -> figures.Report:
    """The figures from one tally for each event, kept in memory."""
    asked = [(held, held.totals) for held in program if held.totals is not None]
    heads = [held.head_count for held in program if held.head_count is not None]
    return figures.report(
        [
            tally(
                totals,
                held.head_count,
                stratum=f"{held.quarter} {held.place}" if strata == "quarter" else held.place,
            )
            for held, totals in asked
        ],
        events_held=len(program),
        head_count=sum(heads) if heads else None,
        events_unreliable=sum(not is_reliable(totals, held.head_count) for held, totals in asked),
    )


def assert_same(found: figures.Report, expected: figures.Report) -> None:
    for row, wanted in zip(figures.rows(found), figures.rows(expected), strict=True):
        assert (row.id, row.reason, row.range_label) == (wanted.id, wanted.reason, wanted.range_label)
        for name in ("value", "low", "high", "numerator", "denominator"):
            ours, theirs = getattr(row, name), getattr(wanted, name)
            assert (ours is None) == (theirs is None), (row.id, name)
            if ours is None:
                continue
            if name in ("low", "high") and row.id in EXPOSURES:
                wider = theirs - ours if name == "low" else ours - theirs
                assert -1e-9 <= wider <= 0.0005, (row.id, name)
            else:
                assert math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9), (row.id, name)


@pytest.mark.parametrize(
    ("count", "answering"), [(0, 1), (5, 0.9), (15, 0.8), (60, 0.5), (60, 0.0), (400, 0.8)]
)
def test_report_from_sums_is_the_report_from_tallies(context, count: int, answering: float) -> None:
    """Made for the one report, and from kept ones."""
    program = made_up(count, count, YEAR, answering=answering)
    with transaction():
        store(program)
    found = engagement_report(YEAR)
    assert_same(found.figures, expected_report(program, found.strata))
    keep_all()
    assert_same(engagement_report(YEAR).figures, found.figures)


@pytest.mark.parametrize("is_kept", [False, True], ids=["made", "kept"])
def test_report_of_a_cut_is_the_report_of_its_events_alone(context, is_kept: bool) -> None:
    program = made_up(7, 200, YEAR)
    with transaction():
        store(program)
    if is_kept:
        keep_all()

    def alone(found, is_in) -> None:
        assert_same(found.figures, expected_report([held for held in program if is_in(held)], found.strata))

    for kind, found in engagement_reports(YEAR, "kind").items():
        alone(found, lambda held, kind=kind: held.kind == kind)
        alone(engagement_report(YEAR, Scope(kind=kind)), lambda held, kind=kind: held.kind == kind)
    for place, found in engagement_reports(YEAR, "county").items():
        alone(found, lambda held, place=place: held.place == place)
    for size, found in engagement_reports(YEAR, "size").items():
        alone(found, lambda held, size=size: held.totals and (known(held) > 60) == (size == "large"))
    for quarter, found in engagement_reports(YEAR, "quarter").items():
        alone(found, lambda held, quarter=quarter: held.quarter == quarter)
    both = Scope(kind=KINDS[0], county=COUNTIES[0])
    alone(engagement_report(YEAR, both), lambda held: (held.kind, held.place) == (KINDS[0], COUNTIES[0]))
    host_id = db.session.scalar(select(Event.organization_id).limit(1))
    whole, of_host = engagement_report(YEAR), engagement_reports(YEAR, "organization")
    assert_same(of_host[str(host_id)].figures, whole.figures)
    assert_same(engagement_report(YEAR, Scope(organization_id=host_id)).figures, whole.figures)
    for kind, found in engagement_reports(YEAR, "kind", Scope(organization_id=host_id)).items():
        alone(found, lambda held, kind=kind: held.kind == kind)
    small = Scope(kind=KINDS[0], size="small")
    alone(
        engagement_report(YEAR, small),
        lambda held: held.totals and held.kind == KINDS[0] and known(held) <= 60,
    )


def known(held: Held) -> int:
    return held.totals.newcomers + held.totals.residents if held.totals else 0
