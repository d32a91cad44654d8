"""Counts tries, so that guessing and flooding end early; knows addresses and numbers by hash only."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, case, delete
from sqlalchemy.orm import Mapped, mapped_column

from outreach.database import Base, UTCDateTime, db, insert
from outreach.errors import TooManyRequestsError
from outreach.i18n import N_
from outreach.vault import Vault


class Throttle(Base):
    """One window of tries of one subject; deleted when it is over."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    window_ends_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    tries: Mapped[int]


def count(purpose: str, subject: str, *, limit: int, per: timedelta, vault: Vault, now: datetime) -> None:
    """Counts one try of a subject (an address, a number) in a fixed window. Flushes.

    The count is shared by all processes. Raises TooManyRequestsError beyond `limit` within `per`.
    """
    counted = {"subject": vault.hash(subject, purpose=f"throttle {purpose}"), "at": now, "ends_at": now + per}
    connection = db.session.connection()
    tries, window_ends_at = connection.execute(_counting(connection.dialect.name), counted).one()
    if tries > limit:
        raise TooManyRequestsError(
            N_("That was tried too often. Please wait a while and try again."),
            retry_after_seconds=max(1, int((window_ends_at - now).total_seconds())),
        )


def forgive(purpose: str, subject: str, *, vault: Vault) -> None:
    """Forgets the tries of a subject who has shown to be the right one. Flushes."""
    key = vault.hash(subject, purpose=f"throttle {purpose}")
    db.session.execute(delete(Throttle).where(Throttle.key == key))


@cache
def _counting(_dialect: str) -> Any:
    """The statement, made once for each kind of database: making it costs more than running it."""
    windows = Throttle.__table__.c
    ends_at = bindparam("ends_at", type_=UTCDateTime())
    is_over = windows.window_ends_at <= bindparam("at", type_=UTCDateTime())
    statement = insert(Throttle.__table__).values(key=bindparam("subject"), window_ends_at=ends_at, tries=1)
    return statement.on_conflict_do_update(
        index_elements=[windows.key],
        set_={
            "window_ends_at": case((is_over, ends_at), else_=windows.window_ends_at),
            "tries": case((is_over, 1), else_=windows.tries + 1),
        },
    ).returning(windows.tries, windows.window_ends_at)


def sweep(*, now: datetime) -> None:
    """Deletes windows that are over."""
    db.session.execute(delete(Throttle).where(Throttle.window_ends_at <= now))
