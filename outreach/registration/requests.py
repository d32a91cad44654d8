"""What every door hands to registration, and what it gets back; pure."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Literal

from outreach.errors import InvalidInputError
from outreach.i18n import N_
from outreach.registration.consent_words import VERSION

Door = Literal["web", "text", "voice", "desk", "paper"]

LARGEST_PARTY = 20
NAME_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes to texts or to calls, with the words that were agreed to as they were shown."""

    wording: str
    version: str = VERSION
    #: Whether the guest is called instead of texted.
    is_for_calls: bool = False


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """One party that wants to come to one event."""

    event_public_id: str
    locale: str
    door: Door
    party_size: int
    #: E.164, or None for a guest who gives none.
    phone: str | None = None
    #: Whether the number itself was heard from by text; typed in or shown in a call, it can be another's.
    is_phone_proven: bool = False
    #: The pass this browser holds, if any; used only together with the number that made it.
    pass_token: str | None = None
    first_name: str = ""
    #: Companions' first names, as many as were given; unnamed ones are only counted.
    companions: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    #: The guest's own language, or another one, for the interpreter.
    answers: dict[str, str] = field(default_factory=dict)
    consent: Consent | None = None
    #: A yes to news of the region's events, which is another one.
    news: Consent | None = None
    request_key: str | None = None


@dataclass(frozen=True, slots=True)
class Registered:
    """The whole party has seats."""

    registration_id: int
    pass_token: str
    code: str
    party_size: int


@dataclass(frozen=True, slots=True)
class Waitlisted:
    """The whole party waits; `place` is 1 for the next one."""

    registration_id: int
    pass_token: str
    code: str
    party_size: int
    place: int


@dataclass(frozen=True, slots=True)
class AlreadyRegistered:
    """This number has a registration for the event already; nothing was added or changed.

    `pass_token` is None when the one who asks has not shown that the number is theirs.
    """

    registration_id: int
    pass_token: str | None
    code: str
    party_size: int
    state: str


Outcome = Registered | Waitlisted | AlreadyRegistered


def party_size(text: str) -> int:
    """A party size from what somebody typed; digits of any script count.

    Raises InvalidInputError (field "party_size") for anything but 1 to 20.
    """
    digits = "".join(str(unicodedata.digit(sign, "")) for sign in text.strip())
    if len(digits) == len(text.strip()) and 0 < len(digits) <= 4 and 1 <= int(digits) <= LARGEST_PARTY:
        return int(digits)
    raise InvalidInputError(
        N_("Enter how many people are coming, from 1 to %(count)s."), field="party_size", count=LARGEST_PARTY
    )


def first_name(text: str, *, field: str = "first_name") -> str:
    """A first name as it is kept: one line, no control signs. Raises InvalidInputError when too long."""
    name = " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e]", " ", text).split())
    if len(name) > NAME_CHARACTERS:
        raise InvalidInputError(N_("Use at most %(count)s letters."), field=field, count=NAME_CHARACTERS)
    return name
