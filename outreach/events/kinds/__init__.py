"""Finds the kinds of events: every module of this folder that exports a KIND."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from outreach.events.kinds.base import EventKind


def _found() -> dict[str, EventKind]:
    kinds: dict[str, EventKind] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name != "base"):
        kind: EventKind = import_module(f"{__name__}.{module}").KIND
        if kind.id != module or kind.id in kinds:
            raise ValueError(f"the kind in {module}.py calls itself {kind.id}")
        kinds[kind.id] = kind
    return kinds


KINDS: Mapping[str, EventKind] = _found()

#: Id of the kind that an event is taken for where its source does not say.
FALLBACK_KIND = next(kind.id for kind in KINDS.values() if kind.is_fallback)
