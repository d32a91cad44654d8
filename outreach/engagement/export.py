"""A report as CSV text and as a JSON value: the same rows, unrounded; pure."""

from collections.abc import Sequence
from typing import Any

from outreach.engagement import contact, figures, parts_wording, wording
from outreach.engagement.board import CUTS, Dashboard
from outreach.engagement.figures import Row
from outreach.engagement.gathering import ABSENCES, STRATA_SENTENCES, EngagementReport, Missing
from outreach.engagement.parts_wording import Line
from outreach.engagement.periods import Period
from outreach.engagement.turnout_report import Part
from outreach.i18n import Translator
from outreach.spreadsheet import Cell, csv_text

_COLUMNS = (
    "period", "method", "id", "label", "unit", "value", "low", "high", "range", "numerator", "denominator",
    "reason", "how",
)  # fmt: skip


def to_csv(made: Dashboard, t: Translator) -> str:
    """One line for each figure; shares are 0 to 1 and a ratio is 1 at chance. Empty is unknown, never 0."""
    start = (made.report.period.name, made.report.figures.method)
    lines = [(*start, *_cells(row, t)) for row in all_rows(made)]
    return csv_text(
        _COLUMNS, [*lines, *((*start, *cells) for cells in _missing_cells(made.report.missing, t))]
    )


def evidence_csv(
    report: EngagementReport, program: str, rows: list[Row], partners: list[str], t: Translator
) -> str:
    """The figures of an evidence sheet under the program's name, then its partners."""
    start = (report.period.name, report.figures.method, program)
    empty = (None,) * (len(_COLUMNS) - 4)
    return csv_text(
        (*_COLUMNS[:2], "program", *_COLUMNS[2:]),
        [
            *((*start, *_cells(row, t)) for row in rows),
            *((*start, "partner", name, *empty) for name in partners),
            *((*start, *cells) for cells in _missing_cells(report.missing, t)),
        ],
    )


def lines_csv(made: Dashboard, lines: list[Line], missing: Sequence[Missing], t: Translator) -> str:
    """The figures of each part of a report, or of each quarter of the line over time, and what is missing."""
    start = (made.report.period.name, made.report.figures.method)
    rows = [(*start, line.key, line.name, *_cells(row, t)) for line in lines for row in line.rows.values()]
    return csv_text(
        (*_COLUMNS[:2], "part", "name", *_COLUMNS[2:]),
        [*rows, *((*start, None, None, *cells) for cells in _missing_cells(missing, t))],
    )


def _missing_cells(missing: Sequence[Missing], t: Translator) -> list[tuple[Cell, ...]]:
    """Closed quarters that are in no figure, as lines with a name and a reason in place of a figure."""
    return [
        ("missing_quarter", wording.period_text(each.quarter, t), *(None,) * 7, t(ABSENCES[each.why]), None)
        for each in missing
    ]


def _cells(row: Row, t: Translator) -> tuple[Cell, ...]:
    return (
        row.id,
        t(row.label),
        row.unit,
        row.value,
        row.low,
        row.high,
        _said(row.range_label, t),
        *_made_from(row),
        _said(row.reason, t),
        t(row.how),
    )


def all_rows(made: Dashboard) -> list[Row]:
    """Every figure of a period, in the order in which they are read."""
    return [
        *figures.rows(made.report.figures),
        *contact.rows(made.contact),
        *figures.appendix_rows(made.appendix),
    ]


def turnout_csv(period: Period, rows: list[Row], parts: list[tuple[str, str, Part]], t: Translator) -> str:
    """The figures of registrations, then people by door and by language; empty is unknown or not shown."""
    header = ("period", "id", "label", "unit", "value", "low", "high", "numerator", "denominator", "reason")
    lines: list[tuple[Cell, ...]] = [
        (
            period.name,
            row.id,
            t(row.label),
            row.unit,
            row.value,
            row.low,
            row.high,
            *_made_from(row),
            _said(row.reason, t),
        )
        for row in rows
    ]
    for name, label, part in parts:
        came = None if part.arrived is None else part.arrived / part.people
        lines.append((period.name, name, label, "people", part.people, None, None, part.people, None, None))
        if came is not None:
            lines.append(
                (
                    period.name,
                    f"{name}:came",
                    label,
                    "share",
                    came,
                    None,
                    None,
                    part.arrived,
                    part.people,
                    None,
                )
            )
    return csv_text(header, lines)


def to_json(made: Dashboard, t: Translator) -> dict[str, Any]:
    """The report with every figure, its parts and the line; null is unknown, and `reason` says why."""
    report = made.report
    return {
        "period": report.period.name,
        "starts_on": report.period.starts_on.isoformat(),
        "ends_on": report.period.ends_on.isoformat(),
        "method": report.figures.method,
        "compared_within": report.strata,
        "compared_within_text": t(STRATA_SENTENCES[report.strata]),
        "figures": [_figure(row, t) for row in all_rows(made)],
        "missing": _missing(report.missing, t),
        "parts": {cut: [_line(line, t) for line in parts_wording.lines(made, cut, t)[1:]] for cut in CUTS},
        "missing_in_parts": {cut: _missing(made.joined[cut], t) for cut in CUTS},
        "trend": [_line(line, t) for line in parts_wording.trend_lines(made.points, t)],
        "change": t(made.change),
    }


def _missing(missing: Sequence[Missing], t: Translator) -> list[dict[str, str]]:
    return [{"quarter": each.quarter, "reason": t(ABSENCES[each.why])} for each in missing]


def _line(line: Line, t: Translator) -> dict[str, Any]:
    return {
        "part": line.key,
        "name": line.name,
        "figures": [_figure(row, t) for row in line.rows.values()],
    }


def _figure(row: Row, t: Translator) -> dict[str, Any]:
    numerator, denominator = _made_from(row)
    return {
        "id": row.id,
        "label": t(row.label),
        "unit": row.unit,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "range": _said(row.range_label, t),
        "numerator": numerator,
        "denominator": denominator,
        "reason": _said(row.reason, t),
        "how": t(row.how),
    }


def _made_from(row: Row) -> tuple[float | None, float | None]:
    """What a figure was divided from; nothing where that is not known, since 0 would be a count."""
    is_unknown = row.value is None and not row.denominator
    return (None, None) if is_unknown else (row.numerator, row.denominator)


def _said(message: str | None, t: Translator) -> str | None:
    return None if message is None else t(message)
