"""How guests came to one held event and whether they came at all: totals by door that outlive the guests."""

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EventTurnout(Base):
    """One door's totals of one event, written when its guests are forgotten. No language, need or answer."""

    __tablename__ = "event_turnout"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    #: web, text, voice, desk or paper.
    door: Mapped[str] = mapped_column(String(6), primary_key=True)
    #: Parties with seats, people in them, and people of them who arrived.
    parties: Mapped[int] = mapped_column(default=0)
    people: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[int] = mapped_column(default=0)
    #: Parties of whom anybody arrived.
    parties_arrived: Mapped[int] = mapped_column(default=0)
    #: Parties that still waited for seats, and parties that gave theirs up.
    waiting: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    #: Parties with seats that answered a reminder with "I am coming".
    reaffirmed: Mapped[int] = mapped_column(default=0)
    #: Parties with seats that a reminder reached, and those of them of whom anybody arrived.
    reminded: Mapped[int] = mapped_column(default=0)
    reminded_arrived: Mapped[int] = mapped_column(default=0)
    #: What texts and calls to all these parties cost, about.
    cents: Mapped[float] = mapped_column(Float, default=0.0)
