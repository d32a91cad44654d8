"""What a monitor watches, from the database alone: counts and ages, none of which tells of a guest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from outreach.database import db
from outreach.events.models import Event
from outreach.messaging import overview, senders
from outreach.messaging.models import InboundMessage, Message
from outreach.messaging.outbox import STATES
from outreach.messaging.worker import last_seen_at

#: Of the answer (Prometheus, "Exposition formats").
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Metrics:
    """How things stand at one instant."""

    #: Of every state, also of those in which there is none.
    texts: Mapping[str, int]
    #: How long the text that waits longest has been due; 0 when none is.
    oldest_due_seconds: float
    #: Incoming texts whose answer is not worked out.
    inbound_waiting: int
    #: None when no worker ever was there.
    worker_seen_at: datetime | None
    events_to_come: int
    #: Senders that the vendor refuses, or that were too fast.
    senders_resting: int
    #: By purpose and language, where carriers filter too many of a week's texts.
    filtered: Mapping[tuple[str, str], int]


def measured(*, now: datetime) -> Metrics:
    """Looks how things stand; seven queries, whatever there is."""
    counts = overview.counts()
    due_at = db.session.scalar(
        select(func.min(Message.due_at)).where(Message.state == "ready", Message.due_at <= now)
    )
    inbound = select(func.count(InboundMessage.id)).where(InboundMessage.handled_at.is_(None))
    events = select(func.count(Event.id)).where(Event.status == "published", Event.starts_at > now)
    return Metrics(
        texts={state: counts.get(state, 0) for state in STATES},
        oldest_due_seconds=(now - due_at).total_seconds() if due_at else 0.0,
        inbound_waiting=db.session.scalar(inbound) or 0,
        worker_seen_at=last_seen_at(),
        events_to_come=db.session.scalar(events) or 0,
        senders_resting=len(senders.resting(now=now)),
        filtered={(each.purpose, each.locale): each.filtered for each in senders.filtering(now=now)},
    )


def exposition(metrics: Metrics) -> str:
    """The same in Prometheus's text format."""
    return "".join(f"{line}\n" for line in _lines(metrics))


def _lines(metrics: Metrics) -> Iterator[str]:
    yield from _head("outreach_texts", "Outgoing texts by state.")
    for state, count in metrics.texts.items():
        yield f'outreach_texts{{state="{state}"}} {count}'
    yield from _head("outreach_oldest_due_text_seconds", "How long the oldest text that is due has waited.")
    yield f"outreach_oldest_due_text_seconds {metrics.oldest_due_seconds:g}"
    yield from _head("outreach_inbound_texts_waiting", "Incoming texts that are not answered yet.")
    yield f"outreach_inbound_texts_waiting {metrics.inbound_waiting}"
    if metrics.worker_seen_at is not None:
        name = "outreach_worker_last_seen_timestamp_seconds"
        yield from _head(name, "When a worker last said that it works, as Unix time.")
        yield f"{name} {metrics.worker_seen_at.timestamp():.0f}"
    yield from _head("outreach_events_to_come", "Published events that have not begun.")
    yield f"outreach_events_to_come {metrics.events_to_come}"
    yield from _head("outreach_senders_resting", "Senders that send nothing for now, after an error.")
    yield f"outreach_senders_resting {metrics.senders_resting}"
    if metrics.filtered:
        name = "outreach_filtered_texts"
        yield from _head(name, "Texts that carriers filtered in 7 days, where they are 2 in 100 or more.")
        for (purpose, locale), count in metrics.filtered.items():
            yield f'{name}{{purpose="{purpose}",locale="{locale}"}} {count}'


def _head(name: str, what: str) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} gauge"
