"""The tree of a plan above its commitments: strategies, objectives, actions."""

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class PlanNode(Base):
    """One strategy, objective or action."""

    __tablename__ = "plan_node"
    __table_args__ = (UniqueConstraint("plan_id", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    #: Null for a strategy.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("plan_node.id", ondelete="CASCADE"), index=True)
    #: The plan's own number, "S1.O2.A1".
    ref: Mapped[str] = mapped_column(String(40))
    #: strategy, objective or action.
    level: Mapped[str] = mapped_column(String(10))
    #: Place in the whole plan, as it is read.
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    #: Programs elsewhere that the plan names as models.
    models: Mapped[list[str]] = mapped_column(JSON, default=list)
