"""The public API: what it tells and never tells, and that its description is true."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.drafts import PartDraft, TextDraft, VenueDraft
from outreach.events.models import Event
from tests.factories import NOW, make_event, make_jurisdictions, make_organization
from tests.queries import count_queries

PAGE = "/events.json"
EVENING = datetime(2026, 9, 14, 18, 0)


@pytest.fixture
def make(web_app):
    """Makes an event; returns its public id."""

    def make(**given) -> str:
        with web_app.app_context(), transaction():
            return make_event(**given).public_id

    return make


@pytest.fixture
def change(web_app):
    def change(public_id, action) -> None:
        with web_app.app_context(), transaction():
            action(db.session.query(Event).filter_by(public_id=public_id).one())

    return change


@pytest.fixture
def fair(web_app) -> str:
    """An event with everything that one can have."""
    with web_app.app_context(), transaction():
        make_jurisdictions()
        bank = make_organization("Bank", reference="org-bank", sector="business")
        make_organization("Church", reference="org-church", sector="faith")
        return make_event(
            host=bank,
            kind="career_fair",
            texts={"en": TextDraft("Fair", "Meet.", "Bring papers."), "es": TextDraft("Feria", "Venga.")},
            venue=VenueDraft("Hall", "1 Main St", "Kansas City", "jackson-county-mo", "Ramp on the left."),
            delivery="hybrid",
            online_url="https://meet.example.org/secret-room",
            capacity=1001,
            keyword="FAIR",
            keywords={"es": "FERIA"},
            spoken=("en", "es"),
            interpreted=("ar",),
            offers=("ride", "childcare"),
            theme="economic_development",
            cohosts=("Church",),
            parts=(PartDraft("Round 1", EVENING, EVENING + timedelta(minutes=30), "Desk 2"),),
        ).public_id


def titles(client, query="") -> list[str]:
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return [event["title"] for event in response.json["events"]]


def test_event_tells_what_everybody_may_know(client, fair):
    response = client.get(PAGE)
    assert response.content_type == "application/json"
    [event] = response.json["events"]
    assert event == {
        "id": fair,
        "url": f"http://127.0.0.1:8000/en/events/{fair}",
        "calendar_url": f"http://127.0.0.1:8000/en/events/{fair}.ics",
        "kind": "career_fair",
        "status": "published",
        "cancel_reason": None,
        "language": "en",
        "title": "Fair",
        "summary": "Meet.",
        "description": "Bring papers.",
        "organization": {"id": "org-bank", "name": "Bank"},
        "cohosts": [{"id": "org-church", "name": "Church"}],
        "starts_at": "2026-09-14T23:00:00Z",
        "ends_at": "2026-09-15T01:00:00Z",
        "starts_local": "2026-09-14T18:00:00",
        "ends_local": "2026-09-14T20:00:00",
        "time_zone": "America/Chicago",
        "is_all_day": False,
        "moved_at": None,
        "delivery": "hybrid",
        "venue": {
            "name": "Hall",
            "address": "1 Main St",
            "city": "Kansas City",
            "county": "jackson-county-mo",
            "access_notes": "Ramp on the left.",
        },
        "languages_spoken": ["en", "es"],
        "languages_interpreted": ["ar"],
        "offers": ["childcare", "ride"],
        "theme": "economic_development",
        "is_police_present": False,
        "takes_registrations": True,
        "text_number": "+18165550100",
        "keyword": "FAIR",
        "keywords": [{"language": "es", "word": "FERIA"}],
        "is_full": False,
        "parts": [
            {
                "title": "Round 1",
                "place": "Desk 2",
                "starts_local": "2026-09-14T18:00:00",
                "ends_local": "2026-09-14T18:30:00",
            }
        ],
    }
    assert {name: response.json[name] for name in ("total", "page", "pages", "next")} == {
        "total": 1, "page": 1, "pages": 1, "next": None
    }  # fmt: skip


def test_event_never_tells_how_many_come_or_where_to_join(client, fair, change):
    def fill(event):
        event.seats_taken, event.waiting_parties = 1000, 3

    change(fair, fill)
    text = client.get(PAGE).text
    for secret in ("secret-room", "1001", "1000", "seats_taken", "waiting", "import_reference"):
        assert secret not in text


def test_texts_are_in_the_language_that_was_asked_for(client, fair):
    for query, language, title in (
        ("", "en", "Fair"),
        ("?lang=es", "es", "Feria"),
        ("?lang=ar", "en", "Fair"),
    ):
        [event] = client.get(PAGE + query).json["events"]
        assert (event["language"], event["title"]) == (language, title)
    [event] = client.get(PAGE + "?lang=es").json["events"]
    assert event["url"] == f"http://127.0.0.1:8000/es/events/{fair}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Chess", "Fair"]),
        ("?kind=career_fair", ["Fair"]),
        ("?organization=org-church", ["Fair"]),
        ("?language=ar", ["Fair"]),
        ("?county=jackson-county-mo", ["Fair"]),
        ("?from=2026-09-12", ["Fair"]),
        ("?to=2026-09-10", ["Chess"]),
        ("?q=fair", ["Fair"]),
        ("?q=feria&lang=en", ["Fair"]),
        ("?kind=workshop", []),
        ("?page=2", []),
    ],
)
def test_filters_are_those_of_the_list(client, make, fair, query, found):
    make(title="Chess", starts_at=NOW + timedelta(days=2))
    assert titles(client, query) == found


def test_only_public_events_to_come_are_listed(client, make):
    make(title="Draft", status="draft")
    make(title="Gone", starts_at=NOW - timedelta(days=3), now=NOW - timedelta(days=9))
    make(title="Open")
    assert titles(client) == ["Open"]


def test_cancelled_and_moved_events_say_so(client, make, change, clock):
    public_id = make()
    client.get(PAGE)
    clock.forward(hours=1)
    change(public_id, lambda event: planning.cancel(event, "Rain.", locale="en", now=clock()))
    [event] = client.get(PAGE + "?lang=es").json["events"]
    assert (event["status"], event["cancel_reason"]) == ("cancelled", "Rain.")


def test_end_that_nobody_announced_is_not_told(client, make):
    make(is_end_known=False)
    [event] = client.get(PAGE).json["events"]
    assert (event["ends_at"], event["ends_local"]) == (None, None)


def test_full_event_says_so(client, make, change):
    public_id = make(capacity=2)

    def fill(event):
        event.seats_taken = 2

    change(public_id, fill)
    assert client.get(PAGE).json["events"][0]["is_full"] is True


def test_pages_lead_to_the_next_one_and_lose_no_filter(client, make):
    for number in range(23):
        make(title=f"Event {number}", starts_at=NOW + timedelta(days=1, hours=number))
    seen, address = [], PAGE + "?lang=es&kind=welcoming_week"
    while address:
        answer = client.get(address).json
        assert (answer["total"], answer["pages"]) == (23, 2)
        seen += [event["title"] for event in answer["events"]]
        address = (answer["next"] or "").removeprefix("http://127.0.0.1:8000")
    assert seen == [f"Event {number}" for number in range(23)]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("?kind=party", ["kind"]),
        ("?lang=xx", ["lang"]),
        ("?organization=x&county=y&language=z", ["organization", "language", "county"]),
        ("?from=soon&page=0", ["from", "page"]),
        ("?from=2026-09-12&to=2026-09-11", ["to"]),
        ("?q=" + "x" * 61, ["q"]),
    ],
)
def test_impossible_filter_is_a_problem_with_field_and_reason(client, query, fields):
    response = client.get(PAGE + query)
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    assert response.headers["Cache-Control"] == "no-store"
    assert [each["field"] for each in response.json["errors"]] == fields
    assert response.json["detail"] == response.json["errors"][0]["detail"] != ""
    assert problems_with(response.json, described(client, "Problem"), client.get("/openapi.json").json) == []


def test_other_mistakes_are_problems_too(client):
    response = client.post(PAGE)
    assert (response.status_code, response.content_type) == (405, "application/problem+json")
    assert client.get("/nothing.json").content_type == "application/problem+json"


def test_answer_may_be_kept_and_read_by_any_page(client, make):
    make()
    response = client.get(PAGE)
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers
    again = client.get(PAGE, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_kept_answer_is_made_anew_when_something_public_changes(client, web_app, make):
    make(title="Chess")
    assert titles(client) == ["Chess"]
    with count_queries(web_app) as sent:
        titles(client)
    assert len(sent) == 1
    make(title="Picnic")
    assert titles(client) == ["Chess", "Picnic"]


def test_page_takes_the_same_number_of_queries_for_any_number_of_events(client, web_app, make):
    def queries() -> int:
        with count_queries(web_app) as sent:
            client.get(PAGE)
        return len(sent)

    with web_app.app_context(), transaction():
        make_organization("Church", sector="faith")
    make(cohosts=("Church",))
    few = queries()
    for number in range(12):
        with web_app.app_context(), transaction():
            host = make_organization(f"Host {number}")
            make_event(host=host, venue=VenueDraft(f"Hall {number}"), cohosts=("Church",))
    assert queries() == few


# The description


def described(client, name: str) -> dict[str, Any]:
    return client.get("/openapi.json").json["components"]["schemas"][name]


def problems_with(value: Any, schema: dict[str, Any], whole: dict[str, Any], at: str = "") -> list[str]:
    """Where a value is not as a schema says; every field must be described."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return problems_with(value, whole["components"]["schemas"][name], whole, at)
    if "anyOf" in schema:
        found = [problems_with(value, choice, whole, at) for choice in schema["anyOf"]]
        return [] if [] in found else found[0]
    types = {
        "string": str,
        "boolean": bool,
        "integer": int,
        "array": list,
        "object": dict,
        "null": type(None),
    }
    if type(value) is not types[schema["type"]]:
        return [f"{at}: {value!r} is no {schema['type']}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at}: {value!r} is not like {schema['pattern']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: {value!r} is too small")
    if schema.get("format") == "date-time" and not datetime.fromisoformat(value).tzinfo:
        found.append(f"{at}: {value!r} is no instant")
    if schema.get("format") == "uri" and not value.startswith("http"):
        found.append(f"{at}: {value!r} is no address")
    if schema["type"] == "array":
        for number, item in enumerate(value):
            found += problems_with(item, schema["items"], whole, f"{at}[{number}]")
    if schema["type"] == "object":
        found += [f"{at}.{name} is missing" for name in schema["required"] if name not in value]
        for name, item in value.items():
            if name in schema["properties"]:
                found += problems_with(item, schema["properties"][name], whole, f"{at}.{name}")
            else:
                found.append(f"{at}.{name} is not described")
    return found


