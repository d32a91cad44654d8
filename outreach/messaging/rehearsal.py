"""Lets a program speak the clips of a language, so that calls in it can be tried before people record it.

The program is espeak-ng, where the machine has it; nothing of it or made by it comes with Outreach. What
it makes is marked, and played by the simulator only.
"""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from outreach.errors import OutreachError
from outreach.i18n import LANGUAGES, N_
from outreach.messaging import recordings
from outreach.messaging.prompts import Prompt

_PROGRAM = "espeak-ng"
_SECONDS = 30
#: Where it has another name for a language, or none and reads that of a near relation.
_VOICES = {"en": "en-us", "prs": "fa", "zh-hans": "cmn"}
#: Text that is not translated yet.
_ENGLISH = "en-us"


def rehearse(locale: str, *, region: str, now: datetime) -> int:
    """Speaks every clip that no person has recorded; returns how many. Flushes.

    Raises OutreachError where there is no such program, or it does not know the language.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise OutreachError(N_("Install espeak-ng first, or record the clips."))
    found = recordings.entries(locale, region=region)
    voice = _voice(program, locale)
    needed = [each.prompt for each in found if each.recording is None or each.recording.is_rehearsal]
    with TemporaryDirectory() as folder:
        for prompt in needed:
            wav = _spoken(program, voice, prompt, folder)
            recordings.keep(locale, prompt.id, wav, region=region, staff_id=None, now=now, is_rehearsal=True)
    return len(needed)


def _voice(program: str, locale: str) -> str:
    name = _VOICES.get(locale, locale)
    listed = _run([program, "--voices"]).decode(errors="replace").splitlines()[1:]
    if name not in {line.split()[1] for line in listed if len(line.split()) > 1}:
        raise OutreachError(
            N_("espeak-ng does not know %(language)s. It needs people to record it."),
            language=LANGUAGES[locale].english_name,
        )
    return name


def _spoken(program: str, voice: str, prompt: Prompt, folder: str) -> bytes:
    # An hour is written with signs that a program spells out; in English it says them in words.
    is_own = prompt.is_translated and prompt.kind != "hour"
    words = prompt.english.split("(")[0] if prompt.kind == "hour" else prompt.words
    # Not through a pipe: there it does not say how long it is.
    file = Path(folder) / "clip.wav"
    _run([program, "-w", str(file), "-v", voice if is_own else _ENGLISH, "--stdin"], words)
    return file.read_bytes()


def _run(command: list[str], text: str = "") -> bytes:
    try:
        return subprocess.run(
            command, input=text.encode(), capture_output=True, check=True, timeout=_SECONDS
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise OutreachError(N_("espeak-ng failed: %(reason)s."), reason=type(error).__name__) from error
