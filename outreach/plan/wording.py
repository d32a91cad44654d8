"""How promises are said: where they stand, how many, by when; pure."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from outreach.i18n import N_, Translator

#: In the order in which totals are read.
STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "kept": N_("Kept"),
        "done": N_("Done, the plan itself says"),
        "on_track": N_("On track"),
        "at_risk": N_("At risk"),
        "late": N_("Late"),
        "unnumbered": N_("No number promised"),
        "uncounted": N_("Not counted by events"),
    }
)

LEVELS: Mapping[str, str] = MappingProxyType(
    {"strategy": N_("Strategy"), "objective": N_("Objective"), "action": N_("Action")}
)


def promised_text(count: int | None, *, is_minimum: bool, t: Translator) -> str:
    """How many were promised: "at least 2", "1", or that the plan gives no number."""
    if count is None:
        return t(N_("no number given"))
    return t(N_("at least %(count)s"), count=t.number(count)) if is_minimum else t.number(count)


def due_text(starts_on: date | None, ends_on: date | None, t: Translator) -> str:
    """The days we read in the plan's words; empty where it says no time."""
    if starts_on and ends_on:
        return t(N_("%(first)s to %(last)s"), first=t.day(starts_on), last=t.day(ends_on))
    if ends_on:
        return t(N_("until %(last)s"), last=t.day(ends_on))
    if starts_on:
        return t(N_("from %(first)s on"), first=t.day(starts_on))
    return ""
