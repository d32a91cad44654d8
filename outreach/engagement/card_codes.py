"""The code on a connection card: random, easy to read aloud, and with a sign that finds a slip; pure."""

import secrets

from outreach.errors import InvalidInputError
from outreach.i18n import N_

#: No vowels (no words by accident) and no signs that look alike; 27 of them.
_SIGNS = "23456789bcdfghjkmnpqrstvwxz"
#: 52 random bits and the check.
_RANDOM, _LENGTH = 11, 12
_GROUP = 4


def fresh() -> str:
    """A new code. Nobody keeps a list of them: a card exists once its holder shows it."""
    body = "".join(secrets.choice(_SIGNS) for _ in range(_RANDOM))
    return body + _check(body)


def clean(text: str) -> str:
    """The code that somebody typed or scanned, without spaces, dashes and capitals.

    Raises InvalidInputError where a sign is wrong or two beside each other are exchanged.
    """
    code = "".join(sign for sign in text.lower() if sign not in " -\t\r\n\u00a0")
    if len(code) != _LENGTH or not set(code) <= set(_SIGNS) or code[-1] != _check(code[:-1]):
        raise InvalidInputError(
            N_("This is not the code of a card. Look at it again: it has 12 letters and digits."),
            field="code",
        )
    return code


def spaced(code: str) -> str:
    """The code in groups, as it is printed."""
    return " ".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def _check(body: str) -> str:
    # Weights 2 and 1 in turn: they and their difference have no factor in common with 27.
    total = sum((2 - at % 2) * _SIGNS.index(sign) for at, sign in enumerate(body))
    return _SIGNS[-total % len(_SIGNS)]
