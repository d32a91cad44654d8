"""The demo's data is whole: every reference resolves, every number fits and no telephone could ring."""

import json
import re
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from outreach.demo.cards import shown
from outreach.demo.people import STAFF
from outreach.events.keywords import is_usable_in_a_language
from outreach.i18n import LANGUAGES
from outreach.policy import Role

DATA = Path(__file__).parents[2] / "outreach" / "demo" / "data"
TEXT_LOCALES = ["en", "es", "ar"]
OFFERS = {"interpreter", "childcare", "ride", "step_free"}
THEMES = {
    "leadership",
    "equitable_access",
    "civic_engagement",
    "connected_communities",
    "education",
    "economic_development",
    "safe_communities",
}
BALLOTS = ["newcomers", "residents", "both", "unsaid"]


def read(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


ORGANIZATIONS = {row["name"]: row for row in read("organizations.json")}
PAST = {row["id"]: row for row in read("past_events.json")}
KINDS = {row["kind"] for row in PAST.values()}
JURISDICTIONS = {row["slug"]: row for row in read("jurisdictions.json")}
COUNTIES = {slug for slug, row in JURISDICTIONS.items() if row["level"] == "county"}
WEEK = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((DATA / "welcoming_week").glob("*.json"))
}
BY_KEYWORD = {row["keyword"]: row for row in WEEK.values()}
HELD = read("held.json")
HISTORY = read("region_history.json")
GUESTS = read("guests.json")
READERS = read("news_readers.json")

each_event = pytest.mark.parametrize("row", WEEK.values(), ids=WEEK)
each_held = pytest.mark.parametrize("row", HELD, ids=[row["id"] for row in HELD])
each_guest = pytest.mark.parametrize("row", GUESTS, ids=[row["first_name"] for row in GUESTS])


def test_past_events_plan_and_organizations_name_each_other() -> None:
    hosts = {name for row in PAST.values() for name in (row["host_organization"], *row["co_hosts"]) if name}
    promised = {
        commitment["responsible_organization"]
        for strategy in read("plan.json")["strategies"]
        for objective in strategy["objectives"]
        for action in objective["actions"]
        for commitment in action["commitments"]
    }
    assert (hosts | promised) - set(ORGANIZATIONS) == set()
    assert (len(ORGANIZATIONS), len(PAST)) == (252, 201)


def test_jurisdictions_form_one_tree() -> None:
    parents = {"region": None, "county": "region", "city": "county"}
    assert len(JURISDICTIONS) == len(read("jurisdictions.json"))
    for row in JURISDICTIONS.values():
        parent = JURISDICTIONS[row["parent"]]["level"] if row["parent"] else None
        assert parent == parents[row["level"]], row["slug"]
        assert row["level"] != "city" or row["state"] == JURISDICTIONS[row["parent"]]["state"], row["slug"]
    assert [row["slug"] for row in JURISDICTIONS.values() if not row["parent"]] == ["kansas-city-region"]


def test_history_names_past_events_once_and_counts_only_what_is_reported() -> None:
    assert len({row["id"] for row in HISTORY}) == len(HISTORY) == 23
    for row in HISTORY:
        past = PAST[row["id"]]
        assert row["county"] in COUNTIES
        assert JURISDICTIONS[row["county"]]["state"] == past["state"]
        if row["head_count"] is not None:
            assert past["status"] in ("held", "held_no_attendance")
            assert str(row["head_count"]) in re.findall(r"\d+", past["reported_attendance"])
        assert (row["head_count"] == 0) == (past["status"] == "held_no_attendance")


def test_week_has_every_kind_and_the_cases_worth_showing() -> None:
    rows = list(WEEK.values())
    kinds = [row["kind"] for row in rows]
    assert len(rows) == len(BY_KEYWORD) == len({row["texts"]["en"]["title"] for row in rows}) == 36
    assert set(kinds) == KINDS
    assert kinds.count("welcoming_week") > len(rows) / 2
    assert {10, 12, 300} <= {row["capacity"] for row in rows}
    assert ("05:00", "20:00") in {(row["start"], row["end"]) for row in rows}
    assert [row["delivery"] for row in rows].count("online") == 1
    assert max(len(row["parts"]) for row in rows if row["kind"] == "business_tour") == 4
    assert all(row["parts"] for row in rows if row["kind"] == "career_fair")
    assert ["cancel_reason" in row for row in rows].count(True) == 1
    assert ["moved_from_day" in row for row in rows].count(True) == 1
    assert {row["day"] for row in rows} == set(range(10))


