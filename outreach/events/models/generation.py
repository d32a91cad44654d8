"""A counter that rises when anything on public pages changes, so that kept answers know their age."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Generation(Base):
    """One counter; raised in the transaction of the change it stands for."""

    __tablename__ = "generation"

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
