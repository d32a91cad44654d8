"""A plan as a table, one row for each line of it, and back; pure.

The value in between is that of the JSON file, so that one reader judges both. A row belongs to the last
strategy, objective or action above it. The rows of the plan itself have its field as their level.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events.import_tables import table_rows
from outreach.i18n import N_
from outreach.plan.importing import PlanDraft, plan_of
from outreach.spreadsheet import csv_text, is_formula

COLUMNS = (
    "level", "id", "text", "kind", "count", "count_is_minimum", "count_verbatim", "count_note", "due",
    "due_type", "due_start", "due_end", "due_ambiguous", "responsible_organization", "partners", "audience",
    "counts_events_of_kind", "already_done_in_source", "progress", "expected", "models",
)  # fmt: skip
_HEADER_FIELDS = ("title", "prepared_by", "prepared_on", "start", "end", "vision", "goal", "governance",
                  "source_url")  # fmt: skip
#: Level, the field that holds its text, and the list that holds what is below it.
_LEVELS = (("strategy", "title", "objectives"), ("objective", "title", "actions"),
           ("action", "action", "commitments"))  # fmt: skip
_PLAIN = ("kind", "count_verbatim", "count_note", "responsible_organization", "audience", "progress")
_FLAGS = ("count_is_minimum", "already_done_in_source")
_LISTS = ("partners", "counts_events_of_kind", "expected")
_DUE = {"due": "verbatim", "due_type": "type", "due_start": "start", "due_end": "end",
        "due_ambiguous": "ambiguous"}  # fmt: skip
#: What a field of the JSON file is called here.
_COLUMN_OF = {
    "title": "text", "action": "text", "commitment": "text", "period.start": "text", "period.end": "text",
    **{f"due.{name}": column for column, name in _DUE.items()},
}  # fmt: skip
_TRUE, _FALSE = {"yes", "true"}, {"no", "false"}


def table_of(value: Mapping[str, Any]) -> str:
    """The table of a plan's JSON value."""
    return csv_text(COLUMNS, [[row.get(column) for column in COLUMNS] for row in _rows_of(value)])


