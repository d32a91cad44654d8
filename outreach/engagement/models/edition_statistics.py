"""The sums of a frozen quarter, for the coordinators' reports of later years."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EditionStatistics(Base):
    """The sums of a quarter's events, or of those with some values of a cut: see `keeping`."""

    __tablename__ = "edition_statistics"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    #: One of `gathering.Cut`, or empty for all events.
    cut: Mapped[str] = mapped_column(String(12), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Counties, kinds or whatever the cut is, put together.
    members: Mapped[list[str]] = mapped_column(JSON)
    sums: Mapped[dict[str, Any]] = mapped_column(JSON)