@each_event
def test_week_event_names_what_exists(row: dict[str, Any]) -> None:
    past = PAST[row["based_on"]]
    assert row["note"] == f"Demo event, modelled on {past['title']}, {past['city']}, {past['start'][:4]}."
    assert {row["host"], *row["co_hosts"]} <= set(ORGANIZATIONS)
    assert len({row["host"], *row["co_hosts"]}) == 1 + len(row["co_hosts"])
    assert row["kind"] in KINDS
    assert row["theme"] in THEMES
    assert set(row["offers"]) <= OFFERS
    assert {*row["spoken"], *row["interpreted"]} <= set(LANGUAGES)
    assert (row["venue"] is None) == (row["delivery"] == "online")
    if row["venue"]:
        assert list(row["venue"]) == ["name", "address", "city", "county", "access_notes"]
        assert row["venue"]["county"] in COUNTIES


@each_event
def test_week_event_says_when_officers_come(row: dict[str, Any]) -> None:
    sectors = {ORGANIZATIONS[name]["sector"] for name in (row["host"], *row["co_hosts"])}
    assert row["police_present"] == ("law_enforcement" in sectors) == (row["kind"] == "trust_training")


@each_event
def test_week_event_interprets_other_languages_than_it_speaks(row: dict[str, Any]) -> None:
    assert row["spoken"]
    assert not set(row["spoken"]) & set(row["interpreted"])
    assert ("interpreter" in row["offers"]) == bool(row["interpreted"])


@each_event
def test_week_event_keeps_its_hours_and_its_parts_in_order(row: dict[str, Any]) -> None:
    hours = [row["start"], *(part[end] for part in row["parts"] for end in ("start", "end")), row["end"]]
    assert [time.fromisoformat(hour).strftime("%H:%M") for hour in hours] == sorted(hours) == hours
    assert row["start"] < row["end"]
    assert all(part["title"] and part["place"] and part["start"] < part["end"] for part in row["parts"])
    assert row.get("moved_from_day") != row["day"]
    assert row["capacity"] is None or row["capacity"] > 0


@pytest.mark.parametrize("name", WEEK)
def test_week_event_has_a_keyword_that_fits_a_poster(name: str) -> None:
    assert re.fullmatch(r"[A-Z0-9]{3,12}", WEEK[name]["keyword"])
    assert WEEK[name]["keyword"].lower() == name


@each_event
def test_week_event_is_told_in_every_language(row: dict[str, Any]) -> None:
    assert list(row["texts"]) == TEXT_LOCALES
    for locale, text in row["texts"].items():
        assert list(text) == ["title", "summary", "description"]
        assert len(text["title"]) <= 80
        assert len(text["summary"]) <= 140
        assert 2 <= len(re.findall(r"[.!?؟](?=\s|$)", text["description"])) <= 4
        is_arabic = bool(re.search(r"[\u0600-\u06ff]", text["title"]))
        assert is_arabic == (locale == "ar")
    assert list(row.get("cancel_reason", row["texts"])) == TEXT_LOCALES


