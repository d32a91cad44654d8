"""Staff pages of announcements: the cost in sight, a second person, progress, every refusal in a sentence."""

import html
import re

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events.drafts import TextDraft
from outreach.events.models import Event
from outreach.messaging import broadcast_texts, broadcasts, budgets, estimates
from outreach.messaging.models import Broadcast
from outreach.policy import Role
from outreach.registration import news, service
from outreach.registration.requests import Consent
from outreach.registration.scopes import REGION
from tests.factories import NOW, make_event, make_organization, make_request, make_staff
from tests.pages import actions_in, form_in, sign_in
from tests.queries import count_queries

PAGE = "/staff/messages/broadcasts"
TEXTS = {"en": TextDraft("Neighbors' Picnic", "Eat."), "es": TextDraft("Picnic de vecinos", "Comer.")}


@pytest.fixture
def vault(web_app):
    return web_app.extensions["outreach"].vault


@pytest.fixture
def event_id(web_app) -> str:
    """The public id of a picnic that Ana organizes."""
    with web_app.app_context(), transaction():
        make_staff()
        make_staff("ben@example.org", name="Ben")
        make_staff("coord@example.org", Role.COORDINATOR, name="Cora")
        return make_event(texts=TEXTS).public_id


@pytest.fixture
def ana(client, event_id):
    sign_in(client)
    return client


@pytest.fixture
def ben(web_app, event_id):
    return signed_in(web_app, "ben@example.org")


def signed_in(web_app, email):
    client = web_app.test_client()
    sign_in(client, email)
    return client


def register(web_app, vault, event_id, count, locale="en") -> None:
    with web_app.app_context():
        event = db.session.scalars(select(Event).where(Event.public_id == event_id)).one()
        for number in range(count):
            request = make_request(
                event, phone=f"+1816555{number:04}", locale=locale, consent=Consent("Text me.")
            )
            with transaction():
                service.register(request, vault=vault, now=NOW)


def write(client, event_id, **given) -> str:
    """Writes an announcement through the form and gives its address."""
    address = f"{PAGE}/events/{event_id}/new"
    form = form_in(client.get(address).text, having="words_en")
    answer = client.post(address, data={**form, "do": "save", "words_en": "Bring a chair.", **given})
    assert answer.status_code == 303, answer.text
    return answer.location


