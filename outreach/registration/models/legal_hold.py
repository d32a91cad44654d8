"""Legal holds: what must be kept longer than we promise, because the law demands it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime
from outreach.events.models import Event


class LegalHold(Base):
    """One hold; it names an event, a holding of the inventory, or both, and is never deleted."""

    __tablename__ = "legal_hold"
    __table_args__ = (CheckConstraint("holding_id IS NOT NULL OR event_id IS NOT NULL", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: One of `pauses.DELETED_SOME_DAY`.
    holding_id: Mapped[str | None] = mapped_column(String(20))
    event_id: Mapped[int | None] = mapped_column(ForeignKey(Event.id), index=True)
    #: The lawyer who says that it must be.
    counsel: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(String(300))
    #: A court may forbid to tell of it.
    is_silent: Mapped[bool]
    placed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: Null for a command.
    placed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    lifted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event | None] = relationship()
    placed_by: Mapped[Staff | None] = relationship()

    @property
    def scope(self) -> str:
        """What it names, for a terminal: "news", "event 8fjk2", "ballots of event 8fjk2"."""
        event = f"event {self.event.public_id}" if self.event else ""
        return " of ".join(filter(None, (self.holding_id or "", event)))