def test_held_events_are_spread_over_kinds_counties_and_the_year() -> None:
    assert len({row["id"] for row in HELD}) == len({row["days_ago"] for row in HELD}) == len(HELD) == 34
    assert {row["kind"] for row in HELD} == KINDS
    assert len({row["county"] for row in HELD}) == 4
    assert {row["days_ago"] // 90 for row in HELD} == {0, 1, 2, 3}
    assert max(row["head_count"] for row in HELD) == 160
    assert min(row["head_count"] for row in HELD) < 4
    assert any(0 in (row["ballots"]["newcomers"], row["ballots"]["residents"]) for row in HELD)


@each_held
def test_held_event_counts_agree(row: dict[str, Any]) -> None:
    ballots = row["ballots"]
    answered = ballots["newcomers"] + ballots["residents"] + ballots["both"]
    assert list(ballots) == BALLOTS
    assert row["arrived"] <= row["registered"]
    assert row["arrived"] + row["walk_ins"] <= row["head_count"]
    assert sum(ballots.values()) <= row["head_count"]
    assert 0.6 <= answered / row["head_count"] <= 0.95
    assert 20 <= row["days_ago"] <= 350
    talk = row.get("talk", {})
    assert sum(ballots.values()) + row.get("children", 0) <= row["head_count"]
    assert sum(talk.values()) + row.get("children", 0) <= row["head_count"]
    assert list(talk) in ([], ["talked", "did_not", "unsaid"])
    assert row["county"] in COUNTIES
    assert ORGANIZATIONS[row["host"]]["sector"] != "law_enforcement" or row["kind"] == "trust_training"


def test_evenings_with_cards_are_one_host_s_in_small_rooms_and_five_fall_into_one_quarter() -> None:
    evenings = sorted((row for row in HELD if "cards" in row), key=lambda row: row["cards"])
    assert [row["cards"] for row in evenings] == list(range(10))
    assert len({row["host"] for row in evenings}) == 1
    days = [row["days_ago"] for row in evenings]
    # Weekly, and so old that whatever day it is, a closed quarter has five.
    assert days == list(range(days[0], days[0] - 70, -7))
    assert min(days) >= 92 + 30
    for row in evenings:
        said = [answer for _, answer in shown(row["cards"])]
        for group in ("newcomers", "residents"):
            assert said.count(group) <= row["ballots"][group]
    for first in range(6):
        seen = {card for evening in range(first, first + 5) for card in shown(evening)}
        assert min(sum(answer == group for _, answer in seen) for group in ("newcomers", "residents")) >= 10


@each_guest
def test_guest_asks_only_for_what_each_event_offers(row: dict[str, Any]) -> None:
    assert 1 <= len(row["keywords"]) <= 3
    assert 1 <= row["party_size"] <= 6
    assert row["locale"] in LANGUAGES
    for event in (BY_KEYWORD[keyword] for keyword in row["keywords"]):
        assert set(row["needs"]) <= set(event["offers"])
        assert row["party_size"] <= (event["capacity"] or row["party_size"])
        if "interpreter" in row["needs"]:
            assert row["locale"] in event["interpreted"] + event["spoken"]


def test_guests_have_numbers_of_their_own_and_the_two_smallest_rooms_are_too_small() -> None:
    assert len({row["phone"] for row in GUESTS}) == len(GUESTS) == 60
    wanted = dict.fromkeys(BY_KEYWORD, 0)
    for row in GUESTS:
        for keyword in row["keywords"]:
            wanted[keyword] += row["party_size"]
    assert 0 not in wanted.values()
    assert {k for k, seats in wanted.items() if seats > (BY_KEYWORD[k]["capacity"] or seats)} == {
        "MARHABA",
        "COOK",
    }


_PHONE = re.compile(r"\+\d{8,15}|(?<![\w/=.-])(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)")
_FICTION = re.compile(r"\+1(816|913)55501\d\d")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.*")), ids=lambda path: path.name)
def test_no_file_holds_an_address_or_a_number_that_could_ring(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [number for number in _PHONE.findall(text) if not _FICTION.fullmatch(number)] == []
    assert _EMAIL.findall(text) == []


def test_every_guest_has_a_number_of_fiction() -> None:
    assert [row["phone"] for row in (*GUESTS, *READERS) if not _FICTION.fullmatch(row["phone"])] == []


def test_readers_of_news_are_no_guests_and_read_what_exists() -> None:
    assert {row["phone"] for row in READERS} & {row["phone"] for row in GUESTS} == set()
    assert {row["locale"] for row in READERS} == {"en", "es", "ar"}
    assert {row["organization"] for row in READERS} - {None} <= {
        each.organization for each in STAFF if each.role == Role.ORGANIZER
    }


def test_one_poster_has_a_word_in_each_language() -> None:
    (words,) = [row["keywords"] for row in WEEK.values() if "keywords" in row]
    assert list(words) == ["es", "ar"]
    assert all(is_usable_in_a_language(word) for word in words.values())


def test_invented_work_for_the_plan_is_about_what_exists() -> None:
    """And says of itself that it is invented."""
    commitments = {
        commitment["id"]
        for strategy in read("plan.json")["strategies"]
        for objective in strategy["objectives"]
        for action in objective["actions"]
        for commitment in action["commitments"]
    }
    invented = read("plan_evidence.json")
    bodies = {*ORGANIZATIONS, *JURISDICTIONS}
    named = {name for row in invented["deeds"] for name in row.get("bodies", [])}
    named |= {name for names in invented["expected"].values() for name in names}
    refs = {row["ref"] for row in [*invented["deeds"], *invented["open_items"]]}

    assert "Invented" in invented["note"]
    assert named <= bodies
    assert refs | {*invented["owners"], *invented["expected"]} <= commitments
