"""Words in one plain form: what is typed on one keyboard finds what was written on another."""

import pytest

from outreach.folding import folded


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("futbol", "FÚTBOL"),
        ("cafe", "Café"),
        ("اعلام", "أعلام"),
        ("dung", "Dừng"),
        ("neighbors picnic", "Neighbors’ picnic!"),
    ],
)
def test_plain_words_are_the_same_as_those_with_accents(typed, written):
    assert folded(typed) == folded(written)


def test_vowel_signs_that_make_another_word_stay():
    assert folded("ရပ်") != folded("ရပ")
