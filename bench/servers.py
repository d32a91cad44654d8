"""Starts the two applications as they are served in life, and reads what they use; Linux only (/proc)."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.databases import key_store

WORKERS = 2
STARTS_WITHIN_SECONDS = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


class ServerError(Exception):
    """A server did not start or died; the message ends with what it wrote."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes (of 1,000,000 bytes) of all processes of a server."""

    #: Shared pages counted once, divided among those who share them.
    proportional: float
    #: Shared pages counted for each process again.
    resident: float


class Server:
    """One running server: a process and its children."""

    def __init__(
        self, command: list[str], *, port: int, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.port = port
        self.log = log
        self.began = time.perf_counter()
        # As in life, what one start compiles is there for the next, whatever this shell is set to.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=out, env={**inherited, **(environment or {})}
            )

    @classmethod
    def of_outreach(cls, database_url: str, log: Path, *, workers: int = WORKERS) -> Self:
        """Outreach as an operator starts it, with its worker."""
        port = free_port()
        program = Path(sys.executable).with_name("outreach")
        command = [str(program), "serve", "--port", str(port), "--workers", str(workers)]
        settings = {
            "OUTREACH_DATABASE_URL": database_url,
            # Not the port: every entry of the calendar would be written anew for another address.
            "OUTREACH_PUBLIC_URL": "http://127.0.0.1",
            "OUTREACH_LOG_LEVEL": "ERROR",
        }
        keys = key_store(database_url)
        if keys is not None:
            settings["OUTREACH_KEY_STORE"] = str(keys)
        return cls(command, port=port, log=log, environment=settings)

    @classmethod
    def of_yardstick(cls, database_url: str, log: Path, *, feed: Path, zipped_feed: Path) -> Self:
        """The yardstick with as many processes and threads."""
        port = free_port()
        command = [sys.executable, "-m", "bench.yardstick", database_url, "--port", str(port)]
        command += ["--workers", str(WORKERS), "--feed", str(feed), "--zipped-feed", str(zipped_feed)]
        return cls(command, port=port, log=log)

    def wait_for(self, path: str) -> float:
        """Seconds from the start of the process until the address is answered with 200."""
        while time.perf_counter() < self.began + STARTS_WITHIN_SECONDS:
            if self.process.poll() is not None:
                break
            if _is_answered(self.port, path):
                return time.perf_counter() - self.began
            time.sleep(0.005)
        self.stop()
        raise ServerError(f"{path} was not answered:\n{self.log.read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Ends the server as Ctrl-C does, or harder when that takes too long."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """Processor time that the server's processes have used so far."""
        return sum(_cpu_ticks(pid) for pid in self.pids()) / _TICKS

    def memory(self) -> Memory:
        """What the server's processes hold now."""
        found = [_rollup(pid) for pid in self.pids()]
        return Memory(
            sum(each["Pss"] for each in found) * 1024 / 1e6, sum(each["Rss"] for each in found) * 1024 / 1e6
        )

    def pids(self) -> list[int]:
        """The server's process and all that descend from it."""
        parents = _parents()
        found = [self.process.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_answered(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = int(_stat(int(folder.name))[1])
            except OSError:
                continue  # It ended between the listing and the look.
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on; the second may hold spaces (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu_ticks(pid: int) -> int:
    return sum(int(ticks) for ticks in _stat(pid)[11:13])


def _rollup(pid: int) -> dict[str, int]:
    """Kilobytes by name."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {line.partition(":")[0]: int(line.split()[1]) for line in lines}
