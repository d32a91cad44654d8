"""The chain of the audit log: what an entry says, and how each is tied to the one before it; pure.

Whoever changes or takes out an entry breaks the chain there. Who can rewrite the whole table can forge the
whole chain: against that helps only an end of it that was noted elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outreach.i18n import N_

#: What the first entry of all is tied to.
START = ""


class Deed(StrEnum):
    """Everything that is written down."""

    STAFF_ADDED = "staff_added"
    STAFF_CHANGED = "staff_changed"
    ROLE_CHANGED = "role_changed"
    STAFF_SWITCHED_OFF = "staff_switched_off"
    PASSWORD_GIVEN = "password_given"
    NUMBER_ASKED = "number_asked"
    NUMBER_APPROVED = "number_approved"
    NUMBER_REFUSED = "number_refused"
    NUMBER_SHOWN = "number_shown"
    ANNOUNCED = "announced"
    PROMISE_CHANGED = "promise_changed"
    STANDING_NOTED = "standing_noted"
    PLAN_IMPORTED = "plan_imported"
    EXPORTED = "exported"
    BACKED_UP = "backed_up"
    PURGED = "purged"
    HOLD_PLACED = "hold_placed"
    HOLD_LIFTED = "hold_lifted"
    LOG_CUT = "log_cut"


#: What each is called.
DEEDS: Mapping[Deed, str] = {
    Deed.STAFF_ADDED: N_("Added somebody who may sign in"),
    Deed.STAFF_CHANGED: N_("Changed an account"),
    Deed.ROLE_CHANGED: N_("Gave somebody another role"),
    Deed.STAFF_SWITCHED_OFF: N_("Took away a sign-in"),
    Deed.PASSWORD_GIVEN: N_("Gave somebody a new password"),
    Deed.NUMBER_ASKED: N_("Asked for a guest's number"),
    Deed.NUMBER_APPROVED: N_("Agreed that a number is shown"),
    Deed.NUMBER_REFUSED: N_("Refused that a number is shown"),
    Deed.NUMBER_SHOWN: N_("Saw a guest's number"),
    Deed.ANNOUNCED: N_("Sent an announcement"),
    Deed.PROMISE_CHANGED: N_("Changed a promise of the plan"),
    Deed.STANDING_NOTED: N_("Noted how the promises of the plan stood"),
    Deed.PLAN_IMPORTED: N_("Brought in a plan"),
    Deed.EXPORTED: N_("Downloaded figures"),
    Deed.BACKED_UP: N_("Wrote a backup"),
    Deed.PURGED: N_("Deleted what was due"),
    Deed.HOLD_PLACED: N_("Placed a legal hold"),
    Deed.HOLD_LIFTED: N_("Lifted a legal hold"),
    Deed.LOG_CUT: N_("Deleted the oldest lines of this log"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. It names no guest: `subject` is a kind of thing and its number in here."""

    seq: int
    at_hour: datetime
    #: Null for the program itself, or a command on its machine.
    staff_id: int | None
    deed: str
    #: "staff:12", "event:7", "texts"; empty where the deed says it all.
    subject: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is kept: tied to the one before."""

    entry: Entry
    before: str
    digest: str


@dataclass(frozen=True, slots=True)
class End:
    """One end of the chain: the entry that it lies behind, and that entry's digest."""

    seq: int = 0
    digest: str = START


def tied(entry: Entry, before: str) -> Link:
    """The entry tied to the digest of the one before it."""
    at_hour = entry.at_hour.isoformat()
    said = [before, entry.seq, at_hour, entry.staff_id, entry.deed, entry.subject, entry.numbers]
    text = json.dumps(said, separators=(",", ":"), sort_keys=True)
    return Link(entry, before, hashlib.sha256(text.encode()).hexdigest())


def first_fault(links: Iterable[Link], *, anchor: End, head: End) -> int | None:
    """The number of the first entry that is changed, missing or too many; None for a whole chain.

    `anchor` is the last entry that was cut off on purpose; an entry that is kept must say so. `links` come
    by their numbers.
    """
    last, cut_until = anchor, None
    for link in links:
        if link.entry.seq != last.seq + 1:
            return last.seq + 1
        if link != tied(link.entry, last.digest):
            return link.entry.seq
        if link.entry.deed == Deed.LOG_CUT:
            cut_until = link.entry.numbers.get("until")
        last = End(link.entry.seq, link.digest)
    if last != head:
        return last.seq + 1
    return None if (cut_until or 0) == anchor.seq else anchor.seq
