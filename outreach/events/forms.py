"""The event form: what staff type, and the draft that it stands for; one as good as the other."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, cast

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
)

from outreach.accounts.models import Organization
from outreach.errors import InvalidInputError, InvalidInputsError, OutreachError
from outreach.events import worklist
from outreach.events.drafts import (
    DELIVERIES,
    OFFERS,
    PARTS,
    THEMES,
    EventDraft,
    PartDraft,
    TextDraft,
    VenueDraft,
)
from outreach.events.facts import lead_in_words
from outreach.events.kinds import KINDS
from outreach.events.kinds.base import EventKind
from outreach.events.models import Event
from outreach.events.reminding import LEADS, NO_REMINDERS, offsets
from outreach.events.zones import AmbiguousTimeError, fold_at, is_doubled, resolve
from outreach.fields import ClockField, CountField, DayField, LineField, LinesField, tell
from outreach.i18n import LANGUAGES, N_, language_name, local
from outreach.policy import LAW_ENFORCEMENT
from outreach.runtime import settings
from outreach.web import lazy, t

#: How long an event is kept when nobody knows its end.
GUESSED_LENGTH = timedelta(hours=2)
_COHOSTS = 20
#: The zones of the United States; an event elsewhere keeps its own.
_ZONES: Mapping[str, str] = {
    "America/New_York": N_("Eastern time"),
    "America/Chicago": N_("Central time"),
    "America/Denver": N_("Mountain time"),
    "America/Phoenix": N_("Arizona time"),
    "America/Los_Angeles": N_("Pacific time"),
    "America/Anchorage": N_("Alaska time"),
    "Pacific/Honolulu": N_("Hawaii time"),
}
_FOLDS = (("0", N_("The first time, before the clocks go back")), ("1", N_("The second time, after that")))


def _choices(known: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, t()(label)) for key, label in known.items()]


def _languages() -> list[tuple[str, str]]:
    return [(locale, language_name(locale, t().locale)) for locale in LANGUAGES]


class TextForm(Form):
    """The event's sentences in one language."""

    locale = SelectField(lazy(N_("Language")), choices=_languages, validate_choice=False)
    title = LineField(lazy(N_("Title")))
    summary = LineField(lazy(N_("One sentence about it")))
    description = LinesField(lazy(N_("Description")))
    is_reviewed = BooleanField(lazy(N_("Somebody who speaks this language has read it")))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.title.data or self.summary.data or self.description.data)


class KeywordForm(Form):
    """A word to text for readers of one language."""

    locale = SelectField(lazy(N_("Language")), choices=_languages, validate_choice=False)
    word = LineField(
        lazy(N_("Word to text")),
        description=lazy(N_("In letters of the language. Who texts it is answered in this language.")),
    )


class PartForm(Form):
    """A stop, a session, a round."""

    title = LineField(lazy(N_("Name")))
    place = LineField(lazy(N_("Place")))
    starts_on = DayField(lazy(N_("Day")))
    starts_time = ClockField(lazy(N_("From")))
    ends_on = DayField(lazy(N_("Last day, if it is another")))
    ends_time = ClockField(lazy(N_("To")))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return not (self.title.data or self.place.data or self.starts_time.data or self.ends_time.data)


