"""Draws QR codes as SVG that stands in a page; knows no page and no link."""

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """A QR code of a text as an inline SVG without sizes, styles or scripts; the sheet gives the size.

    Error correction M (ISO/IEC 18004: readable with about 15 % of it dirty or torn). The quiet zone of
    four modules is part of the drawing. It is hidden from screen readers: put the link beside it.
    """
    # White is drawn as well, so that a dark page never inverts the code.
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        border=4, light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 (drawn by us)
