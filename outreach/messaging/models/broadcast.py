"""Announcements: what is texted about one event to its guests or to readers of news, and how far it came."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime
from outreach.events.models import Event

#: The audience of those who have seats at the event.
GUESTS = "guests"


class Broadcast(Base):
    """One announcement. Never deleted: what it cost counts in its month when its texts are long gone."""

    __tablename__ = "broadcast"
    __table_args__ = (Index("ix_broadcast_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    #: Who gets it: the event's guests, or the readers of the news of this scope.
    audience: Mapped[str] = mapped_column(String(30), server_default=GUESTS, default=GUESTS)
    #: One of `broadcasts.STATES`.
    state: Mapped[str] = mapped_column(String(10), default="draft")
    #: The language that has words in any case; guests of languages without any read these.
    source_locale: Mapped[str] = mapped_column(String(12))
    #: Words by language, as they were written.
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    #: Rises with every edit, so that nobody sends or confirms other words than those on the page.
    revision: Mapped[int] = mapped_column(default=1)
    #: Whoever wrote the words as they stand; somebody else confirms them.
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    stopped_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    #: Groups that it goes to, and parts that it costs: as counted at the start, then as written.
    recipients: Mapped[int] = mapped_column(default=0)
    parts: Mapped[int] = mapped_column(default=0)
    #: The month whose budget it is charged to, "2026-09"; null before the start.
    month: Mapped[str | None] = mapped_column(String(7), index=True)
    #: How far the writing into the outbox has come, in registrations or readers of news; rises only.
    last_told_id: Mapped[int] = mapped_column(default=0)

    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When the last of its texts was in the outbox.
    written_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    event: Mapped[Event] = relationship()
    author: Mapped[Staff] = relationship(foreign_keys=[author_id])
    confirmed_by: Mapped[Staff | None] = relationship(foreign_keys=[confirmed_by_id])
    stopped_by: Mapped[Staff | None] = relationship(foreign_keys=[stopped_by_id])
