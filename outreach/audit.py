"""The audit log: what staff and the program did to what is held; lines are added, never changed.

It holds nothing of a guest: staff by number, things by number, times by the hour, and counts. So it can be
kept for longer than what it is about, and read by whoever looks after privacy.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import JSON, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from outreach.chain import START, Deed, End, Entry, Link, first_fault, tied
from outreach.database import Base, UTCDateTime, db, insert

KEPT_MONTHS = 13

_HEAD, _ANCHOR = "head", "anchor"
#: Nothing that could be a phone number, a name with blanks, or a sentence.
_SUBJECT = re.compile(r"[a-z_]*(:[a-z0-9_]{1,20}){0,2}", re.ASCII)
_DIGITS_OF_A_PHONE = re.compile(r"\d{7}")
_ROWS = 1_000


class AuditEntry(Base):
    """One line; `digest` ties it to the line before."""

    __tablename__ = "audit_entry"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_hour: Mapped[datetime] = mapped_column(UTCDateTime)
    #: No foreign key: a line must stay as it is whatever becomes of the account.
    staff_id: Mapped[int | None]
    deed: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(60))
    numbers: Mapped[dict[str, int]] = mapped_column(JSON)
    before: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditEnd(Base):
    """The two ends of the chain: the newest line, and the last one that was cut off."""

    __tablename__ = "audit_end"

    name: Mapped[str] = mapped_column(String(6), primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


def record(
    deed: Deed,
    *,
    staff_id: int | None,
    subject: str = "",
    numbers: Mapping[str, int] | None = None,
    now: datetime,
) -> None:
    """Adds a line. Flushes; call it last, since whoever writes next waits until this is committed.

    `staff_id` is None for the program. Raises ValueError for a subject in which a guest could be.
    """
    if not _SUBJECT.fullmatch(subject) or _DIGITS_OF_A_PHONE.search(subject):
        raise ValueError("the audit log takes no free words and no long numbers")
    ends = AuditEnd.__table__.c
    # The row of the head is the lock: of two writers at once the second reads what the first has left.
    seq, before = db.session.execute(
        insert(AuditEnd)
        .values(name=_HEAD, seq=1, digest=START)
        .on_conflict_do_update(index_elements=[AuditEnd.name], set_={"seq": ends.seq + 1})
        .returning(ends.seq, ends.digest)
    ).one()
    at_hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    link = tied(Entry(seq, at_hour, staff_id, deed.value, subject, dict(numbers or {})), before)
    db.session.execute(insert(AuditEntry).values(**_columns(link)))
    _set_end(_HEAD, End(seq, link.digest))


def fault() -> int | None:
    """The number of the first line that is not as it was written, or missing; None for a whole log."""
    ends = (_end(_ANCHOR), head())
    lines = select(AuditEntry).order_by(AuditEntry.seq)
    # A log that is broken is not read to its end, so the reading must be closed.
    with db.session.scalars(lines.execution_options(yield_per=_ROWS, populate_existing=True)) as rows:
        found = first_fault(map(_link, rows), anchor=ends[0], head=ends[1])
    if found is None or ends == (_end(_ANCHOR), head()):
        return found
    # Somebody wrote between the readings.
    return fault()


def head() -> End:
    """The newest line's number and digest: noted elsewhere, it shows later that nothing was rewritten."""
    return _end(_HEAD)


def holds_line(noted: End) -> bool:
    """Whether a line that was noted is still in the log as it was, or was the last to be cut off."""
    kept = db.session.scalar(select(AuditEntry.digest).where(AuditEntry.seq == noted.seq))
    return kept == noted.digest or noted == _end(_ANCHOR)


def listed(*, number: int, per_page: int) -> list[Entry]:
    """One page of the log, counted from 1, the newest line first; one query."""
    rows = db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq.desc()).offset((number - 1) * per_page).limit(per_page)
    )
    return [_link(row).entry for row in rows]


def count() -> int:
    """How many lines the log has."""
    return db.session.scalar(select(func.count(AuditEntry.seq))) or 0


def cut(*, now: datetime) -> int:
    """Deletes the lines of whole months that are over thirteen months old; returns how many. Flushes.

    That it did stands in the log, so that nobody else can shorten it unseen.
    """
    limit = _first_day(now)
    newest = db.session.scalar(select(func.max(AuditEntry.seq)).where(AuditEntry.at_hour < limit))
    # Clocks of two machines may differ: only what lies before everything that is kept goes.
    kept = db.session.scalar(select(func.min(AuditEntry.seq)).where(AuditEntry.at_hour >= limit))
    until = min(newest or 0, (kept or head().seq + 1) - 1)
    digest = db.session.scalar(select(AuditEntry.digest).where(AuditEntry.seq == until))
    if digest is None:
        return 0
    gone = db.session.execute(
        delete(AuditEntry).where(AuditEntry.seq <= until).returning(AuditEntry.seq)
    ).all()
    _set_end(_ANCHOR, End(until, digest))
    record(Deed.LOG_CUT, staff_id=None, numbers={"until": until, "lines": len(gone)}, now=now)
    return len(gone)


def _first_day(now: datetime) -> datetime:
    months = now.year * 12 + now.month - 1 - KEPT_MONTHS
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)


def _link(row: AuditEntry) -> Link:
    entry = Entry(row.seq, row.at_hour, row.staff_id, row.deed, row.subject, row.numbers)
    return Link(entry, row.before, row.digest)


def _columns(link: Link) -> dict[str, object]:
    entry = link.entry
    return {
        "seq": entry.seq,
        "at_hour": entry.at_hour,
        "staff_id": entry.staff_id,
        "deed": entry.deed,
        "subject": entry.subject,
        "numbers": entry.numbers,
        "before": link.before,
        "digest": link.digest,
    }


def _end(name: str) -> End:
    row = db.session.execute(select(AuditEnd.seq, AuditEnd.digest).where(AuditEnd.name == name)).one_or_none()
    return End(*row) if row else End()


def _set_end(name: str, end: End) -> None:
    values = {"seq": end.seq, "digest": end.digest}
    db.session.execute(
        insert(AuditEnd)
        .values(name=name, **values)
        .on_conflict_do_update(index_elements=[AuditEnd.name], set_=values)
    )
