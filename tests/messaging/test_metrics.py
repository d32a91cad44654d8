"""What a monitor is told: how things stand, in its own format, and nobody else, and nothing of a guest."""

import re
from datetime import timedelta
from ipaddress import ip_network

import pytest

from outreach.database import db, transaction
from outreach.messaging import inbound, metrics, senders
from outreach.messaging.intake import Text
from outreach.messaging.models import Message, WorkerMark
from outreach.messaging.outbox import STATES
from tests.factories import NOW, make_event
from tests.messaging.fakes import PHONE, put
from tests.messaging.phones import new_sid
from tests.queries import count_queries

SAMPLE = re.compile(r'(outreach_[a-z_]+)(?:\{state="([a-z]+)"\})? ([0-9.e+]+)')


def fill(vault) -> None:
    """Three texts that are due, one of them for an hour, one that waits, one that arrived; one to answer."""
    for number, minutes in enumerate((60, 5, 0)):
        put(vault, dedup_key=f"due:{number}", now=NOW - timedelta(minutes=minutes))
    put(vault, dedup_key="later", not_before=NOW + timedelta(hours=1))
    arrived = put(vault, dedup_key="arrived")
    with transaction() as session:
        session.get_one(Message, arrived).state = "delivered"
        inbound.receive({new_sid(): Text(PHONE, "my own words", False)}, vault=vault, now=NOW)
        session.add(WorkerMark(name="planned", at=NOW - timedelta(seconds=40)))
        make_event(title="The secret picnic")
        make_event(title="A draft", status="draft")


def test_measured_tells_how_things_stand(context, vault):
    fill(vault)

    found = metrics.measured(now=NOW)
    assert {state: count for state, count in found.texts.items() if count} == {"ready": 4, "delivered": 1}
    assert set(found.texts) == set(STATES)
    assert found.oldest_due_seconds == 3600
    assert (found.inbound_waiting, found.events_to_come) == (1, 1)
    assert found.worker_seen_at == NOW - timedelta(seconds=40)


def test_measured_of_nothing_is_nothing(context):
    found = metrics.measured(now=NOW)

    assert (set(found.texts.values()), found.oldest_due_seconds) == ({0}, 0)
    assert (found.inbound_waiting, found.events_to_come, found.worker_seen_at) == (0, 0, None)


def test_measured_asks_as_often_whatever_there_is(context, vault):
    def asked() -> int:
        db.session.rollback()
        with count_queries(context) as statements:
            metrics.measured(now=NOW)
        return len(statements)

    before = asked()
    fill(vault)
    assert asked() == before == 7


def test_exposition_is_what_a_monitor_reads(client, web_app):
    with web_app.app_context():
        fill(web_app.extensions["outreach"].vault)

    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    found = {(match[1], match[2]): float(match[3]) for line in lines if (match := SAMPLE.fullmatch(line))}
    assert len(found) == len(lines) == len(STATES) + 5
    assert found["outreach_texts", "ready"] == 4
    assert found["outreach_worker_last_seen_timestamp_seconds", None] == NOW.timestamp() - 40
    described = set(re.findall(r"^# TYPE (\S+) gauge$", answer.text, re.MULTILINE))
    assert (
        described
        == set(re.findall(r"^# HELP (\S+) .", answer.text, re.MULTILINE))
        == {name for name, _ in found}
    )


def test_exposition_holds_nothing_of_a_guest(client, web_app):
    with web_app.app_context():
        fill(web_app.extensions["outreach"].vault)

    text = client.get("/metrics").text
    assert not any(word in text for word in (PHONE, PHONE[2:], "my own words", "picnic"))


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.0.2.7", {}, 404),
        ("2001:db8::7", {}, 404),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
        ("192.0.2.7", {"X-Forwarded-For": "127.0.0.1"}, 404),
    ],
)
def test_only_this_machine_is_told(client, address, headers, status):
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == status
    assert ("outreach_texts" in answer.text) == (status == 200)


@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("10.2.2.3", 404), ("127.0.0.1", 404)])
def test_monitor_elsewhere_is_told_where_the_settings_say_so(make_app, sqlite_url, clock, address, status):
    app = make_app(sqlite_url, clock, metrics_networks=(ip_network("10.1.0.0/16"),))

    answer = app.test_client().get("/metrics", environ_overrides={"REMOTE_ADDR": address})
    assert answer.status_code == status
    with app.app_context():
        db.engine.dispose()


def test_exposition_tells_of_senders_that_rest_and_texts_that_are_filtered(context):
    with transaction():
        senders.rest("S", 30034, "configuration", now=NOW)
        senders.count_claimed("S", {("reply", "es"): 40}, now=NOW)
        senders.count_filtered("S", "reply", "es", now=NOW)

    text = metrics.exposition(metrics.measured(now=NOW))
    assert "outreach_senders_resting 1\n" in text
    assert 'outreach_filtered_texts{purpose="reply",locale="es"} 1\n' in text
