"""Every sentence that is texted, and how one is made from its facts for a reader; sends nothing.

A text has room for 160 signs of plain Latin or 70 of another script, so each sentence is as short as
it can be said. The numbers to answer with and the word STOP are the same in every language.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import TypeAlias

from outreach.events.drafts import OFFERS
from outreach.i18n import LANGUAGES, N_, Translator
from outreach.messaging.dates import FORMS, Form, day_and_time, weekday_and_time
from outreach.messaging.due import Purpose
from outreach.messaging.segments import measure, plain_punctuation


@dataclass(frozen=True, slots=True)
class When:
    """A wall time at the place of the event; of an event that lasts all day only the day is said."""

    local: datetime
    is_all_day: bool = False


#: A bare wall time is near, and said as weekday and time.
#: Several message ids are listed as one phrase.
Value: TypeAlias = "str | int | time | datetime | When | Phrase | tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence: its message id and what fills its placeholders."""

    message: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a text about one registration says; `title` is in the reader's language, and short."""

    title: str
    when: When
    #: Street and number, or the link of an online event; may be empty.
    street: str
    party_size: int
    #: Six digits for the door.
    code: str
    #: For a party on the waiting list: the sentence that says why it waits.
    waiting: Phrase | None = None
    #: For an offer: until when it holds.
    answer_by_local: datetime | None = None
    #: For a canceled event: the reason its organizer gave, in the organizer's words.
    reason: str = ""
    #: Shortly before the start: how to get in, in the organizer's words.
    way_in: str = ""
    #: After the event: the day until which the sign-up is kept.
    kept_until: When | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A text about one registration, worded by its purpose."""

    purpose: Purpose
    facts: MessageFacts


@dataclass(frozen=True, slots=True)
class LanguageMenu:
    """The languages to choose from, each by its own name, under a heading that may be empty."""

    locales: tuple[str, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class EventMenu:
    """Events to choose from by number, under a wording that says what for."""

    events: tuple[tuple[str, "When | datetime"], ...]
    wording: str = ""
    #: Whether the last ones are left out where all would take too many parts.
    is_cut_to_fit: bool = False


@dataclass(frozen=True, slots=True)
class NeedsMenu:
    """Help to choose from by number, of `drafts.OFFERS`; the number after the last one is for none."""

    title: str
    offers: tuple[str, ...]


Say = Phrase | Notice | LanguageMenu | EventMenu | NeedsMenu

#: What a text may take, in parts, where it can be made shorter.
_MOST_PARTS = 2


CONFIRMED = N_(
    "Registered: %(title)s, %(when)s, %(street)s. People: %(party)s. Code %(code)s. "
    "0 = change or cancel, STOP = no texts."
)
WAITLISTED = N_(
    "Waitlist: %(title)s, %(when)s. %(why)s People: %(party)s. Code %(code)s. "
    "We text you when seats are free. 0 = change or cancel, STOP = no texts."
)
DAY_BEFORE = N_(
    "Reminder: %(title)s, %(when)s, %(street)s. People: %(party)s. Code %(code)s. "
    "1 = I am coming, 2 = I cannot come, STOP = no texts."
)
TWO_HOURS_BEFORE = N_(
    "Soon: %(title)s, %(when)s, %(street)s. People: %(party)s. Show code %(code)s at the door. "
    "0 = cancel, STOP = no texts."
)
TWO_HOURS_BEFORE_WITH_WAY_IN = N_(
    "Soon: %(title)s, %(when)s, %(street)s. How to get in: %(way_in)s. "
    "Show code %(code)s at the door. 0 = cancel, STOP = no texts."
)
THANKS = N_(
    "Thank you for coming to %(title)s. We hold your phone number and your sign-up for it "
    "until %(kept_until)s, then we delete them. STOP = no texts."
)
MOVED = N_(
    "New time or place: %(title)s, %(when)s, %(street)s. People: %(party)s. Code %(code)s. "
    "0 = change or cancel, STOP = no texts."
)
MOVED_WAITING = N_(
    "New time or place: %(title)s, %(when)s, %(street)s. You are still on the waitlist. "
    "0 = change or cancel, STOP = no texts."
)
CANCELED = N_("Canceled: %(title)s, %(when)s, will not take place. 9 = a person, STOP = no texts.")
CANCELED_BECAUSE = N_(
    "Canceled: %(title)s, %(when)s, will not take place. Reason: %(reason)s. 9 = a person, STOP = no texts."
)
SEATS_OFFERED = N_(
    "Seats for %(party)s: %(title)s, %(when)s, %(street)s. 1 = take them, 2 = no. "
    "Answer by %(answer_by)s. STOP = no texts."
)

#: Around the words of staff, in the language of those words.
ANNOUNCEMENT = N_("%(title)s: %(words)s\nSTOP = no texts.")

# Answers to words about texts themselves.
STOPPED = N_("You will get no texts from us now. Text START to get them again.")
STOPPED_WITH_PLACE = N_(
    "You will get no texts from us now. Your place at %(title)s, %(when)s, is kept. "
    "To give it up or get texts again, text START."
)
#: The one text that may follow a refusal may ask what it is about (47 CFR 64.1200(a)(12)); no answer means
#: everything.
STOPPED_ASKING = N_(
    "You will get no texts from us now. Your place at %(title)s, %(when)s, is kept. "
    "1 = texts about it only, START = all texts."
)
KEPT_TEXTS = N_(
    "You will get texts about %(title)s, %(when)s, and no others. "
    "0 = change or cancel, STOP = no texts, START = all texts."
)
ONLY_ONE_EVENT = N_("You get texts about one event only. For all others, text START first. STOP = no texts.")
STARTED = N_("You will get texts from us again. 0 = menu, 9 = a person, STOP = no texts.")
MAYBE_STOP = N_("A person will read your text. To get no texts from us, text only the word STOP.")
HELP = N_(
    "Events in %(region)s: to sign up, text the word on the poster. 0 = menu, 9 = a person, STOP = no texts. "
    "Your phone company may charge for texts."
)

# News of events.
ASK_NEWS = N_(
    "News of events (%(whose)s) by text? How many varies, rates may apply. 1 = yes, 2 = no. STOP = no texts."
)
#: To a number that was only typed in: its holder has not asked for anything yet.
ASK_NEWS_TYPED = N_(
    "Somebody asked us to text this number news of events (%(whose)s). "
    "1 = yes, 2 = no. Rates may apply. STOP = no texts."
)
NEWS_ON = N_("You get news of events (%(whose)s). 8 = no more news, STOP = no texts, 0 = menu.")
NEWS_OFF = N_(
    "You get no news of events. Texts about events that you signed up for go on. NEWS = get news, 0 = menu."
)
NEWS = N_("New: %(title)s, %(when)s, %(street)s.\n%(link)s\n1 = sign up, 8 = no more news, STOP = no texts.")
NEWS_WITHOUT_SIGN_UP = N_(
    "New: %(title)s, %(when)s, %(street)s.\n%(link)s\n8 = no more news, STOP = no texts."
)

# Being forgotten.
DELETE_ALL = N_(
    "Delete your number, your sign-ups and your news with us? Your seats go to others. 1 = delete, 2 = no."
)
DELETED = N_(
    "Deleted. What we texted each other goes within 3 days. Your yes or no to texts stays, scrambled."
)
#: While a legal hold keeps something, whether or not it may be told of.
DELETED_LATER = N_(
    "Your sign-ups are canceled, and we use your number no more. "
    "We may not delete all of it yet, and do so as soon as we may."
)
#: An answer to WHAT names kinds of things, never the things: phones are shared, and numbers change hands.
HELD = N_("We hold for this number: %(held)s. Why and how long: %(link)s DELETE = delete it.")

# The dialogue: menus.
MENU = N_(
    "To sign up, text the word on the poster. "
    "1 = language, 2 = events this week, 3 = news, 4 = call me, 9 = a person, STOP = no texts."
)
REGISTRATION = N_(
    "%(title)s, %(when)s. People: %(party)s. Code %(code)s. "
    "1 = how many come, 2 = cannot come, 3 = language, 4 = %(texts)s, 9 = a person."
)
REGISTRATION_WAITING = N_(
    "%(title)s, %(when)s. %(why)s People: %(party)s. "
    "1 = how many come, 2 = cannot come, 3 = language, 4 = %(texts)s, 9 = a person."
)
#: What the key does, by whether texts about the event come.
NO_TEXTS, TEXTS = N_("end its texts"), N_("get its texts")
EVENT_TEXTS_OFF = N_(
    "You get no more texts about %(title)s, %(when)s. Your place is kept. 0 = menu, STOP = no texts at all."
)
EVENT_TEXTS_ON = N_("You get texts about %(title)s, %(when)s, again. 0 = menu, STOP = no texts.")
EVENTS = N_("Text the number of an event:\n%(events)s\n9 = a person.")
THIS_WEEK = N_("In the next 7 days:\n%(events)s\nText a number to sign up. 0 = menu.")
NO_EVENTS = N_("There are no events to sign up for in the next 7 days. 0 = menu, 9 = a person.")
WHICH_COMING = N_("You are coming: to which event? Text its number:\n%(events)s\n9 = a person.")
WHICH_NOT = N_("You cannot come: to which event? Text its number:\n%(events)s\n9 = a person.")
RESUME = N_("You did not finish with %(title)s. 1 = go on, 0 = menu.")
PERSON = N_("A person will read your texts and answer you. This can take a day. CALL = call me, 0 = menu.")
CALL_ME = N_(
    "A person will call you at this number between %(opens)s and %(closes)s. This can take a day. 0 = menu."
)

# The dialogue: how many.
PARTY = N_(
    "%(title)s, %(when)s, %(street)s. How many people are coming, you included? Text a number from 1 to 20."
)
PARTY_WAITLIST = N_(
    "%(title)s, %(when)s, is full. To join the waitlist, text how many people, you included: "
    "a number from 1 to 20. 0 = menu."
)
#: Nobody shall sign up by text without knowing what the event's page says.
PARTY_WITH_POLICE = N_(
    "%(title)s, %(when)s, %(street)s. Police officers take part. How many people, you included? Text 1 to 20."
)
PARTY_WAITLIST_WITH_POLICE = N_(
    "%(title)s, %(when)s, is full. Police officers take part. "
    "To join the waitlist, text how many people: 1 to 20. 0 = menu."
)
NEW_PARTY = N_(
    "%(title)s. People now: %(party)s. How many are coming, you included? "
    "Text a number from 1 to 20. 0 = menu."
)
PARTY_AGAIN = N_("How many people, you included? Text one number from 1 to 20, like 3. 0 = menu.")
PARTY_OUT_OF_RANGE = N_(
    "By text we can sign up 1 to 20 people. Text a number from 1 to 20. For more, text 0 and then 9."
)
PARTY_LARGER_THAN_ROOM = N_(
    "This event has %(count)s seats in all. Text how many people are coming, 1 to %(count)s. 0 = menu."
)
ONE_NUMBER = N_("Text one number, like 3. 0 = menu.")

# The dialogue: help.
NEEDS = N_("What help do you need at %(title)s? Text all the numbers, like 1 2.\n%(needs)s")
_NO_NEEDS = N_("Nothing")

# The dialogue: yes or no.
CONFIRM = N_(
    "Sign up for %(title)s, %(when)s, %(street)s? People: %(party)s. 1 = yes, 2 = other number, 0 = menu. "
    "We will text you reminders."
)
CONFIRM_WAITLIST = N_(
    "Join the waitlist for %(title)s, %(when)s? People: %(party)s. 1 = yes, 2 = other number, 0 = menu. "
    "We will text you about it."
)
CONFIRM_WITH_HELP = N_(
    "Sign up for %(title)s, %(when)s? People: %(party)s. Help: %(needs)s. 1 = yes, 2 = change, 0 = menu. "
    "We will text you reminders."
)
CONFIRM_WAITLIST_WITH_HELP = N_(
    "Join the waitlist for %(title)s, %(when)s? People: %(party)s. Help: %(needs)s. "
    "1 = yes, 2 = change, 0 = menu. We will text you about it."
)
CONFIRM_PARTY = N_(
    "Change the number of people at %(title)s from %(old)s to %(party)s? 1 = yes, 2 = other number, 0 = menu."
)
CONFIRM_CANCEL = N_("Give up your place at %(title)s, %(when)s? 1 = yes, 2 = no.")
YES_OR_NO = N_("Text 1 for yes or 2 for no. 0 = menu, 9 = a person.")

# The dialogue: results.
ALREADY = N_(
    "You were registered already: %(title)s, %(when)s, %(street)s. People: %(party)s. Code %(code)s. "
    "0 = change or cancel."
)
PARTY_CHANGED = N_(
    "Changed: %(title)s, %(when)s, %(street)s. People: %(party)s. Code %(code)s. 0 = change or cancel."
)
PARTY_NOT_CHANGED = N_(
    "There are not enough seats for that. Nothing changed: %(title)s, %(when)s. People: %(party)s. "
    "Code %(code)s. 0 = menu."
)
GIVEN_UP = N_("You gave up your place at %(title)s, %(when)s. Thank you for telling us. 0 = menu.")
REAFFIRMED = N_("Thank you. We expect you at %(title)s, %(when)s. People: %(party)s. 0 = change or cancel.")
KEPT = N_("Your place at %(title)s, %(when)s, is kept. 0 = menu.")
OFFER_DECLINED = N_("You do not take the seats at %(title)s. Thank you for telling us. 0 = menu.")
OFFER_DECLINED_WAITING = N_("You do not take these seats at %(title)s. %(why)s 0 = menu.")
OFFER_LATE = N_("Your answer came too late: the seats at %(title)s are no longer kept for you. 0 = menu.")
OFFER_LATE_WAITING = N_(
    "Your answer came too late: the seats at %(title)s are no longer kept for you. %(why)s 0 = menu."
)
EVENT_FULL = N_("%(title)s, %(when)s, is full. 0 = menu, 9 = a person.")
EVENT_CLOSED = N_("%(title)s, %(when)s: sign-up is closed. 0 = menu, 9 = a person.")
EVENT_CANCELED = N_("%(title)s, %(when)s, is canceled and will not take place. 0 = menu, 9 = a person.")
EVENT_STARTED = N_("%(title)s began on %(when)s. You cannot sign up any more. 0 = menu, 9 = a person.")
GONE = N_("We do not find this sign-up any more. 0 = menu, 9 = a person.")

# The dialogue: what we cannot read.
UNKNOWN_WORD = N_("We have no event with the word %(word)s. Check the poster. 0 = menu, 9 = a person.")
NO_WORDS = N_("We can read only words and numbers. Text the word on the poster. 0 = menu, 9 = a person.")
NOT_UNDERSTOOD = N_("We do not understand your text. Text the word on the poster. 0 = menu, 9 = a person.")
SHORT_MENU = N_("0 = menu, 9 = a person.")

#: Where a place has no street to name.
ONLINE = N_("online")


def compose(purpose: Purpose, t: Translator, facts: MessageFacts) -> str:
    """The text of a purpose in the reader's language; a waiting party gets wording of its own."""
    return text_of(Notice(purpose, facts), t)


