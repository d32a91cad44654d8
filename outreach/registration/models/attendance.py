"""How many came: plain numbers per event, which stay when the guests are forgotten."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.database import Base, UTCDateTime
from outreach.events.models import Event


class Attendance(Base):
    """The door's numbers of one event."""

    __tablename__ = "attendance"
    __table_args__ = (CheckConstraint("walk_ins >= 0", name="walk_ins"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    #: People who came without a registration.
    walk_ins: Mapped[int] = mapped_column(default=0)
    #: People who registered and people of them who arrived; written when the guests are forgotten.
    registered: Mapped[int | None]
    arrived: Mapped[int | None]
    #: When nothing was left that identifies this event's guests; ballots may be read from then on.
    forgotten_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: Rises when the door's link is replaced; earlier links then lead nowhere.
    door_epoch: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
