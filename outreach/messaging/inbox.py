"""Conversations that wait for a person: what was said, who of the staff looks after it, what is answered.

Knows numbers only to send to them; showing one to somebody is `messaging.reveals`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from outreach.accounts.models import Staff
from outreach.database import db, insert
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.events.models import Event
from outreach.i18n import LANGUAGES, N_, SOURCE_LOCALE
from outreach.keystore import event_key
from outreach.messaging import consent, conversations, due, inbound, outbox, suppressions
from outreach.messaging.models import Assignment, InboundMessage, Message
from outreach.messaging.outbox import LONGEST_BODY, STAFF_KEY, OutgoingText
from outreach.messaging.overview import Place
from outreach.messaging.quiet import REPLY_WITHIN
from outreach.messaging.reveals import phone_of_conversation
from outreach.policy import Action, is_allowed
from outreach.registration.guests import open_guest
from outreach.registration.models import Registration
from outreach.registration.scopes import Silence
from outreach.vault import SealedValueError, Vault

#: How many of the last texts of each side a page shows.
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Said:
    """One text of a conversation."""

    #: None when it cannot be opened any more.
    words: str | None
    at: datetime
    #: What became of a text of ours, one of `outbox.STATES`; None for one of the guest's.
    state: str | None = None
    #: Who of the staff wrote it; None for what was answered by itself.
    author: str | None = None
    #: Whether a text of the guest's waits for a person.
    is_unread: bool = False
    #: Whether it may mean that the guest wants no texts.
    may_refuse: bool = False
    #: For one who called and is to be called back: in which language.
    call_locale: str | None = None


@dataclass(frozen=True, slots=True)
class Guest:
    """What staff may know of whoever is behind a number."""

    places: tuple[Place, ...]
    #: The language that the number chose, or registered in; None when neither.
    locale: str | None
    #: IANA zone of the next event; None without one.
    zone: str | None = None
    #: The registration for it.
    registration_id: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One number in the list of what waits for a person."""

    #: Of the last text that waits: it leads to the conversation.
    id: int
    texts: tuple[Said, ...]
    unread_count: int
    guest: Guest
    holder: Staff | None


@dataclass(frozen=True, slots=True)
class Talk:
    """One number's conversation."""

    #: Of the guest's last text, and of our last one (0 when there is none): what a page has shown.
    id: int
    sent_id: int
    texts: tuple[Said, ...]
    guest: Guest
    holder: Staff | None
    #: When the guest's last text came in.
    heard_at: datetime
    #: Why the number gets no texts; None when it does.
    silence: Silence | None

    @property
    def unread_count(self) -> int:
        """How many of the shown texts wait for a person."""
        return sum(text.is_unread for text in self.texts)


def waiting(*, vault: Vault, now: datetime, limit: int) -> list[Waiting]:
    """What a person should read, by number, who waits longest first; the same few queries for any number."""
    found = inbound.for_person(limit=limit)
    hashes = {rows[-1].phone_hash for rows in found}
    guests = _guests(hashes, vault=vault, now=now)
    holders, unread = _holders(hashes), _unread_counts(hashes)
    return [
        Waiting(
            rows[-1].id,
            tuple(_heard(row, vault) for row in rows),
            unread[hashed],
            guests[hashed],
            holders.get(hashed),
        )
        for rows in found
        for hashed in (rows[-1].phone_hash,)
    ]


def talk(inbound_id: int, *, vault: Vault, now: datetime) -> Talk:
    """The conversation to which a text belongs, its last texts in order. Raises NotFoundError."""
    hashed = phone_hash_of(inbound_id)
    heard = db.session.scalars(
        select(InboundMessage)
        .where(InboundMessage.phone_hash == hashed)
        .order_by(InboundMessage.id.desc())
        .limit(_SHOWN)
    ).all()
    sent = db.session.scalars(
        select(Message)
        .where(Message.phone_hash == hashed, Message.state != "cancelled")
        .order_by(Message.id.desc())
        .limit(_SHOWN)
    ).all()
    authors = _authors(sent)
    texts = [_heard(row, vault) for row in reversed(heard)]
    texts += [_sent(row, authors, vault) for row in reversed(sent)]
    # What we say at the same moment answers what came in.
    texts.sort(key=lambda text: (text.at, text.state is not None))
    return Talk(
        heard[0].id,
        _last_sent_id(hashed),
        tuple(texts),
        _guests({hashed}, vault=vault, now=now)[hashed],
        _holders({hashed}).get(hashed),
        heard[0].received_at,
        suppressions.reason(hashed),
    )


def phone_hash_of(inbound_id: int) -> str:
    """By what everything of a text's number is found. Raises NotFoundError."""
    hashed = db.session.scalar(select(InboundMessage.phone_hash).where(InboundMessage.id == inbound_id))
    if hashed is None:
        raise NotFoundError(N_("There is no such page."))
    return hashed


