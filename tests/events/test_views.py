"""The public pages of events: what they say, in which language, to whom, how often they ask the database."""

import gzip
import random
import re
from datetime import datetime, timedelta

import pytest

from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.drafts import PartDraft, TextDraft, VenueDraft
from outreach.events.models import Event
from outreach.policy import Role
from outreach.qr import svg
from tests.factories import NOW, make_draft, make_event, make_jurisdictions, make_organization, make_staff
from tests.queries import count_queries

ARABIC = TextDraft("نزهة الجيران", "كلوا وتحدثوا.", "أحضروا بطانية.")


@pytest.fixture
def make(web_app):
    """Makes an event and returns its public id."""

    def made(**given) -> str:
        with web_app.app_context(), transaction():
            return make_event(**given).public_id

    return made


@pytest.fixture
def change(web_app):
    """Changes an event as a service would."""

    def changed(public_id, action) -> None:
        with web_app.app_context(), transaction():
            action(db.session.query(Event).filter_by(public_id=public_id).one())

    return changed


def page(client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.text


def plain(html: str) -> str:
    """What a reader reads: the main part, without markup, in single spaces."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


# The list.


@pytest.mark.parametrize("path", ["/en/", "/en/events/"])
def test_list_shows_events_by_day_with_their_count(client, make, path):
    make(title="Picnic")
    make(title="Second picnic")
    make(title="Later", starts_at=NOW + timedelta(days=10))

    html = page(client, path)

    assert "<h1>3 events to come</h1>" in html
    assert re.findall(r'<h2 id="day-([\d-]+)">([^<]+)</h2>', html) == [
        ("2026-09-14", "Monday, September 14, 2026"),
        ("2026-09-17", "Thursday, September 17, 2026"),
    ]
    assert re.findall(r'class="event-title"><a [^>]*>([^<]+)<', html) == ["Picnic", "Second picnic", "Later"]


def test_list_is_the_same_for_everybody_and_may_be_kept(client, make):
    make()

    response = client.get("/en/")

    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in response.headers
    again = client.get("/en/", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"status": "cancelled"}, ["Canceled"]),
        ({"capacity": 12}, []),
        ({"capacity": 10}, ["10 seats left"]),
        ({"capacity": 1}, ["1 seat left"]),
        ({"is_police_present": True}, ["Police will be there"]),
        ({"offers": ("childcare", "step_free")}, ["Childcare", "Step-free way in"]),
        ({"spoken": ("es",), "interpreted": ("so",)}, ["Spanish and Somali (interpreter)"]),
        ({"is_end_known": False}, ["From 6:00 PM"]),
        ({"hours": 30}, ["6:00 PM until Sep 16, 12:00 AM"]),
        ({"delivery": "online", "venue": None}, ["Online"]),
        ({"delivery": "hybrid"}, ["Budd Park, Kansas City, and online"]),
        (
            {"is_all_day": True, "starts_local": datetime(2026, 9, 14), "ends_local": datetime(2026, 9, 15)},
            ["All day"],
        ),
        (
            {"is_all_day": True, "starts_local": datetime(2026, 9, 14), "ends_local": datetime(2026, 9, 17)},
            ["All day, until Sep 16"],
        ),
        (
            {"is_all_day": True, "starts_local": datetime(2026, 9, 1), "ends_local": datetime(2026, 9, 17)},
            ["Goes on until Sep 16", "Monday, September 7, 2026"],
        ),
    ],
    ids=["cancelled", "room", "few seats", "one seat", "police", "offers", "languages", "no end",
         "over night", "online", "hybrid", "one day", "days", "going on"],
)  # fmt: skip
def test_card_says_what_matters(client, make, given, words):
    make(now=NOW - timedelta(days=30), **given)

    text = plain(page(client, "/en/"))

    assert [word for word in words if word not in text.replace("&#39;", "'")] == []
    assert ("seat" in text) == ("seat" in "".join(words))


def test_card_says_full_when_seats_are_taken_or_promised(client, make, change):
    first, second = make(capacity=10), make(capacity=10)

    def fill(event):
        event.seats_taken = 10

    def promise(event):
        event.seats_taken, event.waiting_parties = 8, 1

    change(first, fill)
    change(second, promise)

    assert plain(page(client, "/en/")).count("Full: waiting list") == 2


def test_list_says_what_moved(client, make, change):
    moved = make()

    def move(event):
        draft = make_draft(starts_at=event.starts_at + timedelta(hours=1))
        coordinator = make_staff(role=Role.COORDINATOR)
        planning.edit(event, draft, author=coordinator, revision=event.revision, now=NOW)

    change(moved, move)

    assert "New time or place" in page(client, "/en/")
    assert "The time or the place is new." in page(client, f"/en/events/{moved}")


def test_list_comes_in_pages_that_keep_the_filters(client, make):
    for number in range(45):
        make(title=f"Event {number}", starts_at=NOW + timedelta(days=1, hours=number))

    html = page(client, "/en/events/?kind=welcoming_week&page=2")

    assert "<h1>45 events found</h1>" in html
    assert "Page 2 of 3" in html
    assert 'rel="prev" href="/en/events/?kind=welcoming_week"' in html
    assert 'rel="next" href="/en/events/?kind=welcoming_week&amp;page=3"' in html
    assert 'href="/en/calendar.ics?kind=welcoming_week"' in html
    assert html.count('class="card event') == 20
    page(client, "/en/events/?page=4", 404)


def test_filters_are_kept_in_the_form(client, make):
    make()

    html = page(client, "/en/events/?kind=workshop&q=tea+time&from=2026-09-10")

    assert '<option selected value="workshop">' in html
    assert 'value="tea time"' in html
    assert 'value="2026-09-10"' in html


def test_each_filter_can_be_taken_away(client, make):
    make(host=None)

    html = page(client, "/en/events/?kind=workshop&language=so&q=tea&to=2026-09-12&page=1")
    chosen = html[html.index('aria-label="What you chose"') :].split("</ul>")[0]

    assert re.findall(r'href="([^"]+)"><bdi>([^<]+)</bdi>', chosen) == [
        ("/en/events/?kind=workshop&amp;language=so&amp;to=2026-09-12", "tea"),
        ("/en/events/?language=so&amp;to=2026-09-12&amp;q=tea", "Workshops"),
        ("/en/events/?kind=workshop&amp;to=2026-09-12&amp;q=tea", "Somali"),
        ("/en/events/?kind=workshop&amp;language=so&amp;q=tea", "Until Sep 12"),
    ]


def test_days_can_be_chosen_with_one_tap(client, make):
    make(title="Today", starts_at=NOW + timedelta(hours=1))
    make(title="Saturday", starts_at=NOW + timedelta(days=5))

    html = page(client, "/en/")
    found = dict(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', html[html.index('class="chips"') :])[:3])

    assert found == {
        "/en/events/": "All days",
        "/en/events/?from=2026-09-07&amp;to=2026-09-07": "Today",
        "/en/events/?from=2026-09-12&amp;to=2026-09-13": "This weekend",
    }
    assert "Saturday" in page(client, "/en/events/?from=2026-09-12&to=2026-09-13")


@pytest.mark.parametrize(
    ("days_ahead", "weekend"),
    [(5, "from=2026-09-12&amp;to=2026-09-13"), (6, "from=2026-09-13&amp;to=2026-09-13"),
     (7, "from=2026-09-19&amp;to=2026-09-20")],
    ids=["Saturday", "Sunday", "Monday"],
)  # fmt: skip
def test_this_weekend_is_the_one_that_is_or_comes_next(client, clock, days_ahead, weekend):
    clock.forward(days=days_ahead)

    assert f'?{weekend}">This weekend' in page(client, "/en/").replace(' aria-current="true"', "")


def test_list_without_events_offers_what_there_is(client, make):
    nothing = plain(page(client, "/en/"))
    make(title="Tea", kind="workshop", spoken=("es",))
    narrowed = page(client, "/en/events/?kind=workshop&language=ar")

    assert "No events are planned just now" in nothing
    assert "No event fits" in narrowed
    instead = narrowed[narrowed.index('class="empty"') :]
    assert re.findall(r'<a class="button [^"]*" href="([^"]+)">([^<]+)</a>', instead) == [
        ("/en/events/?kind=workshop", "Workshops: 1"),
        ("/en/events/", "All events: 1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "problem", "kept"),
    [
        ("from=2026-02-31&q=tea", "Enter a date that exists", 'value="2026-02-31"'),
        ("from=2026-09-13&to=2026-09-12", "must not be before", 'value="2026-09-12"'),
        ("kind=party&q=tea", "Choose from the list.", 'value="tea"'),
        ("county=nowhere", "Choose from the list.", ""),
        (f"q={'a' * 61}", "at most 60 letters", f'value="{"a" * 61}"'),
        ("page=0&q=tea", "Enter a page number from 1 on.", 'value="tea"'),
        ("language=%F0%9F%98%80&q=tea", "Choose from the list.", 'value="tea"'),
    ],
    ids=["day", "days turned round", "kind", "county", "words", "page", "emoji"],
)
def test_impossible_filters_are_told_and_kept(client, make, query, problem, kept):
    make()

    response = client.get(f"/en/events/?{query}")

    assert response.status_code == 400
    assert problem in response.text
    assert kept in response.text
    assert "<title>Error: " in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_filters_never_become_markup(client, make):
    make()

    assert "<script>alert" not in page(client, "/en/events/?q=%3Cscript%3Ealert(1)%3C/script%3E")


@pytest.mark.parametrize("path", ["/en/", "/en/events/?kind=welcoming_week&language=en"])
def test_list_asks_the_database_as_often_for_any_number_of_events(web_app, client, make, path):
    def queries() -> int:
        client.get(f"{path}{'&' if '?' in path else '?'}anew=1")
        with count_queries(web_app) as sent:
            # Nothing that is not canonical is kept, so this is made anew.
            client.get(f"{path}{'&' if '?' in path else '?'}anew=1")
        return len(sent)

    counts = []
    for missing in (1, 2, 27):
        for number in range(missing):
            make(
                title=f"{number}",
                host=None,
                texts={"en": TextDraft("Tea"), "ar": ARABIC},
                spoken=("en",),
                interpreted=("ar",),
                venue=VenueDraft(f"Hall {number}"),
            )
        counts.append(queries())

    assert counts == [counts[0]] * 3


# What is kept.


@pytest.mark.parametrize(
    "path", ["/en/", "/en/events/{}", "/en/events/{}/flyer"], ids=["list", "event", "flyer"]
)
def test_kept_page_needs_one_query(web_app, client, make, path):
    address = path.format(make())
    first = page(client, address)

    with count_queries(web_app) as sent:
        assert page(client, address) == first

    assert len(sent) == 1


def test_kept_pages_are_made_anew_when_something_public_changed(client, make, change):
    public_id = make()
    before = page(client, "/en/"), page(client, f"/en/events/{public_id}")

    change(public_id, lambda event: planning.cancel(event, "Rain.", locale="en", now=NOW))

    assert "Canceled" not in before[0] + before[1]
    assert "Canceled" in page(client, "/en/")
    assert "Rain." in page(client, f"/en/events/{public_id}")


def test_kept_event_shows_seats_as_they_go(client, make, change):
    public_id = make(capacity=20)

    def take(event):
        event.seats_taken += 8

    seen = []
    for _ in range(2):
        seen.append("seats left" in page(client, f"/en/events/{public_id}"))
        change(public_id, take)
    seen.append("4 seats left" in page(client, f"/en/events/{public_id}"))

    assert seen == [False, False, True]


def test_kept_list_forgets_what_is_over(client, make, clock):
    make(title="Short", starts_at=NOW + timedelta(minutes=1), hours=0.5)

    assert "1 event to come" in page(client, "/en/")
    clock.forward(minutes=40)
    assert "0 events to come" in page(client, "/en/")


def test_kept_event_changes_with_its_beginning_and_its_end(client, make, clock):
    public_id = make(starts_at=NOW + timedelta(seconds=20), hours=0.01)
    told = ("I want to come", "This event has begun. You may still just come.", "This event is over.")

    seen = []
    for _ in range(3):
        html = page(client, f"/en/events/{public_id}")
        seen.append([sentence for sentence in told if sentence in html])
        clock.forward(seconds=30)

    assert seen == [[sentence] for sentence in told]


@pytest.mark.parametrize(
    "path",
    [
        "/en/?x=1",
        "/en/events/?kind=",
        "/en/events/?q=a&kind=workshop",
        "/en/events/{}?x=1",
        "/en/events/{}-name",
    ],
    ids=["unknown name", "empty value", "other order", "event's query", "event's name"],
)
def test_made_up_addresses_are_not_kept(web_app, client, make, path):
    address = path.format(make())
    client.get(address)

    with count_queries(web_app) as sent:
        client.get(address)

    assert len(sent) > 1
    page(client, "/en/?utm_source=somebody")
    assert "somebody" not in page(client, "/en/")


# One event.


def test_event_shows_its_facts(web_app, client):
    with web_app.app_context(), transaction():
        make_jurisdictions()
        library = make_organization("Northeast Library")
        make_organization("Grace Church", sector="faith")
        public_id = make_event(
            host=library,
            cohosts=("Grace Church",),
            venue=VenueDraft(
                "Budd Park", "5600 Park Road", "Kansas City", "jackson-county-mo", "Ramp at the back."
            ),
            spoken=("en",),
            interpreted=("so", "ar"),
            offers=("ride", "interpreter"),
            keyword="PICNIC",
            capacity=300,
        ).public_id

    text = plain(page(client, f"/en/events/{public_id}"))

    for words in (
        "Neighbors&#39; Picnic Monday, September 14, 2026, 6:00 PM to 8:00 PM Budd Park",
        "Where Budd Park 5600 Park Road, Kansas City Jackson County, MO",
        "How to get in Ramp at the back.",
        "Languages spoken English",
        "Interpreter for Arabic and Somali",
        "Help at the event Interpreter and Ride",
        "Hosts Northeast Library Grace Church",
        "Seats There is room.",
        "Sign up by text Text PICNIC to 816-555-0100",
        "Bring a blanket. We bring the rest.",
    ):
        assert words in text
    assert "300" not in text


def test_event_has_its_ways_on(client, make):
    public_id = make()

    html = page(client, f"/en/events/{public_id}")

    for path in ("/register", "/flyer", ".ics"):
        assert f'href="/en/events/{public_id}{path}"' in html
    assert f'<link rel="canonical" href="http://127.0.0.1:8000/en/events/{public_id}">' in html


def test_readable_name_may_follow_the_public_id(client, make):
    public_id = make()

    assert f'rel="canonical" href="http://127.0.0.1:8000/en/events/{public_id}"' in page(
        client, f"/en/events/{public_id}-neighbors-picnic"
    )


@pytest.mark.parametrize("status", ["draft", None], ids=["draft", "unknown"])
@pytest.mark.parametrize("path", ["", "/flyer", "/register"], ids=["event", "flyer", "register"])
def test_what_is_not_public_is_not_there(client, make, status, path):
    public_id = make(status=status) if status else "bcdfghjkmn"

    text = page(client, f"/es/events/{public_id}{path}", 404)

    assert '<html lang="es"' in text
    assert "Picnic" not in text


@pytest.mark.parametrize(
    ("given", "words", "can_register"),
    [
        ({}, "I want to come", True),
        ({"takes_registrations": False}, "You do not need to sign up. Just come.", False),
        ({"status": "cancelled"}, "is canceled. Please do not come. The river is too high.", False),
        ({"starts_at": NOW - timedelta(minutes=10)}, "This event has begun. You may still just come.", False),
        ({"starts_at": NOW - timedelta(hours=5)}, "This event is over.", False),
        ({"starts_at": NOW - timedelta(days=1), "status": "held"}, "This event is over.", False),
        ({"is_police_present": True}, "Police officers will be at this event. They never see", True),
        ({"delivery": "online", "venue": None, "online_url": "https://meet.example.org/secret"},
         "Online. You get the link when you sign up.", True),
    ],
    ids=["open", "just come", "cancelled", "begun", "over", "held", "police", "online"],
)  # fmt: skip
def test_event_says_how_it_stands(client, make, given, words, can_register):
    public_id = make(now=NOW - timedelta(days=2), keyword="PICNIC", **given)

    html = page(client, f"/en/events/{public_id}")

    assert words in plain(html)
    assert (f'href="/en/events/{public_id}/register"' in html) == can_register
    assert ("Text PICNIC to" in plain(html)) == can_register
    assert "secret" not in html


def test_officers_of_a_co_host_are_announced_even_when_nobody_says_so(web_app, client):
    with web_app.app_context(), transaction():
        make_organization("Police Department", sector="law_enforcement")
        public_id = make_event(kind="trust_training", cohosts=("Police Department",)).public_id

    assert "Police officers will be at this event." in page(client, f"/en/events/{public_id}")
    assert "Police officers will be at this event." in page(client, f"/en/events/{public_id}/flyer")


def test_full_event_offers_the_waiting_list(client, make, change):
    public_id = make(capacity=4)

    def fill(event):
        event.seats_taken = 4

    change(public_id, fill)

    text = plain(page(client, f"/en/events/{public_id}"))
    assert "Join the waiting list" in text
    assert "All seats are taken. You can join the waiting list." in text


def test_event_shows_its_parts(client, make):
    starts, day = datetime(2026, 9, 14, 18), timedelta(days=1)
    public_id = make(
        kind="business_tour",
        hours=26,
        parts=(
            PartDraft("Bakery", starts, starts + timedelta(hours=1), "Main Street 1"),
            PartDraft("Garage", starts + day, starts + day + timedelta(hours=1)),
        ),
    )

    text = plain(page(client, f"/en/events/{public_id}"))

    assert "Monday, September 14, 2026, 6:00 PM to 7:00 PM Stop 1 Bakery Main Street 1" in text
    assert "Tuesday, September 15, 2026, 6:00 PM to 7:00 PM Stop 2 Garage" in text


# Languages.


@pytest.mark.parametrize(
    ("locale", "texts", "title", "has_note"),
    [
        ("ar", {"en": TextDraft("Picnic"), "ar": ARABIC},
         '<span lang="ar" dir="rtl">نزهة الجيران</span>', False),
        ("ar", {"en": TextDraft("Picnic")}, '<span lang="en-US" dir="ltr">Picnic</span>', True),
        ("es", {"en": TextDraft("Picnic"), "es": TextDraft("Pícnic", is_reviewed=False)},
         '<span lang="es" dir="ltr">Pícnic</span>', True),
        ("en", {"en": TextDraft("Picnic")}, '<span lang="en-US" dir="ltr">Picnic</span>', False),
    ],
    ids=["translated", "original", "not reviewed", "own"],
)  # fmt: skip
def test_event_speaks_the_reader_s_language_or_says_so(client, make, locale, texts, title, has_note):
    public_id = make(texts=texts)

    html = page(client, f"/{locale}/events/{public_id}")

    assert f"<h1>{title}</h1>" in html
    assert ('<p class="with-icon muted">' in html) == has_note


def test_note_names_the_language_of_what_is_not_translated(client, make):
    public_id = make(texts={"es": TextDraft("Feria")}, source_locale="es")

    assert "This part is in Spanish." in page(client, f"/en/events/{public_id}")


@pytest.mark.parametrize(
    ("locale", "head"), [("ar", '<html lang="ar" dir="rtl">'), ("es", '<html lang="es" dir="ltr">')]
)
@pytest.mark.parametrize("path", ["/", "/events/{}", "/events/{}/flyer"], ids=["list", "event", "flyer"])
def test_pages_run_in_the_direction_of_their_language(client, make, locale, head, path):
    public_id = make(texts={"en": TextDraft("Picnic"), "ar": ARABIC})

    html = page(client, f"/{locale}{path.format(public_id)}")

    assert head in html
    for other in ("en-US", "es", "ar"):
        assert f'<link rel="alternate" hreflang="{other}"' in html


# The flyer.


def test_flyer_has_a_code_its_address_and_the_word(client, make):
    public_id = make(keyword="PICNIC")

    html = page(client, f"/en/events/{public_id}/flyer")

    assert f'<p class="qr">{svg(f"http://127.0.0.1:8000/en/events/{public_id}")}</p>' in html
    assert f"127.0.0.1:8000/en/<wbr>events/{public_id}" in html
    assert "Or text PICNIC to 816-555-0100" in plain(html)


def test_flyer_prints_the_word_of_its_language(client, make):
    public_id = make(keyword="PICNIC", keywords={"es": "COMIDA", "ar": "نزهة"})

    for locale, word in (("en", "PICNIC"), ("es", "COMIDA"), ("ar", "نزهة")):
        html = page(client, f"/{locale}/events/{public_id}/flyer")
        assert [shown for shown in ("PICNIC", "COMIDA", "نزهة") if shown in html] == [word]


# Weight.


def prose(letters: str, characters: int, seed: int) -> str:
    """A text of words that no compression knows beforehand, like a long real one."""
    chance = random.Random(seed)
    words = ("".join(chance.choices(letters, k=chance.randint(3, 9))) for _ in range(characters // 4))
    return " ".join(words)[:characters]


@pytest.mark.parametrize(
    "path", ["/{}/", "/{}/events/{}", "/{}/events/{}/flyer"], ids=["list", "event", "flyer"]
)
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_page_keeps_its_weight(web_app, client, path, locale):
    scripts = {"en": "etaoinshrdlucmfwypvbgk", "ar": "اليمنروتبةعدسفهكقأحجشطصخ"}
    with web_app.app_context(), transaction():
        for number in range(25):
            texts = {
                code: TextDraft(
                    prose(letters, 60, number), prose(letters, 120, -number), prose(letters, 2500, number)
                )
                for code, letters in scripts.items()
            }
            public_id = make_event(
                host=make_organization(prose(scripts["en"], 40, 100 + number)),
                texts=texts, spoken=("en", "es"), interpreted=("ar", "so", "my"), keyword=f"WORD{number}",
                offers=("interpreter", "childcare", "ride", "step_free"),
                venue=VenueDraft(prose(scripts["en"], 30, number), f"{number} Park Road", "Kansas City"),
            ).public_id  # fmt: skip

    html = page(client, path.format(locale, public_id))

    assert len(gzip.compress(html.encode(), 6)) <= 14 * 1024
    assert "<script" not in html
    assert " style=" not in html
