"""Since when each calendar feed has said what it says."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class FeedState(Base):
    """The stamp of one feed, which never moves back, whatever leaves the feed."""

    __tablename__ = "feed_state"

    #: Language and filters, as in its address.
    feed: Mapped[str] = mapped_column(String(400), primary_key=True)
    signature: Mapped[str] = mapped_column(String(64))
    sequence: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
