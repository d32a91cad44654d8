"""The door's pages: what a volunteer sees and does, and what nobody sees there."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event as sqlalchemy_event

from outreach.app import create_app
from outreach.config import Settings
from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.models import Event
from outreach.registration import door, service
from outreach.registration.door_views import PARTIES_PER_PAGE
from outreach.registration.models import Registration
from outreach.vault import Vault
from tests.factories import NOW, make_event, make_request

PHONE = "+18165550123"


@pytest.fixture
def picnic(web_app, clock):
    """The id and door address of an event that begins now."""
    with web_app.app_context(), transaction():
        event = make_event(capacity=500)
        clock.at = event.starts_at
        return event.id, f"/door/{door.link_of(event, vault=the_vault(web_app))}"


def the_vault(web_app) -> Vault:
    return web_app.extensions["outreach"].vault


def register(web_app, event_id, **given):
    with web_app.app_context(), transaction():
        request = make_request(db.session.get(Event, event_id), **given)
        return service.register(request, vault=the_vault(web_app), now=NOW)


def arrived(web_app, party) -> int:
    with web_app.app_context():
        return db.session.get(Registration, party.registration_id).arrived_count


def counts(page: str) -> list[int]:
    """In the room, still expected, walk-ins."""
    return [int(number) for number in re.findall(r"<dd>(\d+)</dd>", page)]


def tap_key(page: str) -> str:
    return re.search(r'name="key" value="([^"]+)"', page)[1]


def test_list_shows_name_code_size_and_an_asked_interpreter(client, web_app, picnic):
    event_id, address = picnic
    party = register(web_app, event_id, party_size=3, first_name="Amina", phone=PHONE, needs=("interpreter",))

    answer = client.get(address)

    for shown in ("Amina", party.code, "3 people", "Interpreter asked", "Neighbors&#39; Picnic"):
        assert shown in answer.text
    assert counts(answer.text) == [0, 3, 0]


def test_list_tells_nothing_else_of_a_guest(client, web_app, picnic):
    event_id, address = picnic
    register(
        web_app, event_id, first_name="Amina", phone=PHONE, companions=("Yusuf",), needs=("ride",),
        locale="so", answers={"bring": "yes"},
    )  # fmt: skip

    page = client.get(address).text

    for hidden in ("5550123", "555-0123", "Yusuf", "ride", "Ride", 'value="so"'):
        assert hidden not in page


def test_answers_are_kept_by_nobody_and_found_by_no_search_engine(client, picnic):
    address = picnic[1]
    for answer in (client.get(address), client.post(f"{address}/arrivals"), client.get(address + "x")):
        assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")


@pytest.mark.parametrize("path", ["", "/close"])
@pytest.mark.parametrize(
    "link",
    ["nothing", "zzzzzzzzzz.AAAAAAAAAAAAAAAAAAAAAA", "%F0%9F%99%82.x"],
    ids=["no-secret", "unknown", "emoji"],
)
def test_link_that_opens_nothing_is_one_page(client, picnic, link, path):
    answer = client.get(f"/door/{link}{path}")

    assert (answer.status_code, "This door link is not valid now." in answer.text) == (404, True)


@pytest.mark.parametrize("path", ["", "/arrivals", "/walk-ins", "/close"])
def test_link_of_a_door_that_is_over_is_the_same_page(client, picnic, clock, path):
    clock.forward(hours=27)
    answer = client.post(picnic[1] + path, data={"party": "1", "count": "1"})

    assert (answer.status_code, "This door link is not valid now." in answer.text) == (404, True)


def test_whole_party_arrives_by_one_tap_however_often_it_is_sent(client, web_app, picnic):
    event_id, address = picnic
    party = register(web_app, event_id, party_size=4, first_name="Amina")
    form = {"party": party.registration_id, "count": "4", "was": "0"}

    answers = [client.post(f"{address}/arrivals?page=1", data=form) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {303}
    assert answers[0].location.endswith(f"&was=0#p{party.registration_id}")
    page = client.get(answers[0].location).text
    assert "here: 4 of 4." in page
    assert counts(page) == [4, 0, 0]


def test_undo_brings_back_how_many_were_here_before(client, web_app, picnic):
    event_id, address = picnic
    party = register(web_app, event_id, party_size=4, first_name="Amina")
    client.post(f"{address}/arrivals", data={"party": party.registration_id, "count": "1"})
    page = client.post(
        f"{address}/arrivals", data={"party": party.registration_id, "count": "4", "was": "1"},
        follow_redirects=True,
    ).text  # fmt: skip

    undo = re.search(r'<button class="quiet" name="count" value="(\d+)"[^>]*>Undo', page)
    client.post(f"{address}/arrivals", data={"party": party.registration_id, "count": undo[1]})

    assert arrived(web_app, party) == 1


@pytest.mark.parametrize("count", ["5", "-1", "", "many", "9999999999999999999999"])
def test_arrivals_that_cannot_be_are_told_on_the_list(client, web_app, picnic, count):
    event_id, address = picnic
    party = register(web_app, event_id, party_size=4, first_name="Amina")

    answer = client.post(f"{address}/arrivals", data={"party": party.registration_id, "count": count})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "Amina" in answer.text
    assert arrived(web_app, party) == 0


@pytest.mark.parametrize("party", ["", "abc", "987654", "99999999999999999999"])
def test_arrivals_of_nobody_on_the_list_are_told_on_the_list(client, picnic, party):
    answer = client.post(f"{picnic[1]}/arrivals", data={"party": party, "count": "1"})

    assert answer.status_code in (400, 409)
    assert 'role="alert"' in answer.text


def test_walk_ins_count_once_for_each_page(client, picnic):
    address = picnic[1]
    key = tap_key(client.get(address).text)
    for _ in range(2):
        answer = client.post(f"{address}/walk-ins", data={"key": key, "add": "5"}, follow_redirects=True)
    assert counts(answer.text) == [5, 0, 5]

    page = client.post(
        f"{address}/walk-ins", data={"key": tap_key(answer.text), "back": "1"}, follow_redirects=True
    ).text
    assert counts(page) == [4, 0, 4]


@pytest.mark.parametrize(
    "form",
    [{}, {"add": "1"}, {"add": "0", "key": "long-enough"}, {"back": "1", "key": "long-enough"}, {"add": "x"}],
    ids=["nothing", "no-key", "nobody", "back-below-none", "no-number"],
)
def test_walk_ins_that_cannot_be_are_told_on_the_list(client, picnic, form):
    answer = client.post(f"{picnic[1]}/walk-ins", data=form)

    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)
    assert counts(answer.text) == [0, 0, 0]


def test_search_finds_by_name_and_code_and_keeps_both_out_of_addresses(client, web_app, picnic):
    event_id, address = picnic
    amina = register(web_app, event_id, first_name="Amina")
    register(web_app, event_id, first_name="Bo")

    by_name = client.post(address, data={"q": "amí"}).text
    by_code = client.post(address, data={"q": amina.code[-4:]}).text

    for page in (by_name, by_code):
        assert ("Amina" in page, "Bo</bdi>" in page) == (True, False)
        assert not re.search(r'(href|action)="[^"]*(am[ií]|%C3|Amina)', page)
    assert "Nobody on the list fits." in client.post(address, data={"q": "Zoltan"}).text


def test_search_is_shown_again_as_text(client, picnic):
    page = client.post(picnic[1], data={"q": '"><script>alert(1)</script>'}).text

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_names_and_titles_are_text(client, web_app, clock):
    with web_app.app_context(), transaction():
        event = make_event(title="<b>Picnic</b> & more")
        address = f"/door/{door.link_of(event, vault=the_vault(web_app))}"
        event_id, clock.at = event.id, event.starts_at
    register(web_app, event_id, first_name="<i>Amina</i>")

    page = client.get(address).text

    assert "&lt;b&gt;Picnic" in page
    assert "&lt;i&gt;Amina" in page
    assert "<i>Amina" not in page


def test_long_list_is_turned_by_pages(client, web_app, picnic):
    event_id, address = picnic
    for number in range(PARTIES_PER_PAGE + 1):
        register(web_app, event_id, party_size=1, first_name=f"Guest {number:03}")

    first, second = client.get(address).text, client.get(f"{address}?page=2").text

    assert (first.count('class="roster-who"'), second.count('class="roster-who"')) == (PARTIES_PER_PAGE, 1)
    assert f"Guest {PARTIES_PER_PAGE:03}" in second
    assert client.get(f"{address}?page=900").text.count('class="roster-who"') == 1
    assert client.get(f"{address}?page=x").status_code == 200


def test_list_costs_the_same_number_of_queries_for_one_party_and_for_many(client, web_app, picnic):
    event_id, address = picnic
    asked = []
    with web_app.app_context():
        sqlalchemy_event.listen(db.engine, "before_cursor_execute", lambda *_: asked.append(1), retval=False)
    register(web_app, event_id, first_name="Amina")
    client.get(address)
    asked.clear()
    client.get(address)
    for_one = len(asked)
    for number in range(20):
        register(web_app, event_id, first_name=f"Guest {number}")
    asked.clear()
    client.get(address)

    assert len(asked) == for_one <= 8


def test_closed_event_that_is_over_shows_no_names(client, web_app, picnic, clock):
    event_id, address = picnic
    party = register(web_app, event_id, first_name="Amina")
    with web_app.app_context(), transaction():
        planning.close_as_held(db.session.get(Event, event_id), 12, now=clock())
    assert "Amina" in client.get(address).text

    clock.forward(hours=3)
    page = client.get(address).text
    tap = client.post(f"{address}/arrivals", data={"party": party.registration_id, "count": "1"})

    assert ("Amina" in page, "The door is closed" in page) == (False, True)
    assert (tap.status_code, "Amina" in tap.text, arrived(web_app, party)) == (409, False, 0)


def test_door_speaks_the_browser_s_language_until_another_is_chosen(client, picnic):
    address = picnic[1]
    assert '<html lang="ar" dir="rtl">' in client.get(address, headers={"Accept-Language": "ar"}).text

    chosen = client.get("/language/es", query_string={"next": address})

    assert chosen.location == address
    assert '<html lang="es"' in client.get(address, headers={"Accept-Language": "ar"}).text


def test_language_chosen_on_the_answer_to_a_form_leads_back_to_the_list(client, picnic):
    """The form's own address has nothing to show."""
    page = client.post(f"{picnic[1]}/walk-ins", data={}).text

    following = re.search(r'href="(/language/es\?[^"]+)"', page)[1].replace("&amp;", "&")
    assert client.get(client.get(following).location).status_code == 200


def test_forged_tap_is_refused(sqlite_url, clock):
    app = create_app(Settings(database_url=sqlite_url), clock=clock)
    with app.app_context(), transaction():
        event = make_event()
        address = f"/door/{door.link_of(event, vault=the_vault(app))}"
        clock.at = event.starts_at
    client = app.test_client()
    forged = client.post(f"{address}/walk-ins", data={"add": "1", "key": "long-enough"})

    page = client.get(address).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    real = client.post(f"{address}/walk-ins", data={"add": "1", "key": tap_key(page), "csrf_token": token})

    assert (forged.status_code, real.status_code) == (400, 303)
    with app.app_context():
        assert door.walk_ins_of(db.session.scalars(db.select(Event)).one()) == 1
        db.engine.dispose()


def test_close_is_offered_once_the_event_has_begun(client, picnic, clock):
    address = picnic[1]
    assert f'href="{address}/close"' in client.get(address).text
    clock.at -= timedelta(minutes=1)
    assert f'href="{address}/close"' not in client.get(address).text