def text_of(say: Say, t: Translator) -> str:
    """What the dialogue or a purpose says, as the text that is sent, with plain punctuation.

    Days are said shorter where that saves a part of a text that takes too many, and before an event is
    left out of a menu.
    """
    return _fitted(say, t)[1]


def count_shown(menu: EventMenu, t: Translator) -> int:
    """How many events of a menu stand in its text, counted from the first."""
    fitted, _ = _fitted(menu, t)
    assert isinstance(fitted, EventMenu)
    return len(fitted.events)


def _fitted(say: Say, t: Translator) -> tuple[Say, str]:
    """What is said once it is short enough, and its text."""
    found: list[tuple[Say, str]] = []
    for shorter in _from_full_to_short(say):
        for form in FORMS:
            found.append((shorter, _said(shorter, t, form)))
            if measure(found[-1][1]).parts <= _MOST_PARTS:
                return found[-1]
    return min(found, key=lambda each: measure(each[1]).parts)


def _from_full_to_short(say: Say) -> Iterator[Say]:
    yield say
    if isinstance(say, Notice) and say.purpose == "two_hours_before" and say.facts.way_in:
        yield replace(say, facts=replace(say.facts, way_in=""))
    if isinstance(say, EventMenu) and say.is_cut_to_fit:
        yield from (replace(say, events=say.events[:count]) for count in range(len(say.events) - 1, 0, -1))


