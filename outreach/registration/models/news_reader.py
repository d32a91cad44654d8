"""Who asked for news of events: a number and a list, and nothing else of anybody."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class NewsReader(Base):
    """One number on one list of news. Only those that are on get any; the others have not answered yet."""

    __tablename__ = "news_reader"
    __table_args__ = (
        UniqueConstraint("phone_hash", "scope"),
        Index("ix_news_reader_is_on_scope_id", "is_on", "scope", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Keyed hash of the number.
    phone_hash: Mapped[str] = mapped_column(String(40))
    #: `scopes.REGION`, or the news of one organization.
    scope: Mapped[str] = mapped_column(String(30))
    #: Number and language, under the vault's key.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Whether the number itself said yes.
    is_on: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    #: The last sign of life of the number.
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
