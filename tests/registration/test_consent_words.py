"""The words of consent are those of their version: whoever changes them gives them a new one."""

from outreach.i18n import translator
from outreach.registration.consent_words import VERSION, consent_words


def test_words_are_those_of_their_version():
    assert VERSION == "2026-11-27"
    assert consent_words(translator("en"), region="X") == (
        "Yes, Outreach X may text me about this event: a confirmation, reminders, and changes. "
        "That is about 4 texts. Message and data rates may apply. "
        "I can answer STOP at any time to end the texts, or HELP to get help. "
        "I can come without saying yes."
    )
