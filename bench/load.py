"""Visits a server on this machine with many clients at once and measures; ends by itself.

One thread and raw sockets, because client and server share the processors. A visit is a generator:
it yields requests, is sent their answers, and has one connection for all of them.
"""

import re
import selectors
import socket
import statistics
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

#: Nobody waits longer than this for the visits that are on their way when the time is over.
PATIENCE_SECONDS = 15.0

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class LoadError(Exception):
    """A server answered otherwise than it should, or not at all."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; a form makes it a POST."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None

    def encoded(self) -> bytes:
        """The bytes that are sent."""
        body = urlencode(self.form).encode() if self.form is not None else b""
        headers = {"Host": "127.0.0.1", **self.headers}
        if self.form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        method = "GET" if self.form is None else "POST"
        return f"{method} {self.path} HTTP/1.1\r\n{lines}\r\n".encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; empty when there is none."""
        found = re.search(rf"\r\n{name}: *([^\r]*)".encode(), self.head, re.IGNORECASE)
        return found[1].decode() if found else ""


Visit = Generator[Request, Answer, None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of visits came to."""

    visits: int
    requests: int
    seconds: float
    #: Of each request, in order of size.
    latencies: tuple[float, ...]
    body_bytes: int

    @property
    def requests_per_second(self) -> float:
        """Answers in a second."""
        return self.requests / self.seconds

    def latency_ms(self, percent: int) -> float:
        """So many percent of the requests took at most this long."""
        return 1000 * statistics.quantiles(self.latencies, n=100)[percent - 1]


def run(
    port: int,
    visit: Callable[[int], Visit],
    *,
    seconds: float,
    clients: int = 8,
    most_visits: int = 100_000,
    source: Callable[[int], str] = lambda number: "127.0.0.1",
) -> Measured:
    """Starts visits, `clients` at a time, until the time is over or there were enough of them.

    `visit` makes the visit of a number, `source` says from which loopback address it comes. Raises
    LoadError for a connection that breaks and for an answer that takes too long.
    """
    return _Run(port, visit, source, seconds=seconds, most_visits=most_visits).measured(clients)


def fetch(port: int, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One answer to one request. Raises LoadError for any but 200."""
    found: list[Answer] = []

    def visit(_number: int) -> Visit:
        found.append((yield Request(path, headers or {})))

    run(port, visit, seconds=60, clients=1, most_visits=1)
    if found[0].status != 200:
        raise LoadError(f"{path} was answered with {found[0].status}")
    return found[0]


@dataclass(slots=True)
class _Client:
    """One connection in the middle of a visit."""

    socket: socket.socket
    visit: Visit
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    head: bytes = b""
    #: Bytes of head and body together; unknown until the head is there.
    expected: int | None = None


class _Run:
    def __init__(
        self,
        port: int,
        visit: Callable[[int], Visit],
        source: Callable[[int], str],
        *,
        seconds: float,
        most_visits: int,
    ) -> None:
        self.port, self.visit, self.source = port, visit, source
        self.most_visits = most_visits
        self.selector = selectors.DefaultSelector()
        self.latencies: list[float] = []
        self.started = self.finished = self.body_bytes = 0
        self.began = time.perf_counter()
        self.ends = self.began + seconds

    def measured(self, clients: int) -> Measured:
        for _ in range(clients):
            self.start_visit()
        while self.selector.get_map():
            if time.perf_counter() > self.ends + PATIENCE_SECONDS:
                raise LoadError("the server does not answer in time")
            for key, _ in self.selector.select(1.0):
                self.read(key.data)
        seconds = time.perf_counter() - self.began
        self.selector.close()
        return Measured(
            self.finished, len(self.latencies), seconds, tuple(sorted(self.latencies)), self.body_bytes
        )

    def start_visit(self) -> None:
        if self.started >= self.most_visits or time.perf_counter() >= self.ends:
            return
        visit = self.visit(self.started)
        address = (self.source(self.started), 0)
        self.started += 1
        connection = socket.create_connection(("127.0.0.1", self.port), 5.0, source_address=address)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client = _Client(connection, visit)
        self.selector.register(connection, selectors.EVENT_READ, client)
        self.send(client, next(visit))

    def send(self, client: _Client, request: Request) -> None:
        client.received.clear()
        client.expected = None
        client.sent_at = time.perf_counter()
        client.socket.sendall(request.encoded())

    def read(self, client: _Client) -> None:
        piece = client.socket.recv(1 << 20)
        if not piece:
            raise LoadError("the server closed the connection")
        client.received += piece
        if client.expected is None and (end := client.received.find(b"\r\n\r\n")) >= 0:
            client.head = bytes(client.received[:end])
            length = _LENGTH.search(client.head)
            client.expected = end + 4 + (int(length[1]) if length else 0)
        if client.expected is not None and len(client.received) >= client.expected:
            self.answered(client)

    def answered(self, client: _Client) -> None:
        self.latencies.append(time.perf_counter() - client.sent_at)
        body = bytes(client.received[len(client.head) + 4 :])
        self.body_bytes += len(body)
        status = int(client.head[9:12])
        try:
            self.send(client, client.visit.send(Answer(status, client.head, body)))
        except StopIteration:
            self.finished += 1
            self.selector.unregister(client.socket)
            client.socket.close()
            self.start_visit()
