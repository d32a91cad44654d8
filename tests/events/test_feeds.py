"""The public feed and single events over HTTP, read back by a parser other than the one that wrote them."""

import gzip
import logging
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from outreach import installation
from outreach.database import db, transaction
from outreach.events import calendar, calendar_entries, feeds, planning, queries
from outreach.events.drafts import TextDraft, VenueDraft
from outreach.events.models import CalendarEntry, Event, FeedState, Generation
from tests.factories import NOW, make_event, make_jurisdictions, make_organization
from tests.queries import count_queries

FEED = "/en/calendar.ics"
DAY = timedelta(days=1)


@pytest.fixture
def make(web_app):
    """Makes events in the application's database; returns their public ids."""

    def make(**given) -> str:
        with web_app.app_context(), transaction():
            return make_event(**given).public_id

    return make


@pytest.fixture
def change(web_app):
    """Does something to one event by its public id, in one transaction."""

    def change(public_id, action) -> None:
        with web_app.app_context(), transaction():
            action(db.session.query(Event).filter_by(public_id=public_id).one())

    return change


def parsed(response):
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    calendars = list(vobject.readComponents(response.text))
    assert [found.name for found in calendars] == ["VCALENDAR"]
    return calendars[0]


def shown(client, address=FEED) -> list[str]:
    """The titles in a feed."""
    return [event.summary.value for event in parsed(client.get(address)).contents.get("vevent", [])]


def test_feed_holds_public_events_only(client, make):
    make(title="Open")
    for status in ("draft", "submitted"):
        make(title=status, status=status)
    assert shown(client) == ["Open"]


def test_feed_says_what_programs_ask_of_its_head(client, make):
    make()
    found = parsed(client.get(FEED))
    names = {name: found.contents[name][0].value for name in ("x-wr-calname", "refresh-interval", "source")}
    assert names == {
        "x-wr-calname": "Events in Kansas City",
        "refresh-interval": "PT4H",
        "source": "http://127.0.0.1:8000/en/calendar.ics",
    }
    assert "method" not in found.contents
    assert "uid" not in found.contents


def test_feed_speaks_the_language_of_its_address(client, make):
    make(texts={"en": TextDraft("Picnic"), "es": TextDraft("Merienda")})
    assert shown(client, "/es/calendar.ics") == ["Merienda"]
    response = client.get("/ar/calendar.ics")
    assert parsed(response).vevent.uid.value == parsed(client.get(FEED)).vevent.uid.value
    assert response.headers["Content-Disposition"].isascii()


def test_empty_feed_is_a_whole_calendar(client):
    found = parsed(client.get(FEED))
    assert list(found.contents).count("vtimezone") == 1
    assert "vevent" not in found.contents


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("?kind=career_fair", ["Fair"]),
        ("?language=es", ["Fair"]),
        ("?county=jackson-county-mo", ["Fair"]),
        ("?organization=org-bank", ["Fair"]),
        ("?q=fair", ["Fair"]),
        ("?from=2026-09-16", ["Fair"]),
        ("?to=2026-09-14", ["Chess"]),
        ("?kind=career_fair&language=vi", []),
        ("?page=7", ["Chess", "Fair"]),
        ("?kind=&q=", ["Chess", "Fair"]),
        ("?utm_source=poster", ["Chess", "Fair"]),
    ],
)
def test_feed_takes_the_filters_of_the_list(client, web_app, make, address, titles):
    with web_app.app_context(), transaction():
        make_jurisdictions()
        bank = make_organization("Bank", reference="org-bank", sector="business")
        make_event(title="Chess")
        make_event(
            title="Fair",
            host=bank,
            kind="career_fair",
            starts_at=NOW + 10 * DAY,
            spoken=("es",),
            venue=VenueDraft("Hall", county="jackson-county-mo"),
        )
    assert shown(client, FEED + address) == titles


def test_filtered_feed_names_what_it_was_narrowed_to(client, web_app):
    with web_app.app_context(), transaction():
        make_jurisdictions()
        make_organization("Bank", reference="org-bank")
    found = parsed(
        client.get(
            FEED + "?q=tax&county=jackson-county-mo&language=es&organization=org-bank&kind=career_fair&page=2"
        )
    )
    assert found.contents["x-wr-calname"][0].value == (
        "Events in Kansas City · Career fairs · Bank · Spanish · Jackson County · tax"
    )
    assert found.contents["source"][0].value == (
        "http://127.0.0.1:8000/en/calendar.ics"
        "?kind=career_fair&organization=org-bank&language=es&county=jackson-county-mo&q=tax"
    )


