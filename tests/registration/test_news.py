"""Lists of news on both databases: joined once, confirmed, left, forgotten in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.registration import news
from outreach.registration.guests import phone_hash
from outreach.registration.models import ConsentEvent, NewsReader
from outreach.registration.requests import Consent
from outreach.registration.scopes import REGION, of_organization
from tests.factories import NOW

PHONE = "+18165550123"


@pytest.fixture
def hashed(context, vault):
    return phone_hash(vault, PHONE)


def join(vault, *, is_proven=False, scope=REGION, locale="en", now=NOW) -> bool:
    with transaction():
        return news.join(
            PHONE, scope, Consent("Yes.", "2026-01-01"),
            locale=locale, source="web", is_proven=is_proven, vault=vault, now=now,
        )  # fmt: skip


def row() -> NewsReader:
    db.session.rollback()
    return db.session.scalars(select(NewsReader)).one()


def test_typed_number_is_on_only_after_its_own_yes(hashed, vault):
    assert not join(vault)
    assert join(vault, is_proven=True, locale="es", now=NOW + timedelta(minutes=5))

    assert news.facts_of(row().sealed, vault=vault) == news.ReaderFacts(PHONE, "es")
    lines = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
    assert [(line.action, line.scope, line.version) for line in lines] == [
        ("asked", REGION, "2026-01-01"),
        ("granted", REGION, "2026-01-01"),
    ]


def test_somebody_who_types_the_number_of_a_reader_changes_nothing(hashed, vault):
    join(vault, is_proven=True)

    assert join(vault, locale="ar", now=NOW + timedelta(days=2))
    assert (row().is_on, row().asked_at) == (True, NOW)
    assert news.facts_of(row().sealed, vault=vault).locale == "en"


@pytest.mark.parametrize(("hours", "is_anew"), [(23, False), (24, True)])
def test_number_is_asked_at_most_once_a_day(hashed, vault, hours, is_anew):
    join(vault)
    join(vault, now=NOW + timedelta(hours=hours))

    assert (row().asked_at > NOW) == is_anew


def test_leaving_one_list_keeps_the_other(hashed, vault):
    for scope in (REGION, of_organization(3)):
        join(vault, is_proven=True, scope=scope)
    with transaction():
        assert news.leave(hashed, REGION) == [REGION]
        assert news.leave(hashed, REGION) == []

    assert row().scope == of_organization(3)


@pytest.mark.parametrize(
    ("is_proven", "after", "is_gone"),
    [
        pytest.param(False, timedelta(days=2), False, id="may still answer"),
        pytest.param(False, timedelta(days=3), True, id="did not answer"),
        pytest.param(True, timedelta(days=364), False, id="heard of within a year"),
        pytest.param(True, timedelta(days=365), True, id="silent for a year"),
    ],
)
def test_forget(hashed, vault, is_proven, after, is_gone):
    join(vault, is_proven=is_proven)
    with transaction():
        assert news.forget(now=NOW + after) == is_gone

    assert bool(news.of_number(hashed)) != is_gone


def test_sign_of_life_keeps_a_reader(hashed, vault):
    join(vault, is_proven=True)
    with transaction():
        news.see(hashed, now=NOW + timedelta(days=300))
        assert news.forget(now=NOW + timedelta(days=400)) == 0
