"""Sending from the outbox: many at once, each once, and slower when the vendor is in trouble."""

import threading
import time
from dataclasses import replace

import pytest

from outreach.database import transaction
from outreach.messaging import outbox, status
from outreach.messaging.gateways.base import Accepted, NotSent, Rejected, Unknown
from outreach.messaging.sending import Sender
from tests.factories import NOW
from tests.messaging.fakes import ALLOWED, FakeGateway, message, put, sid, states, text


@pytest.fixture
def make_sender(app, vault):
    made: list[Sender] = []

    def make(gateway, clock=lambda: NOW, **changes) -> Sender:
        values = {"segments_per_second": 1000.0, "send_concurrency": 4}
        settings = replace(app.extensions["outreach"].settings, **{**values, **changes})
        made.append(Sender(gateway, settings=settings, vault=vault, clock=clock))
        return made[-1]

    yield make
    for sender in made:
        sender.close()


def put_many(vault, count: int, **given) -> None:
    with transaction():
        for number in range(count):
            outbox.enqueue(
                text(dedup_key=f"reply:{number}:1", body=f"text {number}", **given), vault=vault, now=NOW
            )


def test_send_due_sends_everything_that_is_due(context, vault, make_sender):
    put_many(vault, 20)
    gateway = FakeGateway()

    assert make_sender(gateway).send_due(threading.Event()) == 20
    assert sorted(gateway.bodies) == sorted(f"text {number}" for number in range(20))
    assert states() == ["queued"] * 20


def test_send_due_tells_the_vendor_where_to_report(context, vault, make_sender):
    message_id = put(vault)
    gateway = FakeGateway()
    make_sender(gateway).send_due(threading.Event())

    token = status.token_of(message_id, vault=vault)
    assert gateway.dispatches[0].status_callback == (
        f"http://127.0.0.1:8000/hooks/twilio/status/{token}#rc=3&rp=all"
    )


def test_send_due_begins_with_the_urgent(context, vault, make_sender):
    put_many(vault, 6, priority=4)
    put(vault, dedup_key="cancelled", body="urgent", priority=1)
    gateway = FakeGateway()
    make_sender(gateway, send_concurrency=1).send_due(threading.Event())

    assert gateway.bodies[0] == "urgent"


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Accepted(sid(1), "queued"), "queued"),
        (Unknown("timeout"), "unknown"),
        (NotSent("refused"), "ready"),
        (RuntimeError("a bug of ours"), "unknown"),
    ],
    ids=["accepted", "unknown", "not sent", "broken"],
)
def test_send_due_records_the_outcome(context, vault, make_sender, answer, state):
    put(vault)
    gateway = FakeGateway(answer)

    assert make_sender(gateway).send_due(threading.Event()) == 1
    assert states() == [state]
    assert len(gateway.dispatches) == 1


def test_send_due_keeps_to_its_concurrency(context, vault, make_sender):
    class Counting(FakeGateway):
        busy, most = 0, 0

        def send(self, dispatch):
            with self.lock:
                self.busy += 1
                self.most = max(self.most, self.busy)
            # Meets another thread here, if there is one.
            barrier.wait(10)
            with self.lock:
                self.busy -= 1
            return super().send(dispatch)

    barrier = threading.Barrier(3)
    put_many(vault, 9)
    gateway = Counting()
    make_sender(gateway, send_concurrency=3).send_due(threading.Event())

    assert gateway.most == 3


def test_send_due_waits_for_the_pace_and_not_beyond_it(context, vault, make_sender):
    """Twenty parts a second: a dozen texts take more than half a second, and not much more."""
    put_many(vault, 12)
    sender = make_sender(FakeGateway(), segments_per_second=20.0)
    began = time.monotonic()

    assert sender.send_due(threading.Event()) == 12
    assert time.monotonic() - began >= 11 / 20


@pytest.mark.parametrize("kind", ["configuration", "congestion"])
def test_send_due_rests_when_the_vendor_refuses_us(context, vault, make_sender, kind):
    put_many(vault, 10)
    gateway = FakeGateway(*[Rejected(30034, kind)] * 10)
    sender = make_sender(gateway, send_concurrency=1)
    sender.send_due(threading.Event())
    begun = len(gateway.dispatches)

    # What was claimed at once, by a vendor that needs no time.
    assert begun <= 3
    assert sender.send_due(threading.Event()) == 0
    assert len(gateway.dispatches) == begun
    assert states().count("ready") == 10


def test_send_due_slows_down_when_the_vendor_is_away(context, vault, make_sender):
    put_many(vault, 30)
    gateway = FakeGateway(*[NotSent("refused")] * 30)
    make_sender(gateway, send_concurrency=1).send_due(threading.Event())

    assert len(gateway.dispatches) <= 4


def test_send_due_begins_nothing_when_it_is_told_to_stop(context, vault, make_sender):
    put_many(vault, 3)
    stop = threading.Event()
    stop.set()

    assert make_sender(FakeGateway()).send_due(stop) == 0
    assert states() == ["ready"] * 3


def test_send_due_puts_back_what_it_has_not_begun_when_it_is_told_to_stop(context, vault, make_sender):
    class Stopping(FakeGateway):
        def send(self, dispatch):
            stop.set()
            return super().send(dispatch)

    stop = threading.Event()
    put_many(vault, 6)
    gateway = Stopping()
    make_sender(gateway, send_concurrency=1).send_due(stop)

    found = states()
    assert set(found) == {"queued", "ready"}
    assert found.count("queued") == len(gateway.dispatches)


def test_send_due_does_not_send_what_was_claimed_too_long_ago(context, vault, make_sender):
    """A process that was frozen must not act on a claim that others take for void."""
    message_id = put(vault)
    gateway = FakeGateway()
    sender = make_sender(gateway)
    claim = outbox.claim(1, allowed=ALLOWED, vault=vault, now=NOW)[0]

    outcome = sender._send(claim, leaves=0.0, fence=0.0, stop=threading.Event())
    outbox.record([(claim, outcome)], vault=vault, now=NOW)
    assert gateway.dispatches == []
    assert message(message_id).state == "ready"


def test_two_senders_at_once_send_each_text_once(app, vault, make_sender):
    with app.app_context():
        put_many(vault, 40)
    gateway = FakeGateway()
    senders = [make_sender(gateway) for _ in range(2)]

    def work(sender: Sender) -> None:
        with app.app_context():
            sender.send_due(threading.Event())

    threads = [threading.Thread(target=work, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(gateway.bodies) == sorted(f"text {number}" for number in range(40))
    with app.app_context():
        assert states() == ["queued"] * 40
