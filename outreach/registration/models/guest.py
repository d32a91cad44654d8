"""Guests: a pass that somebody holds; there are no accounts."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Guest(Base):
    """One pass. Whoever has its link may use it; what identifies the guest is sealed."""

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Keyed hash of the pass's link token.
    token_hash: Mapped[str] = mapped_column(String(40), unique=True)
    #: Keyed hash of a number that has itself texted. Somebody who only typed a number into a web form,
    #: or shows it in a call, has not shown that it is theirs, and must not be led to its owner's pass.
    proven_phone_hash: Mapped[str | None] = mapped_column(String(40), unique=True)
    #: `guests.GuestFacts` under the key of one of the guest's events: token, language, first name and
    #: phone where given.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