class EventForm(Form):
    """Everything an organizer decides about an event. Fields are named as in `drafts.EventDraft`."""

    #: Public id of the host; asked of those who plan for several, and only for a new event.
    host = SelectField(lazy(N_("Host")), validate_choice=False)
    kind = SelectField(lazy(N_("Kind of event")), validate_choice=False)
    #: The first one is the original.
    texts = FieldList(FormField(TextForm), min_entries=1, max_entries=len(LANGUAGES))

    starts_on = DayField(lazy(N_("Day")))
    starts_time = ClockField(lazy(N_("Time")))
    starts_fold = RadioField(
        lazy(N_("Which of the two?")), choices=lambda: _choices(dict(_FOLDS)), validate_choice=False
    )
    ends_on = DayField(lazy(N_("Day")), description=lazy(N_("Only if it is another day.")))
    ends_time = ClockField(lazy(N_("Time")), description=lazy(N_("Leave it empty if nobody knows yet.")))
    ends_fold = RadioField(
        lazy(N_("Which of the two?")), choices=lambda: _choices(dict(_FOLDS)), validate_choice=False
    )
    is_all_day = BooleanField(lazy(N_("Only the days are known, not the times")))
    time_zone = SelectField(lazy(N_("Time zone")), validate_choice=False)

    delivery = RadioField(
        lazy(N_("How people take part")),
        choices=lambda: _choices(DELIVERIES),
        default="in_person",
        validate_choice=False,
    )
    venue = LineField(lazy(N_("Name of the place")))
    address = LineField(lazy(N_("Street and number")))
    city = LineField(lazy(N_("City")))
    county = SelectField(lazy(N_("County")), validate_choice=False)
    access_notes = LinesField(
        lazy(N_("How to get in")), description=lazy(N_("The right door, ramp, bus, parking."))
    )
    online_url = LineField(
        lazy(N_("Link for people who join online")), description=lazy(N_("Only registered guests see it."))
    )

    takes_registrations = BooleanField(
        lazy(N_("Guests register here. If not, they just come.")), default=True
    )
    capacity = CountField(
        lazy(N_("Seats for guests")), description=lazy(N_("Leave it empty if there is no limit."))
    )
    keyword = LineField(
        lazy(N_("Word to text")),
        description=lazy(N_("Guests text this word to register. 3 to 12 letters or digits, like PICNIC.")),
    )
    keywords = FieldList(FormField(KeywordForm), max_entries=len(LANGUAGES))
    reminders = SelectMultipleField(lazy(N_("Reminders")), validate_choice=False)
    spoken = SelectMultipleField(lazy(N_("Languages spoken")), choices=_languages, validate_choice=False)
    interpreted = SelectMultipleField(
        lazy(N_("Languages an interpreter brings")), choices=_languages, validate_choice=False
    )
    offers = SelectMultipleField(
        lazy(N_("What guests can ask for")), choices=lambda: _choices(OFFERS), validate_choice=False
    )
    is_police_present = BooleanField(lazy(N_("Police officers will be there")))
    theme = SelectField(
        lazy(N_("Topic")), choices=lambda: [("", "—"), *_choices(THEMES)], validate_choice=False
    )
    campaign = SelectField(lazy(N_("Campaign")), validate_choice=False)
    cohosts = FieldList(SelectField(lazy(N_("Co-host")), validate_choice=False), max_entries=_COHOSTS)
    parts = FieldList(FormField(PartForm), max_entries=PARTS)

    revision = HiddenField()
    #: Asked only where a public event gets another time or place.
    is_move_meant = BooleanField(lazy(N_("Yes, tell the guests of the new time or place")))

    def offer_choices(self, hosts: Sequence[Organization]) -> None:
        """Fills in what can be chosen here and now; `hosts` are those who may host the event."""
        self.host.choices = [("", "—"), *((body.public_id, body.name) for body in hosts)]
        self.kind.choices = [(kind.id, t()(kind.label)) for kind in kinds_for(hosts)]
        zones = {**_ZONES, settings().time_zone: _ZONES.get(settings().time_zone, settings().time_zone)}
        if self.time_zone.data and self.time_zone.data not in zones:
            zones[self.time_zone.data] = self.time_zone.data
        self.time_zone.choices = _choices(zones)
        self.county.choices = [("", "—"), *county_choices()]
        self.reminders.choices = [*self._leads(), (NO_REMINDERS, t()(N_("No reminders")))]
        self.campaign.choices = [("", "—"), *((row.slug, row.name) for row in worklist.campaigns())]
        names = [(name, name) for name in worklist.organization_names()]
        for field in self.cohosts:
            field.choices = [("", "—"), *names]

    @property
    def usual_reminders(self) -> str:
        """What guests of the chosen kind of event get where nothing else is chosen."""
        usual = offsets((), KINDS[self.kind.data].reminder_offsets) if self.kind.data in KINDS else ()
        return t().listed(t()(lead.label) for lead in LEADS.values() if lead.before in usual)

    def change_blocks(self, button: str) -> bool:
        """Adds or takes away one text, word, co-host or part if a button asks for it; says whether it did.

        Buttons are named "add parts" or "remove parts 2", the number being the block's own.
        """
        verb, _, rest = button.partition(" ")
        name, _, number = rest.partition(" ")
        if name not in ("texts", "cohosts", "parts", "keywords") or verb not in ("add", "remove"):
            return False
        blocks = cast("FieldList[Any]", self[name])
        if verb == "add" and len(blocks) < (blocks.max_entries or 0):
            blocks.append_entry(self._proposal(name))
        elif verb == "remove":
            kept = [entry for entry in blocks.entries if not entry.name.endswith(f"-{number}")]
            blocks.entries = kept or blocks.entries[: blocks.min_entries]
        return True

    def _leads(self) -> Iterator[tuple[str, str]]:
        """The reminders to choose from, with their times as soon as the start is known."""
        for name, lead in LEADS.items():
            starts_at = self._starts_at()
            words = t()(lead.label)
            if starts_at is not None:
                words = lead_in_words(name, starts_at, self.time_zone.data, t())
            yield name, words

    def _starts_at(self) -> datetime | None:
        zone = self.time_zone.data or ""
        if self.starts_on.data is None or (self.starts_time.data is None and not self.is_all_day.data):
            return None
        try:
            starts_local, fold = self._start(zone)
            return resolve(starts_local, zone, fold=fold)
        except InvalidInputError:
            # The draft's own check says what is wrong with it.
            return None

    def _proposal(self, name: str) -> dict[str, Any] | None:
        """What a new block begins with: the next language, the event's own day."""
        if name in ("texts", "keywords"):
            blocks = self.texts if name == "texts" else self.keywords
            used = {block.form.locale.data for block in blocks}
            return {"locale": next((locale for locale in settings().locales if locale not in used), "")}
        return {"starts_on": self.starts_on.data} if name == "parts" else None

    def draft(self) -> EventDraft:
        """What the form says. Raises InvalidInputsError for what cannot even be said."""
        self._require_words()
        zone = self.time_zone.data or ""
        starts_local, starts_fold = self._start(zone)
        ends_local, ends_fold = self._end(starts_local, starts_fold, zone)
        texts = [text.form for text in self.texts if not text.form.is_empty]
        spoken = tuple(self.spoken.data or ())
        return EventDraft(
            kind=self.kind.data or "",
            texts={form.locale.data: _text(form, is_source=not place) for place, form in enumerate(texts)},
            source_locale=texts[0].locale.data,
            starts_local=starts_local,
            ends_local=ends_local,
            time_zone=zone,
            starts_fold=starts_fold,
            ends_fold=ends_fold,
            is_all_day=self.is_all_day.data,
            is_end_known=self.is_all_day.data or self.ends_time.data is not None,
            delivery=cast(Literal["in_person", "online", "hybrid"], self.delivery.data),
            venue=None if self.delivery.data == "online" else self._venue(),
            online_url=(self.online_url.data or "").strip() or None,
            capacity=self.capacity.data,
            takes_registrations=self.takes_registrations.data,
            keyword=(self.keyword.data or "").upper() or None,
            keywords={form.locale.data: (form.word.data or "").upper() for form in self._words()},
            reminders=tuple(self.reminders.data or ()),
            spoken=spoken,
            interpreted=tuple(locale for locale in self.interpreted.data or () if locale not in spoken),
            offers=tuple(self.offers.data or ()),
            is_police_present=self.is_police_present.data,
            theme=self.theme.data or None,
            campaign=self.campaign.data or None,
            cohosts=tuple(sorted({field.data for field in self.cohosts if field.data})),
            parts=tuple(_part(part.form) for part in self.parts if not part.form.is_empty),
        )

    def tell(self, error: OutreachError) -> None:
        """Puts a refusal at the fields that it is about."""
        tell(self, error, places=self._places(error))
        # A list of blocks counts as wrong when a field in it is.
        for blocks in (self.texts, self.parts, self.keywords):
            own = [problem for problem in blocks.errors if isinstance(problem, str)]
            blocks.errors = [*own, *(entry.errors for entry in blocks.entries if entry.errors)]

    def _places(self, error: OutreachError) -> dict[str, Field]:
        doubled = {
            problem.field
            for problem in (error.problems if isinstance(error, InvalidInputsError) else [error])
            if isinstance(problem, AmbiguousTimeError)
        }
        places: dict[str, Field] = {
            "starts": self.starts_fold if "starts" in doubled else self.starts_on,
            "ends": self.ends_fold if "ends" in doubled else self.ends_on,
        }
        for name in ("title", "summary", "description"):
            places[name] = _faulty(name, [text.form[name] for text in self.texts])
        return places

    def _require_words(self) -> None:
        """Refuses what a draft has no way to hold: no day, no time, a language twice."""
        problems = []
        texts = [text.form for text in self.texts if not text.form.is_empty]
        locales = [form.locale.data for form in texts]
        words = [form.locale.data for form in self._words()]
        if not texts or self.texts[0].form.is_empty:
            problems.append(InvalidInputError(N_("Enter a title."), field="title"))
        if len(set(locales)) < len(locales):
            problems.append(InvalidInputError(N_("Choose each language once."), field="texts"))
        if len(set(words)) < len(words):
            problems.append(InvalidInputError(N_("Choose each language once."), field="keywords"))
        if self.starts_on.data is None:
            problems.append(InvalidInputError(N_("Enter the day of the start."), field="starts_on"))
        if not self.is_all_day.data and self.starts_time.data is None:
            problems.append(InvalidInputError(N_("Enter the time of the start."), field="starts_time"))
        if not self.is_all_day.data and self.ends_on.data is not None and self.ends_time.data is None:
            problems.append(InvalidInputError(N_("Enter the time of the end as well."), field="ends_time"))
        for part in self.parts:
            form = part.form
            if not form.is_empty and None in (
                form.starts_on.data,
                form.starts_time.data,
                form.ends_time.data,
            ):
                problems.append(InvalidInputError(N_("Enter day and times of each part."), field="parts"))
                break
        if problems:
            raise InvalidInputsError(problems)

    def _words(self) -> list[KeywordForm]:
        return [entry.form for entry in self.keywords if entry.form.word.data]

    def _start(self, zone: str) -> tuple[datetime, Literal[0, 1] | None]:
        assert self.starts_on.data is not None
        if self.is_all_day.data:
            return datetime.combine(self.starts_on.data, time()), None
        return _moment(self.starts_on.data, self.starts_time.data, self.starts_fold.data, zone)

    def _end(
        self, starts_local: datetime, starts_fold: Literal[0, 1] | None, zone: str
    ) -> tuple[datetime, Literal[0, 1] | None]:
        ends_on = self.ends_on.data or starts_local.date()
        if self.is_all_day.data:
            return _later(datetime.combine(ends_on, time()), timedelta(days=1)), None
        if self.ends_time.data is not None:
            return _moment(ends_on, self.ends_time.data, self.ends_fold.data, zone)
        try:
            ends_at = resolve(starts_local, zone, fold=starts_fold) + GUESSED_LENGTH
        except InvalidInputError:
            # The draft's own check says what is wrong with the start.
            return _later(starts_local, GUESSED_LENGTH), None
        ends_local = local(ends_at, zone)
        return ends_local, _fold(str(fold_at(ends_at, zone)), ends_local, zone)

    def _venue(self) -> VenueDraft:
        return VenueDraft(
            self.venue.data or "",
            self.address.data or None,
            self.city.data or None,
            self.county.data or None,
            self.access_notes.data or None,
        )


