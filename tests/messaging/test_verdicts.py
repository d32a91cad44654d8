"""What follows from an error: every code of the table, first and second time, in time and too late."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from outreach.messaging.gateways import base
from outreach.messaging.gateways.base import kind_of
from outreach.messaging.verdicts import MOST_RESENDS, Loss, next_carrier_day, resend_at
from tests.factories import NOW

ERRORS = tomllib.loads(Path(base.__file__).with_name("errors.toml").read_text(encoding="utf-8"))["kinds"]
MINUTES = {30003: 180, 30008: 30, 30450: 30, 30453: 30}
CODES = [(code, kind) for kind, codes in ERRORS.items() for code in codes]


def minutes_until_resend(code, *, earlier=None, resends=0, hours=48.0, allowed_at=lambda at: at):
    loss = Loss(kind_of(code), earlier, resends, NOW + timedelta(hours=hours))
    at = resend_at(loss, NOW, allowed_at=allowed_at)
    return None if at is None else (at - NOW) / timedelta(minutes=1)


def expected(code, kind):
    in_minutes = {"configuration": 15, "congestion": 1, "capped": 16 * 60}
    return MINUTES.get(code, in_minutes.get(kind))


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_every_code_is_sent_again_when_the_table_says_so(code, kind):
    assert minutes_until_resend(code) == expected(code, kind)


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_no_code_is_sent_again_too_late_or_too_often(code, kind):
    assert minutes_until_resend(code, hours=0.01) is None
    assert minutes_until_resend(code, resends=MOST_RESENDS) is None
    is_once = kind in ("unreachable", "unexplained", "guarded")
    again = minutes_until_resend(code, earlier=kind, resends=1)
    assert again == (None if is_once else expected(code, kind))


@pytest.mark.parametrize("code", [30410, 30036, 30007, 30004, 30005, 30006, 21610, 21617, 99999])
def test_what_may_have_arrived_or_cannot_is_never_sent_again(code):
    assert minutes_until_resend(code) is None


def test_resend_is_of_no_use_when_quiet_hours_last_until_the_deadline():
    morning = NOW + timedelta(hours=12)

    assert minutes_until_resend(30003, hours=11, allowed_at=lambda at: morning) is None
    assert minutes_until_resend(30003, hours=13, allowed_at=lambda at: morning) == 180


def test_carriers_begin_their_day_at_midnight_of_the_pacific():
    assert next_carrier_day(datetime(2026, 9, 7, 15, 0, tzinfo=UTC)) == datetime(2026, 9, 8, 7, tzinfo=UTC)
    assert next_carrier_day(datetime(2026, 11, 1, 8, 0, tzinfo=UTC)) == datetime(2026, 11, 2, 8, tzinfo=UTC)
