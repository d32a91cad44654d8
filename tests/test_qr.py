"""QR codes: the drawing is the code, and clean under a policy that allows nothing inline."""

import re
from xml.etree import ElementTree

import pytest
import segno

from outreach import qr

LINK = "https://outreach.example.org/en/pass/abcdefghijklmnopqrstuv"
QUIET_ZONE = 4


def dark_modules(path: str) -> set[tuple[int, int]]:
    """Column and row of every dark square, read back from the drawing's lines."""
    found: set[tuple[int, int]] = set()
    x = y = 0.0
    for command, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", path):
        if command == "h":
            found |= {(int(x) + step, int(y)) for step in range(int(first))}
            x += float(first)
        elif command == "M":
            x, y = float(first), float(second)
        else:
            x, y = x + float(first), y + float(second)
    return found


@pytest.mark.parametrize(("is_quick", "mask"), [(False, None), (True, 2)], ids=["best", "quick"])
def test_drawing_is_the_code_of_the_text(is_quick, mask):
    ground, code = ElementTree.fromstring(qr.svg(LINK, is_quick=is_quick))

    matrix = segno.make(LINK, error="m", micro=False, mask=mask).matrix
    assert ground.get("fill") == "#fff"
    assert dark_modules(code.get("d")) == {
        (x + QUIET_ZONE, y + QUIET_ZONE) for y, row in enumerate(matrix) for x, bit in enumerate(row) if bit
    }


def test_drawing_has_no_style_script_or_size():
    elements = list(ElementTree.fromstring(qr.svg(LINK)).iter())

    assert [element.tag for element in elements] == ["svg", "path", "path"]
    assert {name for element in elements for name in element.attrib} == {
        "aria-hidden", "focusable", "viewBox", "fill", "stroke", "d",
    }  # fmt: skip


def test_text_is_never_markup():
    assert "<script" not in qr.svg("<script>alert(1)</script>")
