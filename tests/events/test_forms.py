"""The event form: the draft that it stands for, blocks that come and go, mistakes at their fields."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest
from werkzeug.datastructures import MultiDict

from outreach.database import transaction
from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events.drafts import PartDraft, TextDraft, check
from outreach.events.forms import CancelForm, CloseForm, EventForm, filled, kinds_for
from outreach.events.models import Campaign
from outreach.i18n import LANGUAGES
from tests.events.test_drafts import FULL
from tests.factories import make_draft, make_event, make_jurisdictions, make_organization

TYPED = {
    "kind": "workshop",
    "texts-0-locale": "en",
    "texts-0-title": "  Sewing\tfor all ",
    "texts-0-summary": "Bring cloth.",
    "starts_on": "2026-09-14",
    "starts_time": "18:00",
    "ends_time": "20:00",
    "time_zone": "America/Chicago",
    "delivery": "in_person",
    "venue": "Library",
    "takes_registrations": "y",
}


@pytest.fixture(autouse=True)
def request_context(web_app):
    """A page asked for in English, in a region with two counties, a campaign and a host."""
    with web_app.test_request_context("/staff/events/new", headers={"Accept-Language": "en"}):
        with transaction() as session:
            make_jurisdictions()
            make_organization("City Hall", sector="local_government")
            session.add(
                Campaign(
                    slug="welcoming-week-2026",
                    name="Welcoming Week 2026",
                    starts_on=date(2026, 9, 11),
                    ends_on=date(2026, 9, 20),
                )
            )
        yield


def typed(**changes: object) -> EventForm:
    values = MultiDict({**TYPED, **changes})
    for name, value in changes.items():
        if value is None:
            del values[name]
        elif isinstance(value, list):
            values.setlist(name, value)
    form = EventForm(values)
    form.offer_choices([make_organization()])
    return form


def wrong_fields(form: EventForm) -> set[str]:
    """The fields at which something is wrong, after the form was read and the draft checked."""
    if form.validate():
        try:
            check(form.draft())
        except (InvalidInputError, InvalidInputsError) as error:
            form.tell(error)
    found = {name for name, errors in form.errors.items() if errors and name not in ("texts", "parts")}
    for blocks in (form.texts, form.parts):
        found |= {blocks.name for error in blocks.errors if isinstance(error, str)}
        found |= {field.id for entry in blocks for field in entry.form if field.errors}
    return found


def test_form_says_what_was_typed():
    assert typed().draft() == make_draft(
        kind="workshop",
        texts={"en": TextDraft("Sewing for all", "Bring cloth.", "")},
        venue=replace(FULL.venue, name="Library", address=None, city=None, county=None, access_notes=None),
    )


PART = PartDraft("Stop", datetime(2026, 9, 14, 18), datetime(2026, 9, 14, 19))
DRAFTS = {
    "everything": FULL,
    "little": make_draft(),
    "whole days": make_draft(
        is_all_day=True, starts_local=datetime(2026, 9, 12), ends_local=datetime(2026, 9, 14)
    ),
    "one whole day": make_draft(
        is_all_day=True, starts_local=datetime(2026, 9, 12), ends_local=datetime(2026, 9, 13)
    ),
    "no end": make_draft(is_end_known=False, ends_local=datetime(2026, 9, 14, 20)),
    "past midnight": make_draft(ends_local=datetime(2026, 9, 15, 1, 30)),
    "first of two hours": make_draft(
        starts_local=datetime(2026, 11, 1, 1, 30), ends_local=datetime(2026, 11, 1, 4), starts_fold=0
    ),
    "both doubled": make_draft(
        starts_local=datetime(2026, 11, 1, 1, 30),
        ends_local=datetime(2026, 11, 1, 1, 30),
        starts_fold=0,
        ends_fold=1,
    ),
    "guessed end in the doubled hour": make_draft(
        starts_local=datetime(2026, 11, 1, 0, 30),
        ends_local=datetime(2026, 11, 1, 1, 30),
        ends_fold=1,
        is_end_known=False,
    ),
    "elsewhere": make_draft(time_zone="Pacific/Auckland"),
    "online": make_draft(delivery="online", venue=None, online_url="https://example.org/x"),
    "parts over two days": make_draft(
        ends_local=datetime(2026, 9, 16, 20),
        parts=(
            PART,
            replace(PART, title="Night", ends_local=datetime(2026, 9, 15, 1)),
            replace(PART, starts_local=datetime(2026, 9, 16, 9), ends_local=datetime(2026, 9, 16, 10)),
        ),
    ),
}


@pytest.mark.parametrize("draft", DRAFTS.values(), ids=DRAFTS)
def test_form_that_is_filled_from_a_draft_says_the_same(draft):
    form = filled(draft, revision=3)
    form.offer_choices([make_organization()])
    assert form.revision.data == 3
    assert form.draft() == draft


@pytest.mark.parametrize(
    ("field", "value", "read"),
    [
        ("starts_on", "9/14/2026", date(2026, 9, 14)),
        ("starts_time", "6:30 pm", time(18, 30)),
        ("starts_time", "6 PM", time(18)),
        ("starts_time", "18:30:00", time(18, 30)),
        ("capacity", "٤٠", 40),
        ("capacity", " 12 ", 12),
        ("capacity", "", None),
        ("keyword", "picnic", "picnic"),
    ],
)
def test_form_reads_what_people_type(field, value, read):
    form = typed(**{field: value})
    assert form.validate()
    assert form[field].data == read


def test_reminders_to_choose_from_show_their_times_once_the_start_is_known():
    form = typed(starts_on="2026-09-14", starts_time="18:00")
    form.offer_choices([make_organization()])
    assert dict(form.reminders.choices)["day"] == "A day before: Sunday, September 13, 2026, 6:00 PM"
    for unknown in ({"starts_time": ""}, {"starts_on": ""}, {"starts_on": "1812-09-14"}):
        form = typed(**unknown)
        form.offer_choices([make_organization()])
        assert dict(form.reminders.choices)["day"] == "A day before"


def test_form_names_the_usual_reminders_of_the_kind():
    assert typed(kind="convening").usual_reminders == "A day before"
    assert typed(kind="workshop").usual_reminders == "A day before and Two hours before"
    assert typed(kind="rave").usual_reminders == ""


def test_words_in_one_language_are_kept_in_capitals_and_empty_ones_left_out():
    form = typed(
        **{
            "keywords-0-locale": "es", "keywords-0-word": " fiesta ",
            "keywords-1-locale": "ar", "keywords-1-word": "نزهة",
            "keywords-2-locale": "so", "keywords-2-word": "",
        }
    )  # fmt: skip
    assert form.draft().keywords == {"es": "FIESTA", "ar": "نزهة"}


def test_keyword_is_kept_in_capitals():
    assert typed(keyword=" picnic ").draft().keyword == "PICNIC"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"texts-0-title": ""}, {"texts-0-title"}),
        ({"texts-0-title": "x" * 121}, {"texts-0-title"}),
        ({"texts-0-title": None, "texts-0-summary": None}, {"texts-0-title"}),
        ({"texts-1-locale": "es", "texts-1-summary": "x" * 201, "texts-1-title": "A"}, {"texts-1-summary"}),
        ({"texts-1-locale": "es", "texts-1-summary": "Ven."}, {"texts-1-title"}),
        ({"texts-1-locale": "en", "texts-1-title": "Again"}, {"texts"}),
        ({"texts-0-locale": "tlh"}, {"texts"}),
        ({"kind": "rave"}, {"kind"}),
        ({"starts_on": ""}, {"starts_on"}),
        ({"starts_on": "2026-02-30"}, {"starts_on"}),
        ({"starts_on": "tomorrow"}, {"starts_on"}),
        ({"starts_time": ""}, {"starts_time"}),
        ({"starts_time": "25:00"}, {"starts_time"}),
        ({"ends_time": "17:00"}, {"ends_on"}),
        ({"ends_on": "2026-09-15", "ends_time": ""}, {"ends_time"}),
        ({"starts_on": "1812-09-14"}, {"starts_on"}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone"}),
        ({"delivery": "by mail"}, {"delivery"}),
        ({"venue": ""}, {"venue"}),
        ({"online_url": "http://example.org"}, {"online_url"}),
        ({"capacity": "many"}, {"capacity"}),
        ({"capacity": "0"}, {"capacity"}),
        ({"capacity": "1" * 30}, {"capacity"}),
        ({"keyword": "stop"}, {"keyword"}),
        ({"reminders": ["none", "day"]}, {"reminders"}),
        ({"keywords-0-locale": "es", "keywords-0-word": "alto"}, {"keywords"}),
        (
            {
                "keywords-0-locale": "es", "keywords-0-word": "fiesta",
                "keywords-1-locale": "es", "keywords-1-word": "comida",
            },
            {"keywords"},
        ),
        ({"reminders": ["week", "two_days", "day", "two_hours"]}, {"reminders"}),
        ({"spoken": ["en", "tlh"]}, {"spoken"}),
        ({"offers": ["passport"]}, {"offers"}),
        ({"theme": "fun"}, {"theme"}),
        ({"parts-0-title": "Stop", "parts-0-starts_on": "2026-09-14"}, {"parts"}),
        (
            {
                "parts-0-title": "Stop", "parts-0-starts_on": "2026-09-14", "parts-0-starts_time": "12:00",
                "parts-0-ends_time": "13:00",
            },
            {"parts"},
        ),
        ({"parts-0-starts_time": "noonish", "parts-0-title": "Stop"}, {"parts-0-starts_time"}),
    ],
    ids=lambda value: ",".join(sorted(value)),
)  # fmt: skip
def test_form_refuses_at_the_field(changes, wrong):
    assert wrong_fields(typed(**changes)) == wrong


def test_form_tells_several_mistakes_at_once():
    assert wrong_fields(typed(capacity="0", venue="", theme="fun")) == {"capacity", "venue", "theme"}
    assert wrong_fields(typed(starts_on="", starts_time="")) == {"starts_on", "starts_time"}


def test_time_that_spring_skips_is_refused_at_the_day():
    assert wrong_fields(typed(starts_on="2026-03-08", starts_time="02:30", ends_time="05:00")) == {
        "starts_on"
    }


def test_time_that_autumn_doubles_is_asked_about():
    doubled = {"starts_on": "2026-11-01", "starts_time": "01:30", "ends_time": "04:00"}
    form = typed(**doubled)
    assert wrong_fields(form) == {"starts_fold"}
    assert "comes twice" in form.starts_fold.errors[0]
    first, second = (typed(**doubled, starts_fold=fold).draft() for fold in "01")
    assert (first.starts_fold, second.starts_fold) == (0, 1)
    assert (second.starts_at - first.starts_at).total_seconds() == 3600


def test_answer_about_the_doubled_hour_is_forgotten_with_the_hour():
    assert typed(starts_fold="1").draft().starts_fold is None


def test_language_that_is_spoken_is_not_interpreted_as_well():
    draft = typed(spoken=["en", "es"], interpreted=["es", "ar"]).draft()
    assert (draft.spoken, draft.interpreted) == (("en", "es"), ("ar",))


def test_empty_blocks_say_nothing():
    form = typed(**{
        "texts-1-locale": "es", "texts-1-title": " ", "cohosts-0": "", "parts-0-starts_on": "2026-09-14",
    })  # fmt: skip
    draft = form.draft()
    assert (list(draft.texts), draft.cohosts, draft.parts) == (["en"], (), ())


def test_original_is_the_first_text():
    draft = typed(**{
        "texts-0-locale": "es", "texts-1-locale": "en", "texts-1-title": "Sewing",
    }).draft()  # fmt: skip
    assert draft.source_locale == "es"
    assert [text.is_reviewed for text in draft.texts.values()] == [True, False]


@pytest.mark.parametrize("name", ["texts", "cohosts", "parts"])
def test_adding_a_block_loses_nothing(name):
    form = typed(**{"capacity": "many", "keyword": "stop", "parts-0-title": "Stop"})
    before = len(form[name])
    assert form.change_blocks(f"add {name}")
    assert len(form[name]) == before + 1
    assert form.texts[0].form.title.data == "Sewing for all"
    # Even what cannot be read stays in its box.
    assert form.capacity._value() == "many"
    assert form.parts[0].form.title.data == "Stop"


def test_new_text_proposes_the_next_language_and_new_part_the_day():
    form = typed()
    for name in ("texts", "parts"):
        form.change_blocks(f"add {name}")
    assert form.texts[1].form.locale.data == "es"
    assert form.parts[0].form.starts_on.data == date(2026, 9, 14)


def test_taking_a_block_away_leaves_the_others():
    form = typed(**{f"parts-{number}-title": f"Stop {number}" for number in (0, 1, 12)})
    assert form.change_blocks("remove parts 1")
    assert [part.form.title.data for part in form.parts] == ["Stop 0", "Stop 12"]
    # A block is called by the number in its name, which a page prints on the button.
    assert form.change_blocks(f"remove parts {form.parts[1].name.rpartition('-')[2]}")
    assert [part.form.title.data for part in form.parts] == ["Stop 0"]


def test_original_cannot_be_taken_away():
    form = typed()
    assert form.change_blocks("remove texts 0")
    assert form.texts[0].form.title.data == "Sewing for all"


@pytest.mark.parametrize("button", ["", "add", "add host", "save", "remove parts", "explode parts 1"])
def test_other_buttons_change_no_blocks(button):
    form = typed(**{"parts-0-title": "Stop"})
    form.change_blocks(button)
    assert (len(form.texts), len(form.parts)) == (1, 1)


def test_blocks_have_an_end():
    form = typed()
    for _ in range(60):
        form.change_blocks("add parts")
        form.change_blocks("add texts")
    assert (len(form.parts), len(form.texts)) == (40, len(LANGUAGES))


def test_choices_name_what_there_is():
    form = typed(**{"cohosts-0": "City Hall"})
    assert ("jackson-county-mo", "Jackson County, MO") in form.county.choices
    assert ("welcoming-week-2026", "Welcoming Week 2026") in form.campaign.choices
    assert ("City Hall", "City Hall") in form.cohosts[0].choices
    assert [value for value, _ in form.time_zone.choices][:2] == ["America/New_York", "America/Chicago"]


def test_kinds_for_police_are_theirs_only():
    police = make_organization("River Police", sector="law_enforcement")
    assert [kind.id for kind in kinds_for([police])] == ["trust_training"]
    assert len(kinds_for([police, make_organization()])) == 6


def test_cancel_form_offers_the_languages_of_the_event():
    event = make_event(texts={"en": TextDraft("Picnic"), "ar": TextDraft("نزهة")})
    form = CancelForm(locale="en")
    form.offer_choices(event)
    assert [value for value, _ in form.locale.choices] == ["en", "ar"]


@pytest.mark.parametrize(("text", "number"), [("31", 31), ("", None), ("0", 0)])
def test_close_form_reads_a_head_count(text, number):
    form = CloseForm(MultiDict({"head_count": text}))
    assert form.validate()
    assert form.head_count.data == number
