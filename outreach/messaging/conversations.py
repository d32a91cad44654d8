"""Where the dialogue with each number stands, kept under a key of its day; knows no sentence."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from outreach.database import db, insert
from outreach.errors import ConflictError
from outreach.i18n import LANGUAGES, N_
from outreach.keystore import day_key
from outreach.messaging.models import Conversation
from outreach.messaging.turns import KEPT_FOR, Dialogue
from outreach.vault import SealedValueError, Vault

_PLACE = "conversation"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one number."""

    #: The language that was chosen; None while none was.
    locale: str | None = None
    dialogue: Dialogue | None = None
    #: What we said last, word for word: a yes to it is agreed to as it was shown.
    said: str = ""
    #: Which turn this is; 0 when nothing is kept.
    version: int = 0


def of_phone(phone_hash: str, *, vault: Vault, now: datetime) -> Kept:
    """What is kept of a number; nothing of a conversation that has rested too long."""
    row = db.session.get(Conversation, phone_hash, populate_existing=True)
    if row is None:
        return Kept()
    if row.expires_at <= now:
        return Kept(version=row.version)
    value = vault.open(row.sealed, place=_PLACE)
    dialogue = Dialogue.from_json(value["dialogue"]) if value["dialogue"] else None
    locale = value["locale"] if value["locale"] in LANGUAGES else None
    return Kept(locale, dialogue, value["said"], row.version)


def locales(hashes: Iterable[str], *, vault: Vault, now: datetime) -> dict[str, str]:
    """The languages that numbers chose in their conversations, of those that did; one query."""
    rows = db.session.execute(
        select(Conversation.phone_hash, Conversation.sealed).where(
            Conversation.phone_hash.in_(list(hashes)), Conversation.expires_at > now
        )
    )
    found: dict[str, str] = {}
    for hashed, sealed in rows:
        # One that nobody can read any more says nothing, and must not hide the others.
        with suppress(SealedValueError):
            locale = vault.open(sealed, place=_PLACE)["locale"]
            if locale in LANGUAGES:
                found[hashed] = locale
    return found


def keep(phone_hash: str, kept: Kept, *, vault: Vault, now: datetime) -> None:
    """Writes down a turn that began from `kept.version`. Flushes.

    Raises ConflictError when another turn came between: then nothing of this one may count.
    """
    value = {
        "locale": kept.locale,
        "dialogue": kept.dialogue.to_json() if kept.dialogue else None,
        "said": kept.said,
    }
    columns = {
        "sealed": vault.seal(value, place=_PLACE, key=day_key(now)),
        "version": kept.version + 1,
        "expires_at": now + KEPT_FOR,
    }
    if kept.version:
        statement = (
            update(Conversation)
            .where(Conversation.phone_hash == phone_hash, Conversation.version == kept.version)
            .values(**columns)
        )
    else:
        statement = insert(Conversation).values(phone_hash=phone_hash, **columns).on_conflict_do_nothing()
    if db.session.execute(statement.returning(Conversation.version)).scalar() is None:
        raise ConflictError(N_("This has changed meanwhile. Please try again."))


def forget(*, now: datetime) -> int:
    """Deletes conversations that have rested too long; returns how many."""
    gone = db.session.execute(
        delete(Conversation).where(Conversation.expires_at <= now).returning(Conversation.phone_hash)
    )
    return len(gone.all())
