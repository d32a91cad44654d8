"""Numbers that must not be texted, looked up by keyed hash."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Suppression(Base):
    """One number that is not texted, and why; only its own START takes a "stop" away."""

    __tablename__ = "suppression"

    phone_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: stop (its holder said so), blocked (the vendor says so), unreachable (no such number) or voice_only
    #: (texts do not reach it, calls may).
    reason: Mapped[str] = mapped_column(String(12))
    since_at: Mapped[datetime] = mapped_column(UTCDateTime)
