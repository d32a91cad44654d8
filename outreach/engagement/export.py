"""A report as CSV text and as a JSON value: the same rows, unrounded; pure."""

from typing import Any

from outreach.engagement import figures
from outreach.engagement.figures import Row
from outreach.engagement.gathering import STRATA_SENTENCES, EngagementReport
from outreach.engagement.periods import Period
from outreach.engagement.turnout_report import Part
from outreach.i18n import Translator
from outreach.spreadsheet import Cell, csv_text

_COLUMNS = (
    "period", "method", "id", "label", "unit", "value", "low", "high", "range", "numerator", "denominator",
    "reason", "how",
)  # fmt: skip


def to_csv(report: EngagementReport, t: Translator) -> str:
    """One line for each figure; shares are 0 to 1 and a ratio is 1 at chance. Empty is unknown, never 0."""
    lines = [
        (
            report.period.name,
            report.figures.method,
            row.id,
            t(row.label),
            row.unit,
            row.value,
            row.low,
            row.high,
            _said(row.range_label, t),
            row.numerator,
            row.denominator,
            _said(row.reason, t),
            t(row.how),
        )
        for row in figures.rows(report.figures)
    ]
    return csv_text(_COLUMNS, lines)


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
            None if row.value is None else row.numerator,
            row.denominator,
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


def to_json(report: EngagementReport, t: Translator) -> dict[str, Any]:
    """The report with its method and every figure; null is unknown, and `reason` says why."""
    return {
        "period": report.period.name,
        "starts_on": report.period.starts_on.isoformat(),
        "ends_on": report.period.ends_on.isoformat(),
        "method": report.figures.method,
        "compared_within": report.strata,
        "compared_within_text": t(STRATA_SENTENCES[report.strata]),
        "figures": [_figure(row, t) for row in figures.rows(report.figures)],
    }


def _figure(row: Row, t: Translator) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": t(row.label),
        "unit": row.unit,
        "value": row.value,
        "low": row.low,
        "high": row.high,
        "range": _said(row.range_label, t),
        "numerator": row.numerator,
        "denominator": row.denominator,
        "reason": _said(row.reason, t),
        "how": t(row.how),
    }


def _said(message: str | None, t: Translator) -> str | None:
    return None if message is None else t(message)
