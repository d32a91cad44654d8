"""Kept calendar text: one rendered entry per event, language and audience."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class CalendarEntry(Base):
    """A VEVENT as it is served; its stamps move only when its content does."""

    __tablename__ = "calendar_entry"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    #: public, personal (a guest who comes) or waiting (one on the waiting list).
    audience: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: Which state of the event, and which edition of our words, it was made from: as long as that is
    #: the present one, nobody has to look whether the content moved.
    made_from: Mapped[str] = mapped_column(String(64))
    #: Hash of the content without its stamps.
    signature: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    body: Mapped[bytes] = mapped_column(LargeBinary)