def colleagues() -> list[Staff]:
    """Everybody who may look after a conversation, by name."""
    people = db.session.scalars(
        select(Staff)
        .where(Staff.is_active)
        .options(joinedload(Staff.organization))
        .order_by(Staff.name, Staff.id)
    )
    return [person for person in people if is_allowed(person.actor, Action.SEE_MESSAGES)]


def assign(hashed: str, staff_id: int, *, instead_of: int | None = None, now: datetime) -> None:
    """Puts a conversation into one person's hands. Flushes; asked twice it changes nothing.

    `instead_of` is who had it when that was decided, None for nobody. Raises ConflictError when
    somebody else has it by now.
    """
    values = {"staff_id": staff_id, "since_at": now}
    written = db.session.execute(
        insert(Assignment)
        .values(phone_hash=hashed, **values)
        # Decided in the statement: of two who take it at once, one must learn that the other has it.
        .on_conflict_do_update(
            index_elements=[Assignment.phone_hash],
            set_=values,
            where=Assignment.staff_id.in_([staff_id] if instead_of is None else [staff_id, instead_of]),
        )
        .returning(Assignment.staff_id)
    ).scalar()
    if written is None:
        raise ConflictError(N_("Somebody else looks after this conversation now."))


def release(hashed: str, staff_id: int) -> None:
    """Takes a conversation out of a person's hands; whoever else has it keeps it. Twice is harmless."""
    db.session.execute(
        delete(Assignment).where(Assignment.phone_hash == hashed, Assignment.staff_id == staff_id)
    )


def check_body(body: str) -> None:
    """Raises InvalidInputError (field "body") for what cannot be sent."""
    if not body:
        raise InvalidInputError(N_("Write an answer."), field="body")
    if len(body) > LONGEST_BODY:
        raise InvalidInputError(
            N_("A text has at most %(count)s characters."), field="body", count=LONGEST_BODY
        )


def answer(
    inbound_id: int,
    body: str,
    *,
    staff_id: int,
    sent_id: int,
    key: str,
    zone: str,
    vault: Vault,
    now: datetime,
) -> None:
    """Owes the number an answer of the staff's, and puts the conversation into their hands. Flushes.

    `inbound_id` and `sent_id` are the last texts that the person had before them, `key` one of the
    form: sent twice, it is owed once. `zone` counts where no event tells another one. Raises
    InvalidInputError, or ConflictError when a colleague has the conversation, when something was said
    meanwhile, or when the number gets no texts.
    """
    check_body(body)
    hashed = phone_hash_of(inbound_id)
    # First of all: on PostgreSQL its lock lets one answer wait for the other.
    assign(hashed, staff_id, now=now)
    dedup_key = f"{STAFF_KEY}{staff_id}:{key}"
    if db.session.scalar(select(Message.id).where(Message.dedup_key == dedup_key)) is not None:
        return
    if suppressions.is_suppressed(hashed):
        raise ConflictError(N_("This number gets no texts. Call instead."))
    if (_last_heard_id(hashed), _last_sent_id(hashed)) != (inbound_id, sent_id):
        raise ConflictError(N_("Something new was said in this conversation. Read it before you send."))
    guest = _guests({hashed}, vault=vault, now=now)[hashed]
    text = OutgoingText(
        purpose="reply",
        dedup_key=dedup_key,
        priority=due.PRIORITY_REPLY,
        phone=phone_of_conversation(hashed, vault=vault),
        locale=guest.locale or SOURCE_LOCALE,
        body=body,
        deadline=now + REPLY_WITHIN,
        zone=guest.zone or zone,
        registration_id=guest.registration_id,
        key=event_key(guest.places[0].event.public_id) if guest.places else None,
        reply_to_at=db.session.scalar(
            select(InboundMessage.received_at).where(InboundMessage.id == inbound_id)
        ),
    )
    outbox.enqueue(text, vault=vault, now=now)


def set_done(inbound_id: int, *, staff_id: int, now: datetime) -> None:
    """Takes what a number wrote, up to this text, off the list. Flushes; twice is harmless.

    Raises NotFoundError, and ConflictError when a colleague has the conversation.
    """
    hashed = phone_hash_of(inbound_id)
    assign(hashed, staff_id, now=now)
    inbound.set_read(inbound_id)
    waits = exists().where(InboundMessage.phone_hash == Assignment.phone_hash, InboundMessage.needs_person)
    db.session.execute(delete(Assignment).where(Assignment.phone_hash == hashed, ~waits))


