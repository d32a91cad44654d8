import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.messaging.segments import Segments, costly_characters, measure, plain_punctuation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Segments("GSM-7", 0, 0), id="nothing"),
        pytest.param("a", Segments("GSM-7", 1, 1), id="one letter"),
        pytest.param("a" * 160, Segments("GSM-7", 160, 1), id="one full part"),
        pytest.param("a" * 161, Segments("GSM-7", 161, 2), id="one sign too many"),
        pytest.param("a" * 306, Segments("GSM-7", 306, 2), id="two full parts"),
        pytest.param("a" * 307, Segments("GSM-7", 307, 3), id="third part"),
        pytest.param("é" * 160, Segments("GSM-7", 160, 1), id="accents of the alphabet"),
        pytest.param("€" * 80, Segments("GSM-7", 160, 1), id="escaped signs fill one part"),
        pytest.param("€" * 80 + "a", Segments("GSM-7", 161, 2), id="escaped signs and one more"),
        # 152 + 2 would be 154: the escape would stand in one part and its sign in the next.
        pytest.param("a" * 152 + "€" + "a" * 10, Segments("GSM-7", 164, 2), id="escape at the border"),
        pytest.param("a" * 151 + "€" + "a" * 153, Segments("GSM-7", 306, 2), id="escape fits before it"),
        pytest.param("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3), id="escape costs a part"),
        pytest.param("^{}\\[~]|€\f", Segments("GSM-7", 20, 1), id="every escaped sign"),
        pytest.param("í" * 70, Segments("UCS-2", 70, 1), id="one full part of 16 bits"),
        pytest.param("í" + "a" * 70, Segments("UCS-2", 71, 2), id="one letter makes all dear"),
        pytest.param("í" * 134, Segments("UCS-2", 134, 2), id="two full parts of 16 bits"),
        pytest.param("í" * 135, Segments("UCS-2", 135, 3), id="third part of 16 bits"),
        pytest.param("€" + "í" * 69, Segments("UCS-2", 70, 1), id="no escapes among 16 bits"),
        pytest.param("😀" * 35, Segments("UCS-2", 70, 1), id="surrogates fill one part"),
        pytest.param("í" * 66 + "😀" + "í" * 66, Segments("UCS-2", 134, 3), id="surrogates at the border"),
        pytest.param("í" * 65 + "😀" + "í" * 67, Segments("UCS-2", 134, 2), id="surrogates fit before it"),
        pytest.param("\ud83d", Segments("UCS-2", 1, 1), id="half a pair"),
        pytest.param("ç", Segments("UCS-2", 1, 1), id="small c with cedilla is not in it"),
        pytest.param("Ç", Segments("GSM-7", 1, 1), id="capital one is"),
        pytest.param("`", Segments("UCS-2", 1, 1), id="grave accent is not in it"),
    ],
)
def test_measure_counts_as_the_network_does(text: str, expected: Segments) -> None:
    assert measure(text) == expected


@settings(deadline=None)
@given(st.text())
def test_measure_agrees_with_the_encoded_length(text: str) -> None:
    measured = measure(text)

    if measured.encoding == "UCS-2":
        assert measured.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
    else:
        assert costly_characters(text) == ()
    room = 67 if measured.encoding == "UCS-2" else 153
    assert measured.units <= max(measured.parts, 1) * (room if measured.parts > 1 else room + 7)


@settings(deadline=None)
@given(st.text(), st.text())
def test_measure_never_falls_when_text_is_added(text: str, more: str) -> None:
    assert measure(text + more).parts >= measure(text).parts


def test_costly_characters_names_each_once_in_order() -> None:
    assert costly_characters("Sábado: comida – árabe y á") == ("á", "–")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("“Let’s meet” – 6:30\u202fPM…", '"Let\'s meet" - 6:30 PM...', id="punctuation"),
        pytest.param("Sábado a las 6\u00a0p.m.", "Sábado a las 6 p.m.", id="letters stay"),
        pytest.param("cafe\u0301", "café", id="accent typed apart"),
        pytest.param(
            "می\u200cخواهم \u2068A1\u2069", "می\u200cخواهم \u2068A1\u2069", id="joiner and isolates stay"
        ),
        pytest.param("၃ ယောက်၊ ပါတီ။", "၃ ယောက်၊ ပါတီ။", id="Burmese stays"),
    ],
)
def test_plain_punctuation_changes_no_letter(text: str, expected: str) -> None:
    assert plain_punctuation(text) == expected


def test_plain_punctuation_makes_an_english_text_cheap() -> None:
    dear = "It’s on – 6:30\u202fPM" + "a" * 100

    assert (measure(dear).parts, measure(plain_punctuation(dear)).parts) == (2, 1)
