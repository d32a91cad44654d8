"""Recordings on both databases: one for each clip, for the words of today, no rehearsal for a guest."""

import threading

import pytest
from sqlalchemy import func, select

from outreach.database import db, transaction
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.i18n import LANGUAGES
from outreach.messaging import recordings
from outreach.messaging.models import PromptRecording
from outreach.messaging.prompts import prompts
from outreach.messaging.wav import for_telephone
from outreach.policy import Role
from tests.factories import NOW, make_staff
from tests.messaging.sounds import record_all, wav
from tests.queries import count_queries

REGION = "Kansas City"


@pytest.fixture
def settings(context):
    return context.extensions["outreach"].settings


def keep(prompt_id="menu", recording=None, *, locale="sw", region=REGION, staff_id=None, **given):
    with transaction():
        recordings.keep(
            locale, prompt_id, recording or wav(), region=region, staff_id=staff_id, now=NOW, **given
        )


def entry(prompt_id="menu", *, region=REGION):
    return next(one for one in recordings.entries("sw", region=region) if one.prompt.id == prompt_id)


def test_recording_is_kept_as_a_telephone_plays_it(context, settings):
    with transaction():
        staff_id = make_staff("ana@example.org", Role.COORDINATOR).id
    keep(recording=wav(rate=44_100, channels=2), staff_id=staff_id)

    found = entry().recording
    assert (found.staff_name, found.recorded_at, found.is_rehearsal) == ("Ana", NOW, False)
    assert recordings.sound(found.digest) == for_telephone(wav(rate=44_100, channels=2))
    assert recordings.playable(settings) == {"sw": {"menu": found.digest}}
    assert recordings.sound("0" * 32) is None


def test_new_recording_takes_the_place_of_the_old_one(context):
    keep(recording=wav(hertz=300))
    old = entry().recording.digest
    keep(recording=wav(hertz=500))

    assert db.session.scalar(select(func.count()).select_from(PromptRecording)) == 1
    assert entry().recording.digest != old
    assert recordings.sound(old) is None


def test_recordings_of_two_at_once_are_one(context):
    errors = []

    def bring(hertz):
        try:
            with context.app_context():
                keep(recording=wav(hertz=hertz))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=bring, args=(300 + number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert db.session.scalar(select(func.count()).select_from(PromptRecording)) == 1


def test_recording_goes_out_of_date_with_its_words(context, settings):
    keep("greeting", region="Old Town")
    keep("menu", region="Old Town")

    assert (entry("greeting").state, entry("menu").state) == ("stale", "current")
    assert recordings.playable(settings)["sw"].keys() == {"menu"}
    keep("greeting")
    assert entry("greeting").state == "current"


@pytest.mark.parametrize(("locale", "prompt_id"), [("sw", "no-such"), ("xx", "menu"), ("en", "../menu")])
def test_nothing_else_is_kept(context, locale, prompt_id):
    with pytest.raises(NotFoundError):
        keep(prompt_id, locale=locale)


def test_what_is_no_recording_is_refused(context):
    with pytest.raises(InvalidInputError, match="no WAV"):
        keep(recording=b"hello")
    assert entry().state == "missing"


def test_nobody_fills_the_disk(context, monkeypatch):
    monkeypatch.setattr(recordings, "MOST_MINUTES", 1 / 30)
    keep("menu", wav(seconds=1.5))
    with pytest.raises(ConflictError, match="Please make some shorter"):
        keep("code", wav(seconds=1))
    # What it takes the place of does not count.
    keep("menu", wav(seconds=1.9))
    keep("code", wav(seconds=1), locale="so")

    assert entry("code").state == "missing"


def test_removed_recording_is_gone(context):
    keep()
    digest = entry().recording.digest
    with transaction():
        recordings.remove("sw", "menu")

    assert (entry().state, recordings.sound(digest)) == ("missing", None)


# What callers are offered.


def test_language_is_offered_once_it_is_whole_and_for_the_words_of_today(context, settings, make_app, clock):
    with transaction():
        record_all("sw", now=NOW, leaving_out=("police",))
    assert recordings.spoken_locales(settings, recordings.playable(settings)) == ("en", "es", "ar")
    keep("police")
    assert recordings.spoken_locales(settings, recordings.playable(settings)) == ("en", "es", "ar", "sw")
    found = {each.locale: each for each in recordings.completeness(settings)}
    assert (found["sw"].counts["current"], found["sw"].is_offered) == (found["sw"].total, True)
    assert (found["so"].counts["missing"], found["so"].is_offered) == (found["so"].total, False)
    assert found.keys() == LANGUAGES.keys()

    # The region is in the greeting: its sentence is another one now.
    moved = make_app(settings.database_url, clock, region_name="Wichita").extensions["outreach"].settings
    assert recordings.spoken_locales(moved, recordings.playable(moved)) == ("en", "es", "ar")
    assert entry("greeting", region="Wichita").state == "stale"


def test_no_guest_hears_a_rehearsal(context, settings, make_app, clock):
    with transaction():
        record_all("sw", now=NOW, is_rehearsal=True)
    real = make_app(settings.database_url, clock, gateway="twilio").extensions["outreach"].settings

    assert "sw" in recordings.spoken_locales(settings, recordings.playable(settings))
    assert recordings.playable(real) == {}
    assert entry().state == "rehearsal"


def test_rehearsal_never_takes_the_place_of_a_person(context):
    keep()
    digest = entry().recording.digest
    keep(recording=wav(hertz=700), is_rehearsal=True)
    assert entry().recording.digest == digest

    keep("code", is_rehearsal=True)
    keep("code", wav(hertz=700))
    assert entry("code").state == "current"


def test_pages_and_calls_ask_as_often_however_much_is_recorded(context, settings):
    def asked():
        with count_queries(context) as queries:
            recordings.playable(settings)
            recordings.completeness(settings)
            recordings.entries("sw", region=REGION)
        return len(queries)

    before = asked()
    with transaction():
        record_all("sw", now=NOW)
    assert len(prompts("sw", REGION)) > 100
    assert asked() == before
