"""Parties of the invented past events: as many people as their numbers say, nobody in particular; pure."""

from collections.abc import Iterator
from itertools import cycle

from outreach.registration.turnout import PartyOutcome

_SIZES = (2, 1, 3, 2, 4, 1)
_DOORS = ("web", "text", "web", "desk", "text", "web", "text", "voice")
_LOCALES = ("en", "es", "en", "sw", "ar", "en", "es", "so", "en", "my")
_CENTS = {"web": 3.6, "text": 4.8, "voice": 6.0, "desk": 0.0}


def parties(registered: int, arrived: int) -> Iterator[tuple[str, PartyOutcome]]:
    """The locale and outcome of each party; some stay away, fewer of those with a reminder."""
    sizes, doors, locales = cycle(_SIZES), cycle(_DOORS), cycle(_LOCALES)
    left, coming, staying = registered, arrived, registered - arrived
    number = 0
    while left:
        size = min(next(sizes), left)
        door = next(doors)
        is_reminded = door in ("web", "text") and number % 5 != 0
        stays_away = staying >= size and number % (5 if is_reminded else 2) == 1
        came = 0 if stays_away else min(size, coming)
        left, coming, staying = left - size, coming - came, staying - (size - came)
        number += 1
        outcome = PartyOutcome(
            door,
            "confirmed",
            size,
            came,
            is_reaffirmed=is_reminded and came > 0 and number % 3 == 0,
            is_reminded=is_reminded,
            cents=_CENTS[door],
        )
        yield next(locales), outcome
