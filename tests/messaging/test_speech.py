"""What an answer of a call sounds like: recordings where a line is whole, a voice where it is not."""

from datetime import datetime

from outreach.messaging import voice_phrases as phrases
from outreach.messaging.channels.voice import Played, Spoken
from outreach.messaging.phrases import Phrase, When
from outreach.messaging.prompts import prompts
from outreach.messaging.speech import Speaker
from outreach.messaging.turns import EventFacts
from outreach.messaging.voice_phrases import Line

WHEN = When(datetime(2026, 9, 12, 18, 0))
KEPT = Phrase(phrases.KEPT, {"title": "Comida", "when": WHEN})
FIESTA = EventFacts("event1", {"es": "Comida"}, "es", WHEN, "1 Main St")


def speaker(**recorded):
    digests = {
        locale: {id_: f"{locale}-{id_}" for id_ in prompts(locale, "Kansas City") if id_ not in without}
        for locale, without in recorded.items()
    }
    return Speaker(digests, region="Kansas City", public_url="https://outreach.test")


def played(locale, *ids):
    return tuple(Played(f"https://outreach.test/voice/prompts/{locale}-{id_}.wav") for id_ in ids)


def test_recorded_line_is_played_clip_by_clip_with_its_words_beside_it():
    found = speaker(sw=()).speech([Line("sw", Phrase(phrases.MORE_EVENTS, {"key": "5"}))])

    assert found.said == played("sw", "more-events", "number-5")
    assert found.played == (("sw", "For more events, press"), ("sw", "5"))


def test_title_is_said_in_the_language_that_it_is_written_in():
    speaks = speaker(sw=())
    speaks.hear_of([FIESTA])
    found = speaks.speech([Line("sw", KEPT)]).said

    assert found[1] == Spoken("es", "Comida")
    assert found[2:] == played("sw", "weekday-6", "day-12", "month-9", "hour-18", "kept-2")


def test_words_of_which_no_language_is_known_are_said_in_english():
    assert speaker(sw=()).speech([Line("sw", KEPT)]).said[1] == Spoken("en", "Comida")


def test_recording_goes_before_a_voice_that_there_is():
    assert speaker(es=()).speech([Line("es", Phrase(phrases.MENU))]).said == played("es", "menu")


def test_line_that_is_not_all_recorded_is_said_in_one_voice():
    found = speaker(es=("day-12",)).speech([Line("es", KEPT), Line("es", Phrase(phrases.MENU))])

    assert found.said[0].locale == "es"
    assert found.said[0].words.startswith("Conserva su lugar en Comida")
    assert found.said[1:] == played("es", "menu")


def test_recording_that_went_away_leaves_nobody_in_silence():
    found = speaker(sw=("menu",)).speech([Line("sw", Phrase(phrases.MENU))])

    assert found.said == (Spoken("en", phrases.MENU),)


def test_text_of_ours_is_read_by_a_voice():
    assert speaker(es=()).speech([Line("es", "Recordatorio")]).said == (Spoken("es", "Recordatorio"),)
