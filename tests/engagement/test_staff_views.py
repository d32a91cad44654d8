"""The host's page of an event's ballots."""

import re

import pytest

from outreach.database import db, transaction
from outreach.engagement import ballots
from outreach.engagement.totals import BallotTotals, TalkTotals
from outreach.events.models import Event
from tests.factories import make_event, make_organization, make_staff
from tests.pages import sign_in


@pytest.fixture
def address(web_app, client, clock):
    with web_app.app_context(), transaction():
        make_staff(organization=make_organization())
        event = make_event()
        clock.at = event.starts_at
        found = f"/staff/events/{event.public_id}/ballots"
    sign_in(client)
    return found


def asks(web_app) -> bool:
    with web_app.app_context():
        return ballots.asks_about_talk(db.session.scalars(db.select(Event)).one())


def test_host_switches_the_question_on_leaving_on_and_off(client, web_app, address):
    assert client.post(address, data={"talk": "on"}).status_code == 303
    assert asks(web_app)
    assert "Do not ask it" in client.get(address).text
    client.post(address)
    assert not asks(web_app)


def test_question_that_was_answered_stays(client, web_app, address, clock):
    client.post(address, data={"talk": "on"})
    with web_app.app_context(), transaction():
        event = db.session.scalars(db.select(Event)).one()
        ballots.close(event, 40, BallotTotals(11, 12, 13, 0), now=clock(), talk=TalkTotals(14, 15, 0))
    answer = client.post(address)

    assert (answer.status_code, asks(web_app)) == (409, True)
    assert "handed in already" in answer.text


def test_page_tells_how_many_ballots_there_are_and_not_what_they_say(client, web_app, address, clock):
    with web_app.app_context(), transaction():
        event = db.session.scalars(db.select(Event)).one()
        ballots.close(event, 999, BallotTotals(301, 302, 103, 4), now=clock())
    page = client.get(address).text

    assert "710 ballots were handed in." in page
    assert {"301", "302", "103"}.isdisjoint(re.findall(r"\w+", page))


def test_host_of_another_event_finds_no_page(client, web_app, address):
    with web_app.app_context(), transaction():
        make_staff("eva@example.org", organization=make_organization("Other"))
    sign_in(client, "eva@example.org")
    assert client.get(address).status_code == 404
    assert client.post(address, data={"talk": "on"}).status_code == 404
    assert not asks(web_app)
