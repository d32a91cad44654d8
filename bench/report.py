"""Measures the engagement report and the sums it is made of: time and memory, next to one plain count.

`python -m bench.report`; `docs/benchmarks.md` says how to read it.
"""

import argparse
import random
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from bench.databases import Server, key_store, postgresql, sqlite
from outreach.accounts.models import Jurisdiction
from outreach.accounts.service import add_organization
from outreach.app import create_app
from outreach.config import Settings
from outreach.database import Base, db, transaction, writing_engine
from outreach.engagement import open_sums
from outreach.engagement.dashboard import dashboard
from outreach.engagement.models import EngagementChange, EventTally
from outreach.engagement.periods import parse
from outreach.engagement.service import engagement_report
from outreach.events.models import Event, Venue
from outreach.registration.models import Attendance

EVENTS = (5_000, 50_000)
GOAL_SECONDS = 0.3
ROUNDS = 5
COUNTIES = 5
_BATCH = 2_000
_PERIOD = parse("2026")


def main() -> None:
    """Measures on the databases that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench.report", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few events, to see that it works")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    given = parser.parse_args()
    for kind, server in (("sqlite", sqlite), ("postgresql", postgresql)):
        if given.database in (None, kind):
            print(f"\n== {kind} ==", flush=True)
            _measure(server, (50, 500) if given.quick else EVENTS)


def _measure(server: Server, sizes: tuple[int, ...]) -> None:
    with tempfile.TemporaryDirectory(prefix="outreach-bench-") as name, server(Path(name)) as address:
        for events in sizes:
            url = address(f"report{events}")
            app = create_app(Settings(database_url=url, key_store=key_store(url)))
            with app.app_context():
                Base.metadata.create_all(writing_engine())
                with transaction():
                    people = _fill(events)
                    _forget_sums()
                _analyze()
                _print(events, people)
                db.session.remove()
                db.engine.dispose()


def _forget_sums() -> None:
    """As in the minute of an upgrade: one change is noted, of all places."""
    db.session.execute(delete(EngagementChange))
    db.session.add(EngagementChange())


def _analyze() -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _print(events: int, people: int) -> None:
    plain = _seconds(lambda: db.session.scalar(select(func.count()).where(Event.head_count > 0)))
    print(f"{events:>6,} events, {people:,} check-ins; one count of them: {plain * 1000:.1f} ms", flush=True)
    _say("report without kept sums", _once(_report), plain)
    began, strata = time.perf_counter(), _keep_all()
    _say(f"all {strata} quarters and places kept", time.perf_counter() - began, plain)
    _say(f"report (goal {GOAL_SECONDS} s at the most)", _seconds(_report), plain)
    _say("dashboard", _seconds(lambda: dashboard(_PERIOD, today=_PERIOD.ends_on)), plain)
    _correct()
    _say("report after a head count was corrected", _seconds(_report), plain)
    _say("its quarter and place kept again", _once(_keep_all), plain)
    print(f"{'':>8}peak of memory: report {_peak(_report):.2f} MB, ", end="")
    _correct()
    print(f"one quarter and place {_peak(_keep_all):.2f} MB", flush=True)


def _say(what: str, seconds: float, plain: float) -> None:
    print(f"{'':>8}{what}: {seconds:.3f} s, {seconds / plain:.0f} times that count", flush=True)


def _report() -> None:
    engagement_report(_PERIOD)


def _keep_all() -> int:
    kept = 0
    while True:
        with transaction():
            if not open_sums.keep_next():
                return kept
        kept += 1


def _correct() -> None:
    with transaction():
        db.session.execute(update(Event).where(Event.id == 1).values(head_count=Event.head_count + 1))


def _peak(do: Callable[[], Any]) -> float:
    db.session.rollback()
    tracemalloc.start()
    do()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def _once(do: Callable[[], Any]) -> float:
    return _seconds(do, rounds=1)


def _seconds(do: Callable[[], Any], *, rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        db.session.rollback()
        began = time.perf_counter()
        do()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _fill(events: int) -> int:
    """Held events of a year whose guests are forgotten, with ballots; returns how many people came."""
    host = add_organization("Northeast Neighbors", sector="library")
    counties = [
        Jurisdiction(slug=f"county-{at}", name=f"County {at}", level="county") for at in range(COUNTIES)
    ]
    db.session.add_all(counties)
    db.session.flush()
    venues = [Venue(name=f"Hall of {county.name}", county_id=county.id) for county in counties]
    db.session.add_all(venues)
    db.session.flush()
    dice, people = random.Random(1), 0
    rows = _rooms(dice, events)
    while batch := [row for _, row in zip(range(_BATCH), rows, strict=False)]:
        people += sum(sum(totals.values()) for _, _, totals in batch)
        db.session.execute(
            insert(Event), [_event(id_, at, totals, host.id, venues) for id_, at, totals in batch]
        )
        db.session.execute(
            insert(Attendance),
            [{"event_id": id_, "forgotten_at": datetime(2027, 1, 5, tzinfo=UTC)} for id_, *_ in batch],
        )
        db.session.execute(
            insert(EventTally),
            [{"event_id": id_, "submitted_on": at.date(), **totals} for id_, at, totals in batch],
        )
    return people


def _rooms(dice: random.Random, events: int) -> Iterator[tuple[int, datetime, dict[str, int]]]:
    """Rooms of 20 people on average; three in ten are of one group, and one in five people does not say."""
    for id_ in range(1, events + 1):
        size = max(1, int(dice.lognormvariate(2.6, 0.9)))
        is_one_sided, share = dice.random() < 0.3, 0.35
        totals = dict.fromkeys(("newcomers", "residents", "both", "unsaid"), 0)
        side = dice.random() < share
        for _ in range(size):
            is_newcomer = side if is_one_sided else dice.random() < share
            said = dice.random()
            name = (
                "unsaid"
                if said < 0.2
                else "both"
                if said < 0.25
                else "newcomers"
                if is_newcomer
                else "residents"
            )
            totals[name] += 1
        at = datetime(2026, 1, 1, 18) + timedelta(days=dice.randrange(365))
        yield id_, at, totals


def _event(
    id_: int, at: datetime, totals: dict[str, int], host_id: int, venues: list[Venue]
) -> dict[str, Any]:
    starts_at = at.replace(tzinfo=UTC)
    return {
        "id": id_,
        "public_id": f"e{id_}",
        "kind": ("welcoming_week", "trust_training", "convening")[id_ % 3],
        "status": "held",
        "organization_id": host_id,
        "source_locale": "en",
        "venue_id": venues[id_ % COUNTIES].id,
        "starts_local": at,
        "ends_local": at + timedelta(hours=2),
        "time_zone": "America/Chicago",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "head_count": sum(totals.values()),
        "created_at": starts_at,
        "changed_at": starts_at,
    }


if __name__ == "__main__":
    main()
