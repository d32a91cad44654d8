"""Languages that are spoken or interpreted at an event."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EventLanguage(Base):
    """One language at one event."""

    __tablename__ = "event_language"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True, index=True)
    #: False when it is spoken, true when an interpreter brings it.
    is_interpreted: Mapped[bool] = mapped_column(default=False)
