"""What a phone in the browser hears of a call and what it may press, as its vendor would have it."""

from dataclasses import dataclass

from outreach.messaging import calls
from outreach.messaging.channels.voice import Heard, heard
from outreach.vault import Vault


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was pressed, and what was said then."""

    keys: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class KeypadCall:
    """The last call of a phone."""

    sid: str
    #: The last ones, the newest last.
    exchanges: tuple[Exchange, ...]
    #: Which question is open: it goes with the keys, so that a page that is sent twice answers it once.
    visit: int

    @property
    def is_over(self) -> bool:
        """Whether we hung up."""
        return self.exchanges[-1].heard.address is None

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return self.exchanges[-1].heard.is_number


_SHOWN = 6


def last_call(phone: str, *, vault: Vault) -> KeypadCall | None:
    """The last call of a phone, as its holder heard it; None when it never called."""
    found = calls.steps_of_last_call(phone, vault=vault)
    if found is None:
        return None
    sid, steps = found
    exchanges = tuple(Exchange(step.keys, heard(step.twiml)) for step in steps[-_SHOWN:])
    return KeypadCall(sid, exchanges, steps[-1].visit)


def answer_to(phone: str, visit: int, keys: str, *, vault: Vault) -> tuple[str, dict[str, str]] | None:
    """Where the vendor brings keys that answer the question of a visit, and its form for them.

    None when no such question was asked in the phone's last call.
    """
    found = calls.steps_of_last_call(phone, vault=vault)
    step = next((one for one in found[1] if one.visit == visit), None) if found else None
    question = heard(step.twiml) if step else None
    if found is None or question is None or question.address is None:
        return None
    return question.address, {"CallSid": found[0], **_fields(keys, is_number=question.is_number)}


def _fields(keys: str, *, is_number: bool) -> dict[str, str]:
    """The keys as the vendor takes them: one alone, or a number up to the pound key, which is left out."""
    if not is_number:
        return {"Digits": keys[:1], "FinishedOnKey": ""}
    number, pound, _ = keys.partition("#")
    return {"Digits": number, "FinishedOnKey": pound}
