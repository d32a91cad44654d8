"""Staff pages of events: lists, the form, review, calling off and closing, and what each person may."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from outreach.database import db, transaction
from outreach.events import planning
from outreach.events.drafts import PartDraft, TextDraft
from outreach.events.models import Event, EventChange
from outreach.policy import Role
from tests.events.test_drafts import FULL
from tests.events.test_forms import DRAFTS, TYPED
from tests.factories import (
    NOW,
    make_draft,
    make_event,
    make_jurisdictions,
    make_organization,
    make_staff,
)
from tests.pages import actions_in, form_in, sign_in
from tests.queries import count_queries


@pytest.fixture
def people(web_app):
    with web_app.app_context(), transaction():
        make_jurisdictions()
        make_staff()
        make_staff("coord@example.org", Role.COORDINATOR, name="Coord")
        make_staff("hall@example.org", organization=make_organization("City Hall"), name="Hal")
        police = make_organization("River Police", sector="law_enforcement")
        make_staff("officer@example.org", organization=police, name="Of")


@pytest.fixture
def ana(client, people):
    sign_in(client)
    return client


@pytest.fixture
def coord(web_app, people):
    client = web_app.test_client()
    sign_in(client, "coord@example.org")
    return client


@pytest.fixture
def officer(web_app, people):
    client = web_app.test_client()
    sign_in(client, "officer@example.org")
    return client


@pytest.fixture
def make(web_app):
    """Makes an event and says its public id."""

    def made(**given) -> str:
        with web_app.app_context(), transaction():
            if "host_name" in given:
                given["host"] = make_organization(given.pop("host_name"))
            return make_event(**given).public_id

    return made


@pytest.fixture
def read(web_app):
    """Reads an event anew, and the draft that it is."""

    def found(public_id: str) -> Event:
        with web_app.app_context():
            event = db.session.scalar(select(Event).where(Event.public_id == public_id))
            event.draft = planning.draft_of(event)
            return event

    return found


def edit_form(client, public_id: str) -> dict[str, list[str]]:
    return form_in(client.get(f"/staff/events/{public_id}/edit").text, having="revision")


def send_edit(client, public_id: str, **changes):
    return client.post(f"/staff/events/{public_id}/edit", data={**edit_form(client, public_id), **changes})


def press(client, public_id: str, action: str, **data):
    """Presses a button of the event's page, with all that its form holds."""
    page = client.get(f"/staff/events/{public_id}").text
    form = form_in(page, having="revision")
    return client.post(f"/staff/events/{public_id}/{action}", data={"revision": form["revision"], **data})


# Planning


@pytest.mark.parametrize(
    "changes", [{"starts_time": "23:59"}, {"is_all_day": "y", "starts_time": ""}], ids=["last minute", "days"]
)
def test_day_after_which_there_is_none_is_refused_and_loses_nothing(ana, changes):
    typed = {**TYPED, "starts_on": "9999-12-31", "ends_on": "", "ends_time": "", **changes}
    answer = ana.post("/staff/events/new", data=typed)

    assert answer.status_code == 422
    assert "Choose a year from 1970 to 2099." in answer.text
    assert form_in(answer.text, having="texts-0-title")["starts_on"] == ["9999-12-31"]


def test_new_event_begins_with_its_kind(ana):
    page = ana.get("/staff/events/new").text
    assert page.count('name="kind"') == 6
    form = form_in(ana.get("/staff/events/new?kind=workshop").text, having="texts-0-title")
    assert (form["kind"], form["capacity"], form["texts-0-locale"]) == (["workshop"], ["30"], ["en"])
    assert "host" not in form


def test_new_event_is_saved_as_a_draft(ana, read):
    response = ana.post("/staff/events/new", data=TYPED)
    assert response.status_code == 303
    public_id = response.location.rsplit("/", 1)[1]
    event = read(public_id)
    assert (event.status, event.kind, event.draft.texts["en"].title) == (
        "draft",
        "workshop",
        "Sewing for all",
    )
    assert "The draft is saved." in ana.get(response.location).text


