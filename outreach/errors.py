"""The tree of errors a caller may handle; it knows no HTTP, no language and no database.

An error carries the sentence's message id and its values. Edges translate it for the reader, and
`app.py` alone maps each class to an HTTP status.
"""

import traceback


class OutreachError(Exception):
    """Base of everything we raise on purpose: `message` is a gettext id, `values` its placeholders."""

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message = message
        self.values = values


class InvalidInputError(OutreachError):
    """Somebody gave a value that cannot be used; `field` names where, for the form or the row."""

    def __init__(self, message: str, /, *, field: str = "", **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class InvalidInputsError(OutreachError):
    """Several values cannot be used; all are told at once, none of them is lost."""

    def __init__(self, problems: list[InvalidInputError]) -> None:
        super().__init__(problems[0].message, **problems[0].values)
        self.problems = problems


class NotAllowedError(OutreachError):
    """The person is known, and may not do this."""


class NotFoundError(OutreachError):
    """There is no such thing, or it is not for this person to know of: one answer for both."""


class ConflictError(OutreachError):
    """The thing changed meanwhile, or is in a state in which this cannot be done."""


class TooManyRequestsError(OutreachError):
    """Too many tries; `retry_after_seconds` says when the next one is welcome."""

    def __init__(self, message: str, /, *, retry_after_seconds: int, **values: object) -> None:
        super().__init__(message, **values)
        self.retry_after_seconds = retry_after_seconds


class ConfigurationError(OutreachError):
    """The settings cannot be run with; the sentence lists every problem."""


def outline(error: BaseException) -> str:
    """What kind of error it was and where; its words may hold what no log may hold."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.name}:{frame.lineno}" for frame in frames if "outreach" in frame.filename]
    return f"{type(error).__name__} at {' > '.join(places[-3:])}"
