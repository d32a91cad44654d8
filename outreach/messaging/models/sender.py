"""The numbers that we text from: how much of what each may send is taken, and why one rests."""

from datetime import date, datetime

from sqlalchemy import Date, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Sender(Base):
    """One sender. All workers take their turns from this row, by one conditional update."""

    __tablename__ = "sender"

    #: The vendor's id of the messaging service, or our own number.
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: Until then its rate is given out, in seconds since 1970 by the machines' clocks.
    taken_until_seconds: Mapped[float] = mapped_column(Float, default=0.0)
    #: The day by which carriers count, and the parts given out on it.
    counted_on: Mapped[date | None] = mapped_column(Date)
    parts_on_day: Mapped[int] = mapped_column(default=0)
    #: Nothing is sent before; null when nothing is wrong.
    paused_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: The vendor's error that made it rest.
    error_code: Mapped[int | None]
