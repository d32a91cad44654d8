"""What the vendor's form asks for: from our settings, and word for word what we send."""

import pytest
from click.testing import CliRunner

from outreach.config import Settings, TwilioSettings
from outreach.i18n import translator
from outreach.messaging import phrases
from outreach.messaging.commands import senders
from outreach.messaging.packet import LEFT_TO_US, packet
from outreach.messaging.phrases import Phrase, text_of
from outreach.registration.consent_words import consent_words

SETTINGS = Settings(
    database_url="sqlite://",
    public_url="https://outreach.example.org",
    region_name="Dubuque",
    locales=("en", "es"),
    gateway="twilio",
    twilio=TwilioSettings("AC" + "1" * 32, ("a-secret",), from_number="+15635550100"),
)


@pytest.fixture
def answers() -> dict[str, str]:
    return {each.question: each.answer for each in packet(SETTINGS)}


def test_packet_repeats_what_guests_agree_to_and_are_answered(answers):
    flow = answers["Message flow (how people agree)"]
    assert consent_words(translator("en"), region="Dubuque", reminders=2) in flow
    assert "+15635550100" in flow
    for question, message in (("Opt-out message", phrases.STOPPED), ("Help message", phrases.HELP)):
        assert answers[question] == text_of(Phrase(message, {"region": "Dubuque"}), translator("en"))


def test_packet_names_the_words_of_every_language_on_offer_and_no_other(answers):
    words = answers["Opt-out keywords"].split(", ")

    assert {"STOP", "REVOKE", "ALTO"} <= set(words)
    assert "JOOJI" not in words
    assert "AYUDA" in answers["Help keywords"]


def test_samples_are_what_is_really_sent_and_hold_no_link(answers):
    samples = [answer for question, answer in answers.items() if question.startswith("Sample")]

    assert len(samples) == 3
    assert samples[1].startswith("Reminder: Neighbors' Picnic")
    assert not any("http" in sample or "%(" in sample for sample in samples)


def test_packet_counts_the_parts_of_each_language(answers):
    assert answers["Parts of a reminder, English"] == "1 (GSM-7)"
    assert [question for question in answers if question.startswith("Parts")] == [
        "Parts of a reminder, English",
        "Parts of a reminder, Spanish",
    ]


def test_packet_holds_no_secret(answers):
    assert not any("a-secret" in answer for answer in answers.values())


def test_command_prints_every_question_with_its_answer(web_app):
    result = CliRunner().invoke(senders, obj=lambda: web_app)

    assert result.exit_code == 0
    for each in packet(web_app.extensions["outreach"].settings):
        assert f"{each.question}\n    {each.answer}\n" in result.output
    assert ", ".join(LEFT_TO_US) in result.output
