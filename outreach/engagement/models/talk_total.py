"""All that is left of a quarter's question on leaving, once the quarter is long enough over."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class TalkTotal(Base):
    """`contact.Talk` of one quarter; the totals of its events are deleted."""

    __tablename__ = "talk_total"

    #: Like "2026-Q3".
    quarter: Mapped[str] = mapped_column(String(7), primary_key=True)
    events: Mapped[int]
    talked: Mapped[int]
    did_not: Mapped[int]
    people: Mapped[int]
