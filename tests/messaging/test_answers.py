import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.i18n import LANGUAGES
from outreach.messaging.answers import (
    EVENTS,
    choice,
    chosen_digits,
    has_words,
    is_no,
    is_yes,
    locale_of_events_word,
    party_size,
)
from outreach.messaging.consent import read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1), (" 2. ", 2), ("(3)", 3), ("٣", 3), ("३", 3), ("၃", 3), ("۳", 3), ("３", 3), ("3️⃣", 3),
        ("#12", 12), ("", None), ("one", None), ("1 2", None), ("1st", None), ("9999999", None),
        ("½", None), ("👍", None),
    ],
)  # fmt: skip
def test_choice_is_a_number_alone(text: str, expected: int | None) -> None:
    assert choice(text) == expected


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        pytest.param("3", "en", 3, id="digit"),
        pytest.param("we are 4", "en", 4, id="digit in words"),
        pytest.param("twelve", "en", 12, id="word"),
        pytest.param("2 adults 3 kids", "en", 5, id="sum"),
        pytest.param("2adults+3kids", "en", 5, id="sum without spaces"),
        pytest.param("two adults and 3 kids", "en", 5, id="sum of both"),
        pytest.param("just me", "en", 1, id="alone"),
        pytest.param("Me and my 3 kids", "en", 4, id="guest and others"),
        pytest.param("0", "en", 0, id="nobody"),
        pytest.param("500", "en", 500, id="far too many"),
        pytest.param("dos adultos y una niña", "es", 3, id="Spanish sum"),
        pytest.param("yo y dos amigos", "es", 3, id="Spanish guest and others"),
        pytest.param("dieciséis", "es", 16, id="Spanish accent"),
        pytest.param("dieciseis", "es", 16, id="Spanish without accent"),
        pytest.param("two", "es", 2, id="English in Spanish"),
        pytest.param("٣ كبار و ٢ أطفال", "ar", 5, id="Arabic sum"),
        pytest.param("ثلاثة وأربعة", "ar", 7, id="Arabic words joined"),
        pytest.param("أنا وشخصين", "ar", 3, id="Arabic dual and guest"),
        pytest.param("أنا فقط", "ar", 1, id="Arabic alone"),
        pytest.param("12 شخص", "ar", 12, id="Arabic counted noun"),
        pytest.param("watu watano", "sw", 5, id="Swahili"),
        pytest.param("saddex", "so", 3, id="Somali"),
        pytest.param("သုံးယောက်", "my", 3, id="Burmese with classifier"),
        pytest.param("၁၂", "my", 12, id="Burmese digits"),
        pytest.param("ba nguoi", "vi", 3, id="Vietnamese without marks"),
        pytest.param("hai người lớn, ba trẻ em", "vi", 5, id="Vietnamese sum"),
        pytest.param("dix-sept", "fr", 17, id="French hyphen"),
        pytest.param("سه نفر", "prs", 3, id="Dari"),
        pytest.param("درې", "ps", 3, id="Pashto"),
        pytest.param("abantu batatu", "rw", 3, id="Kinyarwanda"),
        pytest.param("两个大人三个孩子", "zh-hans", 5, id="Chinese sum"),
        pytest.param("十二", "zh-hans", 12, id="Chinese twelve"),
        pytest.param("二十个人", "zh-hans", 20, id="Chinese twenty"),
        pytest.param("我们一起来", "zh-hans", None, id="Chinese together"),
        pytest.param("2 or 3", "en", None, id="or"),
        pytest.param("3 or so", "en", 3, id="one number and or"),
        pytest.param("2 o 3", "es", None, id="Spanish or"),
        pytest.param("2-3", "en", None, id="range"),
        pytest.param("2 – 3", "en", None, id="range with dash"),
        pytest.param("2.5", "en", None, id="decimal"),
        pytest.param("9/12", "en", None, id="date"),
        pytest.param("-2", "en", None, id="minus"),
        pytest.param("some friends", "en", None, id="no number"),
        pytest.param("نه", "prs", None, id="Dari no, or nine"),
        pytest.param("", "en", None, id="empty"),
    ],
)
def test_party_size_is_a_number_or_a_sum(text: str, locale: str, expected: int | None) -> None:
    assert party_size(text, locale) == expected


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("1", "en", (True, False)),
        ("٢", "ar", (False, True)),
        ("Yes!", "ar", (True, False)),
        ("SÍ", "es", (True, False)),
        ("نعم", "ar", (True, False)),
        ("لا", "ar", (False, True)),
        ("không", "vi", (False, True)),
        ("sí", "en", (False, False)),
        ("yes but not now", "en", (False, False)),
        ("3", "en", (False, False)),
    ],
)
def test_yes_and_no_are_digits_or_words_of_the_language(
    text: str, locale: str, expected: tuple[bool, bool]
) -> None:
    assert (is_yes(text, locale), is_no(text, locale)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 3", (1, 3)), ("3, 1", (3, 1)), ("13", (1, 3)), ("١ ٣", (1, 3)), ("1 1", (1,)), ("0", (0,)),
        ("1 and 3", None), ("", None), ("👍", None), ("1234567", None),
    ],
)  # fmt: skip
def test_chosen_digits_are_each_digit_once(text: str, expected: tuple[int, ...] | None) -> None:
    assert chosen_digits(text) == expected


@pytest.mark.parametrize("locale", list(LANGUAGES))
def test_every_language_has_a_word_for_a_list_of_events(locale: str) -> None:
    for word in EVENTS[locale]:
        assert locale_of_events_word(f" {word.upper()}! ", ("en", locale)) in ("en", locale)
        assert locale_of_events_word(word, (locale,)) == locale
        assert read(word) is None
    assert locale_of_events_word("our events", ("en", locale)) is None


@pytest.mark.parametrize("locale", list(LANGUAGES))
def test_one_to_ten_are_read_in_the_digits_of_every_script(locale: str) -> None:
    scripts = [
        range(0x30, 0x3A),
        range(0x660, 0x66A),
        range(0x6F0, 0x6FA),
        range(0x966, 0x970),
        range(0x1040, 0x104A),
    ]

    assert [party_size("".join(map(chr, script[1:10])), locale) for script in scripts] == [1_000_000] * 5
    assert [[party_size(chr(sign), locale) for sign in script] for script in scripts] == [list(range(10))] * 5


@settings(deadline=None)
@given(st.text(), st.sampled_from(list(LANGUAGES)))
def test_any_text_can_be_read(text: str, locale: str) -> None:
    size = party_size(text, locale)

    assert size is None or size >= 0
    assert not (is_yes(text, locale) and is_no(text, locale))
    assert has_words(text) or (choice(text) is None and not is_yes(text, locale))
