"""Draws QR codes as SVG that stands in a page; knows no page and no link."""

import segno
from markupsafe import Markup

#: Any of the eight masks of the standard can be read.
_ANY_MASK = 2


def svg(text: str, *, is_quick: bool = False) -> Markup:
    """A QR code of a text as an inline SVG without sizes, styles or scripts; the sheet gives the size.

    Error correction M (ISO/IEC 18004: readable with about 15 % of it dirty or torn). The quiet zone of
    four modules is part of the drawing. It is hidden from screen readers: put the link beside it.
    `is_quick` is for texts that look random anyway, and for screens: it leaves out the search for the mask
    that looks best, which takes most of the time, and takes level L (7 %), so that the squares are larger.
    """
    # White is drawn as well, so that a dark page never inverts the code.
    drawn = segno.make(
        text, error="l" if is_quick else "m", micro=False, mask=_ANY_MASK if is_quick else None
    ).svg_inline(border=4, light="#fff", omitsize=True, svgclass=None, lineclass=None)
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 (drawn by us)
