"""What the vendor is told to say and to ask on the phone (TwiML), and with which voices; knows no caller."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from twilio.twiml.voice_response import Gather, VoiceResponse

#: How long we wait for the next key.
_SECONDS_FOR_KEYS = 8


@dataclass(frozen=True, slots=True)
class Voice:
    """One of the vendor's voices, and the language as the vendor calls it."""

    name: str
    language: str


#: The voice of each language that the vendor can speak (docs/voice/twiml/say/text-speech and the list in
#: twilio-node 45d3d65 of 2026-07; read 2026-11). It has none for Somali, Swahili, Burmese, Nepali, Dari,
#: Pashto and Kinyarwanda: they need recordings, and are not offered by voice without them.
VOICES: Mapping[str, Voice] = {
    "en": Voice("Polly.Joanna", "en-US"),
    "es": Voice("Polly.Lupe", "es-US"),
    "ar": Voice("Polly.Zeina", "arb"),
    "fr": Voice("Polly.Lea", "fr-FR"),
    "vi": Voice("Google.vi-VN-Standard-A", "vi-VN"),
    "zh-hans": Voice("Polly.Zhiyu", "cmn-CN"),
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words, and the language in which they are said: one of VOICES."""

    locale: str
    words: str


@dataclass(frozen=True, slots=True)
class Played:
    """A recording, by its absolute address."""

    address: str


Utterance = Spoken | Played


@dataclass(frozen=True, slots=True)
class Question:
    """Where the keys go that are pressed next."""

    address: str
    #: Whether a number is entered, which the pound key ends; otherwise the first key is the answer.
    is_number: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller hears of one answer, and where the next keys go."""

    said: tuple[Utterance, ...]
    #: None when we hang up.
    address: str | None
    is_number: bool


def twiml(said: Sequence[Utterance], question: Question | None) -> str:
    """The answer to a webhook of a call: says something, then asks for keys or hangs up.

    A key cuts the words short. When none is pressed the same address hears of that; a vendor that does
    not know to tell it is sent there by the redirect.
    """
    response = VoiceResponse()
    if question is None:
        _say(response, said)
        response.hangup()
        return str(response)
    keys = {"finish_on_key": "#"} if question.is_number else {"finish_on_key": "", "num_digits": "1"}
    gather = Gather(
        input="dtmf",
        action=question.address,
        method="POST",
        timeout=_SECONDS_FOR_KEYS,
        action_on_empty_result=True,
        **keys,
    )
    _say(gather, said)
    response.append(gather)
    response.redirect(question.address, method="POST")
    return str(response)


def heard(answer: str) -> Heard:
    """Reads an answer of ours as the vendor does, for a phone in the browser."""
    response = ElementTree.fromstring(answer)  # noqa: S314 (nobody's XML but what `twiml` made)
    gather = response.find("Gather")
    verb = response if gather is None else gather
    locales = {voice.language: locale for locale, voice in VOICES.items()}
    return Heard(
        tuple(
            Played(each.text or "")
            if each.tag == "Play"
            else Spoken(locales[each.attrib["language"]], each.text or "")
            for each in verb
            if each.tag in ("Say", "Play")
        ),
        None if gather is None else gather.attrib["action"],
        is_number=gather is not None and gather.attrib["finishOnKey"] == "#",
    )


def _say(verb: VoiceResponse | Gather, said: Sequence[Utterance]) -> None:
    for each in said:
        if isinstance(each, Played):
            verb.play(each.address)
        else:
            voice = VOICES[each.locale]
            verb.say(each.words, voice=voice.name, language=voice.language)
