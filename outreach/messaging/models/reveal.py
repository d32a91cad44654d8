"""The log of revealed numbers: who of the staff asked for one and why, who agreed, and when it was seen."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime


class Reveal(Base):
    """One request to see one number, which is not in here."""

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

    #: Who else agreed or refused.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_agreed: Mapped[bool | None]
    #: When the number was seen, once.
    shown_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    #: When an administrator took note of that.
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[Staff] = relationship(foreign_keys=staff_id)
    decided_by: Mapped[Staff | None] = relationship(foreign_keys=decided_by_id)
