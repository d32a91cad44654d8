"""What a digit means to somebody who gets news: the answer to what was asked last."""

from dataclasses import replace
from datetime import timedelta

import pytest

from outreach.messaging import phrases
from outreach.messaging.answers import DELETE, NEWS, WHAT, locale_of_what_word
from outreach.messaging.dialogue import step
from outreach.messaging.turns import (
    DeleteAll,
    Dialogue,
    EndNews,
    Facts,
    NewsAsked,
    NewsFacts,
    NewsTold,
    Reaffirm,
    RegistrationFacts,
    RememberLocale,
    ReminderFacts,
    StartNews,
    Turn,
)
from outreach.registration.scopes import REGION, of_organization
from tests.messaging.test_dialogue import FAIR, MORNING, POTLUCK

LIBRARY = of_organization(3)
BEFORE, LATER = MORNING - timedelta(minutes=30), MORNING + timedelta(minutes=30)
TOLD = NewsFacts("Kansas City", ((REGION, "Kansas City"), (LIBRARY, "Library")), None,
                 NewsTold(LIBRARY, POTLUCK, MORNING))  # fmt: skip
REMINDED = RegistrationFacts(1, replace(FAIR, titles={"en": "Fair"}, source_locale="en"), 2, "482913")


def answer(text: str, news: NewsFacts = TOLD, state: Dialogue | None = None, **given) -> Turn:
    facts = Facts(("en", "es"), **{"known_locale": "en", "event": POTLUCK, "news": news, **given})
    return step(state, text, facts, LATER)


def said(turn: Turn) -> list[str]:
    return [reply.message for reply in turn.replies]


def test_eight_ends_the_list_whose_news_came_last():
    turn = answer("8")

    assert (said(turn), turn.action) == ([phrases.NEWS_OFF], EndNews((LIBRARY,)))


def test_eight_ends_all_lists_when_nobody_knows_which_news_are_meant():
    assert answer("8", replace(TOLD, told=None)).action == EndNews((REGION, LIBRARY))


@pytest.mark.parametrize("asked_at", [BEFORE, LATER - timedelta(minutes=1)])
def test_eight_is_a_party_size_where_one_was_asked_for(asked_at):
    state = Dialogue("party", "en", asked_at, POTLUCK.public_id)

    turn = answer("8", state=state)
    assert turn.action is None
    assert turn.state is not None
    assert turn.state.party_size == 8


def test_one_in_answer_to_news_begins_a_sign_up():
    turn = answer("1")

    assert said(turn) == [phrases.PARTY]
    assert turn.state is not None
    assert turn.state.event_public_id == POTLUCK.public_id


@pytest.mark.parametrize(("asked_at", "is_reminder_last"), [(BEFORE, False), (LATER, True)])
def test_one_answers_whatever_came_last_news_or_a_reminder(asked_at, is_reminder_last):
    reminder = ReminderFacts(REMINDED, asked_at)
    turn = answer("1", registrations=(REMINDED,), reminders=(reminder,))

    assert (turn.action == Reaffirm(1)) == is_reminder_last


def test_one_signs_nobody_up_where_there_is_no_sign_up():
    news = replace(TOLD, told=NewsTold(REGION, replace(POTLUCK, is_open=False), MORNING))

    assert said(answer("1", news)) == [phrases.NOT_UNDERSTOOD]


@pytest.mark.parametrize(
    ("text", "message", "action"),
    [("1", phrases.NEWS_ON, StartNews(LIBRARY)), ("no", phrases.NEWS_OFF, EndNews((LIBRARY,)))],
)
def test_answer_to_the_question_of_a_number_that_was_typed_in(text, message, action):
    news = NewsFacts("Kansas City", asked=NewsAsked(LIBRARY, "Library", MORNING))

    turn = answer(text, news)
    assert (said(turn), turn.action) == ([message], action)


def test_question_that_is_older_than_another_one_is_not_answered_by_a_digit():
    news = NewsFacts("Kansas City", asked=NewsAsked(LIBRARY, "Library", BEFORE))

    assert answer("1", news, Dialogue("menu", "en", MORNING)).action is None


@pytest.mark.parametrize("word", ["NEWS", *NEWS["es"]])
def test_word_for_news_is_understood_and_tells_the_language(word):
    turn = answer(word, NewsFacts("Kansas City"), known_locale=None)

    assert said(turn) == [phrases.ASK_NEWS]
    assert turn.action == RememberLocale("en" if word == "NEWS" else "es")


def test_word_for_news_tells_a_reader_how_they_end():
    assert said(answer("news")) == [phrases.NEWS_ON]


def test_news_are_in_the_menu():
    assert said(answer("3", NewsFacts("Kansas City"), Dialogue("menu", "en", MORNING))) == [phrases.ASK_NEWS]


@pytest.mark.parametrize(("text", "action"), [("1", DeleteAll()), ("2", None), ("hm", None)])
@pytest.mark.parametrize("word", ["DELETE", *DELETE["es"]])
def test_nobody_is_forgotten_but_by_a_yes(word, text, action):
    asked = answer(word)
    assert (said(asked), asked.action) == ([phrases.DELETE_ALL], None)

    assert answer(text, NewsFacts(), asked.state).action == action


@pytest.mark.parametrize(("word", "locale"), [("WHAT", "en"), ("Qué", "es"), ("ماذا؟", "ar")])
def test_word_for_what_is_held_is_known_in_every_language_on_offer(word, locale):
    assert locale_of_what_word(word, ("en", "es", "ar")) == locale
    assert set(WHAT) == set(DELETE)
