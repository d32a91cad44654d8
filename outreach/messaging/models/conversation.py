"""Where the dialogue with a number stands."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class Conversation(Base):
    """One number's dialogue; deleted when it has rested long enough."""

    __tablename__ = "conversation"

    phone_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: The number's language and `dialogue.Dialogue`, under the key of its day: the language alone says
    #: where somebody may come from.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Rises with every turn, so that two turns at once cannot both count.
    version: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