def _said(say: Say, t: Translator, form: Form) -> str:
    match say:
        case Phrase():
            text = _filled(say, t, form)
        case Notice(purpose, facts):
            text = _filled(_phrase(purpose, facts), t, form)
        case LanguageMenu(locales, heading):
            names = [f"{number} {LANGUAGES[locale].endonym}" for number, locale in enumerate(locales, 1)]
            text = "\n".join([_tidy(heading), *names] if heading else names)
        case EventMenu():
            text = _event_menu(say, t, form)
        case NeedsMenu(title, offers):
            labels = [*(OFFERS[offer] for offer in offers), _NO_NEEDS]
            lines = [f"{number} = {t(label)}" for number, label in enumerate(labels, 1)]
            text = t(NEEDS, title=_shown(title, t), needs="\n".join(lines))
    return plain_punctuation(_SECOND_STOP.sub(r"\1", text))


def _event_menu(menu: EventMenu, t: Translator, form: Form) -> str:
    lines = [
        f"{number} = {_shown(title, t)}, {_shown(when, t, form)}"
        for number, (title, when) in enumerate(menu.events, 1)
    ]
    return t(menu.wording or EVENTS, events="\n".join(lines))


def _phrase(purpose: Purpose, facts: MessageFacts) -> Phrase:
    values = described(facts)
    match purpose:
        case "confirmation":
            return Phrase(WAITLISTED if facts.waiting else CONFIRMED, values)
        case "day_before":
            return Phrase(DAY_BEFORE, values)
        case "two_hours_before":
            return Phrase(TWO_HOURS_BEFORE_WITH_WAY_IN if facts.way_in else TWO_HOURS_BEFORE, values)
        case "thanks":
            return Phrase(THANKS, values)
        case "moved":
            return Phrase(MOVED_WAITING if facts.waiting else MOVED, values)
        case "cancelled":
            return Phrase(CANCELED_BECAUSE if facts.reason else CANCELED, values)
        case "seat_offered":
            return Phrase(SEATS_OFFERED, values)


