"""Staff: people who sign in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.accounts.models.organization import Organization
from outreach.database import Base, UTCDateTime
from outreach.policy import Actor, Role


class Staff(Base):
    """One person who signs in with an e-mail address and a password."""

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Lower case.
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    #: Null for administrators and coordinators who work for the region itself.
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    #: Argon2id, with its parameters inside.
    password_hash: Mapped[str] = mapped_column(String(200))
    locale: Mapped[str] = mapped_column(String(12), default="en")
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    organization: Mapped[Organization | None] = relationship()

    @property
    def actor(self) -> Actor:
        """This person as the policy sees them."""
        sector = self.organization.sector if self.organization else None
        return Actor(Role(self.role), self.organization_id, sector)
