"""Sends what the outbox gives: many texts at once over the network, the database from one thread only."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from outreach.clock import Clock
from outreach.config import Settings
from outreach.database import db
from outreach.messaging import calls, outbox, senders, status
from outreach.messaging.gateways.base import (
    Accepted,
    Dial,
    Dispatch,
    Gateway,
    NotSent,
    Outcome,
    Rejected,
    Unknown,
)
from outreach.messaging.outbox import Claim
from outreach.messaging.pace import Endurance, Gate, most_in_batch
from outreach.messaging.signatures import OPTIONS
from outreach.vault import Vault

log = logging.getLogger(__name__)

#: A text leaves within this after its claim, or not at all: what is left of the lease is longer than the
#: vendor's client waits (3 seconds to connect, 30 to read), so nobody else has the text meanwhile.
FENCE_SECONDS = 45.0
#: For so long new texts are begun before other work gets its turn.
_TURN_SECONDS = 5.0
_LONGEST_NAP_SECONDS = 0.25
#: Until the row of the sender is read again, which says how long it rests.
_REFUSED_SECONDS = 1.0
#: An outcome is recorded this much after it is known, at the latest.
_GATHERED_SECONDS = 0.05


class Sender:
    """One worker's way from the outbox to the gateway; keeps its threads and its pace between turns."""

    def __init__(self, gateway: Gateway, *, settings: Settings, vault: Vault, clock: Clock) -> None:
        self.gateway = gateway
        self.vault = vault
        self.clock = clock
        self.concurrency = settings.send_concurrency
        self.public_url = settings.public_url
        self.allowed = senders.allowance(settings)
        self.gate = Gate(settings.segments_per_second)
        self.endurance = Endurance()
        self._heeding = threading.Lock()
        self.pool = ThreadPoolExecutor(self.concurrency, thread_name_prefix="send")

    def close(self) -> None:
        """Ends the threads once they have what they wait for."""
        self.pool.shutdown(cancel_futures=True)

    def send_due(self, stop: threading.Event, meanwhile: Callable[[], None] = lambda: None) -> int:
        """Sends what is due, for some seconds at most; returns how many texts had an outcome.

        Returns only when what became of each text that it began is recorded; after `stop` it begins none.
        `meanwhile` is done again and again between two batches, and raises nothing.
        """
        ends = time.monotonic() + _TURN_SECONDS
        in_flight: dict[Future[Outcome], Claim] = {}
        done = 0
        while True:
            nap = 0.0
            meanwhile()
            if time.monotonic() < ends and not stop.is_set() and len(in_flight) <= 3 * self.concurrency:
                nap = self._begin(in_flight, stop)
            if stop.is_set() or self.endurance.is_paused(time.monotonic()):
                # What no thread has begun goes back; a vendor in trouble is not asked a dozen times more.
                for each in in_flight:
                    each.cancel()
            if in_flight:
                # A while at most: a thread may be free, or the next text affordable, before one ends.
                finished, _ = wait(in_flight, nap or None, return_when=FIRST_COMPLETED)
                if finished:
                    # Written down together with those that end in the same moment: a commit costs as
                    # much for one as for many.
                    finished, _ = wait(in_flight, _GATHERED_SECONDS)
                done += self._record({each: in_flight.pop(each) for each in finished})
            elif nap:
                stop.wait(nap)
            else:
                return done

    def _begin(self, in_flight: dict[Future[Outcome], Claim], stop: threading.Event) -> float:
        """Claims texts for the threads; returns seconds to wait when the pace holds one back."""
        at = time.monotonic()
        if self.endurance.is_paused(at):
            return 0.0
        now, seconds = self.clock(), time.time()
        standing = senders.standing(self.allowed, at=seconds, now=now)
        if standing.seconds is None or standing.seconds > 0:
            db.session.rollback()
            return min(standing.seconds or 0.0, _LONGEST_NAP_SECONDS)
        # Texts for each thread several times over: while the outcomes of some are written down and others
        # are claimed, no thread waits for the database, and what a batch costs is shared by many.
        room = 6 * self.concurrency - len(in_flight)
        if standing.parts is not None:
            room = min(room, standing.parts)
        room = min(room, most_in_batch(self.allowed.parts_per_second))
        for claim in outbox.claim(room, allowed=self.allowed, vault=self.vault, now=now, at=seconds):
            # The turn is the machine's clock; what waits for it goes by one that nobody sets.
            leaves = self.gate.turn(at + claim.leaves_at - seconds, claim.parts, at)
            in_flight[self.pool.submit(self._send, claim, leaves, at + FENCE_SECONDS, stop)] = claim
        return 0.0

    def _send(self, claim: Claim, leaves: float, fence: float, stop: threading.Event) -> Outcome:
        """Runs in a thread, outside of any transaction."""
        token = status.token_of(claim.message_id, vault=self.vault)
        if (rest := leaves - time.monotonic()) > 0:
            time.sleep(rest)
        at = time.monotonic()
        if at > fence:
            return NotSent("claimed too long ago")
        if stop.is_set() or self.endurance.is_paused(at):
            return NotSent("stopped before")
        try:
            outcome = self._hand_over(claim, token)
        except Exception as error:
            # Whatever broke, bytes may have left.
            outcome = Unknown(type(error).__name__)
        # At once and not when it is written down: many more wait behind it.
        with self._heeding:
            self._heed(outcome)
        return outcome

    def _hand_over(self, claim: Claim, token: str) -> Outcome:
        if claim.channel == "voice":
            report_to = f"{self.public_url}{status.CALL_PATH}{token}#{OPTIONS}"
            return self.gateway.call(Dial(claim.to, f"{self.public_url}{calls.OWED_PATH}{token}", report_to))
        report_to = f"{self.public_url}{status.PATH}{token}#{OPTIONS}"
        return self.gateway.send(Dispatch(claim.to, claim.body, claim.validity_seconds, report_to))

    def _record(self, finished: dict[Future[Outcome], Claim]) -> int:
        if not finished:
            return 0
        outcomes = [(claim, _outcome(each)) for each, claim in finished.items()]
        outbox.record(outcomes, vault=self.vault, now=self.clock())
        return len(outcomes)

    def _heed(self, outcome: Outcome) -> None:
        """Sends slower, or not at all for a while, when the vendor is in trouble or our set-up is."""
        at = time.monotonic()
        match outcome:
            case Rejected(code, "configuration"):
                log.error("the vendor refuses us, error %s: nothing is sent for a while", code)
                # What no thread has begun goes back; the sender's row keeps all workers from more.
                self.endurance.pause(_REFUSED_SECONDS, at)
            case Rejected(_, "congestion"):
                self.endurance.pause(_REFUSED_SECONDS, at)
            case Accepted() | Rejected():
                self.endurance.succeeded()
            case _:
                self.endurance.failed(at)


def _outcome(future: Future[Outcome]) -> Outcome:
    return NotSent("stopped before") if future.cancelled() else future.result()