def test_real_answers_are_as_described(client, fair, make, change):
    make(delivery="online", venue=None, is_end_known=False)
    change(make(), lambda event: planning.cancel(event, "Rain.", locale="en", now=NOW))
    whole = client.get("/openapi.json").json
    for query in ("", "?lang=es", "?page=2", "?kind=workshop"):
        answer = client.get(PAGE + query).json
        assert problems_with(answer, described(client, "Page"), whole) == []


def test_checker_of_answers_finds_what_is_wrong(client, fair):
    whole, answer = client.get("/openapi.json").json, client.get(PAGE).json
    answer["events"][0]["kind"] = "party"
    answer["events"][0]["surprise"] = 1
    answer["total"] = "1"
    del answer["pages"]
    assert len(problems_with(answer, described(client, "Page"), whole)) == 4


def test_description_names_every_filter(client):
    response = client.get("/openapi.json")
    assert (response.status_code, response.json["openapi"]) == (200, "3.1.0")
    assert response.json["servers"] == [{"url": "http://127.0.0.1:8000"}]
    parameters = response.json["paths"][PAGE]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == [
        "kind", "organization", "language", "county", "from", "to", "q", "page", "lang"
    ]  # fmt: skip


def test_every_reference_of_the_description_leads_somewhere(client):
    whole = client.get("/openapi.json")
    names = set(re.findall(r"#/components/schemas/(\w+)", whole.text))
    assert names == {"Page", "Event", "Organization", "Venue", "Part", "Problem"}
    assert names == set(whole.json["components"]["schemas"])
