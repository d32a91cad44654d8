"""Words on posters: which a poster may say, and which of those that are typed count as equal."""

import pytest

from outreach.events.keywords import folded_word, is_usable, is_usable_in_a_language
from outreach.folding import folded
from outreach.i18n import LANGUAGES
from outreach.messaging import answers, consent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("potluck", "potluck"),
        ("#Potluck please", "potluck"),
        ("  “Potluck”, thanks", "potluck"),
        ("ＰＯＴＬＵＣＫ", "potluck"),
        ("2026", "2026"),
        ("abc", "abc"),
        ("abcdefghijkl", "abcdefghijkl"),
        ("comida5€", "comida5"),
        ("¡Café!", "cafe"),
        ("مرحبا", "مرحبا"),
        ("نزهة٣", "نزهة3"),
        # Persian and Arabic keyboards have two signs for one letter.
        ("جشنى", "جشني"),
        ("جشنی", "جشني"),
        ("欢迎", "欢迎"),
        ("पिकनिक", "पिकनिक"),
        ("ကြိုဆိုပါတယ်", "ကြိုဆိုပါတယ်"),
        ("ab", None),
        ("迎", None),
        ("abcdefghijklm", None),
        ("pot-luck", None),
        ("", None),
        ("👍", None),
        ("x" * 100_000, None),
    ],
)
def test_folded_word_is_the_first_word_as_it_is_compared(text: str, expected: str | None) -> None:
    assert folded_word(text) == expected


def test_folded_word_of_a_folded_word_is_itself() -> None:
    words = ("Café", "جشنی", "ကြိုဆိုပါတယ်", "DỰTIỆC", "पिकनिक", "欢迎")
    once = [folded_word(word) for word in words]
    assert [folded_word(word or "") for word in once] == once


@pytest.mark.parametrize("word", ["KARIBU", "BIENVENIDOS", "FÊTE", "نزهة", "欢迎", "ကြိုဆိုပါတယ်", "FIESTA5"])
def test_word_in_one_language_is_usable(word: str) -> None:
    assert is_usable_in_a_language(word)


@pytest.mark.parametrize(
    "word", ["", "AB", "迎", "12345", "GRAN FIESTA", "POT-LUCK", "stop", "ALTO", "توقف", "取消"]
)
def test_word_in_one_language_is_refused(word: str) -> None:
    assert not is_usable_in_a_language(word)


def test_no_poster_in_any_script_says_what_texts_themselves_are_about() -> None:
    said = {
        word
        for words in consent.WORDS.values()
        for group in (words.stop, words.start, words.help)
        for word in group
    } | {
        word
        for table in (answers.EVENTS, answers.NEWS, answers.DELETE, answers.CALLS, answers.WHAT)
        for words in table.values()
        for word in words
    }
    names = {name for row in LANGUAGES.values() for name in (row.endonym, row.english_name)}
    single = {word for word in said | names if len(word.split()) == 1}
    answered = {
        word
        for table in (answers._YES, answers._NO)
        for words in table.values()
        for word in words
        if " " not in word
    }

    assert {word for word in single | answered if is_usable_in_a_language(word)} == set()
    assert len({word for word in single if not folded(word).isascii()}) > 80


@pytest.mark.parametrize("keyword", ["PICNIC", "TOUR5", "ABC", "A1234567890B"])
def test_keyword_is_usable(keyword: str) -> None:
    assert is_usable(keyword)
    assert is_usable_in_a_language(keyword)
