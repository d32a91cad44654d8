"""What the vendor told us about texts we sent, each report once."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class ProviderEvent(Base):
    """One status report. The same status with another error is another report."""

    __tablename__ = "provider_event"
    __table_args__ = (UniqueConstraint("sid", "status", "error_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    sid: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    #: 0 for none, so that the unique key works on both databases.
    error_code: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
