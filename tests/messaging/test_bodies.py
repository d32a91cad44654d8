import base64

import pytest

from outreach.messaging.bodies import cleaned

SENTENCE = "هل توجد حافلة إلى الحديقة، ومتى تغادر؟ نحن أربعة أشخاص"


def packed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("  PICNIC \n", "PICNIC"),
        ("two\nlines", "two\nlines"),
        ("a\x00b\x1b\x9fc", "abc"),
        ("half \ud83c an emoji", "half  an emoji"),
        ("👨‍👩‍👧 می‌آیم", "👨‍👩‍👧 می‌آیم"),
        ("x" * 2000, "x" * 1600),
        ("", ""),
        (packed(SENTENCE), SENTENCE),
        (packed(SENTENCE)[:40] + "\r\n" + packed(SENTENCE)[40:], SENTENCE),
        (packed("STOP"), packed("STOP")),
        ("A" * 80, "A" * 80),
        (packed("\x00" * 60), packed("\x00" * 60)),
        (packed(SENTENCE)[:-1], packed(SENTENCE)[:-1]),
        ("!" + packed(SENTENCE)[1:], "!" + packed(SENTENCE)[1:]),
    ],
    ids=[
        "spaces", "lines stay", "control signs", "half a pair", "joiners stay", "too long", "empty",
        "packed", "packed in lines", "too short to be packed", "a long word", "packed bytes", "cut off",
        "no alphabet of that kind",
    ],
)  # fmt: skip
def test_cleaned_gives_the_words(body: str, words: str) -> None:
    assert cleaned(body) == words