class NoteForm(Form):
    """Why something goes back."""

    note = LinesField(lazy(N_("Note to the organizer")))


class CancelForm(Form):
    """Why an event is called off."""

    reason = LineField(lazy(N_("Why is the event canceled?")))
    locale = SelectField(lazy(N_("Language of this sentence")), validate_choice=False)

    def offer_choices(self, event: Event) -> None:
        """Fills in the languages of the event."""
        has_text = {text.locale for text in event.texts}
        self.locale.choices = [choice for choice in _languages() if choice[0] in has_text]


class CloseForm(Form):
    """How many guests came."""

    head_count = CountField(lazy(N_("Guests in the room")))


def filled(draft: EventDraft, *, revision: int) -> EventForm:
    """The form that says what a draft says."""
    values = {
        name: getattr(draft, name)
        for name in (
            "kind", "is_all_day", "time_zone", "delivery", "online_url", "takes_registrations", "capacity",
            "keyword", "reminders", "spoken", "interpreted", "offers", "is_police_present", "theme",
            "campaign", "cohosts",
        )
    }  # fmt: skip
    venue = draft.venue or VenueDraft("")
    return EventForm(
        data={
            **values,
            "revision": revision,
            "texts": list(_text_values(draft)),
            **_time_values("starts", draft.starts_local, draft.starts_fold),
            **(_end_values(draft) if draft.is_end_known else {}),
            "venue": venue.name,
            "address": venue.address,
            "city": venue.city,
            "county": venue.county,
            "access_notes": venue.access_notes,
            "keywords": [{"locale": locale, "word": word} for locale, word in draft.keywords.items()],
            "parts": [
                {
                    "title": part.title,
                    "place": part.place,
                    **_time_values("starts", part.starts_local),
                    **_time_values("ends", part.ends_local, but=part.starts_local.date()),
                }
                for part in draft.parts
            ],
        }
    )


