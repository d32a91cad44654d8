"""Measures Outreach against the yardstick on one kind of database, and prints what came of it."""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import visits
from bench.load import Measured, fetch, run
from bench.seed import Seeded
from bench.servers import Server
from bench.visits import Site, Visitor

START_GOAL_SECONDS = 2.0
MEMORY_GOAL_MB = 160.0
SCALE_GOAL = 1.2


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured, and how long."""

    guests: int
    rounds: int
    seconds: float
    warm_up_seconds: float
    starts: int


@dataclass(frozen=True, slots=True)
class Databases:
    """What is served: two databases of Outreach, and the yardstick's that is like the smaller one."""

    small_url: str
    large_url: str
    yardstick_url: str
    small: Seeded
    large: Seeded


@dataclass(frozen=True, slots=True)
class Contender:
    """A server, and what its visitors do."""

    server: Server
    visitor: Visitor
    source: Callable[[int], str] = lambda number: "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Round:
    """One contender once; counted are requests, or whole visits."""

    rate: float
    median_ms: float
    p95_ms: float
    #: Processor time of the server, without the database's own.
    cpu_ms: float


class Comparison:
    """Everything that is measured on one kind of database."""

    def __init__(self, databases: Databases, effort: Effort, folder: Path) -> None:
        self.databases, self.effort, self.folder = databases, effort, folder
        self.log = folder / "servers.log"
        self.feed, self.zipped_feed = folder / "feed.ics", folder / "feed.ics.gz"
        self.ours = Site(True, databases.small.public_ids, databases.small.open_ids)
        self.many = Site(True, databases.large.public_ids, databases.large.open_ids)
        self.yard = Site(False, databases.small.public_ids, databases.small.open_ids)

    def run(self) -> None:
        """Starts the servers, measures, prints, and stops the servers."""
        with ExitStack() as stack:
            small = self.served(stack, self.small_outreach())
            etag = self.keep_feeds(small)
            large = self.served(stack, self.large_outreach())
            yard = self.served(stack, self.yardstick())
            _print_header()
            self.compare_pages(small, yard)
            self.compare_feeds(small, yard, etag)
            self.compare_registering(small, yard)
            self.compare_sizes(small, large)
            _print_memory(small, yard)
        self.print_memory_alone()
        self.print_starts()

    def compare_pages(self, ours: Server, yard: Server) -> None:
        """The list and single events."""
        for name, visitor in (("event list", visits.listing), ("one event", visits.details)):
            for suffix, goal, is_kept in (("", 0.8, True), (", drawn anew", None, False)):
                results = self.alternate(
                    Contender(ours, visitor(self.ours, is_kept=is_kept)),
                    Contender(yard, visitor(self.yard, is_kept=is_kept)),
                )
                _print_line(name + suffix, results, goal)

    def compare_feeds(self, ours: Server, yard: Server, etag: str) -> None:
        """The public feed against kept bytes, and its short answer against our own list."""
        for name, is_zipped in (("public feed, packed", True), ("public feed, not packed", False)):
            results = self.alternate(
                Contender(ours, visits.feed(self.ours, is_zipped=is_zipped)),
                Contender(yard, visits.feed(self.yard, is_zipped=is_zipped)),
            )
            _print_line(name, results, 0.9)
        results = self.alternate(
            Contender(ours, visits.unchanged_feed(etag)),
            Contender(ours, visits.listing(self.ours, is_kept=True)),
        )
        _print_line("feed 304 (beside: our list)", results, 1.0)

    def compare_registering(self, ours: Server, yard: Server) -> None:
        """The whole way from the form to the pass."""
        source = visits.households()
        results = self.alternate(
            Contender(ours, visits.registrations(self.ours), source),
            Contender(yard, visits.registrations(self.yard), source),
            is_by_visit=True,
        )
        _print_line("form, registration, pass", results, 0.7)

    def compare_sizes(self, small: Server, large: Server) -> None:
        """Requests of equal size with few and with many events."""
        goal = 1 / SCALE_GOAL
        for name, few, many in (
            ("list", visits.listing(self.ours, is_kept=True), visits.listing(self.many, is_kept=True)),
            ("list, drawn anew",
             visits.listing(self.ours, is_kept=False), visits.listing(self.many, is_kept=False)),
            ("whole feed", visits.feed(self.ours, is_zipped=True), visits.feed(self.many, is_zipped=True)),
            ("a host's feed, made anew", visits.feed_anew, visits.feed_anew),
        ):  # fmt: skip
            results = self.alternate(Contender(large, many), Contender(small, few))
            _print_line(f"{name}: many (beside: few)", results, goal)

    def alternate(self, *contenders: Contender, is_by_visit: bool = False) -> list[tuple[Round, ...]]:
        """Lets the contenders run in turn, as often as the effort says."""
        for each in contenders:
            self.once(each, self.effort.warm_up_seconds)
        return [
            tuple(_round(*self.once(each, self.effort.seconds), is_by_visit) for each in contenders)
            for _ in range(self.effort.rounds)
        ]

    def once(self, contender: Contender, seconds: float) -> tuple[Measured, float]:
        """One run, and the processor time that the server used for it."""
        server = contender.server
        before = server.cpu_seconds()
        measured = run(server.port, contender.visitor, seconds=seconds, source=contender.source)
        return measured, server.cpu_seconds() - before

    def small_outreach(self) -> Server:
        """A fresh Outreach with few events; nobody has waited for it yet."""
        return Server.of_outreach(self.databases.small_url, self.log)

    def large_outreach(self) -> Server:
        """The same with many events."""
        return Server.of_outreach(self.databases.large_url, self.log)

    def yardstick(self) -> Server:
        """A fresh yardstick; nobody has waited for it yet."""
        url = self.databases.yardstick_url
        return Server.of_yardstick(url, self.log, feed=self.feed, zipped_feed=self.zipped_feed)

    def served(self, stack: ExitStack, server: Server) -> Server:
        """The server once it answers; it ends with the stack."""
        stack.callback(server.stop)
        server.wait_for("/healthz")
        return server

    def keep_feeds(self, server: Server) -> str:
        """Saves our feed as the bytes that the yardstick serves; returns its tag."""
        began = time.perf_counter()
        plain = fetch(server.port, "/en/calendar.ics")
        seconds = time.perf_counter() - began
        packed = fetch(server.port, "/en/calendar.ics", {"Accept-Encoding": "gzip"})
        self.feed.write_bytes(plain.body)
        self.zipped_feed.write_bytes(packed.body)
        print(
            f"The public feed has {len(plain.body):,} bytes, {len(packed.body):,} packed. "
            f"Writing all its entries for the first time took {seconds:.2f} s."
        )
        return plain.header("ETag")

    def print_memory_alone(self) -> None:
        """What one serving process with its worker holds after the same visitors: the default of `serve`."""
        seconds = self.effort.warm_up_seconds + self.effort.rounds * self.effort.seconds
        with ExitStack() as stack:
            alone = self.served(stack, Server.of_outreach(self.databases.small_url, self.log, workers=1))
            for visitor in (
                visits.listing(self.ours, is_kept=True),
                visits.listing(self.ours, is_kept=False),
                visits.details(self.ours, is_kept=True),
                visits.details(self.ours, is_kept=False),
                visits.feed(self.ours, is_zipped=True),
                visits.feed(self.ours, is_zipped=False),
                visits.registrations(self.ours),
                visits.feed_anew,
            ):
                self.once(Contender(alone, visitor, visits.households()), seconds)
            held = alone.memory().proportional
        print(f"with one serving process and its worker, as `outreach serve` starts: {_beside_goal(held)}")

    def print_starts(self) -> None:
        """From the start of the process to the first answers; the feed's entries are kept by now."""
        applications: tuple[tuple[str, Callable[[], Server], tuple[str, str]], ...] = (
            ("ours", self.small_outreach, ("/en/events/", "/en/calendar.ics")),
            ("yardstick", self.yardstick, ("/events/", "/calendar.ics")),
        )
        print()
        for name, start, (list_path, feed_path) in applications:
            found = [_start_times(start(), list_path, feed_path) for _ in range(self.effort.starts)]
            first, listing, feed = (statistics.median(column) for column in zip(*found, strict=True))
            goal = f"   goal {START_GOAL_SECONDS} s, {_met(listing <= START_GOAL_SECONDS)}"
            print(
                f"from start to first answer {first:.2f} s, to first list {listing:.2f} s "
                f"(then first feed in {1000 * feed:.0f} ms): {name}{goal if name == 'ours' else ''}"
            )


