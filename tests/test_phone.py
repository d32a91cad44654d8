"""Phone numbers: what can be one here, and what of one is shown."""

import pytest

from outreach.errors import InvalidInputError
from outreach.phone import displayed, masked, parse


@pytest.mark.parametrize(
    "text",
    ["816-555-0123", "(816) 555 0123", "+1 816 555 0123", "8165550123", "1.816.555.0123", "٨١٦٥٥٥٠١٢٣"],
)
def test_parse_understands_how_people_write_numbers(text):
    assert parse(text) == "+18165550123"


UNUSABLE = {
    "empty": "",
    "words": "call me",
    "no area code": "555-0123",
    "short": "123",
    "long": "816 555 01234567",
    "London": "+44 20 7946 0958",
    "Jamaica": "+1 876 555 0123",
    "premium": "900 555 0123",
    "emergency": "911",
    "emoji": "😀",
    "flood": "8" * 400,
}


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE)
def test_parse_refuses_what_cannot_be_a_number_here(text):
    with pytest.raises(InvalidInputError) as refused:
        parse(text)

    assert refused.value.field == "phone"


def test_numbers_that_ring_somebody_are_fine():
    assert parse("816-513-1313") == "+18165131313"


def test_masked_shows_two_digits_only():
    assert masked("+18165550123") == "••• ••23"


def test_displayed_is_how_people_here_write():
    assert displayed("+18165550123") == "816-555-0123"
