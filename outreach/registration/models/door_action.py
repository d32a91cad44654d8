"""Which taps at the door were already counted, so that one sent twice counts once."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class DoorAction(Base):
    """One tap, by the random key its page gave it; deleted with the event's guests."""

    __tablename__ = "door_action"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
