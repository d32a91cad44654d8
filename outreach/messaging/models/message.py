"""The outbox: one row per text or call that is owed, was sent, or never will be; the table is the queue."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.database import Base, UTCDateTime
from outreach.messaging.due import Channel
from outreach.registration.models import Registration
from outreach.registration.scopes import ALL


class Message(Base):
    """One outgoing text, or one try to call. Its states are those of `messaging.outbox`."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_priority_due_at", "state", "priority", "due_at", "id"),
        Index("ix_message_phone_hash_created_at", "phone_hash", "created_at"),
        # Ids are never given twice: the vendor may report on a text that was deleted long ago.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Purpose : registration : version : offset (`due.Owed.dedup_key`), or a reply's inbound id.
    #: Whoever owes the same text has the same key, so that it is written once.
    dedup_key: Mapped[str] = mapped_column(String(120), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    #: One of `due.Channel`.
    channel: Mapped[Channel] = mapped_column(String(5), default="text", server_default="text")
    #: 1 change, 2 reply, 3 reminder, 4 announcement.
    priority: Mapped[int]
    #: Null for a reply to somebody who is not registered.
    registration_id: Mapped[int | None] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    #: The announcement it belongs to. No foreign key: announcements are never deleted, and SQLite would
    #: have to copy the table to learn of one.
    broadcast_id: Mapped[int | None] = mapped_column(index=True)
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: What its number can stop on its own, one of `registration.scopes`; "all" for an answer.
    scope: Mapped[str] = mapped_column(String(30), server_default=ALL)
    #: Number, language and words, under the key of the registration's event, or of the day.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Parts that are charged for.
    segments: Mapped[int]

    state: Mapped[str] = mapped_column(String(12), default="ready")
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    #: From here on it is not sent any more.
    deadline: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When it is looked at next: to be sent, to be settled, or to be asked about.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: What quiet hours depend on: the zone, a start that no longer holds, a text this one answers.
    zone: Mapped[str] = mapped_column(String(40))
    changed_start_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reply_to_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    attempts: Mapped[int] = mapped_column(default=0)
    #: Of the worker that has it; whoever holds another one may not write the outcome.
    claim_token: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Clean looks at the vendor's list that found nothing.
    probes: Mapped[int] = mapped_column(default=0)
    provider_sid: Mapped[str | None] = mapped_column(String(40), unique=True)
    #: How far the vendor says it came; rises only.
    provider_rank: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[int | None]
    #: How often it was sent again after the network lost it.
    resends: Mapped[int] = mapped_column(default=0)
    #: Which of our numbers took it last; `sender.name`.
    sender: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When the vendor took it.
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When nothing more can happen to it.
    final_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    registration: Mapped[Registration | None] = relationship()
