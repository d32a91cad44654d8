"""What the simulated vendor does with texts to a phone, as whoever tries it out has chosen."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class SimulatedPhone(Base):
    """One phone of the simulator for which something else was chosen than that texts arrive."""

    __tablename__ = "simulated_phone"

    phone_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: One of `messaging.outcomes.OUTCOMES`.
    outcome: Mapped[str] = mapped_column(String(12))
    chosen_at: Mapped[datetime] = mapped_column(UTCDateTime)
