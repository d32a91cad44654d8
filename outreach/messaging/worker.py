"""The worker: does everything that is due, round after round; it decides nothing itself.

Any number of workers may run, in web processes or on their own, on one machine or many. Each round
could be done by any of them, twice, or late: what it does follows from the database alone.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import false, select

from outreach.clock import Clock
from outreach.config import Settings
from outreach.database import db, insert, transaction
from outreach.errors import outline
from outreach.messaging import (
    broadcast_texts,
    broadcasts,
    evidence,
    inbound,
    missed,
    news_questions,
    purging,
    reminders,
)
from outreach.messaging.doorbell import Doorbell
from outreach.messaging.gateways.base import Gateway
from outreach.messaging.models import WorkerMark
from outreach.messaging.sending import Sender
from outreach.registration import seats
from outreach.runtime import Runtime
from outreach.vault import Vault

log = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
#: After a round that failed, as when the database is away.
_RECOVERY_SECONDS = 5.0
#: A change may be seen only this long after its time stamp: so long a request may take, and more.
_OVERLAP = timedelta(minutes=5)
#: So often, and for what changed within this time, a worker looks up while it sends.
_GLANCE_EVERY_SECONDS, _GLANCED_AT = 1.0, timedelta(seconds=15)
#: How far behind the mark of the planner may be, so that an idle worker writes once a minute.
_MARK_EVERY = timedelta(minutes=1)
#: Under this name `create_app` keeps what makes the gateway.
GATEWAY = "outreach_gateway"
#: And under this one the rounds of features that the worker does not know.
OTHER_ROUNDS = "outreach_rounds"


@dataclass(frozen=True, slots=True)
class Round:
    """One kind of work: what it is called, how often one of the workers does it, and what is done."""

    name: str
    #: Zero for every turn of every worker.
    every: timedelta
    do: Callable[["Worker", datetime], int]


class Worker:
    """One process's worker. Used inside an application's context, from one thread."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        settings: Settings,
        vault: Vault,
        clock: Clock,
        other_rounds: Sequence[Round] = (),
    ) -> None:
        self.gateway = gateway
        self.rounds = (*ROUNDS, *other_rounds)
        self.settings = settings
        self.vault = vault
        self.clock = clock
        self.stop = threading.Event()
        self.sender = Sender(gateway, settings=settings, vault=vault, clock=clock)
        self.glanced_at = 0.0

    def close(self) -> None:
        """Ends the worker's threads."""
        self.sender.close()

    def glance(self) -> None:
        """Looks once a second, while a crowd is told, for what is more urgent, and writes it down. Commits.

        What it misses, or what fails, is done by the next turn.
        """
        at = time.monotonic()
        if at < self.glanced_at + _GLANCE_EVERY_SECONDS:
            return
        self.glanced_at = at
        try:
            now = self.clock()
            _answer(self, now)
            _catch_up(self, since=now - _GLANCED_AT, now=now)
        except Exception as error:
            log.error("a glance failed: %s", outline(error))
        finally:
            db.session.rollback()

    def tick(self, *, is_everything_due: bool = False) -> int:
        """Does each round that is due at the clock's instant; returns how much was done. Commits.

        A round that fails does not keep the others from their turn; the first error is raised at the
        end. `is_everything_due` does the rare rounds too, whenever they were done last.
        """
        done = 0
        failure: Exception | None = None
        for each in self.rounds:
            now = self.clock()
            try:
                if is_everything_due or _has_turn(each, now):
                    done += each.do(self, now)
            except Exception as error:
                log.error("round %r failed: %s", each.name, outline(error))
                failure = failure or error
            finally:
                # Nothing stays open, and nothing read before is believed later.
                db.session.rollback()
        if failure is not None:
            raise failure
        return done


def run(app: Flask, stop: threading.Event) -> None:
    """Works until it is told to stop."""
    runtime: Runtime = app.extensions["outreach"]
    worker = _made(app, runtime)
    worker.stop = stop
    bell = Doorbell()
    log.info("the worker begins")
    while not stop.is_set():
        try:
            with app.app_context():
                # Where there was something to do there may be more, as when fifty thousand texts wait.
                if not worker.tick():
                    bell.wait(_POLL_SECONDS, stop)
        except Exception:
            # Told by `tick` already. Whatever it was, the next guest's text must not wait for us.
            stop.wait(_RECOVERY_SECONDS)
    bell.close()
    worker.close()
    log.info("the worker has ended")


def run_once(app: Flask) -> int:
    """Does everything that is due at the application's present instant; returns how much was done."""
    runtime: Runtime = app.extensions["outreach"]
    worker = _made(app, runtime)
    try:
        with app.app_context():
            total = done = worker.tick(is_everything_due=True)
            # What is done may make more due, and sending takes one turn after the other.
            while done:
                done = worker.tick()
                total += done
            return total
    finally:
        worker.close()


def _made(app: Flask, runtime: Runtime) -> Worker:
    gateway: Gateway = app.extensions[GATEWAY]()
    return Worker(
        gateway,
        settings=runtime.settings,
        vault=runtime.vault,
        clock=runtime.clock,
        other_rounds=app.extensions[OTHER_ROUNDS],
    )


