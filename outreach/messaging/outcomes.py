"""What the simulated vendor can do with a text, and what was chosen for a phone; sends nothing.

Each is what the real vendor does: reports by webhook, error codes of the error table, or a refusal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from outreach.database import db
from outreach.i18n import N_
from outreach.messaging.gateways.base import Report
from outreach.messaging.models import SimulatedPhone
from outreach.registration.guests import phone_hash
from outreach.vault import Vault

ARRIVES = "delivered"


@dataclass(frozen=True, slots=True)
class FakedOutcome:
    """One thing that the vendor may do with a text."""

    #: A message id.
    label: str
    #: The vendor's words, reported at once and in this order.
    reported: tuple[str, ...] = ("sent", "delivered")
    error_code: int = 0
    #: The vendor's word when we ask, once `slow_for` has passed; before that it says "sent".
    told: str = "delivered"
    slow_for: timedelta = timedelta()
    #: Whether the vendor does not take the text at all.
    is_refused: bool = False

    @property
    def has_arrived(self) -> bool:
        """Whether the phone has the text, whatever the vendor says of it."""
        return self.error_code == 0

    def report(self, sid: str, age: timedelta) -> Report:
        """What the vendor says of a text when it is asked that long after it took it."""
        word = self.told if age >= self.slow_for else "sent"
        return Report(sid, word, self.error_code if word == self.told else 0)


#: The first one is what happens when nothing was chosen.
OUTCOMES: Mapping[str, FakedOutcome] = {
    ARRIVES: FakedOutcome(N_("They arrive.")),
    "30003": FakedOutcome(
        N_("The phone is off (error 30003)."), ("sent", "undelivered"), 30003, told="undelivered"
    ),
    "30006": FakedOutcome(
        N_("It is a landline (error 30006)."), ("sent", "undelivered"), 30006, told="undelivered"
    ),
    "21610": FakedOutcome(
        N_("Its holder told the vendor STOP (error 21610)."), (), 21610, told="failed", is_refused=True
    ),
    "slow": FakedOutcome(
        N_("They arrive, and the vendor says so only when asked."), ("sent",), slow_for=timedelta(minutes=10)
    ),
    "never": FakedOutcome(N_("They arrive, and the vendor never says so."), (), told="sent"),
}


def choose(phone: str, outcome: str, *, vault: Vault, now: datetime) -> None:
    """Decides what becomes of the texts to a phone from now on. Flushes. Raises KeyError for no outcome."""
    OUTCOMES[outcome]
    db.session.merge(SimulatedPhone(phone_hash=phone_hash(vault, phone), outcome=outcome, chosen_at=now))
    db.session.flush()


def chosen(phone: str, *, vault: Vault) -> str:
    """What becomes of the texts to a phone, one of `OUTCOMES`."""
    row = db.session.get(SimulatedPhone, phone_hash(vault, phone))
    return row.outcome if row else ARRIVES
