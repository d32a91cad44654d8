"""How much announcements may cost in a month, for one organization or for the whole region."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class AnnouncementBudget(Base):
    """One limit. Where there is no row, there is no limit."""

    __tablename__ = "announcement_budget"

    #: "region", or "organization:" and an id.
    scope: Mapped[str] = mapped_column(String(30), primary_key=True)
    cents: Mapped[int]
