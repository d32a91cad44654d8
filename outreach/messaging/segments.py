"""How many parts a text costs, and which characters make it dear; knows no language and no price.

The alphabet and its sizes are those of 3GPP TS 23.038 section 6.2.1, the part sizes those of
TS 23.040 section 9.2.3.24.1 with a six-octet header.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Encoding = Literal["GSM-7", "UCS-2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each of these is sent as an escape and a second sign.
_EXTENDED = frozenset("\f^{}\\[~]|€")

#: The most units that one part alone and each of several parts can carry.
_ROOM: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}

#: Punctuation that looks the same to a reader but is not in the alphabet, and what is sent instead.
#: Joiners (U+200C, U+200D) and direction marks are spelling in some languages and stay.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−•", "-"),
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f", " "
        ),
        **dict.fromkeys("\u00ad\u2060\ufeff", ""),
        "…": "...",
        "\t": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text takes: septets or 16-bit units, and the parts it is sent and billed in."""

    encoding: Encoding
    units: int
    parts: int


def measure(text: str) -> Segments:
    """Counts a text exactly as it will be sent; an empty one has no parts.

    A sign of two units is never cut by the border of a part, so a text can need one part more than
    its units alone would.
    """
    is_plain = all(sign in _BASIC or sign in _EXTENDED for sign in text)
    encoding: Encoding = "GSM-7" if is_plain else "UCS-2"
    sizes = [_size(sign, encoding) for sign in text]
    alone, each = _ROOM[encoding]
    units = sum(sizes)
    parts = min(units, 1) if units <= alone else _packed(sizes, each)
    return Segments(encoding, units, parts)


def _size(sign: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return 2 if sign in _EXTENDED else 1
    return 2 if ord(sign) > 0xFFFF else 1


def _packed(sizes: Iterable[int], room: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts


def costly_characters(text: str) -> tuple[str, ...]:
    """The characters that more than halve the room of a part, each once, in order of appearance."""
    return tuple(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _EXTENDED))


def plain_punctuation(text: str) -> str:
    """The text with look-alike punctuation and spaces made plain; no letter becomes another one.

    Letters typed as a base and a separate accent are composed (Unicode NFC): the same letter in
    half the units. Call it before the text is shown to whoever approves it, never after.
    """
    return unicodedata.normalize("NFC", text).translate(_PLAIN)
