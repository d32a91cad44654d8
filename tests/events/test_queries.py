"""Reading public events: what the filters accept, what they find, in which order, and how."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text

from outreach.database import db, transaction
from outreach.errors import InvalidInputsError, NotFoundError
from outreach.events import queries
from outreach.events.drafts import TextDraft, VenueDraft
from outreach.events.models import Event
from outreach.events.planning import raise_generation
from outreach.events.queries import Filters, count_upcoming, event_by_public_id, upcoming
from tests.factories import NOW, make_event, make_jurisdictions, make_organization
from tests.queries import count_queries

#: Monday 14 September 2026, 18:00 in Kansas City: when `make_event` puts an event by itself.
STARTS_AT = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)


EVERYTHING = Filters()


def titles(filters: Filters = EVERYTHING) -> list[str]:
    found = [event.text_in("en").title for event in upcoming(filters, NOW)]
    # The count stands in the heading above the list: it must never say anything else.
    assert count_upcoming(filters, NOW) == len(found)
    return found


@pytest.fixture
def region(context):
    """Events that differ in everything a filter looks at."""
    with transaction():
        make_jurisdictions()
        library, church = make_organization("Library"), make_organization("Grace Church", sector="faith")
        make_event(
            title="Picnic", host=library, spoken=("en",), interpreted=("so",),
            venue=VenueDraft("Budd Park", "1 Park Road", "Kansas City", "jackson-county-mo"),
        )  # fmt: skip
        make_event(
            title="Job fair", host=church, kind="career_fair", cohosts=("Library",), spoken=("es",),
            starts_at=STARTS_AT + timedelta(days=1),
            venue=VenueDraft("Memorial Hall", None, "Overland Park", "wyandotte-county-ks"),
            texts={"en": TextDraft("Job fair"), "es": TextDraft("Feria de empleo", "Traiga su currículum")},
        )  # fmt: skip
        make_event(
            title="100% fun", host=church, kind="workshop", starts_at=STARTS_AT + timedelta(days=2),
            delivery="online", venue=None,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("args", "filters"),
    [
        ({}, Filters()),
        ({"kind": "", "q": "  ", "page": "", "utm_source": "x"}, Filters()),
        ({"kind": "workshop", "language": "zh-hans"}, Filters(kind="workshop", language="zh-hans")),
        (
            {"from": "2026-09-12", "to": "2026-09-12"},
            Filters(from_on=date(2026, 9, 12), to_on=date(2026, 9, 12)),
        ),
        ({"q": " two\x00 \n words ", "page": "3"}, Filters(q="two words", page=3)),
        ({"organization": "library", "county": "jackson-county-mo"},
         Filters(organization="library", county="jackson-county-mo")),
    ],
    ids=["nothing", "empty", "lists", "days", "words", "known names"],
)  # fmt: skip
def test_parse_reads_what_an_address_says(region, args, filters):
    library = queries.hosts(NOW)[1][0]
    args = {name: library if value == "library" else value for name, value in args.items()}

    parsed = Filters.parse(args)

    assert parsed == (
        Filters(organization=library, county=filters.county) if filters.organization else filters
    )


@pytest.mark.parametrize(
    ("args", "fields"),
    [
        ({"kind": "party"}, ["kind"]),
        ({"language": "klingon"}, ["language"]),
        ({"organization": "nobody"}, ["organization"]),
        ({"organization": "no\x00body"}, ["organization"]),
        ({"county": "kansas-city-region"}, ["county"]),
        ({"from": "2026-02-31"}, ["from"]),
        ({"from": "20260912"}, ["from"]),
        ({"from": "١٢"}, ["from"]),
        ({"to": "0001-01-01"}, ["to"]),
        ({"from": "2026-09-13", "to": "2026-09-12"}, ["to"]),
        ({"q": "a" * 61}, ["q"]),
        ({"page": "0"}, ["page"]),
        ({"page": "-1"}, ["page"]),
        ({"page": "😀"}, ["page"]),
        ({"kind": "party", "from": "soon", "page": "x"}, ["kind", "from", "page"]),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_parse_refuses_what_cannot_be_and_names_every_field(region, args, fields):
    with pytest.raises(InvalidInputsError) as caught:
        Filters.parse(args)

    assert [problem.field for problem in caught.value.problems] == fields


def test_query_is_canonical():
    filters = Filters.parse({"page": "2", "q": " a  b&c ", "to": "2026-09-12", "kind": "workshop"})

    assert filters.query() == "kind=workshop&to=2026-09-12&q=a+b%26c&page=2"
    assert filters.query(page=1, q="") == "kind=workshop&to=2026-09-12"
    assert Filters().query() == ""


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), ["Picnic", "Job fair", "100% fun"]),
        (Filters(kind="career_fair"), ["Job fair"]),
        (Filters(language="so"), ["Picnic"]),
        (Filters(language="es"), ["Job fair"]),
        (Filters(county="jackson-county-mo"), ["Picnic"]),
        (Filters(from_on=date(2026, 9, 15)), ["Job fair", "100% fun"]),
        (Filters(to_on=date(2026, 9, 15)), ["Picnic", "Job fair"]),
        (Filters(from_on=date(2026, 9, 15), to_on=date(2026, 9, 15)), ["Job fair"]),
        (Filters(from_on=date(2030, 1, 1)), []),
        (Filters(q="JOB"), ["Job fair"]),
        (Filters(q="currículum"), ["Job fair"]),
        (Filters(q="CURRICULUM"), ["Job fair"]),
        (Filters(q="overland fair"), ["Job fair"]),
        (Filters(q="overland picnic"), []),
        (Filters(q="grace"), ["Job fair", "100% fun"]),
        (Filters(q="%"), ["100% fun"]),
        (Filters(q="_"), []),
        (Filters(kind="workshop", county="jackson-county-mo"), []),
    ],
    ids=lambda value: value.query() or "all" if isinstance(value, Filters) else "",
)  # fmt: skip
def test_upcoming_finds_what_fits(region, filters, found):
    assert titles(filters) == found


@pytest.mark.parametrize("words", ["senor", "SEÑOR salon", "penon", "unión", "iñigo union"])
def test_names_of_hosts_and_places_are_found_however_they_are_typed(context, words):
    with transaction():
        host = make_organization("Iglesia Señor de la Unión", sector="faith")
        make_event(title="Supper", host=host, venue=VenueDraft("Salón Íñigo", None, "Peñón", None))
        make_event(title="Elsewhere", host=make_organization("Senora"))

    assert titles(Filters(q=words)) == (["Supper", "Elsewhere"] if words == "senor" else ["Supper"])


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [(14, 14, ["Long"]), (15, 15, ["Long", "Late"]), (16, 16, ["Long", "Late"]), (17, 17, ["Long"])],
    ids=["before", "its evening", "its night", "after"],
)
def test_days_are_those_at_the_place(context, first, last, found):
    with transaction():
        make_event(
            title="Long", starts_at=NOW - timedelta(days=10), hours=24 * 30, now=NOW - timedelta(days=20)
        )
        # Half past eleven in the evening of the 15th in Kansas City, until half past one.
        make_event(title="Late", starts_at=datetime(2026, 9, 16, 4, 30, tzinfo=UTC))

    assert titles(Filters(from_on=date(2026, 9, first), to_on=date(2026, 9, last))) == found


def test_upcoming_finds_an_organization_s_shared_events_too(region):
    ids = {name: public_id for public_id, name in queries.hosts(NOW)}

    assert titles(Filters(organization=ids["Library"])) == ["Picnic", "Job fair"]
    assert titles(Filters(organization=ids["Grace Church"])) == ["Job fair", "100% fun"]


@pytest.mark.parametrize(
    ("given", "is_shown"),
    [
        ({}, True),
        ({"status": "cancelled"}, True),
        ({"status": "draft"}, False),
        ({"starts_at": NOW - timedelta(minutes=30)}, True),
        ({"starts_at": NOW - timedelta(hours=2)}, False),
        ({"starts_at": NOW - timedelta(days=3), "status": "held"}, False),
        ({"starts_at": NOW - timedelta(days=80), "hours": 24 * 90}, True),
    ],
    ids=["to come", "cancelled", "draft", "going on", "just over", "held", "goes on for months"],
)
def test_upcoming_holds_what_is_public_and_not_over(context, given, is_shown):
    with transaction():
        make_event(title="Event", now=NOW - timedelta(days=100), **given)

    assert titles() == (["Event"] if is_shown else [])


def test_upcoming_comes_in_pages_ordered_by_start(context):
    with transaction():
        for number in range(25):
            make_event(
                title=f"{number}",
                starts_at=STARTS_AT + timedelta(hours=25 - number),
                status="cancelled" if number % 3 == 0 else "published",
            )

    first, second, third = (upcoming(Filters(page=page), NOW) for page in (1, 2, 3))

    assert [event.text_in("en").title for event in first + second] == [str(24 - n) for n in range(25)]
    assert (len(first), len(second), third) == (20, 5, [])
    assert count_upcoming(Filters(), NOW) == 25


@pytest.mark.parametrize("count", [1, 3, 30])
def test_upcoming_sends_as_many_queries_for_any_number_of_events(context, count):
    with transaction():
        for number in range(count):
            make_event(
                title=f"{number}", spoken=("en", "es"),
                texts={"en": TextDraft(f"{number}"), "es": TextDraft(f"{number}")},
                venue=VenueDraft(f"Hall {number}"), host=make_organization(f"Host {number}"),
            )  # fmt: skip
    db.session.remove()

    with count_queries(context) as sent:
        shown = [
            (event.venue.name, event.text_in("es").title, event.languages[0].locale)
            for event in upcoming(Filters(), NOW)
        ]

    assert len(shown) == min(count, queries.PAGE_SIZE)
    assert len(sent) == 3


def test_upcoming_reads_the_index_in_order_and_scans_nothing(web_app):
    with web_app.app_context():
        with count_queries(web_app) as sent:
            upcoming(Filters(), NOW)
        # A plan wants some values for the driver's question marks, whichever.
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {sent[0].replace('?', '1')}")).all()

    steps = " / ".join(row[3] for row in plan)
    assert steps.count("SEARCH event USING INDEX ix_event_status_starts_at (status=? AND starts_at>?)") == 2
    assert "SCAN event" not in steps


def test_a_hosts_events_are_found_by_the_host_and_not_among_all(web_app):
    with web_app.app_context():
        conditions = Filters(organization="some-host").conditions()
        with count_queries(web_app) as sent:
            db.session.scalars(select(Event.id).where(Event.ends_at > NOW, *conditions)).all()
        plan = db.session.execute(text(f"EXPLAIN QUERY PLAN {sent[0].replace('?', '1')}")).all()

    steps = [row[3] for row in plan]
    assert "SEARCH event USING COVERING INDEX ix_event_organization_id (organization_id=?)" in steps
    assert not any(step.startswith("SCAN event") for step in steps)


def test_event_by_public_id_brings_everything_its_page_shows(context):
    with transaction():
        make_jurisdictions()
        event = make_event(
            cohosts=(make_organization("Grace Church").name,),
            venue=VenueDraft("Budd Park", None, "Kansas City", "jackson-county-mo"),
        )
        public_id = event.public_id
    db.session.remove()

    found = event_by_public_id(public_id)
    with count_queries(context) as sent:
        assert (found.organization.name, found.venue.county.name, [row.name for row in found.cohosts]) == (
            "Northeast Library", "Jackson County", ["Grace Church"],
        )  # fmt: skip
        assert (found.parts, found.languages, found.campaign) == ([], [], None)
        assert found.text_in("ar").title == "Neighbors' Picnic"

    assert sent == []


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_event_by_public_id_knows_no_event_that_is_not_public(context, status):
    with transaction():
        event = make_event(status="draft")
        event.status = status

    with pytest.raises(NotFoundError):
        event_by_public_id(event.public_id)


def test_generation_rises_with_what_is_public(context):
    assert queries.public_generation() == 0
    with transaction():
        raise_generation(now=NOW)
    assert queries.public_generation() == 1


def test_hosts_and_counties_are_what_a_reader_can_choose(region):
    with transaction():
        make_organization("Idle Club")
        make_event(host=make_organization("Quiet House"), status="draft")

    assert [name for _, name in queries.hosts(NOW)] == ["Grace Church", "Library"]
    assert [county.slug for county in queries.counties()] == ["jackson-county-mo", "wyandotte-county-ks"]
