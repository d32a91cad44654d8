"""The dates of a repeating event, by one wall clock and never more than can be used; pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import islice

from dateutil.rrule import rruleset, rrulestr  # type: ignore[import-untyped]  # the library has no types

from outreach.errors import InvalidInputError
from outreach.i18n import N_

#: Dates that are counted through at most, so that no rule keeps us for ever.
_COUNTED = 20_000
_TOO_OFTEN = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)", re.IGNORECASE)
#: dateutil would look for the next date for ever.
_NEVER = re.compile(r"INTERVAL=0*(;|$)", re.IGNORECASE)
_UNTIL = re.compile(r";?UNTIL=[^;]*", re.IGNORECASE)


def dates(
    starts_local: datetime,
    rules: Iterable[str],
    *,
    added: Iterable[datetime] = (),
    excluded: Collection[datetime] = (),
    excluded_days: Collection[date] = (),
    until: datetime,
) -> list[datetime]:
    """Every date up to `until`, the first one included, by the rules of RFC 5545 section 3.3.10.

    The rules end by their COUNT or at `until`; their own UNTIL is left to the caller, who knows its
    zone. Raises InvalidInputError for a rule that cannot be read or repeats more often than daily.
    """
    found = rruleset()
    found.rdate(starts_local)
    for rule in rules:
        found.rrule(_read(rule, starts_local, until))
    for at in added:
        found.rdate(at)
    return [
        at
        for at in islice(found, _COUNTED)
        if at <= until and at not in excluded and at.date() not in excluded_days
    ]


def most_useful(found: Sequence[datetime], most: int, *, since: datetime) -> Sequence[datetime]:
    """At most so many of the dates: those from `since` on, and where there are fewer, the last ones."""
    first = next((position for position, at in enumerate(found) if at >= since), len(found))
    first = max(min(first, len(found) - most), 0)
    return found[first : first + most]


def _read(rule: str, starts_local: datetime, until: datetime) -> object:
    if _TOO_OFTEN.search(rule):
        raise InvalidInputError(N_("This event repeats more often than daily."))
    if _NEVER.search(rule):
        raise InvalidInputError(N_("We cannot read how this event repeats."))
    text = _UNTIL.sub("", rule)
    if "COUNT=" not in text.upper():
        text += f";UNTIL={until:%Y%m%dT%H%M%S}"
    try:
        return rrulestr(text, dtstart=starts_local)
    except (ValueError, TypeError, AttributeError, KeyError, IndexError):
        raise InvalidInputError(N_("We cannot read how this event repeats.")) from None
