"""Recordings for the phone: who read which clip of which language, for which wording."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.accounts.models import Staff
from outreach.database import Base, UTCDateTime


class PromptRecording(Base):
    """The one recording of a clip in a language."""

    __tablename__ = "prompt_recording"
    __table_args__ = (UniqueConstraint("locale", "prompt_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(String(12))
    #: One of `prompts.prompts`.
    prompt_id: Mapped[str] = mapped_column(String(40))
    #: Of the words that were read.
    version: Mapped[str] = mapped_column(String(12))
    #: Of what is played, and its address.
    digest: Mapped[str] = mapped_column(String(32), index=True)
    #: As `wav.for_telephone` makes it.
    wav: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    milliseconds: Mapped[int]
    #: Made by a program to try calls out; no guest hears it.
    is_rehearsal: Mapped[bool]
    #: Who recorded or uploaded it; null for one that a command brought in.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
