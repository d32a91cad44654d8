"""The two questions of a ballot, word for word the same on the device, on paper and in the form; pure."""

from dataclasses import dataclass
from typing import Literal

from outreach.i18n import N_

QuestionId = Literal["background", "talk"]


@dataclass(frozen=True, slots=True)
class BallotQuestion:
    """One question without a name; `ask` and the answers' labels are message ids."""

    id: QuestionId
    ask: str
    #: Name of the total, and what the guest reads, in the order of the buttons.
    answers: tuple[tuple[str, str], ...]


#: Asked of every guest once they are in.
BACKGROUND = BallotQuestion(
    "background",
    N_("Which fits you best?"),
    (
        ("newcomers", N_("Moved here from another country")),
        ("residents", N_("Grew up in the United States")),
        ("both", N_("Both, or it's complicated")),
        ("unsaid", N_("Prefer not to say")),
    ),
)

#: Asked on leaving, where the host wants it: to be in one room is not yet to have talked.
TALK = BallotQuestion(
    "talk",
    N_("Today I talked for at least five minutes with somebody of a different background."),
    (
        ("talked", N_("Yes")),
        ("did_not", N_("No")),
        ("unsaid", N_("Prefer not to say")),
    ),
)

QUESTIONS: dict[QuestionId, BallotQuestion] = {each.id: each for each in (BACKGROUND, TALK)}
