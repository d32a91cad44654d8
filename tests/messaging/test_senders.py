"""Senders on both databases: one rate for all workers, rests that staff can end, and what is filtered."""

import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.messaging import outbox, senders, status, suppressions
from outreach.messaging.gateways.base import Report
from outreach.messaging.models import ProviderEvent, Sender
from outreach.messaging.senders import Allowance
from outreach.messaging.verdicts import CONFIGURATION_PAUSE
from outreach.registration.guests import phone_hash
from tests.factories import NOW
from tests.messaging.fakes import ALLOWED, PHONE, message, put, sid

AT = 1_000_000.0


def take(parts, *, at=AT, now=NOW, allowed=None):
    with transaction():
        return senders.take_turns(allowed or Allowance("S", 10.0), parts, at=at, now=now)


def sent(vault, *, of=1, now=NOW, **given) -> int:
    message_id = put(vault, now=now, **given)
    assert outbox.claim(1, allowed=ALLOWED, vault=vault, now=now)
    hear(vault, message_id, "sent", of=of, now=now)
    return message_id


def hear(vault, message_id, word, code=0, of=1, now=NOW) -> bool:
    with transaction():
        return status.receive(message_id, Report(sid(of), word, code), vault=vault, now=now)


# Turns.


def test_turns_follow_each_other_whoever_takes_them(context):
    first, second = take([1, 1]), take([1])

    assert first == pytest.approx([AT, AT + 0.101], abs=0.01)
    assert second == pytest.approx([AT + 0.202], abs=0.01)


def test_turns_are_given_out_a_moment_ahead_only(context):
    assert len(take([1] * 50)) == 4
    assert take([1]) == []
    assert senders.standing(Allowance("S", 10.0), at=AT, now=NOW).seconds == pytest.approx(0.154, abs=0.01)
    assert len(take([1], at=AT + 0.16)) == 1


def test_turns_that_nobody_took_are_not_made_up_for(context):
    take([1])

    assert take([1], at=AT + 60)[0] == AT + 60


def test_turns_given_out_by_a_clock_gone_wrong_are_not_believed(context):
    take([1], at=AT + 1_000_000)

    assert take([1])[0] == AT


def test_turns_end_with_the_day_of_the_carriers(context):
    allowed = Allowance("S", 1000.0, parts_per_day=3)
    assert len(take([1, 1], allowed=allowed)) == 2
    assert senders.standing(allowed, at=AT + 9, now=NOW).parts == 1
    assert take([1, 1], at=AT + 9, allowed=allowed) == []
    assert len(take([1], at=AT + 9, allowed=allowed)) == 1
    assert senders.standing(allowed, at=AT + 9, now=NOW).seconds is None
    assert len(take([1], at=AT + 99, now=NOW + timedelta(days=1), allowed=allowed)) == 1


def test_turns_of_several_workers_at_once_keep_one_rate(app):
    """Four workers for a second and a half: no second has more than the rate, and none is left out."""
    allowed = Allowance("S", 40.0)
    leaves: list[float] = []
    ends = time.time() + 1.5

    def work() -> None:
        with app.app_context():
            while time.time() < ends:
                found = take([1] * 8, at=time.time(), allowed=allowed)
                leaves.extend(found)
                time.sleep(0.02)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    leaves.sort()
    gaps = [later - earlier for earlier, later in pairwise(leaves)]
    assert min(gaps) >= 1 / 40.0
    assert len(leaves) >= 20


# Rests.


@pytest.mark.parametrize("code", [30034, 30002, 30001])
def test_sender_rests_when_the_vendor_refuses_it_and_goes_on_when_staff_say_so(context, vault, code):
    message_id = sent(vault)
    hear(vault, message_id, "undelivered", code)

    assert [(rest.sender, rest.error_code) for rest in senders.resting(now=NOW)] == [("sender", code)]
    assert senders.standing(ALLOWED, at=AT, now=NOW).seconds is None
    assert message(message_id).state == "ready"
    with transaction():
        assert senders.resume("sender", now=NOW)
        assert not senders.resume("sender", now=NOW)
    assert senders.resting(now=NOW) == []
    assert [each.message_id for each in outbox.claim(1, allowed=ALLOWED, vault=vault, now=NOW)] == [
        message_id
    ]


