"""Public pages about news: a yes is never ticked before, and only the number's own answer counts."""

import html
import re

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.messaging import suppressions, worker
from outreach.messaging.models import Message
from outreach.registration import service
from outreach.registration.guests import phone_hash
from outreach.registration.models import ConsentEvent, NewsReader
from outreach.registration.requests import Consent
from outreach.registration.scopes import REGION, of_organization
from tests.factories import NOW, make_event, make_organization, make_request
from tests.messaging.phones import Phone
from tests.queries import count_queries

PAGE = "/en/news"
TYPED, PHONE = "(816) 555-0123", "+18165550123"


@pytest.fixture
def vault(web_app):
    return web_app.extensions["outreach"].vault


@pytest.fixture
def rows(web_app):
    def read() -> list[tuple[str, bool]]:
        with web_app.app_context():
            return [(row.scope, row.is_on) for row in db.session.scalars(select(NewsReader))]

    return read


def ask(client, page=PAGE, **given):
    return client.post(page, data={"phone": TYPED, "language": "es", "wants_news": "y", **given})


def answer(web_app, vault, clock, body) -> list[str]:
    with web_app.app_context():
        return Phone(web_app.extensions["outreach"].settings, vault, clock()).text(body)


def make_pass(web_app, vault, *, is_proven: bool) -> str:
    with web_app.app_context(), transaction():
        request = make_request(
            make_event(), phone=PHONE, consent=Consent("Text me."), is_phone_proven=is_proven
        )
        return f"/en/pass/{service.register(request, vault=vault, now=NOW).pass_token}/news"


def without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_box_is_not_ticked_before(client):
    page = client.get(PAGE)

    assert page.headers["Cache-Control"] == "no-store"
    assert "checked" not in page.text
    assert "Yes, Outreach Kansas City may text me news of events (Kansas City)" in page.text


def test_number_gets_one_question_in_its_language_and_its_yes_counts(web_app, client, rows, vault, clock):
    assert [ask(client).location for _ in range(2)] == ["/en/news/asked"] * 2
    assert client.get("/en/news/asked").status_code == 200
    assert rows() == [(REGION, False)]
    worker.run_once(web_app)
    with web_app.app_context():
        (text,) = db.session.scalars(select(Message))
        assert (text.purpose, text.scope) == ("news_question", REGION)
        assert vault.open(text.sealed, place="message")["locale"] == "es"

    assert len(answer(web_app, vault, clock, "1")) == 1
    assert rows() == [(REGION, True)]
    with web_app.app_context():
        lines = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
        found = [(each.action, each.scope, each.source) for each in lines]
        words = [vault.open(each.sealed, place="consent")["wording"] for each in lines]
    assert found == [("asked", REGION, "web"), ("asked", REGION, "web"), ("granted", REGION, "text")]
    assert words[0].startswith("Yes, Outreach Kansas City may text me news")
    assert "(Kansas City)" in words[2]
    assert words[2].endswith("> 1")


def test_no_is_kept_and_only_the_number_itself_takes_it_back(web_app, client, rows, vault, clock):
    ask(client)
    worker.run_once(web_app)
    answer(web_app, vault, clock, "2")
    assert rows() == []

    clock.forward(days=2)
    ask(client)
    worker.run_once(web_app)
    with web_app.app_context():
        asked = db.session.scalars(select(Message).where(Message.purpose == "news_question")).all()
        assert len(asked) == 1
        assert suppressions.reason(phone_hash(vault, PHONE), REGION) == "stop"
    assert rows() == []
    for body in ("English", "NEWS", "1"):
        answer(web_app, vault, clock, body)
        clock.forward(minutes=3)
    assert rows() == [(REGION, True)]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"phone": "12"}, "phone number from the United States"),
        ({"wants_news": ""}, "Check the box if you want the news."),
        ({"leave_empty": "x"}, "leave the hidden box empty"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, rows, wrong, sentence):
    data = {"phone": TYPED, "language": "es", "wants_news": "y", **wrong}
    page = client.post(PAGE, data={name: value for name, value in data.items() if value})

    assert page.status_code == 422
    assert sentence in html.unescape(page.text)
    assert f'value="{wrong.get("phone", TYPED)}"' in page.text
    assert re.search(r'<option selected value="es">', page.text)
    assert rows() == []


def test_sixth_try_with_a_number_is_refused(client):
    assert [ask(client).status_code for _ in range(6)] == [303] * 5 + [429]


