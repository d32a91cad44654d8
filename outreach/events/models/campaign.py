"""Campaigns: windows of days that many events share, such as a year's Welcoming Week."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class Campaign(Base):
    """One window, both days included."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: "welcoming-week-2025"
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    #: The year's motto, as its organizers print it.
    motto: Mapped[str | None] = mapped_column(String(120))
