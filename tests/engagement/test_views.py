"""The report's page, files and command: one set of figures, for staff only."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from outreach.accounts.service import add_organization
from outreach.database import transaction
from outreach.engagement import ballots, editions, parts_wording
from outreach.engagement.commands import report_engagement
from outreach.engagement.dashboard import dashboard
from outreach.engagement.figures import METHOD_VERSION
from outreach.engagement.gathering import JOINED, WAITS
from outreach.engagement.periods import parse
from outreach.engagement.totals import BallotTotals
from outreach.i18n import translator
from outreach.policy import Role
from outreach.registration import retention
from outreach.runtime import runtime
from tests.engagement.programs import made_up, store
from tests.factories import PASSWORD, make_event, make_staff
from tests.queries import count_queries

PAGE = "/staff/reports/engagement"
NUMBERS = ("value", "low", "high", "numerator", "denominator")
ADDRESSES = [
    PAGE,
    f"{PAGE}.csv",
    f"{PAGE}.json",
    f"{PAGE}-kind.csv",
    f"{PAGE}-trend.csv",
    "/staff/engagement",
]


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
                retention.forget(event, vault=runtime().vault, now=event.ends_at + retention.KEPT_AFTER_EVENT)


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
    assert len(files[0]) == 56
    page = client.get(PAGE, query_string=query).text
    assert of_page(page) == {name: figure[0] for name, figure in files[0].items()}


def of_lines(text: str) -> dict[str, dict[str, tuple]]:
    """The figures of each part of a file of parts."""
    header, *_ = text.splitlines()
    found: dict[str, dict[str, tuple]] = {}
    for row in csv.DictReader(io.StringIO(text, newline="")):
        found.setdefault(row["part"], {})[row["id"]] = tuple(
            float(row[name]) if row[name] else None for name in NUMBERS
        )
    assert header.startswith("period,method,part,name,id")
    return found


@pytest.mark.parametrize("cut", ["kind", "county", "size"])
def test_parts_are_the_same_in_file_and_answer(sign_in, season, cut):
    client = sign_in()
    told = client.get(f"{PAGE}.json?period=2026-Q3").json
    listed = of_lines(client.get(f"{PAGE}-{cut}.csv?period=2026-Q3").data.decode("utf-8-sig"))

    parts = {
        part["part"]: {row["id"]: tuple(row[name] for name in NUMBERS) for row in part["figures"]}
        for part in told["parts"][cut]
    }
    total = {row["id"]: tuple(row[name] for name in NUMBERS) for row in told["figures"]}
    assert parts.items() <= listed.items()
    assert listed[""].items() <= total.items()
    assert len(parts) == 1


def test_line_over_time_is_the_same_in_file_and_answer(sign_in, season):
    client = sign_in()
    told = client.get(f"{PAGE}.json?period=2026-Q3").json["trend"]
    listed = of_lines(client.get(f"{PAGE}-trend.csv?period=2026-Q3").data.decode("utf-8-sig"))

    assert listed == {
        point["part"]: {row["id"]: tuple(row[name] for name in NUMBERS) for row in point["figures"]}
        for point in told
    }
    assert listed["2026-Q3"]["events_of_quarter"][0] == 12


def test_page_claims_no_change_without_a_year_to_compare_with(sign_in, season):
    client = sign_in()
    sentence = "There are too few events to compare with the four quarters before."
    assert client.get(f"{PAGE}.json?period=2026-Q3").json["change"] == sentence
    assert sentence in client.get(f"{PAGE}?period=2026-Q3").text


@pytest.fixture
def few(web_app, clock):
    """Four readable events: too few to show anything that people said."""
    with web_app.app_context(), transaction():
        for number in range(4):
            event = make_event(starts_at=datetime(2026, 7, 1, 18, tzinfo=UTC) + timedelta(days=number))
            ballots.close(event, 40, BallotTotals(17, 19, 1, 3), now=event.starts_at)
            retention.forget(event, vault=runtime().vault, now=event.ends_at + retention.KEPT_AFTER_EVENT)


def test_too_few_events_tell_how_many_and_nothing_that_people_said(sign_in, web_app, few):
    client = sign_in()
    told = client.get(f"{PAGE}.json?period=2026-Q3").json
    figures = {row["id"]: row for row in told["figures"]}

    assert (figures["events_held"]["value"], figures["head_count"]["value"]) == (4, 160)
    for name in ("shared_events", "answers", "newcomer_share", "chance_ratio", "dissimilarity"):
        row = figures[name]
        assert [row[number] for number in NUMBERS] == [None] * 5
        assert row["reason"].startswith("Fewer than")
    assert told["parts"] == {"kind": [], "county": [], "size": []}
    for text in (
        client.get(f"{PAGE}?period=2026-Q3").text,
        client.get(f"{PAGE}.csv?period=2026-Q3").text,
        run(web_app, "--period", "2026-Q3").output,
    ):
        assert not re.search(r"\b(68|76|144)\b", text)


def test_organizer_sees_the_own_organization_and_no_other(sign_in, web_app, season):
    """There is no league table: not even a coordinator is shown organizations beside each other."""
    client = sign_in(Role.ORGANIZER, "library")
    page = client.get(f"{PAGE}?period=2026-Q3").text
    assert "Events of your organization" in page
    assert "Northeast Library" not in page


def test_coordinator_sees_no_list_of_organizations(sign_in, season):
    page = sign_in().get(f"{PAGE}?period=2026-Q3").text
    assert "Events of your organization" not in page
    assert "Northeast Library" not in page


def test_page_asks_the_same_number_of_queries_however_many_events(web_app, season):
    def asked() -> int:
        with count_queries(web_app) as sent, web_app.app_context():
            dashboard(parse("2026-Q3"), today=date(2026, 9, 30))
        return len(sent)

    before = asked()
    with web_app.app_context(), transaction():
        for number in range(20):
            event = make_event(starts_at=datetime(2026, 8, 1, 18, tzinfo=UTC) + timedelta(days=number))
            ballots.close(event, 26, BallotTotals(9, 10, 2, 3), now=event.starts_at)
            retention.forget(event, vault=runtime().vault, now=event.ends_at + retention.KEPT_AFTER_EVENT)
    # Bounds are found in a few steps more or less.
    assert asked() <= before + 8


def test_page_says_it_in_plain_words(sign_in, season):
    page = sign_in().get(f"{PAGE}?period=2026-Q3").text

    for sentence in (
        "In 12 of 12 events, both long-time residents and newcomers were there in real numbers.",
        "12 events took place.",
        "1 more event cannot be read until its guests&#39; names are erased.",
        "Events are compared with events of the same county and quarter.",
        "Method 2026-3.",
    ):
        assert sentence in page


def test_text_of_the_command_says_every_figure(web_app, season):
    lines = run(web_app, "--period", "2026-Q3").output.splitlines()

    assert lines[0] == "2026-Q3: Wednesday, July 1, 2026 - Wednesday, September 30, 2026"
    assert len(lines) == 3 + 56
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


# Closed quarters that are in no figure.


def freeze(web_app, program, *, on: date) -> None:
    with web_app.app_context(), transaction():
        store(program)
        editions.freeze_due(today=on, now=datetime(2026, 9, 1, tzinfo=UTC))


def test_quarter_that_waits_is_named_with_its_reason_and_never_zero(sign_in, web_app):
    freeze(web_app, made_up(1, 3, parse("2026-Q2")), on=date(2026, 8, 15))
    client = sign_in()
    query = "period=2026-Q2"
    page = client.get(f"{PAGE}?{query}").text
    assert "Not in these figures: Quarter 2 of 2026." in page
    assert "0 events took place" not in page
    assert '<data value="" data-id="events_held">' in page

    found = client.get(f"{PAGE}.json?{query}").json
    assert found["missing"] == [{"quarter": "2026-Q2", "reason": WAITS}]
    assert {(row["value"], row["reason"]) for row in found["figures"] if row["id"] == "events_held"} == {
        (None, WAITS)
    }
    last = client.get(f"{PAGE}.csv?{query}").text.splitlines()[-1]
    assert last.startswith(f"2026-Q2,{METHOD_VERSION},missing_quarter,Quarter 2 of 2026,")
    assert WAITS in last
    assert "Not in these figures: Quarter 2 of 2026." in run(web_app, "--period", "2026-Q2").output

    trend = {line["part"]: line["figures"] for line in found["trend"]}
    own = {row["id"]: row for row in trend["2026-Q2"]}["events_of_quarter"]
    assert (own["value"], own["reason"]) == (None, WAITS)
    assert all(figure["value"] is None and figure["reason"] for figure in trend["2026-Q2"])


def test_parts_that_a_closed_quarter_keeps_together_are_called_by_their_names(sign_in, web_app):
    freeze(web_app, made_up(3, 40, parse("2026-Q2")), on=date(2026, 8, 15))
    with web_app.app_context():
        made = dashboard(parse("2026-Q2"), today=date(2026, 9, 7))
    together = [key for cut in made.parts.values() for key in cut if " " in key]
    assert together
    page = sign_in().get(f"{PAGE}?period=2026-Q2").text
    for key in together:
        assert key not in page
    assert "Online and Wyandotte County" in page
    assert parts_wording.part_name(
        "county", "a b elsewhere", {"a": "Clay", "b": "Jackson"}, translator("en")
    ) == ("Clay, Jackson, and Somewhere else")
    assert (
        parts_wording.part_name("kind", "convening workshop", {}, translator("en"))
        == "Convening and Workshop"
    )


def test_cut_that_a_closed_quarter_does_not_keep_says_so(sign_in, web_app):
    freeze(web_app, made_up(3, 12, parse("2026-Q2")), on=date(2026, 8, 15))
    found = sign_in().get(f"{PAGE}.json?period=2026-Q2").json
    assert found["missing"] == []
    assert found["missing_in_parts"]["size"] == [{"quarter": "2026-Q2", "reason": JOINED}]
