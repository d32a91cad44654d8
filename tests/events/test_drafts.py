"""Drafts: what is refused and by which field, and the way through JSON and back."""

import re
from dataclasses import replace
from datetime import datetime

import pytest

from outreach.errors import InvalidInputsError
from outreach.events.drafts import EventDraft, PartDraft, TextDraft, VenueDraft, check
from outreach.events.keywords import TAKEN, is_usable
from outreach.folding import folded
from outreach.i18n import LANGUAGES
from outreach.messaging import answers, consent
from tests.factories import make_draft

FULL = make_draft(
    kind="business_tour",
    texts={
        "es": TextDraft("Paseo", "Ven.", "Trae agua.\nVamos."),
        "en": TextDraft("Tour", is_reviewed=False),
    },
    source_locale="es",
    delivery="hybrid",
    venue=VenueDraft("Mercado", "1 Main St", "Kansas City", "jackson-county-mo", "Ramp on the left."),
    online_url="https://example.org/room",
    capacity=12,
    keyword="TOUR5",
    keywords={"es": "PASEO", "ar": "جولة"},
    reminders=("week", "day"),
    spoken=("en",),
    interpreted=("es", "ar"),
    offers=("interpreter", "ride"),
    is_police_present=True,
    theme="economic_development",
    campaign="welcoming-week-2026",
    cohosts=("City Hall",),
    parts=(PartDraft("Bakery", datetime(2026, 9, 14, 18), datetime(2026, 9, 14, 18, 30), "2 Main St"),),
)


def problems(draft: EventDraft) -> set[str]:
    try:
        check(draft)
    except InvalidInputsError as error:
        return {problem.field for problem in error.problems}
    return set()


def test_full_draft_is_fine():
    assert problems(FULL) == set()


def test_draft_comes_back_from_json_as_it_was():
    assert EventDraft.from_json(FULL.to_json()) == FULL


def test_change_that_waited_since_before_there_were_these_fields_is_read():
    written = FULL.to_json()
    del written["reminders"], written["keywords"]
    assert EventDraft.from_json(written) == replace(FULL, reminders=(), keywords={})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "rave"}, "kind"),
        ({"texts": {"en": TextDraft(" ")}}, "title"),
        ({"source_locale": "es"}, "title"),
        ({"texts": {"en": TextDraft("Picnic"), "es": TextDraft("", "Ven.")}}, "title"),
        ({"texts": {"en": TextDraft("x" * 121)}}, "title"),
        ({"texts": {"en": TextDraft("Picnic", "x" * 201)}}, "summary"),
        ({"texts": {"en": TextDraft("Picnic", "", "x" * 4001)}}, "description"),
        ({"texts": {"en": TextDraft("Picnic"), "tlh": TextDraft("Qapla'")}}, "texts"),
        ({"texts": {"en": TextDraft("Pic\0nic")}}, "texts"),
        ({"delivery": "by mail"}, "delivery"),
        ({"venue": None}, "venue"),
        ({"venue": VenueDraft(" ")}, "venue"),
        ({"venue": VenueDraft("x" * 201)}, "venue"),
        ({"venue": VenueDraft("Park", "x" * 201)}, "address"),
        ({"venue": VenueDraft("Park", None, "x" * 81)}, "city"),
        ({"venue": VenueDraft("Park", None, None, None, "x" * 1001)}, "access_notes"),
        ({"online_url": "http://example.org"}, "online_url"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"online_url": "https://" + "x" * 500}, "online_url"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": -5}, "capacity"),
        ({"capacity": 50_001}, "capacity"),
        ({"keyword": "ab"}, "keyword"),
        ({"reminders": ("day", "none")}, "reminders"),
        ({"keywords": {"es": "ALTO"}}, "keywords"),
        ({"keywords": {"es": "GRAN FIESTA"}}, "keywords"),
        ({"keywords": {"tlh": "FIESTA"}}, "keywords"),
        ({"keyword": "CAFE", "keywords": {"fr": "CAFÉ"}}, "keywords"),
        ({"keywords": {"es": "FIESTA", "fr": "FIESTA"}}, "keywords"),
        ({"keyword": "picnic"}, "keyword"),
        ({"keyword": "PIC NIC"}, "keyword"),
        ({"keyword": "12345"}, "keyword"),
        ({"keyword": "STOP"}, "keyword"),
        ({"keyword": "ALTO"}, "keyword"),
        ({"spoken": ("tlh",)}, "spoken"),
        ({"interpreted": ("tlh",)}, "interpreted"),
        ({"offers": ("passport check",)}, "offers"),
        ({"theme": "fun"}, "theme"),
        ({"time_zone": "America/Kansas_City"}, "time_zone"),
        ({"ends_local": datetime(2026, 9, 14, 18, 0)}, "ends"),
        ({"ends_local": datetime(2026, 9, 13, 18, 0)}, "ends"),
        ({"ends_local": datetime(2026, 12, 20, 18, 0)}, "ends"),
        ({"starts_local": datetime(1969, 1, 1)}, "starts"),
        ({"is_all_day": True}, "starts"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value,
)
def test_check_refuses_by_field(changes, field):
    assert problems(make_draft(**changes)) == {field}


