"""The log of revealed numbers: who of the staff saw one, when and why; rows are only ever added."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime


class Reveal(Base):
    """One look at one number, which is not in here."""

    __tablename__ = "reveal"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    #: Tells looks at the same number from looks at others.
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: One of `reveals.REASONS`.
    reason: Mapped[str] = mapped_column(String(12))
    #: What the person wrote beside the reason, under the vault's key: it may speak of the guest.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    staff: Mapped[Staff] = relationship()