def test_new_event_with_mistakes_is_shown_again_with_all_that_was_typed(ana, web_app):
    response = ana.post("/staff/events/new", data={**TYPED, "venue": "", "capacity": "many"})
    assert response.status_code == 422
    assert "<title>Error:" in response.text
    assert "There is a problem" in response.text
    kept = form_in(response.text, having="texts-0-title")
    assert (kept["texts-0-title"], kept["capacity"], kept["starts_on"]) == (
        ["Sewing for all"], ["many"], ["2026-09-14"],
    )  # fmt: skip
    with web_app.app_context():
        assert db.session.scalar(select(Event.id)) is None


def test_enter_key_saves_and_adds_nothing(ana):
    page = ana.get("/staff/events/new?kind=workshop").text
    first = page[page.index("<form", page.index("</header>")) :]
    first = first[first.index("<button") : first.index("</button>")]
    assert "name=" not in first


@pytest.mark.parametrize("name", ["texts", "cohosts", "parts", "keywords"])
def test_add_button_gives_one_more_block_and_keeps_everything(ana, name):
    typed = {**TYPED, "keyword": "stop", "capacity": "many"}
    response = ana.post("/staff/events/new", data={**typed, "do": f"add {name}"})
    assert response.status_code == 200
    form = form_in(response.text, having="texts-0-title")
    assert {key: form[key] for key in ("keyword", "capacity")} == {"keyword": ["stop"], "capacity": ["many"]}
    added = {
        "texts": "texts-1-title",
        "cohosts": "cohosts-0",
        "parts": "parts-0-title",
        "keywords": "keywords-0-word",
    }[name]
    assert added in form
    again = ana.post("/staff/events/new", data={**form, "do": f"remove {name} {added.split('-')[1]}"})
    assert added not in form_in(again.text, having="texts-0-title")


@pytest.mark.parametrize("draft", [FULL, *DRAFTS.values()], ids=["full", *DRAFTS])
def test_page_of_an_event_changes_nothing_by_being_sent_back(ana, web_app, make, read, draft):
    """A real page, read as a browser reads it: nothing an event says is lost on the way."""
    draft = replace(draft, campaign=None)
    with web_app.app_context(), transaction():
        public_id = planning.create(draft, host=make_organization(), now=NOW).public_id
    assert send_edit(ana, public_id).status_code == 303
    assert read(public_id).draft == draft


def test_coordinator_chooses_the_host(coord, web_app, read):
    form = form_in(coord.get("/staff/events/new?kind=workshop").text, having="host")
    with web_app.app_context():
        hall = make_organization("City Hall").public_id
    response = coord.post("/staff/events/new", data={**form, **TYPED, "host": hall})
    event = read(response.location.rsplit("/", 1)[1])
    with web_app.app_context():
        assert event.organization_id == make_organization("City Hall").id


def test_host_that_is_not_ones_own_is_not_taken_from_the_form(ana, web_app, read):
    with web_app.app_context():
        hall = make_organization("City Hall").public_id
    response = ana.post("/staff/events/new", data={**TYPED, "host": hall})
    with web_app.app_context():
        own = make_organization().id
    assert read(response.location.rsplit("/", 1)[1]).organization_id == own


def test_doubled_hour_is_asked_about_on_the_page(ana, read):
    typed = {**TYPED, "starts_on": "2026-11-01", "starts_time": "01:30", "ends_time": "04:00"}
    assert 'name="starts_fold"' not in ana.get("/staff/events/new?kind=workshop").text
    response = ana.post("/staff/events/new", data=typed)
    assert response.status_code == 422
    assert 'name="starts_fold"' in response.text
    response = ana.post("/staff/events/new", data={**typed, "starts_fold": "1"})
    assert read(response.location.rsplit("/", 1)[1]).draft.starts_fold == 1


# Review


