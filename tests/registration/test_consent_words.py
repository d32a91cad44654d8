"""The words of consent are those of their version: whoever changes them gives them a new one."""

import pytest

from outreach.i18n import translator
from outreach.registration.consent_words import VERSION, calls_consent_words, consent_words


def test_words_are_those_of_their_version():
    assert VERSION == "20261127-2"
    assert consent_words(translator("en"), region="X", reminders=2) == (
        "Yes, Outreach X may text me about this event: a confirmation, reminders, changes, and thanks. "
        "Number of texts: about 4, and one for each change. Message and data rates may apply. "
        "I can answer STOP at any time to end the texts, or HELP to get help. "
        "I can come without saying yes."
    )
    assert calls_consent_words(translator("en"), region="X", reminders=2) == (
        "Call me instead. Yes, Outreach X may call me about this event with a computer voice: "
        "a confirmation, reminders, and changes. Number of calls: about 3, and one for each change. "
        "I can press 0 in a call to end the calls. I can come without saying yes."
    )


@pytest.mark.parametrize(("reminders", "texts", "calls"), [(0, 2, 1), (3, 5, 4)])
def test_number_is_that_of_the_event(reminders, texts, calls):
    t, region = translator("en"), "X"

    assert f"about {texts}," in consent_words(t, region=region, reminders=reminders)
    assert f"about {calls}," in calls_consent_words(t, region=region, reminders=reminders)
