"""Who moves up when seats are free, and the sentence that explains it to a guest; pure.

The rule: parties move up in the order they came, whole or not at all. A smaller party may pass a
larger one only where the free seats would otherwise stay empty, and a party that was passed three
times is not passed again: seats are saved for it, until a day before the start, when an empty chair
helps nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from outreach.i18n import N_

#: After being passed so often, a party's turn is kept for it.
PASSES_ENDURED = 3
#: From here on no seat is saved for anybody.
SAVING_ENDS_BEFORE = timedelta(hours=24)

#: An offered seat is kept for this much daytime, because nobody should have to answer at night.
OFFER_DAYTIME = timedelta(hours=4)
#: No offer is open later than this before the start.
OFFER_ENDS_BEFORE = timedelta(minutes=30)
DAY_BEGINS_HOUR, DAY_ENDS_HOUR = 9, 20

# Why a party waits.
SAVED = N_("You are number %(place)s. We save the next free seats for your whole group.")
PASSED = N_(
    "You are number %(place)s. A smaller group went ahead because "
    "there were too few seats for yours. That can happen %(count)s times at most."
)
TOO_FEW = N_("You are number %(place)s. Free seats: %(free)s, too few for your group of %(size)s.")
FULL = N_("You are number %(place)s. All seats are taken now.")


@dataclass(frozen=True, slots=True)
class WaitingParty:
    """One party of the list, in the order of the list."""

    id: int
    party_size: int
    passed_count: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Who gets seats now, and who was passed by somebody behind them."""

    seated_ids: tuple[int, ...]
    passed_ids: tuple[int, ...]


def decide(waiting: Sequence[WaitingParty], free_seats: int | None, *, time_left: timedelta) -> Decision:
    """Who of the list gets seats; `free_seats` None means no limit.

    Parties passed in one decision are counted once, however many went ahead.
    """
    seated: list[int] = []
    skipped: list[int] = []
    passed: list[int] = []
    for party in waiting:
        if free_seats is None or party.party_size <= free_seats:
            seated.append(party.id)
            passed = list(skipped)
            if free_seats is not None:
                free_seats -= party.party_size
        elif party.passed_count >= PASSES_ENDURED and time_left > SAVING_ENDS_BEFORE:
            break
        else:
            skipped.append(party.id)
    return Decision(tuple(seated), tuple(passed))


def explanation(
    *, place: int, party_size: int, free_seats: int, passed_count: int
) -> tuple[str, dict[str, int]]:
    """One sentence (message id, values) that tells a waiting party why it waits."""
    if passed_count >= PASSES_ENDURED:
        return SAVED, {"place": place}
    if passed_count:
        return PASSED, {"place": place, "count": PASSES_ENDURED}
    if 0 < free_seats < party_size:
        return TOO_FEW, {"place": place, "free": free_seats, "size": party_size}
    return FULL, {"place": place}


def offer_expires_at(now: datetime, zone: str, *, starts_at: datetime) -> datetime | None:
    """Until when an offered seat is kept: four hours of daytime at the place, and not into the event.

    The end always lies in the day, 9:00 to 20:00. None when the start is so near that there is less
    than an hour to ask: the seat is then simply given.
    """
    left = OFFER_DAYTIME
    at = now
    latest = starts_at - OFFER_ENDS_BEFORE
    end = None
    while left > timedelta(0):
        opens_at, closes_at = _day(at, zone)
        if at >= closes_at:
            at = _day(at, zone, days_later=1)[0]
            continue
        at = max(at, opens_at)
        if at >= latest:
            break
        end = min(at + left, closes_at, latest)
        left -= end - at
        at = end
    return end if end is not None and end - now >= timedelta(hours=1) else None


def _day(at: datetime, zone: str, *, days_later: int = 0) -> tuple[datetime, datetime]:
    """When the day on which an instant lies begins and ends for us, as instants."""
    local = at.astimezone(ZoneInfo(zone)) + timedelta(days=days_later)
    opens = local.replace(hour=DAY_BEGINS_HOUR, minute=0, second=0, microsecond=0)
    return opens.astimezone(UTC), opens.replace(hour=DAY_ENDS_HOUR).astimezone(UTC)
