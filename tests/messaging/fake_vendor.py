"""A vendor on loopback that speaks the vendor's HTTP, remembers what it took, and fails on demand."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import parse_qs, urlsplit

Fault = Literal[
    "cut before", "cut after", "500 before", "500 after", "429", "broken", "no id", "stall before",
    "stall after", "307",
]  # fmt: skip
#: Refusals are named by their code: (HTTP status, code).
Refusal = tuple[int, int]


@dataclass
class Vendor:
    """Its memory and its faults; one fault is used up by each POST."""

    url: str = ""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    faults: deque[Fault | Refusal | None] = field(default_factory=deque)
    #: What it took, in order: fields of the form, with `sid`, `status` and `date_created`.
    taken: list[dict[str, str]] = field(default_factory=list)
    #: Every POST that reached it, taken or not.
    posts: list[dict[str, str]] = field(default_factory=list)
    #: Of every request: method, path, basic auth.
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    #: Answers to every GET with this status while it is set.
    listing_status: int = 200
    #: Raised by each POST that stalls, until the test lets them go on.
    stalled: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    release: threading.Event = field(default_factory=threading.Event)
    seconds: float = 0.0
    retry_after: str = "7"
    #: Whether refusals have the form of RFC 9457, for which the library has another class.
    has_newer_errors: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, form: dict[str, str]) -> dict[str, str]:
        with self.lock:
            text = {
                **form,
                "sid": f"SM{len(self.taken) + 1:032x}",
                "status": "accepted",
                "date_created": format_datetime(self.clock()),
            }
            self.taken.append(text)
            return text

    @property
    def bodies(self) -> list[str]:
        return [text["Body"] for text in self.taken]


class Handler(BaseHTTPRequestHandler):
    """The two addresses that we use."""

    protocol_version = "HTTP/1.1"
    vendor: Vendor

    def do_POST(self) -> None:
        vendor = self.vendor
        length = int(self.headers["Content-Length"])
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        with vendor.lock:
            vendor.posts.append(form)
            vendor.requests.append(("POST", self.path, self.headers.get("Authorization", "")))
            fault = vendor.faults.popleft() if vendor.faults else None
        time.sleep(vendor.seconds)
        if isinstance(fault, tuple):
            status, code = fault
            newer = {"type": "https://example.org/problem", "title": "no"} if vendor.has_newer_errors else {}
            self.answer(status, {"code": code, "message": "no", "status": status, **newer})
        elif fault == "cut before":
            self.cut()
        elif fault == "500 before":
            self.answer(500, {"code": 20500, "message": "sorry", "status": 500})
        elif fault == "429":
            self.answer(429, {"code": 20429, "status": 429}, {"Retry-After": vendor.retry_after})
        elif fault == "307":
            self.answer(307, {}, {"Location": vendor.url + "/elsewhere"})
        elif fault == "stall before":
            vendor.stalled.release()
            vendor.release.wait(20)
            self.cut()
        else:
            self.after(fault, vendor.take(form))

    def after(self, fault: str | None, text: dict[str, str]) -> None:
        """The text is taken; the answer may still go wrong."""
        if fault == "cut after":
            self.cut()
        elif fault == "500 after":
            self.answer(500, {"code": 20500, "status": 500})
        elif fault == "broken":
            self.write(201, b'{"sid": "SM')
        elif fault == "no id":
            self.answer(201, {})
        elif fault == "stall after":
            self.vendor.stalled.release()
            self.vendor.release.wait(20)
            self.cut()
        else:
            self.answer(201, shown(text))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.vendor.requests.append(("GET", parts.path, self.headers.get("Authorization", "")))
        if self.vendor.listing_status != 200:
            self.answer(self.vendor.listing_status, {"code": 20500})
            return
        if parts.path.endswith("/Messages.json"):
            to = parse_qs(parts.query)["To"][0]
            found = [shown(text) for text in reversed(self.vendor.taken) if text["To"] == to]
            self.answer(200, {"messages": found, "page": 0, "page_size": 50, "next_page_uri": None})
            return
        sid = parts.path.rsplit("/", 1)[-1].removesuffix(".json")
        known = [text for text in self.vendor.taken if text["sid"] == sid]
        self.answer(200, shown(known[0])) if known else self.answer(404, {"code": 20404, "status": 404})

    def answer(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self.write(status, json.dumps(value).encode(), headers)

    def write(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.close()

    def log_request(self, *args: object) -> None:
        """Says nothing."""


def shown(text: dict[str, str]) -> dict[str, object]:
    return {
        "sid": text["sid"],
        "body": text["Body"],
        "to": text["To"],
        "status": text["status"],
        "direction": "outbound-api",
        "date_created": text["date_created"],
        "error_code": int(text["error_code"]) if "error_code" in text else None,
    }


class Server(ThreadingHTTPServer):
    """Threads end with the test, and a client that was killed is no error."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing."""


@contextmanager
def running() -> Iterator[Vendor]:
    """A vendor that answers until the end of the block."""
    vendor = Vendor()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"vendor": vendor}))
    vendor.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield vendor
    finally:
        vendor.release.set()
        server.shutdown()
        thread.join()
        server.server_close()
