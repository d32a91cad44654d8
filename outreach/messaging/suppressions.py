"""Numbers and what they are not texted about: their holder said stop, the vendor blocks them, or no text
reaches them.

Whatever concerns consent also goes into the ledger. Only START from the number itself ends a stop of
everything or a block, or a key what a key ended; registering again does not. Knows no words: what a text
means is read elsewhere.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from outreach.database import db, insert
from outreach.events.models import Event
from outreach.messaging.due import is_silenced
from outreach.messaging.expectations import suppressions
from outreach.messaging.models import Suppression
from outreach.registration import holds, news, scopes
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import KEPT, RESTARTED, STOPPED, record_consent, source_of_stop
from outreach.registration.pauses import is_paused
from outreach.registration.retention import KEPT_AFTER_EVENT
from outreach.registration.scopes import ALL, Reason, Silence
from outreach.vault import Vault

#: A weaker reason never takes the place of a stronger one.
_STRENGTH: dict[str, int] = {"voice_only": 0, "unreachable": 1, "blocked": 2, "stop": 3}


def stop(phone: str, wording: str, locale: str, *, source: str = "text", vault: Vault, now: datetime) -> bool:
    """Ends all texts to a number, in the words it came in; says whether they went on until now. Flushes.

    It ends news for good: START does not bring them back. Said again, it adds a line to the ledger, and
    ends what was kept since.
    """
    hashed = phone_hash(vault, phone)
    record_consent(hashed, STOPPED, wording, locale, scope=ALL, source=source, vault=vault, now=now)
    news.leave(hashed)
    kept = db.session.execute(
        delete(Suppression)
        .where(Suppression.phone_hash == hashed, Suppression.reason == "kept")
        .returning(Suppression.scope)
    ).all()
    return _suppress(hashed, "stop", now=now) not in ("stop", "blocked") or bool(kept)


def keep(phone: str, event: Event, wording: str, locale: str, *, vault: Vault, now: datetime) -> bool:
    """Lets texts about one event go on after a stop, as its holder asks; says whether they do. Flushes.

    Against a block of the vendor, or without a stop, it does nothing.
    """
    hashed = phone_hash(vault, phone)
    if reason(hashed) != "stop":
        return False
    scope = scopes.of_event(event.id)
    record_consent(hashed, KEPT, wording, locale, scope=scope, source="text", vault=vault, now=now)
    _write(hashed, scope, "kept", now=now, until_at=event.ends_at + KEPT_AFTER_EVENT)
    return True


def stop_scope(
    hashed: str, scope: str, wording: str, locale: str, *, version: str = "", source: str, vault: Vault,
    now: datetime,
) -> None:  # fmt: skip
    """Ends texts of one scope; others go on. Flushes; said again, it adds a line to the ledger only."""
    record_consent(
        hashed, STOPPED, wording, locale, scope=scope, version=version, source=source, vault=vault, now=now
    )
    news.leave(hashed, scope)
    _write(hashed, scope, "stop", now=now)


def allow_scope(hashed: str, scope: str) -> None:
    """Takes away what was said against one scope. Never touches a stop of everything. Flushes."""
    assert scope != ALL
    db.session.execute(
        delete(Suppression).where(Suppression.phone_hash == hashed, Suppression.scope == scope)
    )


def start(
    phone: str, wording: str, locale: str, *, source: str = "text", vault: Vault, now: datetime
) -> bool:
    """Lets texts to a number begin again; says whether they were stopped. Flushes.

    What it stopped on its own, as news, stays stopped.
    """
    hashed = phone_hash(vault, phone)
    record_consent(hashed, RESTARTED, wording, locale, scope=ALL, source=source, vault=vault, now=now)
    ended = db.session.scalars(
        delete(Suppression)
        .where(Suppression.phone_hash == hashed, or_(Suppression.scope == ALL, Suppression.reason == "kept"))
        .returning(Suppression.scope)
    ).all()
    db.session.flush()
    return ALL in ended


def start_by_call(phone: str, wording: str, locale: str, *, vault: Vault, now: datetime) -> bool:
    """Lets calls and texts begin again that were ended in a call; says whether they may come now. Flushes.

    What a text or the vendor ended stays ended: a caller's number can be forged.
    """
    hashed = phone_hash(vault, phone)
    if is_ended_in_call(hashed):
        start(phone, wording, locale, source="call", vault=vault, now=now)
        return True
    return not is_silenced(reason(hashed), "voice")


def is_ended_in_call(hashed: str) -> bool:
    """Whether calls and texts to a number rest because a key in a call of ours ended them."""
    return reason(hashed) == "stop" and source_of_stop(hashed) == "call"


def block(hashed: str, wording: str, *, vault: Vault, now: datetime) -> None:
    """Notes that the vendor refuses to text a number because its holder told it so. Flushes.

    `wording` is the vendor's answer, for the ledger. Twilio's is error 21610.
    """
    if reason(hashed) == "blocked" or (reason(hashed) == "stop" and kept_scope(hashed) is None):
        return
    record_consent(hashed, STOPPED, wording, "", scope=ALL, source="vendor", vault=vault, now=now)
    news.leave(hashed)
    db.session.execute(
        delete(Suppression).where(Suppression.phone_hash == hashed, Suppression.reason == "kept")
    )
    _suppress(hashed, "blocked", now=now)


def set_unreachable(hashed: str, *, now: datetime) -> None:
    """Notes that no text can reach a number, as a landline or one out of service. Flushes."""
    _suppress(hashed, "unreachable", now=now)


def set_voice_only(hashed: str, *, now: datetime) -> None:
    """Notes that texts do not reach a number, as a landline, and that it is called instead. Flushes."""
    _suppress(hashed, "voice_only", now=now)


def hear(hashed: str) -> None:
    """Notes that a number texted us, so that texts reach it after all. Ends neither stop nor block."""
    db.session.execute(
        delete(Suppression).where(
            Suppression.phone_hash == hashed, Suppression.reason.in_(("unreachable", "voice_only"))
        )
    )


def reason(hashed: str, scope: str = ALL) -> Silence | None:
    """Why a number is not texted about something; None when it may be."""
    return scopes.silence(suppressions([hashed]).get(hashed, {}), scope)


def is_suppressed(hashed: str, scope: str = ALL) -> bool:
    """Whether nothing of a scope may be sent to a number now."""
    return reason(hashed, scope) is not None


def kept_scope(hashed: str) -> str | None:
    """What a number still gets texts about after its stop, the newest choice; None for nothing."""
    return db.session.scalar(
        select(Suppression.scope)
        .where(Suppression.phone_hash == hashed, Suppression.reason == "kept")
        .order_by(Suppression.since_at.desc())
        .limit(1)
    )


def may_text(
    hashed: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], scope: str
) -> ColumnElement[bool]:
    """The condition of a query that `scopes.silence` finds nothing against texts to a number."""
    return _is_free(hashed, scope, never=("blocked", "unreachable"), unless_kept=("stop", "voice_only"))


def may_call(
    hashed: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], scope: str
) -> ColumnElement[bool]:
    """The condition of a query that what is on record holds no call to a number back."""
    return _is_free(hashed, scope, never=("blocked",), unless_kept=("stop",))


def takes_only_calls(
    hashed: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
) -> ColumnElement[bool]:
    """The condition of a query that texts do not reach a number and calls may."""
    return _says(hashed, ALL, "voice_only")


def forget(*, now: datetime) -> None:
    """Deletes what has nothing more to say, unless a hold keeps it.

    A hold never changes who is texted: what a guest takes back is taken back, and stands in the ledger.
    """
    if is_paused("consent", None, holds.active()):
        return
    db.session.execute(delete(Suppression).where(Suppression.until_at <= now))


def _is_free(
    hashed: InstrumentedAttribute[str] | InstrumentedAttribute[str | None],
    scope: str,
    *,
    never: tuple[str, ...],
    unless_kept: tuple[str, ...],
) -> ColumnElement[bool]:
    return and_(
        ~_says(hashed, ALL, *never),
        ~_says(hashed, scope, "stop"),
        or_(~_says(hashed, ALL, *unless_kept), _says(hashed, scope, "kept")),
    )


def _says(
    hashed: InstrumentedAttribute[str] | InstrumentedAttribute[str | None], scope: str, *reasons: str
) -> ColumnElement[bool]:
    row = Suppression.__table__.alias()
    return (
        select(row.c.phone_hash)
        .where(row.c.phone_hash == hashed, row.c.scope == scope, row.c.reason.in_(reasons))
        .exists()
    )


def _suppress(hashed: str, new: Reason, *, now: datetime) -> str | None:
    """Writes the new reason against everything unless there is a stronger one; returns the old one."""
    old = db.session.scalar(
        select(Suppression.reason).where(Suppression.phone_hash == hashed, Suppression.scope == ALL)
    )
    _write(hashed, ALL, new, now=now)
    return old


def _write(hashed: str, scope: str, new: Reason, *, now: datetime, until_at: datetime | None = None) -> None:
    values = {"reason": new, "since_at": now, "until_at": until_at}
    weaker = [name for name, strength in _STRENGTH.items() if strength < _STRENGTH.get(new, 0)]
    is_replaced = Suppression.reason.in_(weaker) if scope == ALL else Suppression.reason != new
    db.session.execute(
        insert(Suppression)
        .values(phone_hash=hashed, scope=scope, **values)
        # Looked at once more here: a stop may come in at this very moment.
        .on_conflict_do_update(
            index_elements=[Suppression.phone_hash, Suppression.scope], set_=values, where=is_replaced
        )
    )
    db.session.flush()
