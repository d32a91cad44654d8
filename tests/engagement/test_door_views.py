"""Closing at the door: the page, its mistakes, and what it never shows."""

import re
from html import unescape

import pytest

from outreach.config import Settings
from outreach.database import db, transaction
from outreach.engagement import ballots, cards
from outreach.engagement.models import EventTally
from outreach.events.models import Event, EventLanguage
from outreach.i18n import translator
from outreach.registration import door
from tests.factories import make_event
from tests.queries import count_queries

SETTINGS = Settings(database_url="sqlite://")
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


@pytest.fixture
def device(web_app, address):
    """Where the device stands that guests hold: a link of its own."""
    with web_app.app_context():
        event = db.session.scalars(db.select(Event)).one()
        return f"/door/{door.link_of(event, vault=web_app.extensions['outreach'].vault, opens='ballot')}"


def ask_about_talk(web_app) -> None:
    with web_app.app_context(), transaction():
        ballots.ask_about_talk(db.session.scalars(db.select(Event)).one(), True)


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


def test_children_are_asked_for_and_fit_the_ballots(client, web_app, address):
    """Of a family event more than 1 in 10 heads have no ballot, and all is well."""
    page = client.post(address, data={**NUMBERS, "head_count": "60"}, follow_redirects=True).text
    assert "You counted 60 people aged 16 or over but only 36 ballots." in page

    answer = client.post(
        address, data={**NUMBERS, "head_count": "60", "children": "24"}, follow_redirects=True
    )
    assert "You counted" not in answer.text
    assert value_of(answer.text, "children") == "24"

    answer = client.post(address, data={**NUMBERS, "children": "many"})
    assert answer.status_code == 400
    assert value_of(answer.text, "children") == "many"
    answer = client.post(address, data={**NUMBERS, "children": "41"})
    assert "There are more children than people." in answer.text
    assert value_of(answer.text, "children") == "41"

    answer = client.post(address, data={**NUMBERS, "children": "5"})
    assert "More ballots (36) than guests who get one (35)." in answer.text


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
        pytest.param(
            {"head_count": "35"}, "More ballots (36) than guests who get one (35)", id="too-many-ballots"
        ),
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


KEY = "k" * 22


def test_totals_of_a_device_are_added_and_its_key_is_told(client, web_app, address):
    data = {**NUMBERS, "batch": [f"{KEY}.background.1.2.0.1"]}
    for _ in range(2):
        answer = client.post(address, data=data)

    assert state(web_app) == ("held", 40, [9, 22, 3, 6])
    page = client.get(answer.location).text
    assert f'data-taken="{KEY}"' in page
    assert "40 ballots were handed in." in page


def test_device_that_writes_nonsense_closes_nothing(client, web_app, address):
    answer = client.post(address, data={**NUMBERS, "batch": "8,20,3,5"})

    assert (answer.status_code, state(web_app)) == (400, ("published", None, None))
    assert "The ballots on this device cannot be read." in answer.text


@pytest.mark.parametrize(
    ("head_count", "is_told"), [("36", False), ("40", False), ("41", True)], ids=["all", "nine", "fewer"]
)
def test_ballots_that_do_not_fit_the_heads_are_told_in_plain_words(client, address, head_count, is_told):
    """In the other direction, more ballots than heads, closing is refused."""
    client.post(address, data={**NUMBERS, "head_count": head_count})

    assert ("people aged 16 or over but only 36 ballots" in client.get(address).text) is is_told


def test_question_on_leaving_is_on_the_form_where_it_is_asked(client, web_app, address):
    assert "Question on leaving" not in client.get(address).text
    ask_about_talk(web_app)
    assert "Question on leaving" in client.get(address).text
    answer = client.post(address, data={**NUMBERS, "talked": "9", "did_not": "3"})

    assert "12 answers to the question on leaving were handed in." in client.get(answer.location).text


