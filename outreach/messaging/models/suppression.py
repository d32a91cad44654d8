"""What numbers must not be texted about, looked up by keyed hash."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Suppression(Base):
    """One number and one scope of texts that it does not get, or still does; `scopes.silence` reads it."""

    __tablename__ = "suppression"

    phone_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: One of `registration.scopes`.
    scope: Mapped[str] = mapped_column(String(30), primary_key=True)
    #: One of `scopes.Reason`; only START from the number itself takes away a stop of everything.
    reason: Mapped[str] = mapped_column(String(12))
    since_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: When it has nothing more to say, as when its event is long over; null for never.
    until_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
