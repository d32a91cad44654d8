"""Characters that make calendar programs refuse a feed or show something else."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.events import calendar_text

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        pytest.param("C:\\New\\nine", "C:/New/nine", id="backslash"),
        pytest.param("a\rb\r\nc\u2028d\u2029e\x85f\x0bg\x0ch", "a\nb\nc\nd\ne\nf\ng\nh", id="line breaks"),
        pytest.param("a\x00b\x07c\x1bd\x7fe\ufefff", "abcdef", id="controls"),
        pytest.param("a\ud83db\ufffec\U0010ffffd\ufdd0e", "abcde", id="no characters"),
        pytest.param("Cafe\u0301", "Café", id="composed"),
        pytest.param("e\x00\u0301", "é", id="composed once the control is gone"),
        pytest.param("  one \n\n\n\n  two\t2  ", "one\n\ntwo 2", id="spaces"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian zero-width non-joiner stays"),
        pytest.param(FAMILY, FAMILY, id="joined emoji stays"),
        pytest.param("\u202eevil\u202c", "evil", id="override"),
        pytest.param("\u2068a\u2069 \u2067b", "\u2068a\u2069 b", id="isolate that never ends"),
        pytest.param("a\u2069b \u2066c\u2069", "ab \u2066c\u2069", id="end of no isolate"),
        pytest.param("6:30\u00a0PM", "6:30\u00a0PM", id="no-break space stays"),
        pytest.param(" \u2028\x00 ", "", id="nothing left"),
    ],
)
def test_plain_makes_text_safe(typed: str, safe: str) -> None:
    assert calendar_text.plain(typed) == safe


def test_one_line_has_no_breaks_and_single_spaces() -> None:
    assert (
        calendar_text.one_line(" Welcome\r\n\tdinner \u2028 6:30\u00a0PM ") == "Welcome dinner 6:30\u00a0PM"
    )


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        pytest.param("Bring a dish", 12, "Bring a dish", id="fits"),
        pytest.param("Bring a dish to share", 14, "Bring a dish…", id="between words"),
        pytest.param("Bring a\ndish", 10, "Bring a…", id="at a line break"),
        pytest.param("မြန်မာစာ", 4, "မြ…", id="between Burmese letters"),
        pytest.param("ab" + FAMILY, 5, "ab…", id="not inside an emoji"),
        pytest.param("x" * 10, 5, "xxxx…", id="one long word"),
        pytest.param("ab \u2068816-555-0123\u2069", 10, "ab…", id="isolate cut open"),
        pytest.param("anything", 0, "", id="no room"),
    ],
)
def test_shortened_cuts_at_a_good_place(text: str, limit: int, cut: str) -> None:
    assert calendar_text.shortened(text, limit) == cut


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param(
            "اتصل على 816-555-0123 الآن", "اتصل على \u2068816-555-0123\u2069 الآن", id="phone number"
        ),
        pytest.param("في Central Library، كانساس", "في \u2068Central Library\u2069، كانساس", id="name"),
        pytest.param("السعة 25 مقعدًا", "السعة 25 مقعدًا", id="bare number"),
        pytest.param("انظر https://a.example/b هنا", "انظر https://a.example/b هنا", id="address of a page"),
        pytest.param(
            "14 W 10th St\nمدخل Oak (شمال)", "14 W 10th St\nمدخل \u2068Oak\u2069 (شمال)", id="by line"
        ),
        pytest.param("في \u2068KCPL\u2069 غدًا", "في \u2068KCPL\u2069 غدًا", id="already isolated"),
    ],
)
def test_isolated_keeps_the_order_of_latin_runs(text: str, shown: str) -> None:
    assert calendar_text.isolated(text) == shown


@settings(deadline=None)
@given(st.text(st.characters()), st.integers(0, 60))
def test_text_is_safe_and_stays_so_whatever_is_typed(typed: str, limit: int) -> None:
    safe = calendar_text.plain(typed)
    assert calendar_text.plain(safe) == safe
    assert unicodedata.is_normalized("NFC", safe)
    assert not [c for c in safe if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c != "\n"]
    assert len(calendar_text.shortened(safe, limit)) <= limit
    assert calendar_text.plain(calendar_text.isolated(safe)) == calendar_text.isolated(safe)
