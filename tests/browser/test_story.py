"""The whole story in a real browser, on a phone: from a coordinator's idea to what the report says."""

import json
import re
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import vobject

from outreach.demo.people import PASSWORD
from outreach.i18n import Translator, translator
from tests.browser.conftest import Meet
from tests.browser.people import Person
from tests.servers import Installation

#: A text from us, once it is known in which language it is.
ANSWER = ".chat li:not(.own) > div[lang]"
HOST = "Kansas City Public Library"


@dataclass(frozen=True)
class Plan:
    """What the coordinator has in mind, in their own language."""

    locale: str
    keyword: str
    title: str
    place: str
    name: str
    registering_phone: str
    texting_phone: str

    @property
    def t(self) -> Translator:
        return translator(self.locale)


PLANS = [
    Plan("en", "SUPPERS", "Supper on our street", "Garden hall", "Amina", "660-555-0131", "660-555-0132"),
    Plan("ar", "ASHAA", "عشاء في شارعنا", "قاعة الحديقة", "أمينة", "660-555-0133", "660-555-0134"),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.locale)
def test_neighbors_meet(meet: Meet, place: Installation, tmp_path: Path, plan: Plan) -> None:
    zone = place.settings["OUTREACH_TIME_ZONE"]
    # So that the door is open already, and everybody still has time to register.
    starts_local = _whole_minute(datetime.now(ZoneInfo(zone)) + timedelta(hours=23))

    coordinator = meet(plan.locale)
    sign_in(coordinator)
    publish(coordinator, plan, starts_local)
    event = coordinator.page.url

    guest = meet(plan.locale, has_scripts=False)
    code = register(guest, plan)
    check_calendar(guest, plan, starts_local, zone, tmp_path)
    check_confirmation(guest, plan, code)
    other_code = register_by_text(meet(plan.locale), plan)

    volunteer = meet(plan.locale, has_scripts=False)
    volunteer.go(door_of(coordinator, event))
    let_in(volunteer, plan, code, other_code)
    # No real server's clock can be turned, so the event comes to us.
    move_back(place, event, timedelta(hours=24))
    close(volunteer, plan)

    coordinator.go(event)
    assert in_room(plan.t, 9) in coordinator.words
    check_report(coordinator, place)
    check_plan(coordinator)


def sign_in(coordinator: Person) -> None:
    coordinator.go("/staff/")
    coordinator.write(email="coordinator@example.org", password=PASSWORD)
    coordinator.tap(coordinator.t("Sign in"))


def publish(coordinator: Person, plan: Plan, starts_local: datetime) -> None:
    t, page = plan.t, coordinator.page
    coordinator.go("/staff/events/new")
    page.locator("#kind-welcoming_week").check()
    coordinator.tap(t("Continue"))
    page.locator("[name=host]").select_option(label=HOST)
    coordinator.write(
        texts__0__title=plan.title,
        starts_on=starts_local.date().isoformat(),
        starts_time=starts_local.time().isoformat("minutes"),
        venue=plan.place,
        address="4510 St John Ave",
        city="Kansas City",
        capacity="12",
        keyword=plan.keyword,
    )
    page.locator("[name=offers][value=interpreter]").check()
    coordinator.tap(t("Save the draft"))
    assert t("The draft is saved. Nobody else sees it yet.") in coordinator.words
    coordinator.tap(t("Publish"))
    assert t("The event is published.") in coordinator.words


def register(guest: Person, plan: Plan) -> str:
    """Signs the guest up with two others, as the form asks; the code of the pass."""
    t = plan.t
    guest.go("/")
    guest.tap(plan.title, role="link")
    guest.tap(t("I want to come"), role="link")
    guest.choose(t.number(3))
    guest.tap(t("Continue"))
    guest.choose(t("Interpreter"))
    guest.tap(t("Continue"))
    guest.write(phone=plan.registering_phone, first_name=plan.name)
    guest.page.locator("[name=wants_texts]").check()
    guest.tap(t("Sign me up"))
    assert guest.heading == t("You are signed up")
    assert plan.name in guest.words
    return six_digits(guest.page.locator(".ticket .code").inner_text())


def check_calendar(guest: Person, plan: Plan, starts_local: datetime, zone: str, folder: Path) -> None:
    with guest.page.expect_download() as download:
        guest.page.get_by_role("link", name=plan.t("Add to my calendar")).click()
    download.value.save_as(folder / "pass.ics")
    event = vobject.readOne((folder / "pass.ics").read_text(encoding="utf-8")).vevent
    start = event.dtstart.value
    assert (plan.title in event.summary.value, start.replace(tzinfo=None)) == (True, starts_local)
    assert start.astimezone(UTC) == starts_local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def check_confirmation(guest: Person, plan: Plan, code: str) -> None:
    guest.go(f"/simulator?phone={plan.registering_phone}")
    text = guest.page.locator(ANSWER)
    guest.wait_for(text)
    assert (text.count(), text.get_attribute("lang")) == (1, plan.t.language.html_lang)
    assert (plan.title in text.inner_text(), six_digits(text.inner_text())) == (True, code)


