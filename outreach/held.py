"""How much is held of each thing in the inventory, counted after every round of deleting."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime, db, insert
from outreach.inventory import HOLDINGS

#: Fewer are not told apart: a number of two or three says something about people.
FEW = 10


class HoldingCount(Base):
    """The records of one holding at the last round."""

    __tablename__ = "holding_count"

    #: `Holding.id`.
    holding_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    records: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


def take_stock(*, now: datetime) -> None:
    """Counts what is held now, as the end of a round of deleting. Flushes.

    Counted are the values of a holding's first column.
    """
    counts = [
        select(func.count(_column(holding.columns[0]))).scalar_subquery().label(holding.id)
        for holding in HOLDINGS
    ]
    found = db.session.execute(select(*counts)).one()._asdict()
    statement = insert(HoldingCount).values(
        [{"holding_id": name, "records": records, "at": now} for name, records in found.items()]
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[HoldingCount.holding_id],
            set_={"records": statement.excluded.records, "at": statement.excluded.at},
        )
    )


def counted_at() -> datetime | None:
    """When the last round of deleting ended; None before the first."""
    return db.session.scalar(select(func.max(HoldingCount.at)))


def records() -> dict[str, int | None]:
    """How many records each holding has, rounded down to ten, by its id; None for a few, or none at all."""
    rows = db.session.execute(select(HoldingCount.holding_id, HoldingCount.records))
    return {row.holding_id: row.records // 10 * 10 if row.records >= FEW else None for row in rows}


def _column(name: str) -> Column[Any]:
    table, _, column = name.partition(".")
    return Base.metadata.tables[table].c[column]
