"""What a phone in the browser hears of a call and what it may press, as its vendor would have it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from outreach.messaging import calls
from outreach.messaging.calls import Step
from outreach.messaging.channels.voice import Heard, Played, heard
from outreach.vault import Vault


@dataclass(frozen=True, slots=True)
class Said:
    """Words in one language; spoken by the vendor's voice, or played where there is a path."""

    locale: str
    words: str
    #: Of the recording, on this server.
    path: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was pressed, and what was said then."""

    keys: str
    said: tuple[Said, ...]
    heard: Heard


@dataclass(frozen=True, slots=True)
class KeypadCall:
    """The last call of a phone."""

    sid: str
    #: The last ones, the newest last.
    exchanges: tuple[Exchange, ...]
    #: Which question is open: it goes with the keys, so that a page that is sent twice answers it once.
    visit: int
    #: Whether the phone hung up, which nobody told us.
    is_hung_up: bool = False

    @property
    def is_over(self) -> bool:
        """Whether one of the two hung up."""
        return self.is_hung_up or self.exchanges[-1].heard.address is None

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return self.exchanges[-1].heard.is_number


_SHOWN = 6


def shown(call_sid: str, *, is_hung_up: bool = False, vault: Vault) -> KeypadCall | None:
    """A call as its holder heard it; None when there is no such call any more."""
    steps = calls.steps_of(call_sid, vault=vault)
    if not steps:
        return None
    exchanges = tuple(_exchange(step) for step in steps[-_SHOWN:])
    return KeypadCall(call_sid, exchanges, steps[-1].visit, is_hung_up)


def answer_to(call_sid: str, visit: int, keys: str, *, vault: Vault) -> tuple[str, dict[str, str]] | None:
    """Where the vendor brings keys that answer the question of a visit, and its form for them.

    None when no such question was asked in the call.
    """
    step = next((one for one in calls.steps_of(call_sid, vault=vault) if one.visit == visit), None)
    question = heard(step.twiml) if step else None
    if question is None or question.address is None:
        return None
    return question.address, {"CallSid": call_sid, **_fields(keys, is_number=question.is_number)}


def _exchange(step: Step) -> Exchange:
    answer, played = heard(step.twiml), iter(step.played)
    said = (
        Said(*next(played), urlsplit(each.address).path)
        if isinstance(each, Played)
        else Said(each.locale, each.words)
        for each in answer.said
    )
    return Exchange(step.keys, tuple(said), answer)


def _fields(keys: str, *, is_number: bool) -> dict[str, str]:
    """The keys as the vendor takes them: one alone, or a number up to the pound key, which is left out."""
    if not is_number:
        return {"Digits": keys[:1], "FinishedOnKey": ""}
    number, pound, _ = keys.partition("#")
    return {"Digits": number, "FinishedOnKey": pound}
