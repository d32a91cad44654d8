"""The list at the door: its order, and how somebody is found in it."""

import pytest

from outreach.registration.roster import Party, in_order, matching


def party(first_name: str, code: str = "123456") -> Party:
    return Party(1, first_name, code, 2, 0, False)


def test_list_is_by_name_without_regard_to_accents_and_capitals_and_the_nameless_last() -> None:
    shuffled = [
        party("zoë"), party("", "900000"), party("Émile"), party("", "100000"), party("Eva"), party("ana"),
    ]  # fmt: skip
    assert [(one.first_name, one.code) for one in in_order(shuffled)] == [
        ("ana", "123456"),
        ("Émile", "123456"),
        ("Eva", "123456"),
        ("zoë", "123456"),
        ("", "100000"),
        ("", "900000"),
    ]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        pytest.param("", True, id="nothing-finds-everybody"),
        pytest.param("jos", True, id="a-name-s-beginning"),
        pytest.param("JOSÉ", True, id="accents-and-capitals"),
        pytest.param("maria jos", True, id="two-names-in-any-order"),
        pytest.param("ose", False, id="the-middle-of-a-name"),
        pytest.param("472", True, id="a-code-s-beginning"),
        pytest.param("0185", True, id="its-last-four-digits"),
        pytest.param("٠١٨٥", True, id="arabic-digits"),
        pytest.param("47-0185", True, id="a-code-with-a-hyphen"),
        pytest.param("josé-maría", True, id="names-with-a-hyphen"),
        pytest.param("jose 0185", True, id="name-and-code"),
        pytest.param("jose 9999", False, id="another-code"),
        pytest.param("%", False, id="no-wildcard"),
    ],
)
def test_party_is_found_by_name_or_code(words: str, is_found: bool) -> None:
    jose = party("José María", "470185" if "0185" in words or "٠١٨٥" in words else "472905")
    assert matching([jose], words) == ([jose] if is_found else [])


def test_party_without_a_name_is_found_by_its_code_only() -> None:
    nameless = party("", "472905")
    assert (matching([nameless], "ana"), matching([nameless], "2905")) == ([], [nameless])


def test_arabic_name_is_found_with_and_without_its_marks() -> None:
    amina = party("أمينة")
    assert matching([amina], "امينة") == [amina]
