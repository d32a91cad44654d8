"""The ballots of an event as four totals: all that is ever stored of what guests answered."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EventTally(Base):
    """One event's totals, written once as a whole; there is no row, time or order of any ballot.

    Sealed until the event's guests are forgotten: beside a list of who came, a one-sided total would
    tell everybody's answer. `engagement.queries` is the only reader, and waits for it.
    """

    __tablename__ = "event_tally"
    __table_args__ = (
        # BOTH is a word of SQL's own.
        CheckConstraint('newcomers >= 0 AND residents >= 0 AND "both" >= 0 AND unsaid >= 0', name="totals"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    #: Moved here from another country.
    newcomers: Mapped[int]
    #: Grew up in the United States.
    residents: Mapped[int]
    #: Both, or it's complicated.
    both: Mapped[int]
    #: Ballots that prefer not to say; guests without a ballot are known from the head count only.
    unsaid: Mapped[int]
    #: The day at the event's place, no nearer: an hour would lie beside the hours of arriving.
    submitted_on: Mapped[date]
