"""Languages: which one fits a reader, and how sentences, dates and numbers read in each."""

from datetime import date, datetime

import pytest

from outreach.i18n import LANGUAGES, language_name, negotiate, translator

EVENING = datetime(2026, 3, 7, 18, 30)


def test_negotiate_looks_at_no_more_tags_than_anybody_speaks():
    assert negotiate(",".join(["zzzz"] * 9 + ["es"]), LANGUAGES) == "es"
    assert negotiate(",".join(["zzzz"] * 10 + ["es"]), LANGUAGES) is None


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.5", "es"),
        ("sw-CD, fr;q=0.7", "sw"),
        ("zh-TW, zh;q=0.8", "zh-hans"),
        ("fa-AF", "prs"),
        ("fa", "prs"),
        ("tlh, ar;q=0.3", "ar"),
        ("en;q=0.1, ps;q=0.2", "ps"),
        ("fr;q=0", None),
        ("*", None),
        ("", None),
        ("xx-yy-zz, ,;q=", None),
    ],
)
def test_negotiate_finds_the_language_that_fits_best(header, locale):
    assert negotiate(header, LANGUAGES) == locale


def test_negotiate_gives_only_what_is_on_offer():
    assert negotiate("sw, es;q=0.5", ("en", "es")) == "es"


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Saturday, March 7, 2026"),
        ("es", "sábado, 7 de marzo de 2026"),
        ("ar", "السبت، 7 مارس 2026"),
        ("zh-hans", "2026年3月7日星期六"),
    ],
)
def test_day_is_said_in_full(locale, text):
    assert translator(locale).day(EVENING.date()) == text


@pytest.mark.parametrize("locale", LANGUAGES)
def test_clock_has_twelve_hours_and_latin_digits_everywhere(locale):
    said = translator(locale).clock(EVENING)

    assert "6:30" in said
    assert "18" not in said


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_says_dates_numbers_and_lists(locale):
    t = translator(locale)

    assert t.number(80000)
    assert t.percent(0.5)
    assert t.listed(["a", "b", "c"])
    assert t.short_day(date(2026, 3, 7))


def test_dari_says_the_day_before_the_month_in_short_dates_as_in_long_ones():
    t = translator("prs")
    assert t.short_day(date(2026, 9, 19)) == "19 سپتمبر"
    assert "19 سپتمبر" in t.day(date(2026, 9, 19))


def test_kinyarwanda_dates_are_not_those_of_iso():
    t = translator("rw")
    assert t.short_day(date(2026, 9, 19)).split()[0] == "19"
    assert t.day(date(2026, 9, 19)).endswith(", 19 Nzeri 2026")


def test_language_is_named_in_the_reader_s_language():
    assert language_name("so", "es") == "somalí"
    assert language_name("prs", "en")
    assert language_name("xx", "en") == "xx"


@pytest.mark.parametrize(
    ("items", "phrase"),
    [
        (["español", "inglés"], "español e inglés"),
        (["inglés", "español"], "inglés y español"),
        (["agua", "hielo"], "agua y hielo"),
        (["madres", "hijas"], "madres e hijas"),
    ],
)
def test_spanish_list_ends_as_it_is_said(items, phrase):
    assert translator("es").listed(items) == phrase
