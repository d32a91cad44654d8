"""Shows that no reminder is lost or doubled while workers die and the vendor fails, and how fast texts leave.

Real workers, planned reminders, a vendor on loopback; ends with 1 if a reminder was lost, doubled or came
outside its window. `docs/messaging.md` says how to read the figures.
"""

import argparse
import multiprocessing
import queue
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from bench import bare, overtaking, seed, webhooks
from bench import vendor as fake_vendor
from bench.databases import Server, key_store, postgresql, sqlite
from bench.hurried import HurriedClock, work
from bench.vendor import Fault, Vendor
from outreach.app import create_app
from outreach.config import Settings, TwilioSettings
from outreach.database import db, transaction
from outreach.events.zones import resolve
from outreach.i18n import local
from outreach.messaging.gateways.simulator import post_signed
from outreach.messaging.models import Message
from outreach.messaging.segments import measure
from outreach.registration.models import Registration

ACCOUNT = ("AC" + "a" * 32, "token", "+18165550100")
#: How much faster the clock of the storm runs.
SPEED = 10.0
#: Two minutes before quiet hours end; events begin tomorrow around nine, so that some reminders wait for
#: the morning and others become due while workers die.
BEGINS_AT = resolve(datetime(2026, 10, 6, 8, 58), seed.ZONE)
FIRST_START, LAST_START = datetime(2026, 10, 7, 8, 50), datetime(2026, 10, 7, 9, 6)
OPENS, CLOSES = 9, 20

#: Of 100 texts so many meet each fault; the others are taken and answered.
FAULTS: dict[Fault, float] = {
    "cut before": 1.0, "cut after": 3.0, "500 after": 2.0, "429": 5.0, "broken": 1.0, "no id": 0.5,
    "stall before": 0.2, "stall after": 0.3,
}  # fmt: skip
#: Texts of which the vendor reports nothing at all, reports twice, and in the wrong order.
DROPPED, DOUBLED, REORDERED = 0.5, 0.1, 0.2
LIST_LAG_SECONDS = 2.0
KILLED_AFTER_SECONDS = (2.0, 4.0)
THREADS = 8
#: Of the guests every so many is called instead of texted.
CALLED_EVERY = 5

#: The bounds of the rate: latency and concurrency, and for the last one parts a second.
LATENCY_SECONDS, AT_ONCE, PARTS_PER_SECOND = 0.05, 16, 20.0
FAR_LATENCY_SECONDS, FAR_AT_ONCE = 0.15, 64
GOAL = 0.9

