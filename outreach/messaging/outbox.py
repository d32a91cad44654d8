"""The outbox: what is owed is written here, claimed, sent, and its outcome recorded; composes no words.

The table is the queue. A text is claimed and the claim committed before a byte leaves, so that a crash
at any point leaves evidence: a claim whose outcome nobody recorded is never simply sent again, it is
settled from what the vendor knows (`messaging.evidence`). This is the one place that commits around
the network; everywhere else services flush and edges commit.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, or_, select, update

from outreach.database import db, insert, transaction
from outreach.events.models import Event
from outreach.identifiers import link_token
from outreach.keystore import day_key
from outreach.messaging import doorbell, due, senders, status
from outreach.messaging.expectations import DERIVED, expectations, suppressions
from outreach.messaging.gateways.base import (
    Accepted,
    Kind,
    NotSent,
    Outcome,
    Rejected,
    Report,
    Unknown,
    taken,
)
from outreach.messaging.models import Broadcast, Message, SimulatedCall, SimulatedPhone, SimulatedText
from outreach.messaging.quiet import next_allowed_at
from outreach.messaging.segments import measure
from outreach.messaging.senders import Allowance
from outreach.messaging.validity import SHORTEST_SECONDS, next_quiet_at, validity_seconds
from outreach.messaging.verdicts import PAUSES
from outreach.registration import holds, news
from outreach.registration.guests import phone_hash
from outreach.registration.pauses import is_paused
from outreach.registration.scopes import ALL, silence
from outreach.vault import SealedValueError, Vault

log = logging.getLogger(__name__)

#: Every state of a message, and what it means.
STATES: Mapping[str, str] = {
    "ready": "waits until it is due",
    "claimed": "a worker has it; whether it left is known only to that worker",
    "accepted": "the vendor has it",
    "queued": "the vendor waits to send it",
    "sending": "the vendor sends it",
    "sent": "the phone network has it; not every network says more",
    "unconfirmed": "the phone network had it, and said no more within three days",
    "delivered": "the phone has it",
    "undelivered": "the phone network could not deliver it",
    "failed": "the vendor did not send it",
    "unknown": "it may have left or not; only evidence moves it",
    "suppressed": "its number is not texted (any more)",
    "expired": "its deadline passed before it could be sent",
    "cancelled": "no longer owed, and never sent",
    "dead": "nobody can tell whether it left, or it cannot be sent as it is: a person must look",
}
#: Dropped without having been sent: owed again, they come back to life.
DROPPED = ("suppressed", "cancelled")

#: The answer to STOP: the one text that a number gets after its holder refused all.
STOPPED_PURPOSE = "stopped"

#: How the keys of answers begin that somebody of the staff wrote; that person's id follows.
STAFF_KEY = "reply:staff:"

LONGEST_BODY = 1600

#: A claim is void after this; by then its worker has an outcome, or is dead.
LEASE = timedelta(seconds=90)
#: How long the vendor may take until it lists a text whose outcome we did not hear.
SETTLE = timedelta(seconds=120)
#: Between two calls to one number.
CALLS_APART = timedelta(minutes=5)
_WITH_VENDOR = ("accepted", "queued", "sending", "sent")
_UNDER_WAY = ("claimed", *_WITH_VENDOR, "unknown")
_LONGEST_BACKOFF = timedelta(minutes=1)
_KEPT_FOR = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class OutgoingText:
    """One text or call that is owed. It is sent from `not_before` on, by day, and not from `deadline` on."""

    #: One of `due.Purpose`, "reply", STOPPED_PURPOSE or `due.ANNOUNCEMENT`.
    purpose: str
    #: Whoever owes the same text gives the same key: `due.Owed.dedup_key`, or one of the inbound text.
    dedup_key: str
    #: One of `due.PRIORITY_*`.
    priority: int
    #: E.164.
    phone: str
    locale: str
    #: Exactly as it is sent.
    body: str
    deadline: datetime
    #: IANA zone of the phone, as far as we know, for quiet hours.
    zone: str
    not_before: datetime | None = None
    #: The registration it is about; the text is deleted with it.
    registration_id: int | None = None
    #: The key that dies with that registration; without one it is the day's.
    key: str | None = None
    #: When the text came in that this one answers.
    reply_to_at: datetime | None = None
    #: A start that guests know and that no longer holds.
    changed_start_at: datetime | None = None
    #: The announcement it belongs to.
    broadcast_id: int | None = None
    #: What its number can stop on its own, one of `registration.scopes`.
    scope: str = ALL
    #: The words of a call are for the record: they are said from the facts of when it is answered.
    channel: due.Channel = "text"


@dataclass(frozen=True, slots=True)
class Claim:
    """One text that this worker has, and nobody else: what is sent, and by when."""

    message_id: int
    #: Of this claim and those that were made with it.
    token: str
    #: E.164.
    to: str
    body: str
    validity_seconds: int
    channel: due.Channel
    #: What the pace counts, and the turn that was taken for it in seconds of the machine's clock.
    parts: int
    leaves_at: float = 0.0


def enqueue(text: OutgoingText, *, vault: Vault, now: datetime) -> bool:
    """Writes a text down in the caller's transaction; says whether it was new. Flushes.

    Under a key that is there already nothing changes, whatever became of that text. Raises ValueError
    for a body that is empty or longer than 1,600 signs.
    """
    statement = insert(Message).values(dedup_key=text.dedup_key, **_columns(text, vault=vault, now=now))
    written = db.session.execute(
        statement.on_conflict_do_nothing(index_elements=[Message.dedup_key]).returning(Message.id)
    ).scalar()
    if written is not None and text.reply_to_at is not None:
        # Somebody holds the phone in hand and waits.
        doorbell.ring()
    return written is not None


def rewrite(text: OutgoingText, *, vault: Vault, now: datetime) -> bool:
    """Says anew what was not sent yet, or was dropped and is owed again; says whether it did. Flushes."""
    written = db.session.execute(
        update(Message)
        .where(Message.dedup_key == text.dedup_key, Message.state.in_(("ready", *DROPPED)))
        .values(state="ready", final_at=None, error_code=None, **_columns(text, vault=vault, now=now))
        .returning(Message.id)
    ).scalar()
    return written is not None


def note_told(text: OutgoingText, *, vault: Vault, now: datetime) -> None:
    """Writes down what was said already, so that it is not said again under its key. Flushes."""
    told = {**_columns(text, vault=vault, now=now), "state": "delivered", "final_at": now}
    statement = insert(Message).values(dedup_key=text.dedup_key, **told)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=[Message.dedup_key]))


def _columns(text: OutgoingText, *, vault: Vault, now: datetime) -> dict[str, Any]:
    if not 0 < len(text.body) <= LONGEST_BODY:
        raise ValueError(f"a text of {len(text.body)} signs cannot be sent")
    content = {"to": text.phone, "locale": text.locale, "body": text.body}
    not_before = text.not_before or now
    return {
        "purpose": text.purpose,
        "channel": text.channel,
        "priority": text.priority,
        "registration_id": text.registration_id,
        "broadcast_id": text.broadcast_id,
        "phone_hash": phone_hash(vault, text.phone),
        "scope": text.scope,
        "sealed": vault.seal(content, place="message", key=text.key or day_key(now)),
        "segments": measure(text.body).parts if text.channel == "text" else 1,
        "not_before": not_before,
        "deadline": text.deadline,
        "due_at": max(not_before, now),
        "zone": text.zone,
        "changed_start_at": text.changed_start_at,
        "reply_to_at": text.reply_to_at,
        "created_at": now,
    }


def claim(
    limit: int, *, allowed: Allowance, vault: Vault, now: datetime, at: float | None = None
) -> list[Claim]:
    """Takes up to `limit` texts that are due, the most urgent first, and a turn for each. Commits.

    Everything that could have changed since a text was written is looked at once more: its deadline,
    its number, whether it is still owed, the hour. `at` is the machine's clock in seconds; without it
    every text leaves at once. Empty when nothing is due, or the sender has no turn.
    """
    while db.session.scalar(_due(now).with_only_columns(Message.id).limit(1)) is not None:
        with transaction() as session:
            rows = session.scalars(_due(now).limit(limit).with_for_update(skip_locked=True)).all()
            sendable = _sendable(rows, now=now)
            claims = _claimed(sendable, allowed, vault=vault, now=now, at=at)
        if claims or sendable or not rows:
            return claims
    db.session.rollback()
    return []


def record(outcomes: Sequence[tuple[Claim, Outcome]], *, vault: Vault, now: datetime) -> None:
    """Notes what came of claimed texts. Commits.

    That the vendor has a text is true whoever says so. Anything else counts only from the worker that
    still holds the claim.
    """
    with transaction() as session:
        wanted = select(Message).where(Message.id.in_([claim.message_id for claim, _ in outcomes]))
        rows = {row.id: row for row in session.scalars(wanted.order_by(Message.id).with_for_update())}
        reports: dict[Message, Report] = {}
        for claim, outcome in outcomes:
            row = rows.get(claim.message_id)
            if row is None:
                continue
            if isinstance(outcome, Accepted):
                reports[row] = taken(outcome.sid, outcome.status)
            elif row.state == "claimed" and row.claim_token == claim.token:
                _note(row, outcome, vault=vault, now=now)
        status.advance(reports, vault=vault, now=now)


def forget(*, now: datetime) -> int:
    """Deletes texts that are about no registration, some days after their end; returns how many. Flushes.

    Those about a registration are deleted with it. What the simulated vendor keeps goes as well. Under a
    hold on texts nothing goes.
    """
    if is_paused("texts", None, holds.active()):
        return 0
    long_ago = now - _KEPT_FOR
    is_over = or_(
        Message.final_at <= long_ago,
        # An answer is as old as what it answers, even if no worker was there to end it.
        Message.final_at.is_not(None) & (Message.reply_to_at <= long_ago),
        # A vendor that says nothing of a text for so long says nothing more of it.
        Message.state.in_(_WITH_VENDOR) & (Message.accepted_at <= long_ago),
    )
    gone = db.session.execute(
        delete(Message).where(Message.registration_id.is_(None), is_over).returning(Message.id)
    )
    db.session.execute(delete(SimulatedText).where(SimulatedText.created_at <= now - _KEPT_FOR))
    db.session.execute(delete(SimulatedCall).where(SimulatedCall.created_at <= now - _KEPT_FOR))
    db.session.execute(delete(SimulatedPhone).where(SimulatedPhone.chosen_at <= now - _KEPT_FOR))
    return len(gone.all())


def _due(now: datetime) -> Select[Message]:
    return (
        select(Message)
        .where(Message.state == "ready", Message.due_at <= now)
        .order_by(Message.priority, Message.due_at, Message.id)
    )


def _sendable(rows: Sequence[Message], *, now: datetime) -> list[Message]:
    """Those of the rows that may leave now; what became of the others is noted on them."""
    known = expectations(row.registration_id for row in rows if row.registration_id and _is_derived(row))
    owed = {text.dedup_key for one in known.values() for text in due.owed(one, now)}
    wanted = _wanted_news(rows)
    owed |= _announced(rows, known, wanted, now)
    owed |= {row.dedup_key for row in rows if row.purpose == due.NEWS_QUESTION} & wanted
    silent = suppressions(row.phone_hash for row in rows)
    on_the_phone = _on_the_phone(rows)
    found = []
    for row in rows:
        if not _is_sendable(row, owed, silence(silent.get(row.phone_hash, {}), row.scope), now=now):
            continue
        if row.channel == "voice":
            if row.phone_hash in on_the_phone:
                row.due_at = now + CALLS_APART
                continue
            on_the_phone.add(row.phone_hash)
        found.append(row)
    return found


def _claimed(
    rows: Sequence[Message], allowed: Allowance, *, vault: Vault, now: datetime, at: float | None
) -> list[Claim]:
    opened: dict[Message, dict[str, Any]] = {}
    for row in rows:
        try:
            opened[row] = vault.open(row.sealed, place="message")
        except SealedValueError:
            log.error("text %s cannot be opened with this vault key", row.id)
            end(row, "dead", now=now)
    turns = [0.0] * len(opened)
    if at is not None and opened:
        turns = senders.take_turns(allowed, [row.segments for row in opened], at=at, now=now)
    taken = list(zip(opened.items(), turns, strict=False))
    leaving = Counter(
        (row.purpose, content["locale"]) for (row, content), _ in taken if row.channel == "text"
    )
    senders.count_claimed(allowed.sender, leaving, now=now)
    token = link_token()
    # One statement for all: a worker that sends fast spends most of its time on such rows.
    db.session.execute(
        update(Message)
        .where(Message.id.in_([row.id for (row, _), _ in taken]))
        .values(
            state="claimed",
            claim_token=token,
            sender=allowed.sender,
            claimed_at=now,
            lease_until=now + LEASE,
            attempts=Message.attempts + 1,
        )
    )
    return [
        Claim(
            row.id,
            token,
            content["to"],
            content["body"],
            _validity(row, now),
            row.channel,
            row.segments,
            leaves_at,
        )
        for (row, content), leaves_at in taken
    ]


def _on_the_phone(rows: Sequence[Message]) -> set[str]:
    """Of the numbers that are to be called those that a call of ours rings at, or may."""
    asked = {row.phone_hash for row in rows if row.channel == "voice"}
    if not asked:
        return set()
    under_way = select(Message.phone_hash).where(
        Message.phone_hash.in_(asked),
        Message.channel == "voice",
        Message.state.in_(_UNDER_WAY),
        Message.final_at.is_(None),
    )
    return set(db.session.scalars(under_way))


def _is_derived(row: Message) -> bool:
    """Whether what is owed decides about it; an answer to somebody is given whatever happened since."""
    is_asked = row.broadcast_id is not None or row.purpose == due.NEWS_QUESTION
    return (row.purpose in DERIVED or is_asked) and row.reply_to_at is None


def _announced(
    rows: Sequence[Message], known: Mapping[int, due.Expectation], wanted: set[str], now: datetime
) -> set[str]:
    """The keys of announcements that nobody has stopped, and that still concern whoever gets them."""
    asked = {row.broadcast_id for row in rows if row.broadcast_id is not None}
    if not asked:
        return set()
    going_on = set(
        db.session.scalars(
            select(Broadcast.id)
            .join(Event)
            .where(
                Broadcast.id.in_(asked),
                Broadcast.state == "sending",
                Event.status == "published",
                Event.starts_at > now,
            )
        )
    )
    concerned = {key for key, expectation in known.items() if due.is_to_be_told(expectation, now)}
    return {
        row.dedup_key
        for row in rows
        if row.broadcast_id in going_on and (row.dedup_key in wanted or row.registration_id in concerned)
    }


def _wanted_news(rows: Sequence[Message]) -> set[str]:
    """The keys of news, and questions about them, to numbers that are still on their list."""
    asked = [row for row in rows if row.purpose in (due.NEWS, due.NEWS_QUESTION)]
    if not asked:
        return set()
    on = news.on_lists((row.phone_hash, row.scope) for row in asked)
    return {row.dedup_key for row in asked if (row.phone_hash, row.scope) in on}


def _is_sendable(row: Message, owed: set[str], why_silent: str | None, *, now: datetime) -> bool:
    """Whether it may leave now; if not, says on the row what became of it or when it is due next."""
    hours = {"reply_to_at": row.reply_to_at, "changed_start_at": row.changed_start_at}
    allowed_at = status.allowed_at(row, now)
    if allowed_at == now and _validity(row, now) < SHORTEST_SECONDS:
        # Too late for today, or for good: a backlog at the vendor could deliver it when it must not.
        quiet_at = next_quiet_at(now, row.zone, **hours)
        allowed_at = next_allowed_at(quiet_at, row.zone, **hours) if quiet_at else row.deadline
    if row.deadline <= now:
        end(row, "expired", now=now)
    elif due.is_silenced(why_silent, row.channel) and not (
        why_silent == "stop" and row.purpose == STOPPED_PURPOSE
    ):
        end(row, "suppressed", now=now)
    elif _is_derived(row) and due.first_try_key(row.dedup_key) not in owed:
        end(row, "cancelled", now=now)
    elif allowed_at >= row.deadline:
        end(row, "expired", now=now)
    elif allowed_at > now:
        row.due_at = allowed_at
    else:
        return True
    return False


def _validity(row: Message, now: datetime) -> int:
    return validity_seconds(
        now,
        row.zone,
        deadline=row.deadline,
        reply_to_at=row.reply_to_at,
        changed_start_at=row.changed_start_at,
    )


def end(row: Message, state: str, *, now: datetime) -> None:
    """Puts a text into a state that it stays in."""
    row.state, row.final_at = state, now
    row.claim_token = row.lease_until = None


def put_back(row: Message, *, due_at: datetime) -> None:
    """Lets a text that certainly did not leave wait for its next turn."""
    row.state, row.due_at = "ready", due_at
    row.claim_token = row.lease_until = None


def _note(row: Message, outcome: Rejected | NotSent | Unknown, *, vault: Vault, now: datetime) -> None:
    match outcome:
        case Unknown(reason):
            log.warning("text %s: outcome not known (%s)", row.id, reason)
            row.state, row.due_at, row.probes = "unknown", now + SETTLE, 0
        case NotSent(reason, retry_after_seconds):
            log.info("text %s: not sent (%s)", row.id, reason)
            backoff = min(_LONGEST_BACKOFF, timedelta(seconds=2.0 ** min(row.attempts, 10)))
            put_back(row, due_at=now + max(backoff, timedelta(seconds=retry_after_seconds or 0)))
        case Rejected(code, kind):
            row.error_code = code
            _refused(row, kind, vault=vault, now=now)


def _refused(row: Message, kind: Kind, *, vault: Vault, now: datetime) -> None:
    code = row.error_code or 0
    if kind in PAUSES:
        put_back(row, due_at=now + PAUSES[kind])
    else:
        end(
            row,
            {"number": "failed", "landline": "failed", "consent": "suppressed"}.get(kind, "dead"),
            now=now,
        )
        if kind not in ("number", "landline", "consent"):
            log.error("text %s: the vendor refuses it as it is, error %s", row.id, code)
    status.learn(row, code, kind, vault=vault, now=now)
