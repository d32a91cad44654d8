"""In which languages people registered, by quarter and for the whole region."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class LanguageTurnout(Base):
    """One language's totals of a quarter. A language hints at where somebody is from, so no event has any."""

    __tablename__ = "language_turnout"

    #: Like 2026-Q3, of the day at the event's place.
    quarter: Mapped[str] = mapped_column(String(7), primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    #: Parties with seats, people in them, and people of them who arrived.
    parties: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[int] = mapped_column(default=0)