# Forked from a process that has loaded everything: a start costs as much as the work it interrupts otherwise.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["bench.bare", "bench.databases", "bench.hurried"])


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is done; everything ends by itself."""

    reminders: int
    kills_seconds: float
    #: The end of a storm, whatever waits then.
    limit_seconds: float
    #: Of each measurement of a rate.
    rate_seconds: float
    #: Parts a second that one worker may send in a storm.
    parts_per_second: float
    #: Announcements that a cancellation has to overtake.
    crowd: int
    #: For so long texts to us arrive.
    webhook_seconds: float


FULL = Effort(3_000, 60.0, 300.0, 12.0, 90.0, 50_000, 20.0)
QUICK = Effort(300, 12.0, 150.0, 4.0, 30.0, 3_000, 5.0)


@dataclass(frozen=True, slots=True)
class Storm:
    """What became of the reminders of one storm."""

    reminders: int
    lost: int
    doubled: int
    outside: int
    kills: int
    posts: int
    states: Mapping[str, int]
    seconds: float

    @property
    def is_clean(self) -> bool:
        """Whether everybody was reminded once, and at the right time."""
        return not (self.lost or self.doubled or self.outside)


class Crew:
    """Workers in processes of their own."""

    def __init__(self, count: int, settings: Settings, clock: HurriedClock) -> None:
        self.settings, self.clock = settings, clock
        self.kills = 0
        self.dice = random.Random("kill")
        self.workers = [self._started() for _ in range(count)]

    def kill_some(self) -> None:
        """Kills each worker that has lived long enough, without a warning, and starts another one."""
        for place, (process, until) in enumerate(self.workers):
            if time.monotonic() >= until:
                process.kill()
                process.join()
                self.kills += 1
                self.workers[place] = self._started()

    def end(self) -> None:
        """Ends all workers."""
        for process, _ in self.workers:
            process.kill()
            process.join()

    def _started(self) -> tuple[Any, float]:
        process = _processes.Process(target=work, args=(self.settings, self.clock), daemon=True)
        process.start()
        return process, time.monotonic() + self.dice.uniform(*KILLED_AFTER_SECONDS)


def main() -> None:
    """Runs a storm and a race on each database."""
    parser = argparse.ArgumentParser(prog="python -m bench.delivery", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer reminders, to see that it works")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    given = parser.parse_args()
    effort = QUICK if given.quick else FULL
    is_clean = True
    for kind, server, workers in (("sqlite", sqlite, 1), ("postgresql", postgresql, 4)):
        if given.database in (None, kind):
            print(f"\n== {kind}, {workers} {'worker' if workers == 1 else 'workers'} ==", flush=True)
            is_clean &= _measure(server, workers, effort)
    sys.exit(0 if is_clean else 1)


def _measure(server: Server, workers: int, effort: Effort) -> bool:
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name, server(Path(name)) as address:
        found = storm(address("storm"), workers, effort)
        print(
            f"{found.reminders:,} reminders, {found.kills} kills, {found.posts:,} tries: "
            f"{found.lost} lost, {found.doubled} doubled, {found.outside} outside their window, "
            f"{found.seconds:.0f} seconds (clock {SPEED:.0f} times faster)"
        )
        print("   " + ", ".join(f"{count:,} {state}" for state, count in sorted(found.states.items())))
        race(address("race"), effort)
        race(address("far"), effort, latency_seconds=FAR_LATENCY_SECONDS, at_once=FAR_AT_ONCE)
        trickle(address("trickle"), effort)
        overtake(address("crowd"), effort)
        receive(address("webhooks"), Path(name), effort)
    return found.is_clean


def storm(database_url: str, workers: int, effort: Effort) -> Storm:
    """Lets workers send reminders while they are killed and the vendor fails; waits until all is settled."""
    began = time.monotonic()
    minutes = int((LAST_START - FIRST_START) / timedelta(minutes=1))
    starts = [FIRST_START + timedelta(minutes=each) for each in range(minutes)]
    with fake_vendor.running() as vendor:
        settings = settings_for(database_url, vendor, THREADS, effort.parts_per_second)
        app = create_app(settings)
        owed = seed.seed_reminders(app, starts, effort.reminders, now=BEGINS_AT)
        _let_some_be_called(app)
        clock = HurriedClock(BEGINS_AT, time.time(), SPEED)
        app.extensions["outreach"] = replace(app.extensions["outreach"], clock=clock)
        _make_unreliable(vendor, clock)
        with _reporting(app, vendor):
            crew = Crew(workers, settings, clock)
            try:
                _wait(app, crew, vendor, owed, effort)
            finally:
                crew.end()
        return judged(app, vendor, owed, crew.kills, time.monotonic() - began)


def race(
    database_url: str, effort: Effort, *, latency_seconds: float = LATENCY_SECONDS, at_once: int = AT_ONCE
) -> float:
    """One worker against the bare library, at a vendor that takes its time and so many at once."""
    limit = at_once / latency_seconds
    with fake_vendor.running() as vendor:
        vendor.seconds, vendor.most_at_once = latency_seconds, at_once
        before = _bare_rate(vendor, effort, at_once)
        ours = _our_rate(database_url, vendor, effort, threads=at_once, most_per_second=limit)
        after = _bare_rate(vendor, effort, at_once)
    bound = min(limit, (before + after) / 2)
    print(
        f"Rate at {1000 * latency_seconds:.0f} ms and {at_once} at once: {ours:.0f} texts/s; bound "
        f"{bound:.0f}/s (vendor {limit:.0f}, bare library {before:.0f} and {after:.0f}); "
        f"ratio {ours / bound:.2f}, goal {GOAL}"
    )
    return ours / bound


def trickle(database_url: str, effort: Effort) -> float:
    """One worker whose registration allows so many parts a second."""
    with fake_vendor.running() as vendor:
        vendor.seconds = LATENCY_SECONDS
        ours = _our_rate(
            database_url,
            vendor,
            effort,
            threads=AT_ONCE,
            most_per_second=PARTS_PER_SECOND,
            parts_per_second=PARTS_PER_SECOND,
            is_in_parts=True,
        )
    print(
        f"Rate where {PARTS_PER_SECOND:.0f} parts/s are allowed: {ours:.1f} parts/s; "
        f"ratio {ours / PARTS_PER_SECOND:.2f}, goal {GOAL}"
    )
    return ours / PARTS_PER_SECOND


def _let_some_be_called(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(Registration)
            .where(Registration.wants_texts, Registration.id % (2 * CALLED_EVERY) == 0)
            .values(wants_texts=False, wants_calls=True)
        )


def overtake(database_url: str, effort: Effort) -> None:
    """One worker, a crowd of announcements, and an event that is canceled behind them."""
    with fake_vendor.running() as vendor:
        vendor.seconds, vendor.most_at_once, vendor.first = LATENCY_SECONDS, AT_ONCE, 2**100
        settings = settings_for(database_url, vendor, AT_ONCE, 10_000.0)
        app, noon = create_app(settings), noon_of_today()
        overtaking.fill(app, effort.crowd, now=noon)
        clock = HurriedClock(noon, time.time())
        crew = Crew(1, settings, clock)
        try:
            told, others = overtaking.seconds_until_told(app, vendor, clock=clock)
        finally:
            crew.end()
    waits = f"the first guest is told after {min(told):.1f} s, the last after {max(told):.1f}" if told else ""
    print(
        f"A cancellation behind {effort.crowd:,} announcements: {len(told)} of {overtaking.GUESTS} are told; "
        f"{waits}, {others} announcements leave meanwhile; goal 2.0"
    )


def receive(database_url: str, folder: Path, effort: Effort) -> None:
    """Texts to us, many in each second, at one server with its worker."""
    seed.seed_reminders(
        create_app(Settings(database_url=database_url, key_store=key_store(database_url))),
        [datetime(2027, 1, 9, 18)],
        2,
        now=datetime.now(UTC),
    )
    taken = webhooks.bring(database_url, folder, effort.webhook_seconds)
    print(
        f"Texts to us, {webhooks.PER_SECOND}/s for {effort.webhook_seconds:.0f} s: {len(taken.latencies):,} "
        f"brought, {taken.refused} refused; taken within {taken.latency_ms(50):.0f} ms (p50), "
        f"{taken.latency_ms(99):.0f} ms (p99), goal 300; {1000 * taken.cpu_seconds_each:.1f} ms of processor "
        "time each"
    )


def settings_for(database_url: str, vendor: Vendor, threads: int, parts_per_second: float) -> Settings:
    """Those of an operator who sends by this vendor."""
    sid, token, sender = ACCOUNT
    return Settings(
        database_url=database_url,
        key_store=key_store(database_url),
        gateway="twilio",
        twilio=TwilioSettings(sid, (token,), "", sender, vendor.url),
        send_concurrency=threads,
        segments_per_second=parts_per_second,
        log_level="CRITICAL",
    )


def _make_unreliable(vendor: Vendor, clock: HurriedClock) -> None:
    dice = random.Random("vendor")

    def mischief() -> Fault | None:
        throw = dice.uniform(0, 100)
        for fault, share in FAULTS.items():
            throw -= share
            if throw < 0:
                return fault
        return None

    vendor.clock, vendor.mischief = clock, mischief
    vendor.seconds, vendor.lag_seconds, vendor.retry_after = LATENCY_SECONDS, LIST_LAG_SECONDS, "1"
    # Longer than the client waits, as the vendor of life may.
    vendor.stall_seconds = 40 / SPEED
    # Other ids than those of texts that are in the database already.
    vendor.first = 2**100


@contextmanager
def _reporting(app: Flask, vendor: Vendor) -> Iterator[None]:
    """The vendor's reports, through the real webhook, really signed; some are lost, some come twice."""
    reports: queue.Queue[tuple[str, dict[str, str]] | None] = queue.Queue()
    dice = random.Random("reports")

    def plan(text: dict[str, str]) -> None:
        if dice.random() < DROPPED:
            return
        is_text = "Body" in text
        words = ["sent", "delivered"] if is_text else ["ringing", "completed"]
        kind = "Message" if is_text else "Call"
        if dice.random() < REORDERED:
            words.reverse()
        if dice.random() < DOUBLED:
            words += words
        for word in words:
            form = {f"{kind}Sid": text["sid"], f"{kind}Status": word, "To": text["To"]}
            reports.put((text["StatusCallback"], form))

    def bring() -> None:
        while (report := reports.get()) is not None:
            post_signed(app, *report)

    vendor.on_taken = plan
    courier = threading.Thread(target=bring)
    courier.start()
    try:
        yield
    finally:
        reports.put(None)
        courier.join()


