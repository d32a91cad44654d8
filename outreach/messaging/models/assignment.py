"""Who of the staff looks after which conversation."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime


class Assignment(Base):
    """One number's conversation in one person's hands; without a row it is in nobody's."""

    __tablename__ = "assignment"

    #: The key, so that no two people can have it.
    phone_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    since_at: Mapped[datetime] = mapped_column(UTCDateTime)
