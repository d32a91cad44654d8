"""What every text takes: those over their budget are listed here, so that a new one is noticed."""

from datetime import date, timedelta
from typing import get_args

import pytest
from click.testing import CliRunner

from outreach.messaging.commands import texts
from outreach.messaging.due import Purpose
from outreach.messaging.phrases import Notice
from outreach.messaging.text_budgets import A_WEDNESDAY, said, text_budgets

#: From a Monday on.
WEEK = [date(2026, 9, 28) + timedelta(days=days) for days in range(7)]

#: Longer than one part in English: lists, links, and words of others.
LONG_IN_ENGLISH = {
    "WAITLISTED", "TWO_HOURS_BEFORE_WITH_WAY_IN", "NEWS", "REGISTRATION_WAITING", "THIS_WEEK",
    "WHICH_COMING", "WHICH_NOT", "OFFER_LATE_WAITING", "HELD",
}  # fmt: skip
OVER_IN_ARABIC = {
    "CONFIRM", "CONFIRM_WAITLIST_WITH_HELP", "CONFIRM_WITH_HELP", "DAY_BEFORE", "HELD", "NEEDS", "NEWS",
    "NEWS_WITHOUT_SIGN_UP", "OFFER_LATE_WAITING", "REGISTRATION", "REGISTRATION_WAITING", "WAITLISTED",
    "WHICH_COMING", "WHICH_NOT",
}  # fmt: skip
#: Two events with the days whose names are long.
_LISTS = {"EVENTS"}


@pytest.mark.parametrize("on", WEEK, ids=lambda on: f"{on:%A}")
@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_texts_are_within_their_budget_or_listed(locale, on):
    over = {each.name for each in text_budgets(locale, on) if each.is_over}
    assert over - _LISTS == (OVER_IN_ARABIC if locale == "ar" else set())
    assert locale == "ar" or not over & _LISTS


def test_english_texts_fit_one_part_or_are_listed():
    assert {each.name for each in text_budgets("en") if each.segments.parts > 1} == LONG_IN_ENGLISH


@pytest.mark.parametrize("locale", ["en", "es"])
def test_latin_texts_are_in_the_small_alphabet_but_where_languages_are_named(locale):
    dear = {each.name for each in text_budgets(locale) if each.segments.encoding != "GSM-7"}

    assert dear == {"languages"}


def test_every_purpose_is_among_the_texts():
    composed = {say.purpose for _, say in said(A_WEDNESDAY) if isinstance(say, Notice)}

    assert composed == set(get_args(Purpose))


def test_command_marks_what_is_over_its_budget_and_ends_well():
    result = CliRunner().invoke(texts, ["--locale", "ar", "--on", "2026-10-03"])

    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert result.exit_code == 0
    assert lines["DAY_BEFORE"].split() == ["DAY_BEFORE", "3", "of", "2", "UCS-2", "over"]
    assert lines["MOVED"].split() == ["MOVED", "3", "of", "3", "UCS-2"]