def test_story_of_a_draft_through_review(ana, coord, make, read):
    public_id = make(status="draft")
    assert press(ana, public_id, "submit").status_code == 303
    assert read(public_id).status == "submitted"
    assert "Neighbors" in coord.get("/staff/review").text

    assert press(coord, public_id, "return", note="Which door?").status_code == 303
    page = ana.get(f"/staff/events/{public_id}").text
    assert "Which door?" in page

    assert send_edit(ana, public_id, access_notes="North door").status_code == 303
    press(ana, public_id, "submit")
    assert press(coord, public_id, "publish").status_code == 303
    event = read(public_id)
    assert (event.status, event.review_note) == ("published", None)
    assert ana.get(f"/en/events/{public_id}").status_code == 200


def test_organizer_cannot_publish(ana, make, read):
    public_id = make(status="draft")
    assert "/publish" not in " ".join(actions_in(ana.get(f"/staff/events/{public_id}").text))
    press(ana, public_id, "submit")
    for action in ("publish", "return"):
        assert ana.post(f"/staff/events/{public_id}/{action}", data={"revision": 1}).status_code == 404
    assert ana.get("/staff/review").status_code == 403
    assert read(public_id).status == "submitted"


def test_organizer_of_a_trusted_organization_publishes(ana, web_app, make, read):
    public_id = make(status="draft")
    with web_app.app_context(), transaction():
        make_organization().is_trusted = True
    assert "Publish" in ana.get(f"/staff/events/{public_id}").text
    press(ana, public_id, "submit")
    assert read(public_id).status == "published"


def test_publish_of_what_changed_since_is_refused_with_the_reason(ana, coord, make, read):
    public_id = make(status="draft")
    press(ana, public_id, "submit")
    seen = read(public_id).revision
    send_edit(ana, public_id, capacity="9")
    response = coord.post(f"/staff/events/{public_id}/publish", data={"revision": seen})
    assert response.status_code == 409
    assert "Somebody else changed this event" in response.text
    assert read(public_id).status == "submitted"


def test_return_without_a_note_is_refused_at_the_field(ana, coord, make):
    public_id = make(status="draft")
    press(ana, public_id, "submit")
    response = press(coord, public_id, "return", note=" ")
    assert response.status_code == 422
    assert 'id="note-error"' in response.text


def test_button_pressed_twice_is_answered_in_words(coord, make):
    public_id = make(status="draft")
    revision = {"revision": 1}
    assert coord.post(f"/staff/events/{public_id}/publish", data=revision).status_code == 303
    response = coord.post(f"/staff/events/{public_id}/publish", data=revision)
    assert response.status_code == 409
    assert "published or ended before" in response.text


# Changes to what is public


def test_story_of_a_change(ana, coord, make, read):
    public_id = make(texts={"en": TextDraft("Picnic", "Eat and talk.")})
    assert "waits until a coordinator has read it" in ana.get(f"/staff/events/{public_id}/edit").text
    response = send_edit(ana, public_id, **{"texts-0-summary": "Eat and dance.", "capacity": "40"})
    assert "Your change waits for review." in ana.get(response.location).text
    assert read(public_id).capacity is None

    # Whoever opens the form again goes on from the change, not from what is public.
    assert edit_form(ana, public_id)["capacity"] == ["40"]

    assert public_id in coord.get("/staff/review").text
    page = coord.get(f"/staff/events/{public_id}/change").text
    assert "Eat and <del>talk.</del>" in page
    assert "Eat and <ins>dance.</ins>" in page
    assert "Changed by Ana" in page
    form = form_in(page, having="revision")
    assert coord.post(f"/staff/events/{public_id}/change/approve", data=form).status_code == 303
    assert read(public_id).capacity == 40
    assert public_id not in coord.get("/staff/review").text


