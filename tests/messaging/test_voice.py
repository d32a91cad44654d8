"""What the vendor is told: well-formed TwiML, in which a key cuts words short and silence is heard of."""

from xml.etree import ElementTree

from outreach.i18n import LANGUAGES
from outreach.messaging.channels.voice import VOICES, Played, Question, Spoken, heard, twiml

ADDRESS = "https://outreach.test/hooks/twilio/voice/menu/3"
SAID = (Spoken("en", "Soup & <bread>"), Spoken("ar", "نزهة"))


def test_single_key_is_asked_for_within_what_is_said():
    response = ElementTree.fromstring(twiml(SAID, Question(ADDRESS, is_number=False)))

    gather, redirect = response
    assert gather.attrib == {
        "input": "dtmf",
        "action": ADDRESS,
        "method": "POST",
        "timeout": "8",
        "actionOnEmptyResult": "true",
        "numDigits": "1",
        # Else the pound key would end the question instead of answering it.
        "finishOnKey": "",
    }
    assert [(say.tag, say.attrib["voice"], say.attrib["language"], say.text) for say in gather] == [
        ("Say", "Polly.Joanna", "en-US", "Soup & <bread>"),
        ("Say", "Polly.Zeina", "arb", "نزهة"),
    ]
    assert (redirect.tag, redirect.text, redirect.attrib) == ("Redirect", ADDRESS, {"method": "POST"})


def test_number_ends_with_the_pound_key():
    gather = ElementTree.fromstring(twiml(SAID, Question(ADDRESS, is_number=True)))[0]

    assert gather.attrib["finishOnKey"] == "#"
    assert "numDigits" not in gather.attrib


def test_call_ends_after_the_last_words():
    response = ElementTree.fromstring(twiml(SAID, None))

    assert [verb.tag for verb in response] == ["Say", "Say", "Hangup"]


def test_phone_in_the_browser_hears_what_the_vendor_is_told():
    for question in (Question(ADDRESS, is_number=True), Question(ADDRESS, is_number=False)):
        found = heard(twiml(SAID, question))
        assert (found.said, found.address, found.is_number) == (SAID, ADDRESS, question.is_number)
    assert heard(twiml(SAID, None)).address is None


def test_recording_is_played_within_the_question_so_that_a_key_cuts_it_short():
    said = (Spoken("en", "Soup"), Played("https://outreach.test/voice/prompts/ab12.wav"))
    answer = twiml(said, Question(ADDRESS, is_number=False))

    gather = ElementTree.fromstring(answer)[0]
    assert [(verb.tag, verb.text) for verb in gather] == [("Say", "Soup"), ("Play", said[1].address)]
    assert heard(answer).said == said


def test_every_voice_is_of_a_language_of_ours():
    assert set(VOICES) <= set(LANGUAGES)
