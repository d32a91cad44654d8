"""What staff may write down as done toward a promise, for each way of keeping one; pure.

It is about public bodies and papers: a note that holds a phone number or an e-mail address is refused,
because it would be about a person.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from outreach.errors import InvalidInputError
from outreach.i18n import N_
from outreach.plan.aims import ProgressKind

TITLE_CHARACTERS = 200
NOTE_CHARACTERS = 500
LINK_CHARACTERS = 500
MOST_CONTACTS = 100_000

#: How a contact is made.
CONTACTS: Mapping[str, str] = MappingProxyType(
    {
        "call": N_("Phone call"),
        "visit": N_("Visit"),
        "meeting": N_("Meeting"),
        "letter": N_("Letter or e-mail"),
        "newsletter": N_("Newsletter"),
        "talk": N_("Presentation"),
    }
)

#: Seven digits, however they are grouped; a year range or a date has none such.
_PHONE = re.compile(r"(?<!\d)(?:\+\d{1,3}[ .-]?|1[ .-]?)?(?:\(?\d{3}\)?[ .-]?){1,2}\d{4}(?!\d)")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


@dataclass(frozen=True, slots=True)
class DeedDraft:
    """What was done, as somebody typed it; one row is made for each body."""

    on: date | None
    #: Keys of the public bodies it reached.
    bodies: tuple[str, ...] = ()
    acknowledged_on: date | None = None
    contact: str | None = None
    quantity: int | None = 1
    title: str = ""
    link: str = ""
    note: str = ""


def fitted(draft: DeedDraft, kind: ProgressKind) -> DeedDraft:
    """The draft without what nobody asks for such a promise."""
    if kind != "touches":
        draft = replace(draft, contact=None, quantity=1)
    return draft if kind == "deliveries" else replace(draft, acknowledged_on=None)


def problems_of(draft: DeedDraft, kind: ProgressKind, *, today: date) -> list[InvalidInputError]:
    """Everything that keeps a draft from being written down for a promise that is kept in this way."""
    found = [*_day_problems(draft, today), *_text_problems(draft)]
    if kind == "events":
        found.append(InvalidInputError(N_("Only events keep this promise. Close them on their own pages.")))
    if kind == "deliveries" and not draft.bodies:
        found.append(InvalidInputError(N_("Say who got it."), field="bodies"))
    if kind in ("convenings", "milestone") and not draft.title:
        found.append(InvalidInputError(N_("Give it a title."), field="title"))
    if kind == "touches":
        found += _contact_problems(draft)
    return found


def _day_problems(draft: DeedDraft, today: date) -> list[InvalidInputError]:
    found = []
    if draft.on is None:
        found.append(InvalidInputError(N_("Say on which day."), field="on"))
    elif draft.on > today:
        found.append(InvalidInputError(N_("This day is still to come."), field="on"))
    if draft.acknowledged_on and draft.acknowledged_on > today:
        found.append(InvalidInputError(N_("This day is still to come."), field="acknowledged_on"))
    elif draft.on and draft.acknowledged_on and draft.acknowledged_on < draft.on:
        found.append(InvalidInputError(N_("This is before it was sent."), field="acknowledged_on"))
    return found


def _text_problems(draft: DeedDraft) -> list[InvalidInputError]:
    found = []
    for name, text, most in (
        ("title", draft.title, TITLE_CHARACTERS),
        ("note", draft.note, NOTE_CHARACTERS),
        ("link", draft.link, LINK_CHARACTERS),
    ):
        if len(text) > most:
            found.append(InvalidInputError(N_("Use at most %(count)s letters."), field=name, count=most))
        elif name != "link" and is_personal(text):
            found.append(InvalidInputError(N_("Leave out phone numbers and e-mail addresses."), field=name))
    if draft.link and not draft.link.startswith(("https://", "http://")):
        found.append(InvalidInputError(N_("Enter a web address that begins with https://."), field="link"))
    return found


def _contact_problems(draft: DeedDraft) -> list[InvalidInputError]:
    found = []
    if draft.contact not in CONTACTS:
        found.append(InvalidInputError(N_("Choose from the list."), field="contact"))
    if draft.quantity is None or not 1 <= draft.quantity <= MOST_CONTACTS:
        found.append(
            InvalidInputError(N_("Enter a number from 1 to %(most)s."), field="quantity", most=MOST_CONTACTS)
        )
    elif draft.bodies and draft.quantity != 1:
        found.append(
            InvalidInputError(N_("Each body named is one contact. Leave the number at 1."), field="quantity")
        )
    if not draft.bodies and not draft.title:
        found.append(InvalidInputError(N_("Say who was reached."), field="title"))
    return found


def is_personal(text: str) -> bool:
    """Whether a text holds a phone number or an e-mail address."""
    return bool(_PHONE.search(text) or _EMAIL.search(text))