def test_change_goes_back_with_a_note(ana, coord, make, read):
    public_id = make()
    send_edit(ana, public_id, capacity="40")
    refused = coord.post(f"/staff/events/{public_id}/change/return", data={"note": ""})
    assert refused.status_code == 422
    assert 'id="note-error"' in refused.text
    coord.post(f"/staff/events/{public_id}/change/return", data={"note": "Too many."})
    page = ana.get(f"/staff/events/{public_id}").text
    assert "Your last change was not published:" in page
    assert "Too many." in page
    assert read(public_id).capacity is None


def test_change_that_went_back_opens_again_with_what_was_typed(ana, coord, make):
    public_id = make()
    send_edit(ana, public_id, capacity="40")
    coord.post(f"/staff/events/{public_id}/change/return", data={"note": "Too many."})

    home = ana.get("/staff/").text
    assert "Change returned" in home
    assert "You have no drafts." not in home
    page = ana.get(f"/staff/events/{public_id}/edit").text
    assert "Too many." in page
    assert edit_form(ana, public_id)["capacity"] == ["40"]
    # Whoever publishes by saving must not publish what somebody refused.
    assert edit_form(coord, public_id)["capacity"] == [""]

    assert send_edit(ana, public_id, capacity="30").status_code == 303
    assert public_id in coord.get("/staff/review").text
    assert "Change returned" not in ana.get("/staff/").text


@pytest.mark.parametrize("is_returned", [False, True])
def test_change_can_be_taken_back(ana, coord, web_app, make, is_returned):
    public_id = make()
    send_edit(ana, public_id, capacity="40")
    if is_returned:
        coord.post(f"/staff/events/{public_id}/change/return", data={"note": "Too many."})

    page = f"/staff/events/{public_id}" + ("" if is_returned else "/change")
    form = form_in(ana.get(page).text, having="revision")
    address = f"/staff/events/{public_id}/change/withdraw"
    assert ana.post(address, data={"revision": form["revision"]}).status_code == 303
    with web_app.app_context():
        assert db.session.scalar(select(EventChange)) is None
    assert edit_form(ana, public_id)["capacity"] == [""]
    assert ana.post(address, data={"revision": "9"}).status_code == 404


def test_new_time_of_a_public_event_is_asked_about_before_guests_are_told(coord, make, read):
    public_id = make()
    before = read(public_id).starts_local
    later = (before + timedelta(days=1)).date().isoformat()

    asked = send_edit(coord, public_id, starts_on=later)
    assert asked.status_code == 422
    assert "guests who gave a number get a text at once" in asked.text
    assert read(public_id).starts_local == before
    assert form_in(asked.text, having="revision")["starts_on"] == [later]

    assert send_edit(coord, public_id, starts_on=later, is_move_meant="y").status_code == 303
    assert read(public_id).starts_local == before + timedelta(days=1)


def test_other_words_of_a_public_event_are_saved_at_once(coord, make, read):
    public_id = make()
    assert send_edit(coord, public_id, **{"texts-0-summary": "Come and eat."}).status_code == 303


def test_reviewer_reads_that_guests_will_be_told(ana, coord, make, read):
    public_id = make()
    later = (read(public_id).starts_local + timedelta(days=1)).date().isoformat()
    send_edit(ana, public_id, starts_on=later)
    assert (
        "guests who gave a number get a text at once" in coord.get(f"/staff/events/{public_id}/change").text
    )


def test_draft_is_deleted_and_a_public_event_is_not(ana, make, web_app):
    draft, public = make(status="draft"), make()
    assert press(ana, draft, "delete").status_code == 303
    assert ana.get(f"/staff/events/{draft}").status_code == 404
    assert ana.post(f"/staff/events/{public}/delete", data={"revision": "1"}).status_code == 409
    assert ana.get(f"/staff/events/{public}").status_code == 200


def test_draft_has_nobody_to_cancel_for(ana, make):
    assert ana.get(f"/staff/events/{make(status='draft')}/cancel").status_code == 404