def stop_texts(inbound_id: int, *, vault: Vault, now: datetime) -> None:
    """Notes that a guest refused texts in words of their own, as a person read them. Flushes.

    From here on it is as if the guest had texted STOP: only START from that phone ends it.
    """
    hashed = phone_hash_of(inbound_id)
    wording = "\n".join(text.words or "" for text in _unread_until(hashed, inbound_id, vault))
    locale = _guests({hashed}, vault=vault, now=now)[hashed].locale or ""
    phone = phone_of_conversation(hashed, vault=vault)
    suppressions.stop(phone, wording, locale, source="staff", vault=vault, now=now)


def _unread_until(hashed: str, inbound_id: int, vault: Vault) -> list[Said]:
    """What waited for a person when that text was the last one; the text itself when nothing did."""
    rows = db.session.scalars(
        select(InboundMessage)
        .where(
            InboundMessage.phone_hash == hashed,
            (InboundMessage.id == inbound_id)
            | (InboundMessage.needs_person & (InboundMessage.id < inbound_id)),
        )
        .order_by(InboundMessage.id)
    )
    return [_heard(row, vault) for row in rows]


def _heard(row: InboundMessage, vault: Vault) -> Said:
    try:
        text = inbound.opened(row, vault=vault)
    except SealedValueError:
        return Said(None, row.received_at, is_unread=row.needs_person)
    may_refuse = row.needs_person and consent.read(text.body) in ("stop", "maybe_stop")
    return Said(
        text.body,
        row.received_at,
        is_unread=row.needs_person,
        may_refuse=may_refuse,
        call_locale=text.call_locale,
    )


def _sent(row: Message, authors: dict[int, str], vault: Vault) -> Said:
    author = authors.get(_author_id(row) or 0)
    try:
        words = vault.open(row.sealed, place="message")["body"]
    except SealedValueError:
        words = None
    return Said(words, row.created_at, row.state, author)


def _author_id(row: Message) -> int | None:
    if not row.dedup_key.startswith(STAFF_KEY):
        return None
    return int(row.dedup_key.removeprefix(STAFF_KEY).split(":")[0])


def _authors(rows: Iterable[Message]) -> dict[int, str]:
    ids = {_author_id(row) for row in rows} - {None}
    people = db.session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {staff_id: name for staff_id, name in people}  # noqa: C416 (a row is no pair to the type checker)


def _holders(hashes: Iterable[str]) -> dict[str, Staff]:
    rows = db.session.execute(
        select(Assignment.phone_hash, Staff)
        .join(Staff, Staff.id == Assignment.staff_id)
        .where(Assignment.phone_hash.in_(list(hashes)))
    )
    return {hashed: staff for hashed, staff in rows}  # noqa: C416 (a row is no pair to the type checker)


def _unread_counts(hashes: Iterable[str]) -> dict[str, int]:
    rows = db.session.execute(
        select(InboundMessage.phone_hash, func.count())
        .where(InboundMessage.needs_person, InboundMessage.phone_hash.in_(list(hashes)))
        .group_by(InboundMessage.phone_hash)
    )
    return {hashed: count for hashed, count in rows}  # noqa: C416 (a row is no pair to the type checker)


def _guests(hashes: set[str], *, vault: Vault, now: datetime) -> dict[str, Guest]:
    """What staff may know of numbers: events to come and codes, and a language."""
    rows = db.session.scalars(
        select(Registration)
        .join(Event)
        .where(
            Registration.phone_hash.in_(list(hashes)),
            Registration.state != "cancelled",
            Event.ends_at > now,
        )
        .options(
            joinedload(Registration.guest),
            joinedload(Registration.event).options(selectinload(Event.texts)),
        )
        .order_by(Event.starts_at, Registration.id)
    )
    of_number: dict[str, list[Registration]] = {}
    for row in rows:
        of_number.setdefault(row.phone_hash or "", []).append(row)
    chosen = conversations.locales(hashes, vault=vault, now=now)
    return {hashed: _guest(of_number.get(hashed, []), chosen.get(hashed), vault=vault) for hashed in hashes}


def _guest(rows: list[Registration], chosen: str | None, *, vault: Vault) -> Guest:
    if not rows:
        return Guest((), chosen)
    places = tuple(Place(row.event, row.code) for row in rows)
    return Guest(places, chosen or _registered_locale(rows, vault), rows[0].event.time_zone, rows[0].id)


def _registered_locale(rows: list[Registration], vault: Vault) -> str | None:
    newest = max(rows, key=lambda row: (row.created_at, row.id))
    try:
        locale = open_guest(vault, newest.guest.sealed).locale
    except SealedValueError:
        return None
    return locale if locale in LANGUAGES else None


def _last_heard_id(hashed: str) -> int:
    return (
        db.session.scalar(select(func.max(InboundMessage.id)).where(InboundMessage.phone_hash == hashed)) or 0
    )


def _last_sent_id(hashed: str) -> int:
    return db.session.scalar(select(func.max(Message.id)).where(Message.phone_hash == hashed)) or 0
