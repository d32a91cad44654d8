"""Codes of connection cards: what is taken for one, and which slips are found."""

import pytest

from outreach.engagement.card_codes import clean, fresh, spaced
from outreach.errors import InvalidInputError

SIGNS = "23456789bcdfghjkmnpqrstvwxz"


def test_code_is_read_however_it_is_typed() -> None:
    code = fresh()
    assert clean(code) == clean(f" {spaced(code).upper()}\n") == clean("-".join(code)) == code


def test_codes_are_not_alike() -> None:
    assert len({fresh() for _ in range(500)}) == 500


@pytest.mark.parametrize("seed", range(20))
def test_one_wrong_sign_and_two_exchanged_ones_are_found(seed: int) -> None:
    code = fresh()
    wrong = [code[:at] + sign + code[at + 1 :] for at in range(12) for sign in SIGNS if sign != code[at]]
    exchanged = [
        code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(11) if code[at] != code[at + 1]
    ]
    for text in wrong + exchanged:
        with pytest.raises(InvalidInputError):
            clean(text)


@pytest.mark.parametrize("text", ["", "2" * 11, "2" * 13, "a" * 12, "٢" * 12, "2222 2222 222\0"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        clean(text)
    assert caught.value.field == "code"