def test_event_that_was_closed_too_early_is_opened_again_while_it_lasts(ana, clock, make, read):
    public_id = make()
    clock.at = read(public_id).starts_at
    sign_in(ana)
    ana.post(f"/staff/events/{public_id}/close", data={"head_count": "3"})
    assert "Open it again" in ana.get(f"/staff/events/{public_id}").text
    assert ana.post(f"/staff/events/{public_id}/open-again").status_code == 303
    assert read(public_id).status == "published"

    ana.post(f"/staff/events/{public_id}/close", data={"head_count": "3"})
    clock.at = read(public_id).ends_at
    sign_in(ana)
    assert "Open it again" not in ana.get(f"/staff/events/{public_id}").text
    assert ana.post(f"/staff/events/{public_id}/open-again").status_code == 409


def test_form_goes_to_an_address_without_a_place_on_the_page(ana, make):
    """Else the browser, which stands at the block that was added last, would pass the errors by."""
    public_id = make()
    page = ana.get(f"/staff/events/{public_id}/edit").text
    assert f'action="/staff/events/{public_id}/edit"' in page


def test_host_is_chosen_and_never_proposed(coord, web_app):
    with web_app.app_context(), transaction():
        make_organization("Another host")
    form = form_in(coord.get("/staff/events/new?kind=workshop").text, having="host")
    assert form["host"] == [""]
    refused = coord.post("/staff/events/new", data={**form, **TYPED, "host": ""})
    assert refused.status_code == 422
    assert 'id="host-error"' in refused.text


def test_form_of_an_older_sign_in_is_shown_again_with_everything(ana, web_app, make, read):
    public_id = make()
    form = edit_form(ana, public_id)
    web_app.config["WTF_CSRF_ENABLED"] = True
    again = ana.post(f"/staff/events/{public_id}/edit", data={**form, "capacity": "40", "csrf_token": "old"})

    assert again.status_code == 422
    assert "nothing is lost" in again.text
    assert form_in(again.text, having="revision")["capacity"] == ["40"]
    assert read(public_id).capacity is None


def test_form_sent_after_signing_out_says_how_to_keep_it(web_app, make):
    public_id = make()
    web_app.config["WTF_CSRF_ENABLED"] = True
    answer = web_app.test_client().post(f"/staff/events/{public_id}/edit", data={"capacity": "40"})

    assert answer.status_code == 403
    assert "Sign in in another tab" in answer.text


def test_change_is_the_reviewers_to_decide(ana, make, read):
    public_id = make()
    send_edit(ana, public_id, capacity="40")
    assert ana.get(f"/staff/events/{public_id}/change").status_code == 200
    for action in ("approve", "return"):
        response = ana.post(f"/staff/events/{public_id}/change/{action}", data={"note": "x", "revision": 3})
        assert response.status_code == 404
    assert read(public_id).capacity is None


def test_change_that_was_replaced_meanwhile_is_not_approved(ana, coord, make, read):
    public_id = make()
    send_edit(ana, public_id, capacity="40")
    form = form_in(coord.get(f"/staff/events/{public_id}/change").text, having="revision")
    send_edit(ana, public_id, capacity="400")
    response = coord.post(f"/staff/events/{public_id}/change/approve", data=form)
    assert response.status_code == 409
    assert "Somebody else changed this event" in response.text
    assert "400" in response.text
    assert read(public_id).capacity is None


def test_change_that_cannot_be_any_more_says_why(ana, coord, make, read):
    public_id = make()
    send_edit(ana, public_id, keyword="PICNIC")
    make(status="draft", keyword="PICNIC")
    form = form_in(coord.get(f"/staff/events/{public_id}/change").text, having="revision")
    response = coord.post(f"/staff/events/{public_id}/change/approve", data=form)
    assert response.status_code == 422
    assert "Another event uses the word PICNIC." in response.text


def test_event_without_a_change_has_no_such_page(coord, make):
    public_id = make()
    assert coord.get(f"/staff/events/{public_id}/change").status_code == 404


