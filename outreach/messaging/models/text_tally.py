"""How many texts left and how many of them carriers filtered, by day; of nobody in particular."""

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class TextTally(Base):
    """One day's texts of a sender, of one purpose and in one language."""

    __tablename__ = "text_tally"

    on: Mapped[date] = mapped_column(Date, primary_key=True)
    sender: Mapped[str] = mapped_column(String(40), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    claimed: Mapped[int] = mapped_column(default=0)
    filtered: Mapped[int] = mapped_column(default=0)
