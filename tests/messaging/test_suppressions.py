"""Stop, start, block: what the ledger and the list of numbers say afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.messaging import suppressions
from outreach.messaging.models import Suppression
from outreach.registration import service
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import has_stopped_texts
from outreach.registration.models import ConsentEvent
from outreach.registration.requests import Consent
from tests.factories import NOW, make_event, make_request

PHONE = "+18165550123"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def hashed(context, vault):
    return phone_hash(vault, PHONE)


def stop(vault, wording="STOP", now=NOW):
    with transaction():
        return suppressions.stop(PHONE, wording, "en", vault=vault, now=now)


def start(vault, now=LATER):
    with transaction():
        return suppressions.start(PHONE, "START", "en", vault=vault, now=now)


def block(hashed, vault):
    with transaction():
        suppressions.block(hashed, "21610", vault=vault, now=NOW)


def set_unreachable(hashed):
    with transaction():
        suppressions.set_unreachable(hashed, now=NOW)


def hear(hashed):
    with transaction():
        suppressions.hear(hashed)


def ledger(vault):
    lines = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id))
    return [(line.action, line.source, vault.open(line.sealed, place="consent")["wording"]) for line in lines]


def test_number_is_texted_until_it_says_otherwise(hashed):
    assert not suppressions.is_suppressed(hashed)
    assert not has_stopped_texts(hashed)


def test_stop_ends_texts_and_keeps_the_words(hashed, vault):
    assert stop(vault, "توقف")

    row = db.session.get(Suppression, hashed)
    assert (row.reason, row.since_at) == ("stop", NOW)
    assert ledger(vault) == [("stopped", "text", "توقف")]
    assert has_stopped_texts(hashed)


def test_stop_said_again_adds_to_the_ledger_only(hashed, vault):
    stop(vault)

    assert not stop(vault, "Stop!!", now=LATER)
    assert db.session.get(Suppression, hashed).since_at == NOW
    assert [line[2] for line in ledger(vault)] == ["STOP", "Stop!!"]


def test_start_ends_a_stop(hashed, vault):
    stop(vault)

    assert start(vault)
    assert not suppressions.is_suppressed(hashed)
    assert not has_stopped_texts(hashed)
    assert [line[0] for line in ledger(vault)] == ["stopped", "restarted"]


def test_start_without_a_stop_is_kept_as_a_yes(hashed, vault):
    assert not start(vault)
    assert ledger(vault) == [("restarted", "text", "START")]


def test_stop_after_start_counts_again(hashed, vault):
    stop(vault)
    start(vault)

    assert stop(vault)
    assert suppressions.reason(hashed) == "stop"


@pytest.mark.parametrize("door", ["web", "text"])
def test_registering_again_revives_no_stopped_number(hashed, vault, door):
    stop(vault)
    with transaction():
        event = make_event()
        request = make_request(
            event, phone=PHONE, door=door, is_phone_proven=door == "text", consent=Consent("Text me.")
        )
        service.register(request, vault=vault, now=LATER)

    assert suppressions.reason(hashed) == "stop"
    assert has_stopped_texts(hashed)
    assert [line[0] for line in ledger(vault)] == ["stopped", "granted"]


def test_block_by_the_vendor_is_a_stop_for_the_ledger(hashed, vault):
    block(hashed, vault)
    block(hashed, vault)

    assert suppressions.reason(hashed) == "blocked"
    assert ledger(vault) == [("stopped", "vendor", "21610")]
    assert has_stopped_texts(hashed)


def test_block_does_not_weaken_a_stop(hashed, vault):
    stop(vault)
    block(hashed, vault)

    assert suppressions.reason(hashed) == "stop"
    assert [line[1] for line in ledger(vault)] == ["text"]


def test_start_ends_a_block(hashed, vault):
    block(hashed, vault)

    assert start(vault)
    assert not suppressions.is_suppressed(hashed)


def test_stop_of_a_blocked_number_is_no_news(hashed, vault):
    block(hashed, vault)

    assert not stop(vault)
    assert suppressions.reason(hashed) == "stop"


def test_number_out_of_reach_is_texted_again_once_it_is_heard(hashed, vault):
    set_unreachable(hashed)
    assert suppressions.reason(hashed) == "unreachable"
    assert not has_stopped_texts(hashed)

    hear(hashed)
    assert not suppressions.is_suppressed(hashed)


def test_being_heard_ends_no_stop(hashed, vault):
    stop(vault)
    set_unreachable(hashed)
    hear(hashed)

    assert suppressions.reason(hashed) == "stop"


def test_another_number_is_not_concerned(hashed, vault):
    stop(vault)

    assert not suppressions.is_suppressed(phone_hash(vault, "+18165550124"))
