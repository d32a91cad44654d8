"""What was answered to each webhook of a call, so that one which comes twice counts once."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class VoiceStep(Base):
    """One answer of ours in a call: to its beginning, or to the keys of one question."""

    __tablename__ = "voice_step"
    __table_args__ = (UniqueConstraint("call_sid", "step", "visit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sid: Mapped[str] = mapped_column(String(40))
    #: The question that was answered; "start" for the beginning.
    step: Mapped[str] = mapped_column(String(20))
    #: 0 for the beginning, rises by one with each answer.
    visit: Mapped[int]
    #: Null for a caller whose number we do not see.
    phone_hash: Mapped[str | None] = mapped_column(String(40), index=True)
    #: Number, keys, what was said, and where the call stands since, under the key of its day.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
