"""Venues: where an event happens."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from outreach.accounts.models import Jurisdiction
from outreach.database import Base
from outreach.folding import folded


class Venue(Base):
    """One place, as it is told to guests."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(80))
    #: Name and city in one plain form, which a search is compared with.
    search_words: Mapped[str] = mapped_column(Text, default="")
    #: The county, by which residents look for events; null outside the region.
    county_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    #: How to get in: entrance, ramp, bus, parking.
    access_notes: Mapped[str | None] = mapped_column(Text)

    county: Mapped[Jurisdiction | None] = relationship()

    @validates("name", "city")
    def _note_words(self, field: str, value: str | None) -> str | None:
        words = {"name": self.name, "city": self.city, field: value}
        self.search_words = folded(f"{words['name'] or ''} {words['city'] or ''}")
        return value
