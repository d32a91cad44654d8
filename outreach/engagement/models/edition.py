"""Editions: reports that stand as they were frozen."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Edition(Base):
    """One frozen quarter or year. Never changed; a correction is another whole edition in its place."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: "2026-Q3" or "2026", as in the address.
    name: Mapped[str] = mapped_column(String(7), unique=True)
    #: The first day may lie in an earlier quarter, which was too small to stand alone.
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    method: Mapped[str] = mapped_column(String(10))
    #: The rules of publication by which it was made.
    thresholds: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: What is published, rounded; null where too few answered, and the sums wait for the next quarter.
    published: Mapped[dict[str, Any] | None] = mapped_column(JSON)
