"""Counts tries, so that guessing and flooding end early; knows addresses and numbers by hash only."""

from datetime import datetime, timedelta

from sqlalchemy import String, case, delete
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
    fresh = {"window_ends_at": now + per, "tries": 1}
    is_over = Throttle.window_ends_at <= now
    statement = insert(Throttle).values(key=vault.hash(subject, purpose=f"throttle {purpose}"), **fresh)
    tries, window_ends_at = db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={
                "window_ends_at": case((is_over, now + per), else_=Throttle.window_ends_at),
                "tries": case((is_over, 1), else_=Throttle.tries + 1),
            },
        ).returning(Throttle.tries, Throttle.window_ends_at)
    ).one()
    if tries > limit:
        raise TooManyRequestsError(
            N_("That was tried too often. Please wait a while and try again."),
            retry_after_seconds=max(1, int((window_ends_at - now).total_seconds())),
        )


def sweep(*, now: datetime) -> None:
    """Deletes windows that are over."""
    db.session.execute(delete(Throttle).where(Throttle.window_ends_at <= now))
