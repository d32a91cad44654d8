"""The real server in processes of its own, for tests that nothing less will do for."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

_OUTREACH = str(Path(sys.executable).with_name("outreach"))
#: So long may anything take before a test gives up on it; machines that run many tests are slow.
PATIENCE_SECONDS = 60


@dataclass
class Installation:
    """One folder with a database, and the environment in which its commands run."""

    folder: Path
    port: int
    settings: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "outreach.sqlite3"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        others = {name: value for name, value in os.environ.items() if not name.startswith("OUTREACH_")}
        return {
            **others,
            "OUTREACH_DATABASE_URL": f"sqlite:///{self.database}",
            "PORT": str(self.port),
            **self.settings,
        }

    def run(self, *arguments: str) -> str:
        """What a command prints."""
        return subprocess.run(
            [_OUTREACH, *arguments], env=self.environment, capture_output=True, text=True, check=True
        ).stdout

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """The server, in a process group of its own, once it answers."""
        with (self.folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [_OUTREACH, "serve", *arguments],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert process.poll() is None, self.log
            assert time.monotonic() < give_up_at, self.log
            time.sleep(0.05)
        return process

    def _answers(self) -> bool:
        with suppress(URLError, ConnectionError), urlopen(self.url + "/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
        return False


def installation(folder: Path, **settings: str) -> Installation:
    """An installation on a free port; nothing is in its folder yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Installation(folder, free.getsockname()[1], settings)


@contextmanager
def serving(place: Installation) -> Iterator[None]:
    """A server that answers until the end of the block, and then ends as by Ctrl-C."""
    process = place.start()
    try:
        yield
    finally:
        code = press_ctrl_c(process)
    assert code == 0, place.log


def press_ctrl_c(process: subprocess.Popen[bytes]) -> int:
    """Interrupts all of a server's processes, as a terminal does; the status that it ends with."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        return process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def is_gone(group: int) -> bool:
    """Whether no process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False
