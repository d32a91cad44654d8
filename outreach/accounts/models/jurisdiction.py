"""Places that govern: the region, its counties, their cities."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from outreach.database import Base


class Jurisdiction(Base):
    """One node of the tree region > county > city."""

    __tablename__ = "jurisdiction"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Stable name in addresses and import files, "jackson-county-mo".
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    #: region, county or city.
    level: Mapped[str] = mapped_column(String(10))
    #: Two-letter state; null for a region that spans two.
    state: Mapped[str | None] = mapped_column(String(2))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"), index=True)

    parent: Mapped["Jurisdiction | None"] = relationship(remote_side=[id])
