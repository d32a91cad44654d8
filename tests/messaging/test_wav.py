"""Recordings as people's machines write them, and as none would: what is taken, and what it becomes."""

import io
import math
import struct
import wave
from array import array
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.errors import InvalidInputError
from outreach.messaging.wav import LARGEST_BYTES, for_telephone, milliseconds
from tests.messaging.sounds import wav


def samples(recording):
    with wave.open(io.BytesIO(recording)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8_000, 1, 2)
        return array("h", file.readframes(file.getnframes()))


def header(**changes):
    """A file whose format says what nobody's does."""
    values = {"tag": 1, "channels": 1, "rate": 8_000, "frame": 2, "bits": 16, "size": None, **changes}
    data = struct.pack("<hh", 9_000, -9_000) * 2_000
    size = len(data) if values["size"] is None else values["size"]
    form = struct.pack(
        "<HHIIHH", values["tag"], values["channels"], values["rate"], 16_000, values["frame"], values["bits"]
    )
    return (
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + form
        + b"data" + struct.pack("<I", size) + data
    )  # fmt: skip


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
def test_tone_of_any_rate_is_the_same_tone_on_the_telephone(rate, channels):
    found = samples(for_telephone(wav(rate=rate, channels=channels, hertz=300)))

    assert abs(len(found) - 8_000) <= 1
    # Each sample stands for the time behind it, so that its middle is half an old one later.
    late = 0 if rate == 8_000 else (8_000 / rate - 1) / -2
    wanted = [9_000 * math.sin(2 * math.pi * 300 * (place + late) / 8_000) for place in range(len(found))]
    assert max(abs(value - want) for value, want in zip(found, wanted, strict=True)) < 500


def test_what_a_telephone_cannot_carry_is_smoothed_away():
    found = samples(for_telephone(wav(rate=48_000, hertz=16_000)))

    assert max(map(abs, found)) < 200


def test_stereo_is_the_middle_of_both():
    left_only = array("h", [8_000, 0] * 8_000)
    recording = wav(channels=2)[:44] + left_only.tobytes()

    assert set(samples(for_telephone(recording))) == {4_000}


def test_what_was_made_for_the_telephone_stays_as_it_is():
    once = for_telephone(wav(rate=44_100, seconds=2.5))

    assert for_telephone(once) == once
    assert milliseconds(once) == 2_500


def test_longer_form_and_further_parts_are_read():
    plain = wav()
    extensible = struct.pack("<HHIIHHHHIH14s", 0xFFFE, 1, 8_000, 16_000, 2, 16, 22, 16, 4, 1, b"\0" * 14)
    note = b"LIST" + struct.pack("<I", 3) + b"abc\0"
    file = (
        b"RIFF" + struct.pack("<I", 999) + b"WAVE" + note + b"fmt " + struct.pack("<I", 40) + extensible
        + plain[36:]
    )  # fmt: skip

    assert for_telephone(file) == for_telephone(plain)


REFUSED = {
    "nothing": (b"", "no WAV"),
    "an MP3": (b"ID3\x04" + b"\0" * 500, "no WAV"),
    "a page": (b"<script>alert(1)</script>" * 40, "no WAV"),
    "its first bytes only": (b"RIFF\xff\xff\xff\xffWAVE", "damaged"),
    "no sound": (wav()[:36], "damaged"),
    "cut off": (wav()[:-1], "damaged"),
    "more promised than there is": (header(size=0xFFFFFFFF), "damaged"),
    "a format that is too short": (b"RIFF\x10\0\0\0WAVEfmt \x02\0\0\0\1\0data\0\0\0\0", "damaged"),
    "half a sample": (wav()[:40] + struct.pack("<I", 3) + b"abc", "damaged"),
    "compressed": (header(tag=85), "PCM"),
    "8 bits": (header(bits=8, frame=1), "PCM"),
    "floats": (header(tag=3, bits=32, frame=4), "PCM"),
    "six channels": (header(channels=6, frame=12), "PCM"),
    "no channel": (header(channels=0, frame=0), "PCM"),
    "too slow": (header(rate=4_000), "8,000 to 48,000"),
    "no rate": (header(rate=0), "8,000 to 48,000"),
    "too fast": (header(rate=192_000), "8,000 to 48,000"),
    "too long": (wav(seconds=30.1), "30 seconds"),
    "too short": (wav(seconds=0.05), "nothing in this"),
    "empty": (wav(seconds=0), "nothing in this"),
    "a silent microphone": (wav(height=50), "microphone"),
    "too large": (wav() + b"\0" * LARGEST_BYTES, "3 megabytes"),
}


@pytest.mark.parametrize(("recording", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_recording_is_refused_with_the_reason(recording, reason):
    with pytest.raises(InvalidInputError, match=reason) as refused:
        for_telephone(recording)
    assert refused.value.field == "recording"


@given(st.binary(max_size=300), st.integers(0, 60), st.binary(min_size=1, max_size=8))
def test_any_bytes_are_taken_or_refused(rubbish, place, changed):
    damaged = bytearray(wav(seconds=0.2))
    damaged[place : place + len(changed)] = changed
    for recording in (rubbish, b"RIFF\0\0\0\0WAVE" + rubbish, bytes(damaged)):
        with suppress(InvalidInputError):
            samples(for_telephone(recording))
