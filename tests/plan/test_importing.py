"""Reading a plan from its file: the real one whole, and every broken one refused with its place."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.plan.due_words import NO_DUE, Due
from outreach.plan.importing import nodes_of, read

KANSAS_CITY = Path(__file__).resolve().parents[2] / "outreach" / "demo" / "data" / "plan.json"

SMALL: dict[str, Any] = {
    "title": "A small plan",
    "prepared_by": "The council",
    "prepared_on": "2017-09-05",
    "period": {"start": "2017-09-01", "end": "2018-12-31"},
    "source_url": "https://example.org/plan",
    "strategies": [
        {
            "id": "S1",
            "title": "Safe communities",
            "objectives": [
                {
                    "id": "S1.O1",
                    "title": "Build trust",
                    "models": ["A project elsewhere"],
                    "actions": [
                        {
                            "id": "S1.O1.A1",
                            "action": "Work with the police.",
                            "commitments": [
                                {
                                    "id": "S1.O1.A1.C1",
                                    "kind": "training",
                                    "commitment": "Hold trainings.",
                                    "count": 2,
                                    "count_is_minimum": True,
                                    "count_verbatim": "2 trainings in 2018",
                                    "due": {
                                        "verbatim": "in 2018",
                                        "type": "year",
                                        "start": "2018-01-01",
                                        "end": "2018-12-31",
                                        "ambiguous": False,
                                    },
                                    "responsible_organization": "The council",
                                    "partners": ["The police"],
                                    "audience": "residents",
                                    "counts_events_of_kind": ["trust_training"],
                                    "already_done_in_source": None,
                                }
                            ],
                        }
                    ],
                }
            ],
        }
    ],
}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    plan = copy.deepcopy(SMALL)
    change(plan)
    return json.dumps(plan)


def action(plan: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = plan["strategies"][0]["objectives"][0]["actions"][0]
    return found


def commitment(plan: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = action(plan)["commitments"][0]
    return found


def problems(text: str) -> list[str]:
    with pytest.raises(InvalidInputsError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def test_plan_of_kansas_city_is_read_whole() -> None:
    plan = read(KANSAS_CITY.read_text(encoding="utf-8"))
    nodes = list(nodes_of(plan.strategies))
    commitments = {item.ref: item for node in nodes for item in node.commitments}

    assert (plan.title[:9], plan.starts_on, plan.ends_on) == (
        "2017-2018",
        date(2017, 9, 1),
        date(2018, 12, 31),
    )
    assert [sum(node.level == level for node in nodes) for level in ("strategy", "objective", "action")] == [
        4,
        9,
        19,
    ]
    assert (len(commitments), sum(item.count is not None for item in commitments.values())) == (27, 7)
    first, second = commitments["S3.O1.A1.C1"], commitments["S3.O1.A1.C2"]
    assert [(item.count, item.is_minimum, item.counts_kinds) for item in (first, second)] == [
        (1, True, ("trust_training",)),
        (2, True, ("trust_training",)),
    ]
    assert first.due == Due("in 2017", "year", date(2017, 1, 1), date(2017, 12, 31), False)
    assert commitments["S2.O1.A3.C3"].due.is_ambiguous
    assert commitments["S2.O3.A1.C1"].is_done


def test_plan_may_leave_out_what_a_plan_need_not_say() -> None:
    def strip(plan: dict[str, Any]) -> None:
        for name in ("prepared_by", "prepared_on", "period", "source_url"):
            del plan[name]
        for name in ("count", "count_is_minimum", "count_verbatim", "due", "partners", "audience"):
            commitment(plan).pop(name)

    plan = read(changed(strip))
    found = plan.strategies[0].children[0].children[0].commitments[0]
    assert (plan.starts_on, found.count, found.partners) == (None, None, ())
    assert found.due == NO_DUE


def test_words_for_a_time_are_read_where_the_file_gives_no_days() -> None:
    plan = read(changed(lambda plan: commitment(plan).update(due={"verbatim": "within six months"})))
    [found] = plan.strategies[0].children[0].children[0].commitments
    assert found.due == Due("within six months", "by_date", date(2017, 9, 5), date(2018, 3, 5), False)


def test_file_may_say_what_keeps_a_promise_and_whom_it_must_reach() -> None:
    given = {"progress": "deliveries", "expected": ["jackson-county-mo", "The council"]}
    plan = read(changed(lambda plan: commitment(plan).update(given)))
    [found] = plan.strategies[0].children[0].children[0].commitments
    assert (found.progress_kind, found.expected) == ("deliveries", ("jackson-county-mo", "The council"))
    [untold] = read(json.dumps(SMALL)).strategies[0].children[0].children[0].commitments
    assert (untold.progress_kind, untold.expected) == ("events", None)


PLACE = "strategies[0].objectives[0].actions[0]"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(lambda plan: plan.pop("title"), "title: this text is missing.", id="no-title"),
        pytest.param(lambda plan: plan.update(title=5), "title: this must be a text.", id="title-a-number"),
        pytest.param(
            lambda plan: plan.update(title="x" * 201), "title: use at most 200 letters.", id="title-too-long"
        ),
        pytest.param(
            lambda plan: plan.update(prepared_on="5 September"),
            "prepared_on: this must be a day like 2018-12-31.",
            id="day-in-words",
        ),
        pytest.param(
            lambda plan: plan["period"].update(end="2017-02-29"),
            "period.end: this must be a day like 2018-12-31.",
            id="day-that-never-was",
        ),
        pytest.param(
            lambda plan: plan["period"].update(end="2016-12-31"),
            "period.end: the end is before the start.",
            id="period-backwards",
        ),
        pytest.param(
            lambda plan: plan.update(source_url="javascript:alert(1)"),
            "source_url: this must be a web address.",
            id="address-that-runs",
        ),
        pytest.param(
            lambda plan: plan.update(strategies=[]),
            "strategies: there is not one commitment in it.",
            id="no-strategies",
        ),
        pytest.param(
            lambda plan: plan["strategies"].append("S2"),
            "strategies[1]: this must be an object in braces.",
            id="strategy-a-text",
        ),
        pytest.param(
            lambda plan: plan["strategies"][0]["objectives"].append({"id": "S1.O2", "title": "Another"}),
            "strategies[0].objectives[1].actions: this list is missing.",
            id="no-actions",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(count="two"),
            f"{PLACE}.commitments[0].count: this must be a number from 1 to 10000.",
            id="count-in-words",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(count=0),
            f"{PLACE}.commitments[0].count: this must be a number from 1 to 10000.",
            id="count-of-none",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(count=True),
            f"{PLACE}.commitments[0].count: this must be a number from 1 to 10000.",
            id="count-a-flag",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(count_is_minimum="yes"),
            f"{PLACE}.commitments[0].count_is_minimum: this must be true, false or null.",
            id="flag-in-words",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(counts_events_of_kind=["trust-training"]),
            f"{PLACE}.commitments[0].counts_events_of_kind: there is no kind of event named trust-training.",
            id="unknown-kind",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(progress="luck"),
            f"{PLACE}.commitments[0].progress:"
            " use one of events, deliveries, convenings, touches, milestone.",
            id="unknown-progress",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(progress="events", counts_events_of_kind=None),
            f"{PLACE}.commitments[0].counts_events_of_kind: say which kinds of events count.",
            id="events-of-no-kind",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(partners="The police"),
            f"{PLACE}.commitments[0].partners: this must be a list of texts.",
            id="list-a-text",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(count_events_of_kind=["workshop"]),
            f"{PLACE}.commitments[0].count_events_of_kind: we do not know this field.",
            id="misspelled-field",
        ),
        pytest.param(
            lambda plan: commitment(plan)["due"].update(end="2017-12-31"),
            f"{PLACE}.commitments[0].due.end: the end is before the start.",
            id="due-backwards",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(due="in 2018"),
            f"{PLACE}.commitments[0].due: this must be an object in braces.",
            id="due-a-text",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(audience="a\0b"),
            f"{PLACE}.commitments[0].audience: there is a sign in here that no text can hold.",
            id="nul",
        ),
        pytest.param(
            lambda plan: commitment(plan).update(audience="\ud800"),
            f"{PLACE}.commitments[0].audience: there is a sign in here that no text can hold.",
            id="half-a-pair",
        ),
        pytest.param(
            lambda plan: action(plan)["commitments"].append(commitment(plan)),
            "S1.O1.A1.C1: this id is used twice.",
            id="id-used-twice",
        ),
        pytest.param(
            lambda plan: plan.update(totals={"commitments": 27}),
            "totals.commitments: this says 27, but the file holds 1.",
            id="file-that-lost-its-end",
        ),
    ],
)
def test_broken_plan_is_refused_with_the_place(
    change: Callable[[dict[str, Any]], object], sentence: str
) -> None:
    assert problems(changed(change)) == [sentence]


def test_every_problem_is_told_at_once() -> None:
    def spoil(plan: dict[str, Any]) -> None:
        plan.pop("title")
        commitment(plan).update(count=-1, kind="")

    assert problems(changed(spoil)) == [
        "title: this text is missing.",
        f"{PLACE}.commitments[0].kind: this must be a text.",
        f"{PLACE}.commitments[0].count: this must be a number from 1 to 10000.",
    ]


@pytest.mark.parametrize("text", ["[]", "null", "5", '"plan"'], ids=["list", "null", "number", "text"])
def test_file_that_is_no_plan_is_refused(text: str) -> None:
    assert problems(text) == ["file: this must be an object in braces."]


def test_file_that_is_no_json_is_refused_with_line_and_column() -> None:
    with pytest.raises(InvalidInputError, match="Line 2, column 3"):
        read('{\n  title: "x"}')


@pytest.mark.parametrize(
    "text", ["", "[" * 100_000, '{"title": ' + "9" * 5000 + "}"], ids=["empty", "deep", "huge"]
)
def test_file_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read(text)
