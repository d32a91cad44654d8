"""Questions a kind of event asks its guests, and what counts as an answer; every door walks the same ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from outreach.errors import InvalidInputError
from outreach.i18n import N_

SHORT_TEXT_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Question:
    """One question; always optional, because a guest owes us nothing."""

    key: str
    #: Message id.
    label: str
    type: Literal["choice", "yes_no", "short_text"]
    #: Stored value and message id, in order; only for `choice`.
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """What can be chosen; empty for free text."""
        return (("yes", N_("Yes")), ("no", N_("No"))) if self.type == "yes_no" else self.choices


def clean(questions: tuple[Question, ...], raw: Mapping[str, str]) -> dict[str, str]:
    """The given answers, by question key; unknown keys and empty answers are dropped.

    Raises InvalidInputError (field = the question's key) for a choice that is not offered or a text
    of more than 120 characters.
    """
    cleaned = {}
    for question in questions:
        answer = " ".join(raw.get(question.key, "").split())
        if not answer:
            continue
        if question.answers and answer not in dict(question.answers):
            raise InvalidInputError(N_("Choose one of the answers."), field=question.key)
        if len(answer) > SHORT_TEXT_CHARACTERS:
            raise InvalidInputError(
                N_("Use at most %(count)s letters."), field=question.key, count=SHORT_TEXT_CHARACTERS
            )
        cleaned[question.key] = answer
    return cleaned
