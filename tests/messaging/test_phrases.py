from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest

from outreach.events.drafts import OFFERS
from outreach.i18n import LANGUAGES, translator
from outreach.messaging import phrases
from outreach.messaging.due import Purpose
from outreach.messaging.phrases import (
    EventMenu,
    LanguageMenu,
    MessageFacts,
    NeedsMenu,
    Phrase,
    When,
    compose,
    needs,
    text_of,
)
from outreach.messaging.segments import measure

FACTS = MessageFacts(
    "Welcoming Week Potluck",
    # The longest weekday.
    When(datetime(2026, 9, 30, 10, 30)),
    "4801 Linwood Blvd",
    3,
    "482913",
    answer_by_local=datetime(2026, 9, 30, 14, 30),
    kept_until=When(datetime(2026, 10, 3), is_all_day=True),
)
WAITING = replace(FACTS, waiting=Phrase("You are number %(place)s. All seats are taken now.", {"place": 3}))
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
#: Whoever is thanked knows when it was.
BEFORE: tuple[Purpose, ...] = tuple(purpose for purpose in PURPOSES if purpose != "thanks")


@pytest.mark.parametrize("purpose", PURPOSES)
def test_compose_fits_one_part_in_english(purpose: Purpose) -> None:
    text = compose(purpose, translator("en"), FACTS)

    assert (measure(text).encoding, measure(text).parts) == ("GSM-7", 1), text


@pytest.mark.parametrize("purpose", BEFORE)
@pytest.mark.parametrize("facts", [FACTS, WAITING, replace(FACTS, reason="The hall has no power.")])
def test_compose_says_the_event_the_time_and_the_stop_word(purpose: Purpose, facts: MessageFacts) -> None:
    text = compose(purpose, translator("en"), facts)

    assert "Welcoming Week Potluck, Wednesday, Sep 30, 10:30 AM" in text
    assert text.endswith("STOP = no texts.")


@pytest.mark.parametrize("purpose", ["confirmation", "day_before", "two_hours_before", "moved"])
def test_compose_says_where_how_many_and_the_code(purpose: Purpose) -> None:
    text = compose(purpose, translator("en"), FACTS)

    assert all(part in text for part in ("4801 Linwood Blvd", "People: 3.", "482913"))
    assert ("1 = I am coming, 2 = I cannot come" if purpose == "day_before" else "0 = ") in text


def test_compose_says_how_to_get_in_shortly_before() -> None:
    text = compose("two_hours_before", translator("en"), replace(FACTS, way_in="Ring at the side door."))

    assert "4801 Linwood Blvd. How to get in: Ring at the side door. Show code" in text
    assert "How to get in" not in compose("day_before", translator("en"), replace(FACTS, way_in="Ring."))


@pytest.mark.parametrize(
    ("way_in", "is_said"),
    [
        pytest.param("Ring at the side door, or come by the ramp behind the house", True, id="Latin"),
        pytest.param("ادخل من الباب الجانبي واصعد إلى الطابق الثاني ثم انعطف", False, id="Arabic"),
    ],
)
def test_compose_leaves_out_the_way_in_where_it_would_take_a_third_part(way_in: str, is_said: bool) -> None:
    text = compose("two_hours_before", translator("en"), replace(FACTS, way_in=way_in))

    assert (way_in in text) is is_said
    assert measure(text).parts == (2 if is_said else 1)


def test_compose_thanks_and_says_until_when_what_is_kept() -> None:
    assert compose("thanks", translator("en"), FACTS) == (
        "Thank you for coming to Welcoming Week Potluck. We hold your phone number and your sign-up for it "
        "until Saturday, Oct 3, then we delete them. STOP = no texts."
    )


def test_question_for_everything_and_its_confirmation_stay_within_two_parts() -> None:
    everything = tuple(OFFERS)
    values = {**phrases.described(WAITING), "needs": needs(everything)}
    texts = [text_of(NeedsMenu(FACTS.title, everything), translator("en"))] + [
        text_of(Phrase(message, values), translator("en"))
        for message in (phrases.CONFIRM_WITH_HELP, phrases.CONFIRM_WAITLIST_WITH_HELP)
    ]

    assert [measure(text).parts for text in texts] == [1, 2, 2]
    assert texts[0] == (
        "What help do you need at Welcoming Week Potluck? Text all the numbers, like 1 2.\n"
        "1 = Interpreter\n2 = Childcare\n3 = Ride\n4 = Step-free way in\n5 = Nothing"
    )
    assert "Help: Interpreter, Childcare, Ride, and Step-free way in. 1 = yes" in texts[1]


@pytest.mark.parametrize("locale", list(LANGUAGES))
@pytest.mark.parametrize("purpose", BEFORE)
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


@pytest.mark.parametrize("title", ["Welcoming Week Potluck in the Park", "عشاء الترحيب في الحديقة الكبيرة"])
@pytest.mark.parametrize("locale", list(LANGUAGES))
def test_list_of_the_week_is_cut_to_two_parts(locale: str, title: str) -> None:
    events = tuple((title, datetime(2026, 9, 30, hour, 30)) for hour in range(10, 14))
    text = text_of(EventMenu(events, phrases.THIS_WEEK, is_cut_to_fit=True), translator(locale))

    assert "1 = " in text
    assert measure(text).parts <= 2


def test_list_of_the_week_has_four_events_where_they_fit() -> None:
    events = tuple(("Welcoming Week Potluck in the Park", datetime(2026, 9, 30, 10, 30)) for _ in range(4))

    assert "\n4 = Welcoming Week Potluck in the Park, Wednesday, 10:30 AM\n" in text_of(
        EventMenu(events, phrases.THIS_WEEK, is_cut_to_fit=True), translator("en")
    )


def test_list_of_the_week_writes_a_day_in_plain_letters_before_it_leaves_out_an_event() -> None:
    events = tuple(
        (title, datetime(2026, 11, 28, 10)) for title in ("Cartas para vecinos", "Lectura", "Paseo")
    )

    text = text_of(EventMenu(events, phrases.THIS_WEEK, is_cut_to_fit=True), translator("es"))

    assert "\n3 = Paseo, sabado, 10:00 a.m.\n" in text
    assert measure(text).parts <= 2


def test_abbreviation_at_the_end_of_a_sentence_brings_no_second_stop() -> None:
    facts = MessageFacts("Tea...", When(datetime(2026, 9, 12, 18, 30)), "4801 Linwood Rd.", 3, "482913")

    text = compose("day_before", translator("en"), facts)

    assert "Linwood Rd. People" in text
    assert "Tea..., " in text
    assert "Lin... People" in compose("day_before", translator("en"), replace(facts, street="4801 Lin..."))
