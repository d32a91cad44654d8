"""The pages of legal holds: placed and lifted by administrators, told where nobody forbids it."""

import re

import pytest

from outreach.database import transaction
from outreach.policy import Role
from outreach.registration import holds, service
from tests.conftest import NOW
from tests.factories import make_event, make_request, make_staff
from tests.pages import form_in, sign_in
from tests.queries import count_queries

WHO = {"counsel": "Rivera & Co.", "reason": "Order of May 2"}


@pytest.fixture
def public_id(web_app):
    with web_app.app_context(), transaction():
        make_staff("root@example.org", Role.ADMINISTRATOR, name="Root")
        make_staff("coord@example.org", Role.COORDINATOR, name="Coord")
        make_staff("ana@example.org", name="Ana")
        return make_event(title="Picnic").public_id


@pytest.fixture
def root(client, public_id):
    sign_in(client, "root@example.org")
    return client


def test_hold_on_an_event_is_told_to_everybody_until_it_is_lifted(root, web_app, public_id):
    address = f"https://outreach.example.org/en/events/{public_id}-picnic?x=1"
    answer = root.post("/staff/holds", data={**WHO, "event": address})
    assert (answer.status_code, answer.location) == (303, "/staff/holds")

    page = root.get("/staff/holds").text
    assert "<bdi>Picnic</bdi>" in page
    assert "Rivera &amp; Co." in page
    sentence = "obliges us to keep what we hold about the guests of this event"
    for where in ("/en/what-we-hold", "/staff/"):
        assert sentence in root.get(where).text
    for secret in ("Rivera", "Order of May 2"):
        assert secret not in root.get("/en/what-we-hold").text

    lift = re.search(r'action="(/staff/holds/\d+/lift)"', page)
    assert lift
    root.post(lift[1])
    page = root.get("/staff/holds").text
    assert "The hold is lifted." in page
    assert "/lift" not in page
    for where in ("/en/what-we-hold", "/staff/"):
        assert sentence not in root.get(where).text
    # From a page that is older than that.
    root.post(lift[1])
    assert "lifted already" in root.get("/staff/holds").text


def test_hold_on_the_ballots_of_one_event_names_both(root, public_id):
    root.post("/staff/holds", data={**WHO, "event": public_id, "scope": "ballots"})
    page = root.get("/staff/holds").text
    assert "<bdi>Picnic</bdi> · How many people at an event said" in page
    for where in ("/en/what-we-hold", "/staff/"):
        told = root.get(where).text
        assert "keep this of one event, Picnic, for longer than we say: How many people at an event" in told
        assert "about the guests of this event" not in told


def test_silent_hold_stands_on_its_own_page_only(root):
    root.post("/staff/holds", data={**WHO, "scope": "news", "is_silent": "y"})
    assert "a court forbids it" in root.get("/staff/holds").text
    for where in ("/en/what-we-hold", "/staff/"):
        assert "obliges us" not in root.get(where).text


@pytest.mark.parametrize(
    ("given", "sentence", "status"),
    [
        ({}, "Name one event", 422),
        ({"scope": "news", "counsel": ""}, "Enter 1 to 120 characters.", 422),
        ({"event": "no-such"}, "There is no event with this address.", 422),
        ({"scope": "everything"}, "Name one event", 422),
        ({"event": "Picnic", "scope": "news"}, "only ballots or cards can be named", 422),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    root, web_app, public_id, given, sentence, status
):
    given = {name: public_id if typed == "Picnic" else typed for name, typed in given.items()}
    answer = root.post("/staff/holds", data={**WHO, **given})
    assert answer.status_code == status
    assert sentence in answer.text
    assert "There is a problem" in answer.text
    kept = form_in(answer.text, having="counsel")
    assert kept["reason"] == [WHO["reason"]]
    assert kept["event"] == [given.get("event", "")]
    with web_app.app_context():
        assert holds.active() == ()


@pytest.mark.parametrize("email", ["coord@example.org", "ana@example.org"])
def test_only_administrators_place_and_lift(root, web_app, email):
    root.post("/staff/holds", data={**WHO, "scope": "news"})
    other = web_app.test_client()
    sign_in(other, email)
    assert other.get("/staff/holds").status_code == 403
    assert other.post("/staff/holds", data={**WHO, "scope": "texts"}).status_code == 403
    assert other.post("/staff/holds/1/lift").status_code == 403
    with web_app.app_context():
        assert len(holds.active()) == 1


def test_pass_that_is_deleted_under_a_hold_says_what_is_so(root, web_app, public_id):
    runtime = web_app.extensions["outreach"]
    with web_app.app_context(), transaction():
        event = make_event(title="Held event")
        token = service.register(make_request(event), vault=runtime.vault, now=NOW).pass_token
        holds.place(**WHO, event=event, by_id=None, now=NOW)
    answer = root.post(f"/en/pass/{token}/delete", follow_redirects=True)
    assert "We may not delete all of it yet" in answer.text
    assert "Everything about you is deleted" not in answer.text
    assert root.get(f"/en/pass/{token}").status_code == 404


def test_number_of_queries_does_not_grow_with_holds(root, web_app, public_id):
    def queries(address):
        with count_queries(web_app) as sent:
            assert root.get(address).status_code == 200
        return len(sent)

    root.post("/staff/holds", data={**WHO, "event": public_id})
    pages = ("/en/what-we-hold", "/staff/holds", "/staff/")
    for address in pages:
        queries(address)
    few = [queries(address) for address in pages]
    with web_app.app_context(), transaction():
        for number in range(5):
            holds.place(**WHO, event=make_event(title=f"Event {number}"), by_id=None, now=NOW)
    assert [queries(address) for address in pages] == few
