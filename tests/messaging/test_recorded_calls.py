"""A call in a language that no voice of the vendor speaks: by recordings, from the first key to the code."""

import io
import re
import wave

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.messaging.models import Message, PromptRecording
from outreach.registration import service
from outreach.registration.guests import open_guest, phone_hash
from outreach.registration.models import ConsentEvent, Guest, Registration
from tests.conftest import NOW
from tests.factories import make_event, make_request
from tests.messaging.callers import Telephone
from tests.messaging.sounds import record_all

NUMBER = "+18165550123"
SWAHILI = "4"
TEXTS = {
    "en": TextDraft("Neighbors' Picnic", "Eat and talk.", "Bring a blanket."),
    "sw": TextDraft("Mandari ya majirani", "Kula na kuongea.", "Lete blanketi."),
}


@pytest.fixture
def picnic(web_app):
    with web_app.app_context(), transaction():
        record_all("sw", now=NOW)
        make_event(texts=TEXTS, capacity=10)


@pytest.fixture
def phone(web_app, picnic):
    return Telephone(web_app)


@pytest.fixture
def clips(web_app):
    """The ids of the clips at some addresses, each of which must be there to be fetched."""

    def look(addresses):
        client = web_app.test_client()
        with web_app.app_context():
            known = dict(db.session.execute(select(PromptRecording.digest, PromptRecording.prompt_id)).all())
        found = []
        for address in addresses:
            path = re.fullmatch(r"http://127\.0\.0\.1:8000(/voice/prompts/(\w{32})\.wav)", address)
            answer = client.get(path[1])
            assert answer.status_code == 200
            with wave.open(io.BytesIO(answer.data)) as file:
                assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8_000, 1, 2)
            found.append(known[path[2]])
        return found

    return look


def test_guest_signs_up_in_swahili_by_recordings_alone(web_app, phone, clips):
    phone.call()
    assert clips(phone.played) == ["language", "number-4"]
    assert [language for language, _ in phone.said] == ["en-US", "en-US", "es-US", "arb"]

    phone.press(SWAHILI)
    assert (clips(phone.played), phone.said) == (["menu", "menu-change", "menu-calls", "repeat-or-back"], [])
    phone.press("1")
    assert clips(phone.played) == [
        "event-1", "weekday-1", "day-14", "month-9", "hour-18", "event-2", "number-1", "repeat-or-back",
    ]  # fmt: skip
    # No voice reads the Swahili title, so the original one is said.
    place = [("en-US", "Neighbors' Picnic"), ("en-US", "5600 Budd Park Esplanade")]
    assert phone.said == place
    phone.press("1")
    assert clips(phone.played)[-1] == "party"
    phone.press("3#")
    assert clips(phone.played)[-3:] == ["confirm-1", "number-3", "confirm-2"]
    phone.press("1")
    assert clips(phone.played) == ["texts-1", "number-4", "texts-2", "calls-1", "number-2", "calls-2"]
    phone.press("2")

    with web_app.app_context():
        row = db.session.scalars(select(Registration)).one()
        vault = web_app.extensions["outreach"].vault
        assert open_guest(vault, db.session.scalars(select(Guest)).one().sealed).locale == "sw"
    spelled = [f"number-{digit}" for digit in row.code]
    found = clips(phone.played)
    assert found[:2] == ["registered-1", "weekday-1"]
    assert found[found.index("code-twice-1") :] == [
        "code-twice-1", *spelled, "code-twice-2", *spelled, "code-twice-3", "menu", "menu-change",
        "menu-calls", "repeat-or-back",
    ]  # fmt: skip
    assert phone.said == place


def test_guest_who_agrees_to_texts_is_asked_in_a_recording_and_its_words_are_kept(web_app, phone):
    phone.call()
    phone.press(SWAHILI, "1", "1", "2#", "1", "1")

    with web_app.app_context():
        vault = web_app.extensions["outreach"].vault
        kept = vault.open(db.session.scalars(select(ConsentEvent.sealed)).one(), place="consent")
    assert kept["locale"] == "sw"
    assert kept["wording"].startswith("May Outreach Kansas City text this phone")
    assert kept["wording"].endswith("> 1")


def test_language_leaves_the_menu_when_a_sentence_changes(web_app, phone, make_app, clock):
    settings = web_app.extensions["outreach"].settings
    # The greeting names the region, so that this is another greeting.
    moved = Telephone(make_app(settings.database_url, clock, region_name="Wichita"))
    phone.call()
    moved.call()

    assert (len(phone.played), moved.played) == (2, [])
    assert [language for language, _ in moved.said] == ["en-US", "en-US", "es-US", "arb"]
    phone.press(SWAHILI)
    moved.press(SWAHILI)
    assert phone.played
    assert moved.address.split("/")[-2] == "language"


def test_recording_that_goes_away_in_a_call_is_said_in_english(web_app, phone):
    phone.call()
    phone.press(SWAHILI)
    with web_app.app_context(), transaction():
        db.session.query(PromptRecording).filter_by(prompt_id="party").delete()
    phone.press("1", "1")

    assert phone.played == []
    assert [language for language, _ in phone.said] == ["en-US"]
    assert "How many people are coming" in phone.words


def test_text_in_a_recorded_language_is_not_read_aloud(web_app, phone, clips):
    with web_app.app_context():
        vault = web_app.extensions["outreach"].vault
        with transaction():
            event = make_event()
            code = service.register(make_request(event, phone=NUMBER, locale="sw"), vault=vault, now=NOW).code
    with web_app.app_context(), transaction():
        _leave_a_text(vault)
    phone.call()
    phone.press(SWAHILI, "2", code + "#")

    assert "text-without-voice" in clips(phone.played)
    assert "last-text" not in clips(phone.played)


def _leave_a_text(vault):
    """A text in Swahili that left."""
    db.session.add(
        Message(
            dedup_key="test", purpose="reply", priority=2, phone_hash=phone_hash(vault, NUMBER), segments=1,
            state="sent",
            sealed=vault.seal({"to": NUMBER, "locale": "sw", "body": "Habari"}, place="message"),
            not_before=NOW, deadline=NOW, due_at=NOW, zone="America/Chicago", created_at=NOW,
        )
    )  # fmt: skip


# Where the vendor fetches what it plays.


@pytest.fixture
def path(web_app):
    with web_app.app_context(), transaction():
        record_all("sw", now=NOW)
    with web_app.app_context():
        return f"/voice/prompts/{db.session.scalars(select(PromptRecording.digest)).first()}.wav"


def test_clip_may_be_kept_for_ever_and_needs_no_cookie(client, path):
    answer = client.get(path)

    assert answer.content_type == "audio/wav"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "Set-Cookie" not in answer.headers
    assert answer.data[:4] == b"RIFF"
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_part_of_a_clip_can_be_asked_for(client, path):
    whole = client.get(path).data
    answer = client.get(path, headers={"Range": "bytes=8-11"})

    assert (answer.status_code, answer.data) == (206, b"WAVE")
    assert answer.headers["Content-Range"] == f"bytes 8-11/{len(whole)}"
    assert client.get(path, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


@pytest.mark.parametrize("name", ["0" * 32, "menu", "..", "%00", "x" * 500])
def test_there_is_nothing_else(client, name):
    assert client.get(f"/voice/prompts/{name}.wav").status_code == 404
