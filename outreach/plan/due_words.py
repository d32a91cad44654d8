"""Reads by when something was promised in a plan's own words ("by mid-2018"); pure, it knows no clock.

Only words with one customary reading become days; other words are kept as they are and marked. The
readings are those of `docs/importing.md`: seasons are the three months of the northern year, early is
the first quarter, mid is the end of June, late the last quarter, and "by the third quarter" ends with
that quarter's last day, marked because it may also mean its first.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")  # fmt: skip
_MONTH = "(?P<month>" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in (*_MONTHS, "sept")) + ")"
_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "1st": 1, "2nd": 2, "3rd": 3,
             "4th": 4, "1": 1, "2": 2, "3": 3, "4": 4}  # fmt: skip
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
            "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a": 1, "an": 1}  # fmt: skip
#: First and last month of a part of a year.
_PARTS = {"spring": (3, 5), "summer": (6, 8), "fall": (9, 11), "autumn": (9, 11), "early": (1, 3),
          "late": (10, 12)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Due:
    """By when: in the plan's words, and the days we read in them; None leaves an end open."""

    verbatim: str | None
    #: What the words name: day, month, quarter, half, season, part, year, range, by_date, by_quarter,
    #: begin_…; none without any words; unread where no days could be read in them.
    type: str
    starts_on: date | None
    ends_on: date | None
    is_ambiguous: bool


