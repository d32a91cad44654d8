"""Reads events and organizations from JSON and CSV files into rows; pure.

A file is taken whole or not at all: every problem of every row is told at once, with its place.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from outreach.accounts.sectors import SECTORS
from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events.forbidden_fields import refuse_forbidden
from outreach.events.import_rows import EventRow, Fields, OrganizationRow, event_row, problem
from outreach.i18n import N_

#: Columns of a CSV file of events, in the order in which the documentation explains them.
EVENT_COLUMNS = (
    "reference", "title", "kind", "host", "starts", "ends", "time_zone", "weekday", "delivery", "venue",
    "address", "city", "state", "county", "access_notes", "online_url", "summary", "description", "locale",
    "spoken", "interpreted", "offers", "capacity", "registration", "keyword", "keywords", "reminders",
    "cohosts", "status", "head_count", "source_url",
)  # fmt: skip
ORGANIZATION_COLUMNS = ("reference", "name", "sector", "website", "city", "state")

#: Fields of an event in JSON, and what each is called in a row; None for what only describes the source.
_JSON_EVENT: Mapping[str, str | None] = {
    "id": "reference", "title": "title", "kind": "kind", "subkind": None, "host_organization": "host",
    "co_hosts": "cohosts", "city": "city", "state": "state", "venue": "venue", "address": "address",
    "start": "starts", "end": "ends", "precision": None, "time_zone": "time_zone", "delivery": "delivery",
    "languages": "spoken", "language_note": None, "audience": None, "registration": "registration",
    "capacity": "capacity", "keyword": "keyword", "keywords": "keywords", "reminders": "reminders",
    "cost": None, "description": "description", "recurrence": None,
    "in_welcoming_week": "in_welcoming_week", "status": "status", "reported_attendance": None,
    "weekday_in_source": "weekday", "year_basis": None, "source_url": "source_url", "source_note": None,
}  # fmt: skip
_JSON_ORGANIZATION: Mapping[str, str | None] = {
    "id": "reference", "name": "name", "also_printed_as": None, "sector": "sector", "city": "city",
    "state": "state", "website": "website", "seen_in": None, "events_as_host": None,
    "events_as_co_host": None, "note": None,
}  # fmt: skip

#: What else a JSON event says that guests may want to know, in the words that lead it in.
_FACTS = (("audience", "For"), ("cost", "Cost"), ("language_note", "Languages"))
_DAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
    "SA": "Saturday", "SU": "Sunday",
}  # fmt: skip


def events_from_json(data: bytes, *, default_zone: str) -> list[EventRow]:
    """The events of a list of objects, as `data/README.md` of the demo describes them.

    A repeating event is one row, its first date; the description says how it repeats. Raises
    InvalidInputsError for a file that is broken anywhere.
    """
    return _events(
        (
            Fields(where, {**_renamed(entry, _JSON_EVENT), **_from_json(entry)})
            for where, entry in _entries(data, _JSON_EVENT)
        ),
        default_zone=default_zone,
    )


def events_from_csv(data: bytes, *, default_zone: str) -> list[EventRow]:
    """The events of a table; of the columns of `EVENT_COLUMNS`, title, kind and starts must be there.

    Raises InvalidInputsError for a file that is broken anywhere.
    """
    rows = table_rows(data, EVENT_COLUMNS, required=("title", "kind", "starts"))
    return _events((Fields(where, row) for where, row in rows), default_zone=default_zone)


def organizations_from_json(data: bytes) -> list[OrganizationRow]:
    """The organizations of a list of objects. Raises InvalidInputsError for a broken file."""
    entries = _entries(data, _JSON_ORGANIZATION)
    return _organizations(Fields(where, _renamed(entry, _JSON_ORGANIZATION)) for where, entry in entries)


def organizations_from_csv(data: bytes) -> list[OrganizationRow]:
    """The organizations of a table with the columns of `ORGANIZATION_COLUMNS`. Raises InvalidInputsError."""
    rows = table_rows(data, ORGANIZATION_COLUMNS, required=("name", "sector"))
    return _organizations(Fields(where, row) for where, row in rows)


def _events(all_fields: Iterator[Fields], *, default_zone: str) -> list[EventRow]:
    rows, problems = [], []
    for fields in all_fields:
        row = event_row(_with_reference(fields), default_zone=default_zone)
        problems += fields.problems
        if row is not None:
            rows.append(row)
    counted = Counter(row.reference for row in rows)
    problems += [
        problem(row.where, f"{row.reference} is in the file {counted[row.reference]} times.")
        for row in rows
        if counted[row.reference] > 1
    ]
    if problems:
        raise InvalidInputsError(problems)
    return rows


def _with_reference(fields: Fields) -> Fields:
    """The same fields with a name for the row, made of what would be another event if it were different."""
    given = fields.text("reference")
    if len(given) > 100:
        fields.refuse("reference", "use at most 100 letters.")
    if given:
        return fields
    parts = "\n".join(fields.text(name) for name in ("title", "host", "starts", "venue", "city"))
    fields.values = {**fields.values, "reference": f"row-{sha256(parts.encode()).hexdigest()[:20]}"}
    return fields


def _organizations(all_fields: Iterator[Fields]) -> list[OrganizationRow]:
    rows, problems = [], []
    for fields in all_fields:
        name, website = fields.text("name"), fields.optional("website")
        sector = fields.choice("sector", SECTORS)
        if not 0 < len(name) <= 200:
            fields.refuse("name", "enter a name of at most 200 letters.")
        if len(fields.text("reference")) > 100:
            fields.refuse("reference", "use at most 100 letters.")
        if website and not (website.startswith(("https://", "http://")) and len(website) <= 300):
            fields.refuse("website", "enter a web address that begins with https://")
        problems += fields.problems
        rows.append(
            OrganizationRow(
                where=fields.where,
                reference=fields.optional("reference"),
                name=name,
                sector=sector,
                website=website,
                city=fields.optional("city"),
                state=fields.optional("state"),
            )
        )
    counted = Counter(row.name for row in rows)
    problems += [
        problem(row.where, f"{row.name} is in the file {counted[row.name]} times.")
        for row in rows
        if counted[row.name] > 1
    ]
    if problems:
        raise InvalidInputsError(problems)
    return rows


def _entries(data: bytes, known: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a JSON list with their places. Raises for anything else and for unknown fields."""
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidInputError(N_("This file is not in UTF-8. Save it as UTF-8 and try again.")) from None
    except (ValueError, RecursionError) as error:
        reason = (
            f"line {error.lineno}, {error.msg}" if isinstance(error, json.JSONDecodeError) else "too deep"
        )
        raise InvalidInputError(N_("This file is not JSON: %(reason)s."), reason=reason) from None
    if not isinstance(value, list):
        raise InvalidInputError(N_("This file must hold a list of objects."))
    places = [_place(number, entry) for number, entry in enumerate(value, start=1)]
    problems = [
        problem(place, "this is not an object.")
        for place, entry in zip(places, value, strict=True)
        if not isinstance(entry, dict)
    ]
    if problems:
        raise InvalidInputsError(problems)
    names = dict.fromkeys(name for entry in value for name in entry)
    refuse_forbidden(names)
    _refuse_unknown(names, known)
    return zip(places, value, strict=True)


