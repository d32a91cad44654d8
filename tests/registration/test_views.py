"""A guest's pages: the form with its steps and mistakes, the pass and what can be done there."""

import gzip
import html as html_module
import re
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from outreach.database import db, transaction
from outreach.events import planning, shown
from outreach.events.drafts import TextDraft
from outreach.events.kinds import KINDS
from outreach.events.models import Event
from outreach.i18n import translator
from outreach.registration import service, sign_up_pages, views
from outreach.registration.consent_words import VERSION, calls_consent_words, consent_words
from outreach.registration.guests import GuestFacts, PartyFacts, open_guest, open_party
from outreach.registration.ledger import record_consent
from outreach.registration.models import ConsentEvent, Guest, Registration
from tests.factories import NOW, make_event, make_request

PHONE = "+18165550123"
TYPED = "(816) 555-0123"
OFFERS = ("interpreter", "childcare")


@pytest.fixture
def make(web_app):
    """Makes an event and returns its public id."""

    def made(**given) -> str:
        with web_app.app_context(), transaction():
            return make_event(**{"offers": OFFERS, **given}).public_id

    return made


@pytest.fixture
def event(make) -> str:
    return make(capacity=10)


@pytest.fixture
def stored(web_app):
    """The registrations there are, opened."""

    def read() -> list[tuple[Registration, GuestFacts, PartyFacts]]:
        with web_app.app_context():
            vault = web_app.extensions["outreach"].vault
            rows = db.session.scalars(select(Registration).order_by(Registration.id)).all()
            return [(row, open_guest(vault, row.guest.sealed), open_party(vault, row.sealed)) for row in rows]

    return read


@pytest.fixture
def pass_of(client, event):
    """Registers and returns the address of the pass."""

    def made(public_id: str = event, locale: str = "en", **data) -> str:
        answer = client.post(f"/{locale}/events/{public_id}/register", data={"party_size": "2", **data})
        assert answer.status_code == 303
        return answer.location

    return made


