"""A registration as its own guest sees it: how it stands, who comes, why it waits; knows no page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from outreach.events import shown
from outreach.events.drafts import OFFERS
from outreach.events.models import Event
from outreach.events.reminding import reminders
from outreach.hours import ROUTINE
from outreach.i18n import N_, Language, Translator, local
from outreach.registration import waitlist
from outreach.registration.guests import open_party
from outreach.registration.ledger import stopped_scopes
from outreach.registration.models import Guest, Registration
from outreach.registration.scopes import of_event
from outreach.registration.service import place_in_list, registrations_of
from outreach.vault import Vault

#: `none`: the guest gave no number. `stopped`: the number said STOP, which only START undoes.
Texts = Literal["none", "stopped", "on", "calls", "off"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration of a pass."""

    row: Registration
    event: Event
    shown: shown.ShownText
    #: Day and time.
    when: tuple[str, str]
    #: What the guest must know first: called_off, over, or the state of the registration.
    standing: str
    #: Why the event is called off, with its language.
    reason: tuple[str, Language] | None
    #: Whether the party can still be changed.
    is_open: bool
    #: Whether the event was moved after the party signed up.
    is_moved: bool
    #: The companions' names as one phrase, each kept apart from the direction of the others.
    companions: str
    needs: list[str]
    #: Of a waiting party why it waits, of one that seats are kept for until when; else empty.
    explanation: str
    texts: Texts
    #: The local times at which reminders will come, in words.
    reminders: list[str]
    #: When the call comes that confirms what was done at night; empty when none waits for the morning.
    call: str


def entries_of(guest: Guest, t: Translator, *, vault: Vault, now: datetime) -> list[Entry]:
    """Everything on a pass, soonest first."""
    rows = registrations_of(guest)
    by_number: dict[str, list[str]] = {}
    for row in rows:
        if row.phone_hash is not None:
            by_number.setdefault(row.phone_hash, []).append(of_event(row.event_id))
    # One number, most of the time, whatever it registered for.
    stopped = {number: stopped_scopes(number, scopes) for number, scopes in by_number.items()}
    return [_entry(row, t, stopped, vault=vault, now=now) for row in rows]


def _entry(
    row: Registration, t: Translator, stopped: Mapping[str, set[str]], *, vault: Vault, now: datetime
) -> Entry:
    event = row.event
    standing = row.state
    if event.status == "cancelled":
        standing = "called_off"
    elif event.status == "held" or event.ends_at <= now:
        standing = "over"
    is_open = standing not in ("called_off", "cancelled") and event.starts_at > now
    texts = _texts(row, stopped)
    return Entry(
        row=row,
        event=event,
        shown=shown.text_for(event, t),
        when=(shown.day_text(event, t), shown.time_text(event, t)),
        standing=standing,
        reason=shown.cancel_reason(event, t),
        is_open=is_open,
        is_moved=event.moved_at is not None and event.moved_at > row.queued_at,
        companions=_companions(row, t, vault=vault),
        needs=[t(OFFERS[need]) for need in OFFERS if need in row.needs],
        explanation=_explanation(row, event, t) if is_open else "",
        texts=texts,
        reminders=list(_reminders(row, t, now)) if is_open and row.state == "confirmed" else [],
        call=_call(row, t, now) if is_open and texts == "calls" else "",
    )


def _companions(row: Registration, t: Translator, *, vault: Vault) -> str:
    names = open_party(vault, row.sealed).companions
    # Of a party that became smaller nobody knows who stays at home.
    if len(names) >= row.party_size:
        return ""
    return t.listed(f"\u2068{name}\u2069" for name in names)


def _explanation(row: Registration, event: Event, t: Translator) -> str:
    if row.state == "offered" and row.offer_expires_at:
        until = t.when(local(row.offer_expires_at, event.time_zone))
        return t(N_("Please answer by %(when)s. After that, other people get them."), when=until)
    if row.state == "waitlisted":
        message, values = waitlist.explanation(
            place=place_in_list(row),
            party_size=row.party_size,
            free_seats=event.seats_left or 0,
            passed_count=row.passed_count,
        )
        return t(message, **values)
    return ""


def _reminders(row: Registration, t: Translator, now: datetime) -> Iterator[str]:
    event = row.event
    found = reminders(
        event.starts_at,
        event.reminder_offsets,
        event.time_zone,
        told_at=max(row.changed_at, event.moved_at or row.changed_at),
    )
    return (t.when(local(each.sent_at, event.time_zone)) for each in found if each.sent_at > now)


def _call(row: Registration, t: Translator, now: datetime) -> str:
    # Who signed up by phone or by text was answered at once.
    if row.door in ("voice", "text") or row.state not in ("confirmed", "waitlisted"):
        return ""
    zone = row.event.time_zone
    opens_at = ROUTINE.next_at(row.created_at, ZoneInfo(zone))
    if not now < opens_at < row.event.starts_at:
        return ""
    opens = local(opens_at, zone)
    return t(
        N_("We call you to confirm this on %(day)s between %(opens)s and %(closes)s."),
        day=t.day(opens.date()),
        opens=t.clock(opens),
        closes=t.clock(datetime.combine(opens.date(), ROUTINE.closes)),
    )


def _texts(row: Registration, stopped: Mapping[str, set[str]]) -> Texts:
    if row.phone_hash is None:
        return "none"
    if of_event(row.event_id) in stopped[row.phone_hash]:
        return "stopped"
    if row.wants_calls:
        return "calls"
    return "on" if row.wants_texts else "off"
