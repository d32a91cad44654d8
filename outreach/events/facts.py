"""An event's facts in words, row by row, for staff to read and to compare; pure."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from outreach.events.drafts import DELIVERIES, OFFERS, THEMES, EventDraft, PartDraft
from outreach.events.kinds import KINDS
from outreach.events.reminding import LEADS, offsets, reminders
from outreach.i18n import N_, Translator, language_name, local


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what it is about and what is said; empty when nothing is."""

    key: str
    label: str
    value: str
    #: The language of the value, where it is one of the event's own sentences.
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One row as it is and as it would be."""

    label: str
    before: str
    after: str
    locale: str | None = None

    @property
    def pieces(self) -> tuple["Piece", ...]:
        """Both together, word by word."""
        return tuple(_pieces(self.before, self.after))


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stay, go or come."""

    kind: Literal["same", "gone", "new"]
    text: str


def facts(draft: EventDraft, t: Translator, *, names: Mapping[str, str]) -> tuple[Fact, ...]:
    """Everything a draft says, in a reader's language, in the order of the form.

    `names` gives the names behind slugs of counties and campaigns.
    """
    return (*_texts(draft, t), *_time_and_place(draft, t, names), *_rest(draft, t, names))


def differences(before: Iterable[Fact], after: Iterable[Fact]) -> tuple[Difference, ...]:
    """The rows that differ between two sets of facts; a row of one side only is empty in the other."""
    old, new = ({fact.key: fact for fact in side} for side in (before, after))
    found = []
    for key in dict.fromkeys([*old, *new]):
        fact = new.get(key) or old[key]
        was, becomes = (side[key].value if key in side else "" for side in (old, new))
        if was != becomes:
            found.append(Difference(fact.label, was, becomes, fact.locale))
    return tuple(found)


def _texts(draft: EventDraft, t: Translator) -> Iterator[Fact]:
    yield Fact("kind", t(N_("Kind of event")), t(KINDS[draft.kind].label))
    others = sorted(locale for locale in draft.texts if locale != draft.source_locale)
    for locale in (draft.source_locale, *others):
        text = draft.texts[locale]
        language = language_name(locale, t.locale)
        for key, label, value in (
            ("title", N_("Title (%(language)s)"), text.title),
            ("summary", N_("Summary (%(language)s)"), text.summary),
            ("description", N_("Description (%(language)s)"), text.description),
        ):
            yield Fact(f"{key} {locale}", t(label, language=language), value, locale)
        if locale != draft.source_locale:
            yield Fact(
                f"is_reviewed {locale}",
                t(N_("Read by a speaker (%(language)s)"), language=language),
                _yes_no(text.is_reviewed, t),
            )
    yield Fact("source_locale", t(N_("Original language")), language_name(draft.source_locale, t.locale))


def _time_and_place(draft: EventDraft, t: Translator, names: Mapping[str, str]) -> Iterator[Fact]:
    if draft.is_all_day:
        last = (draft.ends_local - timedelta(days=1)).date()
        yield Fact("starts", t(N_("Start")), t.day(draft.starts_local.date()))
        yield Fact("ends", t(N_("End")), t.day(last))
    else:
        end = t.when(draft.ends_local) if draft.is_end_known else t(N_("Not known yet"))
        yield Fact("starts", t(N_("Start")), t.when(draft.starts_local) + _turn(draft.starts_fold, t))
        yield Fact("ends", t(N_("End")), end + (_turn(draft.ends_fold, t) if draft.is_end_known else ""))
    yield Fact("time_zone", t(N_("Time zone")), draft.time_zone)
    yield Fact("delivery", t(N_("How people take part")), t(DELIVERIES[draft.delivery]))
    venue = draft.venue
    if venue is not None:
        yield Fact("venue", t(N_("Place")), venue.name)
        yield Fact("address", t(N_("Address")), venue.address or "")
        yield Fact("city", t(N_("City")), venue.city or "")
        yield Fact("county", t(N_("County")), names.get(venue.county or "", ""))
        yield Fact("access_notes", t(N_("How to get in")), venue.access_notes or "")
    yield Fact("online_url", t(N_("Link for people who join online")), draft.online_url or "")
    yield Fact("parts", t(N_("Parts")), "\n".join(_part(part, t) for part in draft.parts))


