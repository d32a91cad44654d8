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
        CheckConstraint(
            "newcomers_by_device BETWEEN 0 AND newcomers AND residents_by_device BETWEEN 0 AND residents"
            ' AND both_by_device BETWEEN 0 AND "both" AND unsaid_by_device BETWEEN 0 AND unsaid',
            name="by_device",
        ),
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
    #: How much of each total came from shared devices. A correction of what was counted by hand leaves it.
    newcomers_by_device: Mapped[int] = mapped_column(default=0, server_default="0")
    residents_by_device: Mapped[int] = mapped_column(default=0, server_default="0")
    both_by_device: Mapped[int] = mapped_column(default=0, server_default="0")
    unsaid_by_device: Mapped[int] = mapped_column(default=0, server_default="0")
    #: Heads of the event under 16, which are counted and not asked; null where nobody counted them apart.
    children: Mapped[int | None]
    #: The day at the event's place, no nearer: an hour would lie beside the hours of arriving.
    submitted_on: Mapped[date]