def test_device_of_the_guests_leads_to_no_name(client, address, device):
    assert client.get(device).status_code == 404
    page = client.get(f"{device}/close").text
    assert address.removesuffix("/close") not in page
    assert client.get(f"{device}/ballot").status_code == 200
    assert client.post(f"{device}/walk-ins", data={"add": "1", "key": "tap-number-2"}).status_code == 404


def test_device_asks_in_every_language_on_one_page_and_can_send_nothing(client, web_app, device):
    page = client.get(f"{device}/ballot").text

    assert page.count('data-answer="3"') == page.count("data-choose=") == len(SETTINGS.locales)
    assert "<form" not in page
    assert "<noscript>" in page


def test_languages_of_the_event_come_first_on_the_device(client, web_app, device):
    with web_app.app_context(), transaction():
        event = db.session.scalars(db.select(Event)).one()
        event.languages.append(EventLanguage(locale="ar", is_interpreted=True))
    page = client.get(f"{device}/ballot").text

    found = re.findall(r'data-choose="([\w-]+)"', page)
    assert found[:3] == ["en", "ar", "es"]


def test_device_gathers_nothing_where_officers_are(client, web_app, device):
    """Ballots of such events are on paper, in the hands of a host who is no officer."""
    with web_app.app_context(), transaction():
        event = db.session.scalars(db.select(Event)).one()
        event.is_police_present = True
        cards.use_cards(event.organization_id, True)
    page = client.get(f"{device}/ballot").text

    assert "Please use paper" in page
    assert "data-kiosk" not in page
    assert "<script" not in page
    assert client.get(f"{device}/tally-sheet").status_code == 200
    assert client.get(f"{device}/card").status_code == 404


def test_device_asks_on_leaving_only_where_the_host_wants_it(client, web_app, device):
    assert client.get(f"{device}/ballot/leaving").status_code == 404
    ask_about_talk(web_app)
    page = client.get(f"{device}/ballot/leaving").text
    assert page.count('data-answer="2"') == len(SETTINGS.locales)
    assert 'data-answer="3"' not in page


def test_ballots_write_nothing_until_the_event_is_closed(client, web_app, address, device):
    """All that a device asks of us between opening and closing is its page and its script (T7)."""
    with count_queries(web_app) as sent:
        for page in (f"{device}/ballot", f"{device}/tally-sheet", address):
            client.get(page)
    assert sent
    assert [statement for statement in sent if not statement.lstrip().startswith("SELECT")] == []
    with count_queries(web_app) as sent:
        client.post(address, data={**NUMBERS, "batch": [f"{KEY}.background.30.2.0.1"], "head_count": "99"})
    writes = [s for s in sent if re.match(r"\s*(INSERT|UPDATE|DELETE)", s) and re.search("tally|batch", s)]
    assert len(writes) == 4, "the sums by hand, the key, the sums of 33 ballots and the children"


def test_sheet_has_boxes_and_no_line_for_a_name(client, web_app, device):
    page = client.get(f"{device}/tally-sheet").text
    assert page.count("<i></i>") == 4 * 20
    assert "Grew up in the United States" in page
    ask_about_talk(web_app)
    assert client.get(f"{device}/tally-sheet").text.count("<i></i>") == 7 * 10


def test_sheet_is_in_the_reader_s_language_and_one_of_the_event(client, web_app, device):
    client.set_cookie("locale", "es")
    assert "Grew up in the United States" in client.get(f"{device}/tally-sheet").text
    assert "Creció en los Estados Unidos" in client.get(f"{device}/tally-sheet").text


@pytest.mark.parametrize("locale", SETTINGS.locales)
def test_t18_every_page_that_counts_says_whom_not_to_count(client, web_app, address, device, locale):
    client.set_cookie("locale", locale)
    said = translator(locale)
    asked = (
        "Ask every guest aged 16 or over, once."
        " Staff, volunteers, speakers, interpreters and officers do not answer."
    )
    for page in (f"{device}/ballot", f"{device}/tally-sheet"):
        assert said(asked) in unescape(client.get(page).text)
    assert said("Count everybody in the room who came as a guest.") in unescape(client.get(address).text)