def test_list_of_an_organization_is_its_own(web_app, client, rows):
    with web_app.app_context(), transaction():
        host = make_organization()
        police = make_organization("River Police", sector="law_enforcement")
        public_id, scope, police_id = host.public_id, of_organization(host.id), police.public_id
    page = f"{PAGE}?organization={public_id}"

    assert "news of events (Northeast Library)" in client.get(page).text
    ask(client, page)
    assert rows() == [(scope, False)]
    assert client.get(f"{PAGE}?organization={police_id}").status_code == 404


def test_event_leads_to_the_news_of_its_host_unless_that_is_police(web_app, client):
    with web_app.app_context(), transaction():
        police = make_organization("River Police", sector="law_enforcement")
        found = [make_event().public_id, make_event(host=police, kind="trust_training").public_id]
    pages = [client.get(f"/en/events/{public_id}").text for public_id in found]

    link = re.search(r'href="(/en/news\?organization=[^"]+)"', pages[0])
    assert link
    assert "(Northeast Library)" in client.get(link[1]).text
    assert "/news?organization=" not in pages[1]


def test_pass_of_a_number_that_texted_starts_and_ends_news_at_once(web_app, client, rows, vault):
    page = make_pass(web_app, vault, is_proven=True)
    client.post(page, data={"scope": REGION, "news": "on"})
    assert rows() == [(REGION, True)]
    assert "No more of this news" in client.get(page).text

    client.post(page, data={"scope": REGION, "news": "off"})
    assert rows() == []
    with web_app.app_context():
        hashed = phone_hash(vault, PHONE)
        assert suppressions.reason(hashed, REGION) == "stop"
        assert not suppressions.is_suppressed(hashed)


def test_pass_of_a_typed_number_tells_nothing_of_its_holder(web_app, client, rows, vault, clock):
    page = make_pass(web_app, vault, is_proven=False)
    before = without_token(client.get(page).text)
    for body in ("English", "NEWS", "1"):
        answer(web_app, vault, clock, body)
        clock.forward(minutes=3)
    assert rows() == [(REGION, True)]

    assert without_token(client.get(page).text) == before
    client.post(page, data={"scope": REGION, "news": "on"})
    assert rows() == [(REGION, True)]


def test_pass_of_a_landline_says_that_texts_do_not_reach_it(web_app, client, vault):
    page = make_pass(web_app, vault, is_proven=False)
    with web_app.app_context(), transaction():
        suppressions.set_voice_only(phone_hash(vault, PHONE), now=NOW)
    text = client.get(page).text

    assert "Texts do not reach your number" in text
    assert "STOP" not in text.split("</main>")[0]


def test_pass_offers_only_its_own_lists(web_app, client, vault):
    page = make_pass(web_app, vault, is_proven=True)

    assert client.post(page, data={"scope": "all", "news": "off"}).status_code == 404
    assert client.post(page, data={"scope": "organization:99", "news": "on"}).status_code == 404
    assert "Northeast Library" in client.get(page).text


def test_registering_with_the_box_asks_the_number(web_app, client, rows):
    with web_app.app_context(), transaction():
        public_id = make_event().public_id
    data = {"party_size": "1", "phone": TYPED, "wants_news": "y"}
    assert client.post(f"/en/events/{public_id}/register", data=data).status_code == 303

    assert rows() == [(REGION, False)]
    with web_app.app_context():
        (line,) = db.session.scalars(select(ConsentEvent))
        assert (line.action, line.scope) == ("asked", REGION)


def test_deleting_the_pass_ends_the_news(web_app, client, rows, vault):
    page = make_pass(web_app, vault, is_proven=True)
    client.post(page, data={"scope": REGION, "news": "on"})
    client.post(page.replace("/news", "/delete"))

    assert rows() == []


def test_pass_page_takes_the_same_queries_for_any_number_of_events(web_app, client, vault):
    page = make_pass(web_app, vault, is_proven=True)
    client.get(page)
    with count_queries(web_app) as first:
        client.get(page)
    with web_app.app_context(), transaction():
        for number in range(3):
            event = make_event(title=f"Event {number}", host=make_organization(f"Host {number}"))
            service.register(make_request(event, phone=PHONE, is_phone_proven=True), vault=vault, now=NOW)
    with count_queries(web_app) as more:
        client.get(page)

    assert len(more) == len(first)
