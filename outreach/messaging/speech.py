"""Turns what the dialogue says into what the vendor speaks and plays; looks nothing up.

A line is played where all of it is recorded, and spoken by the vendor's voice otherwise: half of a
sentence in another voice is hard to follow. Where a language has no such voice, words that nobody can
have recorded are said in the language in which they were written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outreach.i18n import SOURCE_LOCALE, translator
from outreach.messaging.channels.voice import VOICES, Played, Spoken, Utterance
from outreach.messaging.phrases import Phrase
from outreach.messaging.prompts import Free, parts, prompts
from outreach.messaging.turns import EventFacts
from outreach.messaging.voice_phrases import Line, spoken

#: Where a recording is found, before its digest and ".wav".
PATH = "/voice/prompts"

#: Digests of recordings that may be played, by language and clip.
Recorded = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Speech:
    """What one answer of a call sounds like."""

    said: tuple[Utterance, ...]
    #: Of each recording in turn: its language, and its words as they were to be read.
    played: tuple[tuple[str, str], ...]


class Speaker:
    """Says the lines of one answer. Titles that it hears of are said in their own language."""

    def __init__(self, recorded: Recorded, *, region: str, public_url: str) -> None:
        self.recorded = recorded
        self.region = region
        self.public_url = public_url
        self.languages: dict[str, str] = {}

    def hear_of(self, events: Iterable[EventFacts]) -> None:
        """Remembers in which language each title is written."""
        for event in events:
            self.languages.update({title: locale for locale, title in event.titles.items()})

    def speech(self, lines: Iterable[Line]) -> Speech:
        """What is said and played for some lines, in their order."""
        said: list[Utterance] = []
        played: list[tuple[str, str]] = []
        for line in lines:
            clips = self.clips(line)
            if clips is None:
                said.append(self.in_one_voice(line))
                continue
            words = prompts(line.locale, self.region)
            for clip in clips:
                said.append(self.utterance(line.locale, clip))
                if isinstance(clip, str):
                    played.append((line.locale, words[clip].words))
        return Speech(tuple(said), tuple(played))

    def clips(self, line: Line) -> tuple[str | Free, ...] | None:
        """What a line is made of; None where it is not all recorded."""
        recorded = self.recorded.get(line.locale)
        if recorded is None or not isinstance(line.say, Phrase):
            return None
        found = parts(line.say, line.locale, self.region)
        ids = [each for each in found if isinstance(each, str)]
        return found if ids and all(each in recorded for each in ids) else None

    def utterance(self, locale: str, part: str | Free) -> Utterance:
        """One recording, or words between two."""
        if isinstance(part, str):
            return Played(f"{self.public_url}{PATH}/{self.recorded[locale][part]}.wav")
        # A voice of the caller's language reads every title and street, as it does without recordings.
        own = self.languages.get(part.words, SOURCE_LOCALE)
        voice = next(each for each in (locale, own, SOURCE_LOCALE) if each in VOICES)
        return Spoken(voice, " ".join(part.words.split()))

    def in_one_voice(self, line: Line) -> Spoken:
        """A whole line; in English where a recording went away during the call and no voice is left."""
        locale = line.locale if line.locale in VOICES else SOURCE_LOCALE
        return Spoken(locale, spoken(line, translator(locale)))
