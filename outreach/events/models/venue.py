"""Venues: where an event happens."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Jurisdiction
from outreach.database import Base


class Venue(Base):
    """One place, as it is told to guests."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(80))
    #: The county, by which residents look for events; null outside the region.
    county_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    #: How to get in: entrance, ramp, bus, parking.
    access_notes: Mapped[str | None] = mapped_column(Text)

    county: Mapped[Jurisdiction | None] = relationship()
