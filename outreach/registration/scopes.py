"""What a yes or a no to texts is about, and which one counts for a text; pure.

A scope is a short name: everything, the news of a region or of one organization, or one event. What was
said about the narrower scope counts for its texts; only what nobody can choose (a block by the vendor, a
number out of reach) holds for all of them.
"""

from collections.abc import Mapping
from typing import Literal

#: Texts of any kind.
ALL = "all"
#: News of the whole region's events.
REGION = "region"

#: stop: its holder said so. kept: after a stop its holder asked for these texts back. blocked: the vendor
#: says so. unreachable: there is no such number. voice_only: texts do not reach it, calls may.
Reason = Literal["stop", "kept", "blocked", "unreachable", "voice_only"]
Silence = Literal["stop", "blocked", "unreachable", "voice_only"]

_ORGANIZATION, _EVENT = "organization:", "event:"


def of_organization(organization_id: int) -> str:
    """News of one organization's events."""
    return f"{_ORGANIZATION}{organization_id}"


def of_event(event_id: int) -> str:
    """Texts about one event to those who are registered for it."""
    return f"{_EVENT}{event_id}"


def organization_in(scope: str) -> int | None:
    """The id of the organization whose news a scope is; None for any other."""
    name, colon, number = scope.partition(":")
    return int(number) if name + colon == _ORGANIZATION and number.isdecimal() else None


def silence(said: Mapping[str, Reason], scope: str) -> Silence | None:
    """Why a number gets no texts of a scope, from what is on record by scope; None when it gets them."""
    everything = said.get(ALL)
    if everything == "blocked" or everything == "unreachable":
        return everything
    answer = said.get(scope, everything)
    return None if answer == "kept" else answer
