"""Texts of unknown outcome on both databases: found, proven not to have left, or left to a person."""

from datetime import timedelta

import pytest

from outreach.database import db, transaction
from outreach.messaging import evidence, outbox
from outreach.messaging.gateways.base import Accepted, Report, Unknown
from outreach.messaging.models import Message
from tests.factories import NOW
from tests.messaging.fakes import ALLOWED, FakeGateway, message, put, sid

SETTLED = NOW + outbox.SETTLE
ABANDONED = NOW + outbox.LEASE


def claim(vault, now=NOW):
    return outbox.claim(10, allowed=ALLOWED, vault=vault, now=now)


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture
def unknown(context, vault) -> int:
    """A text whose sending had no answer."""
    message_id = put(vault)
    outbox.record([(claim(vault)[0], Unknown("timeout"))], vault=vault, now=NOW)
    return message_id


def settle(gateway, vault, now=SETTLED) -> int:
    return evidence.settle(gateway, vault=vault, now=now)


def test_claim_of_a_dead_worker_is_void_after_its_lease(context, vault):
    message_id = put(vault)
    claim(vault)

    assert evidence.void_old_claims(now=ABANDONED - timedelta(seconds=1)) == 0
    assert evidence.void_old_claims(now=ABANDONED) == 1
    row = message(message_id)
    assert (row.state, row.due_at) == ("unknown", ABANDONED + outbox.SETTLE)
    assert claim(vault, now=ABANDONED) == []


def test_settle_leaves_the_vendor_time_to_list(unknown, gateway, vault):
    gateway.listed = (Report(sid(1), "sent"),)

    assert settle(gateway, vault, SETTLED - timedelta(seconds=1)) == 0
    assert message(unknown).state == "unknown"


def test_settle_finds_that_it_was_sent(unknown, gateway, vault):
    gateway.listed = (Report(sid(1), "sent"),)

    assert settle(gateway, vault) == 1
    row = message(unknown)
    assert (row.state, row.provider_sid) == ("sent", sid(1))


def test_settle_sends_again_only_after_two_clean_looks(unknown, gateway, vault):
    assert settle(gateway, vault) == 0
    assert (message(unknown).state, message(unknown).probes) == ("unknown", 1)
    assert settle(gateway, vault, SETTLED + timedelta(seconds=59)) == 0
    assert message(unknown).state == "unknown"

    again = SETTLED + timedelta(seconds=60)
    assert settle(gateway, vault, again) == 1
    assert message(unknown).state == "ready"
    assert [each.message_id for each in claim(vault, now=again)] == [unknown]


def test_settle_finds_it_at_the_second_look(unknown, gateway, vault):
    """The vendor's list was late."""
    settle(gateway, vault)
    gateway.listed = (Report(sid(1), "queued"),)
    settle(gateway, vault, SETTLED + timedelta(seconds=60))

    assert message(unknown).state == "queued"


def test_settle_concludes_nothing_while_the_vendor_cannot_tell(unknown, gateway, vault):
    gateway.listed = None
    for minutes in range(1, 60):
        settle(gateway, vault, SETTLED + timedelta(minutes=minutes))

    row = message(unknown)
    assert (row.state, row.probes) == ("unknown", 0)


@pytest.mark.parametrize("listed", [None, ()], ids=["cannot tell", "not found"])
def test_settle_leaves_to_a_person_what_is_past_its_deadline(unknown, gateway, vault, listed):
    gateway.listed = listed
    late = NOW + timedelta(hours=24)
    settle(gateway, vault, late)

    assert (message(unknown).state, message(unknown).final_at) == ("dead", late)


def test_settle_finds_what_was_sent_even_past_its_deadline(unknown, gateway, vault):
    gateway.listed = (Report(sid(1), "delivered"),)
    settle(gateway, vault, NOW + timedelta(hours=24))

    assert message(unknown).state == "delivered"


def test_settle_does_not_take_another_text_for_this_one(unknown, gateway, vault):
    """The same words to the same number, twice within minutes: one is proven, the other is not."""
    put(vault, dedup_key="reply:2:1")
    outbox.record([(claim(vault)[0], Accepted(sid(1)))], vault=vault, now=NOW)
    gateway.listed = (Report(sid(1), "sent"),)
    settle(gateway, vault)

    assert (message(unknown).state, message(unknown).probes) == ("unknown", 1)


def test_settle_gives_two_alike_one_of_the_vendor_s_each(unknown, gateway, vault):
    other = put(vault, dedup_key="reply:2:1")
    outbox.record([(claim(vault)[0], Unknown("timeout"))], vault=vault, now=NOW)
    gateway.listed = (Report(sid(1), "sent"), Report(sid(2), "sent"))

    assert settle(gateway, vault) == 2
    assert {message(unknown).provider_sid, message(other).provider_sid} == {sid(1), sid(2)}


def test_settle_counts_the_look_of_one_worker_only(unknown, vault):
    """Another one, or a callback, was faster while this one asked the vendor."""

    class Slow(FakeGateway):
        def find(self, to, body, *, since):
            with transaction():
                db.session.get_one(Message, unknown).probes += 1
            return ()

    assert settle(Slow(), vault) == 0
    assert (message(unknown).state, message(unknown).probes) == ("unknown", 1)


def test_ask_heals_a_lost_callback(context, gateway, vault):
    message_id = put(vault)
    outbox.record([(claim(vault)[0], Accepted(sid(1), "queued"))], vault=vault, now=NOW)
    gateway.reports[sid(1)] = Report(sid(1), "undelivered", 30410)

    assert evidence.ask(gateway, vault=vault, now=NOW + timedelta(minutes=14)) == 0
    assert evidence.ask(gateway, vault=vault, now=NOW + timedelta(minutes=15)) == 1
    assert (message(message_id).state, message(message_id).error_code) == ("undelivered", 30410)


def test_ask_asks_less_and_less_and_then_no_more(context, gateway, vault):
    message_id = put(vault)
    outbox.record([(claim(vault)[0], Accepted(sid(1), "queued"))], vault=vault, now=NOW)
    gateway.reports[sid(1)] = Report(sid(1), "sent")
    asked = [
        evidence.ask(gateway, vault=vault, now=NOW + timedelta(minutes=minutes))
        for age in (15, 4 * 60, 24 * 60, 72 * 60, 90 * 60)
        for minutes in (age - 1, age)
    ]

    assert asked == [0, 1, 0, 1, 0, 1, 0, 1, 0, 0]
    row = message(message_id)
    assert (row.state, row.final_at) == ("unconfirmed", NOW + timedelta(hours=72))


def test_ask_tries_again_soon_when_the_vendor_cannot_tell(context, gateway, vault):
    message_id = put(vault)
    outbox.record([(claim(vault)[0], Accepted(sid(1), "queued"))], vault=vault, now=NOW)
    asked_at = NOW + timedelta(minutes=15)
    evidence.ask(gateway, vault=vault, now=asked_at)

    assert message(message_id).due_at == asked_at + timedelta(minutes=5)
