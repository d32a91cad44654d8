"""What may be written down as done, without a database."""

from dataclasses import replace
from datetime import date

import pytest

from outreach.plan.aims import PROGRESS_KINDS
from outreach.plan.deeds import DeedDraft, fitted, is_personal, problems_of

TODAY = date(2018, 5, 1)
GOOD = DeedDraft(date(2018, 4, 2), ("place:jackson-county-mo",), contact="call", title="Toolkit")


def fields(draft: DeedDraft, kind) -> list[str]:
    return [problem.field for problem in problems_of(draft, kind, today=TODAY)]


@pytest.mark.parametrize("kind", [kind for kind in PROGRESS_KINDS if kind != "events"])
def test_whole_deed_is_taken(kind) -> None:
    assert fields(GOOD, kind) == []


def test_what_nobody_asks_for_is_left_out() -> None:
    draft = DeedDraft(TODAY, quantity=None, contact="call", acknowledged_on=TODAY)
    assert fitted(draft, "milestone") == DeedDraft(TODAY)
    assert fitted(draft, "deliveries") == DeedDraft(TODAY, acknowledged_on=TODAY)
    assert fitted(draft, "touches") == DeedDraft(TODAY, quantity=None, contact="call")


def test_nothing_is_written_down_where_events_count() -> None:
    assert fields(GOOD, "events") == [""]


@pytest.mark.parametrize(
    ("change", "kind", "wrong"),
    [
        ({"on": None}, "milestone", ["on"]),
        ({"on": date(2018, 5, 2)}, "milestone", ["on"]),
        ({"bodies": ()}, "deliveries", ["bodies"]),
        ({"acknowledged_on": date(2018, 4, 1)}, "deliveries", ["acknowledged_on"]),
        ({"acknowledged_on": date(2018, 5, 2)}, "deliveries", ["acknowledged_on"]),
        ({"title": ""}, "convenings", ["title"]),
        ({"title": ""}, "milestone", ["title"]),
        ({"title": "", "bodies": ()}, "touches", ["title"]),
        ({"contact": "pigeon"}, "touches", ["contact"]),
        ({"contact": None}, "touches", ["contact"]),
        ({"quantity": 3}, "touches", ["quantity"]),
        ({"quantity": 0, "bodies": ()}, "touches", ["quantity"]),
        ({"quantity": None, "bodies": ()}, "touches", ["quantity"]),
        ({"link": "javascript:alert(1)"}, "milestone", ["link"]),
        ({"title": "x" * 201}, "milestone", ["title"]),
        ({"note": "Ask Ana, 816-555-0123"}, "milestone", ["note"]),
        ({"title": "ana@example.org"}, "milestone", ["title"]),
    ],
)
def test_wrong_deed_is_refused_at_its_field(change, kind, wrong) -> None:
    assert fields(replace(GOOD, **change), kind) == wrong


@pytest.mark.parametrize("text", ["(816) 555-0123", "+18165550123", "555 0123", "write to a@b.org"])
def test_numbers_and_addresses_of_people_are_seen(text: str) -> None:
    assert is_personal(text)


@pytest.mark.parametrize("text", ["in 2017-2018", "on 2018-04-02", "12,500 copies", "Resolution 180234"])
def test_other_numbers_are_not(text: str) -> None:
    assert not is_personal(text)
