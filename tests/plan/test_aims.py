"""What keeps a promise, and whom it is about, from the plan's own words."""

import pytest

from outreach.plan.aims import Expected, expected_by, progress_kind
from tests.plan.kansas_city import DRAFT, commitments


@pytest.mark.parametrize(
    ("ref", "kind"),
    [
        ("S1.O1.A1.C1", "deliveries"),
        ("S1.O1.A1.C2", "touches"),
        ("S1.O1.A1.C3", "events"),
        ("S1.O2.A1.C2", "milestone"),
        ("S2.O1.A2.C1", "convenings"),
        ("S2.O1.A3.C2", "events"),
        ("S2.O1.A3.C3", "milestone"),
        ("S2.O3.A1.C1", "convenings"),
        ("S2.O4.A2.C2", "touches"),
        ("S3.O1.A1.C1", "events"),
    ],
)
def test_promises_of_kansas_city_are_kept_each_in_its_way(ref: str, kind: str) -> None:
    row = commitments(DRAFT)[ref]
    assert progress_kind(row.kind, counts_events=bool(row.counts_kinds)) == kind


def test_an_unknown_word_is_a_milestone_until_events_count_toward_it() -> None:
    assert progress_kind("barn_raising", counts_events=False) == "milestone"
    assert progress_kind("barn_raising", counts_events=True) == "events"


def of(kind, *, stated=(), audience=None, partners=(), count=None):
    return expected_by(kind, stated=stated, audience=audience, partners=partners, count=count)


@pytest.mark.parametrize(
    ("audience", "levels"),
    [
        ("cities and counties", ("city", "county")),
        ("area local governments", ("city", "county")),
        ("every county", ("county",)),
        ("capacity builders in each city", ("city",)),
        ("community organizations", ()),
        (None, ()),
    ],
)
def test_what_is_sent_goes_to_all_places_that_the_audience_names(audience, levels) -> None:
    assert of("deliveries", audience=audience) == Expected(levels=levels)
    assert of("touches", audience=audience) == Expected()


def test_partners_are_expected_where_as_many_are_promised() -> None:
    partners = ("A", "B")
    assert of("touches", partners=partners, count=2) == Expected(names=partners)
    assert of("touches", partners=partners, count=3) == Expected()
    assert of("touches", partners=partners) == Expected()
    assert of("milestone", partners=partners, count=2) == Expected()


def test_whoever_is_stated_is_expected_alone() -> None:
    assert of("deliveries", stated=["jackson-county-mo"], audience="cities") == Expected(
        names=("jackson-county-mo",)
    )
