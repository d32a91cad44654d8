"""Pages of every sort, in three languages and widths: what each of them keeps to, and what it weighs."""

import json
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Request

from outreach.demo.people import PASSWORD
from outreach.i18n import translator
from tests.browser.conftest import Meet
from tests.browser.people import Person
from tests.servers import Installation

LOCALES = ("en", "es", "ar")
WIDTHS = (320, 768, 1280)
#: What a page may cost somebody who comes for the first time.
MOST_BYTES, MOST_REQUESTS = 60 * 1024, 6
STAFF_PAGES = (
    "", "/events", "/events/new", "/events/new?kind=business_tour", "/review", "/registrations", "/messages",
    "/messages/reveals", "/messages/numbers", "/plan", "/plan/committee", "/plan/promises/1",
    "/reports/engagement", "/reports/evidence", "/reports/registrations", "/organizations", "/people",
    "/holds", "/audit", "/audit?check=1", "/account",
)  # fmt: skip

_numbers = count(140)


@pytest.fixture(scope="session")
def events(place: Installation) -> dict[str, str]:
    """An event of each sort that looks different, and where it is."""
    listed: list[dict[str, object]] = []
    address = "/events.json"
    while address:
        with urlopen(place.url + address) as answer:
            page = json.load(answer)
        listed += page["events"]
        address = (page["next"] or "").removeprefix(place.url)
    sorts = {
        # What has begun takes nobody any more.
        "plain": lambda event: (
            event["status"] == "published"
            and event["takes_registrations"]
            and datetime.fromisoformat(str(event["starts_at"])) > datetime.now(UTC)
        ),
        "canceled": lambda event: event["status"] == "cancelled",
        "moved": lambda event: event["moved_at"],
        "online": lambda event: event["delivery"] != "in_person",
        "in parts": lambda event: event["parts"],
        "with police": lambda event: event["is_police_present"],
    }
    return {name: next(str(event["id"]) for event in listed if fits(event)) for name, fits in sorts.items()}


def register(person: Person, public_id: str) -> None:
    """Signs somebody up with nothing but a number; the page is then the pass."""
    locale = person.t.locale
    person.go(f"/{locale}/events/{public_id}/register")
    person.choose(person.t.number(2))
    while "/pass/" not in person.page.url:
        phone = person.page.locator("[name=phone]:not([type=hidden])")
        if phone.count():
            phone.fill(f"660-555-0{next(_numbers)}")
        person.follow(person.page.locator("[name=go][value=on]"))


def look_at_every_width(person: Person) -> None:
    """Looks with everything unfolded, which is where wide things hide."""
    person.page.evaluate("() => document.querySelectorAll('details').forEach(each => each.open = true)")
    for width in WIDTHS:
        person.page.set_viewport_size({"width": width, "height": 800})
        person.look()


@pytest.mark.parametrize("locale", LOCALES)
def test_public_pages_keep_the_rules_of_all_pages(meet: Meet, events: dict[str, str], locale: str) -> None:
    person = meet(locale, has_scripts=False)
    for address in (
        "/", f"/{locale}/", f"/{locale}/events/?page=2", f"/{locale}/events/?q=zzz",
        *(f"/{locale}/events/{public_id}" for public_id in events.values()),
        f"/{locale}/events/{events['plain']}/flyer", f"/{locale}/events/{events['plain']}/register",
        f"/{locale}/pass/check-your-phone", f"/{locale}/pass/deleted", f"/{locale}/pass/deleted?later=1",
        f"/{locale}/what-we-hold", f"/{locale}/what-we-hold/schedule",
        "/simulator", "/staff/sign-in",
    ):  # fmt: skip
        person.go(address)
        look_at_every_width(person)
    person.go(f"/{locale}/reports/")
    look_at_every_width(person)
    # The demo freezes the quarters that are over.
    published = person.page.locator(f"main a[href*='/{locale}/reports/']")
    addresses = [str(link.get_attribute("href")) for link in published.all()]
    assert addresses
    for address in addresses:
        person.go(address)
        look_at_every_width(person)


