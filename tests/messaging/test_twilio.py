"""The real Twilio library against a vendor on loopback: what each answer lets us be sure of."""

import base64
import logging
import socket
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from bench import vendor as fake_vendor
from outreach.config import TwilioSettings
from outreach.messaging.gateways import base
from outreach.messaging.gateways.base import (
    Accepted,
    Dial,
    Dispatch,
    NotSent,
    Received,
    Rejected,
    Report,
    Unknown,
    kind_of,
)
from outreach.messaging.gateways.twilio import TwilioGateway
from tests.factories import NOW
from tests.messaging.fakes import PHONE, call_sid, sid

ACCOUNT = "AC" + "a" * 32
DISPATCH = Dispatch(
    PHONE, "Hola ñ 你好", 1800, "https://outreach.example.org/hooks/twilio/status/1.x#rc=3&rp=all"
)


@pytest.fixture
def vendor():
    with fake_vendor.running() as vendor:
        vendor.clock = lambda: NOW
        yield vendor


def gateway(url, **given) -> TwilioGateway:
    values = {"account_sid": ACCOUNT, "auth_tokens": ("new", "old"), "messaging_service_sid": "MG1"}
    return TwilioGateway(TwilioSettings(**{**values, **given}, api_url=url))


def test_send_posts_the_text_once(vendor):
    assert gateway(vendor.url).send(DISPATCH) == Accepted(sid(1), "accepted")
    assert vendor.posts == [
        {
            "To": PHONE,
            "Body": DISPATCH.body,
            "MessagingServiceSid": "MG1",
            "ValidityPeriod": "1800",
            "StatusCallback": DISPATCH.status_callback,
            "SmartEncoded": "false",
        }
    ]
    assert vendor.requests == [
        ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", "Basic " + basic(ACCOUNT, "new"))
    ]


def basic(name: str, password: str) -> str:
    return base64.b64encode(f"{name}:{password}".encode()).decode()


def test_send_may_name_the_sender_s_number(vendor):
    gateway(vendor.url, messaging_service_sid="", from_number="+18165550100").send(DISPATCH)

    assert vendor.posts[0]["From"] == "+18165550100"
    assert "MessagingServiceSid" not in vendor.posts[0]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        pytest.param("cut before", Unknown("ConnectionError"), id="cut before"),
        pytest.param("cut after", Unknown("ConnectionError"), id="cut after"),
        pytest.param("500 before", Unknown("HTTP status 500"), id="500 before"),
        pytest.param("500 after", Unknown("HTTP status 500"), id="500 after"),
        pytest.param("broken", Unknown("unreadable answer, JSONDecodeError"), id="broken"),
        pytest.param("no id", Unknown("answer without an id"), id="no id"),
        pytest.param("429", NotSent("too many requests", 7.0), id="429"),
        pytest.param("307", Rejected(307, "configuration"), id="redirect"),
        pytest.param((400, 21211), Rejected(21211, "number"), id="number"),
        pytest.param((400, 21610), Rejected(21610, "consent"), id="consent"),
        pytest.param((401, 20003), Rejected(20003, "configuration"), id="credentials"),
        pytest.param((400, 21617), Rejected(21617, "ours"), id="too long"),
        pytest.param((400, 99999), Rejected(99999, "ours"), id="new code, 400"),
        pytest.param((403, 99999), Rejected(99999, "configuration"), id="new code, 403"),
        pytest.param((408, 99999), Unknown("HTTP status 408"), id="408"),
        pytest.param((503, 20503), Unknown("HTTP status 503"), id="503"),
    ],
)
def test_send_says_only_what_is_certain(vendor, fault, outcome):
    vendor.faults.append(fault)

    assert gateway(vendor.url).send(DISPATCH) == outcome
    assert len(vendor.posts) == 1


def test_send_takes_the_newer_form_of_errors(vendor):
    vendor.has_newer_errors = True
    vendor.faults.append((400, 21610))

    assert gateway(vendor.url).send(DISPATCH) == Rejected(21610, "consent")


