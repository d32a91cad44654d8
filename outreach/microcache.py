"""Gives public answers again for one second without asking the application; it knows HTTP and no feature.

A shared cache as RFC 9111 describes it, narrower than it could be: only whole answers to GET that the
application marked `public`, that set no cookie and differ by nothing but their packing. When a whole
town looks at one page, almost everybody gets these bytes; nobody gets any that are older than a second.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags, unquote_etag

FRESH_SECONDS = 1.0
CAPACITY_BYTES = 2 * 1024 * 1024

#: Asked for with any of these, an answer is the application's own affair.
_BYPASS = (
    "HTTP_AUTHORIZATION",
    "HTTP_CACHE_CONTROL",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_RANGE",
)
#: RFC 9110 section 15.4.5: what a "not modified" repeats; the body's own headers it does not.
_OF_BODY = ("content-type", "content-length", "content-encoding", "content-disposition")

_Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Kept:
    status: str
    headers: list[tuple[str, str]]
    bare_headers: list[tuple[str, str]]
    #: Without its quotes; empty when there is none.
    etag: str
    body: bytes
    until: float


class MicroCache:
    """An application with a second's memory before it. Safe to use from several threads."""

    def __init__(
        self,
        app: WSGIApplication,
        *,
        capacity_bytes: int = CAPACITY_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._capacity_bytes = capacity_bytes
        self._clock = clock
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._used_bytes = 0
        self._lock = Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request, answered from memory or by the application."""
        # Part of every address that is written, and of no key: we are never anywhere but at the root.
        environ["SCRIPT_NAME"] = ""
        if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _BYPASS):
            return self._app(environ, start_response)
        asked_at = self._clock()
        key = (
            environ.get("HTTP_HOST", ""),
            environ.get("PATH_INFO", ""),
            environ.get("QUERY_STRING", ""),
            environ.get("HTTP_ACCEPT_ENCODING", ""),
        )
        kept = self._kept.get(key)
        if kept is None or kept.until <= asked_at:
            return self._ask(key, asked_at, environ, start_response)
        return _send(kept, environ.get("HTTP_IF_NONE_MATCH", ""), start_response)

    def _ask(
        self, key: _Key, asked_at: float, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        # Asked without the reader's tag, so that the whole answer is there for the next one.
        known_tags = environ.pop("HTTP_IF_NONE_MATCH", "")
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            told[:] = [(status, headers)]
            return start_response if exc_info is None else start_response(status, headers, exc_info)

        chunks = self._app(environ, listen)
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        status, headers = told[0]
        if not _is_public(status, Headers(headers)):
            kept = _kept(status, headers, body, until=asked_at)
        else:
            # Younger than a second, and so 0 for everybody (RFC 9111 section 5.1).
            kept = _kept(status, [*headers, ("Age", "0")], body, until=asked_at + FRESH_SECONDS)
            self._keep(key, kept)
        return _send(kept, known_tags, start_response)

    def _keep(self, key: _Key, kept: _Kept) -> None:
        if len(kept.body) > self._capacity_bytes:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self._used_bytes += _weight(key, kept)
            while self._used_bytes > self._capacity_bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: _Key) -> None:
        if key in self._kept:
            self._used_bytes -= _weight(key, self._kept.pop(key))


def _kept(status: str, headers: list[tuple[str, str]], body: bytes, *, until: float) -> _Kept:
    etag = next((unquote_etag(value)[0] for name, value in headers if name.lower() == "etag"), "")
    bare = [(name, value) for name, value in headers if name.lower() not in _OF_BODY]
    return _Kept(status, headers, bare, etag or "", body, until)


def _is_public(status: str, headers: Headers) -> bool:
    varies_by = {name.strip().lower() for name in headers.get("Vary", "").split(",") if name.strip()}
    return (
        status.startswith("200")
        and "public" in headers.get("Cache-Control", "")
        and "Set-Cookie" not in headers
        and varies_by <= {"accept-encoding"}
    )


def _send(kept: _Kept, known_tags: str, start_response: StartResponse) -> Iterable[bytes]:
    # Weakly, as RFC 9110 section 13.1.2 has it for GET.
    if kept.etag and known_tags and parse_etags(known_tags).contains_weak(kept.etag):
        start_response("304 Not Modified", kept.bare_headers)
        return []
    start_response(kept.status, kept.headers)
    return [kept.body]


def _weight(key: _Key, kept: _Kept) -> int:
    """About; the headers of an answer and what holds them take a kilobyte or so."""
    return len(kept.body) + sum(map(len, key)) + 1024
