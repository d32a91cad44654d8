"""How soon texts to us are taken, 200 in each second: signed webhooks to one `outreach serve` on loopback."""

import http.client
import statistics
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import seed
from bench.databases import key_store
from bench.servers import Server
from outreach.app import create_app
from outreach.config import Settings
from outreach.messaging.gateways.simulator import account
from outreach.messaging.signatures import HEADER, sign

PATH, PER_SECOND, CLIENTS = "/hooks/twilio/sms", 200, 32
_NUMBER = "+18165550100"
_WAITS_AT_MOST_SECONDS = 15.0
#: So many come first and are not counted, as a server that serves has had texts before.
_WARM_UP = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the texts."""

    #: Seconds from when each was to come until it was answered.
    latencies: list[float]
    refused: int
    #: Processor time of the server for each text, its answer included.
    cpu_seconds_each: float

    def latency_ms(self, percent: int) -> float:
        """So many percent took at most this long."""
        return 1000 * statistics.quantiles(self.latencies, n=100)[percent - 1]


def bring(database_url: str, folder: Path, seconds: float) -> Taken:
    """Brings texts for so long to a server with its worker.

    Texts come at their times whether or not those before them are answered.
    """
    app = create_app(Settings(database_url=database_url, key_store=key_store(database_url)))
    with app.app_context():
        runtime = app.extensions["outreach"]
        ours = account(runtime.settings, runtime.vault)
    server = Server.of_outreach(database_url, folder / "webhooks.log")
    try:
        server.wait_for("/healthz")
        count = int(seconds * PER_SECOND)
        texts = [_text(each, server.port, ours.sid, ours.tokens[0]) for each in range(_WARM_UP + count)]
        _sent(texts[:_WARM_UP], server.port)
        before = server.cpu_seconds()
        found, refused = _sent(texts[_WARM_UP:], server.port)
        return Taken(found, refused, (server.cpu_seconds() - before) / count)
    finally:
        server.stop()


def _text(each: int, port: int, account_sid: str, token: str) -> tuple[bytes, Mapping[str, str]]:
    form = {
        "MessageSid": f"SM{each:032x}",
        "AccountSid": account_sid,
        "From": seed.numbers()[each],
        "To": _NUMBER,
        "Body": "hello" if each % 2 else "0",
    }
    signature = sign(f"http://127.0.0.1:{port}{PATH}", form, token)
    headers = {HEADER: signature, "Content-Type": "application/x-www-form-urlencoded"}
    return urlencode(form).encode(), headers


def _sent(texts: list[tuple[bytes, Mapping[str, str]]], port: int) -> tuple[list[float], int]:
    found: list[float] = []
    refused = [0]
    lock = threading.Lock()
    begins = time.monotonic() + 0.5

    def visit(client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAITS_AT_MOST_SECONDS)
        for number in range(client, len(texts), CLIENTS):
            comes_at = begins + number / PER_SECOND
            time.sleep(max(0.0, comes_at - time.monotonic()))
            is_taken = _is_taken(connection, *texts[number])
            with lock:
                found.append(time.monotonic() - comes_at)
                refused[0] += not is_taken

    threads = [threading.Thread(target=visit, args=(client,)) for client in range(CLIENTS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found, refused[0]


def _is_taken(connection: http.client.HTTPConnection, body: bytes, headers: Mapping[str, str]) -> bool:
    try:
        connection.request("POST", PATH, body, dict(headers))
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
