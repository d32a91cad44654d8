"""One report's figures: every measure of one list of tallies, and the flat rows that all its readers print.

Pure; the page, the CSV file and the JSON answer print the same rows, so that they cannot disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

from outreach.engagement import measures
from outreach.engagement.appendix import Appendix
from outreach.engagement.measures import Measure, RangeKind, Tally
from outreach.i18n import N_

#: Changes whenever a figure could come out differently; every edition keeps the one it was made with.
#: 2026-2: the range of meetings by chance comes from sums over rooms, and exposures are rounded outwards.
#: 2026-3: the lowest and highest exposure come from curves, and may be up to a thousandth further out.
METHOD_VERSION = "2026-3"

#: Rooms where more people than this named a group get a line of their own: one festival of 2,000 moved
#: the ratio of a simulated season from 0.69 to 0.89.
LARGE_ROOM_PEOPLE = 60

TOO_FEW_TO_SHOW = N_(
    "Fewer than 5 events, or fewer than 10 answers in a group: not shown, to protect guests."
)
NO_LARGE_ROOMS = N_("No room had more than 60 people who answered.")

Unit = Literal["events", "people", "parties", "share", "ratio", "index", "cents"]

RANGE_LABELS: Mapping[RangeKind, str] = MappingProxyType(
    {
        "bounds": N_("Lowest and highest it could be, counting people who did not say"),
        "rough": N_("Rough range"),
        "likely": N_("Likely range"),
    }
)


@dataclass(frozen=True, slots=True)
class Report:
    """Every measure of one list of tallies, and the counts they rest on."""

    method: str
    events_held: int
    events_with_ballots: int
    events_assessable: int
    events_tiny: int
    events_unreliable: int
    events_sealed: int
    #: None where the report is withheld.
    answers: int | None
    unsaid: int | None
    head_count: int | None
    reporting_rate: Measure
    answered_rate: Measure
    counted_rate: Measure
    shared_events: Measure
    certainly_shared_events: Measure
    possibly_shared_events: Measure
    people_at_shared_events: Measure
    newcomer_answers: Measure
    resident_answers: Measure
    both_answers: Measure
    newcomer_share: Measure
    newcomer_exposure: Measure
    newcomer_isolation: Measure
    resident_exposure: Measure
    expected_exposure: Measure
    chance_ratio: Measure
    chance_ratio_small_rooms: Measure
    chance_ratio_large_rooms: Measure
    #: Why nothing at all is known, as a message id; no figure has a value then, not even 0.
    unknown_because: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as everybody prints it; `label`, `range_label`, `reason` and `how` are message ids.

    `value` is None exactly when `reason` is given. Shares are 0 to 1 and a ratio is 1 at chance;
    rounding is left to the reader's language.
    """

    id: str
    label: str
    unit: Unit
    value: float | None
    low: float | None
    high: float | None
    range_label: str | None
    numerator: float
    denominator: float | None
    reason: str | None
    how: str