def seen(page) -> str:
    """What a page says, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def act(client, address, verb):
    page = client.get(address).text
    return client.post(f"{address}/{verb}", data=form_in(page, having="revision"))


def test_event_page_leads_to_its_announcements(ana, event_id):
    assert f'href="{PAGE}/events/{event_id}"' in ana.get(f"/staff/events/{event_id}").text
    page = ana.get(f"{PAGE}/events/{event_id}")
    assert "Nothing was written yet." in page.text
    assert f'href="{PAGE}/events/{event_id}/new"' in page.text


def test_messages_page_leads_to_all_announcements(web_app, event_id):
    assert f'href="{PAGE}"' in signed_in(web_app, "coord@example.org").get("/staff/messages").text


CALLED = "1 group is called instead of texted and does not get this."
SILENT = "1 group with seats gets neither texts nor calls and does not get this."


@pytest.mark.parametrize(
    ("consent", "told"),
    [
        (Consent("Call me.", is_for_calls=True), [True, False]),
        (Consent("Text me."), [False, False]),
        (None, [False, True]),
    ],
    ids=["calls", "texts", "nothing"],
)
def test_staff_are_told_of_guests_who_get_no_announcement(web_app, ana, event_id, vault, consent, told):
    with web_app.app_context(), transaction():
        event = db.session.scalars(select(Event).where(Event.public_id == event_id)).one()
        service.register(make_request(event, phone="+18165550177", consent=consent), vault=vault, now=NOW)
    page = ana.post(f"{PAGE}/events/{event_id}/new", data={"do": "count", "words_en": "Bring a chair."})

    assert [sentence in seen(page) for sentence in (CALLED, SILENT)] == told


def test_cost_is_shown_while_writing_and_nothing_is_kept(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 2, locale="es")
    spanish = "Traiga una silla, por favor. " * 6 + "Aquí."
    answer = ana.post(
        f"{PAGE}/events/{event_id}/new",
        data={"do": "count", "words_en": "Bring a chair.", "words_es": spanish},
    )

    assert answer.status_code == 200
    said = seen(answer)
    assert "Spanish 2 4 Too many 8 0.1" in said
    assert "Spanish: one text takes 4 parts; more than 2 is too many." in said
    assert "which made it dear: with any of them a part has room for half as much. í" in said
    assert form_in(answer.text, having="words_en")["words_en"] == ["Bring a chair."]
    with web_app.app_context():
        assert db.session.scalars(select(Broadcast)).all() == []


def test_languages_without_words_are_told_of(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 3, locale="ar")

    said = seen(ana.get(write(ana, event_id)))
    assert "3 groups read Arabic and get the original text." in said
    assert "Sent now, the last text leaves on Monday, September 7, 2026, 10:00" in said
    assert "Neighbors' Picnic: Bring a chair. STOP = no texts." in said


def test_original_words_are_asked_for(ana, event_id):
    answer = ana.post(f"{PAGE}/events/{event_id}/new", data={"do": "save", "words_es": "Hola."})

    assert answer.status_code == 422
    assert '<a href="#words_en">Write the text in the event' in answer.text
    assert "Hola." in answer.text


def test_small_announcement_is_sent_by_its_author(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 2)
    address = write(ana, event_id)
    assert "Send to 2 groups" in ana.get(address).text
    assert act(ana, address, "send").status_code == 303

    said = seen(ana.get(address))
    assert "Sent off on Monday, September 7, 2026, 10:00" in said
    assert "0 of 2" in said
    with web_app.app_context(), transaction():
        broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=NOW)
    assert '<progress value="0" max="2"' in ana.get(address).text


def test_second_person_confirms_a_large_one(web_app, ana, ben, event_id, vault, monkeypatch):
    monkeypatch.setattr(estimates, "ONE_PERSON_MAY_TEXT", 1)
    register(web_app, vault, event_id, 2)
    address = write(ana, event_id)
    act(ana, address, "send")

    own = ana.get(address)
    assert "You wrote this" not in own.text
    assert "so somebody else must read and confirm it" in own.text
    assert f"{address}/confirm" not in actions_in(own.text)
    forced = ana.post(f"{address}/confirm", data={"revision": "1"})
    assert forced.status_code == 403
    assert "You wrote this. Somebody else must confirm it." in forced.text

    assert f"{address}/confirm" in actions_in(ben.get(address).text)
    assert act(ben, address, "confirm").status_code == 303
    assert "Confirmed by Ben." in seen(ana.get(address))


def test_stale_page_sends_nothing(web_app, ana, ben, event_id, vault):
    register(web_app, vault, event_id, 1)
    address = write(ana, event_id)
    ben.post(f"{address}/edit", data={"do": "save", "revision": "1", "words_en": "Bring two."})

    answer = ana.post(f"{address}/send", data={"revision": "1"})
    assert answer.status_code == 409
    assert "Somebody else changed or sent this announcement meanwhile." in answer.text
    stale = ana.post(f"{address}/edit", data={"do": "save", "revision": "1", "words_en": "Bring three."})
    assert stale.status_code == 409
    assert "Bring three." in stale.text
    with web_app.app_context():
        assert db.session.scalars(select(Broadcast.state)).one() == "draft"


def test_nobody_to_tell_is_said(ana, event_id):
    address = write(ana, event_id)
    answer = act(ana, address, "send")

    assert answer.status_code == 409
    assert "No guest who has seats at this event gets texts now." in answer.text


def test_stop_button(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 2)
    address = write(ana, event_id)
    act(ana, address, "send")
    with web_app.app_context(), transaction():
        broadcast_texts.write_texts(public_url="https://x.example", vault=vault, now=NOW)
    assert act(ana, address, "stop").status_code == 303

    said = seen(ana.get(address))
    assert "Stopped by Ana" in said
    assert "Not sent: no longer needed 2" in said
    assert f"{address}/stop" not in actions_in(ana.get(address).text)


def test_held_announcement_says_why(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 2)
    with web_app.app_context(), transaction():
        budgets.set_limit(budgets.REGION, 1)
    address = write(ana, event_id)
    assert "This month's budget has only 0 dollars left." in seen(ana.get(address))
    act(ana, address, "send")

    said = seen(ana.get(address))
    assert "costs more than what is left of this month's budget" in said
    assert "Reminders, changes and cancellations are sent in any case." in said


def test_announcement_of_a_begun_event_says_that_it_was_not_sent(ana, event_id, clock):
    address = write(ana, event_id)
    clock.forward(days=8)
    sign_in(ana)

    page = ana.get(address)
    assert "This was not sent." in page.text
    assert f"{address}/send" not in actions_in(page.text)
    assert ana.post(f"{address}/send", data={"revision": "1"}).status_code == 409


def test_coordinator_sets_budgets(web_app, event_id):
    client = signed_in(web_app, "coord@example.org")
    with web_app.app_context():
        host_id = db.session.scalars(select(Event.organization_id)).one()
    scope = budgets.scope_of(host_id)
    assert client.post(f"{PAGE}/budgets", data={"scope": scope, "dollars": "25"}).status_code == 303
    assert "Northeast Library 0 25" in seen(client.get(f"{PAGE}/budgets"))
    assert client.post(f"{PAGE}/budgets", data={"scope": scope, "dollars": ""}).status_code == 303
    assert "Northeast Library 0 no limit" in seen(client.get(f"{PAGE}/budgets"))

    for wrong in ({"scope": "organization:999", "dollars": "1"}, {"scope": scope, "dollars": "-1"},
                  {"scope": scope, "dollars": "many"}):  # fmt: skip
        assert client.post(f"{PAGE}/budgets", data=wrong).status_code == 422


def test_organizer_sees_own_announcements_only(web_app, ana, event_id):
    with web_app.app_context(), transaction():
        other = make_event(host=make_organization("Another library"), title="Another")
        coordinator = make_staff("cy@example.org", Role.COORDINATOR)
        foreign = broadcasts.write(other, {"en": "Foreign words."}, author=coordinator, now=NOW).id
        other_id = other.public_id
    write(ana, event_id)

    page = ana.get(PAGE).text
    assert "Bring a chair." in page
    assert "Foreign words." not in page
    for path in (f"/{foreign}", f"/{foreign}/edit", f"/events/{other_id}", f"/events/{other_id}/new"):
        assert ana.get(PAGE + path).status_code == 404
    assert ana.post(f"{PAGE}/{foreign}/stop").status_code == 404
    assert ana.get(f"{PAGE}/budgets").status_code == 403
    assert "Foreign words." in signed_in(web_app, "cy@example.org").get(PAGE).text


def test_officer_reaches_no_announcement_even_of_the_own_event(web_app, client):
    with web_app.app_context(), transaction():
        police = make_organization("River Police", sector="law_enforcement")
        make_staff("officer@example.org", organization=police)
        event_id = make_event(host=police, kind="trust_training").public_id
    sign_in(client, "officer@example.org")

    assert client.get(PAGE).status_code in (403, 404)
    assert client.get(f"{PAGE}/events/{event_id}").status_code == 404
    assert PAGE not in client.get(f"/staff/events/{event_id}").text


def test_list_takes_the_same_number_of_queries_for_one_and_for_many(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 2)

    def queries() -> int:
        with count_queries(web_app) as sent:
            assert ana.get(PAGE).status_code == 200
        return len(sent)

    act(ana, write(ana, event_id), "send")
    queries()
    few = queries()
    for number in range(6):
        with web_app.app_context(), transaction():
            event = make_event(host=make_organization(), title=f"Picnic {number}")
            author = make_staff(f"p{number}@example.org", organization=make_organization())
            row = broadcasts.write(event, {"en": "Words."}, author=author, now=NOW)
            assert row.state == "draft"
    assert queries() == few


def test_page_takes_the_same_number_of_queries_for_few_guests_and_for_many(web_app, ana, event_id, vault):
    def queries() -> int:
        with count_queries(web_app) as sent:
            assert ana.get(address).status_code == 200
        return len(sent)

    address = write(ana, event_id)
    register(web_app, vault, event_id, 1)
    queries()
    few = queries()
    register(web_app, vault, event_id, 9)
    assert queries() == few


@pytest.mark.parametrize("locale", ["es", "ar"])
def test_pages_are_there_in_every_staff_language(web_app, ana, event_id, vault, locale):
    register(web_app, vault, event_id, 1)
    address = write(ana, event_id)
    ana.set_cookie("locale", locale)

    for path in (address, f"{address}/edit", PAGE, f"{PAGE}/events/{event_id}"):
        assert f'<html lang="{locale}"' in ana.get(path).text


def test_pages_hold_no_number_and_are_kept_out_of_caches(web_app, ana, event_id, vault):
    register(web_app, vault, event_id, 1)
    page = ana.get(write(ana, event_id))

    assert "555" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


# News.


def subscribe(web_app, vault, count, scope=REGION) -> None:
    with web_app.app_context(), transaction():
        for number in range(count):
            news.join(
                f"+1816555{number:04}", scope, Consent("Send me news."),
                locale="es", source="text", is_proven=True, vault=vault, now=NOW,
            )  # fmt: skip


def test_coordinator_sends_news_to_the_region_with_the_text_in_sight(web_app, event_id, vault):
    subscribe(web_app, vault, 2)
    cora = signed_in(web_app, "coord@example.org")
    assert f'href="{PAGE}/events/{event_id}/new?to=region"' in cora.get(f"{PAGE}/events/{event_id}").text

    new = f"{PAGE}/events/{event_id}/new?to=region"
    form = form_in(cora.get(new).text, having="words_en")
    address = cora.post(new, data={**form, "do": "save"}).location
    said = seen(cora.get(address))
    assert "News to everybody who wants news of events (Kansas City)" in said
    assert "Picnic de vecinos" in said
    assert "Send to 2 groups" in said
    assert act(cora, address, "send").status_code == 303
    with web_app.app_context():
        assert db.session.scalars(select(Broadcast)).one().audience == REGION


def test_organizer_sends_news_to_the_own_organization_s_readers_only(web_app, ana, event_id, vault):
    page = ana.get(f"{PAGE}/events/{event_id}").text
    assert "new?to=organization" in page
    assert "new?to=region" not in page
    assert ana.get(f"{PAGE}/events/{event_id}/new?to=region").status_code == 404
    assert ana.post(f"{PAGE}/events/{event_id}/new?to=region", data={"do": "save"}).status_code == 404

    new = f"{PAGE}/events/{event_id}/new?to=organization"
    address = ana.post(new, data={"do": "save"}).location
    assert "News to everybody who wants news of events (Northeast Library)" in seen(ana.get(address))


def test_organizer_reads_news_of_the_region_about_an_own_event_and_cannot_touch_them(
    web_app, ana, event_id, vault
):
    subscribe(web_app, vault, 1)
    cora = signed_in(web_app, "coord@example.org")
    address = cora.post(f"{PAGE}/events/{event_id}/new?to=region", data={"do": "save"}).location

    page = ana.get(address)
    assert page.status_code == 200
    assert f'action="{address}/send"' not in page.text
    for verb in ("send", "confirm", "stop", "edit"):
        assert ana.post(f"{address}/{verb}", data={"revision": "1"}).status_code == 404
    with web_app.app_context():
        assert db.session.scalars(select(Broadcast)).one().state == "draft"