def described(facts: MessageFacts) -> dict[str, Value]:
    """The facts as values of a phrase, under the names that all the sentences here use."""
    return {
        "title": facts.title,
        "when": facts.when,
        "street": street(facts.street),
        "party": facts.party_size,
        "code": facts.code,
        "why": facts.waiting or "",
        "answer_by": facts.answer_by_local or "",
        "reason": facts.reason.strip().rstrip(".!"),
        "way_in": facts.way_in,
        "kept_until": facts.kept_until or "",
    }


def needs(offers: tuple[str, ...]) -> Value:
    """Help that was asked for, of `drafts.OFFERS`, as a value of a phrase."""
    return tuple(OFFERS[offer] for offer in offers)


def street(text: str) -> Value:
    """The street as a value of a phrase; without one the event is online."""
    return text or Phrase(ONLINE)


def _filled(phrase: Phrase, t: Translator, form: Form) -> str:
    shown = {name: _shown(value, t, form) for name, value in phrase.values.items()}
    return t(phrase.message, **shown)


def _shown(value: Value, t: Translator, form: Form = "full") -> str:
    match value:
        case Phrase():
            return _filled(value, t, form)
        case int():
            return t.number(value)
        case tuple():
            return t.listed(t(item) for item in value)
        case str():
            return _isolated(_tidy(value), t)
        case time():
            said = t.clock(datetime.combine(date.min, value))
        case datetime():
            said = weekday_and_time(value, t, form)
        case When(local, is_all_day):
            said = day_and_time(local, t, form, is_all_day=is_all_day)
    return _isolated(said, t)


#: An abbreviation at the end of a sentence ("p.m.", "Rd.") brings its own full stop.
#: So do the three dots of what was cut.
_SECOND_STOP = re.compile(r"(?<!\.)(\.|\.\.\.)\.(?!\.)")


def _tidy(text: str) -> str:
    return " ".join(text.split())


#: Latin letters, or numbers with something between them: what a right-to-left line would turn round.
_TURNS = re.compile("[A-Za-z]|[0-9][^0-9]+[0-9]")


def _isolated(text: str, t: Translator) -> str:
    """The text between FIRST STRONG ISOLATE and its end where the line around it runs right to left."""
    if t.language.direction == "rtl" and _TURNS.search(text):
        return f"\u2068{text}\u2069"
    return text
