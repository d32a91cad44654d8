"""Texts that no webhook brought: found, answered once, and never against what came later."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.messaging import missed, suppressions, threads
from outreach.messaging.gateways.base import Received
from outreach.messaging.models import Message
from outreach.messaging.worker import ROUNDS, run_once
from tests.factories import NOW
from tests.messaging.fakes import FakeGateway
from tests.messaging.phones import Phone, new_sid

MINUTE = timedelta(minutes=1)


@pytest.fixture
def phone(context, vault):
    return Phone(context.extensions["outreach"].settings, vault, NOW)


def listed(phone, body, *, ago=5 * MINUTE, **given) -> Received:
    return Received(**{"sid": new_sid(), "sender": phone.number, "body": body, "sent_at": NOW - ago, **given})


def swept(phone, *texts: Received) -> int:
    gateway = FakeGateway()
    gateway.texts = texts
    return missed.fetch(gateway, settings=phone.settings, vault=phone.vault, now=phone.now)


def test_lost_text_is_answered_once(phone, caplog):
    text = listed(phone, "HE\x00LP")

    assert swept(phone, text) == 1
    assert phone.handle_waiting() == 1
    assert (swept(phone, text), phone.handle_waiting()) == (0, 0)
    (reply,) = phone.owed()
    assert (reply.reply_to_at, len(phone.received())) == (text.sent_at, 1)
    assert phone.received()[0].received_at == text.sent_at
    assert phone.number[1:] not in caplog.text
    assert "HELP" not in caplog.text


def test_text_that_a_webhook_brought_is_not_doubled(phone):
    phone.text("HELP")

    assert swept(phone, listed(phone, "HELP", sid=phone.last_sid)) == 0
    assert len(phone.received()) == len(phone.owed()) == 1


def test_webhook_that_comes_after_all_is_not_doubled(phone):
    text = listed(phone, "HELP")
    swept(phone, text)
    phone.text("HELP", sid=text.sid)

    assert len(phone.received()) == len(phone.owed()) == 1


def test_list_that_fails_changes_nothing(phone, caplog):
    gateway = FakeGateway()
    gateway.texts = None

    assert missed.fetch(gateway, settings=phone.settings, vault=phone.vault, now=NOW) == 0
    assert phone.received() == []
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize(
    "given",
    [
        {"sender": "70123"},
        {"sender": "+4930123456"},
        {"sid": "CA" + "0" * 32},
        {"sent_at": NOW - 61 * MINUTE},
    ],
    ids=["short code", "another country", "no text", "long ago"],
)
def test_what_nobody_waits_for_is_left_alone(phone, given):
    assert swept(phone, listed(phone, "HELP", **given)) == 0


def test_vendor_s_clock_may_be_ahead(phone):
    swept(phone, listed(phone, "HELP", ago=-MINUTE))

    assert phone.received()[0].received_at == NOW


def test_start_that_a_stop_has_overtaken_goes_to_a_person(phone):
    phone.text("STOP")
    swept(phone, listed(phone, "START"))
    phone.handle_waiting()

    assert suppressions.is_suppressed(phone.hashed)
    assert phone.needs_person()


def test_stop_counts_whatever_came_later_and_is_not_answered_late(phone):
    phone.text("HELP")
    owed = len(phone.owed())
    swept(phone, listed(phone, "STOP", ago=9 * MINUTE))
    phone.handle_waiting()

    assert suppressions.is_suppressed(phone.hashed)
    assert len(phone.owed()) == owed


def test_worker_looks_every_ten_minutes(phone):
    assert next(each for each in ROUNDS if each.name == "sweep").every == 10 * MINUTE


def test_worker_answers_what_the_simulated_vendor_holds(phone, app):
    with transaction():
        threads.add_own(phone.number, new_sid(), "HELP", vault=phone.vault, now=NOW)
    run_once(app)
    run_once(app)

    assert db.session.scalars(select(Message.purpose)).all() == ["reply"]