def report(
    tallies: Iterable[Tally],
    *,
    events_held: int,
    head_count: int | None,
    events_unreliable: int = 0,
    events_sealed: int = 0,
) -> Report:
    """Works out every measure of the tallies of one period and scope.

    `events_held` counts all held events of that scope, with ballots or without; `head_count` adds up
    the heads counted at them, None when nobody counted. `events_unreliable` of those with ballots have
    ballots that do not fit their head count; `events_sealed` took place besides and are in no other
    figure. Raises ValueError when more events have ballots than were held.
    """
    asked = [tally for tally in tallies if tally.people]
    if len(asked) > events_held:
        raise ValueError("more events with ballots than events held")
    answers = sum(tally.answered for tally in asked)
    small = [tally for tally in asked if tally.known <= LARGE_ROOM_PEOPLE]
    large = [tally for tally in asked if tally.known > LARGE_ROOM_PEOPLE]
    all_rooms = measures.chance_ratio(asked)
    return Report(
        method=METHOD_VERSION,
        events_held=events_held,
        events_with_ballots=len(asked),
        events_assessable=sum(map(measures.is_assessable, asked)),
        events_tiny=sum(map(measures.is_tiny, asked)),
        events_unreliable=events_unreliable,
        events_sealed=events_sealed,
        answers=answers,
        unsaid=sum(tally.unsaid for tally in asked),
        head_count=head_count,
        reporting_rate=measures.reporting_rate(len(asked), events_held),
        answered_rate=measures.answered_rate(asked),
        counted_rate=measures.counted_rate(answers, head_count),
        shared_events=measures.shared_events(asked),
        certainly_shared_events=measures.certainly_shared_events(asked),
        possibly_shared_events=measures.possibly_shared_events(asked),
        people_at_shared_events=measures.people_at_shared_events(asked),
        newcomer_answers=measures.answer_share(asked, "newcomers"),
        resident_answers=measures.answer_share(asked, "residents"),
        both_answers=measures.answer_share(asked, "both"),
        newcomer_share=measures.newcomer_share(asked),
        newcomer_exposure=measures.newcomer_exposure(asked),
        newcomer_isolation=measures.newcomer_isolation(asked),
        resident_exposure=measures.resident_exposure(asked),
        expected_exposure=measures.expected_exposure(asked),
        chance_ratio=all_rooms,
        chance_ratio_small_rooms=measures.chance_ratio(small) if large else all_rooms,
        chance_ratio_large_rooms=(
            measures.chance_ratio(large) if large else Measure(0, 0, reason=NO_LARGE_ROOMS)
        ),
    )


def withheld(report: Report) -> Report:
    """The report without what people said: of too few events or answers it would be about a few people."""
    unsaid = Measure(0, 0, reason=TOO_FEW_TO_SHOW)
    hidden: dict[str, Any] = {
        field.name: unsaid
        for field in fields(report)
        if field.name not in _SHOWN_OF_FEW and isinstance(getattr(report, field.name), Measure)
    }
    return replace(report, answers=None, unsaid=None, **hidden)


def unknown(report: Report, reason: str) -> Report:
    """The report without any figure; each says this reason."""
    nothing = Measure(0, 0, reason=reason)
    hidden: dict[str, Any] = {
        field.name: nothing for field in fields(report) if isinstance(getattr(report, field.name), Measure)
    }
    return replace(report, answers=None, unsaid=None, head_count=None, unknown_because=reason, **hidden)


def rows(report: Report) -> list[Row]:
    """The report as rows, in the order in which they are read."""
    if report.unknown_because:
        return [_row(line, Measure(0, 0, reason=report.unknown_because)) for line in _LINES]
    return [_row(line, getattr(report, line.id)) for line in _LINES]


def appendix_rows(appendix: Appendix) -> list[Row]:
    """The appendix as rows, in the order of its fields."""
    return [_row(line, getattr(appendix, line.id)) for line in _APPENDIX_LINES]


@dataclass(frozen=True, slots=True)
class _Line:
    """What is said of a field of `Report`, which `id` names."""

    id: str
    unit: Unit
    label: str
    how: str


def _row(line: _Line, figure: Measure | int | None) -> Row:
    if not isinstance(figure, Measure):
        reason = None if figure is not None else _REASONS.get(line.id, TOO_FEW_TO_SHOW)
        return Row(
            line.id, line.label, line.unit, figure, None, None, None, figure or 0, None, reason, line.how
        )
    return Row(
        id=line.id,
        label=line.label,
        unit=line.unit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        range_label=RANGE_LABELS[figure.range_kind] if figure.range_kind else None,
        numerator=figure.numerator,
        denominator=figure.denominator,
        reason=figure.reason,
        how=line.how,
    )


#: Why a count is missing, where it is not withheld.
_REASONS: Mapping[str, str] = MappingProxyType({"head_count": measures.NO_HEAD_COUNT})
#: Measures that tell nothing of what people said.
_SHOWN_OF_FEW = ("reporting_rate",)

