"""Days read in a plan's words: every one of the Kansas City plan as its file has it, and many others."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.plan.due_words import NO_DUE, Due, read_due

KANSAS_CITY = Path(__file__).resolve().parents[2] / "outreach" / "demo" / "data" / "plan.json"


def dues() -> dict[str, dict[str, Any]]:
    plan = json.loads(KANSAS_CITY.read_text(encoding="utf-8"))
    return {
        commitment["id"]: commitment["due"]
        for strategy in plan["strategies"]
        for objective in strategy["objectives"]
        for action in objective["actions"]
        for commitment in action["commitments"]
    }


@pytest.mark.parametrize("due", [pytest.param(due, id=ref) for ref, due in dues().items()])
def test_every_due_of_the_kansas_city_plan_is_read_as_its_file_says(due: dict[str, Any]) -> None:
    found = read_due(due["verbatim"])
    assert {
        "verbatim": found.verbatim,
        "type": found.type,
        "start": found.starts_on and found.starts_on.isoformat(),
        "end": found.ends_on and found.ends_on.isoformat(),
        "ambiguous": found.is_ambiguous,
    } == due


@pytest.mark.parametrize(
    ("words", "type_", "starts_on", "ends_on", "is_ambiguous"),
    [
        ("fall 2017", "season", "2017-09-01", "2017-11-30", False),
        ("Winter 2018", "season", "2018-12-01", "2019-02-28", True),
        ("winter 2017–18", "season", "2017-12-01", "2018-02-28", False),
        ("mid-2018", "by_date", None, "2018-06-30", False),
        ("by mid 2018", "by_date", None, "2018-06-30", False),
        ("end of Q1 2018", "by_quarter", None, "2018-03-31", False),
        ("by the third quarter of 2018", "by_quarter", None, "2018-09-30", True),
        ("no later than the end of the third quarter of 2018", "by_quarter", None, "2018-09-30", False),
        ("2018 Q3", "quarter", "2018-07-01", "2018-09-30", False),
        ("early 2018", "part", "2018-01-01", "2018-03-31", False),
        ("in early 2018", "part", "2018-01-01", "2018-03-31", False),
        ("beginning of 2018", "part", "2018-01-01", "2018-03-31", False),
        ("late 2018", "part", "2018-10-01", "2018-12-31", True),
        ("September 2017", "month", "2017-09-01", "2017-09-30", False),
        ("Sept. 2017", "month", "2017-09-01", "2017-09-30", False),
        ("by September 2017", "by_date", None, "2017-09-30", True),
        ("by the end of February 2020", "by_date", None, "2020-02-29", False),
        ("first half of 2018", "half", "2018-01-01", "2018-06-30", False),
        ("H2 2018", "half", "2018-07-01", "2018-12-31", False),
        ("2017", "year", "2017-01-01", "2017-12-31", False),
        ("year-end 2018", "by_date", None, "2018-12-31", False),
        ("by 2018", "by_date", None, "2018-12-31", True),
        ("by June 30, 2018", "by_date", None, "2018-06-30", False),
        ("30 June 2018", "day", "2018-06-30", "2018-06-30", False),
        ("2018-06-30", "day", "2018-06-30", "2018-06-30", False),
        ("before June 2018", "by_date", None, "2018-05-31", False),
        ("before mid-2018", "by_date", None, "2018-06-30", False),
        ("starting Q4 2017", "begin_quarter", "2017-10-01", None, False),
        ("beginning mid-2018", "begin_date", "2018-06-30", None, False),
        ("from fall 2017 to spring 2018", "range", "2017-09-01", "2018-05-31", False),
        ("spring/summer 2018", "range", "2018-03-01", "2018-08-31", False),
        ("end of 2017 to mid-2018", "range", "2017-12-31", "2018-06-30", False),
        ("2017-2018", "range", "2017-01-01", "2018-12-31", False),
        ("within six months", "by_date", "2017-08-31", "2018-02-28", False),
        ("within 90 days", "by_date", "2017-08-31", "2017-11-29", False),
        ("in the next two years", "by_date", "2017-08-31", "2019-08-31", False),
    ],
)
def test_words_become_days(
    words: str, type_: str, starts_on: str | None, ends_on: str | None, is_ambiguous: bool
) -> None:
    found = read_due(words, said_on=date(2017, 8, 31))
    days = tuple(day and date.fromisoformat(day) for day in (starts_on, ends_on))
    assert found == Due(words, type_, *days, is_ambiguous)


@pytest.mark.parametrize(
    "words",
    [
        "ongoing", "every spring", "fiscal year 2018", "fall", "soon", "February 30, 2018", "2018 to 2017",
        "by the end of the year", "by the end of 2018 or later", "5th quarter 2018",
        "within reach", "0", "1800",
    ],
)  # fmt: skip
def test_words_that_name_no_days_are_kept_and_marked(words: str) -> None:
    assert read_due(words, said_on=date(2017, 9, 5)) == Due(words, "unread", None, None, True)


def test_a_span_from_an_unknown_day_is_not_read() -> None:
    assert read_due("within six months") == Due("within six months", "unread", None, None, True)


@pytest.mark.parametrize("words", [None, "", "  "])
def test_no_words_are_no_due(words: str | None) -> None:
    assert read_due(words) == NO_DUE


_WORDS = st.sampled_from(
    [
        "by",
        "end",
        "of",
        "the",
        "first",
        "Q1",
        "quarter",
        "half",
        "mid-",
        "early",
        "fall",
        "winter",
        "june",
        "31",
        "2018",
        "2017",
        "-",
        "to",
        "and",
        "/",
        "in",
        "begin",
        "before",
        "within",
        "six",
        "months",
        ",",
        ".",
    ]
)


@given(st.one_of(st.text(max_size=40), st.lists(_WORDS, max_size=8).map(" ".join)))
def test_any_words_are_read_or_kept_and_never_backwards(words: str) -> None:
    found = read_due(words, said_on=date(2017, 9, 5))
    assert found.verbatim == (words.strip() or None)
    if found.starts_on and found.ends_on:
        assert found.starts_on <= found.ends_on
    assert (found.type in ("unread", "none")) == (found.starts_on is None and found.ends_on is None)