def test_feed_of_a_demo_says_so_in_its_name(client, web_app):
    with web_app.app_context(), transaction():
        installation.set_fact("is_demo", "yes")
    found = parsed(client.get(FEED))
    assert found.contents["x-wr-calname"][0].value == "Events in Kansas City · Demo"


@pytest.mark.parametrize(
    "query", ["kind=party", "organization=nobody", "language=xx", "county=mars", "from=soon", "q=" + "x" * 61]
)
def test_feed_of_an_unknown_filter_is_not_an_empty_calendar(client, query):
    assert client.get(f"{FEED}?{query}").status_code == 404


@pytest.mark.parametrize("address", ["/en/calendar.ics/", "/en/calendar.ICS", "/xx/calendar.ics"])
def test_feed_has_one_address(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("status", "ended_days_ago", "is_shown"),
    [
        ("published", 1, True),
        ("held", 59, True),
        ("held", 62, False),
        ("cancelled", 13, True),
        ("cancelled", 16, False),
    ],
)
def test_feed_keeps_past_events_for_a_while(client, make, status, ended_days_ago, is_shown):
    make(status=status, starts_at=NOW - ended_days_ago * DAY, now=NOW - 70 * DAY)
    assert bool(shown(client)) is is_shown


@pytest.mark.parametrize(("days_ahead", "is_shown"), [(399, True), (402, False)])
def test_feed_looks_four_hundred_days_ahead(client, make, days_ahead, is_shown):
    make(starts_at=NOW + days_ahead * DAY)
    assert bool(shown(client)) is is_shown


def test_feed_has_what_is_soon_first_and_what_is_over_last(client, make):
    for title, days in (("later", 9), ("gone", -3), ("soon", 2), ("just over", -1)):
        make(title=title, starts_at=NOW + days * DAY, now=NOW - 10 * DAY)
    assert shown(client) == ["soon", "later", "just over", "gone"]


def test_answer_carries_the_headers_programs_go_by(client, make):
    make()
    response = client.get(FEED)
    headers = {
        name: response.headers[name]
        for name in ("Cache-Control", "Vary", "Content-Disposition", "X-Robots-Tag", "X-Content-Type-Options")
    }
    assert headers == {
        "Cache-Control": "public, max-age=300",
        "Vary": "Accept-Encoding",
        "Content-Disposition": 'inline; filename="calendar.ics"',
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
    }
    assert response.headers["ETag"].startswith('W/"')
    assert response.last_modified == NOW
    assert "Set-Cookie" not in response.headers


def test_head_answers_like_get_without_the_body(client, make):
    make()
    head, get = client.head(FEED), client.get(FEED)
    assert (head.status_code, head.data) == (200, b"")
    assert [head.headers[name] for name in ("ETag", "Last-Modified", "Content-Length")] == [
        get.headers[name] for name in ("ETag", "Last-Modified", "Content-Length")
    ]


def test_part_of_a_feed_is_answered_with_the_whole(client, make):
    make()
    assert client.get(FEED, headers={"Range": "bytes=0-10"}).data == client.get(FEED).data


@pytest.mark.parametrize(
    ("accepted", "is_zipped"),
    [
        (None, False),
        ("gzip", True),
        ("br, gzip;q=0.8", True),
        ("gzip;q=0", False),
        ("*", True),
        ("br", False),
    ],
)
def test_feed_is_packed_for_whoever_takes_that(client, make, accepted, is_zipped):
    make()
    plain = client.get(FEED)
    response = client.get(FEED, headers={"Accept-Encoding": accepted} if accepted else {})
    assert response.headers.get("Content-Encoding") == ("gzip" if is_zipped else None)
    assert (gzip.decompress(response.data) if is_zipped else response.data) == plain.data
    assert response.headers["ETag"] == plain.headers["ETag"]


