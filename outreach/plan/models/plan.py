"""Plans: what a region promised, as its printed plan says."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models import Jurisdiction
from outreach.database import Base, UTCDateTime


class Plan(Base):
    """One plan; its strategies, objectives and actions are rows of `plan_node`."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: By which a second import finds it.
    title: Mapped[str] = mapped_column(String(200), unique=True)
    prepared_by: Mapped[str | None] = mapped_column(String(200))
    prepared_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    vision: Mapped[str | None] = mapped_column(Text)
    goal: Mapped[str | None] = mapped_column(Text)
    governance: Mapped[str | None] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(String(500))
    #: Whose events count; null for every place of this installation.
    region_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)

    region: Mapped[Jurisdiction | None] = relationship()
