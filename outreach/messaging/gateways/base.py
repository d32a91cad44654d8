"""What every gateway offers and every answer it may give; pure, and it names no vendor's client.

An answer says what is certain. Only what certainly did not leave may be tried again; everything that
might have left is Unknown.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

#: What an error means: nothing can reach the number · no text can, but a call may · its holder refuses
#: them · our account or sender is not set up or paused · the text itself is wrong · there is too much at
#: once · the phone is off · nobody says why · the carrier takes no more today · it looks like fraud · the
#: carrier does not like the text · the network lost this one.
Kind = Literal[
    "number", "landline", "consent", "configuration", "ours", "congestion", "unreachable", "unexplained",
    "capped", "guarded", "filtered", "delivery",
]  # fmt: skip

_ERRORS: Mapping[str, list[int]] = tomllib.loads(
    Path(__file__).with_name("errors.toml").read_text(encoding="utf-8")
)["kinds"]
_KINDS: Mapping[int, str] = {code: kind for kind, codes in _ERRORS.items() for code in codes}

#: The vendor's words and the state each puts a text in. Words that are not here change nothing.
STATE_OF_STATUS: Mapping[str, str] = {
    "accepted": "accepted",
    "scheduled": "accepted",
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "failed",
    # Of calls.
    "initiated": "sending",
    "ringing": "sending",
    "in-progress": "sent",
    "completed": "delivered",
    "busy": "undelivered",
    "no-answer": "undelivered",
}
#: How far a text came. Reports arrive in any order; one that says less than another is late.
RANK_OF_STATE: Mapping[str, int] = {
    "accepted": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "delivered": 5,
    "undelivered": 5,
    "failed": 5,
}
LAST_RANK = 5


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One text on its way to the vendor."""

    #: E.164.
    to: str
    body: str
    #: The vendor drops it when it could not pass it on for so long.
    validity_seconds: int
    #: Where the vendor reports what becomes of it.
    status_callback: str


@dataclass(frozen=True, slots=True)
class Dial:
    """One call for the vendor to place."""

    #: E.164.
    to: str
    #: Where the vendor asks what to say once somebody, or a machine, has answered.
    answer_address: str
    #: Where the vendor reports what becomes of it.
    status_callback: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The vendor has the text, under this id."""

    sid: str
    #: The vendor's word.
    status: str = "accepted"


@dataclass(frozen=True, slots=True)
class Rejected:
    """The vendor refused the text; it did not leave."""

    code: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class NotSent:
    """The text certainly did not leave, for a reason that has nothing to do with it."""

    reason: str
    #: How long the vendor asks us to wait.
    retry_after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The text may have left or not."""

    reason: str


Outcome = Accepted | Rejected | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Report:
    """What the vendor says of a text that it has."""

    sid: str
    #: The vendor's word.
    status: str
    #: 0 for none.
    error_code: int = 0


@dataclass(frozen=True, slots=True)
class Received:
    """A text that the vendor took for us, as its list shows it."""

    sid: str
    #: As the vendor wrote it, which need not be a number.
    sender: str
    body: str
    sent_at: datetime


def taken(sid: str, status: str, error_code: int = 0) -> Report:
    """The report that the vendor has a text; a word that we do not know says no more than that."""
    return Report(sid, status if status in STATE_OF_STATUS else "accepted", error_code)


class Gateway(Protocol):
    """A way out. Called from several threads at once, outside of any transaction; raises nothing."""

    def send(self, dispatch: Dispatch) -> Outcome:
        """Hands one text to the vendor, once."""

    def call(self, dial: Dial) -> Outcome:
        """Lets the vendor place one call, once."""

    def find_calls(self, to: str, *, since: datetime) -> tuple[Report, ...] | None:
        """Calls that the vendor placed to a number since an instant, in order; or None, as `find`."""

    def find(self, to: str, body: str, *, since: datetime) -> tuple[Report, ...] | None:
        """Texts of exactly this body that the vendor took for a number since an instant, the first one first.

        None when the vendor cannot tell, which is not the same as none.
        """

    def fetch(self, sid: str) -> Report | None:
        """What became of a text or a call; None when the vendor cannot tell."""

    def received(self, *, since: datetime) -> tuple[Received, ...] | None:
        """Texts to our numbers since an instant, the oldest first; or None, as `find`.

        Of very many only the newest.
        """


def kind_of(code: int, http_status: int = 0) -> Kind:
    """What an error code means; a code that is not listed is judged by its HTTP status."""
    kind = _KINDS.get(code)
    if kind is not None:
        return kind  # type: ignore[return-value]  # the file's test knows the words
    if http_status == 0:
        return "delivery"
    return "ours" if http_status == 400 else "configuration"
