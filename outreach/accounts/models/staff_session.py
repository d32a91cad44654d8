"""Signed-in browsers, so that each can be ended from here."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models.staff import Staff
from outreach.database import Base, UTCDateTime


class StaffSession(Base):
    """One signed-in browser; its cookie holds a token of which only the hash is here."""

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: To the minute or so: written at most once a minute.
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[Staff] = relationship(lazy="joined", innerjoin=True)
