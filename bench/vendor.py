"""A vendor on loopback that speaks the vendor's HTTP, remembers what it took, and fails on demand.

Tests tell it each failure; the benchmark of delivery gives it a mix of them.
"""

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
    """Its memory and its faults; one of `faults` is used up by each POST, then `mischief` is asked."""

    url: str = ""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    faults: deque[Fault | Refusal | None] = field(default_factory=deque)
    mischief: Callable[[], Fault | None] = lambda: None
    #: Told of each text that it took, before the answer: whoever reports to us begins here.
    on_taken: Callable[[dict[str, str]], None] = lambda text: None
    #: What it took, in order: fields of the form, with `sid`, `status` and `date_created`.
    taken: list[dict[str, str]] = field(default_factory=list)
    #: What phones texted to numbers of the account, in order: fields as its API shows them.
    received: list[dict[str, object]] = field(default_factory=list)
    #: Every POST that reached it, taken or not.
    posts: list[dict[str, str]] = field(default_factory=list)
    #: Of every request: method, path, basic auth.
    requests: list[tuple[str, str, str]] = field(default_factory=list)
    #: Answers to every GET with this status while it is set.
    listing_status: int = 200
    #: Raised by each POST that stalls, until the test lets them go on.
    stalled: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    release: threading.Event = field(default_factory=threading.Event)
    stall_seconds: float = 20.0
    #: What each POST takes.
    seconds: float = 0.0
    #: More POSTs than these at once are refused with status 429.
    most_at_once: int | None = None
    #: How long a text that was taken is missing in the list.
    lag_seconds: float = 0.0
    retry_after: str = "7"
    #: The number of the first text, from which its id is made.
    first: int = 1
    #: Whether refusals have the form of RFC 9457, for which the library has another class.
    has_newer_errors: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_once: int = 0
    #: Of each text that it took: when, by the monotonic clock.
    taken_at: list[float] = field(default_factory=list)

    def take(self, form: dict[str, str]) -> dict[str, str]:
        """Keeps a text or a call, which has no words, and gives it an id."""
        with self.lock:
            text = {
                **form,
                "sid": f"{'SM' if 'Body' in form else 'CA'}{len(self.taken) + self.first:032x}",
                "status": "accepted" if "Body" in form else "queued",
                "date_created": format_datetime(self.clock()),
            }
            self.taken.append(text)
            self.taken_at.append(time.monotonic())
        self.on_taken(text)
        return text

    def receive(self, sender: str, to: str, body: str, *, service: str | None = None) -> str:
        """Keeps a text from a phone, whose webhook is lost, and gives it an id."""
        with self.lock:
            sid = f"SM{'e' * 8}{len(self.received) + self.first:024x}"
            at = format_datetime(self.clock())
            self.received.append(
                {
                    "sid": sid,
                    "from": sender,
                    "to": to,
                    "body": body,
                    "status": "received",
                    "direction": "inbound",
                    "messaging_service_sid": service,
                    "date_created": at,
                    "date_sent": at,
                }
            )
        return sid

    def listed_in(self, to: str | None) -> list[dict[str, object]]:
        """What the list shows of texts from phones, to a number or to all, the newest first."""
        with self.lock:
            return [text for text in self.received if to in (None, text["to"])][::-1]

    def listed(self, to: str | None) -> list[dict[str, str]]:
        """What the list shows of a number, or of all, the newest first."""
        until = time.monotonic() - self.lag_seconds
        with self.lock:
            shown = zip(self.taken, self.taken_at, strict=True)
            return [text for text, at in shown if to in (None, text["To"]) and at <= until][::-1]

    @property
    def bodies(self) -> list[str]:
        """The words of everything that it took."""
        return [text["Body"] for text in self.taken]


class Handler(BaseHTTPRequestHandler):
    """The addresses that we use."""

    protocol_version = "HTTP/1.1"
    # Head and body leave apart, and the second would wait for the first to be acknowledged.
    disable_nagle_algorithm = True
    vendor: Vendor

    def do_POST(self) -> None:
        """Takes a text, or fails."""
        vendor = self.vendor
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever sent it was killed in the middle; nobody takes half a request.
            self.close_connection = True
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        with vendor.lock:
            vendor.posts.append(form)
            vendor.requests.append(("POST", self.path, self.headers.get("Authorization", "")))
            fault = vendor.faults.popleft() if vendor.faults else vendor.mischief()
            vendor.at_once += 1
            if vendor.most_at_once is not None and vendor.at_once > vendor.most_at_once:
                fault = "429"
        try:
            time.sleep(vendor.seconds)
            self.respond(fault, form)
        finally:
            with vendor.lock:
                vendor.at_once -= 1

    def respond(self, fault: Fault | Refusal | None, form: dict[str, str]) -> None:
        """Answers a POST, as the fault wants it."""
        vendor = self.vendor
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
            vendor.release.wait(vendor.stall_seconds)
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
            self.vendor.release.wait(self.vendor.stall_seconds)
            self.cut()
        else:
            self.answer(201, shown(text))

    def do_GET(self) -> None:
        """Lists texts to a number, or shows one."""
        parts = urlsplit(self.path)
        self.vendor.requests.append(("GET", parts.path, self.headers.get("Authorization", "")))
        if self.vendor.listing_status != 200:
            self.answer(self.vendor.listing_status, {"code": 20500})
            return
        kind = parts.path.rsplit("/", 1)[-1].removesuffix(".json").lower()
        if kind in ("messages", "calls"):
            query = parse_qs(parts.query)
            to = query.get("To", [None])[0]
            listed = [text for text in self.vendor.listed(to) if ("Body" in text) == (kind == "messages")]
            texts_in = self.vendor.listed_in(to) if kind == "messages" else []
            page = [*texts_in, *map(shown, listed)][: int(query["PageSize"][0])]
            self.answer(200, {kind: page, "page": 0, "page_size": len(page), "next_page_uri": None})
            return
        sid = parts.path.rsplit("/", 1)[-1].removesuffix(".json")
        known = [text for text in self.vendor.taken if text["sid"] == sid]
        self.answer(200, shown(known[0])) if known else self.answer(404, {"code": 20404, "status": 404})

    def answer(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        """Writes an answer as JSON."""
        self.write(status, json.dumps(value).encode(), headers)

    def write(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        """Writes an answer."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        """Hangs up."""
        self.close_connection = True
        self.connection.close()

    def log_request(self, *args: object) -> None:
        """Says nothing."""


def shown(text: dict[str, str]) -> dict[str, object]:
    """A text or a call as the vendor's API shows it."""
    if "Body" not in text:
        names = ("sid", "to", "status", "date_created")
        return {**{name: text.get(name, text.get("To")) for name in names}, "direction": "outbound-api"}
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
    """Threads end with the process, and a client that was killed is no error."""

    daemon_threads = True
    request_queue_size = 256

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
