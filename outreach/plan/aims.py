"""What keeps a promise, worked out from the plan's own words where its file does not say it; pure.

A promise is kept in one of five ways: by events held; by deliveries, something sent to public bodies;
by convenings, bodies that met; by touches, contacts made; by milestones, something finished and
written down.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

ProgressKind = Literal["events", "deliveries", "convenings", "touches", "milestone"]
PROGRESS_KINDS: tuple[ProgressKind, ...] = get_args(ProgressKind)

#: How a plan's word for a promise begins, and what keeps such a promise. Whatever stands nowhere here
#: is a milestone: of anything it can be written down that it is done.
_BEGINNINGS: Mapping[str, ProgressKind] = MappingProxyType(
    {
        "conven": "convenings",
        "meeting": "convenings",
        "roundtable": "convenings",
        "disseminat": "deliveries",
        "distribut": "deliveries",
        "deliver": "deliveries",
        "encourag": "touches",
        "information_sharing": "touches",
        "training_promotion": "touches",
        "promot": "touches",
        "request": "touches",
        "volunteer_recruitment": "touches",
        "outreach": "touches",
    }
)


def progress_kind(word: str, *, counts_events: bool) -> ProgressKind:
    """What keeps a promise of this word.

    Where kinds of events count toward it these keep it, but for a convening: its events are told
    with who came to them.
    """
    kinds = (kind for start, kind in _BEGINNINGS.items() if word.strip().lower().startswith(start))
    found: ProgressKind = next(kinds, "milestone")
    return "events" if counts_events and found != "convenings" else found


@dataclass(frozen=True, slots=True)
class Expected:
    """Who a promise is about: bodies by name, and all places of these levels."""

    names: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


_LEVELS = (("city", r"\bcit(?:y|ies)\b|\blocal governments\b"),
           ("county", r"\bcount(?:y|ies)\b|\blocal governments\b"))  # fmt: skip


def expected_by(
    kind: ProgressKind,
    *,
    stated: Sequence[str],
    audience: str | None,
    partners: Sequence[str],
    count: int | None,
) -> Expected:
    """Whom a promise must reach.

    Those whom staff or the file name; else, for something that is sent, all cities and counties where
    the audience says so; else the partners, where the plan promises exactly as many as it names.
    """
    if stated:
        return Expected(names=tuple(stated))
    if kind == "deliveries":
        words = (audience or "").lower()
        return Expected(levels=tuple(level for level, pattern in _LEVELS if re.search(pattern, words)))
    if kind in ("touches", "convenings") and count is not None and 1 < count == len(partners):
        return Expected(names=tuple(partners))
    return Expected()
