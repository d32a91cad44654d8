"""How much is held: counted after each round of deleting, and told without small numbers."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from outreach import held
from outreach.database import db, transaction
from outreach.held import HoldingCount
from outreach.inventory import HOLDINGS
from outreach.messaging.worker import run_once
from outreach.registration import service
from outreach.retention_schedule import RULES
from tests.conftest import NOW
from tests.factories import make_event, make_request


def take_stock(now=NOW) -> None:
    with transaction():
        held.take_stock(now=now)


@pytest.fixture
def runtime(context):
    return context.extensions["outreach"]


def test_every_holding_has_its_rule():
    assert set(RULES) == {holding.id for holding in HOLDINGS}


def test_before_the_first_round_nothing_is_counted(context):
    assert held.counted_at() is None
    assert held.records() == {}


@pytest.mark.parametrize(("guests", "told"), [(0, None), (9, None), (10, 10), (19, 10), (20, 20)])
def test_few_are_not_told_apart_and_many_are_rounded_down(context, runtime, guests, told):
    with transaction():
        event = make_event(capacity=None)
        for number in range(guests):
            service.register(make_request(event, phone=f"+1816555{number:04}"), vault=runtime.vault, now=NOW)
    take_stock()
    assert held.records()["registration"] == told
    assert set(held.records()) == set(RULES)


def test_worker_counts_what_its_round_left(context, runtime, clock):
    with transaction():
        event = make_event(capacity=None)
        for number in range(12):
            service.register(make_request(event, phone=f"+1816555{number:04}"), vault=runtime.vault, now=NOW)
    run_once(context)
    assert (held.counted_at(), held.records()["identity"]) == (NOW, 10)
    clock.at = NOW + timedelta(days=30)
    run_once(context)
    db.session.rollback()
    assert (held.counted_at(), held.records()["identity"]) == (clock.at, None)


def test_page_says_when_how_much_and_what_a_demand_would_get(client, web_app):
    assert "Nothing was deleted yet" in client.get("/en/what-we-hold").text
    with web_app.app_context():
        take_stock()
        with transaction():
            db.session.execute(
                update(HoldingCount).where(HoldingCount.holding_id == "identity").values(records=1239)
            )
    client = web_app.test_client()
    text = client.get("/en/what-we-hold?again").text
    assert "last deleted on Monday, September 7" in text
    assert "At least 1,230" in text
    assert text.count("Fewer than 10") == len(HOLDINGS) - 1
    assert all(rule.yields.split(";")[0] in text for rule in RULES.values())


def test_schedule_is_made_from_the_inventory(client):
    page = client.get("/en/what-we-hold/schedule")
    assert page.status_code == 200
    assert page.text.count('<th scope="row">') == len(HOLDINGS)
    assert all(rule.trigger in page.text and rule.period in page.text for rule in RULES.values())
    assert "Adopt it before the first purge." in page.text


@pytest.mark.parametrize("words", ["cooperat", "sanctuary", "refuse", "immigration enforcement", " ICE "])
def test_pages_speak_of_little_data_for_everybody_and_of_no_refusal(client, words):
    """State law forbids some bodies to say that they would not cooperate; this says no such thing."""
    for address in ("/en/what-we-hold", "/en/what-we-hold/schedule"):
        assert words not in client.get(address).text
