"""What staff wrote down as done toward a promise: about public bodies and papers, never about a guest."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime


class PlanEvidence(Base):
    """One delivery to a body, one body at a convening, one contact or round of them, or one document."""

    __tablename__ = "plan_evidence"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("jurisdiction_id IS NULL OR organization_id IS NULL", name="body"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id", ondelete="CASCADE"), index=True)
    on: Mapped[date] = mapped_column(Date)
    #: Whom it reached: a place or an organization; neither for a paper, or a round of contacts.
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    #: When the body said that it has it.
    acknowledged_on: Mapped[date | None]
    #: How the contact was made, one of `evidence_kinds.CONTACTS`.
    contact: Mapped[str | None] = mapped_column(String(12))
    #: Contacts that this row stands for.
    quantity: Mapped[int] = mapped_column(default=1)
    #: Of the document or the convening; of contacts, with whom they were made.
    title: Mapped[str] = mapped_column(String(200), default="")
    #: Where the document can be read.
    link: Mapped[str | None] = mapped_column(String(500))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
