"""Made-up programs: events with their ballots, written straight into the tables, and as plain tallies."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from outreach.accounts.models import Jurisdiction
from outreach.database import db, transaction
from outreach.engagement import open_sums
from outreach.engagement.models import EventTally
from outreach.engagement.periods import Period, quarter_name
from outreach.engagement.queries import ELSEWHERE, ONLINE
from outreach.engagement.totals import BallotTotals
from outreach.events.models import Event, Venue
from outreach.registration.models import Attendance
from tests.factories import ZONE, make_jurisdictions, make_organization

KINDS = ("welcoming_week", "trust_training", "convening")
COUNTIES = ("jackson-county-mo", "wyandotte-county-ks")


@dataclass(frozen=True, slots=True)
class Held:
    """One event that took place and whose guests are forgotten."""

    starts_local: datetime
    place: str
    kind: str
    head_count: int | None
    totals: BallotTotals | None

    @property
    def quarter(self) -> str:
        return quarter_name(self.starts_local.date())


def made_up(seed: int, count: int, period: Period, *, answering: float = 0.8) -> list[Held]:
    """Events of every shape: one-sided, tiny, empty, large, not asked, miscounted, nobody counted."""
    dice = random.Random(seed)
    return list(_events(dice, count, period, answering))


def _events(dice: random.Random, count: int, period: Period, answering: float) -> Iterator[Held]:
    days = (period.ends_on - period.starts_on).days + 1
    for _ in range(count):
        on = period.starts_on + timedelta(days=dice.randrange(days))
        starts = datetime(on.year, on.month, on.day, dice.choice((0, 9, 18, 23)), 30)
        people = max(0, int(dice.lognormvariate(2.4, 1.0)))
        if dice.random() < 0.3:
            newcomers = people if dice.random() < 0.4 else 0
        else:
            newcomers = sum(dice.random() < 0.4 for _ in range(people))
        answered = [0, 0, 0, 0]
        for person in range(people):
            group = 2 if dice.random() < 0.1 else int(person >= newcomers)
            answered[group if dice.random() < answering else 3] += 1
        heads = dice.choice((people, people, people + dice.randrange(4), None))
        if heads is not None:
            heads = max(heads, 1)
        yield Held(
            starts,
            dice.choice((*COUNTIES, *COUNTIES, ONLINE, ELSEWHERE)),
            dice.choice(KINDS),
            heads,
            None if dice.random() < 0.1 else BallotTotals(*answered),
        )


def keep_all() -> int:
    """Makes all sums that are not right any more, as the worker does; returns how many times."""
    times = 0
    while True:
        with transaction():
            if not open_sums.keep_next():
                return times
        times += 1


def store(program: list[Held]) -> None:
    """Writes the events as they are after their guests are forgotten. Flushes."""
    jurisdictions = {row.slug: row.id for row in db.session.query(Jurisdiction)}
    if not jurisdictions:
        jurisdictions = {slug: row.id for slug, row in make_jurisdictions().items()}
    host = make_organization()
    venues = {}
    for slug in COUNTIES:
        venues[slug] = Venue(name=f"Library of {slug}", county_id=jurisdictions[slug])
    venues[ELSEWHERE] = Venue(name="A hall")
    db.session.add_all(venues.values())
    db.session.flush()
    first = (db.session.query(Event).count() or 0) + 1
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rows, doors, tallies = [], [], []
    for number, held in enumerate(program, first):
        starts_at = held.starts_local.replace(tzinfo=UTC) + timedelta(hours=6)
        rows.append(
            {
                "id": number,
                "public_id": f"made{number}",
                "kind": held.kind,
                "status": "held",
                "organization_id": host.id,
                "source_locale": "en",
                "delivery": "online" if held.place == ONLINE else "in_person",
                "venue_id": None if held.place == ONLINE else venues[held.place].id,
                "starts_local": held.starts_local,
                "ends_local": held.starts_local + timedelta(hours=2),
                "time_zone": ZONE,
                "starts_at": starts_at,
                "ends_at": starts_at + timedelta(hours=2),
                "head_count": held.head_count,
                "created_at": now,
                "changed_at": now,
            }
        )
        doors.append({"event_id": number, "forgotten_at": starts_at + timedelta(days=3)})
        if held.totals is not None:
            totals = held.totals
            tallies.append(
                {
                    "event_id": number,
                    "newcomers": totals.newcomers,
                    "residents": totals.residents,
                    "both": totals.both,
                    "unsaid": totals.unsaid,
                    "submitted_on": held.starts_local.date(),
                }
            )
    for model, given in ((Event, rows), (Attendance, doors), (EventTally, tallies)):
        if given:
            db.session.execute(insert(model), given)
    db.session.flush()
