"""The benchmark of delivery sees what it is there to see: a reminder lost, doubled, too early or at night."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from bench import delivery, seed, vendor
from outreach.app import create_app
from outreach.config import Settings
from outreach.database import db

#: Six in the evening of the next day in Kansas City; the reminder is due at six today.
STARTS = datetime(2026, 10, 7, 23, 0, tzinfo=UTC)
DUE = STARTS - timedelta(days=1)


def taken(at: datetime, validity: int = 3600) -> dict[str, str]:
    return {"date_created": format_datetime(at), "ValidityPeriod": str(validity)}


@pytest.mark.parametrize(
    ("at", "validity", "expected"),
    [
        (DUE, 3600, True),
        (DUE - timedelta(minutes=1), 3600, False),
        (DUE + timedelta(hours=2, minutes=1), 60, False),
        (DUE, 3 * 3600, False),
        (DUE + timedelta(hours=14, minutes=59), 3600, False),
        (DUE + timedelta(hours=15), 3600, True),
        (STARTS, 60, False),
    ],
    ids=["when due", "too early", "at night", "dies at night", "before nine", "at nine", "too late"],
)
def test_window_of_a_reminder(at, validity, expected):
    assert delivery.is_inside(taken(at, validity), STARTS) is expected


def test_lost_and_doubled_reminders_are_counted(sqlite_url):
    app = create_app(Settings(database_url=sqlite_url))
    owed = dict.fromkeys(("+18165550101", "+18165550102", "+18165550103"), STARTS)
    fake = vendor.Vendor()
    fake.taken = [{"To": number, **taken(DUE)} for number in ("+18165550101", "+18165550102", "+18165550102")]

    found = delivery.judged(app, fake, owed, kills=0, seconds=1.0)
    assert (found.reminders, found.lost, found.doubled, found.outside) == (3, 1, 1, 0)
    assert not found.is_clean


def test_rate_leaves_out_what_was_saved_up():
    at = [0.0] * 50 + [1.0 + each / 10 for each in range(21)]

    assert delivery.rate_of(at, [1] * len(at)) == pytest.approx(10)
    assert delivery.rate_of(at, [2] * len(at)) == pytest.approx(20)


def test_every_guest_of_a_storm_is_owed_one_reminder(tmp_path):
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/storm.sqlite3"))
    starts = [datetime(2026, 10, 7, 18), datetime(2026, 10, 7, 19)]
    owed = seed.seed_reminders(app, starts, 5, now=DUE)

    assert sorted(owed.values()) == [STARTS] * 3 + [STARTS + timedelta(hours=1)] * 2
    with app.app_context():
        db.engine.dispose()


def test_vendor_lists_late_and_takes_so_many_at_once():
    with vendor.running() as fake:
        fake.lag_seconds, fake.most_at_once = 0.2, 0
        form = {"To": "+18165550101", "Body": "Hello"}
        url = f"{fake.url}/2010-04-01/Accounts/AC/Messages.json"
        assert requests.post(url, data=form, timeout=5).status_code == 429
        fake.most_at_once = None
        assert requests.post(url, data=form, timeout=5).status_code == 201
        assert fake.listed("+18165550101") == []
        fake.lag_seconds = 0.0
        assert [text["Body"] for text in fake.listed("+18165550101")] == ["Hello"]
