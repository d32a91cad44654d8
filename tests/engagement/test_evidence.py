"""The evidence sheet: its figures and partners, of one program or all, and nothing about a few people."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from outreach import runtime
from outreach.accounts.service import add_organization
from outreach.database import transaction
from outreach.engagement import ballots, editions
from outreach.engagement.totals import BallotTotals
from outreach.policy import Role
from outreach.registration import retention
from tests.factories import make_event, make_organization, make_staff
from tests.pages import sign_in

PAGE = "/staff/reports/evidence"
QUERY = "period=2026-Q3"


def hold(number: int, kind: str, host) -> None:
    event = make_event(
        starts_at=datetime(2026, 7, 1, 18, tzinfo=UTC) + timedelta(days=number), kind=kind, host=host
    )
    ballots.close(event, 24, BallotTotals(9, 11, 2, 2), now=event.starts_at)
    retention.forget(event, vault=runtime.vault(), now=event.ends_at + retention.KEPT_AFTER_EVENT)


@pytest.fixture
def season(web_app):
    """Twelve convenings of a library, eleven workshops of a parish, and one trust training."""
    with web_app.app_context(), transaction():
        library, parish = make_organization("Northeast Library"), make_organization("St. Anthony Parish")
        for number in range(12):
            hold(number, "convening", library)
        for number in range(11):
            hold(20 + number, "workshop", parish)
        hold(40, "trust_training", parish)
        make_staff("cora@example.org", Role.COORDINATOR)
        make_staff(
            "officer@example.org", Role.ORGANIZER, add_organization("Police", sector="law_enforcement")
        )


@pytest.fixture
def coordinator(client, season):
    sign_in(client, "cora@example.org")
    return client


def of_page(page: str) -> dict[str, float | None]:
    found = re.findall(r'<data value="([^"]*)" data-id="(\w+)">', page)
    return {name: float(value) if value else None for value, name in found}


def of_csv(text: str) -> tuple[dict[str, float | None], list[str]]:
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    figures = {row["id"]: float(row["value"]) if row["value"] else None for row in rows if row["unit"]}
    return figures, [row["label"] for row in rows if row["id"] == "partner"]


@pytest.mark.parametrize(
    ("kind", "events", "partners"),
    [
        pytest.param("", 24, ["Northeast Library", "St. Anthony Parish"], id="all"),
        pytest.param("&kind=convening", 12, ["Northeast Library"], id="one-kind"),
    ],
)
def test_sheet_and_file_tell_the_same_of_a_program(coordinator, kind, events, partners):
    page = coordinator.get(f"{PAGE}?{QUERY}{kind}").text
    figures, listed = of_csv(coordinator.get(f"{PAGE}.csv?{QUERY}{kind}").text)

    assert of_page(page) == figures
    assert (figures["events_held"], listed) == (events, partners)
    assert all(name in page for name in partners)
    assert figures["shared_events"] == 1.0


def test_sheet_names_its_limits_and_no_score(coordinator):
    page = coordinator.get(f"{PAGE}?{QUERY}").text
    assert "evidence of shared presence and no score" in page
    assert "It does not show that anybody thinks differently of others" in page
    assert "Events that did not ask are only in the numbers of events held and of heads." in page


@pytest.mark.parametrize("kind", ["trust_training", "workshop"])
def test_small_program_and_the_one_that_would_give_it_away_show_no_answers(coordinator, kind):
    figures, _ = of_csv(coordinator.get(f"{PAGE}.csv?{QUERY}&kind={kind}").text)
    assert (figures["shared_events"], figures["answers"]) == (None, None)
    assert figures["events_held"] in (1, 11)


def test_program_without_events_says_so(coordinator):
    page = coordinator.get(f"{PAGE}?{QUERY}&kind=career_fair")
    assert (page.status_code, "No events were held." in page.text) == (200, True)


def test_unknown_program_is_refused(coordinator):
    assert coordinator.get(f"{PAGE}?kind=<script>").status_code == 400


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}.csv"])
def test_sheet_is_never_for_police(client, season, address):
    sign_in(client, "officer@example.org")
    assert client.get(address).status_code == 403


def test_kind_that_a_closed_quarter_keeps_with_another_is_said_to_be_so_and_never_zero(coordinator, web_app):
    """One trust training cannot stand alone, so it is kept with the workshops and neither is known apart."""
    with web_app.app_context(), transaction():
        editions.freeze_due(today=date(2026, 11, 1), now=datetime(2026, 11, 1, tzinfo=UTC))
    for kind in ("workshop", "trust_training"):
        page = coordinator.get(f"{PAGE}?{QUERY}&kind={kind}").text
        assert "Not in these figures: Quarter 3 of 2026." in page
        assert set(of_page(page).values()) == {None}
        lines = coordinator.get(f"{PAGE}.csv?{QUERY}&kind={kind}").text
        assert of_csv(lines)[0]["events_held"] is None
        assert "missing_quarter" in lines
    page = coordinator.get(f"{PAGE}?{QUERY}&kind=convening").text
    assert of_page(page)["events_held"] == 12
    assert "Not in these figures" not in page
