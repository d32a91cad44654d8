"""Which events are in which edition, so that each is counted once."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EditionEvent(Base):
    """An event that was frozen, with ballots or without; nothing of what was answered."""

    __tablename__ = "edition_event"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), index=True)
