"""Sums of the events that may be read and are not frozen, kept so that no report adds them up again."""

from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EngagementSums(Base):
    """The parts of one stratum: of all events of a quarter and place, or of one kind or host there.

    Single rooms could be worked out from them, so they go when the quarter's totals do. They are in no
    backup: whoever restores one makes them anew.
    """

    __tablename__ = "engagement_sums"
    __table_args__ = ({"info": {"is_derived": True}},)

    #: Its number, as `periods.quarter` takes it.
    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str] = mapped_column(String(60), primary_key=True)
    #: "kind" or "organization", or empty for all events.
    cut: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[str] = mapped_column(String(30), primary_key=True)
    #: `sums.to_json` of each part.
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
