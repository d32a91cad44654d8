"""Keeps an event's totals before its guests are forgotten."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from outreach.database import Base, db, insert
from outreach.events.models import Event
from outreach.quarters import quarter_of
from outreach.registration.models import EventTurnout, LanguageTurnout
from outreach.registration.turnout import NAMES, PartyOutcome, by_door

#: A party and the language it registered in; None where that can no longer be read.
Known = tuple[str | None, PartyOutcome]


def keep(event: Event, parties: Sequence[Known]) -> None:
    """Adds an event's parties to its totals by door, and to the region's by language. Flushes."""
    for door, totals in by_door(outcome for _, outcome in parties).items():
        _add(
            EventTurnout,
            {"event_id": event.id, "door": door},
            {name: getattr(totals, name) for name in NAMES},
        )
    quarter = str(quarter_of(event.starts_local))
    for locale, counted in _by_language(parties).items():
        _add(LanguageTurnout, {"quarter": quarter, "locale": locale}, counted)


def _by_language(parties: Sequence[Known]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for locale, outcome in parties:
        if locale is not None and outcome.state == "confirmed":
            found[locale].update(parties=1, people=outcome.size, arrived=outcome.arrived)
    return found


def _add(table: type[Base], key: dict[str, Any], totals: dict[str, Any]) -> None:
    """Adds to a row of totals, or writes it."""
    kept = {name: getattr(table, name) + total for name, total in totals.items()}
    statement = insert(table).values(**key, **totals)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=kept))