def test_edit_from_an_old_page_keeps_what_was_typed_beside_the_newer(ana, coord, make, read):
    public_id = make(status="draft")
    old = edit_form(ana, public_id)
    send_edit(coord, public_id, capacity="20")
    response = ana.post(
        f"/staff/events/{public_id}/edit", data={**old, "capacity": "30", "texts-0-title": "My title"}
    )
    assert response.status_code == 409
    assert "Somebody else changed this event" in response.text
    kept = form_in(response.text, having="revision")
    assert (kept["capacity"], kept["texts-0-title"]) == (["30"], ["My title"])
    row = response.text[response.text.index("Seats</th>") :][:200]
    assert ">30<" in row
    assert ">20<" in row
    assert read(public_id).capacity == 20
    # Sent again, now knowingly, it is saved.
    assert ana.post(f"/staff/events/{public_id}/edit", data=kept).status_code == 303
    assert read(public_id).capacity == 30


def test_capacity_below_the_seats_taken_is_refused_at_its_field(coord, web_app, make):
    public_id = make(capacity=10)
    with web_app.app_context(), transaction() as session:
        session.scalar(select(Event)).seats_taken = 6
    response = send_edit(coord, public_id, capacity="5")
    assert response.status_code == 422
    assert 'id="capacity-error"' in response.text
    assert "6 seats are taken" in response.text


def test_registration_cannot_be_turned_off_while_guests_are_signed_up(coord, web_app, make, read):
    public_id = make(capacity=10)
    with web_app.app_context(), transaction() as session:
        session.scalar(select(Event)).seats_taken = 6
    form = {**edit_form(coord, public_id), "capacity": "12"}
    del form["takes_registrations"]

    response = coord.post(f"/staff/events/{public_id}/edit", data=form)

    assert response.status_code == 422
    assert 'id="takes_registrations-error"' in response.text
    assert "Guests are signed up here (seats: 6, groups waiting: 0)" in response.text
    kept = form_in(response.text, having="revision")
    assert (kept["capacity"], "takes_registrations" in kept) == (["12"], False)
    assert (read(public_id).takes_registrations, read(public_id).capacity) == (True, 10)


# Calling off and closing


def test_event_is_canceled_with_a_reason_in_its_language(ana, make, read):
    public_id = make(texts={"en": TextDraft("Picnic"), "es": TextDraft("Picnic")})
    form = form_in(ana.get(f"/staff/events/{public_id}/cancel").text, having="reason")
    assert form["locale"] == ["en"]
    refused = ana.post(f"/staff/events/{public_id}/cancel", data={**form, "reason": ""})
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.text
    data = {**form, "reason": "Hay tormenta.", "locale": "es"}
    assert ana.post(f"/staff/events/{public_id}/cancel", data=data).status_code == 303
    event = read(public_id)
    assert event.status == "cancelled"
    assert "Hay tormenta." in ana.get(f"/es/events/{public_id}").text
    assert ana.post(f"/staff/events/{public_id}/cancel", data=data).status_code == 409


def test_event_is_closed_with_a_head_count(ana, clock, make, read):
    public_id = make()
    assert "Close as held" not in ana.get(f"/staff/events/{public_id}").text
    early = ana.post(f"/staff/events/{public_id}/close", data={"head_count": "3"})
    assert early.status_code == 409
    clock.forward(days=8)
    sign_in(ana)
    assert "Close as held" in ana.get(f"/staff/events/{public_id}").text
    assert ana.post(f"/staff/events/{public_id}/close", data={"head_count": "lots"}).status_code == 422
    assert ana.post(f"/staff/events/{public_id}/close", data={"head_count": "31"}).status_code == 303
    event = read(public_id)
    assert (event.status, event.head_count) == ("held", 31)
    assert "31 guests in the room." in ana.get(f"/staff/events/{public_id}").text


# Who sees what


def test_organizer_sees_own_and_cohosted_events_only(ana, make):
    own, shared = make(), make(host_name="City Hall", cohosts=("Northeast Library",))
    foreign = make(host_name="City Hall")
    page = ana.get("/staff/events").text
    assert [public_id in page for public_id in (own, shared, foreign)] == [True, True, False]
    assert [
        ana.get(f"/staff/events/{public_id}").status_code for public_id in (own, shared, foreign, "nothing")
    ] == [200, 200, 404, 404]