NO_DUE = Due(None, "none", None, None, False)


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of days that some words name, before "by" or "beginning" cuts an end off."""

    type: str
    starts_on: date
    ends_on: date
    is_ambiguous: bool = False
    #: "end of 2018", "mid-2018" and a day name a last day themselves.
    is_end: bool = False


def read_due(words: str | None, *, said_on: date | None = None) -> Due:
    """The days that some words name.

    `said_on` is the day from which "within six months" counts; without it nobody knows. Words that
    cannot be read keep both ends open and are marked as ambiguous.
    """
    verbatim = (words or "").strip()
    if not verbatim:
        return NO_DUE
    found = _due(_plain(verbatim), said_on)
    if found is None or (found.starts_on and found.ends_on and found.ends_on < found.starts_on):
        return Due(verbatim, "unread", None, None, True)
    return replace(found, verbatim=verbatim)


def _plain(words: str) -> str:
    """Lower case, without what changes no meaning."""
    text = re.sub("[‐‑‒–—−]", "-", words.lower())
    text = re.sub(r"[.,;]+(?=\s|$)", " ", text)
    text = re.sub(r"\b(the|of|calendar|later than|on)\b", " ", text)
    return " ".join(text.split())


_LEADS = (
    ("begin", r"(?:to )?(?:begin(?:ning|s)?|start(?:ing|s)?|from|since)\b(?: in| from)?"),
    ("before", r"(?:before|prior to)\b"),
    # "no later than" and "not later than" have lost their end in `_plain`.
    ("by", r"(?:by|until|till|through|no|not)\b"),
    ("in", r"(?:in|during|within|throughout)\b"),
)


def _due(text: str, said_on: date | None) -> Due | None:
    counted = _counted(text, said_on)
    if counted is not None:
        return counted
    lead, rest = _lead(text)
    span = _span(rest)
    if span is None:
        found = _range(rest)
        return _within(found) if found else None
    if lead == "begin":
        kind = span.type if span.type in ("quarter", "season", "month", "year") else "date"
        return Due(None, f"begin_{kind}", _first_day(span), None, span.is_ambiguous)
    if lead == "before" and (not span.is_end or span.type == "day"):
        return Due(None, "by_date", None, span.starts_on - timedelta(days=1), span.is_ambiguous)
    if lead in ("by", "before"):
        return _by(span, is_ambiguous=span.is_ambiguous or not span.is_end)
    return _by(span, is_ambiguous=span.is_ambiguous) if span.is_end and span.type != "day" else _within(span)


def _first_day(span: _Span) -> date:
    return span.ends_on if span.is_end else span.starts_on


def _within(span: _Span) -> Due:
    return Due(None, span.type, span.starts_on, span.ends_on, span.is_ambiguous)


def _by(span: _Span, *, is_ambiguous: bool) -> Due:
    kind = "by_quarter" if span.type == "quarter" else "by_date"
    return Due(None, kind, None, span.ends_on, is_ambiguous)


def _lead(text: str) -> tuple[str, str]:
    if _span(text) is not None:
        return "", text
    for name, pattern in _LEADS:
        match = re.match(pattern, text)
        if match:
            return name, text[match.end() :].strip()
    return "", text


def _counted(text: str, said_on: date | None) -> Due | None:
    """ "within six months", "in the next 90 days": counted from the day it was said."""
    match = re.fullmatch(r"(?:with)?in (?:next )?(\d{1,3}|[a-z]+) (day|week|month|year)s?", text)
    number = match and (_NUMBERS.get(match[1]) or (int(match[1]) if match[1].isdecimal() else None))
    if not match or not number or said_on is None:
        return None
    if match[2] in ("day", "week"):
        ends_on = said_on + timedelta(days=number * (7 if match[2] == "week" else 1))
    else:
        months = said_on.month - 1 + number * (12 if match[2] == "year" else 1)
        year, month = said_on.year + months // 12, months % 12 + 1
        ends_on = date(year, month, min(said_on.day, monthrange(year, month)[1]))
    return Due(None, "by_date", said_on, ends_on, False)


def _range(text: str) -> _Span | None:
    """Two stretches and what is between them; the first may leave its year to the second."""
    text = re.sub(r"^between ", "", text)
    for joint in (" and ", " to ", " through ", " until ", " - ", "-", "/"):
        if text.count(joint) != 1:
            continue
        left, right = (part.strip() for part in text.split(joint))
        last = _span(right)
        year = re.search(_YEAR, right)
        first = _span(left) or (_span(f"{left} {year[0]}") if year else None)
        if first and last and first.starts_on <= last.ends_on:
            return _Span("range", _first_day(first), last.ends_on, first.is_ambiguous or last.is_ambiguous)
    return None


def _span(text: str) -> _Span | None:
    """What one stretch of days is called, with or without "end of" before it."""
    end = re.fullmatch(r"(?:year-end|year end|end year|end) (.+)", text)
    if end:
        found = _span(end[1])
        return found and replace(found, is_end=True)
    for pattern, read in _READERS:
        match = re.fullmatch(pattern, text)
        if match:
            try:
                return read(match)
            except ValueError:
                # The 31st of a month that has none.
                return None
    return None


def _months(kind: str, year: int, first: int, last: int, **given: bool) -> _Span:
    return _Span(kind, date(year, first, 1), date(year, last, monthrange(year, last)[1]), **given)


def _quarter(match: re.Match[str]) -> _Span:
    number = _ORDINALS[match["number"]]
    return _months("quarter", int(match["year"]), 3 * number - 2, 3 * number)


def _half(match: re.Match[str]) -> _Span:
    number = min(_ORDINALS[match["number"]], 2)
    return _months("half", int(match["year"]), 6 * number - 5, 6 * number)


def _part(match: re.Match[str]) -> _Span:
    name = {"beginning": "early", "start": "early"}.get(match["part"], match["part"])
    kind = "part" if name in ("early", "late") else "season"
    return _months(kind, int(match["year"]), *_PARTS[name], is_ambiguous=name == "late")


def _middle(match: re.Match[str]) -> _Span:
    year = int(match["year"])
    return _Span("part", date(year, 1, 1), date(year, 6, 30), is_end=True)


def _winter(match: re.Match[str]) -> _Span:
    """ "winter 2018" may begin or end in 2018; "winter 2018-2019" says it."""
    year, following = int(match["year"]), match["following"]
    if following and int(following) not in (year + 1, (year + 1) % 100):
        raise ValueError(following)
    end = date(year + 1, 2, monthrange(year + 1, 2)[1])
    return _Span("season", date(year, 12, 1), end, is_ambiguous=not following)


def _month(match: re.Match[str]) -> _Span:
    month = _month_of(match)
    return _months("month", int(match["year"]), month, month)


def _day(match: re.Match[str]) -> _Span:
    found = match.groupdict()
    month = int(found["number"]) if found.get("number") else _month_of(match)
    on = date(int(match["year"]), month, int(match["day"]))
    return _Span("day", on, on, is_end=True)


def _year(match: re.Match[str]) -> _Span:
    return _months("year", int(match["year"]), 1, 12)


def _month_of(match: re.Match[str]) -> int:
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(match["month"][:3]))


_NTH = "(?P<number>" + "|".join(_ORDINALS) + ")"
_READERS: tuple[tuple[str, Callable[[re.Match[str]], _Span]], ...] = (
    (rf"{_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)", _day),
    (rf"{_MONTH} (?P<day>\d\d?)(?:st|nd|rd|th)? {_YEAR}", _day),
    (rf"(?P<day>\d\d?)(?:st|nd|rd|th)? {_MONTH} {_YEAR}", _day),
    (rf"{_NTH} (?:quarter|qtr) {_YEAR}", _quarter),
    (rf"(?:q|quarter )(?P<number>[1-4])(?: |/|-)?{_YEAR}", _quarter),
    (rf"{_YEAR}(?: |/|-)?q(?P<number>[1-4])", _quarter),
    (rf"(?P<number>first|second|last|1st|2nd) half(?: in)? {_YEAR}", _half),
    (rf"h(?P<number>[12])(?: |/|-)?{_YEAR}", _half),
    (rf"(?:in )?(?P<part>spring|summer|fall|autumn|early|late|beginning|start)(?: |-)(?:in )?{_YEAR}", _part),
    (rf"(?:in )?(?:mid|middle|mid-year|midyear)(?: |-)?(?:in )?{_YEAR}", _middle),
    (rf"winter {_YEAR}(?:(?:-|/)(?P<following>\d\d(?:\d\d)?))?", _winter),
    (rf"{_MONTH} {_YEAR}", _month),
    (_YEAR, _year),
)
