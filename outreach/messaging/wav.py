"""Recordings as they come from people's machines, and as a telephone plays them; pure.

Whoever uploads one may have written it by hand, so nothing in it is believed before it is checked.
"""

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from outreach.errors import InvalidInputError
from outreach.i18n import N_

LARGEST_BYTES = 3 * 1024 * 1024
LONGEST_SECONDS = 30
#: What a telephone line carries.
TELEPHONE_HZ = 8_000
_LEAST_HZ, _MOST_HZ = 8_000, 48_000
_SHORTEST_SECONDS = 0.1
#: Of 32,767: what stays below it is a microphone that was off.
_QUIET = 200

#: Tags of the format chunk: plain samples, and a longer form that says so further on
#: (Microsoft's WAVEFORMATEXTENSIBLE).
_PCM, _EXTENSIBLE = 1, 0xFFFE


@dataclass(frozen=True, slots=True)
class _Sound:
    rate_hz: int
    channels: int
    #: 16 bits each, channels in turn.
    samples: "array[int]"


def for_telephone(recording: bytes) -> bytes:
    """A recording as a WAV file of 8 kHz, one channel and 16 bits.

    Takes RIFF/WAVE with plain 16-bit samples of 8 to 48 kHz, mono or stereo. Raises InvalidInputError
    (field "recording") with the reason for anything else.
    """
    sound = _read(recording)
    samples = _mono(sound)
    _require_sound(samples, sound.rate_hz)
    return _written(_resampled(samples, sound.rate_hz))


def milliseconds(telephone_wav: bytes) -> int:
    """How long what `for_telephone` made lasts."""
    return (len(telephone_wav) - _HEADER.size) // 2 * 1000 // TELEPHONE_HZ


def _read(recording: bytes) -> _Sound:
    if len(recording) > LARGEST_BYTES:
        raise _refused(N_("This recording is too large. It may have 3 megabytes."))
    if recording[:4] != b"RIFF" or recording[8:12] != b"WAVE":
        raise _refused(N_("This is no WAV file."))
    chunks = dict(_chunks(recording))
    rate_hz, channels = _format(chunks.get(b"fmt ", b""))
    data = chunks.get(b"data")
    if data is None or len(data) % (2 * channels):
        raise _damaged()
    samples = array("h", data)
    if sys.byteorder == "big":
        samples.byteswap()
    return _Sound(rate_hz, channels, samples)


def _chunks(recording: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of the file; the first of two with one name does not count."""
    at = 12
    while at + 8 <= len(recording):
        name, size = struct.unpack_from("<4sI", recording, at)
        at += 8
        if at + size > len(recording):
            raise _damaged()
        yield name, recording[at : at + size]
        # Parts begin at even places.
        at += size + size % 2


def _format(chunk: bytes) -> tuple[int, int]:
    """Samples a second and channels."""
    if len(chunk) < 16:
        raise _damaged()
    tag, channels, rate_hz, _bytes_per_second, frame_bytes, bits = struct.unpack_from("<HHIIHH", chunk)
    if tag == _EXTENSIBLE and len(chunk) >= 26:
        tag = struct.unpack_from("<H", chunk, 24)[0]
    if tag != _PCM or bits != 16 or channels not in (1, 2) or frame_bytes != 2 * channels:
        raise _refused(N_("Save the recording as WAV, PCM, 16 bits, mono or stereo."))
    if not _LEAST_HZ <= rate_hz <= _MOST_HZ:
        raise _refused(N_("The recording needs 8,000 to 48,000 samples a second."))
    return rate_hz, channels


def _mono(sound: _Sound) -> "array[int]":
    if sound.channels == 1:
        return sound.samples
    pairs = zip(sound.samples[::2], sound.samples[1::2], strict=True)
    return array("h", ((left + right) // 2 for left, right in pairs))


def _require_sound(samples: "array[int]", rate_hz: int) -> None:
    seconds = len(samples) / rate_hz
    if seconds > LONGEST_SECONDS:
        raise _refused(N_("This recording is too long. It may last 30 seconds."))
    if seconds < _SHORTEST_SECONDS:
        raise _refused(N_("There is nothing in this recording."))
    if max(max(samples), -min(samples)) < _QUIET:
        raise _refused(N_("Nothing can be heard in this recording. Is the microphone on?"))


def _resampled(samples: "array[int]", rate_hz: int) -> "array[int]":
    """The samples at the telephone's rate: each the average of the time that it stands for."""
    if rate_hz == TELEPHONE_HZ:
        return samples
    sums = array("q", accumulate(samples, initial=0))

    def until(place: int) -> int:
        """The sum up to the start of a new sample, times the telephone's rate; between two by a line."""
        whole, rest = divmod(place * rate_hz, TELEPHONE_HZ)
        return sums[whole] * TELEPHONE_HZ + (samples[whole] * rest if rest else 0)

    ends = [until(place) for place in range(len(samples) * TELEPHONE_HZ // rate_hz + 1)]
    return array("h", ((end - start) // rate_hz for start, end in pairwise(ends)))


#: RIFF, format and data, as Microsoft's and IBM's description of 1991 orders them.
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


def _written(samples: "array[int]") -> bytes:
    data = array("h", samples)
    if sys.byteorder == "big":
        data.byteswap()
    size = 2 * len(data)
    header = _HEADER.pack(
        b"RIFF",
        36 + size,
        b"WAVE",
        b"fmt ",
        16,
        _PCM,
        1,
        TELEPHONE_HZ,
        2 * TELEPHONE_HZ,
        2,
        16,
        b"data",
        size,
    )
    return header + data.tobytes()


def _refused(message: str) -> InvalidInputError:
    return InvalidInputError(message, field="recording")


def _damaged() -> InvalidInputError:
    return _refused(N_("This WAV file is damaged. Please record it again."))
