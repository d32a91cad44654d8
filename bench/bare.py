"""The bare library of the vendor as a yardstick: the same texts from as many threads, with no database."""

import threading
import time

from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from bench.seed import numbers
from outreach.config import TwilioSettings


class _Redirected(TwilioHttpClient):
    """The library's own client, to another host."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host

    def request(self, method, url, *args, **kwargs):  # type: ignore[no-untyped-def]
        path = url.partition("://")[2].partition("/")[2]
        return super().request(method, f"{self.host}/{path}", *args, **kwargs)


def send(settings: TwilioSettings, threads: int, seconds: float) -> None:
    """Sends for so long as fast as it can."""
    account = settings.account_sid, settings.auth_tokens[0]
    # Making one takes long, and is none of what is measured.
    clients = [Client(*account, http_client=_Redirected(settings.api_url)) for _ in range(threads)]
    until = time.monotonic() + seconds

    def repeat(number: int) -> None:
        client = clients[number]
        while time.monotonic() < until:
            client.messages.create(
                to=numbers()[number],
                from_=settings.from_number,
                body="Tomorrow at nine we eat together, and you have two seats. Your code is 123456.",
                validity_period=36_000,
                status_callback="https://outreach.example.org/hooks/twilio/status/1.x",
            )

    running = [threading.Thread(target=repeat, args=(number,)) for number in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join()