def tag(client) -> str:
    return client.get(FEED).headers["ETag"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param("{weak}", 304, id="ours"),
        pytest.param("{strong}", 304, id="made strong by a proxy"),
        pytest.param('"other", {weak}', 304, id="in a list"),
        pytest.param("*", 304, id="any"),
        pytest.param('"other"', 200, id="another"),
        pytest.param("nonsense", 200, id="no tag"),
    ],
)
def test_copy_is_confirmed_by_its_tag(client, make, sent, status):
    make()
    weak = tag(client)
    sent = sent.format(weak=weak, strong=weak.removeprefix("W/"))
    response = client.get(FEED, headers={"If-None-Match": sent})
    assert response.status_code == status
    if status == 304:
        assert response.data == b""
        assert response.headers["ETag"] == weak
        assert response.headers["Cache-Control"] == "public, max-age=300"
        assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("since", "status"),
    [
        ("Mon, 07 Sep 2026 15:00:00 GMT", 304),
        ("Mon, 07 Sep 2026 16:00:00 GMT", 304),
        ("Mon, 07 Sep 2026 14:59:59 GMT", 200),
        ("yesterday", 200),
    ],
)
def test_copy_is_confirmed_by_its_date(client, make, since, status):
    make()
    assert client.get(FEED, headers={"If-Modified-Since": since}).status_code == status


def test_tag_counts_more_than_date(client, make):
    make()
    headers = {"If-None-Match": '"other"', "If-Modified-Since": "Mon, 07 Sep 2037 15:00:00 GMT"}
    assert client.get(FEED, headers=headers).status_code == 200


def test_confirming_a_copy_reads_one_integer(client, web_app, make):
    make()
    weak = tag(client)
    with count_queries(web_app) as sent:
        assert client.get(FEED, headers={"If-None-Match": weak}).status_code == 304
    assert len(sent) == 1
    assert "FROM generation" in sent[0]


def test_confirming_a_filtered_copy_reads_one_integer_too(client, web_app, make):
    with web_app.app_context(), transaction():
        make_organization("Bank", reference="org-bank")
    address = FEED + "?organization=org-bank"
    weak = client.get(address).headers["ETag"]
    with count_queries(web_app) as sent:
        assert client.get(address, headers={"If-None-Match": weak}).status_code == 304
    assert len(sent) == 1


def test_building_takes_the_same_number_of_statements_for_any_number_of_events(client, web_app, make):
    def built() -> int:
        client.get(FEED)  # the entries themselves are made once
        with web_app.app_context(), transaction():
            planning.raise_generation(now=NOW)
        with count_queries(web_app) as sent:
            client.get(FEED)
        return len(sent)

    make()
    few = built()
    for _ in range(8):
        make()
    assert built() == few


def test_change_renders_only_what_moved(client, web_app, make, change, clock, monkeypatch):
    make(title="Chess")
    moved = make(title="Picnic")
    before = client.get(FEED)
    clock.forward(hours=1)
    change(moved, lambda event: planning.cancel(event, "Rain.", locale="en", now=clock()))
    rendered = []
    fragment = calendar.fragment
    monkeypatch.setattr(
        calendar, "fragment", lambda event, **given: rendered.append(event.uid) or fragment(event, **given)
    )
    after = client.get(FEED)
    assert {uid.split("@")[0] for uid in rendered} == {f"e-{moved}"}
    assert after.headers["ETag"] != before.headers["ETag"]
    assert after.last_modified == clock()
    assert shown(client) == ["Chess", "Canceled: Picnic"]


