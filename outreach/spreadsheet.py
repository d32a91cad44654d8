"""Rows as CSV text that a spreadsheet opens as data and never as a formula; pure."""

import csv
import io
from collections.abc import Iterable, Sequence

#: What makes a spreadsheet take a cell for a formula, or end the cell before it (OWASP, CSV injection);
#: the wide forms are what Excel in East Asian languages reads likewise.
_FORMULA_SIGNS = frozenset("=+-@\t\r\n\0＝＋－＠")

Cell = str | int | float | None


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The rows under their header as RFC 4180 text; numbers in full, None as an empty cell.

    A text that a spreadsheet would run gets an apostrophe before it, which spreadsheets do not show.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might run a text."""
    return not _FORMULA_SIGNS.isdisjoint((text[:1], text.lstrip()[:1]))


def _safe(cell: Cell) -> Cell:
    return "'" + cell if isinstance(cell, str) and is_formula(cell) else cell