def kinds_for(hosts: Sequence[Organization]) -> list[EventKind]:
    """The kinds of events that any of these hosts can plan."""
    is_for_all = any(body.sector != LAW_ENFORCEMENT for body in hosts)
    return [kind for kind in KINDS.values() if is_for_all or kind.is_open_to_police_hosts]


def county_choices() -> list[tuple[str, str]]:
    """Slug and name of each county."""
    return [(row.slug, f"{row.name}, {row.state}" if row.state else row.name) for row in worklist.counties()]


def _text(form: TextForm, *, is_source: bool) -> TextDraft:
    # The original is nobody's translation, so there is nothing to have been read against it.
    return TextDraft(
        form.title.data or "",
        form.summary.data or "",
        form.description.data or "",
        is_source or form.is_reviewed.data,
    )


def _part(form: PartForm) -> PartDraft:
    starts_on, ends_on = form.starts_on.data, form.ends_on.data or form.starts_on.data
    starts_time, ends_time = form.starts_time.data, form.ends_time.data
    if starts_on is None or ends_on is None or starts_time is None or ends_time is None:
        raise InvalidInputError(N_("Enter day and times of each part."), field="parts")
    return PartDraft(
        form.title.data or "",
        datetime.combine(starts_on, starts_time),
        datetime.combine(ends_on, ends_time),
        form.place.data or "",
    )


