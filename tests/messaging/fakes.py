"""A gateway that sends nothing and a text that is owed: what tests of the outgoing side share."""

import threading
from collections import deque
from datetime import datetime, timedelta

from sqlalchemy import select

from outreach.database import db, transaction
from outreach.messaging import outbox
from outreach.messaging.gateways.base import Accepted, Dial, Dispatch, Outcome, Received, Report
from outreach.messaging.models import Message
from outreach.messaging.outbox import OutgoingText
from outreach.messaging.senders import Allowance
from tests.factories import NOW, ZONE

PHONE = "+18165550123"
ALLOWED = Allowance("sender", 1000.0)


class FakeGateway:
    """Takes every text, unless it is told another answer; remembers what it took."""

    def __init__(self, *answers: Outcome | Exception) -> None:
        self.answers = deque(answers)
        self.dispatches: list[Dispatch] = []
        self.dials: list[Dial] = []
        self.listed_calls: tuple[Report, ...] | None = ()
        self.listed: tuple[Report, ...] | None = ()
        self.reports: dict[str, Report] = {}
        self.texts: tuple[Received, ...] | None = ()
        self.lock = threading.Lock()

    def send(self, dispatch: Dispatch) -> Outcome:
        with self.lock:
            self.dispatches.append(dispatch)
            answer = self.answers.popleft() if self.answers else Accepted(sid(len(self.dispatches)), "queued")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def call(self, dial: Dial) -> Outcome:
        with self.lock:
            self.dials.append(dial)
            answer = self.answers.popleft() if self.answers else Accepted(call_sid(len(self.dials)), "queued")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def find_calls(self, to: str, *, since: datetime) -> tuple[Report, ...] | None:
        return self.listed_calls

    def find(self, to: str, body: str, *, since: datetime) -> tuple[Report, ...] | None:
        return self.listed

    def fetch(self, sid: str) -> Report | None:
        return self.reports.get(sid)

    def received(self, *, since: datetime) -> tuple[Received, ...] | None:
        return self.texts if self.texts is None else tuple(t for t in self.texts if t.sent_at >= since)

    @property
    def bodies(self) -> list[str]:
        return [dispatch.body for dispatch in self.dispatches]


def sid(number: int) -> str:
    return f"SM{number:032x}"


def call_sid(number: int) -> str:
    return f"CA{number:032x}"


def text(**given) -> OutgoingText:
    values = {
        "purpose": "reply",
        "dedup_key": "reply:1:1",
        "priority": 2,
        "phone": PHONE,
        "locale": "en",
        "body": "Hello",
        "deadline": NOW + timedelta(hours=24),
        "zone": ZONE,
    }
    return OutgoingText(**{**values, **given})


def put(vault, now=NOW, **given) -> int:
    """Writes a text down and gives its id."""
    with transaction():
        outbox.enqueue(text(**given), vault=vault, now=now)
    return db.session.scalars(select(Message.id).where(Message.dedup_key == text(**given).dedup_key)).one()


def message(message_id: int) -> Message:
    """The row as it is now."""
    db.session.rollback()
    return db.session.get_one(Message, message_id, populate_existing=True)


def states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Message.state).order_by(Message.id)))
