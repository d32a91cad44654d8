"""The words to which a guest says yes before any text is sent or call is placed; pure.

One function each, so that what is shown is what is stored. The parts are those that 47 CFR 64.1200(f)(9) and
the carriers' rules ask for: who texts, about what, how many, that it may cost, how to end it, and that
nobody needs to agree in order to come.
"""

from outreach.i18n import N_, Translator

#: Which wording it is, kept beside every yes. A test knows the words of each version.
VERSION = "20261127-2"
#: Said beside the reminders: by text a confirmation and thanks, by a call the confirmation alone.
OTHER_TEXTS, OTHER_CALLS = 2, 1


def news_words(t: Translator, *, region: str, whose: str) -> str:
    """What somebody agrees to who wants news; `whose` events: the region's name or an organization's."""
    return t(
        N_(
            "Yes, Outreach %(region)s may text me news of events (%(whose)s) until I end it. How many texts "
            "there are varies. Message and data rates may apply. I can answer 8 at any time to end the news, "
            "STOP to end all texts, or HELP to get help. I can come to events without saying yes."
        ),
        region=region,
        whose=whose,
    )


def calls_consent_words(t: Translator, *, region: str, reminders: int) -> str:
    """What a guest agrees to who wants calls instead of texts, as it is shown and kept.

    `reminders` is how many the event has; what it adds up to is what is owed if nothing changes.
    """
    return t(
        N_(
            "Call me instead. Yes, Outreach %(region)s may call me about this event with a computer voice: "
            "a confirmation, reminders, and changes. "
            "Number of calls: about %(count)s, and one for each change. "
            "I can press 0 in a call to end the calls. I can come without saying yes."
        ),
        region=region,
        count=t.number(reminders + OTHER_CALLS),
    )


def consent_words(t: Translator, *, region: str, reminders: int) -> str:
    """What a guest agrees to, in the guest's language, as it stands beside the box and in the ledger.

    `reminders` as for calls.
    """
    return t(
        N_(
            "Yes, Outreach %(region)s may text me about this event: a confirmation, reminders, changes, "
            "and thanks. Number of texts: about %(count)s, and one for each change. "
            "Message and data rates may apply. "
            "I can answer STOP at any time to end the texts, or HELP to get help. "
            "I can come without saying yes."
        ),
        region=region,
        count=t.number(reminders + OTHER_TEXTS),
    )
