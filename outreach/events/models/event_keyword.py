"""Words that guests text to register for an event."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EventKeyword(Base):
    """One word on the posters of one event, free for others once the event is forgotten."""

    __tablename__ = "event_keyword"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    #: Of whoever reads the poster; empty for the word that everybody may text, which is `event.keyword` too.
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    #: As the poster prints it, and in the form of `keywords.folded_word`, in which no two are equal.
    word: Mapped[str] = mapped_column(String(40))
    folded: Mapped[str] = mapped_column(String(40), unique=True)
