"""A report in plain words: the tiles of the page, and how a figure is written; pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outreach.engagement import figures
from outreach.engagement.board import Dashboard
from outreach.engagement.figures import Report, Row
from outreach.engagement.gathering import STRATA_SENTENCES, Absence, EngagementReport, Missing
from outreach.engagement.measures import Measure
from outreach.i18n import N_, Translator


@dataclass(frozen=True, slots=True)
class Tile:
    """One finding: what it is about, the figure large, what it means; `figure_ids` show how it was made."""

    id: str
    title: str
    headline: str
    sentences: tuple[str, ...]
    figure_ids: tuple[str, ...]


def tiles(made: Dashboard, t: Translator) -> list[Tile]:
    """The findings in the order in which they are read; what is unknown says so and shows no number."""
    found = made.report.figures
    return [
        _shared(found, t),
        _who_told_us(found, t),
        _in_the_room(found, t),
        _chance(made.report, t, is_below=made.is_below_chance),
        _how_solid(found, t),
    ]


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer as a bar: its share of all answers, and from where to where it may be."""

    label: str
    value: float | None
    shown: str
    low: float | None
    high: float | None


def answer_bars(report: EngagementReport, t: Translator) -> list[Bar]:
    """The three answers; no bars where nothing is known of any."""
    wanted = ("newcomer_answers", "resident_answers", "both_answers")
    rows = [row for row in figures.rows(report.figures) if row.id in wanted]
    if all(row.low is None for row in rows):
        return []
    return [
        Bar(t(row.label), row.value, "" if row.value is None else t.percent(row.value), row.low, row.high)
        for row in rows
    ]


def evidence_sentences(report: EngagementReport, t: Translator) -> list[str]:
    """What a sheet says of who met: the sentences of three findings."""
    found = report.figures
    findings = (_shared(found, t), _in_the_room(found, t), _chance(report, t, is_below=False))
    said = [sentence for tile in findings for sentence in tile.sentences]
    return list(dict.fromkeys(said))


def missing_sentences(missing: Iterable[Missing], t: Translator) -> list[str]:
    """Which closed quarters are in no figure, and why: a sentence for each reason."""
    names: dict[Absence, list[str]] = defaultdict(list)
    for each in missing:
        names[each.why].append(period_text(each.quarter, t))
    return [t(_MISSING[why], quarters=t.listed(quarters)) for why, quarters in names.items()]


_MISSING: Mapping[Absence, str] = {
    "waits": N_(
        "Not in these figures: %(quarters)s. Too few people answered to show it alone, so it is counted with"
        " the next quarter."
    ),
    "joined": N_(
        "Not in these figures: %(quarters)s. Too few people answered to keep this apart when it was closed."
    ),
}


def period_text(name: str, t: Translator) -> str:
    """A period as it is offered: "Quarter 3 of 2026", "2026", "Last four quarters"."""
    if ".." in name:
        return t(N_("Last four quarters"))
    year, _, quarter = name.partition("-Q")
    return t(N_("Quarter %(number)s of %(year)s"), number=quarter, year=year) if quarter else year


def value_text(row: Row, t: Translator) -> str:
    """A figure as it is read: a whole percentage or a count; the reason where there is none."""
    if row.value is None:
        return t(row.reason) if row.reason else ""
    if row.unit in ("share", "ratio"):
        return t.percent(row.value)
    if row.unit == "cents":
        return t(N_("%(cents)s cents"), cents=t.number(round(row.value, 1)))
    return t.number(round(row.value, 3))


def range_text(row: Row, t: Translator) -> str:
    """From where to where a figure may be, with what the range is about; empty without one."""
    if row.low is None or row.high is None or row.range_label is None:
        return ""
    return t(
        N_("%(label)s: %(low)s to %(high)s"),
        label=t(row.range_label),
        low=t.percent(row.low),
        high=t.percent(row.high),
    )


def parts_text(row: Row, t: Translator) -> str:
    """What a figure was divided from; empty for a plain count, and for one out of nothing."""
    if not row.denominator:
        return ""
    return t(
        N_("%(part)s of %(whole)s"),
        part=t.number(round(row.numerator, 1)),
        whole=t.number(round(row.denominator, 1)),
    )


def _shared(found: Report, t: Translator) -> Tile:
    shared, least, most = (
        found.shared_events,
        found.certainly_shared_events,
        found.possibly_shared_events,
    )
    sentences = []
    if shared.denominator:
        sentences.append(
            t.plural(
                "In %(shared)s of %(count)s event, both long-time residents and newcomers were there in real"
                " numbers.",
                "In %(shared)s of %(count)s events, both long-time residents and newcomers were there in real"
                " numbers.",
                int(shared.denominator),
                shared=t.number(shared.numerator),
            )
        )
        sentences.append(
            t(
                N_("If we count the people who did not say, it could be from %(low)s to %(high)s events."),
                low=t.number(least.numerator),
                high=t.number(most.numerator),
            )
        )
    sentences += _reason(shared, t) + _sampling(shared, t)
    return Tile(
        "shared",
        t(N_("Shared events")),
        _headline(shared, t, counts=bool(shared.denominator)),
        tuple(sentences),
        ("shared_events", "certainly_shared_events", "possibly_shared_events", "people_at_shared_events"),
    )


