"""Closing at the door: the page, its mistakes, and what it never shows."""

import re

import pytest

from outreach.database import db, transaction
from outreach.engagement import ballots
from outreach.engagement.models import EventTally
from outreach.events.models import Event
from outreach.registration import door
from tests.factories import make_event

#: Sent at the start, when closing must be meant.
NUMBERS = {
    "head_count": "40", "newcomers": "8", "residents": "20", "both": "3", "unsaid": "5", "is_meant": "y",
}  # fmt: skip
NOTHING = {"head_count": "", "newcomers": "", "residents": "", "both": "", "unsaid": "", "is_meant": "y"}


@pytest.fixture
def address(web_app, clock):
    with web_app.app_context(), transaction():
        event = make_event()
        clock.at = event.starts_at
        vault = web_app.extensions["outreach"].vault
        door.add_walk_ins(event, 7, key="tap-number-1", now=clock())
        return f"/door/{door.link_of(event, vault=vault)}/close"


def state(web_app) -> tuple[str, int | None, list[int] | None]:
    with web_app.app_context():
        event = db.session.scalars(db.select(Event)).one()
        tally = db.session.scalar(db.select(EventTally))
        four = tally and [tally.newcomers, tally.residents, tally.both, tally.unsaid]
        return event.status, event.head_count, four


def value_of(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)[0]
    return re.search(r'value="([^"]*)"', tag)[1]


def test_page_proposes_what_the_door_counted(client, address):
    assert value_of(client.get(address).text, "head_count") == "7"


def test_close_hands_in_everything_and_says_so(client, web_app, address):
    answer = client.post(address, data=NUMBERS)

    assert (answer.status_code, state(web_app)) == (303, ("held", 40, [8, 20, 3, 5]))
    page = client.get(answer.location).text
    assert "Closed with 40 people in the room." in page
    assert "36 ballots were handed in." in page


def test_close_before_the_end_must_be_meant_and_loses_nothing(client, web_app, clock, address):
    answer = client.post(address, data={**NUMBERS, "is_meant": ""})

    assert (answer.status_code, state(web_app)[0]) == (400, "published")
    assert "Check this if everybody is in." in answer.text
    assert value_of(answer.text, "newcomers") == "8"
    with web_app.app_context():
        clock.at = db.session.scalars(db.select(Event)).one().ends_at
    assert client.post(address, data={**NUMBERS, "is_meant": ""}).status_code == 303


def test_page_never_shows_totals_again(client, address):
    client.post(address, data={**NUMBERS, "newcomers": "11", "residents": "13"})
    page = client.get(address).text

    assert [value_of(page, name) for name in ("newcomers", "residents", "both", "unsaid")] == [""] * 4


def test_close_without_ballots_asks_for_none(client, web_app, address):
    assert client.post(address, data={**NOTHING, "head_count": "٤٠"}).status_code == 303
    assert state(web_app) == ("held", 40, None)
    assert "No ballots were handed in." in client.get(address).text


def test_total_left_empty_beside_others_is_none_of_them(client, web_app, address):
    client.post(address, data={**NOTHING, "head_count": "40", "residents": "12"})

    assert state(web_app) == ("held", 40, [0, 12, 0, 0])


def test_correction_without_totals_keeps_them(client, web_app, address):
    client.post(address, data=NUMBERS)
    assert "Leave these empty to keep the numbers" in client.get(address).text
    client.post(address, data={**NOTHING, "head_count": "38"})

    assert state(web_app) == ("held", 38, [8, 20, 3, 5])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"head_count": ""}, "from 0 to 99999", id="no-head-count"),
        pytest.param({"head_count": "🙂"}, "from 0 to 99999", id="emoji"),
        pytest.param({"head_count": "-3"}, "from 0 to 99999", id="negative"),
        pytest.param({"both": "1.5"}, "from 0 to 99999", id="a-half"),
        pytest.param({"residents": "<b>"}, "from 0 to 99999", id="markup"),
        pytest.param({"head_count": "35"}, "There are 36 ballots, but only 35 people", id="too-many-ballots"),
    ],
)
def test_mistake_is_told_and_loses_nothing_that_was_entered(client, web_app, address, changes, sentence):
    entered = {**NUMBERS, **changes}
    answer = client.post(address, data=entered)
    page = answer.text

    assert (answer.status_code, state(web_app)) == (400, ("published", None, None))
    assert sentence in page
    assert "There is a problem" in page
    kept = {name: value_of(page, name).replace("&lt;", "<").replace("&gt;", ">") for name in entered}
    assert kept == entered


def test_close_before_the_start_is_refused(client, web_app, address, clock):
    clock.forward(minutes=-1)

    assert "has not begun yet" in client.get(address).text
    assert client.post(address, data=NUMBERS).status_code == 409
    assert state(web_app) == ("published", None, None)


def test_page_is_kept_by_nobody(client, address):
    answer = client.get(address)
    assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == ("no-store", "noindex")


def test_repeated_post_changes_nothing(client, web_app, address):
    for _ in range(2):
        client.post(address, data=NUMBERS)
    with web_app.app_context():
        assert ballots.ballots_cast(db.session.scalars(db.select(Event)).one()) == 36
    assert state(web_app) == ("held", 40, [8, 20, 3, 5])
