"""Parts of a report and the line over time in plain words; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.engagement import figures, wording
from outreach.engagement.board import Dashboard
from outreach.engagement.figures import Report, Row
from outreach.engagement.gathering import WAITS, Cut
from outreach.engagement.trend import Point
from outreach.events.kinds import KINDS
from outreach.i18n import N_, Translator

TITLES: Mapping[Cut, str] = {
    "kind": N_("By kind of event"),
    "county": N_("By county"),
    "size": N_("By size of room"),
}
_SIZES = {
    "small": N_("Rooms of up to 60 people of the two groups"),
    "large": N_("Rooms of more than 60 people of the two groups"),
}
_PLACES = {"online": N_("Online"), "elsewhere": N_("Somewhere else")}

#: What is told of each part, and of each quarter of the line.
SHOWN = ("events_with_ballots", "answered_rate", "shared_events", "chance_ratio")


@dataclass(frozen=True, slots=True)
class Line:
    """One part beside the others: its name and its figures by their ids."""

    key: str
    name: str
    rows: Mapping[str, Row]


def lines(made: Dashboard, cut: Cut, t: Translator) -> list[Line]:
    """The total and the parts of a cut that may be shown; the parts by their names."""
    total = Line("", t(N_("All events together")), _shown(made.report.figures))
    parts = [
        Line(key, part_name(cut, key, made.places, t), _shown(report))
        for key, report in made.parts[cut].items()
    ]
    return [total, *sorted(parts, key=lambda line: line.name.casefold())] if parts else []


def own_line(made: Dashboard, t: Translator) -> list[Line]:
    """The reader's organization beside all; nothing for whoever coordinates all of them."""
    if made.own is None:
        return []
    return [
        Line("", t(N_("All events together")), _shown(made.report.figures)),
        Line("own", t(N_("Events of your organization")), _shown(made.own.figures)),
    ]


def trend_lines(points: list[Point], t: Translator) -> list[Line]:
    """The line over time: of each quarter its own events, and the figures of the four that end with it."""
    return [
        Line(
            point.quarter,
            wording.period_text(point.quarter, t),
            {"events_of_quarter": _own_events(point), **_shown(point.rolled)},
        )
        for point in points
    ]


def part_name(cut: Cut, key: str, places: Mapping[str, str], t: Translator) -> str:
    """What a part is called: a kind, a county, or a size of room, or several that are kept together."""
    return t.listed(_name(cut, each, places, t) for each in key.split(" "))


def _name(cut: Cut, key: str, places: Mapping[str, str], t: Translator) -> str:
    if cut == "kind":
        return t(KINDS[key].label) if key in KINDS else key
    if cut == "size":
        return t(_SIZES[key])
    return t(_PLACES[key]) if key in _PLACES else places.get(key, key)


def bars(found: list[Line], figure: str, t: Translator) -> list[wording.Bar]:
    """One figure of every line as bars; none where no part has any."""
    if all(line.rows[figure].value is None for line in found[1:]):
        return []
    return [
        wording.Bar(
            line.name,
            line.rows[figure].value,
            wording.value_text(line.rows[figure], t) if line.rows[figure].value is not None else "",
            line.rows[figure].low,
            line.rows[figure].high,
        )
        for line in found
    ]


def _own_events(point: Point) -> Row:
    return Row(
        "events_of_quarter",
        N_("Events of this quarter alone"),
        "events",
        point.events,
        None,
        None,
        None,
        point.events or 0,
        None,
        WAITS if point.events is None else None,
        N_("Counted. Events of the one quarter where people could answer the question."),
    )


def _shown(report: Report) -> dict[str, Row]:
    by_id = {row.id: row for row in figures.rows(report)}
    return {name: by_id[name] for name in SHOWN}
