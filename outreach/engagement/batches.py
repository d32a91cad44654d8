"""The totals that a shared device hands in, once: how a form carries them; pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from outreach.engagement.questions import QUESTIONS, QuestionId
from outreach.errors import InvalidInputError
from outreach.i18n import N_

#: A random key, the question, and one total for each of its answers: "3q2ZkX0bT1yWmR8vLqJ4sA.talk.8.3.1".
_FORM = re.compile(r"([A-Za-z0-9_-]{22})\.(background|talk)((?:\.[0-9]{1,5})+)", re.ASCII)
#: So often may a device have gone on after it was asked to hand in; more is no device of ours.
_MOST = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """What one device gathered for one question. Its key is random: it holds no time and no order."""

    key: str
    question: QuestionId
    #: In the order of the question's answers.
    totals: tuple[int, ...]


def parse(texts: Iterable[str]) -> list[Batch]:
    """The batches of a form, each key once. Raises InvalidInputError for what no device of ours writes."""
    found: dict[str, Batch] = {}
    for text in texts:
        batch = _read(text)
        if batch is None or len(found) == _MOST:
            raise InvalidInputError(
                N_("The ballots on this device cannot be read. Reload the page and try again."),
                field="head_count",
            )
        found.setdefault(batch.key, batch)
    return list(found.values())


def _read(text: str) -> Batch | None:
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    question: QuestionId = "talk" if match[2] == "talk" else "background"
    totals = tuple(map(int, match[3].removeprefix(".").split(".")))
    return Batch(match[1], question, totals) if len(totals) == len(QUESTIONS[question].answers) else None