def _wait(app: Flask, crew: Crew, vendor: Vendor, owed: Mapping[str, datetime], effort: Effort) -> None:
    """Kills for a while, then waits until nothing is left to be sent or settled."""
    began = time.monotonic()
    while (passed := time.monotonic() - began) < effort.limit_seconds:
        time.sleep(0.25)
        if passed < effort.kills_seconds:
            crew.kill_some()
        elif len(_takings(vendor)) == len(owed) and not _unsettled(app):
            return


def _unsettled(app: Flask) -> int:
    with app.app_context():
        return (
            db.session.scalar(select(func.count()).where(Message.state.in_(("ready", "claimed", "unknown"))))
            or 0
        )


def _takings(vendor: Vendor) -> Counter[str]:
    with vendor.lock:
        return Counter(text["To"] for text in vendor.taken)


def judged(app: Flask, vendor: Vendor, owed: Mapping[str, datetime], kills: int, seconds: float) -> Storm:
    """What became of the reminders that were owed, by what the vendor took."""
    takings = _takings(vendor)
    with app.app_context():
        states = select(Message.state, func.count()).where(Message.purpose != "confirmation")
        counts = dict(map(tuple, db.session.execute(states.group_by(Message.state))))
        db.engine.dispose()
    return Storm(
        reminders=len(owed),
        lost=len(owed.keys() - takings.keys()),
        doubled=sum(count - 1 for count in takings.values()),
        outside=sum(not is_inside(text, owed[text["To"]]) for text in vendor.taken),
        kills=kills,
        posts=len(vendor.posts),
        states=counts,
        seconds=seconds,
    )