def register_by_text(guest: Person, plan: Plan) -> str:
    """Signs a second guest up with one other, from the phone in the browser; the code in the last text."""
    guest.go(f"/simulator?phone={plan.texting_phone}")
    answers = guest.page.locator(ANSWER)
    digit = ("en", "es", "ar").index(plan.locale) + 1
    # The word, the language, how many, an interpreter, yes.
    for number, body in enumerate((plan.keyword.lower(), str(digit), "2", "1", "1"), start=1):
        guest.write(body=body)
        guest.tap(plan.t("Send text"))
        guest.wait_for(answers, count=number)
    assert answers.last.get_attribute("lang") == plan.t.language.html_lang
    return six_digits(answers.last.inner_text())


def door_of(coordinator: Person, event: str) -> str:
    t = coordinator.t
    coordinator.go(event)
    coordinator.tap(t("Guests"), role="link")
    coordinator.tap(t("Link for the door"), role="link")
    return coordinator.page.locator(".ticket a").inner_text()


def let_in(volunteer: Person, plan: Plan, code: str, other_code: str) -> None:
    """One party comes whole, one without a companion, and two people come whom nobody expected."""
    t = plan.t
    parties = volunteer.page.locator(".roster > li")
    first, second = parties.filter(has_text=code), parties.filter(has_text=other_code)
    assert (parties.count(), first.count(), second.count()) == (2, 1, 1)
    assert plan.name in first.inner_text()

    volunteer.follow(first.get_by_role("button", name=all_here(t, 3)))
    volunteer.follow(second.get_by_role("button", name=t("One more")))
    volunteer.follow(volunteer.page.locator("[name=add][value='2']"))
    numbers = volunteer.page.locator(".counts dd").all_inner_texts()
    assert numbers == [t.number(6), t.number(1), t.number(2)]


def close(volunteer: Person, plan: Plan) -> None:
    t = plan.t
    volunteer.page.reload()
    volunteer.tap(t("Count the room and close"), role="link")
    assert volunteer.page.locator("[name=head_count]").input_value() == "6"
    volunteer.write(head_count="9", newcomers="3", residents="4", both="1")
    volunteer.tap(t("Close the event"))
    said = t.plural(
        "Closed with %(count)s person in the room.", "Closed with %(count)s people in the room.", 9
    )
    assert said in volunteer.words


def check_report(coordinator: Person, place: Installation) -> None:
    """The page says what the command says."""
    coordinator.tap(coordinator.t("Coming together"), role="link")
    shown = coordinator.page.locator("data").evaluate_all(
        "all => all.map(each => [each.dataset.id, each.value])"
    )
    report = json.loads(place.run("report", "engagement", "--format", "json"))
    figures = {row["id"]: row["value"] for row in report["figures"]}
    assert {name: float(value) if value else None for name, value in shown} == figures
    assert 0 < figures["shared_events"] < 1


def check_plan(coordinator: Person) -> None:
    coordinator.tap(coordinator.t("The plan"), role="link")
    t = coordinator.t
    for promise, held, promised in (("S3.O1.A1.C1", 0, 1), ("S3.O1.A1.C2", 2, 2)):
        card = coordinator.page.locator(f"[id='c-{promise}']").inner_text()
        assert t("%(held)s of %(promised)s", held=t.number(held), promised=t.number(promised)) in card


def move_back(place: Installation, event: str, span: timedelta) -> None:
    """Lets an event begin so much earlier."""
    public_id = event.rsplit("/", 1)[-1]
    columns = ("starts_at", "ends_at", "starts_local", "ends_local")
    with sqlite3.connect(place.database, timeout=10) as connection:
        for name in columns:
            query = f"SELECT {name} FROM event WHERE public_id = ?"
            (value,) = connection.execute(query, (public_id,)).fetchone()
            earlier = (datetime.fromisoformat(value) - span).isoformat(" ", "microseconds")
            connection.execute(f"UPDATE event SET {name} = ? WHERE public_id = ?", (earlier, public_id))
    connection.close()


def all_here(t: Translator, size: int) -> str:
    return t.plural("%(count)s is here", "All %(count)s are here", size)


def in_room(t: Translator, heads: int) -> str:
    return t.plural("%(count)s guest in the room.", "%(count)s guests in the room.", heads)


def six_digits(text: str) -> str:
    found = re.search(r"\d{6}", text)
    assert found is not None, text
    return found[0]


def _whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0, tzinfo=None)
