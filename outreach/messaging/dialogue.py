"""The conversation with one guest: from what was asked and what is answered to what is said and done.

Pure: it changes nothing, and renders only to know how much of a list fits into a text. Whoever calls it
reads words about texts themselves first (`consent.read`), fills the facts, carries out the action of the
turn and lets `concluded` say what became of it. Here stands what a text may be and what goes before what;
`steps` reads the answers to questions, `talk` goes on from there.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from outreach.folding import folded
from outreach.i18n import LANGUAGES
from outreach.messaging import phrases, steps
from outreach.messaging.answers import (
    choice,
    is_no,
    is_yes,
    locale_of_call_word,
    locale_of_delete_word,
    locale_of_events_word,
    locale_of_news_word,
    locale_of_what_word,
)
from outreach.messaging.phrases import Phrase
from outreach.messaging.questions import MOST_LISTED, result
from outreach.messaging.talk import Talk
from outreach.messaging.turns import (
    STEPS,
    AcceptOffer,
    DeclineOffer,
    Dialogue,
    EndNews,
    Facts,
    OfferLate,
    Outcome,
    RememberLocale,
    Step,
    Turn,
)

MENU_KEY, PERSON_KEY = 0, 9
#: In answer to news.
NO_NEWS_KEY = 8
_LONGEST_TEXT = 1600


def step(state: Dialogue | None, text: str, facts: Facts, now: datetime) -> Turn:
    """What follows from a text in a state: the first of `_PRECEDENCE` that it can be."""
    if state is not None and state.is_over(now):
        state = None
    talk = Talk(state, text[:_LONGEST_TEXT], facts, now)
    if facts.is_loop:
        return Turn(state, (), None, talk.spoken)
    heard = (hear(talk) for hear in _PRECEDENCE)
    return next((turn for turn in heard if turn is not None), None) or talk.not_understood()


def asks_for_events(state: Dialogue | None, text: str, facts: Facts) -> bool:
    """Whether the events of the coming days may be listed in answer to a text."""
    is_in_menu = state is not None and state.step == "menu" and choice(text) == steps.EVENTS_KEY
    return is_in_menu or locale_of_events_word(text, facts.offered_locales) is not None


def asks_what_is_held(text: str, facts: Facts) -> bool:
    """Whether a text may be answered with what kinds of things are held of its number."""
    return locale_of_what_word(text, facts.offered_locales) is not None


def concluded(turn: Turn, outcome: Outcome) -> Turn:
    """The turn of an attempt, with the sentence for what became of it."""
    return replace(turn, replies=(result(outcome, turn.locale),))


# What a text may be; None passes it on.


def _name_of_language(talk: Talk) -> Turn | None:
    said = folded(talk.text)
    for locale in talk.facts.offered_locales:
        if said in (folded(LANGUAGES[locale].endonym), folded(LANGUAGES[locale].english_name)):
            return talk.language_chosen(locale)
    return None


def _key_of_menu(talk: Talk) -> Turn | None:
    return talk.menu() if talk.choice == MENU_KEY else None


def _key_of_person(talk: Talk) -> Turn | None:
    if talk.choice != PERSON_KEY:
        return None
    takes = STEPS[talk.open_step] if talk.open_step else None
    is_answer = takes == "party" or (takes == "language" and len(talk.facts.offered_locales) >= PERSON_KEY)
    return None if is_answer else talk.person("asked")


def _answer_to_news(talk: Talk) -> Turn | None:
    """To the question whether news is wanted, or to news that came, where nothing was asked since."""
    news, state = talk.facts.news, talk.state
    takes_numbers = talk.open_step is not None and STEPS[talk.open_step] not in ("menu", "yes_or_no")
    if talk.choice == NO_NEWS_KEY and news.lists and not takes_numbers:
        return talk.end_news()
    if news.asked is not None and (state is None or state.asked_at <= news.asked.asked_at):
        if is_yes(talk.text, talk.spoken):
            return talk.start_news(news.asked.scope, news.asked.whose)
        if is_no(talk.text, talk.spoken):
            return Turn(state, (Phrase(phrases.NEWS_OFF),), EndNews((news.asked.scope,)), talk.spoken)
    told = news.told
    if told is not None and told.event.is_open and talk.choice == 1 and _is_last(talk, told.told_at):
        return talk.begin(told.event)
    return None


def _is_last(talk: Talk, told_at: datetime) -> bool:
    """Whether nothing else was asked since an instant that a "1" could answer."""
    asked = [reminder.asked_at for reminder in talk.facts.reminders]
    if talk.facts.offer is not None:
        asked.append(talk.facts.offer.offered_at)
    if talk.state is not None:
        asked.append(talk.state.asked_at)
    return all(at <= told_at for at in asked)


def _answer_to_offer(talk: Talk) -> Turn | None:
    """To seats that were offered after the last question, or not long ago."""
    offer, draft = talk.facts.offer, _draft(talk)
    if offer is None or (draft is not None and draft.asked_at > offer.offered_at):
        return None
    if talk.open_offer:
        if is_yes(talk.text, talk.spoken):
            return Turn(draft, (), AcceptOffer(offer.registration.id), talk.spoken)
        if is_no(talk.text, talk.spoken):
            return Turn(draft, (), DeclineOffer(offer.registration.id), talk.spoken)
    elif draft is None and not talk.facts.reminders and is_yes(talk.text, talk.spoken):
        return talk.say(result(OfferLate(offer.registration.told(talk.spoken)), talk.spoken))
    return None


def _answer_to_reminder(talk: Talk) -> Turn | None:
    """To a reminder that was sent after the last question."""
    draft, reminders = _draft(talk), talk.facts.reminders
    is_newer = draft is None or any(draft.asked_at <= one.asked_at for one in reminders)
    is_coming = is_yes(talk.text, talk.spoken)
    if not reminders or not is_newer or not (is_coming or is_no(talk.text, talk.spoken)):
        return None
    if len(reminders) == 1:
        return talk.reminded(reminders[0].registration, is_coming=is_coming, draft=draft)
    listed = tuple(one.registration.event.public_id for one in reminders[:MOST_LISTED])
    which: Step = "which_coming" if is_coming else "which_not"
    return talk.ask(Dialogue(which, talk.locale, talk.now, listed=listed))


def _draft(talk: Talk) -> Dialogue | None:
    """What stays open when an offer or a reminder is answered: all but the question about it."""
    return None if talk.state is None or talk.state.step in ("offer", "reminder") else talk.state


def _answer_to_question(talk: Talk) -> Turn | None:
    return steps.answer(talk, talk.state) if talk.state else None


def _keyword_of_event(talk: Talk) -> Turn | None:
    """The word of a poster in one language says as well in which language, whatever was chosen before."""
    event, locale = talk.facts.keyword_event, talk.facts.keyword_locale
    if event is None:
        return None
    if locale not in talk.facts.offered_locales or locale == talk.locale:
        return talk.begin(event)
    talk.locale = locale
    return replace(talk.begin(event), action=RememberLocale(locale))


def _word(talk: Talk) -> Turn | None:
    """A word says as well in which language; that is kept for somebody who has not chosen one."""
    for locale_of, follow, is_remembered in _WORDS:
        locale = locale_of(talk.text, talk.facts.offered_locales, talk.locale)
        if locale is not None:
            is_new, talk.locale = not talk.locale, locale
            turn = follow(talk)
            return replace(turn, action=RememberLocale(locale)) if is_new and is_remembered else turn
    return None


def _word_for_what_is_held(talk: Talk) -> Turn | None:
    """While something of ours waits for an answer, "what?" is a question about it."""
    locale = locale_of_what_word(talk.text, talk.facts.offered_locales, talk.locale)
    if locale is None or talk.open_step or talk.facts.offer or talk.facts.reminders:
        return None
    talk.locale = locale
    link = f"{talk.facts.site}/{talk.spoken}/what-we-hold"
    return talk.say(Phrase(phrases.HELD, {"held": talk.facts.held, "link": link}), talk.state)


#: What a word leads to, and whether the language that it is of is chosen by it for good.
_WORDS: tuple[tuple[Callable[[str, Sequence[str], str], str | None], Callable[[Talk], Turn], bool], ...] = (
    (locale_of_events_word, Talk.list_events, True),
    (locale_of_news_word, Talk.ask_news, True),
    (locale_of_delete_word, Talk.ask_delete, False),
    (locale_of_call_word, Talk.call_me, False),
)

#: What a text is taken for: the first of these that it can be.
_PRECEDENCE: tuple[Callable[[Talk], Turn | None], ...] = (
    _name_of_language,
    _key_of_menu,
    _key_of_person,
    _answer_to_news,
    _answer_to_offer,
    _answer_to_reminder,
    _answer_to_question,
    _keyword_of_event,
    _word,
    _word_for_what_is_held,
)
