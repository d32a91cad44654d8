"""How soon a cancellation leaves when a crowd of announcements waits: one worker, a vendor on loopback."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from bench import seed
from bench.vendor import Vendor
from outreach.database import db, insert, transaction
from outreach.events import planning
from outreach.events.models import Event
from outreach.i18n import local
from outreach.identifiers import link_token
from outreach.messaging.due import ANNOUNCEMENT, PRIORITY_ANNOUNCEMENT
from outreach.messaging.models import Message
from outreach.registration.guests import phone_hash

#: Guests of the event that is canceled, and what its organizer says.
GUESTS, REASON = 20, "The river is too high"
#: Texts of the crowd that have left before that.
_UNDER_WAY = 100
_GIVEN_UP_SECONDS = 60.0
_ROWS_AT_ONCE = 1_000


def fill(app: Flask, crowd: int, *, now: datetime) -> None:
    """An event in three days with guests, and a crowd of texts that are due."""
    starts = local(now + timedelta(days=3), seed.ZONE)
    seed.seed_reminders(app, [starts], GUESTS, now=now)
    rows = list(_crowd(app, crowd, now=now))
    with app.app_context(), transaction() as session:
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            session.execute(insert(Message), rows[first : first + _ROWS_AT_ONCE])


def seconds_until_told(
    app: Flask, vendor: Vendor, *, clock: Callable[[], datetime]
) -> tuple[list[float], int]:
    """Cancels the event while the crowd leaves; how long each guest waited, and how much of the crowd left.

    A guest who is not told within a minute is missing.
    """
    ends = time.monotonic() + _GIVEN_UP_SECONDS
    while len(vendor.taken) < _UNDER_WAY and time.monotonic() < ends:
        time.sleep(0.05)
    with app.app_context(), transaction() as session:
        event = session.scalars(select(Event)).one()
        planning.cancel(event, REASON, locale=event.source_locale, now=clock())
    began, left = time.monotonic(), len(vendor.taken)
    told: list[float] = []
    while len(told) < GUESTS and time.monotonic() < began + _GIVEN_UP_SECONDS:
        time.sleep(0.05)
        with vendor.lock:
            taken = zip(vendor.taken, vendor.taken_at, strict=True)
            told = [at - began for text, at in taken if REASON in text.get("Body", "")]
    with app.app_context():
        db.engine.dispose()
    return told, len(vendor.taken) - left - len(told)


def _crowd(app: Flask, count: int, *, now: datetime) -> Iterator[dict[str, Any]]:
    with app.app_context():
        vault = app.extensions["outreach"].vault
        known = [(number, phone_hash(vault, number)) for number in seed.numbers()[-1_000:]]
        for each in range(count):
            number, hashed = known[each % len(known)]
            content = {"to": number, "locale": "en", "body": f"We look forward to seeing you. {each}"}
            yield {
                "dedup_key": f"crowd:{link_token()}",
                "purpose": ANNOUNCEMENT,
                "priority": PRIORITY_ANNOUNCEMENT,
                "phone_hash": hashed,
                "sealed": vault.seal(content, place="message"),
                "segments": 1,
                "not_before": now,
                "deadline": now + timedelta(days=1),
                "due_at": now,
                "zone": seed.ZONE,
                "created_at": now,
            }
