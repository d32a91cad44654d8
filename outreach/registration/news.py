"""Lists of numbers that want news of events: joined, confirmed by the number itself, left, forgotten.

It sends nothing, and knows no stop: whether a number may be texted is decided where texts are sent.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from outreach import audit
from outreach.chain import Deed
from outreach.database import db, insert
from outreach.registration import holds
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import ASKED, GRANTED, record_consent
from outreach.registration.models import NewsReader
from outreach.registration.pauses import is_paused
from outreach.registration.requests import Consent
from outreach.vault import Vault

#: Whoever does not answer whether the number is theirs is forgotten, and asked at most once a day.
ANSWER_WITHIN, ASKED_AT_MOST = timedelta(days=3), timedelta(days=1)
#: After so long without a word the number may have another holder.
KEPT_SILENT = timedelta(days=365)
_SEEN_EVERY = timedelta(days=1)

_PLACE = "news"
#: Before any question.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """What is known of somebody who wants news."""

    phone: str
    locale: str


def join(
    phone: str, scope: str, consent: Consent, *, locale: str, source: str, is_proven: bool, vault: Vault,
    now: datetime,
) -> bool:  # fmt: skip
    """Puts a number on a list, with the words that were agreed to; says whether it gets news now. Flushes.

    A number that was only typed in (`is_proven` is false) gets none before it has said yes itself; asked
    for again within a day, nothing is done anew. One that is on stays on.
    """
    hashed = phone_hash(vault, phone)
    action = GRANTED if is_proven else ASKED
    record_consent(
        hashed, action, consent.wording, locale,
        scope=scope, version=consent.version, source=source, vault=vault, now=now,
    )  # fmt: skip
    values = {
        "sealed": vault.seal(asdict(ReaderFacts(phone, locale)), place=_PLACE),
        "is_on": is_proven,
        "asked_at": now,
        "seen_at": now,
    }
    is_stale = and_(~NewsReader.is_on, NewsReader.asked_at <= now - ASKED_AT_MOST)
    db.session.execute(
        insert(NewsReader)
        .values(phone_hash=hashed, scope=scope, **values)
        .on_conflict_do_update(
            index_elements=[NewsReader.phone_hash, NewsReader.scope],
            set_=values,
            where=None if is_proven else is_stale,
        )
    )
    db.session.flush()
    return scope in {row.scope for row in of_number(hashed) if row.is_on}


def leave(hashed: str, scope: str | None = None) -> list[str]:
    """Takes a number off one list, or off all; returns which it was on. Flushes; twice is harmless.

    Under a hold its rows stay, as those of somebody who never answered.
    """
    if is_paused("news", None, holds.active()):
        statement: Any = _silencing().where(NewsReader.phone_hash == hashed)
    else:
        statement = delete(NewsReader).where(NewsReader.phone_hash == hashed)
    if scope is not None:
        statement = statement.where(NewsReader.scope == scope)
    was_on = {row.scope for row in of_number(hashed) if row.is_on}
    left = db.session.scalars(statement.returning(NewsReader.scope)).all()
    return sorted(was_on & set(left))


def of_number(hashed: str) -> list[NewsReader]:
    """The lists that a number is on or was put on, by the time of asking; one query."""
    return list(
        db.session.scalars(
            select(NewsReader)
            .where(NewsReader.phone_hash == hashed)
            .order_by(NewsReader.asked_at.desc(), NewsReader.id)
            .execution_options(populate_existing=True)
        )
    )


def on_lists(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these numbers (hashed) and lists those that are on, or asked whether they want to be; one query."""
    asked = set(pairs)
    rows = db.session.execute(
        select(NewsReader.phone_hash, NewsReader.scope).where(
            NewsReader.phone_hash.in_({hashed for hashed, _ in asked})
        )
    )
    return {(hashed, scope) for hashed, scope in rows} & asked


def facts_of(sealed: bytes, *, vault: Vault) -> ReaderFacts:
    """The facts of `news_reader.sealed`. Raises SealedValueError."""
    return ReaderFacts(**vault.open(sealed, place=_PLACE))


def speak_from_now_on(hashed: str, phone: str, locale: str, *, vault: Vault) -> None:
    """Changes the language in which a number gets news. Flushes."""
    sealed = vault.seal(asdict(ReaderFacts(phone, locale)), place=_PLACE)
    db.session.execute(update(NewsReader).where(NewsReader.phone_hash == hashed).values(sealed=sealed))


def see(hashed: str, *, now: datetime) -> None:
    """Notes a sign of life of a number, once a day at most."""
    db.session.execute(
        update(NewsReader)
        .where(NewsReader.phone_hash == hashed, NewsReader.is_on, NewsReader.seen_at <= now - _SEEN_EVERY)
        .values(seen_at=now)
    )


def to_forget(*, now: datetime) -> list[int]:
    """Ids of those who did not answer, or gave no sign of life for a year; none under a hold."""
    if is_paused("news", None, holds.active()):
        return []
    return list(
        db.session.scalars(
            select(NewsReader.id)
            .where(
                or_(
                    ~NewsReader.is_on & (NewsReader.asked_at <= now - ANSWER_WITHIN),
                    NewsReader.seen_at <= now - KEPT_SILENT,
                )
            )
            .order_by(NewsReader.id)
        )
    )


def forget(*, now: datetime) -> int:
    """Deletes them; returns how many. Flushes."""
    ids = to_forget(now=now)
    if ids:
        db.session.execute(delete(NewsReader).where(NewsReader.id.in_(ids)))
        audit.record(Deed.PURGED, staff_id=None, subject="news", numbers={"readers": len(ids)}, now=now)
    return len(ids)


def _silencing() -> Any:
    """Turns rows into those of a question that is too old to be answered, or asked once more."""
    return (
        update(NewsReader).values(is_on=False, asked_at=_NEVER).execution_options(synchronize_session=False)
    )
