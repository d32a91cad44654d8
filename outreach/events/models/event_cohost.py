"""Which organizations host an event together with its host."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EventCohost(Base):
    """One co-host: named on the page, sees the event, never its guests."""

    __tablename__ = "event_cohost"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True, index=True)
