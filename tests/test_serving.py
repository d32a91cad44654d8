"""The server as a process: it answers, it ends when it is told to, and leaves nothing behind."""

import os
import signal

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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupt", "terminate"])
def test_serve_ends_when_only_its_first_process_is_told(place, number):
    process = place.start()
    os.kill(process.pid, number)

    assert process.wait(PATIENCE_SECONDS) == 0
    assert is_gone(process.pid)
