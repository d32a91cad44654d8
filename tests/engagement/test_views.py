"""The report's page, files and command: one set of figures, for staff only."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from outreach.accounts.service import add_organization
from outreach.database import transaction
from outreach.engagement import ballots
from outreach.engagement.commands import report_engagement
from outreach.engagement.totals import BallotTotals
from outreach.policy import Role
from outreach.registration import retention
from tests.factories import PASSWORD, make_event, make_staff

PAGE = "/staff/reports/engagement"
ADDRESSES = [PAGE, f"{PAGE}.csv", f"{PAGE}.json", "/staff/engagement"]


@pytest.fixture
def sign_in(client, web_app):
    """Signs somebody in: sign_in(role, sector=…)."""

    def go(role: Role = Role.COORDINATOR, sector: str | None = None):
        with web_app.app_context(), transaction():
            body = add_organization("Some body", sector=sector) if sector else None
            make_staff("staff@example.org", role, body)
        answer = client.post(
            f"/staff/sign-in?next={PAGE}", data={"email": "staff@example.org", "password": PASSWORD}
        )
        assert answer.location == PAGE
        return client

    return go


@pytest.fixture
def season(web_app, clock):
    """Twelve readable summer events of one county and one that is sealed."""
    with web_app.app_context(), transaction():
        for number in range(13):
            event = make_event(starts_at=datetime(2026, 7, 1, 18, tzinfo=UTC) + timedelta(days=number))
            totals = BallotTotals(3 + number, 16 - number, 2, 3)
            ballots.close(event, 26, totals, now=event.starts_at)
            if number < 12:
                retention.forget(event, now=event.ends_at + retention.KEPT_AFTER_EVENT)


def run(web_app, *arguments: str):
    def application():
        return web_app

    return CliRunner().invoke(report_engagement, arguments, obj=application, catch_exceptions=False)


def of_json(value: dict) -> dict[str, tuple]:
    return {
        row["id"]: tuple(row[name] for name in ("value", "low", "high", "numerator", "denominator", "reason"))
        for row in value["figures"]
    }


def of_csv(text: str) -> dict[str, tuple]:
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    numbers = ("value", "low", "high", "numerator", "denominator")
    return {
        row["id"]: (*(float(row[name]) if row[name] else None for name in numbers), row["reason"] or None)
        for row in rows
    }


def of_page(page: str) -> dict[str, float | None]:
    found = re.findall(r'<data value="([^"]*)" data-id="(\w+)">', page)
    return {name: float(value) if value else None for value, name in found}


@pytest.mark.parametrize("period", ["", "2026-Q3", "2019"], ids=["default", "quarter", "nothing"])
def test_page_files_and_command_tell_the_same_figures(sign_in, web_app, season, period):
    client = sign_in()
    query = {"period": period} if period else {}
    options = ["--period", period] if period else []
    files = [
        of_json(client.get(f"{PAGE}.json", query_string=query).json),
        of_json(json.loads(run(web_app, "--format", "json", *options).output)),
        of_csv(client.get(f"{PAGE}.csv", query_string=query).data.decode("utf-8-sig")),
        of_csv(run(web_app, "--format", "csv", *options).output),
    ]

    assert files[1:] == files[:1] * 3
    assert len(files[0]) == 27
    page = client.get(PAGE, query_string=query).text
    assert of_page(page) == {name: figure[0] for name, figure in files[0].items()}


def test_page_says_it_in_plain_words(sign_in, season):
    page = sign_in().get(f"{PAGE}?period=2026-Q3").text

    for sentence in (
        "In 12 of 12 events, both long-time residents and newcomers were there in real numbers.",
        "12 events took place.",
        "1 more event cannot be read until its guests&#39; names are erased.",
        "Events are compared with events of the same county and quarter.",
        "Method 2026-2.",
    ):
        assert sentence in page


def test_text_of_the_command_says_every_figure(web_app, season):
    lines = run(web_app, "--period", "2026-Q3").output.splitlines()

    assert lines[0] == "2026-Q3: Wednesday, July 1, 2026 - Wednesday, September 30, 2026"
    assert len(lines) == 3 + 27
    assert any(line.startswith("Shared events ") and "12 of 12" in line for line in lines)


@pytest.mark.parametrize("address", ADDRESSES[:3])
def test_report_of_nothing_says_not_enough_answers_and_never_zero(sign_in, address):
    answer = sign_in().get(address)

    assert (answer.status_code, "ot enough answers" in answer.text) == (200, True)
    if address == PAGE:
        assert not re.search(r"(?<!\d)0%", answer.text)
    if address.endswith(".json"):
        undefined = [row for row in answer.json["figures"] if row["unit"] in ("share", "ratio")]
        assert {row["value"] for row in undefined} == {None}


def test_command_of_nothing_says_not_enough_answers(web_app):
    output = run(web_app).output
    assert "Not enough answers." in output
    assert not re.search(r"(?<!\d)0%", output)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("role", "sector", "status"),
    [
        pytest.param(Role.ADMINISTRATOR, None, 200, id="administrator"),
        pytest.param(Role.COORDINATOR, None, 200, id="coordinator"),
        pytest.param(Role.ORGANIZER, "library", 200, id="organizer"),
        pytest.param(Role.ORGANIZER, "law_enforcement", 403, id="police"),
    ],
)
def test_report_is_for_staff_and_never_for_police(sign_in, address, role, sector, status):
    answer = sign_in(role, sector).get(address)

    assert answer.status_code == (302 if address == "/staff/engagement" and status == 200 else status)


@pytest.mark.parametrize("address", ADDRESSES)
def test_report_asks_strangers_to_sign_in(client, address):
    answer = client.get(address)
    assert answer.status_code == 303
    assert answer.location.startswith("/staff/sign-in?next=")


@pytest.mark.parametrize("address", ADDRESSES[:3])
@pytest.mark.parametrize("period", ["2026-Q5", "<script>", "2026-Q3..2025-Q1"])
def test_period_that_cannot_be_read_is_refused(sign_in, address, period):
    answer = sign_in().get(address, query_string={"period": period})
    assert (answer.status_code, "<script>" in answer.text) == (400, False)


def test_files_are_named_and_kept_by_nobody(sign_in, season):
    answer = sign_in().get(f"{PAGE}.csv?period=2026-Q3")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="engagement-2026-Q3.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_page_reads_in_the_staff_member_s_language(sign_in, season):
    answer = sign_in().get(f"{PAGE}?period=2026-Q3", headers={"Accept-Language": "ar"})
    assert '<html lang="ar" dir="rtl">' in answer.text
