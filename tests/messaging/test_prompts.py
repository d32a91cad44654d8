"""What is recorded for the phone: how sentences are cut, and which clips say a number, a date, a time."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.i18n import LANGUAGES, translator
from outreach.messaging import prompts as module
from outreach.messaging import voice_phrases as phrases
from outreach.messaging.phrases import ONLINE, Phrase, When
from outreach.messaging.prompts import Free, is_translated, offered_locales, parts, prompts
from outreach.registration.waitlist import explanation
from tests.messaging.test_voice_dialogue import KEYS, Caller

REGION = "Kansas City"
WHEN = When(datetime(2026, 9, 12, 18, 30))


def said(message, locale="sw", **values):
    return parts(Phrase(message, values), locale, REGION)


def gap(value, name="party"):
    """The clips of one value, between the words around it."""
    return said(phrases.REGISTERED, title="T", when=value, street="S", party=1)[2:-3]


def test_sentence_is_cut_at_its_gaps():
    assert said(phrases.MENU) == ("menu",)
    assert said(phrases.REGISTERED, title="Potluck", when=WHEN, street="1 Main St", party=3) == (
        "registered-1",
        Free("Potluck"),
        "weekday-6", "day-12", "month-9", "hour-18", "minute-30",
        Free("1 Main St"),
        "registered-2",
        "number-3",
    )  # fmt: skip


def test_pieces_have_the_words_between_the_gaps():
    found = prompts("en", REGION)

    assert found["registered-1"].words == "You are signed up:"
    assert found["registered-2"].words == "Number of people:"
    assert found["registered-2"].english == "You are signed up: …, …, …. Number of people: …."
    assert found["party"].words.startswith("How many people are coming")


def test_what_is_the_same_in_every_call_is_read_with_the_sentence():
    found = prompts("sw", REGION)

    assert found["greeting"].words == "Hello. This is the event line for Kansas City."
    assert found["language"].words == "For Kiswahili, press"
    assert said(phrases.LANGUAGE, language="Kiswahili", key="4") == ("language", "number-4")


def test_translated_sentence_is_cut_where_its_own_gaps_are():
    spanish = prompts("es", REGION)

    # English has a piece before the title and one behind it, Spanish has one.
    assert said(phrases.KEPT, "en", title="T", when=WHEN)[0] == "kept-1"
    assert said(phrases.KEPT, "es", title="T", when=WHEN)[0] == "kept"
    assert spanish["kept"].is_translated
    assert "…" not in spanish["kept"].words


@pytest.mark.parametrize(
    ("value", "clips"),
    [(0, [0]), (1, [1]), (20, [20]), (21, [2, 1]), (40, [4, 0]), (105, [1, 0, 5])],
)
def test_number_is_one_clip_or_its_digits(value, clips):
    found = said(phrases.CONFIRM, title="T", when=WHEN, party=value)

    assert found[-1 - len(clips) : -1] == tuple(f"number-{clip}" for clip in clips)


def test_code_is_said_digit_by_digit():
    found = said(phrases.CODE_TWICE, code=phrases.digits("409121"))

    once = tuple(f"number-{digit}" for digit in "409121")
    assert found == ("code-twice-1", *once, "code-twice-2", *once, "code-twice-3")


@pytest.mark.parametrize(
    ("value", "clips"),
    [
        (When(datetime(2026, 12, 31, 0, 0)), "weekday-4 day-31 month-12 hour-0"),
        (When(datetime(2027, 1, 3, 9, 5)), "weekday-7 day-3 month-1 hour-9 minute-5"),
        (When(datetime(2026, 9, 14, 23, 59)), "weekday-1 day-14 month-9 hour-23 minute-55"),
        (When(datetime(2026, 9, 14, 12, 4)), "weekday-1 day-14 month-9 hour-12"),
        (When(datetime(2026, 9, 14, 12, 0), is_all_day=True), "weekday-1 day-14 month-9"),
        (datetime(2026, 9, 14, 19, 45), "weekday-1 hour-19 minute-45"),
    ],
    ids=["midnight", "five past", "before the hour", "never later than it is", "all day", "near"],
)
def test_date_and_time_are_said_in_clips(value, clips):
    assert list(gap(value)) == clips.split()


def test_month_comes_first_where_people_say_it_first():
    for locale, order in (
        ("so", ("day-12", "month-9")),
        ("my", ("month-9", "day-12")),
        ("ps", ("month-9", "day-12")),
    ):
        found = said(phrases.KEPT, locale, title="T", when=WHEN)
        assert found[3:5] == order


def test_sentence_in_a_gap_is_said_in_clips_as_well():
    message, values = explanation(place=25, party_size=5, free_seats=2, passed_count=0)
    found = said(phrases.WAITLISTED, title="T", when=WHEN, why=Phrase(message, values), party=5)

    assert found[-9:] == (
        "waiting-too-few-1", "number-2", "number-5", "waiting-too-few-2", "number-2", "waiting-too-few-3",
        "number-5", "waitlisted-2", "number-5",
    )  # fmt: skip
    assert said(phrases.EVENT, title="T", when=WHEN, street=Phrase(ONLINE), key="1")[-3:] == (
        "online", "event-2", "number-1",
    )  # fmt: skip


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_clip_has_words_and_a_short_plain_name(locale):
    for id_, prompt in prompts(locale, REGION).items():
        assert prompt.words.strip() == prompt.words != ""
        assert "%(" not in prompt.words + prompt.english
        assert len(id_) <= 40
        assert id_.replace("-", "").isalnum()
        assert id_.isascii()


@given(st.lists(KEYS, max_size=30), st.booleans(), st.sampled_from(["sw", "ar"]))
def test_whatever_a_caller_does_is_said_in_known_clips_but_for_titles_and_streets(
    answers, has_number, locale
):
    caller = Caller(has_number=has_number, offered_locales=(locale,))
    known = prompts(locale, REGION)
    for keys in ["*", *answers]:
        caller.press(keys)
        for line in caller.lines:
            found = parts(line.say, locale, REGION)
            assert all(each in known for each in found if isinstance(each, str))
            assert {each.words for each in found if isinstance(each, Free)} <= {
                "1 Main St", *(f"Potluck {number}" for number in range(1, 7)),
            }  # fmt: skip
        if caller.call is None:
            return


# Versions.


def test_recording_is_for_the_words_of_one_day(monkeypatch):
    before = prompts("sw", REGION)
    changed = dict(module.SENTENCES, menu="To hear events, press 1.")
    monkeypatch.setattr(module, "SENTENCES", changed)
    module._prompts.cache_clear()
    after = prompts("sw", REGION)
    module._prompts.cache_clear()

    assert {id_ for id_ in before if before[id_].version != after[id_].version} == {"menu"}


def test_another_region_is_another_greeting():
    here, there = prompts("sw", REGION), prompts("sw", "Denver")

    assert {id_ for id_ in here if here[id_].version != there[id_].version} == {
        "called", "called-machine", "greeting", "texts-1", "texts-2",
    }  # fmt: skip


def test_language_without_a_catalogue_has_the_versions_of_english():
    swahili, somali = prompts("sw", REGION), prompts("so", REGION)

    assert not swahili["menu"].is_translated
    assert swahili["menu"].version == somali["menu"].version == prompts("en", REGION)["menu"].version
    assert swahili["menu"].version != prompts("es", REGION)["menu"].version
    # A weekday stands in the calendar's own data.
    assert swahili["weekday-6"].words == translator("sw").weekday(WHEN.local.date()) == "Jumamosi"


# What is offered.

WHOLE = dict.fromkeys(prompts("sw", REGION))
ALMOST = {id_: None for id_ in WHOLE if id_ != "minute-55"}


@pytest.mark.parametrize(
    ("listed", "recorded", "offered"),
    [
        (("en", "es", "ar"), {}, ("en", "es", "ar")),
        (("en", "es", "fr"), {}, ("en", "es")),
        (("so", "my"), {}, ("en",)),
        (("es", "en"), {"sw": WHOLE}, ("es", "en", "sw")),
        (("sw", "en"), {"sw": WHOLE}, ("sw", "en")),
        (("en",), {"sw": ALMOST}, ("en",)),
        (("en",), {"sw": WHOLE, "so": WHOLE}, ("en", "sw", "so")),
        (("en",), {"fr": WHOLE}, ("en", "fr")),
        (("en",), {"en": ALMOST}, ("en",)),
    ],
    ids=[
        "voices", "no translation", "neither", "recorded", "in the order of the list", "one clip missing",
        "two recorded", "recorded instead of a voice", "a voice makes up for it",
    ],
)  # fmt: skip
def test_language_is_offered_with_a_voice_and_sentences_or_wholly_recorded(listed, recorded, offered):
    assert offered_locales(listed, recorded, ("en", "es", "ar", "fr"), REGION) == offered


def test_no_more_languages_are_offered_than_there_are_keys():
    everything = {locale: prompts(locale, REGION) for locale in LANGUAGES}

    assert len(offered_locales(("en",), everything, (), REGION)) == 8


def test_languages_of_today_are_translated():
    assert [locale for locale in LANGUAGES if is_translated(locale)] == ["en", "es", "ar"]