@pytest.mark.parametrize("page", ["edit", "cancel", "close"])
@pytest.mark.parametrize("is_shared", [True, False], ids=["co-hosted", "foreign"])
def test_organizer_works_on_own_events_only(ana, make, read, page, is_shared):
    public_id = make(host_name="City Hall", cohosts=("Northeast Library",) if is_shared else ())
    assert ana.get(f"/staff/events/{public_id}/{page}").status_code == 404
    assert ana.post(f"/staff/events/{public_id}/{page}", data={"reason": "x"}).status_code == 404
    assert read(public_id).status == "published"


def test_coordinator_sees_everything(coord, make):
    for host in ("City Hall", "Northeast Library"):
        assert coord.get(f"/staff/events/{make(host_name=host)}/edit").status_code == 200


def test_officer_plans_trust_trainings_of_the_own_organization(officer, make, read):
    page = officer.get("/staff/events/new").text
    assert page.count('name="kind"') == 1
    assert 'value="trust_training"' in page
    assert officer.post("/staff/events/new", data=TYPED).status_code == 422
    response = officer.post("/staff/events/new", data={**TYPED, "kind": "trust_training"})
    public_id = response.location.rsplit("/", 1)[1]
    assert read(public_id).is_police_present
    press(officer, public_id, "submit")
    assert read(public_id).status == "submitted"


def test_officer_sees_no_number_of_guests(officer, web_app, make):
    public_id = make(host_name="River Police", kind="trust_training", capacity=57)
    with web_app.app_context(), transaction() as session:
        session.scalar(select(Event)).seats_taken = 43
    for address in ("/staff/", "/staff/events", f"/staff/events/{public_id}"):
        page = officer.get(address).text
        assert "Picnic" in page
        assert "43" not in page.replace(public_id, "")
        assert f"{public_id}/guests" not in page
    assert officer.get(f"/staff/events/{public_id}/guests").status_code == 404


# Lists and previews


@pytest.mark.parametrize(
    ("stage", "title"),
    [
        ("upcoming", "Published"),
        ("drafts", "Drafted"),
        ("review", "Submitted"),
        ("over", "Over"),
        ("held", "Held"),
        ("canceled", "Canceled"),
    ],
)
def test_each_stage_lists_its_events(coord, web_app, make, stage, title):
    past = NOW - timedelta(days=3)
    make(title="Published")
    make(title="Drafted", status="draft")
    submitted = make(title="Submitted", status="draft")
    make(title="Over", starts_at=past)
    make(title="Held", starts_at=past, status="held")
    make(title="Canceled", status="cancelled")
    press(coord, submitted, "submit")
    with web_app.app_context(), transaction() as session:
        session.scalar(select(Event).where(Event.public_id == submitted)).status = "submitted"
    page = coord.get(f"/staff/events?stage={stage}").text
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    assert [name for name in ("Published", "Drafted", "Submitted", "Over", "Held", "Canceled")
            if f">{name}</span></a>" in rows] == [title]  # fmt: skip


def test_returned_events_are_drafts_again(ana, coord, make):
    public_id = make(status="draft")
    press(ana, public_id, "submit")
    press(coord, public_id, "return", note="Why?")
    assert public_id in ana.get("/staff/events?stage=drafts").text


def test_list_is_searched_by_title(coord, make):
    first, second = make(title="Sewing for all"), make(title="Sew & 100 % fun")
    assert [public_id in coord.get("/staff/events?q=sew+ALL").text for public_id in (first, second)] == [
        True, False,
    ]  # fmt: skip
    assert second in coord.get("/staff/events?q=100+%25").text
    assert "No event has these words" in coord.get("/staff/events?q=zebra").text
    assert coord.get("/staff/events?q=%00").status_code == 200


