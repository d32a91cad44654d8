"""An event's sentences in one language."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class EventText(Base):
    """Title, summary and description in one language, and where they come from."""

    __tablename__ = "event_text"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(12), primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(200), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    #: All of it in one plain form, which a search is compared with: "futbol" finds "fútbol".
    search_words: Mapped[str] = mapped_column(Text, default="")
    #: Why the event is cancelled; told to guests in their language where it is written in it.
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    #: Whether somebody who speaks the language has read it; the page says so when not.
    is_reviewed: Mapped[bool] = mapped_column(default=True)