def is_inside(text: Mapping[str, str], starts_at: datetime) -> bool:
    """Whether a text or call left by day and not too early, and dies at the vendor before night."""
    at = parsedate_to_datetime(text["date_created"]).astimezone(UTC)
    wall = local(at, seed.ZONE)
    # A call rings at once, or not at all.
    dies = wall + timedelta(seconds=int(text.get("ValidityPeriod", "0")))
    is_by_day = OPENS <= wall.hour < CLOSES and dies <= wall.replace(hour=CLOSES, minute=1, second=0)
    # The vendor's clock shows whole seconds.
    return is_by_day and starts_at - timedelta(days=1, seconds=1) <= at < starts_at


def _our_rate(
    database_url: str,
    vendor: Vendor,
    effort: Effort,
    *,
    threads: int,
    most_per_second: float,
    parts_per_second: float = 10_000.0,
    is_in_parts: bool = False,
) -> float:
    """Texts (or parts) a second that the vendor took from one worker, once it was running."""
    settings = settings_for(database_url, vendor, threads, parts_per_second)
    noon = noon_of_today()
    count = int(most_per_second * effort.rate_seconds)
    app = create_app(settings)
    starts = [local(noon + timedelta(hours=23), seed.ZONE)] * 8
    vendor.first = 2**100
    with vendor.lock:
        vendor.taken.clear()
        vendor.taken_at.clear()
    seed.seed_reminders(app, starts, count, now=noon)
    crew = Crew(1, settings, HurriedClock(noon, time.time()))
    try:
        until = time.monotonic() + 4 * effort.rate_seconds + 30
        while len(vendor.taken_at) < count and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        crew.end()
    weights = [measure(text["Body"]).parts if is_in_parts else 1 for text in vendor.taken]
    return rate_of(vendor.taken_at, weights)


def noon_of_today() -> datetime:
    """Noon at the place of the events, far from quiet hours."""
    wall = local(datetime.now(UTC), seed.ZONE).replace(hour=12, minute=0, second=0, microsecond=0)
    return resolve(wall, seed.ZONE)


def _bare_rate(vendor: Vendor, effort: Effort, threads: int) -> float:
    with vendor.lock:
        vendor.taken.clear()
        vendor.taken_at.clear()
    sid, token, sender = ACCOUNT
    account = TwilioSettings(sid, (token,), "", sender, vendor.url)
    process = _processes.Process(target=bare.send, args=(account, threads, effort.rate_seconds), daemon=True)
    process.start()
    process.join()
    return rate_of(vendor.taken_at, [1] * len(vendor.taken_at))


def rate_of(at: Sequence[float], weights: Sequence[int]) -> float:
    """How much a second, leaving out the first second, in which what was saved up is spent."""
    counted = [(when, weight) for when, weight in zip(at, weights, strict=True) if when >= at[0] + 1.0]
    if len(counted) < 2:
        return 0.0
    return sum(weight for _, weight in counted[1:]) / (counted[-1][0] - counted[0][0])


if __name__ == "__main__":
    main()
