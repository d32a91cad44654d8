"""An event as one reader sees it: in the best language there is, when, where and how full.

Knows no page and no guest. How many are coming is never told: only whether there is room.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from outreach.events.drafts import OFFERS
from outreach.events.kinds import KINDS
from outreach.events.models import Event, EventText
from outreach.i18n import LANGUAGES, N_, Language, Translator, language_name, local

#: From so few on, the number of free seats is told. A greater one would help nobody to decide, and
#: beside a known room it would tell how many are coming.
FEW_SEATS = 10


@dataclass(frozen=True, slots=True)
class Seats:
    """Whether there is room; `left` is told only when few are left, and None otherwise."""

    is_full: bool
    left: int | None


def seats(capacity: int | None, taken: int, waiting_parties: int) -> Seats:
    """What is told of an event's counters. While a party waits, others cannot take a seat past it."""
    if capacity is None:
        return Seats(False, None)
    left = capacity - taken
    is_full = left <= 0 or waiting_parties > 0
    return Seats(is_full, left if not is_full and left <= FEW_SEATS else None)


def seats_of(event: Event) -> Seats:
    """What is told of an event's seats; nothing of one that takes no registrations."""
    if not event.takes_registrations:
        return Seats(False, None)
    return seats(event.capacity, event.seats_taken, event.waiting_parties)


@dataclass(frozen=True, slots=True)
class ShownText:
    """An event's sentences for one reader, and what the reader must know of them."""

    text: EventText
    language: Language
    #: A finished sentence, or "" where there is nothing to say.
    note: str


def text_for(event: Event, t: Translator) -> ShownText:
    """The event's sentences in the reader's language, or else in the original one."""
    text = event.text_in(t.locale)
    note = ""
    if text.locale != t.locale:
        note = t(N_("This part is in %(language)s."), language=language_name(text.locale, t.locale))
    elif not text.is_reviewed:
        note = t(N_("This part was translated, and nobody who speaks the language has checked it yet."))
    return ShownText(text, LANGUAGES[text.locale], note)


def cancel_reason(event: Event, t: Translator) -> tuple[str, Language] | None:
    """Why an event is cancelled, in the reader's language or in the one it was written in."""
    texts = sorted(
        event.texts, key=lambda text: (text.locale != t.locale, text.locale != event.source_locale)
    )
    return next(((text.cancel_reason, LANGUAGES[text.locale]) for text in texts if text.cancel_reason), None)


def day_text(event: Event, t: Translator) -> str:
    """The day, or for an event of several whole days the first and the last."""
    first_on, last_on = event.starts_local.date(), _last_day(event)
    if event.is_all_day and last_on > first_on:
        return t(N_("%(first)s to %(last)s"), first=t.day(first_on), last=t.day(last_on))
    return t.day(first_on)


def time_text(event: Event, t: Translator) -> str:
    """The clock times of a day: start, and end where one was announced."""
    return span_text(
        event.starts_local, event.ends_local if event.is_end_known else None, t, is_all_day=event.is_all_day
    )


def span_text(starts: datetime, ends: datetime | None, t: Translator, *, is_all_day: bool = False) -> str:
    """Two local wall times as one phrase; a time is never broken over two lines."""
    if is_all_day:
        return t(N_("All day"))
    start = _clock(starts, t)
    if ends is None:
        return t(N_("From %(start)s"), start=start)
    if ends.date() == starts.date():
        return t(N_("%(start)s to %(end)s"), start=start, end=_clock(ends, t))
    return t(
        N_("%(start)s until %(day)s, %(end)s"), start=start, day=t.short_day(ends.date()), end=_clock(ends, t)
    )


def place_text(event: Event, t: Translator) -> str:
    """Where it is, on one line."""
    if event.delivery == "online" or event.venue is None:
        return t(N_("Online"))
    place = ", ".join(part for part in (event.venue.name, event.venue.city) if part)
    return t(N_("%(place)s, and online"), place=place) if event.delivery == "hybrid" else place


def languages_of(event: Event, t: Translator, *, interpreted: bool) -> list[str]:
    """Names of the languages that are spoken, or brought by an interpreter; the reader's own first."""
    rows = sorted(
        (row.locale for row in event.languages if row.is_interpreted == interpreted),
        key=lambda locale: (locale != t.locale, list(LANGUAGES).index(locale)),
    )
    return [language_name(locale, t.locale) for locale in rows]


@dataclass(frozen=True, slots=True)
class Card:
    """One event in a list."""

    public_id: str
    #: The day under which it stands: that of its start, or today when it goes on.
    on: date
    title: str
    summary: str
    language: Language
    starts_local: datetime
    time: str
    place: str
    kind: str
    languages: str
    offers: tuple[str, ...]
    seats: Seats
    is_cancelled: bool
    is_moved: bool
    is_police_present: bool


def card(event: Event, t: Translator, *, now: datetime) -> Card:
    """An event as it stands in a list at an instant."""
    shown = text_for(event, t)
    today = local(now, event.time_zone).date()
    spoken = languages_of(event, t, interpreted=False)
    brought = [
        t(N_("%(language)s (interpreter)"), language=name)
        for name in languages_of(event, t, interpreted=True)
    ]
    return Card(
        public_id=event.public_id,
        on=max(today, event.starts_local.date()),
        title=shown.text.title,
        summary=shown.text.summary,
        language=shown.language,
        starts_local=event.starts_local,
        time=_time_on_card(event, t, today),
        place=place_text(event, t),
        kind=t(KINDS[event.kind].label),
        languages=t.listed([*spoken, *brought]) if spoken or brought else "",
        offers=tuple(t(OFFERS[offer]) for offer in OFFERS if offer in event.offers),
        seats=seats_of(event),
        is_cancelled=event.status == "cancelled",
        is_moved=event.moved_at is not None and event.status == "published",
        is_police_present=event.is_police_present,
    )


def _time_on_card(event: Event, t: Translator, today: date) -> str:
    if event.starts_local.date() < today:
        return t(N_("Goes on until %(day)s"), day=t.short_day(_last_day(event)))
    if event.is_all_day and _last_day(event) > event.starts_local.date():
        return t(N_("All day, until %(day)s"), day=t.short_day(_last_day(event)))
    return time_text(event, t)


def _last_day(event: Event) -> date:
    # The end of an event of whole days is the midnight after its last one.
    end = event.ends_local - timedelta(minutes=1) if event.is_all_day else event.ends_local
    return end.date()


def _clock(at: datetime, t: Translator) -> str:
    return t.clock(at).replace(" ", "\u00a0")
