"""When the worker did each of its rounds last, so that several workers share them."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class WorkerMark(Base):
    """One round by name."""

    __tablename__ = "worker_mark"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
