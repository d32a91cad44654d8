"""How texts say when: for every day of a week, in each form, and which form a text takes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from outreach.i18n import LANGUAGES, translator
from outreach.messaging.dates import FORMS, day_and_time, weekday_and_time
from outreach.messaging.phrases import MessageFacts, Notice, When, text_of
from outreach.messaging.segments import measure

#: A Monday, and the days after it.
WEEK = [datetime(2026, 9, 28, 14, 30) + timedelta(days=days) for days in range(7)]
SATURDAY = WEEK[5]


@pytest.mark.parametrize("at", WEEK, ids=lambda at: f"{at:%a}")
def test_spanish_days_fit_the_small_alphabet(at: datetime) -> None:
    spanish = translator("es")
    for said in (
        day_and_time(at, spanish, "plain"),
        day_and_time(at, spanish, "plain", is_all_day=True),
        weekday_and_time(at, spanish, "plain"),
    ):
        assert measure(said.replace("\u00a0", " ")).encoding == "GSM-7"


@pytest.mark.parametrize(
    ("locale", "full", "plain", "short"),
    [
        ("en", "Saturday, Oct 3, 2:30 PM", "Saturday, Oct 3, 2:30 PM", "Oct 3, 2:30 PM"),
        ("es", "sábado, 3 oct, 2:30 p.m.", "sabado, 3 oct, 2:30 p.m.", "3 oct, 2:30 p.m."),
        ("ar", "السبت 3 أكتوبر، 2:30 م", "السبت 3 أكتوبر، 2:30 م", "3 أكتوبر، 2:30 م"),
    ],
)
def test_day_and_time_in_each_form(locale: str, full: str, plain: str, short: str) -> None:
    said = [day_and_time(SATURDAY, translator(locale), form).replace("\u00a0", " ") for form in FORMS]
    assert said == [full, plain, short]


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("at", WEEK, ids=lambda at: f"{at:%a}")
def test_each_form_names_the_day_and_is_no_longer_than_the_one_before(locale: str, at: datetime) -> None:
    t = translator(locale)
    said = [day_and_time(at, t, form) for form in FORMS]
    assert all(t.short_day(at.date()) in text and t.clock(at) in text for text in said)
    assert sorted(map(len, said), reverse=True) == list(map(len, said))
    assert t.weekday(at.date()) in said[0]
    assert day_and_time(at, t, "short", is_all_day=True) == t.short_day(at.date())


@pytest.mark.parametrize("locale", LANGUAGES)
def test_near_time_always_says_which_day(locale: str) -> None:
    """Seats are kept until such a time: without a day nobody would know until when."""
    t = translator(locale)
    for form in FORMS:
        assert len({weekday_and_time(at, t, form) for at in WEEK}) == 7


def reminder(title: str, street: str = "4801 Linwood Blvd") -> Notice:
    return Notice("day_before", MessageFacts(title, When(SATURDAY), street, 3, "482913"))


@pytest.mark.parametrize(
    ("title", "said"),
    [
        # Room for the right spelling.
        pytest.param("Té", "Té, sábado, 3 oct", id="two parts of the large alphabet"),
        pytest.param("Comida de vecinos en el parque", "parque, sabado, 3 oct", id="three parts"),
        # Dear anyway: no spelling helps, and leaving out the weekday does not either.
        pytest.param("Comida de mamá y vecinos en el parque", "parque, sábado, 3 oct", id="dear title"),
    ],
)
def test_day_is_said_shorter_only_where_that_saves_a_part(title: str, said: str) -> None:
    body = text_of(reminder(title, "Oak 1" if title == "Té" else "4801 Linwood Blvd"), translator("es"))
    assert said in body


def test_weekday_goes_where_it_takes_a_part_too_many() -> None:
    arabic = translator("ar")
    facts = replace(reminder("Welcoming Week Potluck").facts, when=When(WEEK[2]))
    seats = Notice("confirmation", facts)
    body = text_of(seats, arabic)
    assert measure(body).parts == 2
    assert arabic.weekday(WEEK[2].date()) not in body
    assert "30 سبتمبر" in body
