"""What a phone at the simulated vendor has sent and received, as its screen shows it; sends nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from outreach.database import db
from outreach.events.models import Event
from outreach.keystore import day_key
from outreach.messaging import outcomes
from outreach.messaging.estimates import CENTS_PER_PART
from outreach.messaging.models import InboundMessage, Message, SimulatedText
from outreach.messaging.outcomes import OUTCOMES
from outreach.messaging.segments import measure
from outreach.registration.guests import phone_hash
from outreach.vault import Vault

_SHOWN = 60
_ON_THE_WAY = ("claimed", "accepted", "queued", "sending")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text on the phone's screen."""

    body: str
    at: datetime
    #: Whether the phone wrote it.
    is_own: bool
    parts: int
    #: In what language we wrote it; None for what the phone wrote.
    locale: str | None
    #: Whether it came to the phone, or to us.
    has_arrived: bool

    @property
    def cents(self) -> float:
        """What it costs us, about."""
        return self.parts * CENTS_PER_PART


@dataclass(frozen=True, slots=True)
class Thread:
    """A phone's texts, the newest last."""

    phone: str
    bubbles: tuple[Bubble, ...]
    #: Whether an answer is on its way.
    is_waiting: bool
    #: Until when texts for this phone wait for the day to begin; None when none does.
    held_until: datetime | None
    #: What becomes of texts to this phone, one of `OUTCOMES`.
    outcome: str


def thread(phone: str, *, vault: Vault, now: datetime) -> Thread:
    """The last texts of a phone, and what is still to come."""
    hashed = phone_hash(vault, phone)
    rows = db.session.scalars(
        select(SimulatedText)
        .where(SimulatedText.phone_hash == hashed)
        .order_by(SimulatedText.id.desc())
        .limit(_SHOWN)
    ).all()
    locales = _locales((row.sid for row in rows if row.direction == "out"), vault)
    due_at = db.session.scalars(
        select(Message.due_at).where(Message.phone_hash == hashed, Message.state == "ready")
    ).all()
    return Thread(
        phone,
        tuple(_bubble(row, locales, vault) for row in reversed(rows)),
        is_waiting=any(at <= now for at in due_at) or _is_on_the_way(hashed),
        held_until=min((at for at in due_at if at > now), default=None),
        outcome=outcomes.chosen(phone, vault=vault),
    )


def add_own(phone: str, sid: str, body: str, *, vault: Vault, now: datetime) -> None:
    """Keeps what a phone sends, as its vendor would. Flushes."""
    sealed = vault.seal({"phone": phone, "body": body}, place="simulator", key=day_key(now))
    hashed = phone_hash(vault, phone)
    db.session.add(SimulatedText(sid=sid, phone_hash=hashed, direction="in", sealed=sealed, created_at=now))
    db.session.flush()


def posters(locale: str, *, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Words that can be texted, with the title of each event, the soonest first."""
    events = db.session.scalars(
        select(Event)
        .where(Event.status == "published", Event.starts_at > now, Event.keywords.any())
        .order_by(Event.starts_at, Event.id)
        .options(selectinload(Event.keywords), selectinload(Event.texts))
        .limit(limit)
    )
    # A poster in no other language has a word only for readers of its own.
    words = {event: event.keyword_in(locale) or event.keywords[0].word for event in events}
    return [(word, event.text_in(locale).title) for event, word in words.items()]


def _bubble(row: SimulatedText, locales: dict[str, str], vault: Vault) -> Bubble:
    body = vault.open(row.sealed, place="simulator")["body"]
    return Bubble(
        body,
        row.created_at,
        row.direction == "in",
        measure(body).parts,
        locales.get(row.sid),
        OUTCOMES[row.outcome].has_arrived,
    )


def _locales(sids: Iterable[str], vault: Vault) -> dict[str, str]:
    """The languages of texts by the vendor's ids, as far as our outbox still knows them."""
    rows = db.session.execute(
        select(Message.provider_sid, Message.sealed).where(Message.provider_sid.in_(list(sids)))
    )
    return {sid: vault.open(sealed, place="message")["locale"] for sid, sealed in rows if sid}


def _is_on_the_way(hashed: str) -> bool:
    # A page that reloads while the phone rings would forget what is typed.
    is_sent = select(Message.id).where(
        Message.phone_hash == hashed, Message.channel == "text", Message.state.in_(_ON_THE_WAY)
    )
    is_unanswered = select(InboundMessage.id).where(
        InboundMessage.phone_hash == hashed, InboundMessage.handled_at.is_(None)
    )
    return db.session.scalar(is_sent.union_all(is_unanswered).limit(1)) is not None
