"""A phone that texts us and reads what we owe it, for tests; nothing is sent anywhere."""

import itertools
from datetime import datetime, timedelta

from sqlalchemy import select, update

from outreach.config import Settings
from outreach.database import db, transaction
from outreach.messaging import inbound, intake
from outreach.messaging.models import Conversation, InboundMessage, Message
from outreach.messaging.turns import Dialogue
from outreach.registration.guests import phone_hash
from outreach.registration.models import Registration
from outreach.vault import Vault

_sids = itertools.count(1)


def new_sid() -> str:
    """A text's id as the vendor gives it."""
    return f"SM{next(_sids):032x}"


class Phone:
    """One number; time passes with every text."""

    def __init__(self, settings: Settings, vault: Vault, now: datetime, number: str = "+18165550123") -> None:
        self.settings, self.vault, self.now, self.number = settings, vault, now, number
        self.hashed = phone_hash(vault, number)
        self.last_sid = ""

    def receive(self, body: str, *, sid: str = "", is_answered: bool = False) -> int:
        """Only writes the text down."""
        self.last_sid = sid or new_sid()
        with transaction():
            text = intake.Text(self.number, body, is_answered)
            inbound.receive({self.last_sid: text}, vault=self.vault, now=self.now)
            return inbound.id_of(self.last_sid)

    def handle(self, inbound_id: int) -> None:
        inbound.handle(inbound_id, settings=self.settings, vault=self.vault, now=self.now)

    def handle_waiting(self) -> int:
        return inbound.handle_waiting(settings=self.settings, vault=self.vault, now=self.now)

    def text(self, body: str, *, after: timedelta = timedelta(minutes=1), **given) -> list[str]:
        """Texts something and gives the bodies that are owed for it; all earlier ones have been read."""
        self.now += after
        with transaction():
            db.session.execute(update(Message).where(Message.state == "ready").values(state="delivered"))
        before = len(self.owed())
        self.handle(self.receive(body, **given))
        return [self.content(message)["body"] for message in self.owed()[before:]]

    def owed(self) -> list[Message]:
        return list(
            db.session.scalars(
                select(Message)
                .where(Message.phone_hash == self.hashed)
                .order_by(Message.id)
                .execution_options(populate_existing=True)
            )
        )

    def content(self, message: Message) -> dict[str, str]:
        return self.vault.open(message.sealed, place="message")

    def received(self) -> list[InboundMessage]:
        return list(
            db.session.scalars(
                select(InboundMessage)
                .where(InboundMessage.phone_hash == self.hashed)
                .order_by(InboundMessage.id)
                .execution_options(populate_existing=True)
            )
        )

    def needs_person(self) -> bool:
        """Whether somebody should read the last text."""
        return self.received()[-1].needs_person

    def registration(self) -> Registration | None:
        return db.session.scalar(
            select(Registration)
            .where(Registration.phone_hash == self.hashed)
            .execution_options(populate_existing=True)
        )

    def dialogue(self) -> Dialogue | None:
        row = db.session.get(Conversation, self.hashed, populate_existing=True)
        value = self.vault.open(row.sealed, place="conversation")["dialogue"] if row else None
        return Dialogue.from_json(value) if value else None
