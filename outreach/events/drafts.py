"""An event as somebody would have it: what staff type, an import reads or a pending change holds; pure."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Literal, Self

from outreach.errors import InvalidInputError, InvalidInputsError
from outreach.events.keywords import folded_word, is_usable, is_usable_in_a_language
from outreach.events.kinds import KINDS
from outreach.events.reminding import MOST_REMINDERS, is_possible
from outreach.events.zones import resolve
from outreach.i18n import LANGUAGES, N_

STATUSES: Mapping[str, str] = {
    "draft": N_("Draft"),
    "submitted": N_("Waiting for review"),
    "returned": N_("Returned with a note"),
    "published": N_("Published"),
    "cancelled": N_("Canceled"),
    "held": N_("Held"),
}
#: What the public can see.
PUBLIC_STATUSES = ("published", "cancelled", "held")

OFFERS: Mapping[str, str] = {
    "interpreter": N_("Interpreter"),
    "childcare": N_("Childcare"),
    "ride": N_("Ride"),
    "step_free": N_("Step-free way in"),
}

#: The seven areas of the Welcoming Standard, the natural list of topics.
THEMES: Mapping[str, str] = {
    "leadership": N_("Leadership"),
    "equitable_access": N_("Equal access"),
    "civic_engagement": N_("Civic life"),
    "connected_communities": N_("Connected communities"),
    "education": N_("Education"),
    "economic_development": N_("Work and business"),
    "safe_communities": N_("Safe communities"),
}

DELIVERIES: Mapping[str, str] = {
    "in_person": N_("In person"),
    "online": N_("Online"),
    "hybrid": N_("In person and online"),
}

TITLE_CHARACTERS = 120
SUMMARY_CHARACTERS = 200
DESCRIPTION_CHARACTERS = 4000
MAXIMUM_CAPACITY = 50_000
LONGEST_EVENT = timedelta(days=92)
PARTS = 40
PART_CHARACTERS = 120
#: Letters that fit into the columns of what is written in one language only.
_LENGTHS = {"venue": 200, "address": 200, "city": 80, "access_notes": 1000, "online_url": 500}


@dataclass(frozen=True, slots=True)
class TextDraft:
    """The sentences in one language."""

    title: str
    summary: str = ""
    description: str = ""
    is_reviewed: bool = True


@dataclass(frozen=True, slots=True)
class VenueDraft:
    """A place; `county` is a jurisdiction's slug."""

    name: str
    address: str | None = None
    city: str | None = None
    county: str | None = None
    access_notes: str | None = None


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A stop, a session, a round."""

    title: str
    starts_local: datetime
    ends_local: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class EventDraft:
    """Everything an organizer decides about an event; where an event stands is not in here."""

    kind: str
    texts: dict[str, TextDraft]
    source_locale: str
    starts_local: datetime
    ends_local: datetime
    time_zone: str
    #: Which of the two autumn hours is meant; None as long as nobody had to say.
    starts_fold: Literal[0, 1] | None = None
    ends_fold: Literal[0, 1] | None = None
    #: Only days are known or told: the start is a midnight, the end the midnight after the last day.
    is_all_day: bool = False
    #: False when nobody announced an end; it is then a guess of two hours and not shown.
    is_end_known: bool = True
    delivery: Literal["in_person", "online", "hybrid"] = "in_person"
    venue: VenueDraft | None = None
    online_url: str | None = None
    capacity: int | None = None
    takes_registrations: bool = True
    keyword: str | None = None
    #: Words for readers of one language, by its locale.
    keywords: dict[str, str] = field(default_factory=dict)
    #: Of `reminding.LEADS`, or only `NO_REMINDERS`; empty where it is as usual for the kind.
    reminders: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    interpreted: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    is_police_present: bool = False
    theme: str | None = None
    #: Slug of a campaign.
    campaign: str | None = None
    #: Names of organizations.
    cohosts: tuple[str, ...] = ()
    parts: tuple[PartDraft, ...] = field(default=())

    @property
    def starts_at(self) -> datetime:
        """The instant of the start. Raises as `zones.resolve` does."""
        return resolve(self.starts_local, self.time_zone, fold=self.starts_fold)

    @property
    def ends_at(self) -> datetime:
        """The instant of the end. Raises as `zones.resolve` does."""
        return resolve(self.ends_local, self.time_zone, fold=self.ends_fold, field="ends")

    def to_json(self) -> dict[str, Any]:
        """The draft as a JSON value; wall times in ISO 8601 without zone."""

        def plain(value: Any) -> Any:
            if isinstance(value, datetime):
                return value.isoformat(timespec="minutes")
            if isinstance(value, dict):
                return {key: plain(item) for key, item in value.items()}
            if isinstance(value, list | tuple):
                return [plain(item) for item in value]
            return value

        result: dict[str, Any] = plain(asdict(self))
        return result

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The draft that `to_json` wrote."""
        given = dict(value)
        given["texts"] = {locale: TextDraft(**text) for locale, text in given["texts"].items()}
        given["venue"] = VenueDraft(**given["venue"]) if given["venue"] else None
        given["parts"] = tuple(
            PartDraft(
                **{**part, **{k: datetime.fromisoformat(part[k]) for k in ("starts_local", "ends_local")}}
            )
            for part in given["parts"]
        )
        for name in ("starts_local", "ends_local"):
            given[name] = datetime.fromisoformat(given[name])
        for name in ("spoken", "interpreted", "offers", "cohosts"):
            given[name] = tuple(given[name])
        # A change may have waited since before there were these.
        given["reminders"] = tuple(given.get("reminders", ()))
        given.setdefault("keywords", {})
        return cls(**given)


_Refuse = Callable[..., None]