def test_sender_goes_on_by_itself_after_its_rest(context, vault):
    hear(vault, sent(vault), "undelivered", 30034)

    assert senders.standing(ALLOWED, at=AT, now=NOW + CONFIGURATION_PAUSE).seconds == 0.0


def test_resting_sender_gives_no_turn(context):
    take([1])
    with transaction():
        senders.rest("S", 30034, "configuration", now=NOW)

    assert take([1], at=AT + 60) == []
    assert db.session.scalars(select(Sender.name)).all() == ["S"]


# Sent again.


def test_lost_text_is_sent_again_under_a_new_id_and_old_news_of_it_count_no_more(context, vault):
    message_id = sent(vault)
    hear(vault, message_id, "undelivered", 30003)
    row = message(message_id)
    assert (row.state, row.due_at, row.resends) == ("ready", NOW + timedelta(hours=3), 1)
    assert (row.provider_sid, row.final_at) == (None, None)

    later = NOW + timedelta(hours=3)
    assert outbox.claim(1, allowed=ALLOWED, vault=vault, now=later)
    assert not hear(vault, message_id, "delivered", of=1, now=later)
    assert message(message_id).state == "claimed"
    assert hear(vault, message_id, "delivered", of=2, now=later)
    assert (message(message_id).state, message(message_id).provider_sid) == ("delivered", sid(2))


def test_answer_to_our_request_that_comes_after_the_loss_changes_nothing(context, vault):
    """The report overtook the answer, and the text waits to be sent again."""
    message_id = put(vault)
    claim = outbox.claim(1, allowed=ALLOWED, vault=vault, now=NOW)[0]
    hear(vault, message_id, "undelivered", 30008)
    outbox.record([(claim, outbox.Accepted(sid(1), "queued"))], vault=vault, now=NOW)

    assert (message(message_id).state, message(message_id).provider_sid) == ("ready", None)


def test_text_that_is_lost_twice_is_left_to_a_person(context, vault):
    message_id = sent(vault)
    hear(vault, message_id, "undelivered", 30003)
    later = NOW + timedelta(hours=3)
    outbox.claim(1, allowed=ALLOWED, vault=vault, now=later)
    hear(vault, message_id, "undelivered", 30003, of=2, now=later)

    row = message(message_id)
    assert (row.state, row.final_at, row.error_code) == ("undelivered", later, 30003)
    given_up = select(ProviderEvent.sid).where(ProviderEvent.status == "given up")
    assert db.session.scalars(given_up).all() == [sid(1)]


def test_phone_that_was_off_for_three_texts_is_called_instead(context, vault):
    for number in range(3):
        assert suppressions.reason(phone_hash(vault, PHONE)) is None
        message_id = sent(vault, dedup_key=f"reply:{number}:1", of=number + 1)
        hear(vault, message_id, "undelivered", 30003, of=number + 1)

    assert suppressions.reason(phone_hash(vault, PHONE)) == "voice_only"


# Filtered.


def test_filtered_texts_are_counted_by_sender_purpose_and_language(context, vault):
    for number in range(60):
        message_id = sent(vault, dedup_key=f"reply:{number}:1", of=number + 1, locale="es")
        if number == 0:
            hear(vault, message_id, "undelivered", 30007, of=1)
    found = senders.filtering(now=NOW)
    assert found == []

    hear(vault, message_id, "undelivered", 30004, of=60)
    assert [
        (each.purpose, each.locale, each.filtered, each.claimed) for each in senders.filtering(now=NOW)
    ] == [("reply", "es", 2, 60)]
    assert senders.filtering(now=NOW + timedelta(days=7)) == []
    assert message(message_id).state == "undelivered"
