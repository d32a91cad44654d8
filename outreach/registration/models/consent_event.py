"""The ledger of consent to texts: who agreed or refused, to which words; rows are only ever added."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class ConsentEvent(Base):
    """One yes or no of one number to one scope of texts; the newest of a number and a scope counts."""

    __tablename__ = "consent_event"
    __table_args__ = (Index("ix_consent_event_phone_hash_id", "phone_hash", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: One of `registration.scopes`.
    scope: Mapped[str] = mapped_column(String(30))
    #: One of `ledger.ACTIONS`.
    action: Mapped[str] = mapped_column(String(10))
    #: web, text, desk ...
    source: Mapped[str] = mapped_column(String(10))
    #: The exact words that were shown or received, with their language, under the vault's key.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Which wording of ours it was, `consent_words.VERSION`; empty where only the number said something.
    version: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
