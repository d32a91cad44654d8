"""What every text takes: those over their budget are listed here, so that a new one is noticed."""

from datetime import date
from typing import get_args

import pytest
from click.testing import CliRunner

from outreach.messaging.commands import texts
from outreach.messaging.due import Purpose
from outreach.messaging.phrases import Notice
from outreach.messaging.text_budgets import A_WEDNESDAY, said, text_budgets

A_SATURDAY = date(2026, 10, 3)

#: Longer than one part in English: lists, links, and words of others.
LONG_IN_ENGLISH = {
    "WAITLISTED", "TWO_HOURS_BEFORE_WITH_WAY_IN", "NEWS", "REGISTRATION_WAITING", "THIS_WEEK",
    "WHICH_COMING", "WHICH_NOT", "OFFER_LATE_WAITING", "HELD",
}  # fmt: skip
OVER_IN_ARABIC = {
    "CONFIRMED", "WAITLISTED", "DAY_BEFORE", "TWO_HOURS_BEFORE", "TWO_HOURS_BEFORE_WITH_WAY_IN",
    "STOPPED_WITH_PLACE", "STOPPED_ASKING", "NEWS", "NEWS_WITHOUT_SIGN_UP", "REGISTRATION",
    "REGISTRATION_WAITING", "EVENTS", "WHICH_COMING", "WHICH_NOT", "PARTY_WAITLIST", "PARTY_WITH_POLICE",
    "PARTY_WAITLIST_WITH_POLICE", "NEEDS", "CONFIRM", "CONFIRM_WITH_HELP", "CONFIRM_WAITLIST_WITH_HELP",
    "OFFER_LATE_WAITING", "HELD",
}  # fmt: skip
#: The day has a letter that makes every text dear that names it.
OVER_IN_SPANISH_ON_A_SATURDAY = {
    "CONFIRMED", "WAITLISTED", "DAY_BEFORE", "TWO_HOURS_BEFORE", "TWO_HOURS_BEFORE_WITH_WAY_IN",
    "STOPPED_WITH_PLACE", "STOPPED_ASKING", "KEPT_TEXTS", "NEWS", "NEWS_WITHOUT_SIGN_UP", "REGISTRATION",
    "REGISTRATION_WAITING", "EVENTS", "WHICH_COMING", "WHICH_NOT", "PARTY_WAITLIST", "PARTY_WITH_POLICE",
    "PARTY_WAITLIST_WITH_POLICE", "CONFIRM", "CONFIRM_WAITLIST", "CONFIRM_WITH_HELP",
    "CONFIRM_WAITLIST_WITH_HELP", "ALREADY", "PARTY_NOT_CHANGED",
}  # fmt: skip


@pytest.mark.parametrize(
    ("locale", "on", "over"),
    [
        pytest.param("en", A_WEDNESDAY, set(), id="English"),
        pytest.param("en", A_SATURDAY, set(), id="English on a Saturday"),
        pytest.param("es", A_WEDNESDAY, set(), id="Spanish"),
        pytest.param("es", A_SATURDAY, OVER_IN_SPANISH_ON_A_SATURDAY, id="Spanish on a Saturday"),
        pytest.param("ar", A_WEDNESDAY, OVER_IN_ARABIC, id="Arabic"),
    ],
)
def test_texts_are_within_their_budget_or_listed(locale, on, over):
    assert {each.name for each in text_budgets(locale, on) if each.is_over} == over


def test_english_texts_fit_one_part_or_are_listed():
    assert {each.name for each in text_budgets("en") if each.segments.parts > 1} == LONG_IN_ENGLISH


@pytest.mark.parametrize("locale", ["en", "es"])
def test_latin_texts_are_in_the_small_alphabet_but_where_languages_are_named(locale):
    dear = {each.name for each in text_budgets(locale) if each.segments.encoding != "GSM-7"}

    assert dear == {"languages"}


def test_only_the_name_of_the_day_makes_spanish_dear_on_a_saturday():
    over = [each for each in text_budgets("es", A_SATURDAY) if each.is_over]

    assert {each.dear_letters for each in over} == {("á",)}


def test_every_purpose_is_among_the_texts():
    composed = {say.purpose for _, say in said(A_WEDNESDAY) if isinstance(say, Notice)}

    assert composed == set(get_args(Purpose))


def test_command_marks_what_is_over_its_budget_and_ends_well():
    result = CliRunner().invoke(texts, ["--locale", "es", "--on", "2026-10-03"])

    lines = {line.split()[0]: line for line in result.output.splitlines()}
    assert result.exit_code == 0
    assert lines["CONFIRMED"].split() == ["CONFIRMED", "3", "of", "2", "UCS-2", "over", "á"]
    assert lines["MOVED"].split() == ["MOVED", "3", "of", "3", "UCS-2", "á"]
