"""What the simulated vendor took and delivered, so that a phone in the browser can show it."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class SimulatedText(Base):
    """One text at the simulated vendor; it is the vendor's memory, apart from our outbox."""

    __tablename__ = "simulated_text"
    __table_args__ = (Index("ix_simulated_text_phone_hash_id", "phone_hash", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(String(40), unique=True)
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: out (to the phone) or in (from it).
    direction: Mapped[str] = mapped_column(String(3))
    #: Number and words, under the key of its day.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: What the vendor did with it: one of `messaging.outcomes.OUTCOMES`.
    outcome: Mapped[str] = mapped_column(String(12), default="delivered", server_default="delivered")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
