"""The benchmarks: both applications hold the same, and visitors find in both what they came for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from bench import seed, visits, yardstick
from bench.load import Answer, Measured, Request, Visit
from bench.visits import Site
from outreach.app import create_app
from outreach.config import Settings
from outreach.database import db
from outreach.events.models import Event, EventText
from outreach.messaging import reminders
from outreach.messaging.models import Message
from outreach.phone import parse
from outreach.registration.guests import open_guest
from outreach.registration.models import Guest, Registration

EVENTS, GUESTS = 45, 100
#: The yardstick knows no other clock than the machine's.
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Flask]:
    """Outreach as it is served, with its protection against forged forms, and the yardstick."""
    folder: Path = tmp_path_factory.mktemp("bench")
    return {
        "outreach": create_app(Settings(database_url=f"sqlite:///{folder}/outreach.sqlite3")),
        "yardstick": yardstick.create_app(
            f"sqlite:///{folder}/yardstick.sqlite3", feed=b"plain", zipped_feed=b"packed"
        ),
    }


@pytest.fixture(scope="module")
def seeded(apps: dict[str, Flask]) -> seed.Seeded:
    return seed.seed(apps["outreach"], apps["yardstick"], events=EVENTS, guests=GUESTS, now=NOW)


@pytest.fixture(params=["outreach", "yardstick"])
def site(request: pytest.FixtureRequest, apps: dict[str, Flask], seeded: seed.Seeded) -> tuple[Flask, Site]:
    name: str = request.param
    return apps[name], Site(name == "outreach", seeded.public_ids, seeded.open_ids)


def drive(app: Flask, visit: Visit) -> list[tuple[str, Answer]]:
    """Makes a visit without a network; the cookies are those that the visit itself sends."""
    client = app.test_client(use_cookies=False)
    seen: list[tuple[str, Answer]] = []
    try:
        asked: Request = next(visit)
        while True:
            method = "GET" if asked.form is None else "POST"
            got = client.open(asked.path, method=method, headers=dict(asked.headers), data=asked.form)
            head = "HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in got.headers.items())
            seen.append((asked.path, Answer(got.status_code, head.encode(), got.data)))
            asked = visit.send(seen[-1][1])
    except StopIteration:
        return seen


def test_seed_gives_both_the_same_events_and_parties(apps: dict[str, Flask], seeded: seed.Seeded):
    def held(session, event, registration) -> dict[str, tuple[object, ...]]:
        rows = session.execute(
            select(
                event.public_id,
                event.starts_local,
                event.capacity,
                event.seats_taken,
                func.count(registration.id),
                func.sum(registration.party_size),
            )
            .join(registration, registration.event_id == event.id)
            .group_by(event.id)
        )
        return {public_id: tuple(facts) for public_id, *facts in rows}

    with apps["outreach"].app_context():
        ours = held(db.session, Event, Registration)
    with apps["yardstick"].app_context():
        theirs = held(yardstick.db.session, yardstick.Event, yardstick.Registration)
    assert ours == theirs
    starts = [ours[public_id][0] for public_id in seeded.public_ids]
    assert len(set(seeded.public_ids)) == len(ours) == EVENTS
    assert starts == sorted(starts)
    assert sum(facts[3] for facts in ours.values()) == GUESTS


def test_seed_writes_every_event_in_three_languages(apps: dict[str, Flask], seeded: seed.Seeded):
    with apps["outreach"].app_context():
        rows = db.session.execute(
            select(EventText.locale, func.count()).group_by(EventText.locale).order_by(EventText.locale)
        )
        assert [tuple(row) for row in rows] == [("ar", EVENTS), ("en", EVENTS), ("es", EVENTS)]


def test_seed_seals_guests_with_numbers_kept_for_fiction(apps: dict[str, Flask], seeded: seed.Seeded):
    with apps["outreach"].app_context():
        vault = apps["outreach"].extensions["outreach"].vault
        phones = [open_guest(vault, sealed).phone for sealed in db.session.scalars(select(Guest.sealed))]
    assert len(phones) == GUESTS
    assert all(phone is not None and phone[5:10] == "55501" and parse(phone) == phone for phone in phones)


def test_seed_leaves_no_text_owed(apps: dict[str, Flask], seeded: seed.Seeded):
    """Who agreed to texts has the confirmation: a worker that begins has nothing to make up for."""
    with apps["outreach"].app_context():
        assert db.session.scalar(select(func.count(Message.id))) == GUESTS // 2
        batches = list(reminders.batches(since=None, now=NOW))
        assert sum(map(len, batches)) == GUESTS // 2
        assert not any(reminders.changes(ids, now=NOW) for ids in batches)


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "drawn anew"])
def test_visitor_finds_twenty_events_on_a_page(site: tuple[Flask, Site], is_kept: bool):
    app, place = site

    seen = drive(app, visits.listing(place, is_kept=is_kept)(1))

    assert len(seen) == visits.PAGES_OF_VISIT
    for path, answer in seen:
        page = int(path.partition("page=")[2][:1] or 1)
        on_page = place.public_ids[20 * (page - 1) : 20 * page]
        found = [public_id for public_id in place.public_ids if public_id.encode() in answer.body]
        assert found == list(on_page)


def test_visitor_reads_single_events(site: tuple[Flask, Site]):
    app, place = site

    for path, answer in drive(app, visits.details(place, is_kept=True)(1)):
        assert b"Neighborhood House" in answer.body
        assert path.rpartition("/")[2].encode() in answer.body


def test_guest_registers_and_has_a_pass(site: tuple[Flask, Site]):
    app, place = site

    form, sent, shown = drive(app, visits.registrations(place)(1))

    assert [answer.status for _, answer in (form, sent, shown)] == [200, 303, 200]
    assert sent[1].header("Location") == shown[0]
    assert b"<svg" in shown[1].body


def test_guests_of_a_run_take_seats(apps: dict[str, Flask], seeded: seed.Seeded):
    models = {"outreach": (db, Event, Registration), "yardstick": (
        yardstick.db, yardstick.Event, yardstick.Registration)}  # fmt: skip
    for name, (database, event, registration) in models.items():
        visit = visits.registrations(Site(name == "outreach", seeded.public_ids, seeded.open_ids))
        for number in range(3):
            drive(apps[name], visit(number))
        with apps[name].app_context():
            taken = database.session.scalar(select(func.sum(event.seats_taken)))
            assert taken == database.session.scalar(select(func.sum(registration.party_size)))


def test_yardstick_refuses_a_party_that_finds_no_seats(apps: dict[str, Flask], seeded: seed.Seeded):
    full = next(iter(set(seeded.public_ids) - set(seeded.open_ids)))

    answer = apps["yardstick"].test_client().post(f"/events/{full}/register", data={"party_size": "20"})

    assert (answer.status_code, "All seats are taken." in answer.text) == (409, True)


def test_yardstick_serves_the_kept_feed(apps: dict[str, Flask]):
    client = apps["yardstick"].test_client()

    assert client.get("/calendar.ics").data == b"plain"
    assert client.get("/calendar.ics", headers={"Accept-Encoding": "gzip"}).data == b"packed"


def test_every_household_has_a_loopback_address_of_its_own():
    source = visits.households()

    addresses = [source(0) for _ in range(70_000)]

    assert len(set(addresses)) == len(addresses)
    assert all(address.startswith("127.") for address in addresses)


def test_request_is_encoded_with_its_form():
    assert Request("/x", {"Cookie": "a=b"}, {"name": "Ana María"}).encoded() == (
        b"POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: a=b\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 19\r\n\r\nname=Ana+Mar%C3%ADa"
    )


def test_measured_tells_rate_and_latencies():
    measured = Measured(10, 100, 2.0, tuple(each / 1000 for each in range(1, 101)), 5_000)

    assert measured.requests_per_second == 50
    assert measured.latency_ms(50) == pytest.approx(50.5)
    assert measured.latency_ms(95) == pytest.approx(95.95)
