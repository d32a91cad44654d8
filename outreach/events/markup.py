"""Makes plain text of texts that were written for web pages; pure."""

import re
from html.parser import HTMLParser

_MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:[a-zA-Z]+|#\w+);")


def without_markup(text: str) -> str:
    """The words of a text, with line breaks where its markup has blocks; unchanged where it has none."""
    if not _MARKUP.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.words)


class _Reader(HTMLParser):
    _BLOCKS = frozenset(("br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "hr"))
    _SILENT = frozenset(("script", "style"))

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_silent = tag in self._SILENT
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._is_silent = False
        if tag in self._BLOCKS - {"br", "hr"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self.words.append(data)
