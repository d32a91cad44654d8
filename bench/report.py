"""Measures the engagement report: its time and its memory, next to one plain count of the events.

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

from sqlalchemy import func, insert, select

from bench.databases import Server, postgresql, sqlite
from outreach.accounts.models import Jurisdiction
from outreach.accounts.service import add_organization
from outreach.app import create_app
from outreach.config import Settings
from outreach.database import Base, db, transaction
from outreach.engagement.models import EventTally
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
            app = create_app(Settings(database_url=address(f"report{events}")))
            with app.app_context():
                Base.metadata.create_all(db.engine)
                with transaction():
                    people = _fill(events)
                _analyze()
                _print(events, people)
                db.session.remove()
                db.engine.dispose()


def _analyze() -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _print(events: int, people: int) -> None:
    plain = _seconds(lambda: db.session.scalar(select(func.count()).where(Event.head_count > 0)))
    report = _seconds(lambda: engagement_report(_PERIOD))
    tracemalloc.start()
    found = engagement_report(_PERIOD)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(
        f"{events:>6,} events, {people:,} check-ins: {report:.3f} s (goal {GOAL_SECONDS} s at the most), "
        f"{report / plain:.0f} times one count of the events ({plain * 1000:.1f} ms); "
        f"peak of memory {peak / 1e6:.2f} MB; {found.figures.answers:,} answers",
        flush=True,
    )


def _seconds(do: Callable[[], Any]) -> float:
    taken = []
    for _ in range(ROUNDS):
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
