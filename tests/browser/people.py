"""Somebody with a browser, who goes where people go and taps what people tap, in their own language."""

import time
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request

from outreach.i18n import translator
from tests.servers import PATIENCE_SECONDS

#: What is true of every page, wherever it is and however wide.
_FACTS = """() => {
  const root = document.documentElement;
  return {
    lang: root.lang,
    dir: root.dir,
    headings: document.querySelectorAll("h1").length,
    banners: document.querySelectorAll("p.demo").length,
    too_wide: Math.max(0, root.scrollWidth - root.clientWidth),
  };
}"""


class Person:
    """One browser with its cookies. Whatever is wrong with a page they look at is among their complaints."""

    def __init__(self, context: BrowserContext, locale: str) -> None:
        self.context = context
        self.t = translator(locale)
        self.complaints: list[str] = []
        self._is_refused = False
        self.page = context.new_page()
        context.on("console", self._read_console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("requestfailed", self._note_failure)

    def go(self, address: str, *, status: int = 200) -> "Person":
        """Opens an address and looks at the page."""
        # The console tells of a page that is meant to be refused as of one that is missing.
        self._is_refused = status >= 400
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == status, (address, answer.status)
        self.look()
        return self

    def tap(self, words: str, *, role: Literal["button", "link"] = "button", at: int = 0) -> None:
        """Taps the button or link with these words, and looks at the page it leads to."""
        self.follow(self.page.get_by_role(role, name=words, exact=True).nth(at))

    def follow(self, found: Locator) -> None:
        """Taps something that leads to a page, and looks at that page."""
        with self.page.expect_navigation():
            found.click()
        self.look()

    def choose(self, label: str) -> None:
        """Ticks the choice with this label."""
        self.page.get_by_label(label, exact=True).check()

    def write(self, **fields: str) -> None:
        """Fills in fields by their names; a dash stands where a name cannot have one."""
        for name, value in fields.items():
            self.page.locator(f'[name="{name.replace("__", "-")}"]').fill(value)

    def wait_for(self, found: Locator, *, count: int = 1) -> None:
        """Loads the page again until it shows something that many times; it is being made meanwhile."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while found.count() < count:
            assert time.monotonic() < give_up_at, self.words
            time.sleep(0.2)
            self.page.reload()
        self.look()

    @property
    def words(self) -> str:
        """Everything that the page says."""
        return self.page.locator("body").inner_text()

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def look(self) -> None:
        """Complains where the page breaks a rule of all pages."""
        found = self.page.evaluate(_FACTS)
        right = {
            "lang": self.t.language.html_lang,
            "dir": self.t.language.direction,
            "headings": 1,
            "banners": 1,
            "too_wide": 0,
        }
        if found != right:
            width = (self.page.viewport_size or {})["width"]
            self.complaints.append(f"{urlsplit(self.page.url).path} at {width}: {found}")

    def _read_console(self, message: ConsoleMessage) -> None:
        # Violations of the content security policy are told here as errors, as is a missing file.
        if message.type not in ("error", "warning"):
            return
        if self._is_refused and message.location["url"] == self.page.url:
            return
        self.complaints.append(f"{message.location['url']}: {message.text}")

    def _note_failure(self, request: Request) -> None:
        # Who goes on at once waits for no icon, and a download ends the navigation that led to it.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")
