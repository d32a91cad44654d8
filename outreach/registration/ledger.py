"""The ledger of consent: lines are added and read; who may be texted about what is for others to decide."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from outreach.database import db
from outreach.registration.models import ConsentEvent
from outreach.registration.scopes import ALL
from outreach.vault import Vault

#: granted: agreed. asked: somebody asked for it who has not shown that the number is theirs. stopped,
#: restarted: by the words for it. kept: after a stop, texts of one scope all the same.
GRANTED, ASKED, STOPPED, RESTARTED, KEPT = ACTIONS = ("granted", "asked", "stopped", "restarted", "kept")

_NEWEST = (
    select(ConsentEvent.scope, ConsentEvent.action, func.max(ConsentEvent.id))
    .where(
        ConsentEvent.phone_hash == bindparam("phone_hash"),
        or_(
            (ConsentEvent.scope == ALL) & ConsentEvent.action.in_((STOPPED, RESTARTED)),
            ConsentEvent.scope.in_(bindparam("scopes", expanding=True)) & (ConsentEvent.action == KEPT),
        ),
    )
    .group_by(ConsentEvent.scope, ConsentEvent.action)
)


def stopped_scopes(phone_hash: str, scopes: Iterable[str]) -> set[str]:
    """Those of the scopes for which a number said STOP, and since then neither START nor "these texts".

    A new yes on a form does not count: whoever fills it in may not be the one who said STOP, and the
    vendor holds its own block until START comes from the number itself. Pages say so to the guest.
    """
    asked = sorted(set(scopes))
    rows = db.session.execute(_NEWEST, {"phone_hash": phone_hash, "scopes": asked})
    newest = {(scope, action): newest_id for scope, action, newest_id in rows}
    stopped_id = newest.get((ALL, STOPPED), 0)
    if stopped_id <= newest.get((ALL, RESTARTED), 0):
        return set()
    return {scope for scope in asked if newest.get((scope, KEPT), 0) < stopped_id}


def has_stopped_texts(phone_hash: str, scope: str = ALL) -> bool:
    """Whether a number gets no texts of one scope because it said STOP; see `stopped_scopes`."""
    return bool(stopped_scopes(phone_hash, [scope]))


def has_agreed(phone_hash: str) -> bool:
    """Whether a yes of a number is on record, to whatever scope and however long ago."""
    agreed = select(ConsentEvent.id).where(
        ConsentEvent.phone_hash == phone_hash, ConsentEvent.action == GRANTED
    )
    return db.session.scalar(agreed.limit(1)) is not None


def source_of_stop(phone_hash: str) -> str | None:
    """Where the newest refusal of everything came from: text, call, vendor; None when there is none."""
    return db.session.scalar(
        select(ConsentEvent.source)
        .where(
            ConsentEvent.phone_hash == phone_hash, ConsentEvent.scope == ALL, ConsentEvent.action == STOPPED
        )
        .order_by(ConsentEvent.id.desc())
        .limit(1)
    )


def record_consent(
    hashed: str,
    action: str,
    wording: str,
    locale: str,
    *,
    scope: str,
    version: str = "",
    source: str,
    vault: Vault,
    now: datetime,
) -> None:
    """Adds a line to the ledger of consent, with the exact words. Flushes nothing."""
    db.session.add(
        ConsentEvent(
            phone_hash=hashed,
            scope=scope,
            action=action,
            source=source,
            sealed=vault.seal({"wording": wording, "locale": locale}, place="consent"),
            version=version,
            at=now,
        )
    )
