"""Which devices' totals were taken, so that each counts once."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class BallotBatch(Base):
    """The random key of totals that a device handed in; what they were is in no row of their own.

    A device sees its key here, and erases its answers.
    """

    __tablename__ = "ballot_batch"

    key: Mapped[str] = mapped_column(String(22), primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), index=True)