def _later(moment: datetime, by: timedelta) -> datetime:
    """So much later; of a day after which there is none, the day itself: the draft's own check refuses it."""
    try:
        return moment + by
    except OverflowError:
        return moment


def _moment(on: date, at: time | None, fold: str | None, zone: str) -> tuple[datetime, Literal[0, 1] | None]:
    moment = datetime.combine(on, at or time())
    return moment, _fold(fold, moment, zone)


def _fold(fold: str | None, moment: datetime, zone: str) -> Literal[0, 1] | None:
    """What was answered, where it had to be asked."""
    try:
        is_asked = is_doubled(moment, zone)
    except InvalidInputError:
        return None
    if not is_asked or fold not in ("0", "1"):
        return None
    return 1 if fold == "1" else 0


def _text_values(draft: EventDraft) -> Iterator[dict[str, object]]:
    others = (locale for locale in LANGUAGES if locale in draft.texts and locale != draft.source_locale)
    for locale in (draft.source_locale, *others):
        text = draft.texts[locale]
        yield {
            "locale": locale,
            "title": text.title,
            "summary": text.summary,
            "description": text.description,
            "is_reviewed": text.is_reviewed,
        }


def _end_values(draft: EventDraft) -> dict[str, object]:
    if draft.is_all_day:
        last_on = (draft.ends_local - timedelta(days=1)).date()
        return {"ends_on": last_on if last_on != draft.starts_local.date() else None}
    return _time_values("ends", draft.ends_local, draft.ends_fold, but=draft.starts_local.date())


def _time_values(
    name: str, moment: datetime, fold: int | None = None, *, but: date | None = None
) -> dict[str, object]:
    """Values of the fields for a day and a time; the day `but` goes without saying."""
    return {
        f"{name}_on": moment.date() if moment.date() != but else None,
        f"{name}_time": moment.time(),
        f"{name}_fold": None if fold is None else str(fold),
    }


def _faulty(name: str, fields: list[Field]) -> Field:
    """The field a refusal of the texts is about: an empty title, or the longest of all."""
    empty = [field for field in fields if name == "title" and not field.data]
    return empty[0] if empty else max(fields, key=lambda field: len(field.data or ""))