def _rows_of(value: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    period = value.get("period") or {}
    for name in _HEADER_FIELDS:
        found = period.get(name) if name in ("start", "end") else value.get(name)
        if found is not None:
            yield {"level": name, "text": _guarded(found)}
    yield from _below(value["strategies"], 0)


def _below(nodes: list[dict[str, Any]], depth: int) -> Iterator[dict[str, Any]]:
    if depth == len(_LEVELS):
        yield from map(_commitment_row, nodes)
        return
    level, text, below = _LEVELS[depth]
    for node in nodes:
        yield {
            "level": level, "id": _guarded(node["id"]), "text": _guarded(node[text]),
            "models": _joined(node.get("models")),
        }  # fmt: skip
        yield from _below(node[below], depth + 1)


def _commitment_row(item: dict[str, Any]) -> dict[str, Any]:
    due = item.get("due") or {}
    return {
        "level": "commitment",
        "id": _guarded(item["id"]),
        "text": _guarded(item["commitment"]),
        "count": item.get("count"),
        **{name: _guarded(item.get(name)) for name in _PLAIN},
        **{name: _yes_or_no(item.get(name)) for name in _FLAGS},
        **{name: _joined(item.get(name)) for name in _LISTS},
        **{column: _guarded(due.get(name)) for column, name in _DUE.items() if name != "ambiguous"},
        "due_ambiguous": _yes_or_no(due.get("ambiguous")),
    }


def _guarded(text: Any) -> Any:
    """An apostrophe before the text's own, so that one that guards a formula can be told from it."""
    return f"'{text}" if isinstance(text, str) and text.startswith("'") else text


def _joined(names: list[str] | None) -> str | None:
    if names is None:
        return None
    # An empty list is not nothing: it takes back what was said before.
    is_plain = names and not any(";" in name or name.startswith(("[", "'")) for name in names)
    return "; ".join(names) if is_plain else json.dumps(names, ensure_ascii=False)


def _yes_or_no(flag: bool | None) -> str | None:
    return None if flag is None else "yes" if flag else "no"


def read_table(text: str) -> PlanDraft:
    """The plan in a table. Raises InvalidInputsError with the row of every problem."""
    value, places = _value_of(text)
    try:
        return plan_of(value)
    except InvalidInputsError as error:
        raise InvalidInputsError([_placed(problem, places) for problem in error.problems]) from None


def _placed(problem: InvalidInputError, places: Mapping[str, str]) -> InvalidInputError:
    """The problem with its row and column instead of its place in the value."""
    place = problem.field
    start = max((known for known in places if _is_inside(place, known)), key=len, default=None)
    if start is None:
        return problem
    rest = place[len(start) :].strip(".")
    column = _COLUMN_OF.get(rest, rest.partition("[")[0])
    where = f"{places[start]}, {column}" if column else places[start]
    return InvalidInputError(problem.message, field=where, **{**problem.values, "place": where})


def _is_inside(place: str, known: str) -> bool:
    return place == known or place.startswith((f"{known}.", f"{known}["))


def _value_of(text: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The JSON value of a table, and the row of each place in it."""
    value: dict[str, Any] = {"period": {}, "strategies": []}
    places: dict[str, str] = {}
    open_nodes: list[tuple[str, dict[str, Any]]] = []
    levels = [level for level, _, _ in _LEVELS]
    problems = []
    for where, row in _lines(text):
        level = row.pop("level")
        if level in _HEADER_FIELDS:
            holder, place = (
                (value["period"], f"period.{level}") if level in ("start", "end") else (value, level)
            )
            holder[level], places[place] = row.get("text"), where
            continue
        depth = len(levels) if level == "commitment" else levels.index(level) if level in levels else -1
        if depth < 0 or depth > len(open_nodes):
            problems.append(_misplaced(where, level, is_known=depth >= 0))
            continue
        del open_nodes[depth:]
        place, parent = open_nodes[-1] if open_nodes else ("", value)
        name = _LEVELS[depth - 1][2] if depth else "strategies"
        node = _commitment(row) if depth == len(levels) else _node(row, depth)
        here = f"{place}.{name}[{len(parent[name])}]".strip(".")
        parent[name].append(node)
        places[here] = where
        if depth < len(levels):
            open_nodes.append((here, node))
    if problems:
        raise InvalidInputsError(problems)
    return value, places


def _misplaced(where: str, level: str, *, is_known: bool) -> InvalidInputError:
    if is_known:
        message = N_("%(place)s: there is nothing above this %(level)s that it could belong to.")
    else:
        message = N_("%(place)s: there is no level named “%(level)s”.")
    return InvalidInputError(message, field=where, place=where, level=level[:40])


def _node(row: dict[str, str], depth: int) -> dict[str, Any]:
    _, text, below = _LEVELS[depth]
    return {"id": row.get("id"), text: row.get("text"), "models": _list(row.get("models")), below: []}


def _commitment(row: dict[str, str]) -> dict[str, Any]:
    count = row.get("count")
    due = {name: row.get(column) for column, name in _DUE.items()}
    return {
        "id": row.get("id"),
        "commitment": row.get("text"),
        "count": int(count) if count and count.isdecimal() and len(count) < 10 else count,
        **{name: row.get(name) for name in _PLAIN},
        **{name: _flag(row.get(name)) for name in _FLAGS},
        **{name: _list(row.get(name)) for name in _LISTS},
        "due": {**due, "ambiguous": _flag(due["ambiguous"])},
    }


def _flag(cell: str | None) -> bool | str | None:
    """True or false; other words stay, so that the reader can refuse them."""
    word = (cell or "").lower()
    return True if word in _TRUE else False if word in _FALSE else cell


def _list(cell: str | None) -> Any:
    if cell is None:
        return None
    if cell.startswith("["):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell
    return [part.strip() for part in cell.split(";") if part.strip()]


def _lines(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every row with its number as a spreadsheet counts; empty cells are left out."""
    for where, cells in table_rows(text.encode(), COLUMNS, required=("level", "text")):
        row = {name: _cell(cell) for name, cell in cells.items() if cell.strip()}
        yield where, {**row, "level": row.get("level", "").lower()}


def _cell(cell: str) -> str:
    """The text without the apostrophe that a spreadsheet would not show."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and (is_formula(text[1:]) or text[1:2] == "'") else text
