from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest

from outreach.i18n import LANGUAGES, translator
from outreach.messaging import phrases
from outreach.messaging.due import Purpose
from outreach.messaging.phrases import EventMenu, LanguageMenu, MessageFacts, Phrase, When, compose, text_of
from outreach.messaging.segments import measure

FACTS = MessageFacts(
    "Welcoming Week Potluck",
    # The longest weekday.
    When(datetime(2026, 9, 30, 10, 30)),
    "4801 Linwood Blvd",
    3,
    "482913",
    answer_by_local=datetime(2026, 9, 30, 14, 30),
)
WAITING = replace(FACTS, waiting=Phrase("You are number %(place)s. All seats are taken now.", {"place": 3}))
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
SENTENCES = {name: text for name, text in vars(phrases).items() if name.isupper() and isinstance(text, str)}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_compose_fits_one_part_in_english(purpose: Purpose) -> None:
    text = compose(purpose, translator("en"), FACTS)

    assert (measure(text).encoding, measure(text).parts) == ("GSM-7", 1), text


@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("facts", [FACTS, WAITING, replace(FACTS, reason="The hall has no power.")])
def test_compose_says_the_event_the_time_and_the_stop_word(purpose: Purpose, facts: MessageFacts) -> None:
    text = compose(purpose, translator("en"), facts)

    assert "Welcoming Week Potluck, Wednesday, Sep 30, 10:30 AM" in text
    assert text.endswith("STOP = no texts.")


@pytest.mark.parametrize("purpose", ["confirmation", "day_before", "two_hours_before", "moved"])
def test_compose_says_where_how_many_and_the_code(purpose: Purpose) -> None:
    text = compose(purpose, translator("en"), FACTS)

    assert all(part in text for part in ("4801 Linwood Blvd", "People: 3.", "482913", "0 = "))


@pytest.mark.parametrize("name", SENTENCES)
def test_sentence_is_plain_latin_and_fits_one_part_unless_it_explains_a_wait(name: str) -> None:
    values = {
        **phrases.described(WAITING),
        "old": 2,
        "word": "POTLUK",
        "region": "Kansas City",
        "events": "",
        "words": "",
    }
    text = text_of(Phrase(SENTENCES[name], values), translator("en"))
    most = 2 if "%(why)s" in SENTENCES[name] else 1

    assert (measure(text).encoding, measure(text).parts <= most) == ("GSM-7", True), text


@pytest.mark.parametrize("locale", list(LANGUAGES))
@pytest.mark.parametrize("purpose", PURPOSES)
def test_compose_keeps_the_facts_in_every_language(purpose: Purpose, locale: str) -> None:
    text = compose(purpose, translator(locale), FACTS)

    assert all(part in text for part in ("Welcoming Week Potluck", "STOP", "10:30"))
    assert "\u00a0" not in text


def test_compose_gives_a_waiting_party_its_own_words() -> None:
    t = translator("en")

    assert "You are number 3. All seats are taken now." in compose("confirmation", t, WAITING)
    assert "You are still on the waitlist." in compose("moved", t, WAITING)


def test_compose_says_why_an_event_is_canceled() -> None:
    text = compose("cancelled", translator("en"), replace(FACTS, reason="The hall\nhas no power. "))

    assert "will not take place. Reason: The hall has no power. 9 =" in text


def test_compose_says_only_the_day_of_an_event_that_lasts_all_day() -> None:
    facts = replace(FACTS, when=When(datetime(2026, 9, 30), is_all_day=True))

    assert compose("day_before", translator("en"), facts).startswith(
        "Reminder: Welcoming Week Potluck, Wednesday, Sep 30, 4801 Linwood Blvd."
    )


def test_compose_says_online_where_there_is_no_street() -> None:
    text = compose("day_before", translator("en"), replace(FACTS, street=""))

    assert "10:30 AM, online. People" in text


def test_compose_leaves_signs_of_percent_and_lines_in_facts_alone() -> None:
    text = compose("day_before", translator("en"), replace(FACTS, title="100% yours\n%(code)s"))

    assert text.startswith("Reminder: 100% yours %(code)s, Wednesday")


def test_compose_isolates_latin_in_a_right_to_left_text_only() -> None:
    arabic = compose("day_before", translator("ar"), FACTS)

    assert "\u2068Welcoming Week Potluck\u2069" in arabic
    assert "\u20684801 Linwood Blvd\u2069" in arabic
    assert "\u2068482913\u2069" not in arabic
    assert arabic.count("\u2068") == arabic.count("\u2069")
    assert "\u2068" not in compose("day_before", translator("en"), FACTS)


def test_compose_leaves_a_title_in_its_own_script_alone() -> None:
    arabic = compose("day_before", translator("ar"), replace(FACTS, title="عشاء الترحيب"))

    assert "\u2068عشاء" not in arabic


def test_text_of_lists_languages_by_their_own_names() -> None:
    menu = LanguageMenu(("en", "es", "ar"), "Potluck")

    assert text_of(menu, translator("en")) == "Potluck\n1 English\n2 Español\n3 العربية"


def test_text_of_lists_events_by_number() -> None:
    menu = EventMenu((("Potluck", FACTS.when),))

    assert text_of(menu, translator("en")) == (
        "Text the number of an event:\n1 = Potluck, Wednesday, Sep 30, 10:30 AM\n9 = a person."
    )


def test_abbreviation_at_the_end_of_a_sentence_brings_no_second_stop() -> None:
    facts = MessageFacts("Tea...", When(datetime(2026, 9, 12, 18, 30)), "4801 Linwood Rd.", 3, "482913")

    text = compose("day_before", translator("en"), facts)

    assert "Linwood Rd. People" in text
    assert "Tea..., " in text
