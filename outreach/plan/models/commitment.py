"""Commitments: what somebody promised to do, how often and by when."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class Commitment(Base):
    """One promise. Figures and times stand twice: in the plan's own words, and as what we read in them."""

    __tablename__ = "commitment"
    __table_args__ = (
        UniqueConstraint("plan_id", "ref"),
        CheckConstraint("promised_count >= 1", name="promised"),
        CheckConstraint("due_starts_on <= due_ends_on", name="due"),
        CheckConstraint("owner_staff_id IS NULL OR owner_organization_id IS NULL", name="owner"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id", ondelete="CASCADE"))
    #: The action it belongs to.
    node_id: Mapped[int] = mapped_column(ForeignKey("plan_node.id", ondelete="CASCADE"), index=True)
    #: The plan's own number, "S3.O1.A1.C2".
    ref: Mapped[str] = mapped_column(String(40))
    #: Place in the whole plan, as it is read.
    position: Mapped[int]
    #: training, convening, dissemination ...: the plan's word for what it is.
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)

    #: How many were promised; null where the plan gives no number.
    promised_count: Mapped[int | None]
    #: Whether the plan says "at least".
    is_minimum: Mapped[bool] = mapped_column(default=False)
    count_verbatim: Mapped[str | None] = mapped_column(Text)
    count_note: Mapped[str | None] = mapped_column(Text)
    #: What keeps it: one of `aims.PROGRESS_KINDS`.
    progress_kind: Mapped[str] = mapped_column(String(12))
    #: Whom it must reach, as the file or staff name them; empty where that follows from its words.
    expected: Mapped[list[str]] = mapped_column(JSON, default=list)
    #: Event kinds that count toward it; empty where no event does.
    counts_kinds: Mapped[list[str]] = mapped_column(JSON, default=list)

    #: "by mid-2018"
    due_verbatim: Mapped[str | None] = mapped_column(String(200))
    #: How the words were read: month, quarter, by_date ...; none without any, unread where nobody could.
    due_type: Mapped[str] = mapped_column(String(20))
    due_starts_on: Mapped[date | None]
    due_ends_on: Mapped[date | None]
    #: Whether the words allow another reading.
    is_due_ambiguous: Mapped[bool] = mapped_column(default=False)

    #: Who answers for it, as the plan prints it, and the organization of that name where we know one.
    responsible: Mapped[str | None] = mapped_column(String(200))
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    partners: Mapped[list[str]] = mapped_column(JSON, default=list)
    audience: Mapped[str | None] = mapped_column(Text)
    #: Whether the plan itself says that it was done when it was printed.
    is_done_in_plan: Mapped[bool] = mapped_column(default=False)

    #: Who looks after it here, as a coordinator says; both null for whoever the plan prints.
    owner_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    owner_organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    #: Rises with every edit, so that two coordinators cannot overwrite each other.
    revision: Mapped[int] = mapped_column(default=1)
