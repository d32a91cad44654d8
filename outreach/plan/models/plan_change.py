"""The history of promises: what changed, when, and by whom."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class PlanChange(Base):
    """One change; it stays when its promise leaves the plan."""

    __tablename__ = "plan_change"
    __table_args__ = (
        UniqueConstraint("plan_id", "ref", "quarter"),
        Index("ix_plan_change_plan_id_ref", "plan_id", "ref"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    #: The promise's own number in the plan.
    ref: Mapped[str] = mapped_column(String(40))
    #: One of `history.WHATS`.
    what: Mapped[str] = mapped_column(String(20))
    #: Values for its sentence.
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    #: "2018-Q2" where it notes how the promise stood at that quarter's end; once for each.
    quarter: Mapped[str | None] = mapped_column(String(7))
    #: Null for a command.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
