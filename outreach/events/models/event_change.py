"""Changes to a published event that wait for a coordinator."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime, partial_index
from outreach.events.models.event import Event


class EventChange(Base):
    """The whole event as its organizer would have it, beside the published one."""

    __tablename__ = "event_change"
    __table_args__ = (
        # One open change per event: a newer one replaces it.
        partial_index("uq_event_change_open", "event_id", where="state = 'submitted'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    #: submitted, approved or returned.
    state: Mapped[str] = mapped_column(String(10), default="submitted")
    #: A `drafts.EventDraft` as JSON.
    draft: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    event: Mapped[Event] = relationship()
    author: Mapped[Staff] = relationship(foreign_keys=[author_id])
