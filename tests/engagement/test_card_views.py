"""A connection card's pages: at the door, at home, and where they are printed."""

import re

import pytest
from sqlalchemy import func, select

from outreach.database import db, transaction
from outreach.engagement import card_codes, cards
from outreach.engagement.models import CardAnswer, CardVisit
from outreach.events.models import Event
from outreach.registration import door
from tests.factories import make_event, make_organization, make_staff
from tests.pages import form_in, sign_in

CODE = card_codes.fresh()


@pytest.fixture
def address(web_app, clock):
    with web_app.app_context(), transaction():
        make_staff(organization=make_organization())
        event = make_event()
        cards.use_cards(event.organization_id, True)
        clock.at = event.starts_at
        vault = web_app.extensions["outreach"].vault
        return f"/door/{door.link_of(event, vault=vault, opens='ballot')}/card"


def stored(web_app) -> tuple[int, list[str]]:
    with web_app.app_context():
        visits = db.session.scalar(select(func.count()).select_from(CardVisit))
        return visits, list(db.session.scalars(select(CardAnswer.answer)))


def test_card_is_shown_and_answered_once(client, web_app, address):
    page = client.post(address, data={"code": card_codes.spaced(CODE)})
    assert (page.status_code, stored(web_app)) == (200, (1, []))
    sent = form_in(page.text, having="code")
    answer = client.post(f"{address}/answer", data={**sent, "answer": "residents"})
    assert (answer.status_code, stored(web_app)) == (303, (1, ["residents"]))
    assert "Your card is counted." in client.get(answer.location).text

    again = client.post(address, data={"code": CODE})
    assert (again.status_code, stored(web_app)) == (303, (1, ["residents"]))


def test_code_is_in_no_address(client, address):
    page = client.post(address, data={"code": CODE})
    answer = client.post(f"{address}/answer", data={"code": CODE, "answer": "both"})
    assert CODE not in answer.location
    assert CODE not in "".join(re.findall(r'(?:href|action)="([^"]*)"', page.text))


@pytest.mark.parametrize("typed", ["", "2222", "hello"])
def test_mistake_is_told_and_loses_nothing_that_was_typed(client, web_app, address, typed):
    page = client.post(address, data={"code": typed})
    assert (page.status_code, stored(web_app)) == (400, (0, []))
    assert "This is not the code of a card." in page.text
    assert f'value="{typed}"' in page.text


def test_question_without_an_answer_is_asked_again(client, web_app, address):
    page = client.post(f"{address}/answer", data={"code": CODE})
    assert (page.status_code, stored(web_app)) == (400, (0, []))
    assert "Choose one of the answers." in page.text
    assert form_in(page.text, having="code")["code"] == [CODE]


def test_host_without_cards_has_no_such_page(client, web_app, address):
    ballot = address.replace("/card", "/ballot")
    assert "I have a connection card" in client.get(ballot).text
    with web_app.app_context(), transaction():
        cards.use_cards(db.session.scalars(select(Event)).one().organization_id, False)
    assert client.get(address).status_code == 404
    assert "I have a connection card" not in client.get(ballot).text


def test_holder_erases_a_card_from_anywhere(client, web_app, address):
    client.post(address, data={"code": CODE})
    client.post(f"{address}/answer", data={"code": CODE, "answer": "both"})
    answer = client.post("/es/card", data={"code": CODE.upper()})
    assert (answer.status_code, stored(web_app)) == (303, (0, []))
    assert "/es/card" in answer.location
    assert client.post("/en/card", data={"code": "2222"}).status_code == 400


def test_cards_are_new_at_each_look_and_of_hosts_who_use_them(client, web_app, address):
    with web_app.app_context():
        public_id = db.session.scalars(select(Event.public_id)).one()
    sign_in(client)
    page = f"/staff/events/{public_id}/ballots"
    found = [re.findall(r'class="code"[^>]*>([^<]+)<', client.get(f"{page}/cards").text) for _ in range(2)]
    assert len({*found[0], *found[1]}) == 12
    assert all(card_codes.clean(code) for code in found[0])
    assert stored(web_app) == (0, [])

    client.post(page, data={"cards": "off"})
    assert client.get(f"{page}/cards").status_code == 404
    client.post(page, data={"cards": "on"})
    assert client.get(f"{page}/cards").status_code == 200
