"""Stop, start, block: what the ledger and the list of numbers say afterwards."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from outreach.database import db, transaction
from outreach.events.models import Event
from outreach.messaging import outbox, suppressions
from outreach.messaging.models import Message, Suppression
from outreach.registration import service
from outreach.registration.guests import phone_hash
from outreach.registration.ledger import has_stopped_texts
from outreach.registration.models import ConsentEvent
from outreach.registration.requests import Consent
from outreach.registration.scopes import ALL, REGION, of_event, of_organization, silence
from tests.factories import NOW, make_event, make_request
from tests.messaging.fakes import ALLOWED, put

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

    row = db.session.get(Suppression, (hashed, ALL))
    assert (row.reason, row.since_at) == ("stop", NOW)
    assert ledger(vault) == [("stopped", "text", "توقف")]
    assert has_stopped_texts(hashed)


def test_stop_said_again_adds_to_the_ledger_only(hashed, vault):
    stop(vault)

    assert not stop(vault, "Stop!!", now=LATER)
    assert db.session.get(Suppression, (hashed, ALL)).since_at == NOW
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


# By scope.


@pytest.fixture
def event(context) -> Event:
    with transaction():
        return make_event()


def keep(vault, event, now=NOW):
    with transaction():
        return suppressions.keep(PHONE, event, "1", "en", vault=vault, now=now)


def test_texts_about_one_event_go_on_after_a_stop_when_that_is_asked(hashed, vault, event):
    stop(vault)

    assert keep(vault, event)
    assert not suppressions.is_suppressed(hashed, of_event(event.id))
    assert suppressions.is_suppressed(hashed, of_event(event.id + 1))
    assert suppressions.is_suppressed(hashed)
    assert suppressions.kept_scope(hashed) == of_event(event.id)
    assert has_stopped_texts(hashed)
    assert not has_stopped_texts(hashed, of_event(event.id))
    line = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id.desc())).first()
    assert (line.action, line.scope) == ("kept", of_event(event.id))


def test_second_stop_ends_what_was_kept(hashed, vault, event):
    stop(vault)
    keep(vault, event)

    assert stop(vault)
    assert suppressions.reason(hashed, of_event(event.id)) == "stop"
    assert has_stopped_texts(hashed, of_event(event.id))


@pytest.mark.parametrize("before", ["nothing", "block"])
def test_nothing_is_kept_without_a_stop_or_against_a_block(hashed, vault, event, before):
    if before == "block":
        block(hashed, vault)

    assert not keep(vault, event)
    assert suppressions.is_suppressed(hashed, of_event(event.id)) == (before == "block")


def test_block_ends_what_was_kept(hashed, vault, event):
    stop(vault)
    keep(vault, event)
    block(hashed, vault)

    assert suppressions.is_suppressed(hashed, of_event(event.id))
    assert has_stopped_texts(hashed, of_event(event.id))


def test_start_leaves_what_was_stopped_on_its_own(hashed, vault):
    with transaction():
        suppressions.stop_scope(hashed, REGION, "8", "en", source="text", vault=vault, now=NOW)
    stop(vault)
    start(vault)

    assert suppressions.reason(hashed, REGION) == "stop"
    assert not suppressions.is_suppressed(hashed)


def test_what_was_kept_is_forgotten_with_its_event(hashed, vault, event):
    stop(vault)
    keep(vault, event)
    with transaction():
        suppressions.forget(now=event.ends_at + timedelta(days=3))

    rows = db.session.scalars(select(Suppression.scope)).all()
    assert rows == [ALL]


_REASONS = st.sampled_from(("stop", "blocked", "unreachable", "voice_only"))
_SAID = st.fixed_dictionaries(
    {},
    optional={
        ALL: _REASONS,
        REGION: st.just("stop"),
        of_organization(1): st.just("stop"),
        of_event(1): st.sampled_from(("stop", "kept")),
    },
)
_OWN_CONTEXT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=25, deadline=None, suppress_health_check=_OWN_CONTEXT)
@given(_SAID)
def test_no_text_leaves_to_a_scope_that_is_stopped(hashed, vault, said):
    """Neither the claim nor the count of an announcement lets one through that the rule holds back."""
    with transaction() as session:
        for table in (Message, Suppression):
            session.execute(delete(table))
        for scope, reason in said.items():
            session.add(Suppression(phone_hash=hashed, scope=scope, reason=reason, since_at=NOW))
    scopes = (ALL, REGION, of_organization(1), of_organization(2), of_event(1), of_event(2))
    by_id = {put(vault, dedup_key=f"reply:{scope}", scope=scope): scope for scope in scopes}

    claims = outbox.claim(10, allowed=ALLOWED, vault=vault, now=NOW)

    allowed = {scope for scope in scopes if silence(said, scope) is None}
    assert {by_id[claim.message_id] for claim in claims} == allowed
    counted = {
        scope
        for scope in scopes
        if db.session.scalar(
            select(Message.id).where(Message.scope == scope, suppressions.may_text(Message.phone_hash, scope))
        )
    }
    assert counted == allowed