@pytest.mark.parametrize("query", ["stage=secret", "stage="])
def test_stage_that_is_none_is_not_found(coord, query):
    assert coord.get(f"/staff/events?{query}").status_code == 404


@pytest.mark.parametrize("page", ["0", "-3", "99", "x", "9" * 30])
def test_page_numbers_that_are_none_do_no_harm(coord, make, page):
    make()
    assert coord.get(f"/staff/events?page={page}").status_code == 200


def test_list_turns_pages(coord, web_app):
    with web_app.app_context(), transaction():
        for number in range(35):
            make_event(title=f"Event {number:02}", starts_at=NOW + timedelta(days=1, hours=number))
    first, second = (coord.get(f"/staff/events?page={number}").text for number in (1, 2))
    assert ["Event 29" in first, "Event 30" in first, "Event 30" in second] == [True, False, True]
    assert "Page 2 of 2" in second


@pytest.mark.parametrize("address", ["/staff/", "/staff/events", "/staff/review", "/staff/registrations"])
def test_lists_ask_the_database_the_same_for_any_number(coord, web_app, make, address):
    def queries() -> int:
        with count_queries(web_app) as statements:
            assert coord.get(address).status_code == 200
        return len(statements)

    def add(number: int) -> None:
        with web_app.app_context(), transaction():
            author = make_staff(f"x{number}@example.org")
            for _ in range(number):
                event = make_event(cohosts=("City Hall",), spoken=("en",))
                draft = replace(planning.draft_of(event), capacity=9)
                planning.edit(event, draft, author=author, revision=event.revision, now=NOW)
                for status in ("draft", "held"):
                    make_event(status=status)

    add(1)
    queries()  # What a process reads once is read here.
    few = queries()
    add(6)
    assert queries() == few


def test_preview_is_the_page_that_guests_will_see(ana, make):
    public_id = make(status="draft", texts={"en": TextDraft("Picnic", "Eat."), "ar": TextDraft("نزهة", "كل")})
    english, arabic = (
        ana.get(f"/staff/events/{public_id}/preview", query_string={"in": locale}).text
        for locale in ("en", "ar")
    )
    assert "This is how guests will see it." in english
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "نزهة" in arabic
    assert ana.get(f"/en/events/{public_id}").status_code == 404


def test_preview_in_a_language_that_is_none_is_the_original(ana, make):
    public_id = make(status="draft")
    assert "Picnic" in ana.get(f"/staff/events/{public_id}/preview?in=tlh").text


def test_home_says_what_needs_doing(ana, coord, make):
    drafted, over = make(status="draft"), make(starts_at=NOW - timedelta(days=2))
    for client in (ana, coord):
        page = client.get("/staff/").text
        assert drafted in page
        assert over in page
    assert "Nothing waits for review." in coord.get("/staff/").text


def test_event_page_shows_parts_and_languages(ana, make):
    part = PartDraft("Bakery", datetime(2026, 9, 14, 18), datetime(2026, 9, 14, 18, 30), "2 Main St")
    public_id = make(parts=(part,), spoken=("es",), interpreted=("ar",))
    page = ana.get(f"/staff/events/{public_id}").text
    for words in ("Bakery", "2 Main St", "Spanish", "Arabic"):
        assert words in page


def test_titles_cannot_bring_markup(ana, make):
    public_id = make(title="<script>alert(1)</script>")
    for address in ("", "/edit", "/preview", "/cancel"):
        assert "<script>alert" not in ana.get(f"/staff/events/{public_id}{address}").text
    assert "<script>alert" not in ana.get("/staff/events").text


def test_change_row_belongs_to_its_event(web_app, ana, make):
    public_id = make()
    send_edit(ana, public_id, capacity="40")
    with web_app.app_context():
        change = db.session.scalar(select(EventChange))
        assert (change.event.public_id, change.author.name) == (public_id, "Ana")


def test_plain_draft_is_what_the_factory_says():
    """The form tests lean on it."""
    assert make_draft().source_locale == "en"
