"""Reads pages the way a browser does: signs in, and sends a form back with what stands in it."""

from html.parser import HTMLParser

from flask.testing import FlaskClient

from tests.factories import PASSWORD


def sign_in(client: FlaskClient, email: str = "ana@example.org", password: str = PASSWORD):
    """Signs a client in; the answer is the sign-in's."""
    return client.post("/staff/sign-in", data={"email": email, "password": password})


class _FormReader(HTMLParser):
    """What a browser would send of each form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.actions: list[str] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
            self.actions.append(given.get("action", ""))
        elif tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio", "submit") or "checked" in given:
                self._add(given["name"], given.get("value", "on"))
        elif tag == "select":
            self._select, self._options = given.get("name"), []
        elif tag == "option":
            self._options.append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._textarea, self._text = given.get("name"), ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            chosen = [value for value, is_selected in self._options if is_selected]
            for value in chosen or [value for value, _ in self._options[:1]]:
                self._add(self._select, value)
            self._select = None
        elif tag == "textarea" and self._textarea:
            # A browser drops the line break behind the tag.
            self._add(self._textarea, self._text.removeprefix("\r\n").removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._text += data

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)


def form_in(html: str, *, having: str) -> dict[str, list[str]]:
    """What a browser would send of the form that has a field of that name."""
    reader = _FormReader()
    reader.feed(html)
    return next(form for form in reader.forms if having in form)


def actions_in(html: str) -> list[str]:
    """Where the forms of a page lead."""
    reader = _FormReader()
    reader.feed(html)
    return reader.actions
