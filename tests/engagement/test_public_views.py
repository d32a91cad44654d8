"""Published editions as anybody reads them: the page in every language, the list, and the JSON beside it."""

from datetime import UTC, date, datetime
from itertools import product

import pytest

from outreach.database import transaction
from outreach.engagement import editions
from outreach.engagement.periods import parse
from tests.engagement.programs import made_up, store

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def reader(web_app, client):
    """Somebody who reads the editions of a year of 60 events a quarter, and of a small quarter after it."""
    with web_app.app_context(), transaction():
        for number in (1, 2, 3, 4):
            store(made_up(number, 60, parse(f"2026-Q{number}")))
        store(made_up(9, 3, parse("2027-Q1")))
        editions.freeze_due(today=date(2027, 5, 10), now=NOW)
    return client


def test_edition_is_read_in_every_language_without_a_script(reader):
    for locale, name in product(("en", "es", "ar"), ("2026-Q3", "2026")):
        answer = reader.get(f"/{locale}/reports/{name}")
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "2026-3" in answer.text


def test_edition_says_how_it_was_made_and_what_is_missing(reader):
    page = reader.get("/en/reports/2026-Q3").text
    for sentence in (
        "Counts are rounded to the nearest 5",
        "at least 5 events asked and at least 10 people of each group answered",
        "It does not change afterwards.",
        "The whole region",
        "No noise is added to any number.",
    ):
        assert sentence in page


def test_every_rounded_count_says_that_it_is_rounded(reader):
    page = reader.get("/en/reports/2026-Q3").text
    assert page.count(", about</dt>") == 5


def test_list_holds_published_editions_only_the_latest_first(reader):
    page = reader.get("/en/reports/").text
    found = [name for name in ("2026-Q1", "2026-Q4", "2026", "2027-Q1") if f'/en/reports/{name}"' in page]
    assert found == ["2026-Q1", "2026-Q4", "2026"]
    assert page.index("/en/reports/2026-Q4") < page.index("/en/reports/2026-Q1")


def test_quarters_too_small_for_a_report_are_named_where_they_would_be_missed(reader, web_app):
    sentence = "No report of its own yet: Quarter 1 of 2027."
    assert sentence in reader.get("/en/reports/").text
    with web_app.app_context(), transaction():
        store(made_up(5, 60, parse("2027-Q2")))
        store(made_up(5, 2, parse("2027-Q3")))
        editions.freeze_due(today=date(2028, 3, 1), now=NOW)
    page = reader.get("/en/reports/").text
    assert sentence not in page
    assert "With Quarter 1 of 2027: too few people answered then" in page
    assert "No report of its own yet: Quarter 3 of 2027." in page
    assert "With Quarter 1 of 2027" in reader.get("/en/reports/2027-Q2").text
    assert "Not in this report: Quarter 3 of 2027." in reader.get("/en/reports/2027").text
    for name, joined, left_out in (
        ("2027-Q2", ["2027-Q1"], []), ("2027", [], ["2027-Q3"]), ("2026", [], []), ("2026-Q4", [], []),
    ):  # fmt: skip
        found = reader.get(f"/reports/{name}.json").json
        assert (found["joined_quarters"], found["left_out_quarters"]) == (joined, left_out)


def test_edition_that_is_not_published_is_not_found(reader):
    for name in ("2027-Q1", "2026-Q9", "nothing", "2025"):
        assert reader.get(f"/en/reports/{name}").status_code == 404
        assert reader.get(f"/reports/{name}.json").status_code == 404


def test_json_carries_the_same_figures_with_their_rules(reader):
    found = reader.get("/reports/2026.json").json
    region = found["figures"]["region"]
    assert (found["name"], found["method"]) == ("2026", "2026-3")
    assert found["rules"]["least_events"] == 5
    assert region["events_held"] == 240
    assert all(region[name] % 5 == 0 for name in ("events_asked", "newcomers", "residents"))
    page = reader.get("/en/reports/2026").text
    assert f"{region['newcomers']:,}" in page


def test_list_without_editions_says_when_one_appears(client):
    assert "No report yet" in client.get("/en/reports/").text
