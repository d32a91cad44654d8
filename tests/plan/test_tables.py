"""A plan as a table: back it is the same plan, and a broken row is refused by its number."""

import copy
import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.plan.due_words import Due, read_due
from outreach.plan.importing import plan_of
from outreach.plan.tables import COLUMNS, read_table, table_of
from tests.plan.kansas_city import DRAFT, FILE, commitments
from tests.plan.test_importing import SMALL, commitment

KANSAS_CITY = json.loads(FILE.read_text(encoding="utf-8"))


def test_plan_of_kansas_city_is_the_same_as_a_table() -> None:
    assert read_table(table_of(KANSAS_CITY)) == DRAFT


_TEXT = st.text(min_size=1, max_size=30).map(str.strip).filter(bool)
_WORDS = _TEXT.filter(lambda text: not set(text) & set("\0") and text.isprintable())


@given(text=_WORDS, names=st.lists(_WORDS, max_size=3))
def test_any_words_survive_the_table(text: str, names: list[str]) -> None:
    value: dict[str, Any] = copy.deepcopy(SMALL)
    value["vision"] = text
    commitment(value).update(commitment=text, partners=names, expected=names, audience=text)
    assert read_table(table_of(value)) == plan_of(value)


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''", "'tis", "-5", "[1]", "a;b"])
def test_what_a_spreadsheet_would_run_survives_the_table(text: str) -> None:
    value: dict[str, Any] = copy.deepcopy(SMALL)
    commitment(value).update(commitment=text, partners=[text], expected=[text, "x"])
    assert read_table(table_of(value)) == plan_of(value)


def rows(**changes: dict[str, str]) -> str:
    """A small table; by the name of a level, cells of its row."""
    lines = {
        "title": {"text": "A small plan"},
        "prepared_on": {"text": "2017-09-05"},
        "strategy": {"id": "S1", "text": "Safe communities"},
        "objective": {"id": "S1.O1", "text": "Build trust"},
        "action": {"id": "S1.O1.A1", "text": "Work with the police."},
        "commitment": {"id": "S1.O1.A1.C1", "text": "Name a contact.", "kind": "designation"},
    }
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for level, cells in lines.items():
        writer.writerow({"level": level, **cells, **changes.get(level, {})})
    return out.getvalue()


def test_table_of_words_alone_is_enough() -> None:
    found = commitments(read_table(rows(commitment={"due": "within six months"})))["S1.O1.A1.C1"]
    assert found.due == Due("within six months", "by_date", *_six_months(), False)
    assert (found.progress_kind, found.expected, found.count) == ("milestone", None, None)


def _six_months():
    due = read_due("within six months", said_on=DRAFT.prepared_on)
    return due.starts_on, due.ends_on


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"commitment": {"count": "two"}}, "Row 7, count: this must be a number from 1 to 10000."),
        ({"commitment": {"due_end": "soon"}}, "Row 7, due_end: this must be a day like 2018-12-31."),
        ({"commitment": {"progress": "luck"}},
         "Row 7, progress: use one of events, deliveries, convenings, touches, milestone."),
        ({"commitment": {"count_is_minimum": "maybe"}},
         "Row 7, count_is_minimum: this must be true, false or null."),
        ({"commitment": {"text": ""}}, "Row 7, text: this text is missing."),
        ({"commitment": {"expected": "[1"}}, "Row 7, expected: this must be a list of texts."),
        ({"action": {"text": ""}}, "Row 6, text: this text is missing."),
        ({"prepared_on": {"text": "5 September"}}, "Row 3: this must be a day like 2018-12-31."),
        ({"objective": {"level": "goals"}}, "Row 5: there is no level named “goals”."),
        ({"objective": {"level": "action"}},
         "Row 5: there is nothing above this action that it could belong to."),
        ({"commitment": {"id": "S1"}}, "S1: this id is used twice."),
    ],
)  # fmt: skip
def test_broken_row_is_refused_by_its_number(changes, sentence) -> None:
    with pytest.raises(InvalidInputsError) as caught:
        read_table(rows(**changes))
    assert sentence in [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "level,id\nstrategy,S1\n", "level,text,birth_date\n", 'level,text\n"x']
)
def test_text_that_is_no_such_table_is_refused(text) -> None:
    with pytest.raises((InvalidInputError, InvalidInputsError)):
        read_table(text)