def _rest(draft: EventDraft, t: Translator, names: Mapping[str, str]) -> Iterator[Fact]:
    no_limit = t(N_("No limit"))
    yield Fact("capacity", t(N_("Seats")), no_limit if draft.capacity is None else t.number(draft.capacity))
    yield Fact("takes_registrations", t(N_("Guests register here")), _yes_no(draft.takes_registrations, t))
    yield Fact("keyword", t(N_("Word to text")), draft.keyword or "")
    for locale, word in sorted(draft.keywords.items()):
        label = t(N_("Word to text (%(language)s)"), language=language_name(locale, t.locale))
        yield Fact(f"keyword {locale}", label, word, locale)
    yield Fact("reminders", t(N_("Reminders")), "\n".join(_reminders(draft, t)))
    for key, label, locales in (
        ("spoken", N_("Languages spoken"), draft.spoken),
        ("interpreted", N_("Languages interpreted"), draft.interpreted),
    ):
        yield Fact(key, t(label), t.listed(language_name(locale, t.locale) for locale in locales))
    yield Fact(
        "offers", t(N_("What guests can ask for")), t.listed(t(OFFERS[offer]) for offer in draft.offers)
    )
    yield Fact(
        "is_police_present", t(N_("Police officers will be there")), _yes_no(draft.is_police_present, t)
    )
    yield Fact("theme", t(N_("Topic")), t(THEMES[draft.theme]) if draft.theme else "")
    yield Fact("campaign", t(N_("Campaign")), names.get(draft.campaign or "", ""))
    yield Fact("cohosts", t(N_("Co-hosts")), "\n".join(draft.cohosts))


def lead_in_words(name: str, starts_at: datetime, zone: str, t: Translator) -> str:
    """One reminder that can be chosen, of `LEADS`, and the local time at which it is sent."""
    lead = LEADS[name]
    found = reminders(starts_at, [lead.before], zone)
    if not found:
        return t(N_("%(lead)s: not sent, because quiet hours last until the start"), lead=t(lead.label))
    when = t.when(local(found[0].sent_at, zone))
    if found[0].sent_at != found[0].due_at:
        return t(N_("%(lead)s: %(when)s, after quiet hours"), lead=t(lead.label), when=when)
    return t(N_("%(lead)s: %(when)s"), lead=t(lead.label), when=when)


def _reminders(draft: EventDraft, t: Translator) -> Iterator[str]:
    wanted = offsets(draft.reminders, KINDS[draft.kind].reminder_offsets)
    if not draft.reminders:
        yield t(N_("As usual for this kind of event"))
    if not wanted:
        yield t(N_("No reminders"))
    for name, lead in LEADS.items():
        if lead.before in wanted:
            yield lead_in_words(name, draft.starts_at, draft.time_zone, t)


def _part(part: PartDraft, t: Translator) -> str:
    if part.ends_local.date() == part.starts_local.date():
        end = t.clock(part.ends_local)
    else:
        end = t.when(part.ends_local)
    times = t(N_("%(start)s to %(end)s"), start=t.when(part.starts_local), end=end)
    return " · ".join(text for text in (part.title, part.place, times) if text)


def _turn(fold: int | None, t: Translator) -> str:
    if fold is None:
        return ""
    return " · " + t(N_("after the clocks go back") if fold else N_("before the clocks go back"))


def _yes_no(value: bool, t: Translator) -> str:
    return t(N_("Yes")) if value else t(N_("No"))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    old, new = (re.findall(r"\s+|[^\s]+", text) for text in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(old[old_from:old_to]))
            continue
        if old_to > old_from:
            yield Piece("gone", "".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Piece("new", "".join(new[new_from:new_to]))
