"""The server as a process: it answers, it ends when it is told to, and leaves nothing behind."""

import http.client
import os
import signal
import socket
from contextlib import closing

import pytest

from tests.servers import PATIENCE_SECONDS, installation, is_gone, press_ctrl_c


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    found = installation(tmp_path_factory.mktemp("serving"))
    found.run("db", "upgrade")
    return found


@pytest.mark.parametrize("workers", ["1", "2"])
def test_serve_ends_on_ctrl_c_and_leaves_no_process(place, workers):
    process = place.start("--workers", workers)

    assert press_ctrl_c(process) == 0
    assert is_gone(process.pid)
    assert "Traceback" not in place.log


def test_request_that_cannot_be_read_is_refused_and_not_quoted_in_the_log(place):
    process = place.start()
    try:
        with socket.create_connection(("127.0.0.1", place.port), timeout=PATIENCE_SECONDS) as asked:
            asked.sendall(b"GET /en/pass/a-secret-token and-more HTTP/1.1\r\n\r\n")
            assert b"400 Bad Request" in asked.recv(1000)
    finally:
        assert press_ctrl_c(process) == 0

    assert "Invalid request" not in place.log
    assert "a-secret-token" not in place.log


def test_visitor_cannot_move_the_site_for_others(place):
    process = place.start()
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", place.port, timeout=PATIENCE_SECONDS)) as asked:
            asked.request("GET", "//evil.example/en/events/", headers={"SCRIPT_NAME": "//evil.example"})
            asked.getresponse().read()
            asked.request("GET", "/en/events/")
            assert b"evil.example" not in asked.getresponse().read()
    finally:
        assert press_ctrl_c(process) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupt", "terminate"])
def test_serve_ends_when_only_its_first_process_is_told(place, number):
    process = place.start()
    os.kill(process.pid, number)

    assert process.wait(PATIENCE_SECONDS) == 0
    assert is_gone(process.pid)