@pytest.mark.parametrize("locale", LOCALES)
def test_pages_of_mistakes_keep_the_rules_of_all_pages(
    meet: Meet, events: dict[str, str], locale: str
) -> None:
    person = meet(locale, has_scripts=False)
    for address, status in (
        (f"/{locale}/nowhere", 404), (f"/{locale}/events/2222222222", 404), ("/door/2222222222.no", 404),
        (f"/{locale}/events/?from=tomorrow&kind=party", 400),
        (f"/{locale}/events/{events['canceled']}/register", 409),
    ):  # fmt: skip
        person.go(address, status=status)
        look_at_every_width(person)


@pytest.mark.parametrize("locale", LOCALES)
def test_guests_own_pages_keep_the_rules_of_all_pages(
    meet: Meet, events: dict[str, str], locale: str
) -> None:
    person = meet(locale, has_scripts=False)
    register(person, events["plain"])
    look_at_every_width(person)
    own = person.page.url
    for part in ("party", "cancel", "texts"):
        person.go(f"{own}/{events['plain']}/{part}")
        look_at_every_width(person)
    person.go(f"{own}/delete")
    look_at_every_width(person)


def test_guest_changes_the_language_on_the_last_step_and_loses_nothing(
    meet: Meet, events: dict[str, str]
) -> None:
    person = meet("en", has_scripts=False)
    person.go(f"/en/events/{events['plain']}/register")
    person.choose("2")
    phone = person.page.locator("[name=phone]:not([type=hidden])")
    while not phone.count():
        person.tap("Continue")
    number = f"660-555-0{next(_numbers)}"
    person.write(phone=number, first_name="Amina")
    for locale in ("ar", "es"):
        person.t = translator(locale)
        person.tap(person.t.language.endonym)
        assert urlsplit(person.page.url)[2:] == (f"/{locale}/events/{events['plain']}/register", "", "")
        assert (phone.input_value(), person.page.locator("[name=first_name]").input_value()) == (
            number,
            "Amina",
        )
        look_at_every_width(person)

    with person.page.expect_navigation():
        phone.press("Enter")
    person.look()
    assert urlsplit(person.page.url).path.startswith("/es/pass/")


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_staff_pages_keep_the_rules_of_all_pages(meet: Meet, events: dict[str, str], locale: str) -> None:
    person = meet(locale, width=1280)
    person.go("/staff/sign-in")
    person.write(email="admin@example.org", password=PASSWORD)
    person.tap(person.t("Sign in"))
    event = f"/events/{events['plain']}"
    for page in (*STAFF_PAGES, event, f"{event}/edit", f"{event}/guests", f"{event}/guests/door"):
        person.go(f"/staff{page}")
        look_at_every_width(person)


@pytest.mark.parametrize("locale", LOCALES)
def test_public_pages_keep_their_weight_and_have_no_script(
    meet: Meet, events: dict[str, str], locale: str
) -> None:
    guest = meet(locale)
    register(guest, events["plain"])
    here = f"/{locale}/events/{events['plain']}"
    stranger = meet(locale)
    # Each page is weighed as if it were the first.
    stranger.context.new_cdp_session(stranger.page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    for address in (
        f"/{locale}/", here, f"{here}/flyer", f"{here}/register", guest.page.url, f"/{locale}/what-we-hold",
        f"/{locale}/what-we-hold/schedule",
    ):  # fmt: skip
        requests = requests_for(stranger, address)
        sizes = [request.sizes() for request in requests]
        weight = sum(each["responseHeadersSize"] + each["responseBodySize"] for each in sizes)
        assert (weight <= MOST_BYTES, len(requests) <= MOST_REQUESTS) == (True, True), (address, weight)
        types = {request.resource_type for request in requests}
        assert {"document", "stylesheet"} <= types <= {"document", "stylesheet", "other"}
        assert stranger.page.locator("script").count() == 0


def requests_for(person: Person, address: str) -> list[Request]:
    """Everything that a browser asks for in order to show a page."""
    found: list[Request] = []

    def note(request: Request) -> None:
        found.append(request)

    person.context.on("requestfinished", note)
    person.go(address)
    person.page.wait_for_load_state("networkidle")
    person.context.remove_listener("requestfinished", note)
    return found
