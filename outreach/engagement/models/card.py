"""Connection cards: where one was shown this quarter, and what its holder said; then only counts."""

from sqlalchemy import Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base


class CardProgram(Base):
    """An organization that chose to use connection cards at its events."""

    __tablename__ = "card_program"

    organization_id: Mapped[int] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True
    )


class CardQuarter(Base):
    """A quarter whose cards are not counted yet. Its salt is part of every hash, and dies with the rows.

    Without it nobody can tell any more which card a copy of the rows speaks of, nor connect two quarters.
    """

    __tablename__ = "card_quarter"

    #: Like "2026-Q3".
    name: Mapped[str] = mapped_column(String(7), primary_key=True)
    salt: Mapped[str] = mapped_column(String(22))


class CardVisit(Base):
    """A card that was shown at an event; no person, no number, no time nearer than the event."""

    __tablename__ = "card_visit"

    token_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[int] = mapped_column(
        ForeignKey("event.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quarter: Mapped[str] = mapped_column(ForeignKey("card_quarter.name", ondelete="CASCADE"), index=True)


class CardAnswer(Base):
    """What a card's holder said of themselves this quarter: a total's name of the question."""

    __tablename__ = "card_answer"

    token_hash: Mapped[str] = mapped_column(String(40), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("card_quarter.name", ondelete="CASCADE"), index=True)
    answer: Mapped[str] = mapped_column(String(10))


class CardTotal(Base):
    """All that is left of a quarter's cards: `Encounters`, and at how many events they were shown."""

    __tablename__ = "card_total"

    quarter: Mapped[str] = mapped_column(String(7), primary_key=True)
    events: Mapped[int]
    newcomers: Mapped[int]
    residents: Mapped[int]
    possible: Mapped[int]
    pairs: Mapped[int]
    pairs_again: Mapped[int]
    crossed: Mapped[int]
    crossed_again: Mapped[int]
    expected: Mapped[float] = mapped_column(Float)
    expected_again: Mapped[float] = mapped_column(Float)
    newcomers_reached: Mapped[int]
    newcomers_reached_again: Mapped[int]
    residents_reached: Mapped[int]
    residents_reached_again: Mapped[int]
    newcomer_weight: Mapped[float] = mapped_column(Float)
    resident_weight: Mapped[float] = mapped_column(Float)
    crossed_weight: Mapped[float] = mapped_column(Float)
