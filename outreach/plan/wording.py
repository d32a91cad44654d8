"""How promises are said: where they stand and why, how many, by when, what changed; pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from outreach.i18n import N_, Translator
from outreach.plan.progress import Progress

#: In the order in which totals are read.
STANDINGS: Mapping[str, str] = MappingProxyType(
    {
        "kept": N_("Kept"),
        "done": N_("Done, the plan itself says"),
        "on_track": N_("On track"),
        "at_risk": N_("At risk"),
        "late": N_("Late"),
        "unnumbered": N_("Begun, no number promised"),
    }
)

#: How a promise is kept, as a heading, and how what was done for it is counted.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "events": N_("Events held"),
        "deliveries": N_("Sent to"),
        "convenings": N_("Who met"),
        "touches": N_("Contacts made"),
        "milestone": N_("Documents"),
    }
)

LEVELS: Mapping[str, str] = MappingProxyType(
    {"strategy": N_("Strategy"), "objective": N_("Objective"), "action": N_("Action")}
)


def shortened(names: Sequence[str], most: int, t: Translator) -> str:
    """The first of some names, and how many more there are."""
    if len(names) <= most + 1:
        return t.listed(names)
    more = t(N_("%(count)s more"), count=t.number(len(names) - most))
    return t.listed([*names[:most], more])


def sayings(t: Translator) -> dict[str, Any]:
    """What every page about promises says them with."""
    return {
        "shortened": lambda names, most: shortened(names, most, t),
        "standings": STANDINGS,
        "kept_by": KINDS,
        "promised_text": promised_text,
        "due_text": due_text,
        "reason_text": reason_text,
    }


def promised_text(count: int | None, *, is_minimum: bool, t: Translator) -> str:
    """How many were promised: "at least 2", "1", or that the plan gives no number."""
    if count is None:
        return t(N_("no number given"))
    return t(N_("at least %(count)s"), count=t.number(count)) if is_minimum else t.number(count)


def reason_text(found: Progress, standing: str, *, last: date | None, t: Translator) -> str:
    """Why a promise stands as it does, in one sentence. `last` is the day until which things count."""
    values = {
        "held": t.number(found.held),
        "promised": "" if found.promised is None else t.number(found.promised),
        "planned": t.number(found.planned),
        "since": t.number(found.since),
        "missing": t.number(len(found.missing)),
        "day": "" if last is None else t.day(last),
    }
    if standing != "kept" and found.missing and found.promised and found.held >= found.promised:
        return t(
            N_("Done: %(held)s of %(promised)s, but not with everybody: %(missing)s never came."), **values
        )
    return t(_reason(found, standing, has_last=last is not None), **values)


def _reason(found: Progress, standing: str, *, has_last: bool) -> str:
    if standing == "done":
        return N_("The plan itself says that this was done.")
    if standing == "unnumbered":
        return N_("Done so far: %(held)s. The plan gives no number, so nobody can say that this is all.")
    if standing == "late":
        return _reason_of_late(found)
    if found.promised is None:
        return (
            N_("Nothing is done so far; planned: %(planned)s. The last day is %(day)s.")
            if has_last
            else N_("Nothing is done so far; planned: %(planned)s. There is no last day.")
        )
    if standing == "kept":
        return N_("Done in time: %(held)s of %(promised)s.")
    if not has_last:
        return N_("Done so far: %(held)s of %(promised)s; planned: %(planned)s. There is no last day.")
    return N_("Done so far: %(held)s of %(promised)s; planned: %(planned)s. The last day is %(day)s.")


def _reason_of_late(found: Progress) -> str:
    if found.promised is None:
        return (
            N_("Nothing was done by the last day, %(day)s, but since then: %(since)s.")
            if found.since
            else N_("Nothing was done by the last day, %(day)s.")
        )
    return (
        N_("Done by the last day, %(day)s: %(held)s of %(promised)s; since then: %(since)s.")
        if found.since
        else N_("Done by the last day, %(day)s: %(held)s of %(promised)s.")
    )


_CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "imported": N_("Brought in with the plan."),
        "changed": N_("Changed by a newer file of the plan."),
        "removed": N_("Left out of a newer file of the plan."),
        "owner": N_("Who looks after it: %(new)s. Before: %(old)s."),
        "due": N_("By when: %(new)s. Before: %(old)s."),
        "expected": N_("Whom it must reach: %(new)s. Before: %(old)s."),
        "written": N_("Written down as done: %(said)s."),
        "withdrawn": N_("Withdrawn: %(said)s."),
        "acknowledged": N_("Acknowledged: %(said)s."),
        "opened": N_("Still to do: %(text)s."),
        "closed": N_("No longer open: %(text)s."),
        "stood": N_("At the end of %(quarter)s: %(state)s."),
    }
)


def change_text(what: str, detail: Mapping[str, Any], quarter: str | None, t: Translator) -> str:
    """What a row of the history says."""
    values = {name: value or "—" for name, value in detail.items()}
    if what in ("written", "withdrawn", "acknowledged"):
        day = t.day(date.fromisoformat(detail["on"]))
        values["said"] = ", ".join(part for part in (detail["title"], *detail["bodies"], day) if part)
    if what == "stood":
        standing = STANDINGS[detail["state"]]
        values.update(quarter=quarter, state=t(standing))
    return t(_CHANGES[what], **values)


def due_text(starts_on: date | None, ends_on: date | None, t: Translator) -> str:
    """The days we read in the plan's words; empty where it says no time."""
    if starts_on and ends_on:
        return t(N_("%(first)s to %(last)s"), first=t.day(starts_on), last=t.day(ends_on))
    if ends_on:
        return t(N_("until %(last)s"), last=t.day(ends_on))
    if starts_on:
        return t(N_("from %(first)s on"), first=t.day(starts_on))
    return ""
