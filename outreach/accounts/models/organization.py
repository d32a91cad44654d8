"""Organizations: the bodies that host events and promise things."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from outreach.accounts.models.jurisdiction import Jurisdiction
from outreach.database import Base
from outreach.folding import folded


class Organization(Base):
    """One body, public by name."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    #: The name in one plain form, which a search is compared with.
    search_words: Mapped[str] = mapped_column(Text, default="")
    #: One of `accounts.sectors.SECTORS`; decides access for law enforcement, so staff cannot change it.
    sector: Mapped[str] = mapped_column(String(20))
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdiction.id"), index=True)
    website: Mapped[str | None] = mapped_column(String(300))
    #: A trusted organization's events and edits appear without review.
    is_trusted: Mapped[bool] = mapped_column(default=False)

    jurisdiction: Mapped[Jurisdiction | None] = relationship()

    @validates("name")
    def _note_words(self, _field: str, name: str) -> str:
        self.search_words = folded(name)
        return name
