import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.folding import folded
from outreach.i18n import LANGUAGES
from outreach.messaging.consent import WORDS, read

_STOP = [(locale, word) for locale, words in WORDS.items() for word in words.stop]
_REFUSALS = [(locale, phrase) for locale, words in WORDS.items() for phrase in words.refusals]
_START = [(locale, word) for locale, words in WORDS.items() for word in words.start]
_HELP = [(locale, word) for locale, words in WORDS.items() for word in words.help]


def _ids(rows: list[tuple[str, str]]) -> list[str]:
    return [f"{locale}-{number}" for number, (locale, _) in enumerate(rows)]


def test_every_language_has_words_of_every_kind() -> None:
    lacking = [
        locale
        for locale in LANGUAGES
        if not all((WORDS[locale].stop, WORDS[locale].refusals, WORDS[locale].start, WORDS[locale].help))
    ]

    assert lacking == []


@pytest.mark.parametrize(("locale", "word"), _STOP, ids=_ids(_STOP))
def test_read_hears_stop_in_every_language(locale: str, word: str) -> None:
    shouted = f"  {word.upper()}!! 🙏"

    assert (read(word), read(shouted)) == ("stop", "stop")


@pytest.mark.parametrize(("locale", "phrase"), _REFUSALS, ids=_ids(_REFUSALS))
def test_read_hears_a_refusal_inside_a_longer_text(locale: str, phrase: str) -> None:
    assert read(f"12 ok 34 ok, {phrase}. 56 ok") == "stop"


@pytest.mark.parametrize(("locale", "word"), _START, ids=_ids(_START))
def test_read_hears_start_only_when_it_is_all(locale: str, word: str) -> None:
    assert (read(f"{word}."), read(f"{word} 123")) == ("start", None)


@pytest.mark.parametrize(("locale", "word"), _HELP, ids=_ids(_HELP))
def test_read_hears_help(locale: str, word: str) -> None:
    assert (read(f"¿{word}?"), read(f"{word} 123 456 789")) == ("help", None)


@pytest.mark.parametrize(
    "word",
    # As 47 CFR 64.1200(a)(10) lists them, and the vendor's own.
    ["STOP", "QUIT", "END", "REVOKE", "OPT OUT", "CANCEL", "UNSUBSCRIBE", "STOPALL", "OPTOUT"],
)
def test_read_hears_every_word_of_the_rule(word: str) -> None:
    assert read(word) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("ＳＴＯＰ", id="wide letters"),
        pytest.param("s\u200bt\u200bo\u200bp", id="zero-width"),
        pytest.param("st\u200bop", id="zero-width inside a word"),
        pytest.param("S.T.O.P.", id="dots"),
        pytest.param("“Stop”", id="curly quotes"),
        pytest.param("Stop it now", id="three words"),
        pytest.param("تَوَقَّفْ", id="vowel points"),
        pytest.param("تـــوقف", id="stretched"),
        pytest.param("\ufe97\ufeee\ufed7\ufed2", id="presentation forms"),
        pytest.param("الغاء", id="hamza left out"),
        pytest.param("لا ترسلوا لي اي شي بعد اليوم", id="Arabic phrase"),
        pytest.param("DUNG LAI", id="Vietnamese without marks"),
        pytest.param("Hủy", id="Vietnamese composed"),
        pytest.param("Hu\u0309y", id="Vietnamese decomposed"),
        pytest.param("no mas", id="Spanish without marks"),
        pytest.param("désabonner svp", id="French"),
        pytest.param("Ne m’écrivez plus, s’il vous plaît", id="French curly apostrophe"),
        pytest.param("ရပ်ပါ။", id="Burmese full stop"),
        pytest.param("请你们不要再发短信给我了", id="Chinese phrase without spaces"),
        pytest.param("please stop texting me about this", id="English phrase"),
    ],
)
def test_read_hears_stop_however_it_is_typed(text: str) -> None:
    assert read(text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("we have got to STOP this", id="English"),
        pytest.param("Mi hija no puede, quiero cancelar lo del sábado", id="Spanish"),
        pytest.param("我要取消报名", id="Chinese inside a word"),
        pytest.param("من فضلكم توقف عن ذلك كله", id="Arabic"),
    ],
)
def test_read_leaves_a_stop_word_in_a_longer_text_to_a_person(text: str) -> None:
    assert read(text) == "maybe_stop"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("👍🏽", id="emoji"),
        pytest.param("3", id="number"),
        pytest.param("no más 3", id="just three in Mexico"),
        pytest.param("ရပါတယ်", id="that is fine in Burmese"),
        pytest.param("đúng", id="right in Vietnamese"),
        pytest.param("有停车场吗", id="parking in Chinese"),
        pytest.param("para mi familia", id="for in Spanish"),
        pytest.param("yes", id="yes"),
        pytest.param("start time?", id="start of a question"),
        pytest.param(
            "Liked “Reminder: Potluck, Saturday, Sep 12, 6:30 PM. 0 = change or cancel, STOP = no texts.”",
            id="our own text sent back",
        ),
    ],
)
def test_read_leaves_other_texts_alone(text: str) -> None:
    assert read(text) is None


def test_read_hears_a_long_refusal_that_is_all_in_quotes() -> None:
    assert read("“Please stop texting me, I do not want any of this any longer”") == "stop"


@pytest.mark.parametrize(
    ("persian", "arabic"),
    [
        pytest.param("کمک", "كمك", id="kaf"),
        pytest.param("ایست", "ايست", id="yeh"),
        pytest.param("بلی", "بلى", id="alef maksura"),
    ],
)
def test_folded_is_the_same_from_persian_and_arabic_keyboards(persian: str, arabic: str) -> None:
    assert folded(persian) == folded(arabic)


@settings(deadline=None)
@given(st.text())
def test_read_takes_any_text(text: str) -> None:
    assert read(text) in (None, "stop", "start", "help", "maybe_stop")


@settings(deadline=None)
@given(st.sampled_from(_STOP), st.text(alphabet=" .,!?…*_-\n\u200b\u200f\u2068😀", max_size=8))
def test_read_hears_stop_through_any_marks_around_it(row: tuple[str, str], marks: str) -> None:
    assert read(marks + row[1] + marks) == "stop"
