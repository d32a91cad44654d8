"""A real browser and a real server, one of each for all tests here; every page looked at is checked.

Where no Chromium is found the tests are skipped, and fail instead where OUTREACH_NO_SKIPS is set.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Person
from tests.servers import Installation, installation, serving

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
    # A microphone that beeps, and that nobody has to allow.
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
]  # fmt: skip
#: At any instant it is between nine and seven in one of them.
_ZONES = ("America/Chicago", "Pacific/Honolulu", "Asia/Tokyo", "Asia/Dubai")

_PATIENCE_MS = 15_000

Meet = Callable[..., Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of them on one worker, so that there is one browser and one server."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        sentence = f"NO BROWSER TEST WAS RUN: none of {', '.join(_NAMES)} is installed"
        if os.environ.get("OUTREACH_NO_SKIPS") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def place(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A server with the demo, somewhere where it is day: at night it would text nobody."""
    found = installation(
        tmp_path_factory.mktemp("demo"),
        OUTREACH_TIME_ZONE=_zone_by_day(),
        OUTREACH_SEGMENTS_PER_SECOND="9999",
    )
    found.run("demo", "load")
    with serving(found):
        yield found


@pytest.fixture
def meet(chromium: Browser, place: Installation) -> Iterator[Meet]:
    """Lets people come, each with a browser of their own; in the end none may have a complaint."""
    met: list[Person] = []

    def make(
        locale: str = "en", *, width: int = 360, has_scripts: bool = True, zone: str = "America/Chicago"
    ) -> Person:
        context = chromium.new_context(
            base_url=place.url,
            locale=locale,
            timezone_id=zone,
            viewport={"width": width, "height": 740},
            java_script_enabled=has_scripts,
        )
        context.set_default_timeout(_PATIENCE_MS)
        met.append(Person(context, locale))
        return met[-1]

    yield make
    for person in met:
        person.context.close()
    assert [complaint for person in met for complaint in person.complaints] == []


def _zone_by_day() -> str:
    now = datetime.now(UTC)
    return next(zone for zone in _ZONES if 9 <= now.astimezone(ZoneInfo(zone)).hour < 19)
