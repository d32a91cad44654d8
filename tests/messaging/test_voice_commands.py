"""Commands about recordings: a kit, all or nothing of what comes back, a program that speaks for practice."""

import os
import stat
import sys
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from outreach.errors import InvalidInputsError, OutreachError
from outreach.messaging import recordings
from outreach.messaging.prompts import prompts
from outreach.messaging.voice_commands import voice
from tests.messaging.sounds import wav


@pytest.fixture
def run(web_app):
    """Runs a command; returns what it printed, or raises what it refused with."""

    def run(*arguments):
        result = CliRunner().invoke(voice, [str(each) for each in arguments], obj=lambda: web_app)
        if isinstance(result.exception, OutreachError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def states(web_app):
    def look(locale="sw"):
        with web_app.app_context():
            found = recordings.entries(locale, region="Kansas City")
            return {each.prompt.id: each.state for each in found if each.recording}

    return look


def test_kit_has_a_script_of_every_clip_and_a_folder(run, tmp_path):
    printed = run("kit", "ar", "--out", tmp_path / "kit")
    script = (tmp_path / "kit" / "script.html").read_text(encoding="utf-8")

    for prompt in prompts("ar", "Kansas City").values():
        assert f"<td>{prompt.id}.wav</td>" in script
    assert 'lang="ar" dir="rtl">لسماع' in script
    assert "To hear events and sign up, press 1." in script
    assert list((tmp_path / "kit" / "recordings").iterdir()) == []
    assert f"outreach voice import ar {tmp_path / 'kit' / 'recordings'}" in printed


def test_kit_is_not_written_over_something(run, tmp_path):
    run("kit", "sw", "--out", tmp_path / "kit")
    with pytest.raises(OutreachError, match="already"):
        run("kit", "sw", "--out", tmp_path / "kit")


def test_recordings_are_brought_in_by_name(run, states, tmp_path):
    (tmp_path / "menu.wav").write_bytes(wav(rate=44_100))
    (tmp_path / "number-4.WAV").write_bytes(wav())
    (tmp_path / "notes.txt").write_text("Read in the kitchen.", encoding="utf-8")
    printed = run("import", "sw", tmp_path)

    assert states() == {"menu": "current", "number-4": "current"}
    assert "2 recordings are kept." in printed
    assert "sw: 2 of" in printed


def test_one_bad_file_leaves_everything_as_it_was(run, states, tmp_path):
    for name, content in {
        "menu": wav(), "code": b"hello", "no-such": wav(), "gone": wav(seconds=31),
    }.items():  # fmt: skip
        (tmp_path / f"{name}.wav").write_bytes(content)
    with pytest.raises(InvalidInputsError) as refused:
        run("import", "sw", tmp_path)

    assert [str(each) for each in refused.value.problems] == [
        "code.wav: This is no WAV file.",
        "gone.wav: This recording is too long. It may last 30 seconds.",
        "no-such.wav: There is no clip of this name.",
    ]
    assert states() == {}


def test_empty_folder_is_told(run, tmp_path):
    with pytest.raises(OutreachError, match="no WAV file"):
        run("import", "sw", tmp_path)


def test_status_tells_of_every_language(run):
    printed = run("status")

    assert f"so: 0 of {len(prompts('so', 'Kansas City'))} recorded" in printed
    assert "no computer voice, not offered to callers" in printed
    assert "es: 0 of" in printed


def test_fallback_is_twiml_that_needs_nothing_of_ours(run):
    response = ElementTree.fromstring(run("fallback"))

    assert [verb.tag for verb in response][-1] == "Hangup"
    assert response[0].tag == "Say"
    assert response[0].text.startswith("We are sorry")
    assert not list(response.iter("Play"))


# A program in place of espeak-ng, as it behaves: it lists its voices, and writes a file.
PROGRAM = """#!{python}
import shutil, sys
if sys.argv[1:] == ["--voices"]:
    print("Pty Language       Age/Gender VoiceName          File")
    print(" 5  sw              --/M      Swahili            bnt/sw")
    print(" 2  en-us           --/M      English_(America)  gmw/en-US")
else:
    assert sys.stdin.read().strip(), "nothing to say"
    options = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    assert options["-v"] in ("sw", "en-us")
    shutil.copy({sound!r}, options["-w"])
"""


@pytest.fixture
def espeak(tmp_path, monkeypatch):
    (tmp_path / "sound.wav").write_bytes(wav(rate=22_050, seconds=0.3))
    program = tmp_path / "bin" / "espeak-ng"
    program.parent.mkdir()
    program.write_text(
        PROGRAM.format(python=sys.executable, sound=str(tmp_path / "sound.wav")), encoding="utf-8"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


def test_program_speaks_what_nobody_recorded(run, states, tmp_path, espeak):
    (tmp_path / "menu.wav").write_bytes(wav())
    (tmp_path / "sound.wav").rename(tmp_path / "sound")
    run("import", "sw", tmp_path)
    (tmp_path / "sound").rename(tmp_path / "sound.wav")
    printed = run("rehearse", "sw")

    found = states()
    assert found.pop("menu") == "current"
    assert len(found) == len(prompts("sw", "Kansas City")) - 1
    assert set(found.values()) == {"rehearsal"}
    assert "made by a program, for the simulator only" in printed


def test_program_that_does_not_know_a_language_says_so(run, states, espeak):
    with pytest.raises(OutreachError, match="does not know Somali"):
        run("rehearse", "so")
    assert states("so") == {}


def test_without_the_program_the_command_says_what_to_do(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutreachError, match="Install espeak-ng first"):
        run("rehearse", "sw")


def test_program_that_fails_leaves_nothing(run, states, espeak, tmp_path):
    (tmp_path / "sound.wav").unlink()
    with pytest.raises(OutreachError, match="espeak-ng failed"):
        run("rehearse", "sw")
    assert states() == {}
