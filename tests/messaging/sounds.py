"""Sounds for tests: WAV files as recorders write them."""

import io
import math
import wave
from array import array

from outreach.messaging import recordings
from outreach.messaging.prompts import prompts


def wav(
    *, seconds: float = 1.0, rate: int = 8_000, channels: int = 1, hertz: float = 440, height: int = 9_000
):
    """A tone in all channels."""
    tone = (
        round(height * math.sin(2 * math.pi * hertz * place / rate)) for place in range(round(seconds * rate))
    )
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", (sample for sample in tone for _ in range(channels))).tobytes())
    return target.getvalue()


def record_all(locale, *, region="Kansas City", now, leaving_out=(), **given):
    """Keeps a recording of every clip of a language, each with a sound of its own."""
    for number, prompt_id in enumerate(prompts(locale, region)):
        if prompt_id not in leaving_out:
            sound = wav(seconds=0.11, hertz=200 + 7 * number)
            recordings.keep(locale, prompt_id, sound, region=region, staff_id=None, now=now, **given)
