"""The worker: every round, in any process, also one that is killed at the worst moment."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from bench import vendor as fake_vendor
from outreach.config import TwilioSettings
from outreach.database import db, transaction
from outreach.messaging import worker
from outreach.messaging.commands import worker as command
from outreach.messaging.models import InboundMessage, Message, SimulatedText
from outreach.messaging.worker import ROUNDS, Worker, run, run_once
from outreach.registration import service
from outreach.registration.models import Registration
from outreach.registration.requests import Consent
from tests.factories import NOW, make_event, make_request
from tests.messaging.fakes import FakeGateway, put, sid, states
from tests.messaging.phones import Phone

PHONE = "+18165550123"


def register(vault, phones, now=NOW) -> list[int]:
    """Guests of one picnic, with consent."""
    with transaction():
        event = make_event(capacity=100)
        return [
            service.register(
                make_request(event, phone=phone, consent=Consent("Text me.")), vault=vault, now=now
            ).registration_id
            for phone in phones
        ]


@pytest.fixture
def make_worker(app):
    made: list[Worker] = []

    def make(gateway) -> Worker:
        runtime = app.extensions["outreach"]
        made.append(Worker(gateway, settings=runtime.settings, vault=runtime.vault, clock=runtime.clock))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_tick_plans_and_sends_in_one_turn(context, vault, make_worker):
    register(vault, [PHONE])
    gateway = FakeGateway()

    assert make_worker(gateway).tick() > 0
    assert "Neighbors' Picnic" in gateway.bodies[0]
    assert states() == ["queued"]


def test_glance_writes_down_what_came_up_while_texts_leave(context, vault, make_worker):
    at_work = make_worker(FakeGateway())
    at_work.glance()
    register(vault, [PHONE])
    at_work.glance()
    assert states() == []

    at_work.glanced_at -= 1.0
    at_work.glance()
    assert states() == ["ready"]


def test_glance_that_fails_is_told_and_keeps_nobody_from_sending(
    context, vault, make_worker, monkeypatch, caplog
):
    def fail(*args, **kwargs):
        raise ValueError("+18165550123")

    monkeypatch.setattr(worker.reminders, "batches", fail)
    make_worker(FakeGateway()).glance()

    assert "a glance failed" in caplog.text
    assert PHONE not in caplog.text


def test_glances_are_taken_while_a_crowd_is_told(context, vault, make_worker):
    put(vault, dedup_key="reply:1:1")
    at_work = make_worker(FakeGateway())
    at_work.sender.send_due(threading.Event(), at_work.glance)

    assert at_work.glanced_at > 0


def test_tick_again_does_nothing(context, vault, make_worker):
    register(vault, [PHONE])
    gateway = FakeGateway()
    one, other = make_worker(gateway), make_worker(gateway)
    one.tick()

    assert (one.tick(), other.tick()) == (0, 0)
    assert len(gateway.bodies) == 1


def test_tick_answers_texts_that_were_left_waiting(context, vault, make_worker):
    phone = Phone(context.extensions["outreach"].settings, vault, NOW)
    phone.receive("HELP")
    gateway = FakeGateway()
    make_worker(gateway).tick()

    assert len(gateway.bodies) == 1
    assert db.session.scalar(select(InboundMessage.handled_at)) == NOW


def test_tick_ends_offers_and_tells_the_next_party(context, vault, make_worker, clock):
    with transaction():
        event = make_event(capacity=2)
    ids = []
    for number, phone in enumerate((None, PHONE, "+18165550124")):
        with transaction():
            request = make_request(event, phone=phone, consent=Consent("Text me.") if phone else None)
            at = NOW + timedelta(minutes=number)
            ids.append(service.register(request, vault=vault, now=at).registration_id)
    with transaction():
        service.cancel(db.session.get_one(Registration, ids[0]), now=NOW + timedelta(minutes=5))
    gateway = FakeGateway()
    each = make_worker(gateway)
    clock.forward(minutes=5)
    each.tick()
    clock.at = db.session.get_one(Registration, ids[1]).offer_expires_at
    each.tick()

    assert [dispatch.to for dispatch in gateway.dispatches if "Seats for" in dispatch.body] == [
        PHONE,
        "+18165550124",
    ]


def test_tick_forgets_guests_three_days_after_their_event(context, vault, make_worker, clock):
    register(vault, [PHONE])
    each = make_worker(FakeGateway())
    each.tick()
    clock.forward(days=11)
    each.tick(is_everything_due=True)

    assert db.session.scalar(select(func.count(Registration.id))) == 0
    assert states() == []


def test_tick_lets_no_broken_round_keep_others_from_their_turn(context, vault, make_worker, clock, caplog):
    class Broken(FakeGateway):
        def find(self, to, body, *, since):
            raise RuntimeError(f"secret {to}")

    gateway = Broken(RuntimeError("outcome not known"))
    each = make_worker(gateway)
    put(vault)
    each.tick()
    put(vault, dedup_key="reply:2:1", body="another", now=NOW)
    clock.forward(minutes=5)

    with pytest.raises(RuntimeError):
        each.tick()
    assert gateway.bodies == ["Hello", "another"]
    assert "round 'settle' failed: RuntimeError" in caplog.text
    assert PHONE not in caplog.text


def test_rare_rounds_are_done_by_one_of_several_workers(context):
    hourly = next(each for each in ROUNDS if each.name == "forget")
    later = NOW + timedelta(hours=1)

    times = (NOW, NOW, later - timedelta(seconds=1), later, later)
    assert [worker._has_turn(hourly, at) for at in times] == [True, False, False, True, False]


def test_rare_rounds_go_on_after_somebody_tried_out_a_later_day(context):
    hourly = next(each for each in ROUNDS if each.name == "forget")
    worker._has_turn(hourly, NOW + timedelta(days=30))

    assert worker._has_turn(hourly, NOW)
    assert not worker._has_turn(hourly, NOW)


def test_idle_worker_writes_once_a_minute(context, make_worker, clock):
    each = make_worker(FakeGateway())
    seen = []
    for seconds in (0, 30, 59, 60, 90, 125):
        clock.at = NOW + timedelta(seconds=seconds)
        each.tick()
        seen.append((worker.last_seen_at() - NOW).seconds)

    assert seen == [0, 0, 0, 60, 60, 125]


def test_planner_catches_up_after_a_pause(context, vault, make_worker, clock):
    """A worker that was away for days finds what came due meanwhile."""
    register(vault, [PHONE])
    gateway = FakeGateway()
    make_worker(gateway).tick()
    clock.forward(days=6, hours=9)
    make_worker(gateway).tick()

    assert [body.partition(":")[0] for body in gateway.bodies] == ["Registered", "Reminder"]


# With the simulated vendor.


def test_simulated_vendor_delivers_and_reports_by_signed_webhooks(context, vault, clock):
    register(vault, [PHONE])
    run_once(context)

    text = db.session.scalars(select(SimulatedText)).one()
    assert "Neighbors' Picnic" in vault.open(text.sealed, place="simulator")["body"]
    row = db.session.scalars(select(Message)).one()
    assert (row.state, row.provider_sid, row.final_at) == ("delivered", text.sid, clock.at)


def test_simulated_vendor_knows_what_it_took(context, vault):
    register(vault, [PHONE])
    gateway = context.extensions[worker.GATEWAY]()
    run_once(context)
    row = db.session.scalars(select(Message)).one()
    body = vault.open(row.sealed, place="message")["body"]

    assert [report.sid for report in gateway.find(PHONE, body, since=NOW)] == [row.provider_sid]
    assert gateway.find(PHONE, "another", since=NOW) == ()
    assert gateway.find(PHONE, body, since=NOW + timedelta(seconds=1)) == ()
    assert gateway.fetch(row.provider_sid).status == "delivered"
    assert gateway.fetch(sid(1)) is None


def test_run_works_until_it_is_told_to_stop(app, vault):
    with app.app_context():
        register(vault, [PHONE])
    stop, sent = threading.Event(), threading.Event()

    class Telling(FakeGateway):
        def send(self, dispatch):
            sent.set()
            return super().send(dispatch)

    app.extensions[worker.GATEWAY] = Telling
    thread = threading.Thread(target=run, args=(app, stop))
    thread.start()
    assert sent.wait(20)
    stop.set()
    thread.join(20)

    assert not thread.is_alive()
    with app.app_context():
        assert states() == ["queued"]


def test_run_goes_on_after_a_failure(app, vault, caplog):
    """As after a vendor, or a database, that was away for a moment."""
    stop, tried = threading.Event(), threading.Event()

    class Broken(FakeGateway):
        def fetch(self, sid):
            tried.set()
            stop.set()
            raise RuntimeError("away")

    with app.app_context():
        put(vault)
        with transaction():
            row = db.session.scalars(select(Message)).one()
            row.state, row.provider_sid, row.due_at = "accepted", sid(1), NOW
    app.extensions[worker.GATEWAY] = Broken
    run(app, stop)

    assert tried.is_set()
    assert "round 'ask' failed" in caplog.text


# The command.


def invoke(app, *arguments):
    return CliRunner().invoke(command, arguments, obj=lambda: app)


def test_command_does_what_is_due_at_an_instant(app, vault):
    with app.app_context():
        register(vault, [PHONE])
    for at in ("2026-09-07T15:00Z", "2026-09-13T18:00-05:00", "2026-09-14T21:00:00+00:00"):
        assert invoke(app, "--once", "--now", at).exit_code == 0

    with app.app_context():
        purposes = db.session.scalars(select(Message.purpose).order_by(Message.id)).all()
        assert purposes == ["confirmation", "day_before", "two_hours_before"]
        assert states() == ["delivered"] * 3
        assert db.session.scalar(select(func.max(Message.final_at))) == NOW + timedelta(days=7, hours=6)


@pytest.mark.parametrize("given", ["tomorrow", "2026-09-07T15:00"], ids=["no time", "no zone"])
def test_command_refuses_an_instant_that_it_cannot_read(web_app, given):
    found = invoke(web_app, "--once", "--now", given)

    assert found.exit_code == 2
    assert "2026-09-12T15:00Z" in found.output


# A worker that is killed.

_MAIN = "from outreach.cli import main; main()"
TWILIO = TwilioSettings(account_sid="AC" + "a" * 32, auth_tokens=("token",), from_number="+18165550100")


@pytest.fixture
def vendor(clock):
    with fake_vendor.running() as vendor:
        vendor.clock = clock
        yield vendor


@pytest.fixture
def twilio_app(make_app, database_url, clock, vendor):
    """An application whose texts go to the vendor on loopback, by the real gateway."""
    account = TwilioSettings(TWILIO.account_sid, TWILIO.auth_tokens, "", TWILIO.from_number, vendor.url)
    app = make_app(
        database_url, clock, gateway="twilio", twilio=account, send_concurrency=2, segments_per_second=100.0
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def started(app, vendor) -> subprocess.Popen[bytes]:
    """A real worker in a process of its own, at the instant at which the tests begin."""
    settings = app.extensions["outreach"].settings
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")},
        "OUTREACH_DATABASE_URL": settings.database_url,
        "OUTREACH_KEY_STORE": str(settings.key_folder),
        "OUTREACH_GATEWAY": "twilio",
        "OUTREACH_TWILIO_ACCOUNT_SID": TWILIO.account_sid,
        "OUTREACH_TWILIO_AUTH_TOKEN": "token",
        "OUTREACH_TWILIO_FROM": TWILIO.from_number,
        "OUTREACH_TWILIO_API_URL": vendor.url,
        "OUTREACH_SEND_CONCURRENCY": "2",
        "OUTREACH_SEGMENTS_PER_SECOND": "100",
    }
    arguments = [sys.executable, "-c", _MAIN, "worker", "--now", NOW.isoformat()]
    return subprocess.Popen(arguments, env=environment, stderr=subprocess.DEVNULL)


def test_worker_that_is_killed_between_claim_and_answer_neither_loses_nor_doubles(
    twilio_app, database_url, clock, vendor
):
    """One text waits in a vendor that will never take it, one in a vendor that has taken it already,
    ten are claimed and have not left, two are not claimed.
    """
    phones = [f"+1816555{number:04d}" for number in range(101, 115)]
    with twilio_app.app_context():
        register(twilio_app.extensions["outreach"].vault, phones)
    vendor.faults.extend(["stall before", "stall after"])
    process = started(twilio_app, vendor)
    try:
        assert vendor.stalled.acquire(timeout=30)
        assert vendor.stalled.acquire(timeout=30)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    vendor.release.set()
    with twilio_app.app_context():
        assert sorted(states()) == ["claimed"] * 12 + ["ready"] * 2
    assert len(vendor.taken) == 1

    run_once(twilio_app)
    assert len(vendor.taken) == 3
    for minutes in (1, 3, 4, 5, 6):
        clock.at = NOW + timedelta(minutes=minutes)
        run_once(twilio_app)

    assert sorted(text["To"] for text in vendor.taken) == phones
    with twilio_app.app_context():
        assert states() == ["accepted"] * 14


@pytest.mark.parametrize("fault", ["cut before", "cut after", "500 after", "broken", "no id", "429"])
def test_text_is_sent_once_whatever_happens_to_the_answer(make_app, sqlite_url, clock, vendor, fault):
    account = TwilioSettings(TWILIO.account_sid, TWILIO.auth_tokens, "", TWILIO.from_number, vendor.url)
    app = make_app(sqlite_url, clock, gateway="twilio", twilio=account)
    vendor.faults.append(fault)
    with app.app_context():
        register(app.extensions["outreach"].vault, [PHONE])
    for seconds in (0, 10, 121, 182, 600):
        clock.at = NOW + timedelta(seconds=seconds)
        run_once(app)

    assert [text["To"] for text in vendor.taken] == [PHONE]
    with app.app_context():
        assert states() == ["accepted"]
        db.engine.dispose()