def fields(html: str) -> dict[str, str]:
    """What a browser would send of a page's form: hidden and typed values, taps and check marks."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        kind = attributes.get("type", "text")
        if kind in ("checkbox", "radio") and " checked" not in tag:
            continue
        found[attributes["name"]] = html_module.unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>\s?([^<]*)</textarea>', html):
        found[name] = html_module.unescape(text).strip()
    return found


def plain(html: str) -> str:
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(html_module.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def heading(html: str) -> str:
    return plain(f"<main>{re.findall(r'<h1.*?</h1>', html, re.S)[0]}</main>")


# The form, step by step.


def test_guest_walks_through_the_steps(client, event, stored):
    address = f"/en/events/{event}/register"
    first = client.get(address)
    assert heading(first.text) == "How many people are coming?"

    second = client.post(address, data={**fields(first.text), "party_size": "3", "companions": "Ana\nYusuf"})
    assert heading(second.text) == "What would help you?"

    third = client.post(address, data={**fields(second.text), "needs": "childcare", "answer_bring": "yes"})
    assert heading(third.text) == "How can we reach you?"

    data = {**fields(third.text), "phone": TYPED, "first_name": "Amina", "wants_texts": "y"}
    answer = client.post(address, data=data)

    ((row, guest, party),) = stored()
    assert answer.status_code == 303
    assert answer.location == f"/en/pass/{guest.token}"
    assert (row.state, row.party_size, row.needs, row.door) == ("confirmed", 3, ["childcare"], "web")
    assert (guest.locale, guest.first_name, guest.phone) == ("en", "Amina", PHONE)
    assert party == PartyFacts(("Ana", "Yusuf"), {"bring": "yes"})


def test_everything_at_once_registers_directly(client, event, stored):
    data = {"party_size": "٤", "companions": "Ana, Yusuf", "needs": ["interpreter", "childcare"],
            "answer_help": "no", "phone": TYPED, "first_name": " Amina ", "wants_texts": "y"}  # fmt: skip

    answer = client.post(f"/ar/events/{event}/register", data=data)

    ((row, guest, party),) = stored()
    assert answer.location == f"/ar/pass/{guest.token}"
    assert (row.party_size, row.needs, guest.locale) == (4, ["interpreter", "childcare"], "ar")
    assert party == PartyFacts(("Ana", "Yusuf"), {"help": "no"})


def test_only_the_party_is_needed(client, event, stored):
    client.post(f"/en/events/{event}/register", data={"party_size": "1"})

    ((row, guest, party),) = stored()
    assert (row.phone_hash, row.wants_texts, guest.first_name, party) == (None, False, "", PartyFacts())


def test_back_keeps_what_was_entered_and_refuses_nothing(client, event):
    address = f"/en/events/{event}/register"
    data = {"step": "contact", "party_size": "3", "needs": "childcare", "phone": "12", "go": "back"}

    needs = client.post(address, data=data)
    party = client.post(address, data={**fields(needs.text), "go": "back"})

    assert (needs.status_code, heading(needs.text)) == (200, "What would help you?")
    assert (party.status_code, heading(party.text)) == (200, "How many people are coming?")
    kept = fields(party.text)
    assert (kept["party_size"], kept["needs"], kept["phone"]) == ("3", "childcare", "12")


@pytest.mark.parametrize(
    ("step", "title"),
    [
        ("party", "How many people are coming?"),
        ("needs", "What would help you?"),
        ("contact", "How can we reach you?"),
    ],
)
def test_language_of_a_step_changes_and_nothing_entered_is_lost(client, event, stored, step, title):
    entered = {
        "party_size": "two", "companions": "Zoë", "needs": "childcare", "phone": "12", "first_name": "Amina",
        "wants_calls": "y",
    }  # fmt: skip
    here = f"/en/events/{event}/register"
    before = client.post(here, data={**entered, "step": step, "go": "language"})
    assert f'formaction="/es/events/{event}/register" name="go" value="language"' in before.text

    after = client.post(
        here.replace("/en/", "/es/"), data={**fields(before.text), "go": "language", "csrf_token": ""}
    )
    assert (after.status_code, heading(after.text)) == (200, translator("es")(title))
    assert "field-error" not in after.text
    assert "error-summary" not in after.text
    kept = fields(after.text)
    assert {name: kept[name] for name in entered} == entered
    assert (kept["step"], kept["request_key"]) == (step, fields(before.text)["request_key"])
    assert after.headers["Cache-Control"] == ("no-store" if step == "contact" else "private, no-cache")
    assert "locale=es;" in "".join(after.headers.getlist("Set-Cookie"))

    done = client.post(
        here.replace("/en/", "/es/"), data={**kept, "step": "contact", "party_size": "2", "phone": TYPED}
    )
    assert done.status_code == 303
    ((row, guest, party),) = stored()
    assert (guest.locale, guest.first_name, party.companions, row.wants_calls) == (
        "es",
        "Amina",
        ("Zoë",),
        True,
    )


def test_step_without_questions_is_skipped(client, make, monkeypatch):
    event = make(kind="workshop", offers=())
    plain_kind = replace(KINDS["workshop"], questions=())
    monkeypatch.setattr("outreach.registration.forms.KINDS", {**KINDS, "workshop": plain_kind})

    first = client.get(f"/en/events/{event}/register")
    second = client.post(f"/en/events/{event}/register", data={**fields(first.text), "party_size": "1"})

    assert "Step 1 of 2" in first.text
    assert heading(second.text) == "How can we reach you?"


def test_form_of_a_full_event_says_that_it_is_the_waiting_list(client, make, stored):
    event = make(capacity=2)
    client.post(f"/en/events/{event}/register", data={"party_size": "2"})

    form = client.get(f"/en/events/{event}/register")
    answer = client.post(f"/en/events/{event}/register", data={"party_size": "1"})

    assert "You can join the waiting list" in plain(form.text)
    assert [row.state for row, *_ in stored()] == ["confirmed", "waitlisted"]
    waiting = plain(client.get(answer.location).text)
    assert "You are on the waiting list" in waiting
    assert "You are number 1. All seats are taken now." in waiting


def test_first_pages_that_are_alike_say_each_their_own_event(web_app, client, make):
    english = {"en": TextDraft("Tea & <b>cake</b>")}
    arabic = {"ar": TextDraft("نزهة")}
    given = [
        {"texts": english},
        {"texts": arabic, "source_locale": "ar"},
        {"texts": {"en": TextDraft("Bread")}, "starts_at": datetime(2026, 9, 14, 9)},
    ]
    ids = [make(**each) for each in given]
    pages = [client.get(f"/es/events/{each}/register").text for each in ids]

    for page, own in zip(pages, ids, strict=True):
        found = {each for each in ids if each in page}
        assert found == {own}
        assert fields(page)["csrf_token"]
        assert len(fields(page)["request_key"]) >= 16
        assert not any(place in page for place in sign_up_pages._PLACES)
    assert "Tea &amp; &lt;b&gt;cake&lt;/b&gt;" in pages[0]
    assert "<b>cake" not in pages[0]
    assert '<strong lang="ar" dir="rtl">نزهة</strong>' in pages[1]
    assert '<strong lang="en-US" dir="ltr">Bread</strong>' in pages[2]
    with web_app.app_context():
        for page, own in zip(pages, ids, strict=True):
            event = db.session.scalars(select(Event).where(Event.public_id == own)).one()
            spanish = translator("es")
            assert shown.day_text(event, spanish) in plain(page)
            assert " ".join(shown.time_text(event, spanish).split()) in plain(page)


def test_first_page_says_nothing_of_what_else_stood_in_its_address(client, event):
    address = f"/en/events/{event}/register"
    fully, plainly = (client.get(address + more).text for more in ("?from=poster", ""))

    assert "poster" not in fully + plainly
    assert f'formaction="/es/events/{event}/register"' in fully


def test_browser_keeps_for_its_back_button_every_page_but_the_one_with_the_number(client, event):
    address = f"/en/events/{event}/register"
    party = client.get(address)
    needs = client.post(address, data={**fields(party.text), "party_size": "2"})
    contact = client.post(address, data=fields(needs.text))

    kept = [page.headers["Cache-Control"] for page in (party, needs, contact)]
    assert kept == ["private, no-cache", "private, no-cache", "no-store"]
    assert {page.headers["X-Robots-Tag"] for page in (party, needs, contact)} == {"noindex"}


# Mistakes.

MISTAKES = [
    ({"party_size": "0"}, "from 1 to 20"),
    ({"party_size": "500"}, "from 1 to 20"),
    ({"party_size": "-1"}, "from 1 to 20"),
    ({"party_size": "😀"}, "from 1 to 20"),
    ({"party_size": "two"}, "from 1 to 20"),
    ({"party_size": "2.5"}, "from 1 to 20"),
    ({"party_size": ""}, "from 1 to 20"),
    ({"party_size": "11"}, "only 10 seats"),
    ({"companions": "Ana\nBen\nCarla"}, "more names than people"),
    ({"companions": "A" * 41}, "at most 40 letters"),
    ({"needs": "helicopter"}, "Choose from the list."),
    ({"needs": "ride"}, "Choose from the list."),
    ({"answer_bring": "perhaps"}, "Choose one of the answers."),
    ({"phone": "12"}, "phone number from the United States"),
    ({"phone": "999 999 9999"}, "phone number from the United States"),
    ({"phone": "+1 876 555 0123"}, "phone number from the United States"),
    ({"phone": "☎️"}, "phone number from the United States"),
    ({"phone": "amina@example.org"}, "phone number from the United States"),
    ({"first_name": "A" * 41}, "at most 40 letters"),
    ({"phone": "", "wants_texts": "y"}, "Enter your phone number to get texts"),
    ({"phone": "", "wants_calls": "y"}, "Enter your phone number to get calls"),
    ({"leave_empty": "https://spam.example"}, "leave the hidden box empty"),
]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    MISTAKES,
    ids=[f"{name} {value[:12]}" for mistake, _ in MISTAKES for name, value in list(mistake.items())[:1]],
)
def test_mistake_is_told_and_nothing_entered_is_lost(client, event, stored, wrong, sentence):
    entered = {"party_size": "3", "companions": "Zoë", "answer_help": "yes", "first_name": "Amina",
               "phone": TYPED, "request_key": "k" * 22}  # fmt: skip

    answer = client.post(f"/en/events/{event}/register", data={**entered, **wrong})

    assert answer.status_code == 422
    assert sentence in plain(answer.text)
    assert "<title>Error: " in answer.text
    assert 'id="error-summary"' in answer.text
    kept = fields(answer.text)
    for name, value in {**entered, **wrong}.items():
        if name not in ("needs", "answer_bring", "leave_empty"):
            assert kept.get(name, "") == value
    assert stored() == []


def test_mistake_stands_at_its_field_too(client, event):
    html = client.post(f"/en/events/{event}/register", data={"party_size": "1", "phone": "12"}).text

    assert '<a href="#phone">' in html
    assert 'id="phone-error"' in html
    assert 'aria-invalid="true"' in html


def test_step_cannot_be_left_with_a_mistake(client, event):
    answer = client.post(f"/en/events/{event}/register", data={"step": "party", "party_size": "500"})

    assert (answer.status_code, heading(answer.text)) == (422, "How many people are coming?")
    assert fields(answer.text)["party_size"] == "500"


def test_earlier_answers_are_checked_again_at_the_end(client, event, stored):
    answer = client.post(f"/en/events/{event}/register", data={"step": "contact", "party_size": "500"})

    assert (answer.status_code, heading(answer.text)) == (422, "How many people are coming?")
    assert stored() == []


@pytest.mark.parametrize("locale", ["es", "ar"])
def test_mistakes_are_told_in_the_page_s_language(client, event, locale):
    answer = client.post(f"/{locale}/events/{event}/register", data={"party_size": "0"})

    t = translator(locale)
    assert t("Enter how many people are coming, from 1 to %(count)s.", count=20) in html_module.unescape(
        answer.text
    )
    assert f'<html lang="{t.language.html_lang}" dir="{t.language.direction}">' in answer.text


def test_what_was_entered_never_becomes_markup(client, event):
    answer = client.post(
        f"/en/events/{event}/register",
        data={"party_size": '"><script>1</script>', "first_name": "<b>", "phone": "'<i>"},
    )

    assert "<script>1" not in answer.text
    assert "<b>" not in answer.text
    assert "<i>" not in answer.text


@pytest.mark.parametrize("token", [None, "", "made-up"], ids=["missing", "empty", "wrong"])
def test_form_that_was_open_too_long_loses_nothing(web_app, client, event, stored, token):
    web_app.config["WTF_CSRF_ENABLED"] = True
    data = {"step": "contact", "party_size": "3", "first_name": "Amina", "phone": TYPED}

    stale = client.post(
        f"/en/events/{event}/register", data=data | ({} if token is None else {"csrf_token": token})
    )
    again = client.post(f"/en/events/{event}/register", data=fields(stale.text))

    assert stale.status_code == 422
    assert "open for a long time" in plain(stale.text)
    assert again.status_code == 303
    ((row, guest, _),) = stored()
    assert (row.party_size, guest.first_name, guest.phone) == (3, "Amina", PHONE)


@pytest.mark.parametrize("page", ["events/{event}/register", "news"])
@pytest.mark.parametrize(
    "body", [b"\xff\x00", b'{"a":' * 5000, b'{"phone": [{}]}'], ids=["none", "deep", "odd"]
)
@pytest.mark.parametrize("is_checked", [True, False], ids=["forged", "genuine"])
def test_json_is_read_as_an_empty_form(web_app, client, event, page, body, is_checked):
    web_app.config["WTF_CSRF_ENABLED"] = is_checked

    answer = client.post(f"/en/{page.format(event=event)}", data=body, content_type="application/json")

    assert answer.status_code == 422


def test_file_in_the_place_of_text_is_not_read(client, event):
    answer = client.post(
        f"/en/events/{event}/register",
        data={"party_size": "2", "first_name": (BytesIO(b"Amina"), "name.txt")},
    )

    assert answer.status_code == 303
    assert "Amina" not in client.get(answer.location).text


# When nobody can register.


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("given", "status", "sentence"),
    [
        ({"status": "cancelled"}, 409, "This event is canceled."),
        ({"starts_at": NOW - timedelta(minutes=5)}, 409, "This event has begun."),
        ({"starts_at": NOW - timedelta(hours=3)}, 409, "This event is over."),
        ({"starts_at": NOW - timedelta(days=2), "status": "held"}, 409, "This event is over."),
        ({"takes_registrations": False}, 409, "You do not need to register for this event."),
        ({"status": "draft"}, 404, "There is no such event."),
        (None, 404, "There is no such event."),
    ],
    ids=["cancelled", "begun", "over", "held", "just come", "draft", "unknown"],
)
def test_closed_event_says_why_and_offers_others(client, make, stored, given, status, sentence, method):
    public_id = "bcdfghjkmn" if given is None else make(now=NOW - timedelta(days=3), title="Closed", **given)
    make(title="Another", starts_at=NOW + timedelta(days=30))

    answer = getattr(client, method)(f"/en/events/{public_id}/register", data={"party_size": "2"})

    assert answer.status_code == status
    assert sentence in plain(answer.text)
    assert "Another" in plain(answer.text)
    assert stored() == []


def test_event_that_has_begun_is_not_offered_in_its_own_place(client, make):
    public_id = make(now=NOW - timedelta(days=3), title="Begun", starts_at=NOW - timedelta(minutes=30))

    assert "Begun" not in plain(client.get(f"/en/events/{public_id}/register").text)


# Twice.


def test_second_click_leads_to_the_same_pass(client, event, stored):
    data = {"party_size": "2", "request_key": "k" * 22}

    first = client.post(f"/en/events/{event}/register", data=data)
    second = client.post(f"/en/events/{event}/register", data=data)

    assert first.location == second.location
    assert len(stored()) == 1


@pytest.mark.parametrize(
    "key", ["", "short", "k" * 41, "ключ" * 5, "a b" * 8], ids=["none", "short", "long", "letters", "spaces"]
)
def test_key_of_our_making_replaces_an_odd_one(client, event, stored, key):
    for _ in range(2):
        client.post(f"/en/events/{event}/register", data={"party_size": "1", "request_key": key})

    keys = [row.request_key for row, *_ in stored()]
    assert len(set(keys)) == 2
    assert all(re.fullmatch(r"[\w-]{22}", made) for made in keys)


def test_browser_that_made_the_pass_is_led_back_to_it(client, event, pass_of, stored):
    first = pass_of(phone=TYPED)

    second = client.post(f"/en/events/{event}/register", data={"party_size": "5", "phone": "816.555.0123"})

    assert second.location == first
    assert "Nothing was changed." in plain(client.get(first).text)
    ((row, *_),) = stored()
    assert row.party_size == 2


def test_second_event_of_a_number_is_on_the_same_pass_of_this_browser(make, pass_of):
    first = pass_of(phone=TYPED)

    assert pass_of(make(title="Another"), phone=TYPED) == first


def test_another_number_in_the_same_browser_gets_its_own_pass(make, pass_of):
    assert pass_of(phone=TYPED) != pass_of(make(title="Another"), phone="816 555 0124")


def test_browser_remembers_a_few_passes_only(client, make, pass_of):
    made = [pass_of(make(title=f"{number}")) for number in range(7)]

    with client.session_transaction() as session:
        assert session["passes"] == [address.rsplit("/")[-1] for address in reversed(made[-5:])]


def test_stranger_who_types_a_number_learns_nothing_of_its_owner(web_app, event, pass_of):
    owner = pass_of(phone=TYPED, first_name="Amina")
    stranger = web_app.test_client()

    answer = stranger.post(f"/en/events/{event}/register", data={"party_size": "1", "phone": TYPED})
    page = stranger.get(answer.location)

    assert (answer.status_code, answer.location) == (303, "/en/pass/check-your-phone")
    assert page.status_code == 200
    assert "This number is already signed up" in page.text
    for secret in (owner.rsplit("/")[-1], "Amina", "555-0123", "0123", "Picnic"):
        assert secret not in page.text
    with stranger.session_transaction() as session:
        assert "passes" not in session


# Too often.


def test_one_number_can_be_tried_five_times_an_hour(client, make, clock, stored):
    events = [make(title=f"{number}") for number in range(7)]

    def come(public_id):
        return client.post(
            f"/en/events/{public_id}/register",
            data={"party_size": "1", "phone": TYPED, "first_name": "Amina"},
        )

    answers = [come(public_id) for public_id in events[:6]]
    assert [answer.status_code for answer in answers] == [303] * views.TRIES_OF_NUMBER + [429]
    assert answers[-1].headers["Retry-After"] == "3600"
    assert fields(answers[-1].text)["first_name"] == "Amina"
    assert len(stored()) == 5
    clock.forward(hours=1)
    assert come(events[6]).status_code == 303


def test_one_address_can_register_many_guests_and_not_any_number(client, make):
    event = make()
    codes = [
        client.post(f"/en/events/{event}/register", data={"party_size": "1"}).status_code for _ in range(61)
    ]

    assert codes == [303] * views.TRIES_OF_ADDRESS + [429]


# Consent.


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_words_of_consent_are_shown_and_kept_alike(web_app, client, event, locale):
    data = {"step": "needs", "party_size": "1"}
    shown = html_module.unescape(client.post(f"/{locale}/events/{event}/register", data=data).text)
    client.post(
        f"/{locale}/events/{event}/register", data={"party_size": "1", "phone": TYPED, "wants_texts": "y"}
    )

    words = consent_words(translator(locale), region="Kansas City", reminders=2)
    assert f'<label for="wants_texts">{words}</label>' in shown
    with web_app.app_context():
        line = db.session.scalar(select(ConsentEvent))
        opened = web_app.extensions["outreach"].vault.open(line.sealed, place="consent")
    assert (opened, line.action, line.source) == ({"wording": words, "locale": locale}, "granted", "web")


def test_number_alone_is_no_consent(web_app, client, event, pass_of, stored):
    pass_of(phone=TYPED)

    ((row, *_),) = stored()
    assert not row.wants_texts
    with web_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ConsentEvent)) == 0


# The pass.


def test_pass_shows_what_the_guest_needs(client, event, pass_of, stored):
    address = pass_of(phone=TYPED, first_name="Amina", companions="Zoë", needs="childcare", wants_texts="y")

    response = client.get(address)

    ((row, *_),) = stored()
    text = plain(response.text)
    for words in (
        "Thank you, Amina ! You are signed up Neighbors' Picnic",
        f"Your code {row.code}",
        "When Monday, September 14, 2026 6:00 PM to 8:00 PM",
        "Where Budd Park 5600 Budd Park Esplanade, Kansas City",
        "Who is coming 2 people With you: \u2068Zoë\u2069",
        "You asked for Childcare",
        "Texts On, to ••• ••23",
        "What happens next We text you before the event",
    ):
        assert words in text
    assert '<p class="qr"><svg' in response.text
    for link in (f"{address}.ics", f"{address}/{event}/party", f"{address}/{event}/cancel",
                 f"{address}/delete", "/en/what-we-hold"):  # fmt: skip
        assert f'href="{link}"' in response.text
    assert "555" not in response.text


def test_pass_is_nobody_else_s(client, pass_of):
    response = client.get(pass_of())

    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert 'rel="alternate" hreflang="es" href' not in response.text.split("</head>")[0]


def test_pass_speaks_other_languages_without_its_link_leaving_its_own_address(client, pass_of):
    address = pass_of()

    html = client.get(address).text

    for locale in ("es", "ar"):
        assert f'href="{address.replace("/en/", f"/{locale}/")}"' in html
    assert "/language/" not in html
    assert '<html lang="ar" dir="rtl">' in client.get(address.replace("/en/", "/ar/")).text


def test_link_of_an_online_event_is_for_its_guests_only(client, make, pass_of):
    event = make(delivery="online", venue=None, online_url="https://meet.example.org/room", capacity=2)
    seated, waiting = pass_of(event), pass_of(event)

    assert "https://meet.example.org/room" in client.get(seated).text
    assert "https://meet.example.org/room" not in client.get(waiting).text


def test_pass_lists_every_event_with_its_code(client, make, pass_of, stored):
    address = pass_of(phone=TYPED)
    pass_of(make(title="Another"), phone=TYPED)

    text = plain(client.get(address).text)

    assert "Your events" in text
    for row, *_ in stored():
        assert f"Code {row.code}" in text


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
@pytest.mark.parametrize("path", ["", "/delete", "/bcdfghjkmn/party"], ids=["pass", "delete", "party"])
def test_unknown_pass_is_not_there(client, locale, path):
    response = client.get(f"/{locale}/pass/not-a-real-token-at-all{path}")

    assert response.status_code == 404
    assert f'<html lang="{translator(locale).language.html_lang}"' in response.text


def test_pass_says_that_the_event_is_cancelled(web_app, client, pass_of):
    address = pass_of()
    with web_app.app_context(), transaction():
        planning.cancel(db.session.query(Event).one(), "Rain.", locale="en", now=NOW)

    text = plain(client.get(address).text)

    assert "This event is canceled. Please do not come. Rain." in text
    assert "Change how many come" not in text


@pytest.mark.parametrize(("minutes", "is_told"), [(5, True), (-5, False)], ids=["after", "before"])
def test_pass_says_that_the_event_moved_after_its_guest_signed_up(web_app, client, pass_of, minutes, is_told):
    """Whoever came later knows no other time."""
    address = pass_of()
    with web_app.app_context(), transaction():
        db.session.query(Event).one().moved_at = NOW + timedelta(minutes=minutes)

    assert ("The time or the place is new." in plain(client.get(address).text)) is is_told


def test_pass_says_that_the_event_is_over(client, pass_of, clock):
    address = pass_of()
    clock.forward(days=8)

    text = plain(client.get(address).text)

    assert "This event is over" in text
    assert "We cannot come" not in text


@pytest.mark.parametrize(
    ("size", "status", "party", "sentence"),
    [
        ("5", 303, 5, "The number of people is changed."),
        ("1", 303, 1, "The number of people is changed."),
        ("2", 303, 2, "Your group stays as it was."),
        ("10", 303, 2, "There are not enough free seats."),
        ("0", 422, 2, "from 1 to 20"),
        ("500", 422, 2, "from 1 to 20"),
        ("😀", 422, 2, "from 1 to 20"),
        ("", 422, 2, "from 1 to 20"),
        ("11", 422, 2, "only 10 seats"),
    ],
    ids=["more", "fewer", "same", "too many now", "none", "500", "emoji", "nothing", "beyond the room"],
)
def test_party_can_be_changed(client, event, pass_of, stored, size, status, party, sentence):
    address = pass_of()
    pass_of()

    answer = client.post(f"{address}/{event}/party", data={"party_size": size})
    page = client.get(address) if status == 303 else answer

    assert answer.status_code == status
    assert sentence in plain(page.text)
    assert stored()[0][0].party_size == party
    if status == 422 and size:
        assert fields(answer.text)["party_size"] == size


def test_names_are_not_shown_of_a_party_that_is_too_small_for_them(client, event, pass_of):
    address = pass_of(party_size="3", companions="Zoë\nYusuf")

    assert "With you: ⁨Zoë⁩ and ⁨Yusuf⁩" in plain(client.get(address).text)
    client.post(f"{address}/{event}/party", data={"party_size": "2"})
    assert "With you" not in client.get(address).text


def test_waiting_guest_is_not_told_to_come(client, make):
    event = make(capacity=1)
    client.post(f"/en/events/{event}/register", data={"party_size": "1"})
    answer = client.post(f"/en/events/{event}/register", data={"party_size": "1"})

    text = plain(client.get(answer.location).text)

    assert "Keep this page. It is your pass as soon as you have seats." in text
    assert "show it at the door" not in text


def test_cancelled_pass_offers_no_calendar(client, event, pass_of):
    address = pass_of()
    client.post(f"{address}/{event}/cancel")

    text = client.get(address).text

    assert "You are not coming" in text
    assert "Add to my calendar" not in text


def test_party_page_knows_how_many_come_now(client, event, pass_of):
    assert fields(client.get(f"{pass_of()}/{event}/party").text)["party_size"] == "2"


def test_cancelling_is_asked_once_and_frees_the_seats(web_app, client, event, pass_of, stored):
    address = pass_of()

    asked = client.get(f"{address}/{event}/cancel")
    assert stored()[0][0].state == "confirmed"
    answer = client.post(f"{address}/{event}/cancel")

    assert "We do not come" in plain(asked.text)
    assert answer.location == address
    text = plain(client.get(address).text)
    assert "You are not coming" in text
    assert "Sign up again" in text
    assert stored()[0][0].state == "cancelled"
    with web_app.app_context():
        assert db.session.scalar(select(Event.seats_taken)) == 0


@pytest.fixture
def offered(web_app, client, make, pass_of):
    """A pass that seats are kept for, and its event."""
    event = make(capacity=2, starts_at=NOW + timedelta(days=5))
    first = pass_of(event)
    waiting = pass_of(event, phone=TYPED, wants_texts="y")
    client.post(f"{first}/{event}/cancel")
    return waiting, event


def test_offered_seats_can_be_taken(client, offered, stored):
    address, event = offered
    asked = plain(client.get(address).text)

    client.post(f"{address}/{event}/offer", data={"offer": "accept"})

    assert "There are seats for you" in asked
    assert "2 seats are kept for you. Please answer by Monday, September 7, 2026, 2:00 PM." in asked
    assert "You are signed up" in plain(client.get(address).text)
    assert stored()[1][0].state == "confirmed"


def test_offered_seats_can_be_given_to_others(client, offered, stored):
    address, event = offered

    client.post(f"{address}/{event}/offer", data={"offer": "decline"})

    assert "Thank you for telling us." in plain(client.get(address).text)
    assert stored()[1][0].state == "cancelled"


def test_taking_seats_too_late_changes_nothing(client, offered, stored, clock):
    address, event = offered
    clock.forward(hours=30)

    client.post(f"{address}/{event}/offer", data={"offer": "accept"})

    assert "These seats are no longer kept for you." in plain(client.get(address).text)
    assert stored()[1][0].state == "offered"


def test_refusing_seats_that_went_to_others_leaves_the_party_on_the_list(web_app, client, offered, stored):
    address, event = offered
    with web_app.app_context(), transaction():
        db.session.query(Registration).filter_by(state="offered").one().state = "waitlisted"

    client.post(f"{address}/{event}/offer", data={"offer": "decline"})

    assert "These seats are no longer kept for you." in plain(client.get(address).text)
    assert stored()[1][0].state == "waitlisted"


def test_pass_says_when_reminders_come(web_app, client, event, pass_of):
    address = pass_of(phone=TYPED, wants_texts="y")
    page = client.get(address).text
    assert "Reminder: Sunday, September 13, 2026, 6:00 PM" in page
    assert "Reminder: Monday, September 14, 2026, 4:00 PM" in page
    with web_app.app_context(), transaction() as session:
        session.scalars(select(Event)).one().reminders = ["two_hours"]
    page = client.get(address).text
    assert "September 13" not in page
    assert "4:00 PM" in page
    client.post(f"{address}/{event}/texts", data={"texts": "off"})
    assert "Reminder:" not in client.get(address).text


def test_texts_can_be_turned_off_and_on(web_app, client, event, pass_of, stored):
    address = pass_of(phone=TYPED, wants_texts="y")

    client.post(f"{address}/{event}/texts", data={"texts": "off"})
    off = stored()[0][0].wants_texts, plain(client.get(address).text)
    words = html_module.unescape(client.get(f"{address}/{event}/texts").text)
    client.post(f"{address}/{event}/texts", data={"texts": "on"})

    assert not off[0]
    assert "Texts Off" in off[1]
    assert consent_words(translator("en"), region="Kansas City", reminders=2) in words
    assert stored()[0][0].wants_texts
    with web_app.app_context():
        lines = db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id)).all()
        assert [line.action for line in lines] == ["granted", "stopped", "granted"]
        assert len({line.scope for line in lines}) == 1
        assert lines[0].scope.startswith("event:")
        assert {line.version for line in lines} == {VERSION}


@pytest.mark.parametrize("boxes", [{"wants_calls": "y"}, {"wants_calls": "y", "wants_texts": "y"}])
def test_guest_asks_for_calls_instead_and_can_go_back_to_texts(
    web_app, client, event, pass_of, stored, boxes
):
    address = pass_of(phone=TYPED, **boxes)
    assert "Calls instead" in plain(client.get(address).text)
    found = [(stored()[0][0].wants_texts, stored()[0][0].wants_calls)]
    for choice in ("on", "calls", "off"):
        assert client.post(f"{address}/{event}/texts", data={"texts": choice}).status_code == 303
        found.append((stored()[0][0].wants_texts, stored()[0][0].wants_calls))

    assert found == [(False, True), (True, False), (False, True), (False, False)]
    with web_app.app_context():
        vault = web_app.extensions["outreach"].vault
        kept = [
            vault.open(line.sealed, place="consent")["wording"]
            for line in db.session.scalars(select(ConsentEvent).order_by(ConsentEvent.id))
        ]
    texts, calls = (
        words(translator("en"), region="Kansas City", reminders=2)
        for words in (consent_words, calls_consent_words)
    )
    assert kept == [calls, texts, calls, "Do not text me about this event"]


CALL_COMES = "We call you to confirm this on Tuesday, September 8, 2026 between 9:00 AM and 8:00 PM."


@pytest.mark.parametrize(
    ("hours", "box", "is_told"),
    [
        (12, "wants_calls", True),
        (17, "wants_calls", True),
        (12, "wants_texts", False),
        (0, "wants_calls", False),
    ],
    ids=["late", "after midnight", "texts", "by day"],
)
def test_guest_who_signs_up_at_night_is_told_when_the_call_comes(
    client, event, pass_of, clock, hours, box, is_told
):
    """It is ten in the morning; the hours go into the night."""
    clock.forward(hours=hours)
    address = pass_of(phone=TYPED, **{box: "y"})

    text = plain(client.get(address).text).replace("\u00a0", " ")
    assert (CALL_COMES in text, "We call you to confirm" in text) == (is_told, is_told)

    clock.forward(hours=23 - hours)
    assert "We call you to confirm" not in client.get(address).text


def test_call_that_would_come_too_late_is_not_promised(client, make, pass_of, clock):
    early = make(starts_at=NOW + timedelta(hours=22))
    clock.forward(hours=12)

    assert "We call you to confirm" not in client.get(pass_of(early, phone=TYPED, wants_calls="y")).text


def test_number_that_said_stop_is_told_how_to_start(web_app, client, event, pass_of, stored):
    address = pass_of(phone=TYPED, wants_texts="y")
    hashed = stored()[0][0].phone_hash
    with web_app.app_context(), transaction():
        vault = web_app.extensions["outreach"].vault
        record_consent(hashed, "stopped", "STOP", "en", scope="all", source="text", vault=vault, now=NOW)

    text = plain(client.get(address).text)

    assert "Off, because you answered STOP." in text
    assert "text START to 816-555-0100" in text


def test_guest_who_ended_calls_is_told_how_to_get_them_again(web_app, client, event, pass_of, stored):
    address = pass_of(phone=TYPED, wants_calls="y")
    hashed = stored()[0][0].phone_hash
    with web_app.app_context(), transaction():
        vault = web_app.extensions["outreach"].vault
        record_consent(hashed, "stopped", "> 0", "en", scope="all", source="call", vault=vault, now=NOW)

    text = plain(client.get(address).text)

    assert "STOP" not in text
    assert "call 816-555-0100 and press 5" in text


def test_pass_without_a_number_offers_no_texts(client, event, pass_of):
    address = pass_of()

    client.post(f"{address}/{event}/texts", data={"texts": "on"})

    text = plain(client.get(address).text)
    assert "we cannot text you" in text
    assert "Texts On" not in text


def test_deleting_is_asked_once_and_leaves_nothing(web_app, client, event, pass_of, stored):
    address = pass_of(phone=TYPED)
    asked = client.get(f"{address}/delete")
    assert len(stored()) == 1

    answer = client.post(f"{address}/delete", follow_redirects=True)

    assert "Delete everything about me?" in plain(asked.text)
    assert "Everything about you is deleted" in plain(answer.text)
    assert client.get(address).status_code == 404
    with web_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Guest)) == 0
        assert db.session.scalar(select(Event.seats_taken)) == 0
    with client.session_transaction() as session:
        assert session["passes"] == []


@pytest.mark.parametrize("page", ["party", "cancel", "texts", "offer"])
def test_pass_opens_no_other_guest_s_registration(client, event, make, pass_of, stored, page):
    mine = pass_of()
    other_event = make(title="Another")
    pass_of(other_event)

    answer = client.post(f"{mine}/{other_event}/{page}", data={"party_size": "1", "offer": "decline"})

    assert answer.status_code == 404
    assert [(row.state, row.party_size) for row, *_ in stored()] == [("confirmed", 2)] * 2


def test_forged_changes_of_a_pass_change_nothing(web_app, client, event, pass_of, stored):
    address = pass_of()
    web_app.config["WTF_CSRF_ENABLED"] = True

    for page in (f"{event}/party", f"{event}/cancel", f"{event}/texts", f"{event}/offer", "delete"):
        answer = client.post(f"{address}/{page}", data={"party_size": "5"})
        assert (answer.status_code, answer.location) == (303, address)

    assert "open for a long time" in plain(client.get(address).text)
    assert [(row.state, row.party_size) for row, *_ in stored()] == [("confirmed", 2)]


# Nothing of a guest where it does not belong.


def test_no_address_and_no_log_holds_anything_of_a_guest(client, event, caplog):
    caplog.set_level("DEBUG")
    answer = client.post(
        f"/en/events/{event}/register",
        data={"party_size": "2", "phone": TYPED, "first_name": "Amina", "companions": "Zoë"},
    )
    client.post(f"/en/events/{event}/register", data={"party_size": "0", "phone": TYPED})

    assert urlsplit(answer.location).query == ""
    for secret in ("5550123", "555-0123", "Amina", "Zoë", answer.location.rsplit("/")[-1]):
        assert secret not in caplog.text


# Weight.


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_pages_keep_their_weight(client, make, pass_of, locale):
    event = make(
        kind="career_fair",
        offers=("interpreter", "childcare", "ride", "step_free"),
        texts={"en": TextDraft("A title that is as long as a title can be " * 2), "ar": TextDraft("نزهة")},
        starts_at=datetime.fromisoformat("2026-09-19T15:00:00+00:00"),
    )
    address = pass_of(event, locale=locale, phone=TYPED, companions="Zoë", needs="ride", wants_texts="y")
    form = f"/{locale}/events/{event}/register"
    pages = [
        client.get(form),
        client.post(form, data={"step": "party", "party_size": "3"}),
        client.post(form, data={"step": "needs", "party_size": "3"}),
        *(client.get(address + page) for page in ("", "/delete", f"/{event}/party", f"/{event}/texts")),
        client.get(f"/{locale}/pass/check-your-phone"),
    ]

    for page in pages:
        assert page.status_code == 200
        assert len(gzip.compress(page.data, 6)) <= 14 * 1024
        assert "<script" not in page.text
        assert " style=" not in page.text


def test_pass_made_by_text_opens_on_the_web(web_app, client, event):
    with web_app.app_context(), transaction():
        vault = web_app.extensions["outreach"].vault
        found = db.session.query(Event).one()
        request = make_request(found, phone=PHONE, door="text", is_phone_proven=True, locale="es")
        outcome = service.register(request, vault=vault, now=NOW)

    text = plain(client.get(f"/en/pass/{outcome.pass_token}").text)
    assert outcome.code in text