@pytest.mark.parametrize(
    ("name", "starts", "ends"),
    [
        ("before the event", (17, 0), (18, 30)),
        ("after the event", (19, 30), (20, 30)),
        ("backwards", (19, 30), (19, 0)),
        ("no time", (19, 0), (19, 0)),
    ],
)
def test_check_refuses_a_part(name, starts, ends):
    part = PartDraft("Stop", datetime(2026, 9, 14, *starts), datetime(2026, 9, 14, *ends))
    assert problems(make_draft(parts=(part,))) == {"parts"}


def test_check_refuses_too_many_parts_and_nameless_ones():
    part = PartDraft("Stop", datetime(2026, 9, 14, 18), datetime(2026, 9, 14, 19))
    assert problems(make_draft(parts=(part,) * 40)) == set()
    assert problems(make_draft(parts=(part,) * 41)) == {"parts"}
    assert problems(make_draft(parts=(replace(part, title=" "),))) == {"parts"}
    assert problems(make_draft(parts=(replace(part, place="x" * 121),))) == {"parts"}


def test_check_tells_everything_at_once():
    draft = make_draft(kind="rave", capacity=0, keyword="!", venue=None, theme="fun")
    assert problems(draft) == {"kind", "capacity", "keyword", "venue", "theme"}


def test_online_event_needs_no_place():
    assert problems(make_draft(delivery="online", venue=None)) == set()


def test_check_refuses_the_hour_that_spring_skips():
    draft = make_draft(starts_local=datetime(2026, 3, 8, 2, 30), ends_local=datetime(2026, 3, 8, 4))
    assert problems(draft) == {"starts"}


@pytest.mark.parametrize(("fold", "refused"), [(None, {"starts"}), (0, set()), (1, set())])
def test_check_asks_about_the_hour_that_autumn_doubles(fold, refused):
    draft = make_draft(
        starts_local=datetime(2026, 11, 1, 1, 30), ends_local=datetime(2026, 11, 1, 4), starts_fold=fold
    )
    assert problems(draft) == refused


def test_event_in_the_doubled_hour_can_end_at_the_wall_time_it_began():
    draft = make_draft(
        starts_local=datetime(2026, 11, 1, 1, 30),
        ends_local=datetime(2026, 11, 1, 1, 30),
        starts_fold=0,
        ends_fold=1,
    )
    assert problems(draft) == set()
    assert (draft.ends_at - draft.starts_at).total_seconds() == 3600


def heard_words() -> set[str]:
    """Everything short that messaging understands by itself, as a poster would print it."""
    phrases = [
        phrase
        for words in consent.WORDS.values()
        for group in (words.stop, words.refusals, words.start, words.help)
        for phrase in group
    ]
    found = {folded(phrase).replace(" ", "").upper() for phrase in phrases}
    return {word for word in found if re.fullmatch("[A-Z0-9]{3,12}", word)}


def test_no_poster_says_the_name_of_a_language():
    names = [name for row in LANGUAGES.values() for name in (row.endonym, row.english_name)]
    found = {folded(name).replace(" ", "").upper() for name in names}
    assert {word for word in found if re.fullmatch("[A-Z0-9]{3,12}", word)} - TAKEN == set()


def test_no_poster_says_a_word_that_texts_are_stopped_with():
    refusals = {word for word in heard_words() if consent.read(word) in ("stop", "start", "help")}
    assert refusals - TAKEN == set()
    assert len(refusals) > 50


def test_no_poster_says_the_word_for_events_news_or_being_forgotten():
    said = {
        folded(word).replace(" ", "").upper()
        for table in (answers.EVENTS, answers.NEWS, answers.DELETE, answers.CALLS, answers.WHAT)
        for words in table.values()
        for word in words
    }

    assert {word for word in said if is_usable(word)} == set()
    assert "EVENTS" in said


def test_no_poster_says_yes_or_no():
    locales = consent.WORDS
    usable = [
        word
        for word in ("YES", "YEAH", "OKAY", "NOPE", "OUI", "NON", "NDIYO", "HAPANA", "VANG", "YEGO", "OYA")
        if any(answers.is_yes(word, locale) or answers.is_no(word, locale) for locale in locales)
        and is_usable(word)
    ]
    assert usable == []