def _end_offers(worker: Worker, now: datetime) -> int:
    with transaction():
        return seats.settle(now=now)


def _answer(worker: Worker, now: datetime) -> int:
    return inbound.handle_waiting(settings=worker.settings, vault=worker.vault, now=now)


def _plan(worker: Worker, now: datetime) -> int:
    planned_at = last_seen_at()
    if planned_at is None or planned_at > now:
        return _plan_all(worker, now)
    done = _catch_up(worker, since=planned_at - _OVERLAP, now=now)
    if now - planned_at >= _MARK_EVERY:
        _set_mark("planned", now)
    return done


def _plan_all(worker: Worker, now: datetime) -> int:
    done = _catch_up(worker, since=None, now=now)
    _set_mark("planned", now)
    return done


def _catch_up(worker: Worker, *, since: datetime | None, now: datetime) -> int:
    done = 0
    for ids in reminders.batches(since=since, now=now):
        # Most of the time nothing is missing, and then nobody has to wait for the write lock.
        if reminders.changes(ids, now=now):
            with transaction():
                done += reminders.catch_up(ids, vault=worker.vault, now=now)
    return done


def _release(worker: Worker, now: datetime) -> int:
    settings = worker.settings
    pace = broadcasts.Pace(settings.segments_per_second, settings.time_zone, settings.public_url)
    done = 0
    for broadcast_id in broadcasts.held_ids(now=now):
        with transaction():
            done += broadcasts.release(broadcast_id, pace=pace, vault=worker.vault, now=now)
    return done


def _announce(worker: Worker, now: datetime) -> int:
    # One batch in a turn, so that a crowd to be told keeps nobody's urgent text waiting.
    if not broadcast_texts.is_writing():
        return 0
    with transaction():
        return broadcast_texts.write_texts(public_url=worker.settings.public_url, vault=worker.vault, now=now)


def _ask_readers(worker: Worker, now: datetime) -> int:
    if not news_questions.unasked(now=now):
        return 0
    with transaction():
        return news_questions.ask(settings=worker.settings, vault=worker.vault, now=now)


def _settle(worker: Worker, now: datetime) -> int:
    evidence.void_old_claims(now=now)
    return evidence.settle(worker.gateway, vault=worker.vault, now=now)


def _send(worker: Worker, now: datetime) -> int:
    return worker.sender.send_due(worker.stop, worker.glance)


def _ask(worker: Worker, now: datetime) -> int:
    return evidence.ask(worker.gateway, vault=worker.vault, now=now)


def _fetch_missed(worker: Worker, now: datetime) -> int:
    return missed.fetch(worker.gateway, settings=worker.settings, vault=worker.vault, now=now)


def _tidy(worker: Worker, now: datetime) -> int:
    purging.tidy(now=now)
    return 0


def _forget(worker: Worker, now: datetime) -> int:
    forgotten = purging.purge(vault=worker.vault, now=now).parties
    for public_id in forgotten:
        log.info("event %s: its guests are forgotten", public_id)
    return len(forgotten)


_ALWAYS, _HOURLY = timedelta(0), timedelta(hours=1)
#: In this order: what others wait for comes first, and every text that it leads to leaves in the same turn.
ROUNDS: tuple[Round, ...] = (
    Round("offers", timedelta(seconds=10), _end_offers),
    Round("answers", _ALWAYS, _answer),
    Round("plan", _ALWAYS, _plan),
    Round("plan all", _HOURLY, _plan_all),
    Round("held", timedelta(minutes=1), _release),
    Round("announce", _ALWAYS, _announce),
    Round("news questions", timedelta(seconds=10), _ask_readers),
    Round("settle", _ALWAYS, _settle),
    Round("send", _ALWAYS, _send),
    Round("ask", _ALWAYS, _ask),
    Round("sweep", timedelta(minutes=10), _fetch_missed),
    Round("tidy", timedelta(minutes=10), _tidy),
    Round("forget", _HOURLY, _forget),
)


def _has_turn(each: Round, now: datetime) -> bool:
    """Whether a round is due, and this worker is the one to do it."""
    if not each.every:
        return True
    done_at = db.session.scalar(select(WorkerMark.at).where(WorkerMark.name == each.name))
    # A mark of the future was left by somebody who tried out a later day.
    if done_at is not None and now - each.every < done_at <= now:
        return False
    # Of several workers that come at once, one finds the mark as all of them saw it.
    is_unchanged = false() if done_at is None else WorkerMark.at == done_at
    with transaction() as session:
        taken: Any = session.execute(
            insert(WorkerMark)
            .values(name=each.name, at=now)
            .on_conflict_do_update(index_elements=[WorkerMark.name], set_={"at": now}, where=is_unchanged)
            .returning(WorkerMark.name)
        ).scalar()
    return taken is not None


def last_seen_at() -> datetime | None:
    """When a worker last said that it works, which it does once a minute; None for never."""
    return db.session.scalar(select(WorkerMark.at).where(WorkerMark.name == "planned"))


def _set_mark(name: str, at: datetime) -> None:
    with transaction() as session:
        session.merge(WorkerMark(name=name, at=at))
