"""Connection cards of the invented evenings: which of them come to which; nobody's, and pure."""

from collections.abc import Iterator

#: Cards there are, and how many of them newcomers carry; all others are long-time residents'.
_CARDS, _NEWCOMERS = 24, 11


def shown(evening: int) -> Iterator[tuple[str, str]]:
    """The cards at an evening, counted from 0, each with what its holder says; some meet often."""
    for number in range(_CARDS):
        if (3 * evening + number**2) % 7 < 3:
            yield f"demo-card-{number}", "newcomers" if number < _NEWCOMERS else "residents"