def test_feeds_that_do_not_show_the_change_stay_as_they_are(client, web_app, make, change, clock):
    make(title="Chess", kind="workshop")
    moved = make(title="Fair", kind="career_fair")
    address = FEED + "?kind=workshop"
    before = client.get(address)
    clock.forward(hours=1)
    change(moved, lambda event: planning.cancel(event, "Rain.", locale="en", now=clock()))
    assert client.get(address, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    assert client.get(address).last_modified == before.last_modified


def test_date_never_moves_back_when_an_event_leaves_the_window(client, make, clock):
    make(title="Old", starts_at=NOW - 59 * DAY, now=NOW - 70 * DAY)
    before = client.get(FEED)
    since = before.headers["Last-Modified"]
    clock.at = datetime(2026, 9, 12, 0, 0, 1, tzinfo=UTC)
    after = client.get(FEED, headers={"If-Modified-Since": since})
    assert after.status_code == 200
    assert "vevent" not in parsed(after).contents
    assert after.last_modified == clock().replace(microsecond=0)
    assert after.headers["ETag"] != before.headers["ETag"]


def test_feed_is_the_same_all_day(client, make, clock):
    make()
    before = client.get(FEED)
    clock.at = NOW.replace(hour=23, minute=59)
    assert client.get(FEED, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304


def test_two_changes_within_a_second_move_the_date_twice(client, make, change, clock):
    picnic, chess = make(title="Picnic"), make(title="Chess")
    client.get(FEED)
    dates = []
    for public_id in (picnic, chess):
        clock.forward(milliseconds=100)
        change(public_id, lambda event: planning.cancel(event, "Rain.", locale="en", now=clock()))
        dates.append(client.get(FEED).last_modified)
    assert dates == [NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)]


def test_second_process_serves_the_same_bytes(client, sqlite_url, make_app, make, clock):
    make()
    first = client.get(FEED)
    clock.forward(hours=3)
    second = make_app(sqlite_url, clock).test_client().get(FEED)
    assert (second.data, second.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert second.last_modified == first.last_modified


def test_unpublished_event_is_gone_at_once(client, web_app, make, change):
    public_id = make()
    client.get(FEED)

    def withdraw(event):
        event.status = "draft"
        planning.raise_generation(now=NOW)

    change(public_id, withdraw)
    assert shown(client) == []
    assert client.get(f"/en/events/{public_id}.ics").status_code == 404


def test_feed_of_thousands_stays_within_the_budget_and_keeps_the_nearest(client, web_app, make, monkeypatch):
    """Entries of a real size are copied instead of rendered, so that this takes no minute."""
    first = make(texts={"en": TextDraft("မင်္ဂလာပါ " * 8, "", "ကြိုဆိုပါတယ် " * 100)}, starts_at=NOW + DAY)
    client.get(FEED)
    with web_app.app_context(), transaction():
        event = db.session.query(Event).filter_by(public_id=first).one()
        entry = db.session.query(CalendarEntry).one()
        facts = {
            column.name: getattr(event, column.name)
            for column in Event.__table__.columns
            if column.name not in ("id", "public_id", "import_reference", "keyword")
        }
        db.session.execute(
            Event.__table__.insert(),
            [
                {
                    **facts,
                    "id": 1000 + number,
                    "public_id": f"n{number}",
                    "starts_at": event.starts_at + timedelta(minutes=number),
                    "ends_at": event.ends_at + timedelta(minutes=number),
                }
                for number in range(1, 5000)
            ],
        )
        kept = {column.name: getattr(entry, column.name) for column in CalendarEntry.__table__.columns}
        db.session.execute(
            CalendarEntry.__table__.insert(),
            [
                {
                    **kept,
                    "event_id": 1000 + number,
                    "body": entry.body.replace(first.encode(), f"n{number}".encode()),
                }
                for number in range(1, 5000)
            ],
        )
        planning.raise_generation(now=NOW)
    response = client.get(FEED)
    body = response.data
    assert 800_000 < len(body) < 900_000
    uids = [line[6:].split("@")[0] for line in body.decode().split("\r\n") if line.startswith("UID:e-")]
    assert uids == [first, *(f"n{number}" for number in range(1, len(uids)))]
    assert body.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    with count_queries(web_app) as sent:
        headers = {"If-None-Match": response.headers["ETag"]}
        assert client.get(FEED, headers=headers).status_code == 304
    assert len(sent) == 1


def test_broken_event_leaves_the_feed_alive(client, make, change, caplog):
    make(title="Chess")
    broken = make(title="Picnic")

    def break_it(event):
        event.time_zone = "Mars/Olympus"
        planning.raise_generation(now=NOW)

    change(broken, break_it)
    with caplog.at_level(logging.ERROR, logger="outreach"):
        assert shown(client) == ["Chess"]
    assert broken in caplog.text
    assert client.get(f"/en/events/{broken}.ics").status_code == 404


def unreachable(*given, **more):
    raise OperationalError("SELECT", {}, Exception("gone"))


def test_feed_without_a_database_is_the_last_good_one(client, make, monkeypatch):
    make()
    before = client.get(FEED)
    monkeypatch.setattr(queries, "public_generation", unreachable)
    after = client.get(FEED)
    assert (after.status_code, after.data) == (200, before.data)


def test_feed_whose_making_fails_is_the_last_good_one(client, web_app, make, monkeypatch):
    make()
    before = client.get(FEED)
    with web_app.app_context(), transaction():
        planning.raise_generation(now=NOW)
    monkeypatch.setattr(calendar_entries, "look_up", unreachable)
    assert client.get(FEED).data == before.data


def test_feed_that_was_never_made_is_unavailable_and_never_empty(client, monkeypatch):
    monkeypatch.setattr(queries, "public_generation", unreachable)
    response = client.get(FEED)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "300")
    assert "html" not in response.content_type


def test_only_feeds_of_closed_lists_are_remembered(client, web_app, make):
    make()
    for query in ("", "?kind=welcoming_week", "?q=picnic", "?from=2026-09-01"):
        assert client.get(FEED + query).status_code == 200
    with web_app.app_context():
        assert sorted(db.session.scalars(db.select(FeedState.feed))) == ["en?", "en?kind=welcoming_week"]
    assert client.get(FEED + "?q=picnic").last_modified is None


def test_differently_written_addresses_are_one_feed(client, web_app, make):
    make()
    client.get(FEED + "?kind=welcoming_week&language=&page=3")
    with count_queries(web_app) as sent:
        client.get(FEED + "?page=1&kind=%20welcoming_week")
    assert len(sent) == 1


def test_single_event_is_a_download(client, make):
    public_id = make()
    response = client.get(f"/en/events/{public_id}.ics")
    found = parsed(response)
    assert response.headers["Content-Disposition"] == f'attachment; filename="event-{public_id}.ics"'
    assert found.vevent.uid.value == f"e-{public_id}@outreach.test"
    assert "source" not in found.contents
    assert found.vevent.serialize() == parsed(client.get(FEED)).vevent.serialize()
    assert client.head(f"/en/events/{public_id}.ics").status_code == 200


def test_single_event_is_confirmed_by_its_tag(client, make):
    address = f"/es/events/{make()}.ics"
    weak = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": weak}).status_code == 304


@pytest.mark.parametrize("status", ["draft", "submitted", "returned"])
def test_single_event_that_is_not_public_is_not_there(client, make, change, status):
    public_id = make(status="draft")
    change(public_id, lambda event: setattr(event, "status", status))
    assert client.get(f"/en/events/{public_id}.ics").status_code == 404
    assert client.get("/en/events/nothing.ics").status_code == 404


def test_cancelled_and_moved_events_say_so(client, make, change, clock):
    public_id = make()
    client.get(FEED)
    clock.forward(hours=1)
    change(public_id, lambda event: planning.cancel(event, "The river is high.", locale="en", now=clock()))
    found = parsed(client.get(f"/en/events/{public_id}.ics")).vevent
    assert (found.status.value, found.summary.value) == ("CANCELLED", "Canceled: Neighbors' Picnic")
    assert found.description.value.startswith("The river is high.\n")


def test_times_are_right_across_the_autumn_change(client, make):
    for starts_at in (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), datetime(2026, 11, 2, 0, 0, tzinfo=UTC)):
        make(starts_at=starts_at)
    starts = [found.dtstart.value for found in parsed(client.get(FEED)).contents["vevent"]]
    assert [at.strftime("%H:%M") for at in starts] == ["18:00", "18:00"]
    assert [at.astimezone(UTC).hour for at in starts] == [23, 0]


