"""CSV text: whole, exact, and dead in a spreadsheet."""

import csv
import io

import pytest

from outreach.spreadsheet import csv_text


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_rows_come_back_as_they_were() -> None:
    rows = [["Ana, Bo", 3, 1 / 3, None], ['says "hi"\nagain', 0, 0.0, ""]]
    assert read(csv_text(["who", "many", "share", "note"], rows)) == [
        ["who", "many", "share", "note"],
        ["Ana, Bo", "3", repr(1 / 3), ""],
        ['says "hi"\nagain', "0", "0.0", ""],
    ]


def test_lines_end_as_the_format_says() -> None:
    assert csv_text(["a"], [["b"]]) == "a\r\nb\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1 816 555 0123",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1+1",
        "＝1+1",
        "=cmd|' /C calc'!A0",
    ],
    ids=["equals", "plus", "minus", "at", "tab", "return", "newline", "after-spaces", "wide", "dde"],
)
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    assert read(csv_text(["a"], [[text]])) == [["a"], ["'" + text]]


def test_numbers_stay_numbers() -> None:
    assert csv_text(["a", "b"], [[-2, -0.5]]) == "a,b\r\n-2,-0.5\r\n"


def test_text_with_a_sign_inside_stays_as_it_is() -> None:
    assert csv_text(["a"], [["2017-2018 plan"]]) == "a\r\n2017-2018 plan\r\n"