_LINES = (
    _Line(
        "shared_events",
        "share",
        N_("Shared events"),
        N_(
            "Counted. An event is shared when at least 2 newcomers and 2 long-time residents were there, and"
            " the smaller group was at least 1 in 10 of the two groups. Events with fewer than 4 people are"
            " left out. The range shows how much a few events can tell."
        ),
    ),
    _Line(
        "certainly_shared_events",
        "share",
        N_("Shared events, at least"),
        N_("Counted. Events that are shared no matter what the people who did not say would have said."),
    ),
    _Line(
        "possibly_shared_events",
        "share",
        N_("Shared events, at most"),
        N_("Counted. Events that could be shared if the people who did not say had answered."),
    ),
    _Line(
        "people_at_shared_events",
        "share",
        N_("People at shared events"),
        N_("Counted. People at shared events, out of all people at events with at least 4 people."),
    ),
    _Line(
        "answered_rate",
        "share",
        N_("People who told us"),
        N_("Counted. People who answered the question, out of all people in the room."),
    ),
    _Line(
        "newcomer_answers",
        "share",
        N_("Moved here from another country"),
        N_("Counted. People who gave this answer, out of all people who answered."),
    ),
    _Line(
        "resident_answers",
        "share",
        N_("Grew up in the United States"),
        N_("Counted. People who gave this answer, out of all people who answered."),
    ),
    _Line(
        "both_answers",
        "share",
        N_("Both, or it's complicated"),
        N_("Counted. People who gave this answer, out of all people who answered."),
    ),
    _Line(
        "newcomer_share",
        "share",
        N_("Newcomers in the two groups"),
        N_(
            "Counted. Newcomers, out of newcomers and long-time residents. People who said both are left out."
        ),
    ),
    _Line(
        "newcomer_exposure",
        "share",
        N_("For a newcomer: long-time residents among the other people in the room"),
        N_(
            "Counted. The average over all newcomers, room by room. People do not count as their own company."
        ),
    ),
    _Line(
        "newcomer_isolation",
        "share",
        N_("For a newcomer: newcomers among the other people in the room"),
        N_(
            "Counted. The average over all newcomers, room by room. People do not count as their own company."
        ),
    ),
    _Line(
        "resident_exposure",
        "share",
        N_("For a long-time resident: newcomers among the other people in the room"),
        N_(
            "Counted. The average over all long-time residents, room by room. People do not count as their"
            " own company."
        ),
    ),
    _Line(
        "expected_exposure",
        "share",
        N_("For a newcomer: long-time residents among the others, if left to chance"),
        N_(
            "Worked out. What we would see if the same people had picked events by chance, in the same place"
            " and season."
        ),
    ),
    _Line(
        "chance_ratio",
        "ratio",
        N_("Meetings compared with chance"),
        N_(
            "Estimated. How often the two groups met, next to how often they would meet by chance in the"
            " same place and season. 100% means the same as chance. Less means more apart."
        ),
    ),
    _Line(
        "chance_ratio_small_rooms",
        "ratio",
        N_("Meetings compared with chance, in rooms of up to 60 people"),
        N_("Estimated. The same, without big rooms. One big event can hide what happens in all the others."),
    ),
    _Line(
        "chance_ratio_large_rooms",
        "ratio",
        N_("Meetings compared with chance, in rooms of more than 60 people"),
        N_("Estimated. The same, in big rooms only."),
    ),
    _Line(
        "events_held",
        "events",
        N_("Events held"),
        N_(
            "Counted. Events that took place and somebody came. Canceled events are not in it, nor those that"
            " cannot be read yet."
        ),
    ),
    _Line(
        "events_with_ballots",
        "events",
        N_("Events that asked"),
        N_("Counted. Events where people could answer the question."),
    ),
    _Line(
        "reporting_rate",
        "share",
        N_("Events that asked, out of events held"),
        N_("Counted. If this is low, the other figures may not tell about the events that did not ask."),
    ),
    _Line(
        "events_assessable",
        "events",
        N_("Events large enough to tell"),
        N_("Counted. Events that asked, with at least 4 people in the room."),
    ),
    _Line(
        "events_tiny",
        "events",
        N_("Very small events"),
        N_("Counted. Events that asked, with 1 to 3 people in the room."),
    ),
    _Line(
        "events_unreliable",
        "events",
        N_("Events whose ballots and head count do not fit"),
        N_(
            "Counted. Events where more than 1 in 10 of the people counted gave no ballot. They are in every"
            " figure, and the missing ballots count as people who did not say."
        ),
    ),
    _Line(
        "events_sealed",
        "events",
        N_("Events that cannot be read yet"),
        N_(
            "Counted. Events that took place less than 3 days ago, or whose guests' names are not erased yet."
            " They are in no other figure."
        ),
    ),
    _Line(
        "answers",
        "people",
        N_("Answers"),
        N_("Counted. Guests only: staff, volunteers, speakers and officers are not asked."),
    ),
    _Line(
        "unsaid",
        "people",
        N_("People who did not say"),
        N_("Counted. Guests who chose not to say or gave no answer."),
    ),
    _Line(
        "head_count",
        "people",
        N_("Heads counted at the door"),
        N_(
            "Counted. All head counts of the events held, added up, without children under 16 where the door"
            " counted them apart. Somebody at two events counts twice."
        ),
    ),
    _Line(
        "counted_rate",
        "share",
        N_("Answers, out of heads counted"),
        N_("Counted. A check: a low figure means that many people in the room were never asked."),
    ),
)

