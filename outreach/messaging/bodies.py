"""What a phone wrote, taken out of what its network made of it; pure."""

import base64
import binascii
import unicodedata

LONGEST_BODY = 1600

#: Shorter ones could be words; some networks pack a whole text in base64 instead of sending it as it is.
_SHORTEST_PACKED = 60


def cleaned(body: str) -> str:
    """The words of a text: unpacked where a network packed them, without control signs, cut to size."""
    body = _unpacked(body)
    kept = (sign for sign in body if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    return "".join(kept)[:LONGEST_BODY].strip()


def _unpacked(body: str) -> str:
    packed = body.strip().replace("\r", "").replace("\n", "")
    if len(packed) < _SHORTEST_PACKED or len(packed) % 4 or " " in packed:
        return body
    try:
        text = base64.b64decode(packed, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return body
    # A long word of sixty letters is base64 of something, too, but not of words.
    is_text = all(sign.isprintable() or sign in "\r\n\t" for sign in text)
    return text if is_text else body
