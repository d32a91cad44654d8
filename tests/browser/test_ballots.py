"""Devices in the hands of guests: what is tapped on them, without a network, until it is counted once."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page

from outreach.demo.people import PASSWORD
from tests.browser.conftest import Meet
from tests.browser.people import Person
from tests.servers import Installation

#: What the browser itself says of a form that was sent back.
REFUSED = "Failed to load resource: the server responded with a status of 400 (BAD REQUEST)"


@pytest.fixture
def public_id(place: Installation) -> str:
    """An event of the demo that begins now, with room for everybody."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with closing(sqlite3.connect(place.database, timeout=10)) as connection, connection:
        (found,) = connection.execute(
            "SELECT public_id FROM event WHERE status = 'published' AND takes_registrations AND starts_at > ?"
            " AND coalesce(capacity, 99) > 20 AND NOT is_police_present ORDER BY starts_at DESC LIMIT 1",
            (now.isoformat(" "),),
        ).fetchone()
        starts, ends = (now + timedelta(minutes=minutes) for minutes in (-60, 60))
        connection.execute(
            "UPDATE event SET starts_at = ?, ends_at = ? WHERE public_id = ?",
            (starts.isoformat(" ", "microseconds"), ends.isoformat(" ", "microseconds"), found),
        )
    return str(found)


def four(place: Installation, public_id: str) -> tuple[int, ...]:
    with closing(sqlite3.connect(place.database, timeout=10)) as connection:
        found = connection.execute(
            'SELECT newcomers, residents, "both", unsaid FROM event_tally JOIN event ON id = event_id'
            " WHERE public_id = ?",
            (public_id,),
        ).fetchall()
    return tuple(found[0]) if found else ()


def device_link(meet: Meet, public_id: str) -> str:
    host = sign_in(meet, "en")
    host.go(f"/staff/events/{public_id}/ballots")
    return host.page.locator(".ticket a").inner_text()


def sign_in(meet: Meet, locale: str) -> Person:
    host = meet(locale, width=1280)
    host.go("/staff/sign-in")
    host.write(email="admin@example.org", password=PASSWORD)
    host.tap(host.t("Sign in"))
    return host


def settle(page: Page) -> None:
    """Waits as a finger does: so soon after a step changed, a tap was meant for the one before."""
    page.wait_for_timeout(400)


def answer(guest: Person, locale: str, number: int, *, undo: bool = False) -> None:
    """One guest, from choosing a language to handing the device on."""
    page = guest.page
    settle(page)
    page.locator(f"[data-choose='{locale}']").click()
    settle(page)
    step = page.locator(f"[data-step='ask'][data-language='{locale}']")
    step.locator(f"[data-answer='{number}']").click()
    settle(page)
    thanks = page.locator(f"[data-step='thanks'][data-language='{locale}']")
    if undo:
        thanks.locator("[data-act='undo']").click()
        settle(page)
        step.locator("[data-act='languages']").click()
    else:
        thanks.locator("[data-act='next']").click()
    page.locator("[data-step='start']").wait_for()


def held_here(person: Person) -> list[str]:
    kept: list[str] = person.page.evaluate(
        "() => Object.keys(localStorage).filter(each => each.startsWith('outreach-ballots/'))"
    )
    return kept


def close(volunteer: Person, address: str, **numbers: str) -> None:
    volunteer.go(address.replace("/ballot", "/close"))
    volunteer.write(**numbers)
    meant = volunteer.page.locator("[name=is_meant]")
    if meant.count():
        meant.check()
    volunteer.follow(volunteer.page.locator("main form button[type=submit]"))


def test_two_devices_without_network_and_paper_are_counted_once(
    meet: Meet, place: Installation, public_id: str
) -> None:
    address = device_link(meet, public_id)
    first, second = meet("en"), meet("es", width=320)
    for device in (first, second):
        device.go(address)
        device.page.wait_for_load_state("networkidle")
        device.context.set_offline(True)
    for locale, number in (("en", 1), ("ar", 0), ("es", 0), ("en", 3)):
        answer(first, locale, number)
    answer(first, "en", 2, undo=True)
    for locale, number in (("es", 0), ("es", 2)):
        answer(second, locale, number)
    first.page.locator("summary").last.click()
    assert first.page.locator("[data-count]").inner_text() == "4"
    assert four(place, public_id) == ()
    for device in (first, second):
        device.context.set_offline(False)

    # Fewer people than ballots: nothing is taken, and nothing is lost.
    close(first, address, head_count="3")
    assert "More ballots (4) than guests who get one (3)." in first.words
    first.complaints.remove(f"{first.page.url}: {REFUSED}")
    assert (four(place, public_id), len(held_here(first))) == ((), 1)

    close(first, address, head_count="9", newcomers="1", residents="1")
    assert four(place, public_id) == (3, 2, 0, 1)
    assert held_here(first) == []
    assert not first.page.locator("[data-on-device]").is_visible()

    second.go(address.replace("/ballot", "/close"))
    assert second.page.locator("[data-on-device] output").inner_text() == "2"
    close(second, address)
    assert four(place, public_id) == (4, 2, 1, 1)
    assert held_here(second) == []


