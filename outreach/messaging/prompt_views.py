"""Staff pages on which people record what is said on the phone, and see what is missing or out of date."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, Form

from outreach.database import transaction
from outreach.errors import ConflictError, InvalidInputError, NotFoundError
from outreach.fields import tell
from outreach.i18n import LANGUAGES, N_, language_name, local
from outreach.messaging import recordings
from outreach.messaging.channels.voice import VOICES
from outreach.messaging.prompts import HINTS, is_translated
from outreach.messaging.recordings import Entry, State
from outreach.messaging.speech import PATH
from outreach.messaging.wav import LARGEST_BYTES
from outreach.policy import Action
from outreach.runtime import now, settings
from outreach.security import current_staff, keep_private, let_play, protect, requires
from outreach.web import lazy, t

bp = Blueprint("staff_prompts", __name__, url_prefix="/staff/messages/prompts")
protect(bp)
keep_private(bp)
let_play(bp, is_recorder=True)

#: The rest of a form beside its recording.
_FORM_BYTES = 16 * 1024
#: Each state's label, and the kind of its tag.
STATES: Mapping[State, tuple[str, str]] = {
    "current": (N_("Recorded"), "good"),
    "stale": (N_("Out of date"), "sun"),
    "rehearsal": (N_("Made by a program"), "sun"),
    "missing": (N_("Missing"), "plain"),
}


class RecordingForm(Form):
    """A file with one clip."""

    recording = FileField(lazy(N_("WAV file")))


@bp.url_value_preprocessor
def take_recordings(_endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Lets these forms be as large as a recording, before anything reads them."""
    request.max_content_length = LARGEST_BYTES + _FORM_BYTES


@bp.get("")
@requires(Action.RECORD_PROMPTS)
def index() -> str:
    """How far the recordings of each language have come."""
    return render_template(
        "staff/prompts.html", languages_found=recordings.completeness(settings()), **_sayings()
    )


@bp.get("/<spoken>")
@requires(Action.RECORD_PROMPTS)
def language(spoken: str) -> str:
    """Every clip of one language."""
    return render_template(
        "staff/prompts_language.html",
        spoken=spoken,
        entries=recordings.entries(spoken, region=settings().region_name),
        has_voice=spoken in VOICES,
        is_translated=is_translated(spoken),
        **_sayings(),
    )


@bp.route("/<spoken>/<prompt_id>", methods=["GET", "POST"])
@requires(Action.RECORD_PROMPTS)
def clip(spoken: str, prompt_id: str) -> Response | str | tuple[str, int]:
    """Shows what to read, takes a recording of it, and goes on with the next one that is needed."""
    entries = recordings.entries(spoken, region=settings().region_name)
    entry = next((each for each in entries if each.prompt.id == prompt_id), None)
    if entry is None:
        raise NotFoundError(N_("There is no such page."))
    form = RecordingForm()
    following = _next_needed(entries, prompt_id)
    if request.method == "GET":
        return _page(form, spoken, entry, following)
    try:
        with transaction():
            recordings.keep(
                spoken,
                prompt_id,
                _sent_recording(),
                region=settings().region_name,
                staff_id=_my_id(),
                now=now(),
            )
    except (InvalidInputError, ConflictError) as error:
        form.validate()
        tell(form, error)
        return _page(form, spoken, entry, following), 409 if isinstance(error, ConflictError) else 422
    flash(t()(N_("The recording is kept.")), "good")
    return redirect(_address(spoken, following), 303)


@bp.post("/<spoken>/<prompt_id>/remove")
@requires(Action.RECORD_PROMPTS)
def remove(spoken: str, prompt_id: str) -> Response:
    """Deletes a recording."""
    with transaction():
        recordings.remove(spoken, prompt_id)
    flash(t()(N_("The recording is deleted.")), "good")
    return redirect(url_for("staff_prompts.language", spoken=spoken), 303)


def _page(form: Form, spoken: str, entry: Entry, following: str) -> str:
    return render_template(
        "staff/prompt.html",
        form=form,
        spoken=spoken,
        entry=entry,
        following=following and _address(spoken, following),
        **_sayings(),
    )


def _sent_recording() -> bytes:
    """The file of the form. Raises InvalidInputError without one."""
    file = request.files.get("recording")
    content = b""
    if file:
        content = file.read(LARGEST_BYTES + 1)
        # A large one lies in a file of its own.
        file.close()
    if not content:
        raise InvalidInputError(N_("Record something first, or choose a WAV file."), field="recording")
    return content


def _next_needed(entries: list[Entry], prompt_id: str) -> str:
    """The next clip that is not recorded, from here on and then from the start; empty when there is none."""
    ids = [each.prompt.id for each in entries]
    place = ids.index(prompt_id)
    needed = (each for each in entries[place + 1 :] + entries[:place] if each.state != "current")
    return next((each.prompt.id for each in needed), "")


def _address(spoken: str, prompt_id: str) -> str:
    if not prompt_id:
        return url_for("staff_prompts.language", spoken=spoken)
    return url_for("staff_prompts.clip", spoken=spoken, prompt_id=prompt_id)


def _my_id() -> int:
    staff = current_staff()
    assert staff is not None
    return staff.id


def _sayings() -> dict[str, object]:
    """What every page here says things with."""
    return {
        "language_of": lambda locale: language_name(locale, t().locale),
        "row_of": LANGUAGES.__getitem__,
        "time_of": lambda at: local(at, settings().time_zone),
        "sound_of": lambda digest: f"{PATH}/{digest}.wav",
        "states": STATES,
        "hints": HINTS,
    }
