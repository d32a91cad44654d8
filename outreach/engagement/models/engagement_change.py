"""Which kept sums are not right any more. The database itself notes it, so that no program can forget to."""

from datetime import datetime

from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EngagementChange(Base):
    """One change of an event that a report may hold: when and where the event was, or is from now on.

    Rows are only added, by triggers in the transaction that changes the event. Whoever makes sums anew
    deletes the rows they saw before they read the events; what is committed later has a row of its own.
    """

    __tablename__ = "engagement_change"
    __table_args__ = ({"info": {"is_derived": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Null where places changed, so that all sums are to be made anew.
    starts_local: Mapped[datetime | None] = mapped_column(DateTime)
    delivery: Mapped[str | None] = mapped_column(String(10))
    venue_id: Mapped[int | None]
