"""A worker on a clock that runs faster: minutes of waiting for evidence pass in seconds.

Everything that waits by the clock (leases, settling, quiet hours) is as in life. What waits by seconds of
the machine (the limits of the vendor's client, the fence before a text leaves) is cut in the same measure,
so that each is still shorter than the next.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.app import create_app
from outreach.config import Settings
from outreach.messaging import sending
from outreach.messaging.commands import worker
from outreach.messaging.gateways.twilio import TwilioGateway
from outreach.messaging.worker import GATEWAY

_FENCE_SECONDS = sending.FENCE_SECONDS
_CONNECT_SECONDS, _READ_SECONDS = 3.0, 30.0


@dataclass(frozen=True, slots=True)
class HurriedClock:
    """Shows `shows_at` when it begins, and runs at `speed`; alike in every process."""

    shows_at: datetime
    began: float
    speed: float = 1.0

    def __call__(self) -> datetime:
        """What the clock shows."""
        return self.shows_at + timedelta(seconds=(time.time() - self.began) * self.speed)


def work(settings: Settings, clock: HurriedClock) -> None:
    """Does what `outreach worker` does, until it is killed or told to stop."""
    sending.FENCE_SECONDS = _FENCE_SECONDS / clock.speed
    app = create_app(settings, clock=clock)
    limits = _CONNECT_SECONDS / clock.speed, _READ_SECONDS / clock.speed
    app.extensions[GATEWAY] = lambda: TwilioGateway(settings.twilio, timeouts_seconds=limits)
    worker.main(args=[], prog_name="outreach worker", obj=lambda: app)
