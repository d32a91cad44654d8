"""Made-up programs of which the truth is known: some rooms are of one group only, others mix by chance."""

import random
from collections.abc import Iterable

from outreach.engagement.measures import Tally


def program(
    draw: random.Random, sizes: Iterable[int], *, share: float, one_sided: float, stratum: str = ""
) -> list[Tally]:
    """Rooms of these sizes where everybody said; meetings are (1 - one_sided) of chance by design."""
    tallies = []
    for size in sizes:
        if draw.random() < one_sided:
            newcomers = size if draw.random() < share else 0
        else:
            newcomers = sum(draw.random() < share for _ in range(size))
        tallies.append(Tally(stratum, newcomers, size - newcomers, 0, 0))
    return tallies


def sizes(draw: random.Random, events: int) -> list[int]:
    """The sizes of so many rooms, from 4 to 40 people."""
    return [draw.randint(4, 40) for _ in range(events)]


def silenced(draw: random.Random, tally: Tally, *, newcomers: float, residents: float) -> Tally:
    """The tally when people of each group answer with these chances."""
    said = sum(draw.random() < newcomers for _ in range(tally.newcomers))
    others = sum(draw.random() < residents for _ in range(tally.residents))
    return Tally(tally.stratum, said, others, 0, tally.people - said - others)