@pytest.mark.parametrize("header", ["soon", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
def test_send_reads_no_other_form_of_retry_after(vendor, header):
    vendor.faults.append("429")
    vendor.retry_after = header

    assert gateway(vendor.url).send(DISPATCH) == NotSent("too many requests", None)


def test_send_is_sure_that_nothing_left_when_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        assert gateway(url).send(DISPATCH) == NotSent("ConnectionError")


def test_send_is_not_sure_when_the_vendor_is_slow(vendor):
    vendor.faults.append("stall after")
    hasty = TwilioGateway(TwilioSettings(ACCOUNT, ("new",), "MG1", "", vendor.url), timeouts_seconds=(1, 0.1))

    assert hasty.send(DISPATCH) == Unknown("ReadTimeout")
    assert vendor.stalled.acquire(timeout=30)
    assert len(vendor.taken) == 1


def test_client_ignores_a_region_in_the_environment(vendor, monkeypatch):
    """The library would silently talk to another host, where our account is not."""
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    address = "https://api.twilio.com/2010-04-01"

    assert gateway(vendor.url)._client.get_hostname(address) == address


def test_nothing_of_a_text_reaches_a_log(vendor, caplog):
    caplog.set_level(logging.DEBUG)
    way_out = gateway(vendor.url)
    vendor.faults.extend([None, "cut after", (400, 21211), "429"])
    for _ in range(4):
        way_out.send(DISPATCH)
    way_out.find(PHONE, DISPATCH.body, since=NOW)
    way_out.fetch(sid(1))

    assert PHONE[1:] not in caplog.text
    assert "Hola" not in caplog.text


# Looking for texts.


def test_vendor_takes_no_half_request(vendor):
    host, port = vendor.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as killed:
        killed.sendall(b"POST /2010-04-01/Messages.json HTTP/1.1\r\nContent-Length: 40\r\n\r\nTo=%2B1816555")
        killed.shutdown(socket.SHUT_WR)
        assert killed.recv(1) == b""

    assert (vendor.posts, vendor.taken) == ([], [])


def test_find_lists_what_was_taken_with_these_words_the_first_one_first(vendor):
    way_out = gateway(vendor.url)
    for body in ("one", "two", "one"):
        way_out.send(Dispatch(PHONE, body, 600, "https://x.org"))
    way_out.send(Dispatch("+18165550124", "one", 600, "https://x.org"))

    assert way_out.find(PHONE, "one", since=NOW) == (Report(sid(1), "accepted"), Report(sid(3), "accepted"))
    assert way_out.find(PHONE, "three", since=NOW) == ()


def test_find_leaves_out_what_is_older(vendor):
    way_out = gateway(vendor.url)
    way_out.send(DISPATCH)

    assert way_out.find(PHONE, DISPATCH.body, since=NOW + timedelta(seconds=1)) == ()


def test_find_proves_nothing_with_a_list_that_has_no_end(vendor):
    way_out = gateway(vendor.url)
    for number in range(50):
        vendor.take({"To": PHONE, "Body": f"other {number}"})

    assert way_out.find(PHONE, "one", since=NOW) is None


@pytest.mark.parametrize("status", [401, 429, 500])
def test_find_and_fetch_tell_when_they_cannot_tell(vendor, status):
    way_out = gateway(vendor.url)
    way_out.send(DISPATCH)
    vendor.listing_status = status

    assert way_out.find(PHONE, DISPATCH.body, since=NOW) is None
    assert way_out.fetch(sid(1)) is None


def test_fetch_says_what_became_of_a_text(vendor):
    way_out = gateway(vendor.url)
    way_out.send(DISPATCH)
    vendor.taken[0] |= {"status": "undelivered", "error_code": "30003"}

    assert way_out.fetch(sid(1)) == Report(sid(1), "undelivered", 30003)
    assert way_out.fetch(sid(2)) is None


# The table of errors.


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (21211, "number"),
        (21610, "consent"),
        (30034, "configuration"),
        (21611, "congestion"),
        (30008, "unexplained"),
    ],
)
def test_kind_of_a_listed_error(code, kind):
    assert kind_of(code, 400) == kind


def test_kinds_in_the_file_are_those_of_the_code():
    kinds = tomllib.loads((Path(base.__file__).with_name("errors.toml")).read_text(encoding="utf-8"))["kinds"]

    assert set(kinds) == set(get_args(base.Kind))
    codes = [code for listed in kinds.values() for code in listed]
    assert len(codes) == len(set(codes))


