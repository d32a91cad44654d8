"""Facts in words: every row of a draft, and what differs between two."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from outreach.events.drafts import EventDraft, PartDraft, TextDraft, VenueDraft
from outreach.events.facts import Difference, Piece, differences, facts
from outreach.i18n import translator
from tests.events.test_drafts import FULL
from tests.factories import make_draft

NAMES = {
    "jackson-county-mo": "Jackson County",
    "wyandotte-county-ks": "Wyandotte County",
    "welcoming-week-2026": "Welcoming Week 2026",
}
ENGLISH = translator("en")


def rows(draft: EventDraft, t=ENGLISH) -> dict[str, str]:
    return {fact.key: fact.value for fact in facts(draft, t, names=NAMES)}


def changed(**changes: object) -> list[tuple[str, str, str]]:
    after = replace(FULL, **changes)
    found = differences(facts(FULL, ENGLISH, names=NAMES), facts(after, ENGLISH, names=NAMES))
    return [(difference.label, difference.before, difference.after) for difference in found]


def test_facts_say_everything():
    said = rows(FULL)
    assert said["title es"] == "Paseo"
    assert said["is_reviewed en"] == "No"
    assert said["starts"] == ENGLISH.when(FULL.starts_local)
    assert said["county"] == "Jackson County"
    assert said["spoken"] == "English"
    assert said["interpreted"] == "Spanish and Arabic"
    assert said["capacity"] == "12"
    assert said["campaign"] == "Welcoming Week 2026"
    assert "Bakery" in said["parts"]
    assert "2 Main St" in said["parts"]


def test_facts_of_whole_days_name_the_last_one():
    draft = make_draft(is_all_day=True, starts_local=datetime(2026, 9, 12), ends_local=datetime(2026, 9, 14))
    said = rows(draft)
    assert (said["starts"], said["ends"]) == ("Saturday, September 12, 2026", "Sunday, September 13, 2026")


def test_facts_do_not_tell_a_guessed_end():
    assert rows(make_draft(is_end_known=False))["ends"] == "Not known yet"


def test_facts_name_the_word_of_each_language():
    assert {key: value for key, value in rows(FULL).items() if key.startswith("keyword")} == {
        "keyword": "TOUR5",
        "keyword ar": "جولة",
        "keyword es": "PASEO",
    }


def test_facts_name_the_times_of_reminders():
    """The picnic begins on Monday at six in the evening."""
    assert rows(make_draft())["reminders"].split("\n") == [
        "As usual for this kind of event",
        "A day before: Sunday, September 13, 2026, 6:00 PM",
        "Two hours before: Monday, September 14, 2026, 4:00 PM",
    ]
    assert rows(make_draft(reminders=("none",)))["reminders"] == "No reminders"


def test_facts_say_what_quiet_hours_do_to_reminders():
    early = make_draft(starts_at=datetime(2026, 9, 14, 12, 0, tzinfo=UTC), reminders=("week", "two_hours"))
    assert rows(early)["reminders"].split("\n") == [
        "A week before: Monday, September 7, 2026, 9:00 AM, after quiet hours",
        "Two hours before: not sent, because quiet hours last until the start",
    ]


def test_facts_are_in_the_readers_language():
    assert rows(make_draft(), translator("es"))["starts"].startswith("lunes")


DIFFERENT = {
    "kind": "workshop",
    "texts": {"es": FULL.texts["es"], "en": TextDraft("Tour")},
    "source_locale": "en",
    "starts_local": datetime(2026, 9, 14, 17, 45),
    "ends_local": datetime(2026, 9, 14, 22),
    "time_zone": "America/Denver",
    "starts_fold": 1,
    "ends_fold": 0,
    "is_all_day": True,
    "is_end_known": False,
    "delivery": "in_person",
    "venue": VenueDraft("Mercado", "1 Main St", "Kansas City", "wyandotte-county-ks", "Ramp on the left."),
    "online_url": None,
    "capacity": None,
    "takes_registrations": False,
    "keyword": None,
    "keywords": {"es": "VISITA", "ar": "جولة"},
    "reminders": (),
    "spoken": ("en", "es"),
    "interpreted": (),
    "offers": ("ride",),
    "is_police_present": False,
    "theme": None,
    "campaign": None,
    "cohosts": (),
    "parts": (PartDraft("Bakery", datetime(2026, 9, 14, 18), datetime(2026, 9, 14, 19), "2 Main St"),),
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(EventDraft)])
def test_no_difference_goes_unseen(name):
    assert changed(**{name: DIFFERENT[name]}) != []


def test_differences_of_equal_drafts_are_none():
    assert changed() == []


def test_differences_name_both_sides():
    assert changed(capacity=30, keyword=None) == [("Seats", "12", "30"), ("Word to text", "TOUR5", "")]


def test_difference_of_a_language_that_comes():
    added = changed(texts={**FULL.texts, "fr": TextDraft("Visite")})
    assert ("Title (French)", "", "Visite") in added


def test_pieces_mark_the_words_that_changed():
    difference = Difference("Summary", "Eat and talk.", "Eat and dance outside.")
    assert difference.pieces == (
        Piece("same", "Eat and "),
        Piece("gone", "talk."),
        Piece("new", "dance outside."),
    )