_APPENDIX_LINES = (
    _Line(
        "shared_events_at_5",
        "share",
        N_("Shared events, if 1 in 20 were enough"),
        N_("Counted. The rule of a shared event with the smaller group at least 5% of the two."),
    ),
    _Line(
        "shared_events_at_15",
        "share",
        N_("Shared events, if 3 in 20 were needed"),
        N_("Counted. The rule of a shared event with the smaller group at least 15% of the two."),
    ),
    _Line(
        "shared_events_at_20",
        "share",
        N_("Shared events, if 4 in 20 were needed"),
        N_("Counted. The rule of a shared event with the smaller group at least 20% of the two."),
    ),
    _Line(
        "newcomers_if_half_as_willing",
        "share",
        N_("Newcomers, had they answered half as often as others"),
        N_("Worked out. What the share would be if each newcomer who answered stood for two."),
    ),
    _Line(
        "textbook_exposure",
        "share",
        N_("Exposure as in textbooks (xPy)"),
        N_("Counted. It takes people for their own company, so it reads too low in small rooms."),
    ),
    _Line(
        "cross_pairs",
        "share",
        N_("Pairs of a newcomer and a long-time resident"),
        N_("Counted. Out of all pairs of two people in one room. Large rooms count for most of it."),
    ),
    _Line(
        "cross_pairs_by_chance",
        "share",
        N_("Such pairs, if left to chance"),
        N_("Worked out. If the same people had picked events by chance, in the same place and season."),
    ),
    _Line(
        "own_group_preference",
        "index",
        N_("Coleman's index of newcomers"),
        N_("Worked out. 0 is chance, 1 only newcomers in company, -1 none. All places and seasons together."),
    ),
    _Line(
        "dissimilarity",
        "index",
        N_("Dissimilarity (D)"),
        N_(
            "Counted. The share of one group who would have to change rooms for all rooms to be alike. Small"
            " rooms raise it by themselves."
        ),
    ),
    _Line(
        "dissimilarity_by_chance",
        "index",
        N_("Dissimilarity, if left to chance"),
        N_("Worked out. The mean over all ways to seat the same people in the same rooms."),
    ),
    _Line(
        "dissimilarity_beyond_chance",
        "index",
        N_("Dissimilarity beyond chance"),
        N_("Worked out. 0 is chance, 1 is wholly apart; below 0 the rooms are more alike than by chance."),
    ),
    _Line(
        "mutual_information",
        "index",
        N_("Theil's M"),
        N_("Counted, in nats. How much knowing the room tells about somebody's group."),
    ),
    _Line(
        "mutual_information_corrected",
        "index",
        N_("Theil's M, less what small numbers add"),
        N_("Worked out. With the correction of Miller and Madow; it may fall below 0."),
    ),
    _Line(
        "information_index",
        "index",
        N_("Theil's H"),
        N_("Counted. M as a share of the most that rooms could tell, from 0 to 1."),
    ),
)