DIAL = Dial(PHONE, "https://outreach.example.org/hooks/twilio/voice/picked-up/1.x", DISPATCH.status_callback)


def caller(url, **given) -> TwilioGateway:
    return gateway(url, from_number="+18165550100", **given)


def test_call_posts_the_call_once(vendor):
    assert caller(vendor.url).call(DIAL) == Accepted(call_sid(1), "queued")
    (post,) = vendor.posts
    assert {name: post[name] for name in ("To", "From", "Url", "StatusCallback", "MachineDetection")} == {
        "To": PHONE,
        "From": "+18165550100",
        "Url": DIAL.answer_address,
        "StatusCallback": DIAL.status_callback,
        "MachineDetection": "DetectMessageEnd",
    }
    assert vendor.requests[0][1] == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"


def test_call_needs_a_number_to_call_from(vendor):
    assert gateway(vendor.url).call(DIAL) == NotSent("no number to call from")
    assert vendor.posts == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("cut before", Unknown("ConnectionError")),
        ("cut after", Unknown("ConnectionError")),
        ("500 after", Unknown("HTTP status 500")),
        ("429", NotSent("too many requests", 7.0)),
        ((400, 21214), Rejected(21214, "number")),
        ((400, 21215), Rejected(21215, "configuration")),
    ],
)
def test_call_says_only_what_is_certain(vendor, fault, outcome):
    vendor.faults.append(fault)

    assert caller(vendor.url).call(DIAL) == outcome
    assert len(vendor.posts) == 1


def test_call_that_was_cut_is_found_by_its_number(vendor):
    vendor.faults.append("cut after")
    way = caller(vendor.url)
    way.call(DIAL)
    way.send(DISPATCH)

    assert way.find_calls(PHONE, since=NOW - timedelta(minutes=1)) == (Report(call_sid(1), "queued"),)
    assert way.find_calls("+18165550199", since=NOW - timedelta(minutes=1)) == ()
    assert way.fetch(call_sid(1)) == Report(call_sid(1), "queued")
    vendor.listing_status = 500
    assert way.find_calls(PHONE, since=NOW) is None


# Texts to us.

OURS, OTHER = "+18165550100", "+18165550155"


def test_received_lists_texts_to_our_number_the_oldest_first(vendor):
    way = caller(vendor.url, messaging_service_sid="")
    way.send(DISPATCH)
    first = vendor.receive(PHONE, OURS, "PICNIC")
    vendor.receive(PHONE, OTHER, "not for us")
    vendor.clock = lambda: NOW + timedelta(minutes=1)
    second = vendor.receive("70123", OURS, "")

    assert way.received(since=NOW) == (
        Received(first, PHONE, "PICNIC", NOW),
        Received(second, "70123", "", NOW + timedelta(minutes=1)),
    )
    assert [each.sid for each in way.received(since=NOW + timedelta(seconds=1))] == [second]


def test_received_lists_texts_to_our_messaging_service_and_no_other(vendor):
    service = vendor.receive(PHONE, OTHER, "one", service="MG1")
    vendor.receive(PHONE, OTHER, "two", service="MG2")
    number = vendor.receive(PHONE, OURS, "three", service="MG1")
    vendor.take({"To": PHONE, "Body": "ours to a guest"})

    assert [each.sid for each in gateway(vendor.url).received(since=NOW)] == [service, number]
    both = caller(vendor.url).received(since=NOW)
    assert sorted(each.sid for each in both) == [service, number]


def test_received_asks_for_one_page(vendor):
    for number in range(1003):
        vendor.receive(PHONE, OURS, str(number))
    found = caller(vendor.url, messaging_service_sid="").received(since=NOW)

    assert len(found) == 1000
    assert len(vendor.requests) == 1


@pytest.mark.parametrize("status", [401, 429, 500])
def test_received_tells_when_it_cannot_tell(vendor, status, caplog):
    vendor.receive(PHONE, OURS, "PICNIC")
    vendor.listing_status = status

    assert caller(vendor.url).received(since=NOW) is None
    assert PHONE[1:] not in caplog.text
