"""Texts that came in, each once, whatever the vendor repeats."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class InboundMessage(Base):
    """One incoming text; deleted with everything else that is known of its number."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        Index("ix_inbound_message_phone_hash_received_at", "phone_hash", "received_at"),
        Index("ix_inbound_message_handled_at", "handled_at"),
        # Ids are never given twice: answers are written down under them.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_sid: Mapped[str] = mapped_column(String(40), unique=True)
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: Number and words, under the key of its day.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When our answer was worked out; null while it waits for that.
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Whether somebody of the staff should read it.
    needs_person: Mapped[bool] = mapped_column(default=False)
