"""The chain of the audit log: any line that is changed, missing or added is found, and named."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from outreach.chain import DEEDS, Deed, End, Entry, Link, first_fault, tied

HOUR = datetime(2026, 9, 7, 15, tzinfo=UTC)


def chain(count: int) -> list[Link]:
    links: list[Link] = []
    before = ""
    for seq in range(1, count + 1):
        entry = Entry(seq, HOUR + timedelta(hours=seq), seq % 3, "purged", f"event:{seq}", {"parties": seq})
        links.append(tied(entry, before))
        before = links[-1].digest
    return links


def head_of(links: list[Link]) -> End:
    return End(links[-1].entry.seq, links[-1].digest)


def fault(links: list[Link], *, anchor: End | None = None, head: End | None = None) -> int | None:
    return first_fault(links, anchor=anchor or End(), head=head or head_of(links))


def test_whole_chain_has_no_fault():
    assert fault(chain(5)) is None
    assert first_fault([], anchor=End(), head=End()) is None


@pytest.mark.parametrize("number", [1, 3, 5])
@pytest.mark.parametrize(
    "change",
    [
        {"at_hour": HOUR},
        {"staff_id": 77},
        {"staff_id": None},
        {"deed": "backed_up"},
        {"subject": "event:8"},
        {"numbers": {"parties": 0}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_changed_line_is_named(number, change):
    links = chain(5)
    changed = replace(links[number - 1].entry, **change)
    links[number - 1] = replace(links[number - 1], entry=changed)
    assert fault(links) == number


@pytest.mark.parametrize("number", [1, 3, 5])
def test_changed_line_with_a_digest_that_fits_breaks_the_next(number):
    links = chain(5)
    head = head_of(links)
    forged = replace(links[number - 1].entry, staff_id=77)
    links[number - 1] = tied(forged, links[number - 1].before)
    assert fault(links, head=head) == number + 1


@pytest.mark.parametrize("number", [1, 3, 5])
def test_missing_line_is_named(number):
    links = chain(5)
    head = head_of(links)
    del links[number - 1]
    assert fault(links, head=head) == number


def test_line_too_many_is_named():
    assert fault(chain(6), head=head_of(chain(5))) == 7


def test_old_end_may_be_cut_where_a_kept_line_says_so():
    links = chain(4)
    cut = tied(Entry(5, HOUR, None, "log_cut", "", {"until": 2, "lines": 2}), links[-1].digest)
    kept = [*links[2:], cut]
    assert fault(kept, anchor=head_of(links[:2])) is None


def test_old_end_that_somebody_else_cut_is_named():
    links = chain(4)
    assert fault(links[2:], anchor=head_of(links[:2])) == 2


def test_every_deed_has_a_name():
    assert set(DEEDS) == set(Deed)
