"""What of an incoming text is believed and kept, whether a webhook brought it or a list showed it; pure."""

import re
from dataclasses import dataclass

from outreach import phone
from outreach.config import Settings
from outreach.errors import InvalidInputError
from outreach.folding import folded
from outreach.messaging.bodies import cleaned

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
#: Twilio's own stop words ("Twilio support for opt-out keywords", read 2026-11). Its block is in force
#: before we hear of it, so that an answer of ours would only fail.
_VENDOR_STOPS = frozenset({"stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout"})


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is written down."""

    #: E.164.
    phone: str
    body: str
    #: Whether the vendor has answered it itself.
    is_answered: bool


def is_sid(sid: str) -> bool:
    """Whether it has the form of the vendor's id of a text."""
    return _SID.fullmatch(sid) is not None


def read(sender: str, body: str, *, is_answered: bool = False, settings: Settings) -> Text | None:
    """A text in clean words; None from a short code, a name, another country: nobody whom we could answer.

    `is_answered` is what the vendor says where its messaging service knows words of ours (Advanced
    Opt-Out). A bare number has only the vendor's own words, and says nothing.
    """
    try:
        number = phone.parse(sender)
    except InvalidInputError:
        return None
    words = cleaned(body)
    is_bare = settings.gateway == "twilio" and not settings.twilio.messaging_service_sid
    return Text(number, words, is_answered or (is_bare and folded(words) in _VENDOR_STOPS))
