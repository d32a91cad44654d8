"""Makes any text safe for every calendar program; knows no event and no file format.

Each rule answers a program that refused a whole feed, or showed something else, over the character.
"""

import re
import unicodedata

_LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

#: Controls, lone surrogates, byte order marks, code points that are no characters, and the bidi
#: controls that can swallow the text after them (isolates stay: they end where the text does).
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufdd0-\ufdef\u202a-\u202e"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)

_ISOLATES = "\u2066\u2067\u2068"
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_ZERO_WIDTH_JOINER = "\u200d"

_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_HAS_RIGHT_TO_LEFT = re.compile(f"[{_RIGHT_TO_LEFT}]")
_LEFT_TO_RIGHT_RUN = re.compile(
    f"[+(#]?[0-9A-Za-z\u00c0-\u024f](?:[^{_RIGHT_TO_LEFT}\n]*[0-9A-Za-z\u00c0-\u024f)])?"
)

#: How far back a cut looks for a space; scripts without spaces are cut between letters.
_WORD_CHARACTERS = 40


def plain(text: str) -> str:
    """The text with plain line breaks and without characters that calendar programs stumble over.

    A backslash becomes a slash, because several read "C:\\New" as a line break however it is escaped.
    """
    text = _UNWANTED.sub("", _LINE_BREAKS.sub("\n", text)).replace("\t", " ").replace("\\", "/")
    text = re.sub(" *\n *", "\n", unicodedata.normalize("NFC", text))
    return _balanced(re.sub("\n{3,}", "\n\n", text).strip())


def one_line(text: str) -> str:
    """The text, as `plain` makes it, on one line; no-break spaces stay."""
    return re.sub("[ \n]+", " ", plain(text))


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut between words or letters and ended with "…"."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0)
    while end and _clings(text, end):
        end -= 1
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    if space > max(end - _WORD_CHARACTERS, 0):
        end = space
    return _balanced(text[:end].rstrip()) + "…"[:limit]


def isolated(text: str) -> str:
    """Right-to-left text whose Latin names and numbers keep their own order, "816-555-0123" for one.

    Wraps each in U+2068 and U+2069 (Unicode Standard Annex 9). Leaves alone the lines without
    right-to-left letters, those that somebody has marked already, and addresses of pages, because a
    link would swallow the mark behind it.
    """
    return "\n".join(
        _LEFT_TO_RIGHT_RUN.sub(_wrapped, line) if _is_mixed(line) else line for line in text.split("\n")
    )


def _is_mixed(line: str) -> bool:
    return bool(_HAS_RIGHT_TO_LEFT.search(line)) and not any(mark in line for mark in _ISOLATES)


def _wrapped(run: re.Match[str]) -> str:
    if run[0].isdigit() or "://" in run[0]:
        return run[0]
    return _FIRST_STRONG_ISOLATE + run[0] + _POP_ISOLATE


def _clings(text: str, position: int) -> bool:
    """Whether the character belongs to the one before it: an accent, a joined or a toned emoji."""
    following = text[position]
    return (
        unicodedata.category(following).startswith("M")
        or "\U0001f3fb" <= following <= "\U0001f3ff"
        or _ZERO_WIDTH_JOINER in (following, text[position - 1])
    )


def _balanced(text: str) -> str:
    """The text without isolates that never end, and without ends of none."""
    opened: list[int] = []
    unmatched: set[int] = set()
    for position, character in enumerate(text):
        if character in _ISOLATES:
            opened.append(position)
        elif character == _POP_ISOLATE and opened:
            opened.pop()
        elif character == _POP_ISOLATE:
            unmatched.add(position)
    unmatched.update(opened)
    return "".join(c for i, c in enumerate(text) if i not in unmatched) if unmatched else text
