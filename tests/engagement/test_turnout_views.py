"""The page of registrations and its file: whose events, which numbers, and the same in both."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from outreach.accounts.service import add_organization
from outreach.database import db, transaction
from outreach.engagement.periods import parse
from outreach.engagement.turnouts import totals_of
from outreach.events.models import Event
from outreach.policy import Role
from outreach.registration.models import Attendance, EventTurnout, LanguageTurnout
from tests.factories import make_event, make_organization, make_staff
from tests.pages import sign_in
from tests.queries import count_queries

PAGE = "/staff/reports/registrations"
SUMMER = parse("2026-Q3")


def hold(day: int, *, people: int = 30, arrived: int = 18, door: str = "web", **given) -> Event:
    """A past event with kept totals, as forgetting its guests leaves them."""
    event = make_event(starts_at=datetime(2026, 7, day, 18, tzinfo=UTC), **given)
    db.session.add(
        EventTurnout(
            event_id=event.id, door=door, parties=people, people=people, arrived=arrived,
            parties_arrived=arrived, reminded=people // 2, reminded_arrived=arrived // 2, cents=12.0,
        )
    )  # fmt: skip
    db.session.add(Attendance(event_id=event.id, walk_ins=5, forgotten_at=event.ends_at))
    db.session.flush()
    return event


@pytest.fixture
def summer(web_app):
    with web_app.app_context(), transaction():
        own = make_organization("Northeast Library")
        for day in (1, 2, 3):
            hold(day, host=own)
        hold(4, people=300, arrived=240, door="text", host=make_organization("Another Body"))
        db.session.add(LanguageTurnout(quarter="2026-Q3", locale="es", parties=40, people=90, arrived=60))
        make_staff("ana@example.org", Role.ORGANIZER, own)
        make_staff("cora@example.org", Role.COORDINATOR)
        make_staff("ines@example.org", Role.COMMITTEE)
        make_staff("member@example.org", Role.COMMITTEE, own)
        officers = add_organization("Police", sector="law_enforcement")
        make_staff("officer@example.org", Role.ORGANIZER, officers)


def of_page(page: str) -> dict[str, float | None]:
    found = re.findall(r'<data value="([^"]*)" data-id="(\w+)">', page)
    return {name: float(value) if value else None for value, name in found}


def of_csv(text: str) -> dict[str, float | None]:
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return {row["id"]: float(row["value"]) if row["value"] else None for row in rows}


@pytest.mark.parametrize(
    ("email", "people"),
    [
        pytest.param("ana@example.org", 90, id="own"),
        pytest.param("cora@example.org", 390, id="region"),
        pytest.param("ines@example.org", 390, id="committee"),
        pytest.param("member@example.org", 390, id="committee-of-an-organization"),
    ],
)
def test_page_and_file_tell_the_same_of_the_events_one_may_see(client, summer, email, people):
    sign_in(client, email)
    page = client.get(f"{PAGE}?period=2026-Q3")
    told = of_csv(client.get(f"{PAGE}.csv?period=2026-Q3").text)

    assert page.status_code == 200
    assert of_page(page.text)["people"] == people
    assert of_page(page.text).items() <= told.items()


def test_organizer_sees_no_other_organization_s_door(client, summer):
    sign_in(client, "ana@example.org")
    page = client.get(f"{PAGE}?period=2026-Q3").text

    assert "Only events of your organization." in page
    assert "By text" not in page


def test_committee_reads_no_small_number_not_even_of_its_own_organization(client, web_app, summer):
    with web_app.app_context(), transaction():
        hold(5, people=4, arrived=3, door="voice", host=make_organization("Northeast Library"))
    sign_in(client, "member@example.org")
    page = client.get(f"{PAGE}?period=2026-Q3").text
    assert "By phone call" not in page
    assert "Only events of your organization." not in page
    sign_in(client, "ana@example.org")
    assert "By phone call" in client.get(f"{PAGE}?period=2026-Q3").text


def test_page_names_the_caveat_of_reminders(client, summer):
    sign_in(client, "cora@example.org")

    assert "Nobody drew lots" in client.get(f"{PAGE}?period=2026-Q3").text


def test_languages_are_told_only_of_a_quarter_that_is_over(web_app, summer):
    with web_app.app_context():
        settled = SUMMER.ends_on + timedelta(days=5)
        assert totals_of(SUMMER, today=settled).languages == {"es": 90}
        assert totals_of(SUMMER, today=settled - timedelta(days=1)).languages == {}


def test_page_asks_the_same_number_of_queries_however_many_events(web_app, summer):
    def asked() -> int:
        with web_app.app_context(), count_queries(web_app) as sent:
            totals_of(SUMMER, today=SUMMER.ends_on)
        return len(sent)

    few = asked()
    with web_app.app_context(), transaction():
        for day in range(5, 25):
            hold(day)
    assert asked() == few == 3


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}.csv"])
def test_page_is_never_for_police(client, summer, address):
    sign_in(client, "officer@example.org")

    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}.csv"])
def test_page_of_nothing_shows_no_zero_share(client, web_app, address):
    with web_app.app_context(), transaction():
        make_staff("cora@example.org", Role.COORDINATOR)
    sign_in(client, "cora@example.org")
    answer = client.get(f"{address}?period=2019")

    assert answer.status_code == 200
    assert not re.search(r"(?<!\d)0%", answer.text)