def _who_told_us(found: Report, t: Translator) -> Tile:
    rate = found.answered_rate
    answers = (found.newcomer_answers, found.resident_answers, found.both_answers)
    sentences = []
    if rate.value is not None:
        sentences.append(t(N_("%(share)s of the people in the room answered."), share=t.percent(rate.value)))
    newcomers, residents, both = (answer.value for answer in answers)
    if newcomers is not None and residents is not None and both is not None:
        sentences.append(
            t(
                N_(
                    "Of those, %(newcomers)s moved here from another country, %(residents)s grew up in the"
                    " United States, and %(both)s said both, or that it is complicated."
                ),
                newcomers=t.percent(newcomers),
                residents=t.percent(residents),
                both=t.percent(both),
            )
        )
    if answers[0].low is not None and answers[0].high is not None:
        sentences.append(
            t(
                N_("If everyone had answered, newcomers could be from %(low)s to %(high)s."),
                low=t.percent(answers[0].low),
                high=t.percent(answers[0].high),
            )
        )
    sentences += _reason(answers[0], t)
    return Tile(
        "answers",
        t(N_("Who told us")),
        _headline(rate, t),
        tuple(sentences),
        ("answered_rate", "newcomer_answers", "resident_answers", "both_answers", "newcomer_share"),
    )


def _in_the_room(found: Report, t: Translator) -> Tile:
    newcomer, resident = found.newcomer_exposure, found.resident_exposure
    sentences = []
    if newcomer.value is not None:
        sentences.append(
            t(
                N_("For a typical newcomer, %(share)s of the other guests grew up in the United States."),
                share=t.percent(newcomer.value),
            )
        )
    if resident.value is not None:
        sentences.append(
            t(
                N_(
                    "For a typical long-time resident, %(share)s of the other guests moved here from another"
                    " country."
                ),
                share=t.percent(resident.value),
            )
        )
    if newcomer.low is not None and newcomer.high is not None:
        sentences.append(
            t(
                N_(
                    "If we count the people who did not say, it could be from %(low)s to %(high)s for a"
                    " newcomer."
                ),
                low=t.percent(newcomer.low),
                high=t.percent(newcomer.high),
            )
        )
    sentences += _reason(newcomer, t)
    return Tile(
        "room",
        t(N_("In the room")),
        _headline(newcomer, t),
        tuple(sentences),
        ("newcomer_exposure", "newcomer_isolation", "resident_exposure"),
    )


def _chance(report: EngagementReport, t: Translator, *, is_below: bool) -> Tile:
    ratio = report.figures.chance_ratio
    sentences = []
    if ratio.value is not None:
        sentences.append(
            t(
                N_(
                    "Guests met people of the other group %(share)s as often as if everyone had picked events"
                    " by chance. The same as chance would be %(same)s."
                ),
                share=t.percent(ratio.value),
                same=t.percent(1),
            )
        )
    if is_below:
        sentences.append(t(N_("That is less than chance alone would explain.")))
    sentences += [*_sampling(ratio, t), *_reason(ratio, t), t(STRATA_SENTENCES[report.strata])]
    return Tile(
        "chance",
        t(N_("Compared with chance")),
        _headline(ratio, t),
        tuple(sentences),
        ("chance_ratio", "chance_ratio_small_rooms", "chance_ratio_large_rooms", "expected_exposure"),
    )


def _how_solid(found: Report, t: Translator) -> Tile:
    sentences = [t(found.unknown_because)] if found.unknown_because else _events(found, t)
    sentences.append(t(N_("Staff, volunteers, speakers and officers are not in any number.")))
    return Tile(
        "solid",
        t(N_("How solid is this?")),
        _answers(found.answers, t),
        tuple(sentences),
        (
            "events_held", "events_with_ballots", "reporting_rate", "events_assessable", "events_tiny",
            "events_unreliable", "events_sealed", "answers", "unsaid", "head_count", "counted_rate",
        ),
    )  # fmt: skip


def _events(found: Report, t: Translator) -> list[str]:
    sentences = [
        t.plural("%(count)s event took place.", "%(count)s events took place.", found.events_held),
        t.plural(
            "At %(count)s event people were asked.",
            "At %(count)s events people were asked.",
            found.events_with_ballots,
        ),
    ]
    if found.events_tiny:
        sentences.append(
            t.plural(
                "%(count)s event was too small to tell.",
                "%(count)s events were too small to tell.",
                found.events_tiny,
            )
        )
    if found.events_unreliable:
        sentences.append(
            t.plural(
                "At %(count)s event the ballots do not fit the head count.",
                "At %(count)s events the ballots do not fit the head count.",
                found.events_unreliable,
            )
        )
    if found.events_sealed:
        sentences.append(
            t.plural(
                "%(count)s more event cannot be read until its guests' names are erased.",
                "%(count)s more events cannot be read until their guests' names are erased.",
                found.events_sealed,
            )
        )
    return sentences


def _answers(answers: int | None, t: Translator) -> str:
    if answers is None:
        return t(N_("Not shown"))
    return t.plural("%(count)s answer", "%(count)s answers", answers, count=t.number(answers))


def _headline(measure: Measure, t: Translator, *, counts: bool = False) -> str:
    if measure.value is not None:
        return t.percent(measure.value)
    if counts:
        return t(
            N_("%(part)s of %(whole)s"),
            part=t.number(measure.numerator),
            whole=t.number(measure.denominator),
        )
    if measure.low is not None and measure.high is not None:
        return t(N_("%(low)s to %(high)s"), low=t.percent(measure.low), high=t.percent(measure.high))
    return t(N_("Not enough answers"))


def _sampling(measure: Measure, t: Translator) -> list[str]:
    if measure.low is None or measure.high is None or measure.range_kind not in ("rough", "likely"):
        return []
    label = figures.RANGE_LABELS[measure.range_kind]
    low, high = t.percent(measure.low), t.percent(measure.high)
    return [t(N_("%(label)s: %(low)s to %(high)s"), label=t(label), low=low, high=high)]


def _reason(measure: Measure, t: Translator) -> list[str]:
    return [] if measure.reason is None else [t(measure.reason)]
