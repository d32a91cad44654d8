"""Tries are counted in fixed windows, for each purpose and subject apart, and known by hash only."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from outreach import throttle
from outreach.database import db, transaction
from outreach.errors import TooManyRequestsError
from outreach.throttle import Throttle
from outreach.vault import Vault
from tests.conftest import NOW

HOUR = timedelta(hours=1)


def count(
    vault: Vault, *, purpose: str = "knock", subject: str = "127.0.0.1", at=NOW, limit: int = 2
) -> None:
    with transaction():
        throttle.count(purpose, subject, limit=limit, per=HOUR, vault=vault, now=at)


def test_tries_beyond_the_limit_are_refused_until_the_window_ends(context: Flask, vault: Vault):
    count(vault)
    count(vault, at=NOW + timedelta(minutes=10))

    with pytest.raises(TooManyRequestsError) as refusal:
        count(vault, at=NOW + timedelta(minutes=20))

    assert refusal.value.retry_after_seconds == 40 * 60


def test_window_that_is_over_begins_anew_with_the_next_try(context: Flask, vault: Vault):
    for minutes in (0, 1, 60, 61):
        count(vault, at=NOW + timedelta(minutes=minutes))

    row = db.session.scalars(select(Throttle)).one()
    assert (row.tries, row.window_ends_at) == (2, NOW + timedelta(minutes=120))


@pytest.mark.parametrize(
    "other", [{"purpose": "ring"}, {"subject": "127.0.0.2"}], ids=["another purpose", "another subject"]
)
def test_each_purpose_and_subject_is_counted_apart(context: Flask, vault: Vault, other: dict[str, str]):
    count(vault, limit=1)
    count(vault, limit=1, **other)

    assert db.session.scalar(select(func.count()).select_from(Throttle)) == 2


def test_subject_is_kept_by_hash_only(context: Flask, vault: Vault):
    count(vault, subject="+18165550123")

    assert "8165550123" not in db.session.scalars(select(Throttle)).one().key


def test_sweep_removes_windows_that_are_over(context: Flask, vault: Vault):
    count(vault)
    count(vault, subject="127.0.0.2", at=NOW + timedelta(minutes=30))

    with transaction():
        throttle.sweep(now=NOW + HOUR)

    assert [row.window_ends_at for row in db.session.scalars(select(Throttle))] == [
        NOW + timedelta(minutes=90)
    ]


def test_forgiven_tries_are_forgotten(context: Flask, vault: Vault):
    for _ in range(2):
        count(vault)
    with transaction():
        throttle.forgive("knock", "127.0.0.1", vault=vault)

    count(vault)
