"""Twilio, by its official library over an HTTP client of our own; the one file that knows the library.

Facts of the library (9.13) that this file is built around: its own client has no timeout and logs
addresses with phone numbers in them; an error answer may come as either of two classes that share only
TwilioException; broken JSON raises ValueError; an answer without an id gives a message whose id is None;
exceptions carry no headers; an environment variable can change the host. And of the API: nothing makes
a second POST harmless, so nothing here ever posts twice.
"""

import logging
import re
import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3.exceptions
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from outreach.config import TwilioSettings
from outreach.messaging.gateways.base import (
    Accepted,
    Dial,
    Dispatch,
    NotSent,
    Outcome,
    Received,
    Rejected,
    Report,
    Unknown,
    kind_of,
)

#: Where the library sends to, unless it is told otherwise.
_VENDOR_URL = "https://api.twilio.com"
#: To connect, and to read; the vendor itself gives up after about 26 seconds.
_TIMEOUTS_SECONDS = (3.0, 30.0)
#: A connection that rested longer may be closed at the other end, and a text lost in it is unknown.
_LONGEST_REST_SECONDS = 20.0
#: Texts to one number that are listed; more within minutes are no list that proves anything.
_LISTED = 50
#: Texts to us that are listed, in one page: the most that the vendor puts into one.
_LISTED_TO_US = 1000
_SID = re.compile(r"(SM|MM|CA)[0-9a-fA-F]{32}")
#: How long a phone rings: five or six times, as a machine answers after four.
_RING_SECONDS = 30
#: Why urllib3 says that no connection came about, so that not a byte of the request left.
_NO_CONNECTION = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)


# The library beneath logs addresses, and those of lists have numbers in them.
logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)


class _TooManyRequestsError(Exception):
    """Status 429, with the header that the library's own exceptions drop."""

    def __init__(self, retry_after_seconds: float | None) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


#: What the library raises over an answer that it cannot read.
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)
_NO_ANSWER = (TwilioException, requests.RequestException, _TooManyRequestsError, *_UNREADABLE)


class TwilioGateway:
    """One account. Safe to use from several threads."""

    def __init__(
        self, settings: TwilioSettings, *, timeouts_seconds: tuple[float, float] = _TIMEOUTS_SECONDS
    ) -> None:
        self._sender = (
            {"messaging_service_sid": settings.messaging_service_sid}
            if settings.messaging_service_sid
            else {"from_": settings.from_number}
        )
        self._number = settings.from_number
        self._service = settings.messaging_service_sid
        self._client = Client(
            settings.account_sid,
            settings.auth_tokens[0],
            http_client=_Http(settings.api_url, timeouts_seconds),
            # Not empty, or the library reads the process's own, where a region may be set.
            environment={"TWILIO_EDGE": ""},
        )

    def send(self, dispatch: Dispatch) -> Outcome:
        """Posts one text, once."""
        return self._post(
            self._client.messages.create,
            to=dispatch.to,
            body=dispatch.body,
            validity_period=dispatch.validity_seconds,
            status_callback=dispatch.status_callback,
            # The text must be found again in the list letter by letter.
            smart_encoded=False,
            **self._sender,
        )

    def call(self, dial: Dial) -> Outcome:
        """Posts one call, once; where a machine answers, the vendor waits until it has finished speaking."""
        if not self._number:
            return NotSent("no number to call from")
        return self._post(
            self._client.calls.create,
            to=dial.to,
            from_=self._number,
            url=dial.answer_address,
            method="POST",
            status_callback=dial.status_callback,
            status_callback_method="POST",
            status_callback_event=["ringing", "answered", "completed"],
            machine_detection="DetectMessageEnd",
            timeout=_RING_SECONDS,
        )

    def find_calls(self, to: str, *, since: datetime) -> tuple[Report, ...] | None:
        """Lists the calls that were placed to the number."""
        return self._found(self._client.calls.list, to, lambda each: True, since=since)

    def _post(self, create: Callable[..., Any], **fields: Any) -> Outcome:
        try:
            made = create(**fields)
        except _TooManyRequestsError as error:
            return NotSent("too many requests", error.retry_after_seconds)
        except TwilioException as error:
            return _refusal(error)
        except requests.RequestException as error:
            reason = type(error).__name__
            return NotSent(reason) if _never_connected(error) else Unknown(reason)
        except _UNREADABLE as error:
            return Unknown(f"unreadable answer, {type(error).__name__}")
        if not isinstance(made.sid, str) or not _SID.fullmatch(made.sid):
            return Unknown("answer without an id")
        return Accepted(made.sid, str(made.status))

    def find(self, to: str, body: str, *, since: datetime) -> tuple[Report, ...] | None:
        """Lists what was sent to the number; not by the date of sending, which may not be set yet."""
        return self._found(
            self._client.messages.list,
            to,
            lambda each: (each.body or "").strip() == body.strip(),
            since=since,
        )

    def _found(
        self, lists: Callable[..., Any], to: str, is_it: Callable[[Any], bool], *, since: datetime
    ) -> tuple[Report, ...] | None:
        try:
            listed = lists(to=to, limit=_LISTED, page_size=_LISTED)
            recent = [each for each in listed if each.date_created is None or each.date_created >= since]
            found = [
                _report(each) for each in recent if str(each.direction).startswith("outbound") and is_it(each)
            ]
        except _NO_ANSWER:
            return None
        if len(recent) >= _LISTED and not found:
            return None
        # Newest first is the vendor's order.
        return tuple(reversed(found))

    def fetch(self, sid: str) -> Report | None:
        """Asks for one text or call by its id."""
        kept = self._client.calls if sid.startswith("CA") else self._client.messages
        try:
            return _report(kept(sid).fetch())
        except _NO_ANSWER:
            return None

    def received(self, *, since: datetime) -> tuple[Received, ...] | None:
        """Lists what came to our number, and to those of our messaging service if there is one.

        The list cannot be asked for a service, so that one is picked out of everything in the account.
        """
        wanted = ([{"to": self._number}] if self._number else []) + ([{}] if self._service else [])
        found: dict[str, Received] = {}
        try:
            for given in wanted:
                listed = self._client.messages.list(
                    **given, date_sent_after=since, limit=_LISTED_TO_US, page_size=_LISTED_TO_US
                )
                # The vendor may look at the date alone.
                found |= {
                    each.sid: _received(each)
                    for each in listed
                    if each.direction == "inbound" and self._is_ours(each) and _sent_at(each) >= since
                }
        except _NO_ANSWER:
            return None
        # Newest first is the vendor's order, and its instants are whole seconds.
        oldest_first = list(found.values())[::-1]
        return tuple(sorted(oldest_first, key=lambda each: each.sent_at))

    def _is_ours(self, message: Any) -> bool:
        if self._number and message.to == self._number:
            return True
        return bool(self._service) and message.messaging_service_sid == self._service


