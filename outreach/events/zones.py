"""Wall-clock time at a place: which instant it is, and the place's clock rule as calendar programs read it.

Knows IANA zones and nothing of events or of the calendar file around the rule.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from outreach.errors import InvalidInputError
from outreach.i18n import N_

#: Years that a time may lie in; the clock changes of a zone are looked up within them.
FIRST_YEAR, LAST_YEAR = 1970, 2099

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_SECONDS = 86_400


class AmbiguousTimeError(InvalidInputError):
    """A wall time that comes twice, in the hour after clocks go back; the two instants are told."""

    def __init__(self, first_at: datetime, second_at: datetime, /, *, field: str) -> None:
        super().__init__(
            N_(
                "This time comes twice on that day, because the clocks go back. "
                "Choose the first or the second."
            ),
            field=field,
        )
        self.first_at = first_at
        self.second_at = second_at


def check_year(day: date, field: str) -> None:
    """Raises InvalidInputError for a day, or a time, of a year in which nothing is planned."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInputError(
            N_("Choose a year from %(first)s to %(last)s."), field=field, first=FIRST_YEAR, last=LAST_YEAR
        )


def resolve(local: datetime, zone: str, *, fold: int | None = None, field: str = "starts") -> datetime:
    """The instant, in UTC, at which clocks at a place show this wall time.

    `fold` (0 or 1, as in PEP 495) picks one of two instants and is ignored where there is one.
    Raises InvalidInputError for a time that the spring change skips, and AmbiguousTimeError for a
    doubled one without `fold`, both on `field`; InvalidInputError on "time_zone" for an unknown zone.
    """
    check_year(local, field)
    info = _zone_info(zone)
    first_at, second_at = (local.replace(tzinfo=info, fold=turn).astimezone(UTC) for turn in (0, 1))
    if second_at < first_at:
        raise InvalidInputError(
            N_(
                "This time does not exist on that day, because the clocks go forward. "
                "Choose an earlier or a later time."
            ),
            field=field,
        )
    if first_at != second_at and fold is None:
        raise AmbiguousTimeError(first_at, second_at, field=field)
    return second_at if fold else first_at


def is_doubled(local: datetime, zone: str) -> bool:
    """Whether clocks at a place show this wall time twice."""
    first, second = (local.replace(tzinfo=_zone_info(zone), fold=turn).utcoffset() for turn in (0, 1))
    return first is not None and second is not None and first > second


def fold_at(at: datetime, zone: str) -> int:
    """1 when clocks at a place show this instant's wall time for the second time, else 0."""
    return at.astimezone(_zone_info(zone)).fold


def time_zone_component(zone: str, first: date, last: date) -> bytes:
    """The zone as a VTIMEZONE (RFC 5545 section 3.6.5) that is right from `first` to `last`.

    Where clocks change twice a year by one rule, it is one DAYLIGHT and one STANDARD with a yearly
    RRULE, each from the year its rule began, so that the bytes stay the same as the days move on.
    Elsewhere every change of the years asked for is listed, one RDATE to a line: ical.js and vobject
    lose the later values of a comma list. A rule is used only if it names exactly the changes that
    zoneinfo has in those years.
    """
    return _component(zone, first.year, last.year)


@cache
def _component(zone: str, first_year: int, last_year: int) -> bytes:
    observances = _yearly(zone, first_year, last_year) or _listed(zone, first_year, last_year)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}", *observances, "END:VTIMEZONE", ""]
    return "\r\n".join(lines).encode()


