"""Numbers of people as they are typed."""

import pytest

from outreach.errors import InvalidInputError
from outreach.registration.counts import whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), (" 34 ", 34), ("٣٤", 34), ("၁၂", 12), ("007", 7), ("500", 500)],
    ids=["none", "spaces", "arabic", "burmese", "leading-zeros", "the-most"],
)
def test_number_is_read_in_any_script(text: str, number: int) -> None:
    assert whole_number(text, most=500) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "1.5",
        "1,0",
        "501",
        "0500",
        "9999999999999999999999",
        "many",
        "²",
        "1 2",
        "🙂",
        "1e2",
    ],
)
def test_anything_else_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(InvalidInputError, match="from 0 to 500") as caught:
        whole_number(text, most=500, field="head_count")
    assert caught.value.field == "head_count"
