"""The doorbell: it wakes a worker for an answer, and nothing depends on it."""

import threading
import time

import psycopg
import pytest

from outreach.database import db, transaction
from outreach.messaging import outbox
from outreach.messaging.doorbell import Doorbell
from tests.factories import NOW
from tests.messaging.fakes import put, text

LONG, SHORT = 20.0, 0.2


@pytest.fixture
def bell(context):
    """An ear that listens already."""
    found = Doorbell()
    found.wait(0.01, threading.Event())
    yield found
    found.close()


def seconds_of(bell: Doorbell, seconds: float) -> float:
    began = time.monotonic()
    bell.wait(seconds, threading.Event())
    return time.monotonic() - began


def test_answer_wakes_a_worker_on_postgresql(context, vault, bell):
    put(vault, reply_to_at=NOW)

    is_heard = db.engine.dialect.name == "postgresql"
    assert (seconds_of(bell, LONG if is_heard else SHORT) < LONG / 2) is True
    assert seconds_of(bell, SHORT) >= SHORT * 0.9


def test_what_nobody_waits_for_does_not_ring(context, vault, bell):
    put(vault)

    assert seconds_of(bell, SHORT) >= SHORT * 0.9


def test_answer_that_is_taken_back_does_not_ring(context, vault, bell):
    with transaction() as session:
        outbox.enqueue(text(reply_to_at=NOW), vault=vault, now=NOW)
        session.rollback()

    assert seconds_of(bell, SHORT) >= SHORT * 0.9


def test_worker_goes_on_when_its_connection_is_cut(context, vault, bell):
    if bell._connection is not None:
        with pytest.raises(psycopg.Error):
            bell._connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert seconds_of(bell, SHORT) >= SHORT * 0.9
    bell.wait(0.01, threading.Event())
    put(vault, reply_to_at=NOW)
    assert seconds_of(bell, LONG if bell._connection else SHORT) < LONG / 2