def _place(number: int, entry: object) -> str:
    identifier = entry.get("id") if isinstance(entry, dict) else None
    return f"Entry {number} ({identifier})" if isinstance(identifier, str) else f"Entry {number}"


def _renamed(entry: Mapping[str, Any], names: Mapping[str, str | None]) -> dict[str, Any]:
    return {ours: entry[theirs] for theirs, ours in names.items() if ours and entry.get(theirs) is not None}


def _from_json(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says that is not one field of a JSON event."""
    facts = [f"{label}: {entry[name]}" for name, label in _FACTS if isinstance(entry.get(name), str)]
    if repeats := _repetition(entry.get("recurrence")):
        facts.append(repeats)
    reported = entry.get("reported_attendance")
    # "at least 200" and "28 new citizens" are not head counts.
    is_count = isinstance(reported, str) and reported.isascii() and reported.isdigit()
    return {"facts": facts, "head_count": reported if is_count else None}


def _repetition(recurrence: object) -> str:
    if not isinstance(recurrence, dict):
        return ""
    days = [_DAYS[day] for day in recurrence.get("byday") or () if day in _DAYS]
    sentence = f"Repeats {str(recurrence.get('freq')).lower()}"
    sentence += f" on {' and '.join(days)}" if days else ""
    return sentence + (f" until {recurrence['until']}." if recurrence.get("until") else ".")


def table_rows(
    data: bytes, known: tuple[str, ...], *, required: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a CSV file by column, with their places as a spreadsheet numbers them.

    Raises InvalidInputError for what is no table, has an unknown column or lacks a required one.
    """
    text = _decoded(data)
    header_line = text.split("\n", 1)[0]
    # Spreadsheets write semicolons where a comma is a decimal sign.
    separator = max(",;\t", key=header_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise InvalidInputError(N_("This file is not a table: %(reason)s."), reason=error) from None
    if not lines:
        raise InvalidInputError(N_("This file is empty."))
    header = [name.strip() for name in lines[0]]
    refuse_forbidden(header)
    names = [name.casefold().replace(" ", "_") for name in header]
    _refuse_unknown(filter(None, names), known)
    missing = [name for name in required if name not in names]
    if missing:
        raise InvalidInputError(N_("The column %(name)s is missing."), name=missing[0])
    if repeated := next((name for name in names if name and names.count(name) > 1), None):
        raise InvalidInputError(N_("The column %(name)s is there twice."), name=repeated)
    return _rows(lines[1:], names)


def _rows(lines: list[list[str]], names: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(names) :]):
            raise InvalidInputError(
                N_("Row %(number)s has more cells than there are columns."), number=number
            )
        yield f"Row {number}", dict(zip(names, cells, strict=False))


def _decoded(data: bytes) -> str:
    """The text of a file, from UTF-8 or from what spreadsheets on Windows write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _refuse_unknown(names: Any, known: Any) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InvalidInputsError(
            [
                InvalidInputError(
                    N_("We do not know the field “%(name)s”. The fields are: %(known)s."),
                    name=name[:80],
                    known=", ".join(known),
                )
                for name in unknown
            ]
        )
