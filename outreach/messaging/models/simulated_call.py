"""Calls that the simulated vendor places, so that a phone in the browser can ring."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class SimulatedCall(Base):
    """One call to a phone; it is the vendor's memory, apart from our outbox."""

    __tablename__ = "simulated_call"
    __table_args__ = (Index("ix_simulated_call_phone_hash_id", "phone_hash", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(String(40), unique=True)
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: Number, and where the vendor asks what to say and reports, under the key of its day.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: The vendor's word: ringing, in-progress, completed, busy or no-answer.
    status: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