def test_generation_is_what_a_kept_feed_hangs_on(client, web_app, make):
    """Nothing but the counter is looked at: a row changed behind its back stays unseen until it rises."""
    public_id = make(title="Picnic")
    client.get(FEED)
    with web_app.app_context(), transaction() as session:
        session.execute(update(Event).where(Event.public_id == public_id).values(status="draft"))
    assert shown(client) == ["Picnic"]
    with web_app.app_context(), transaction() as session:
        session.execute(update(Generation).values(value=Generation.value + 1))
    assert shown(client) == []


def test_window_bounds_are_days(web_app):
    upcoming, past = feeds._window(NOW)
    texts = [str(condition.compile(compile_kwargs={"literal_binds": True})) for condition in upcoming + past]
    assert not any("15:00" in text for text in texts)


def test_feed_and_api_work_on_both_databases(app, clock):
    client = app.test_client()
    with app.app_context(), transaction():
        public_id = make_event(title="Picnic").public_id
    before = client.get(FEED)
    assert shown(client) == ["Picnic"]
    clock.forward(hours=1)
    with app.app_context(), transaction():
        event = db.session.query(Event).filter_by(public_id=public_id).one()
        planning.cancel(event, "Rain.", locale="en", now=clock())
    after = client.get(FEED, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.last_modified) == (200, clock())
    assert shown(client) == ["Canceled: Picnic"]
    assert client.get(FEED, headers={"If-None-Match": after.headers["ETag"]}).status_code == 304
    assert client.get(f"/en/events/{public_id}.ics").status_code == 200
    assert [found["status"] for found in client.get("/events.json").json["events"]] == ["cancelled"]