def check(draft: EventDraft) -> None:
    """Raises InvalidInputsError with everything that is wrong with a draft, each by its field.

    The clock is not asked: an event of last year may be entered, and publishing it decides for itself.
    """
    problems: list[InvalidInputError] = []

    def refuse(condition: bool, field: str, message: str, **values: object) -> None:
        if condition:
            problems.append(InvalidInputError(message, field=field, **values))

    refuse(draft.kind not in KINDS, "kind", N_("Choose a kind of event from the list."))
    _check_texts(draft, refuse)
    _check_place(draft, refuse)
    refuse(
        draft.capacity is not None and not 1 <= draft.capacity <= MAXIMUM_CAPACITY,
        "capacity",
        N_("Enter a number of seats from 1 to %(count)s, or leave it empty."),
        count=MAXIMUM_CAPACITY,
    )
    refuse(
        draft.keyword is not None and not is_usable(draft.keyword),
        "keyword",
        N_("Choose a word of 3 to 12 letters from A to Z or digits. Words like STOP or YES are taken."),
    )
    _check_keywords(draft, refuse)
    refuse(
        not is_possible(draft.reminders),
        "reminders",
        N_("Choose up to %(count)s reminders, or none at all."),
        count=MOST_REMINDERS,
    )
    for name, values, known in (
        ("spoken", draft.spoken, LANGUAGES),
        ("interpreted", draft.interpreted, LANGUAGES),
        ("offers", draft.offers, OFFERS),
        ("theme", (draft.theme,) if draft.theme else (), THEMES),
    ):
        refuse(any(value not in known for value in values), name, N_("Choose from the list."))
    _check_parts(draft, refuse)
    _check_times(draft, problems)
    if problems:
        raise InvalidInputsError(problems)


def _check_texts(draft: EventDraft, refuse: _Refuse) -> None:
    source = draft.texts.get(draft.source_locale)
    refuse(
        source is None or not all(text.title.strip() for text in draft.texts.values()),
        "title",
        N_("Enter a title."),
    )
    refuse(any(locale not in LANGUAGES for locale in draft.texts), "texts", N_("Choose from the list."))
    for name, limit in (
        ("title", TITLE_CHARACTERS),
        ("summary", SUMMARY_CHARACTERS),
        ("description", DESCRIPTION_CHARACTERS),
    ):
        longest = max((len(getattr(text, name)) for text in draft.texts.values()), default=0)
        refuse(longest > limit, name, N_("Use at most %(count)s letters."), count=limit)
    # PostgreSQL takes no such sign, and nobody can have typed it.
    refuse("\\u0000" in json.dumps(draft.to_json()), "texts", N_("This text has a sign that cannot be read."))


def _check_keywords(draft: EventDraft, refuse: _Refuse) -> None:
    refuse(any(locale not in LANGUAGES for locale in draft.keywords), "keywords", N_("Choose from the list."))
    for word in draft.keywords.values():
        refuse(
            not is_usable_in_a_language(word),
            "keywords",
            N_("“%(word)s” cannot be used. Choose one word of 3 to 12 letters, not one like stop or yes."),
            word=word,
        )
    folded = [folded_word(word) for word in (draft.keyword, *draft.keywords.values()) if word]
    refuse(len(set(folded)) < len(folded), "keywords", N_("Choose a different word for each language."))


def _check_place(draft: EventDraft, refuse: _Refuse) -> None:
    refuse(draft.delivery not in DELIVERIES, "delivery", N_("Choose how people take part."))
    refuse(
        draft.delivery != "online" and not (draft.venue and draft.venue.name.strip()),
        "venue",
        N_("Enter the name of the place."),
    )
    refuse(
        draft.online_url is not None and not draft.online_url.startswith("https://"),
        "online_url",
        N_("Enter a web address that begins with https://"),
    )
    venue = draft.venue or VenueDraft("")
    for name, text in (
        ("venue", venue.name),
        ("address", venue.address),
        ("city", venue.city),
        ("access_notes", venue.access_notes),
        ("online_url", draft.online_url),
    ):
        limit = _LENGTHS[name]
        refuse(len(text or "") > limit, name, N_("Use at most %(count)s letters."), count=limit)


def _check_times(draft: EventDraft, problems: list[InvalidInputError]) -> None:
    try:
        starts_at = draft.starts_at
    except InvalidInputError as problem:
        problems.append(problem)
        return
    try:
        ends_at = draft.ends_at
    except InvalidInputError as problem:
        problems.append(problem)
        return
    if draft.is_all_day and (draft.starts_local.time(), draft.ends_local.time()) != (time(), time()):
        problems.append(InvalidInputError(N_("An event of whole days begins at midnight."), field="starts"))
    if ends_at <= starts_at:
        problems.append(InvalidInputError(N_("The end must be after the start."), field="ends"))
    elif ends_at - starts_at > LONGEST_EVENT:
        problems.append(
            InvalidInputError(
                N_("An event can last %(count)s days at most."), field="ends", count=LONGEST_EVENT.days
            )
        )


def _check_parts(draft: EventDraft, refuse: _Refuse) -> None:
    longest = max((max(len(part.title), len(part.place)) for part in draft.parts), default=0)
    refuse(longest > PART_CHARACTERS, "parts", N_("Use at most %(count)s letters."), count=PART_CHARACTERS)
    refuse(len(draft.parts) > PARTS, "parts", N_("An event has %(count)s parts at most."), count=PARTS)
    refuse(any(not part.title.strip() for part in draft.parts), "parts", N_("Give each part a name."))
    refuse(
        any(
            part.ends_local <= part.starts_local
            or part.starts_local < draft.starts_local
            or part.ends_local > draft.ends_local
            for part in draft.parts
        ),
        "parts",
        N_("Each part must lie between the event's start and end."),
    )
