"""Pages of recordings: for coordinators, with and without a script, and what was chosen wrongly is told."""

import io
import re

import pytest

from outreach.database import transaction
from outreach.messaging import recordings
from outreach.messaging.prompts import prompts
from outreach.messaging.wav import LARGEST_BYTES
from outreach.policy import Role
from tests.conftest import NOW
from tests.factories import make_organization, make_staff
from tests.messaging.sounds import record_all, wav
from tests.pages import sign_in
from tests.queries import count_queries

HOME = "/staff/messages/prompts"
MENU = f"{HOME}/sw/menu"


@pytest.fixture
def staff(web_app, client):
    with web_app.app_context(), transaction():
        make_staff("ana@example.org", Role.COORDINATOR)
        make_staff("olga@example.org", Role.ORGANIZER, make_organization())
    sign_in(client)
    return client


def send(client, recording, address=MENU):
    answer = client.post(address, data={"recording": (io.BytesIO(recording), "clip.wav")})
    # What is large the client keeps in a file.
    answer.request.input_stream.close()
    return answer


def test_coordinator_finds_the_pages_and_what_is_missing(staff):
    assert f'href="{HOME}"' in staff.get("/staff/messages").text
    assert "Swahili" in staff.get(HOME).text
    page = staff.get(f"{HOME}/sw").text

    assert page.count("Missing") == len(prompts("sw", "Kansas City"))
    assert "where a line is in English, the reader says it in Swahili" in page
    assert "These sentences are not all translated yet" not in staff.get(f"{HOME}/es").text


def test_recording_is_kept_and_the_next_needed_one_comes(staff):
    answer = send(staff, wav(rate=48_000))
    assert (answer.status_code, answer.location) == (303, f"{HOME}/sw/menu-without-number")
    page = staff.get(MENU).text

    assert "Recorded by Ana" in page
    path = re.search(r'src="(/voice/prompts/\w+\.wav)"', page)[1]
    assert staff.get(path).data[:4] == b"RIFF"


def test_last_one_leads_back_to_the_list(web_app, staff):
    with web_app.app_context(), transaction():
        record_all("sw", now=NOW, leaving_out=("menu",))

    assert send(staff, wav()).location == f"{HOME}/sw"


@pytest.mark.parametrize(
    ("recording", "sentence"),
    [
        (b"", "Record something first, or choose a WAV file."),
        (b"hello", "This is no WAV file."),
        (wav(height=0), "Is the microphone on?"),
        (wav() + b"\0" * LARGEST_BYTES, "too large"),
    ],
    ids=["nothing", "something else", "silence", "too large"],
)
def test_what_cannot_be_kept_is_told_at_the_field(staff, recording, sentence):
    send(staff, wav())
    before = staff.get(MENU).text
    answer = send(staff, recording)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'href="#recording"' in answer.text
    # What was there is still there.
    assert re.search(r"/voice/prompts/\w+", staff.get(MENU).text)[0] in before


def test_form_without_a_file_is_told(staff):
    assert staff.post(MENU).status_code == 422


def test_large_recording_is_taken_though_other_forms_are_small(staff):
    assert send(staff, wav(seconds=25, rate=48_000)).status_code == 303


def test_recording_can_be_deleted(web_app, staff):
    send(staff, wav())
    assert staff.post(f"{MENU}/remove").location == f"{HOME}/sw"

    with web_app.app_context():
        assert recordings.entries("sw", region="Kansas City")[2].state == "missing"


def test_out_of_date_and_rehearsed_ones_are_told_apart(web_app, staff):
    with web_app.app_context(), transaction():
        for prompt_id, given in (("greeting", {"region": "Elsewhere"}), ("menu", {"is_rehearsal": True})):
            values = {"region": "Kansas City", "staff_id": None, "now": NOW, **given}
            recordings.keep("sw", prompt_id, wav(), **values)

    assert "Out of date" in staff.get(f"{HOME}/sw/greeting").text
    assert "The words have changed since." in staff.get(f"{HOME}/sw/greeting").text
    assert "Made by a program" in staff.get(MENU).text
    assert "made by a program" in staff.get(HOME).text


def test_microphone_and_sounds_are_let_in_here_only(staff):
    page = staff.get(MENU).headers
    assert "microphone=(self)" in page["Permissions-Policy"]
    assert "media-src 'self' blob:" in page["Content-Security-Policy"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    other = staff.get("/staff/messages").headers
    assert "microphone=()" in other["Permissions-Policy"]
    assert "media-src" not in other["Content-Security-Policy"]


def test_script_comes_from_here(staff):
    script = re.search(r'<script src="(/static/record\.js\?v=\w+)" defer></script>', staff.get(MENU).text)[1]

    answer = staff.get(script)
    assert answer.status_code == 200
    answer.close()


@pytest.mark.parametrize("address", [f"{HOME}/xx", f"{HOME}/sw/none", f"{HOME}/xx/menu"])
def test_other_languages_and_clips_are_not_there(staff, address):
    assert staff.get(address).status_code == 404


@pytest.mark.parametrize("address", [HOME, f"{HOME}/sw", MENU])
def test_organizers_record_nothing(web_app, staff, address):
    other = web_app.test_client()
    sign_in(other, "olga@example.org")

    assert other.get(address).status_code == 403


def test_pages_ask_as_often_however_much_is_recorded(web_app, staff):
    def asked():
        counts = []
        for address in (HOME, f"{HOME}/sw", MENU):
            with count_queries(web_app) as queries:
                staff.get(address)
            counts.append(len(queries))
        return counts

    asked()
    before = asked()
    with web_app.app_context(), transaction():
        record_all("sw", now=NOW)
    assert asked() == before
