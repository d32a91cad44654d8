"""Connection cards of the invented evenings: which of them come to which; nobody's, and pure."""

from collections.abc import Iterator

_CARDS = 36


def shown(evening: int) -> Iterator[tuple[str, str]]:
    """The cards at an evening, counted from 0, each with what its holder says; only some meet again."""
    for number in range(_CARDS):
        if _is_there(number, evening):
            yield f"demo-card-{number}", "newcomers" if number % 9 < 4 else "residents"


def _is_there(number: int, evening: int) -> bool:
    """Everybody comes once in five weeks, and one in six holders twice more."""
    five_weeks, week = divmod(evening, 5)
    is_regular = number % 6 == 0 and (evening + number) % 3 == 0
    return is_regular or week == (number + five_weeks * (number // 5)) % 5
