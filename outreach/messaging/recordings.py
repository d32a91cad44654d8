"""Keeps recordings of what is said on the phone: one for each clip and language, for one wording of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select

from outreach.accounts.models import Staff
from outreach.config import Settings
from outreach.database import db, insert
from outreach.errors import ConflictError, NotFoundError
from outreach.i18n import LANGUAGES, N_
from outreach.messaging.channels.voice import VOICES
from outreach.messaging.models import PromptRecording
from outreach.messaging.prompts import Prompt, offered_locales, prompts
from outreach.messaging.speech import Recorded
from outreach.messaging.wav import for_telephone, milliseconds

#: What all recordings of one language may last, so that nobody fills the disk: about 30 MB.
MOST_MINUTES = 30

#: "rehearsal" is as current as it can be, and still nothing for a guest's ears.
State = Literal["missing", "stale", "rehearsal", "current"]


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of a recording besides its sound."""

    version: str
    digest: str
    is_rehearsal: bool
    #: Empty where a command brought it in.
    staff_name: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One clip of a language, and how it stands with its recording."""

    prompt: Prompt
    recording: Recording | None

    @property
    def state(self) -> State:
        """Whether it is there, and for the words of today."""
        if self.recording is None:
            return "missing"
        if self.recording.version != self.prompt.version:
            return "stale"
        return "rehearsal" if self.recording.is_rehearsal else "current"


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a language's recordings have come."""

    locale: str
    counts: Mapping[State, int]
    #: Whether the vendor has a voice for it.
    has_voice: bool
    #: Whether callers can choose it now.
    is_offered: bool

    @property
    def total(self) -> int:
        """How many clips there are to read."""
        return sum(self.counts.values())


def playable(settings: Settings) -> Recorded:
    """What may be played to a caller: recordings for the words of today; one query.

    Rehearsals are played by the simulator only.
    """
    row = PromptRecording
    query = select(row.locale, row.prompt_id, row.version, row.digest)
    if settings.gateway != "simulator":
        query = query.where(row.is_rehearsal.is_(False))
    found: dict[str, dict[str, str]] = {}
    for locale, prompt_id, version, digest in db.session.execute(query):
        known = prompts(locale, settings.region_name) if locale in LANGUAGES else {}
        if prompt_id in known and known[prompt_id].version == version:
            found.setdefault(locale, {})[prompt_id] = digest
    return found


def spoken_locales(settings: Settings, recorded: Recorded) -> tuple[str, ...]:
    """The languages that a caller may choose from, in the order of their keys; never empty."""
    return offered_locales(settings.locales, recorded, VOICES, settings.region_name)


def completeness(settings: Settings) -> list[Completeness]:
    """How each language stands; two queries."""
    offered = spoken_locales(settings, playable(settings))
    found = _recordings()
    return [
        Completeness(
            locale,
            _counts(_entries(locale, found.get(locale, {}), settings.region_name)),
            has_voice=locale in VOICES,
            is_offered=locale in offered,
        )
        for locale in LANGUAGES
    ]


def entries(locale: str, *, region: str) -> list[Entry]:
    """Every clip of a language in the order of reading. Raises NotFoundError for no language of ours."""
    return _entries(_known(locale), _recordings(locale).get(locale, {}), region)


def keep(
    locale: str,
    prompt_id: str,
    recording: bytes,
    *,
    region: str,
    staff_id: int | None,
    now: datetime,
    is_rehearsal: bool = False,
) -> None:
    """Keeps a recording for the words of today in place of an older one. Flushes.

    A rehearsal never takes the place of a person's. Raises InvalidInputError for what cannot be played,
    NotFoundError for no clip of ours, ConflictError when there is too much already.
    """
    prompt = prompts(_known(locale), region).get(prompt_id)
    if prompt is None:
        raise _nothing()
    wav = for_telephone(recording)
    _require_room(locale, prompt_id, milliseconds(wav))
    values = {
        "version": prompt.version,
        "digest": hashlib.sha256(wav).hexdigest()[:32],
        "wav": wav,
        "milliseconds": milliseconds(wav),
        "is_rehearsal": is_rehearsal,
        "staff_id": staff_id,
        "recorded_at": now,
    }
    statement = insert(PromptRecording).values(locale=locale, prompt_id=prompt_id, **values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["locale", "prompt_id"],
            set_=values,
            where=PromptRecording.is_rehearsal.is_(True) if is_rehearsal else None,
        )
    )


def remove(locale: str, prompt_id: str) -> None:
    """Deletes a recording, should there be one. Flushes."""
    db.session.execute(
        delete(PromptRecording).where(
            PromptRecording.locale == locale, PromptRecording.prompt_id == prompt_id
        )
    )


def sound(digest: str) -> bytes | None:
    """What is played under an address; None when it is there no more."""
    return db.session.scalar(select(PromptRecording.wav).where(PromptRecording.digest == digest).limit(1))


def _require_room(locale: str, prompt_id: str, more: int) -> None:
    used = db.session.scalar(
        select(func.coalesce(func.sum(PromptRecording.milliseconds), 0)).where(
            PromptRecording.locale == locale, PromptRecording.prompt_id != prompt_id
        )
    )
    if (used or 0) + more > MOST_MINUTES * 60_000:
        raise ConflictError(
            N_("All recordings of a language may last %(count)s minutes. Please make some shorter."),
            count=MOST_MINUTES,
        )


def _recordings(locale: str = "") -> dict[str, dict[str, Recording]]:
    """What is known of recordings, by language and clip."""
    query = select(PromptRecording, Staff.name).outerjoin(Staff, PromptRecording.staff_id == Staff.id)
    if locale:
        query = query.where(PromptRecording.locale == locale)
    found: dict[str, dict[str, Recording]] = {}
    for row, name in db.session.execute(query):
        found.setdefault(row.locale, {})[row.prompt_id] = Recording(
            row.version, row.digest, row.is_rehearsal, name or "", row.recorded_at
        )
    return found


def _entries(locale: str, recordings: Mapping[str, Recording], region: str) -> list[Entry]:
    return [Entry(prompt, recordings.get(id_)) for id_, prompt in prompts(locale, region).items()]


def _counts(found: Sequence[Entry]) -> dict[State, int]:
    counts: dict[State, int] = {"missing": 0, "stale": 0, "rehearsal": 0, "current": 0}
    for entry in found:
        counts[entry.state] += 1
    return counts


def _known(locale: str) -> str:
    if locale not in LANGUAGES:
        raise _nothing()
    return locale


def _nothing() -> NotFoundError:
    return NotFoundError(N_("There is no such page."))