def test_answers_whose_arrival_nobody_heard_of_are_counted_once(
    meet: Meet, place: Installation, public_id: str
) -> None:
    address = device_link(meet, public_id)
    device = meet("en")
    device.go(address)
    answer(device, "en", 0)
    answer(device, "en", 1)
    device.go(address.replace("/ballot", "/close"))
    # The form arrives, its answer does not, and the device goes on.
    device.page.route(
        "**/close", lambda route: (route.fetch(max_redirects=0), route.abort("connectionaborted"))
    )
    device.page.locator("[name=head_count]").fill("5")
    device.page.locator("[name=is_meant]").check()
    device.page.locator("main form button[type=submit]").click(no_wait_after=True)
    device.page.wait_for_timeout(1000)
    device.page.unroute("**/close")
    device.complaints.clear()
    assert four(place, public_id) == (1, 1, 0, 0)

    device.go(address)
    answer(device, "en", 3)
    close(device, address)
    assert four(place, public_id) == (1, 1, 0, 1)
    assert held_here(device) == []


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_every_step_keeps_the_rules_of_all_pages(meet: Meet, public_id: str, locale: str) -> None:
    address = device_link(meet, public_id)
    for width in (320, 360, 1280):
        device = meet(locale, width=width)
        device.go(address)
        device.page.locator(f"[data-choose='{locale}']").click()
        device.look()
        assert device.page.evaluate("() => document.activeElement.tagName") == "H2"
        device.page.locator("[data-answer='0']:visible").click()
        device.look()
        # Whoever goes back finds the start, and not the page before.
        device.page.go_back()
        device.page.locator("[data-step='start']").wait_for()
        assert "/ballot" in device.page.url


def test_second_tap_of_a_hasty_finger_does_nothing(meet: Meet, public_id: str) -> None:
    """What a finger meets then lies where the answer lay, and would take it back."""
    device = meet("en", width=320)
    device.go(device_link(meet, public_id))
    device.page.locator("[data-choose='en']").click()
    settle(device.page)
    device.page.locator("[data-answer='2']:visible").dblclick()
    settle(device.page)

    assert device.page.locator("[data-step='thanks'][data-language='en']").is_visible()
    assert device.page.locator("[data-count]").text_content() == "1"


def test_thanks_clear_themselves(meet: Meet, public_id: str) -> None:
    device = meet("en")
    address = device_link(meet, public_id)
    device.page.clock.install()
    device.go(address)
    device.page.locator("[data-choose='en']").click()
    device.page.clock.run_for(400)
    device.page.locator("[data-answer='0']:visible").click()
    device.page.clock.run_for(11_000)
    assert device.page.locator("[data-step='start']").is_visible()


def test_page_without_a_script_points_to_paper(meet: Meet, public_id: str) -> None:
    address = device_link(meet, public_id)
    device = meet("en", has_scripts=False)
    device.go(address)
    assert "This browser cannot keep answers. Please use paper." in device.words
    device.tap("Sheet to print", role="link")
    assert device.heading == "Tally sheet"


@pytest.mark.parametrize("locale", ["en", "es", "ar"])
def test_pages_of_cards_and_paper_keep_the_rules_of_all_pages(
    meet: Meet, public_id: str, locale: str
) -> None:
    host = sign_in(meet, locale)
    t = host.t
    host.go(f"/staff/events/{public_id}/ballots")
    if host.page.locator("[name=cards][value=on]").count():
        host.follow(host.page.locator("[name=cards]"))
    address = host.page.locator(".ticket a").inner_text()
    host.tap(t("New cards to print"), role="link")
    code = host.page.locator(".code").first.inner_text()
    guest = meet(locale, width=320, has_scripts=False)
    guest.go(address.replace("/ballot", "/tally-sheet"))
    guest.go(address.replace("/ballot", "/card"))
    guest.write(code=code)
    guest.tap(t("Show my card"))
    guest.choose(t("Both, or it's complicated"))
    guest.tap(t("Answer"))
    assert t("Thank you! Your card is counted. Please give this to the next person.") in guest.words
    guest.go(f"/{locale}/card")
    guest.write(code=code)
    guest.tap(t("Erase what is stored"))
    assert t("Connection card") == guest.heading
    for person in (host, guest):
        for width in (320, 768, 1280):
            person.page.set_viewport_size({"width": width, "height": 800})
            person.look()