@dataclass(frozen=True, slots=True)
class _Change:
    """One move of a place's clocks: what they show as it comes, and the offsets on both sides."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def is_forward(self) -> bool:
        return self.after > self.before

    def repeats(self, other: "_Change") -> bool:
        """Whether this is the same move in another year, its day aside."""
        return (self.local.time(), self.before, self.after) == (other.local.time(), other.before, other.after)

    def lines(self, *repetition: str) -> list[str]:
        kind = "DAYLIGHT" if self.is_forward else "STANDARD"
        return [
            f"BEGIN:{kind}",
            f"DTSTART:{self.local:%Y%m%dT%H%M%S}",
            *repetition,
            f"TZOFFSETFROM:{_offset_text(self.before)}",
            f"TZOFFSETTO:{_offset_text(self.after)}",
            f"TZNAME:{self.name}",
            f"END:{kind}",
        ]


@cache
def _changes(zone: str) -> tuple[_Change, ...]:
    """Every change of a zone's offset; looks once a day, since zoneinfo keeps its table to itself."""
    info = _zone_info(zone)

    def offset(seconds: int) -> timedelta:
        return datetime.fromtimestamp(seconds, info).utcoffset() or timedelta()

    begin, end = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (FIRST_YEAR, LAST_YEAR + 1))
    found = []
    before = offset(begin)
    for day in range(begin, end, _DAY_SECONDS):
        after = offset(day + _DAY_SECONDS)
        if after != before:
            early, late = day, day + _DAY_SECONDS
            while late - early > 1:
                middle = (early + late) // 2
                early, late = (middle, late) if offset(middle) == before else (early, middle)
            local = datetime.fromtimestamp(late, UTC).replace(tzinfo=None) + before
            found.append(_Change(local, before, after, str(datetime.fromtimestamp(late, info).tzname())))
            before = after
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A weekday of a month: the first on or after a day, or the last one (`earliest_day` 0)."""

    month: int
    weekday: int
    earliest_day: int

    def holds(self, on: date) -> bool:
        earliest = self.earliest_day or monthrange(on.year, on.month)[1] - 6
        return (on.month, on.weekday()) == (self.month, self.weekday) and 0 <= on.day - earliest < 7

    def text(self) -> str:
        start, weekday = f"RRULE:FREQ=YEARLY;BYMONTH={self.month};", _WEEKDAYS[self.weekday]
        week, rest = divmod(self.earliest_day - 1, 7)
        if rest == 0 or self.earliest_day == 0:
            return f"{start}BYDAY={week + 1 if self.earliest_day else -1}{weekday}"
        days = ",".join(str(self.earliest_day + more) for more in range(7))
        return f"{start}BYMONTHDAY={days};BYDAY={weekday}"


#: The ways to say a weekday, the ones that most programs read first: first to fourth, last, others.
_EARLIEST_DAYS = (1, 8, 15, 22, 0, *(day for day in range(2, 26) if day % 7 != 1))


def _yearly(zone: str, first_year: int, last_year: int) -> list[str] | None:
    """The zone as a forward and a backward move every year, or None when it is anything else."""
    lines = []
    for is_forward in (True, False):
        by_year: dict[int, list[_Change]] = {}
        for change in _changes(zone):
            if change.is_forward is is_forward:
                by_year.setdefault(change.local.year, []).append(change)
        moves = {year: changes[0] for year, changes in by_year.items() if len(changes) == 1}
        run = _longest_run(moves, last_year)
        if run is None or run[1] >= first_year:
            return None
        rule, since = run
        lines += moves[since].lines(rule.text())
    return lines


def _longest_run(moves: dict[int, _Change], year: int) -> tuple[_Rule, int] | None:
    """The rule that holds for the most years around one, and the first of them.

    The number of years tells a fourth Sunday from a last one, which one year alone does not.
    """
    if year not in moves:
        return None
    model = moves[year]

    def fits(rule: _Rule, year: int) -> bool:
        return year in moves and moves[year].repeats(model) and rule.holds(moves[year].local.date())

    best: tuple[int, _Rule, int] | None = None
    for earliest_day in _EARLIEST_DAYS:
        rule = _Rule(model.local.month, model.local.weekday(), earliest_day)
        since = until = year
        while fits(rule, since - 1):
            since -= 1
        while fits(rule, until + 1):
            until += 1
        if fits(rule, year) and (best is None or until - since > best[0]):
            best = (until - since, rule, since)
    return best and best[1:]


def _listed(zone: str, first_year: int, last_year: int) -> list[str]:
    """The offset that the first year begins with, then each kind of change with all its times."""
    begin = datetime(first_year, 1, 1, tzinfo=_zone_info(zone))
    offset = begin.utcoffset() or timedelta()
    lines = _Change(datetime(FIRST_YEAR, 1, 1), offset, offset, str(begin.tzname())).lines()
    kinds: dict[tuple[timedelta, timedelta], list[_Change]] = {}
    for change in _changes(zone):
        if first_year <= change.local.year <= last_year:
            kinds.setdefault((change.before, change.after), []).append(change)
    for changes in kinds.values():
        first, *later = changes
        lines += first.lines(*(f"RDATE:{change.local:%Y%m%dT%H%M%S}" for change in later))
    return lines


def _offset_text(offset: timedelta) -> str:
    seconds = abs(int(offset.total_seconds()))
    sign = "-" if offset < timedelta() else "+"
    text = f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return f"{text}{seconds % 60:02}" if seconds % 60 else text


def _zone_info(zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise InvalidInputError(N_("We do not know this time zone."), field="time_zone") from None
