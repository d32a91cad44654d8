"""The question on leaving, of an event that asks it: its ballots as three totals."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class TalkTally(Base):
    """One event's totals of who talked; the row is there when the host wants the question asked.

    Sealed as `EventTally` is, and for the same reason.
    """

    __tablename__ = "talk_tally"
    __table_args__ = (
        CheckConstraint(
            "talked_by_device BETWEEN 0 AND talked AND did_not_by_device BETWEEN 0 AND did_not"
            " AND unsaid_by_device BETWEEN 0 AND unsaid",
            name="by_device",
        ),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    #: Talked for at least five minutes with somebody of a different background.
    talked: Mapped[int] = mapped_column(default=0)
    did_not: Mapped[int] = mapped_column(default=0)
    #: Ballots that prefer not to say.
    unsaid: Mapped[int] = mapped_column(default=0)
    #: How much of each total came from shared devices.
    talked_by_device: Mapped[int] = mapped_column(default=0)
    did_not_by_device: Mapped[int] = mapped_column(default=0)
    unsaid_by_device: Mapped[int] = mapped_column(default=0)
    #: The day at the event's place; null while nothing was handed in.
    submitted_on: Mapped[date | None]