class _Http(HttpClient):  # type: ignore[misc]  # the library has no types
    """Sends the library's requests: with timeouts, without repeats, without a log."""

    def __init__(self, api_url: str, timeouts_seconds: tuple[float, float]) -> None:
        super().__init__(logging.getLogger(__name__), False, timeouts_seconds[1])
        self._timeouts_seconds = timeouts_seconds
        self._base = urlsplit(api_url)
        self._kept = threading.local()

    def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Sends one request; raises what `requests` raises, and _TooManyRequestsError."""
        answer = self._session().request(
            method.upper(),
            self._address(url),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=self._timeouts_seconds,
            allow_redirects=False,
        )
        self._kept.used_at = time.monotonic()
        if answer.status_code == 429:
            raise _TooManyRequestsError(_seconds(answer.headers.get("Retry-After")))
        answer.encoding = "utf-8"
        return Response(answer.status_code, answer.text, answer.headers)

    def _session(self) -> requests.Session:
        """This thread's session; a new one when the last connection has rested for long."""
        session: requests.Session | None = getattr(self._kept, "session", None)
        if session is not None and time.monotonic() - self._kept.used_at > _LONGEST_REST_SECONDS:
            session.close()
            session = None
        if session is None:
            session = self._kept.session = self._made()
            self._kept.used_at = time.monotonic()
        return session

    def _made(self) -> requests.Session:
        """A session that knows already what the environment says of proxies and certificates.

        Otherwise it looks all of it up again for each text, which takes a tenth of the time of sending.
        """
        session = requests.Session()
        known = session.merge_environment_settings(self._address(_VENDOR_URL), {}, None, None, None)
        session.proxies, session.verify, session.cert = known["proxies"], known["verify"], known["cert"]
        session.trust_env = False
        return session

    def _address(self, url: str) -> str:
        """The address with the configured host in place of the vendor's."""
        if not self._base.netloc:
            return url
        return urlunsplit(urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc))


def _refusal(error: TwilioException) -> Outcome:
    """What an error answer means; the library has two classes of them with the same two fields."""
    http_status = getattr(error, "status", None)
    if not isinstance(http_status, int) or http_status >= 500 or http_status == 408:
        return Unknown(f"HTTP status {http_status}")
    code = getattr(error, "code", None)
    code = code if isinstance(code, int) else http_status
    return Rejected(code, kind_of(code, http_status))


def _never_connected(error: requests.RequestException) -> bool:
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(reason, urllib3.exceptions.SSLError):
        # Only a certificate is certain to be looked at before anything is sent.
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, _NO_CONNECTION)


def _report(message: Any) -> Report:
    if not _SID.fullmatch(message.sid):
        raise ValueError("a text without an id")
    # A call has none.
    code = int(getattr(message, "error_code", None) or 0)
    return Report(message.sid, str(message.status), code)


def _received(message: Any) -> Received:
    if not _SID.fullmatch(message.sid):
        raise ValueError("a text without an id")
    return Received(message.sid, str(message.from_), message.body or "", _sent_at(message))


def _sent_at(message: Any) -> datetime:
    sent_at: datetime = message.date_sent or message.date_created
    return sent_at


def _seconds(header: str | None) -> float | None:
    """Seconds of a Retry-After header; its other form, a date, is as good as none."""
    return min(float(header), 3600.0) if header and header.isascii() and header.isdigit() else None
