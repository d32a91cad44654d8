"""The demo's data files as drafts and plain values; reads files, knows no database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from outreach.events.drafts import EventDraft, PartDraft, TextDraft, VenueDraft

DATA = Path(__file__).parent / "data"
ZONE = "America/Chicago"
CAMPAIGN = "welcoming-week-demo"

#: The demo's Welcoming Week begins on a Friday, this many days ahead or up to six more: near enough
#: that reminders and the door can be tried, far enough that all seats can still be taken.
DAYS_AHEAD = 9

#: When the invented events of the past year took place, and for how long.
_HELD_AT = time(17, 30)
_HELD_FOR = timedelta(hours=2)


@cache
def load(name: str) -> Any:
    """A data file's JSON."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def content(name: str) -> bytes:
    """A data file as it is, for the importers."""
    return (DATA / name).read_bytes()


def week_starts_on(today: date) -> date:
    """The Friday on which the demo's Welcoming Week begins."""
    first = today + timedelta(days=DAYS_AHEAD)
    return first + timedelta(days=(4 - first.weekday()) % 7)


@dataclass(frozen=True, slots=True)
class WeekEvent:
    """One event of the demo's Welcoming Week, and what happens to it."""

    host: str
    draft: EventDraft
    #: The real event it is modelled on: its page, for the link.
    source_url: str
    #: By locale; empty for one that takes place.
    cancel_reason: dict[str, str]
    #: The draft as it was published first, for one that is moved.
    before: EventDraft | None


def week_events(today: date) -> Iterator[WeekEvent]:
    """The demo's Welcoming Week, in the order of its files."""
    sources = {row["id"]: row["source_url"] for row in load("past_events.json")}
    friday = week_starts_on(today)
    for path in sorted((DATA / "welcoming_week").glob("*.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        moved_from = row.get("moved_from_day")
        yield WeekEvent(
            host=row["host"],
            draft=_week_draft(row, friday + timedelta(days=row["day"])),
            source_url=sources[row["based_on"]],
            cancel_reason=row.get("cancel_reason", {}),
            before=None if moved_from is None else _week_draft(row, friday + timedelta(days=moved_from)),
        )


def _week_draft(row: dict[str, Any], on: date) -> EventDraft:
    def at(clock: str) -> datetime:
        return datetime.combine(on, time.fromisoformat(clock))

    venue = row["venue"]
    return EventDraft(
        kind=row["kind"],
        texts={
            locale: TextDraft(
                text["title"], text["summary"], _described(text["description"], row, locale), locale == "en"
            )
            for locale, text in row["texts"].items()
        },
        source_locale="en",
        starts_local=at(row["start"]),
        ends_local=at(row["end"]),
        time_zone=ZONE,
        delivery=row["delivery"],
        venue=None if venue is None else VenueDraft(**venue),
        online_url="https://meet.example.org/neighbors" if row["delivery"] != "in_person" else None,
        capacity=row["capacity"],
        keyword=row["keyword"],
        keywords=row.get("keywords", {}),
        spoken=tuple(row["spoken"]),
        interpreted=tuple(row["interpreted"]),
        offers=tuple(row["offers"]),
        is_police_present=row["police_present"],
        theme=row["theme"],
        campaign=CAMPAIGN,
        cohosts=tuple(row["co_hosts"]),
        parts=tuple(
            PartDraft(part["title"], at(part["start"]), at(part["end"]), part["place"])
            for part in row["parts"]
        ),
    )


def _described(description: str, row: dict[str, Any], locale: str) -> str:
    """The description; the original also says which real event it follows."""
    return f"{description}\n\n{row['note']}" if locale == "en" else description


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """One invented event of the past year, with its numbers."""

    host: str
    draft: EventDraft
    registered: int
    arrived: int
    walk_ins: int
    head_count: int
    #: newcomers, residents, both, unsaid.
    ballots: dict[str, int]
    #: Of the heads, where they were counted apart.
    children: int | None
    #: talked, did_not, unsaid; None where nobody was asked on leaving.
    talk: dict[str, int] | None
    #: Which evening with connection cards this is, counted from 0.
    evening: int | None


def held_events(today: date) -> Iterator[HeldEvent]:
    """The invented events of the past year."""
    for row in load("held.json"):
        starts = datetime.combine(today - timedelta(days=row["days_ago"]), _HELD_AT)
        yield HeldEvent(
            host=row["host"],
            draft=EventDraft(
                kind=row["kind"],
                texts={"en": TextDraft(row["title"], "", "An invented event, for the demonstration.")},
                source_locale="en",
                starts_local=starts,
                ends_local=starts + _HELD_FOR,
                time_zone=ZONE,
                venue=VenueDraft(row["venue"], county=row["county"]),
            ),
            registered=row["registered"],
            arrived=row["arrived"],
            walk_ins=row["walk_ins"],
            head_count=row["head_count"],
            ballots=row["ballots"],
            children=row.get("children"),
            talk=row.get("talk"),
            evening=row.get("cards"),
        )