def _start_times(server: Server, list_path: str, feed_path: str) -> tuple[float, float, float]:
    try:
        first, listing = server.wait_for("/healthz"), server.wait_for(list_path)
        return first, listing, server.wait_for(feed_path) - listing
    finally:
        server.stop()


def _round(measured: Measured, cpu_seconds: float, is_by_visit: bool) -> Round:
    count = measured.visits if is_by_visit else measured.requests
    return Round(
        rate=count / measured.seconds,
        median_ms=measured.latency_ms(50),
        p95_ms=measured.latency_ms(95),
        cpu_ms=1000 * cpu_seconds / count,
    )


def _print_header() -> None:
    side = f"{'a second':>10}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}"
    print(f"\n{'':34}{'ours':^34}  {'yardstick':^34}")
    print(f"{'':34}{side}  {side}{'ratio':>8}{'by CPU':>8}{'goal':>6}")


def _print_line(name: str, results: list[tuple[Round, ...]], goal: float | None) -> None:
    sides = "  ".join(_side([rounds[place] for rounds in results]) for place in (0, 1))
    ratio = statistics.median(ours.rate / other.rate for ours, other in results)
    by_cpu = statistics.median(other.cpu_ms / ours.cpu_ms for ours, other in results)
    verdict = "" if goal is None else f"{goal:>6.2f}  {_met(ratio >= goal)}"
    print(f"{name:34}{sides}{ratio:>8.2f}{by_cpu:>8.2f}{verdict}", flush=True)


def _side(rounds: list[Round]) -> str:
    rate, median_ms, p95_ms, cpu_ms = (
        statistics.median(getattr(each, name) for each in rounds) for name in Round.__slots__
    )
    return f"{rate:>10,.0f}{median_ms:>8.1f}{p95_ms:>8.1f}{cpu_ms:>8.2f}"


def _print_memory(ours: Server, yard: Server) -> None:
    held, other = ours.memory(), yard.memory()
    print(
        f"\nmemory of all processes after that: yardstick {other.proportional:.0f} MB, "
        f"ours {_beside_goal(held.proportional)}\n"
        f"(with shared pages counted for each process {other.resident:.0f} MB and {held.resident:.0f} MB)"
    )


def _beside_goal(megabytes: float) -> str:
    return f"{megabytes:.0f} MB   goal {MEMORY_GOAL_MB:.0f} MB, {_met(megabytes <= MEMORY_GOAL_MB)}"


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"
