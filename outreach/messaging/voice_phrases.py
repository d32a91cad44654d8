"""Every sentence that is said on the phone, and how one is made fit to be spoken; places no call.

A caller hears a sentence once, so each names one key and what it does, what first and the key last.
"""

import re
from dataclasses import dataclass

from outreach.i18n import N_, Translator
from outreach.messaging.phrases import Phrase, text_of


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said in one language: a sentence of ours, or words as they were texted."""

    locale: str
    say: Phrase | str


GREETING = N_("Hello. This is the event line for %(region)s.")
LANGUAGE = N_("For %(language)s, press %(key)s.")

# Menus.
MENU = N_(
    "To hear events and sign up, press 1. To hear your sign-ups and our last text to you, press 2. "
    "To give up a place, press 3. For a person, press 9."
)
MENU_CHANGE = N_("To change how many people come, press 4.")
MENU_CALLS = N_("If you ended our calls and want them again, press 5.")
MENU_WITHOUT_NUMBER = N_(
    "To hear events and sign up, press 1. We cannot see your phone number. "
    "For anything else, please call again with your number shown."
)
REPEAT_OR_BACK = N_("To hear this again, press star. To go back, press pound.")
EVENT = N_("For %(title)s, %(when)s, %(street)s, press %(key)s.")
MORE_EVENTS = N_("For more events, press %(key)s.")
NO_EVENTS = N_("No events are planned now. Please call again soon.")

# How many, and yes or no.
PARTY = N_(
    "%(title)s, %(when)s, %(street)s. How many people are coming, you included? "
    "Enter a number from 1 to 20, then press pound."
)
PARTY_WAITLIST = N_(
    "%(title)s, %(when)s, is full. To join the waitlist, enter how many people, you included, "
    "from 1 to 20. Then press pound."
)
POLICE = N_("Police officers take part in this event.")
PARTY_OUT_OF_RANGE = N_("By phone we can sign up 1 to 20 people.")
CONFIRM = N_(
    "%(title)s, %(when)s. Number of people: %(party)s. To sign up, press 1. For another number, press 2."
)
CONFIRM_WAITLIST = N_(
    "%(title)s, %(when)s. Number of people: %(party)s. There are not enough seats. "
    "To join the waitlist, press 1. For another number, press 2."
)
#: What 47 CFR 64.1200(f)(9) and the carriers' rules ask for, as on the web: `registration.consent_words`.
TEXTS = N_(
    "May Outreach %(region)s text this phone about this event: a confirmation, reminders, changes, and "
    "thanks? Number of texts: about %(count)s, and one for each change. Message and data rates may apply. "
    "You can answer STOP at any time to end the texts, or HELP to get help. You can come without saying yes. "
    "For texts, press 1. For no texts, press 2."
)
#: Who signs up in a call needs no other one to confirm it.
CALLS = N_(
    "To be called instead with a computer voice, press 3. "
    "Number of calls: about %(count)s, and one for each change. In a call, 0 ends the calls."
)

# Results.
REGISTERED = N_("You are signed up: %(title)s, %(when)s, %(street)s. Number of people: %(party)s.")
WAITLISTED = N_("You are on the waitlist: %(title)s, %(when)s. %(why)s Number of people: %(party)s.")
CODE_TWICE = N_("Your code has six digits: %(code)s. Once more: %(code)s. Please write it down.")
TEXT_FOLLOWS = N_("We will text it to you, too.")
#: Whoever calls has not shown that the number is theirs: the web says no more than this either.
ALREADY = N_(
    "This phone number is already signed up for this event. To hear or change that, you need the code. "
    "It is in our texts, or in our first call."
)
EVENT_FULL = N_("%(title)s, %(when)s, does not have so many seats.")
EVENT_OPEN_TO_ALL = N_("%(title)s, %(when)s, %(street)s. You do not need to sign up. Just come.")
EVENT_CANCELED = N_("%(title)s, %(when)s, is canceled and will not take place.")
EVENT_STARTED = N_("%(title)s began on %(when)s. You cannot sign up any more.")
GONE = N_("We do not find this any more.")

# With the code.
CODE = N_(
    "Enter the six digits of your code, then press pound. The code is in our texts, or in our first call."
)
CODE_WRONG = N_("This code does not go with this phone number.")
CODE_TOO_OFTEN = N_("There were too many wrong codes for this phone number. Please try again in an hour.")
REGISTRATION = N_("%(title)s, %(when)s, %(street)s. Number of people: %(party)s. Code: %(code)s.")
REGISTRATION_WAITING = N_(
    "Waitlist: %(title)s, %(when)s. %(why)s Number of people: %(party)s. Code: %(code)s."
)
NO_REGISTRATIONS = N_("You are not signed up for a coming event.")
LAST_TEXT = N_("This is our last text to you.")
NO_TEXT = N_("We have not texted you lately.")
TEXT_WITHOUT_VOICE = N_("We cannot read our last text to you aloud in its language.")
GIVE_UP = N_("To give up your place at %(title)s, %(when)s, press %(key)s.")
CONFIRM_CANCEL = N_(
    "Do you want to give up your place at %(title)s, %(when)s? For yes, press 1. For no, press 2."
)
CHANGE = N_("For your group at %(title)s, %(when)s, press %(key)s.")
NEW_PARTY = N_(
    "%(title)s, %(when)s. Number of people now: %(party)s. How many are coming, you included? "
    "Enter a number from 1 to 20, then press pound."
)
CONFIRM_PARTY = N_(
    "%(title)s. Number of people: from %(old)s to %(party)s. To change it, press 1. "
    "For another number, press 2."
)
PARTY_CHANGED = N_("It is changed: %(title)s, %(when)s. Number of people: %(party)s.")
PARTY_NOT_CHANGED = N_(
    "There are not enough seats for that. Nothing changed: %(title)s, %(when)s. Number of people: %(party)s."
)
SEATS_OFFERED = N_(
    "Seats are free for your group of %(party)s: %(title)s, %(when)s, %(street)s. "
    "We keep them until %(answer_by)s. To take them, press 1. If you do not want them, press 2."
)
OFFER_DECLINED = N_("You do not take the seats at %(title)s. Thank you for telling us.")
OFFER_LATE = N_("The seats at %(title)s are no longer kept for you.")
GIVEN_UP = N_("You gave up your place at %(title)s, %(when)s. Thank you for telling us.")
KEPT = N_("Your place at %(title)s, %(when)s, is kept.")

# Calls that we place.
CALLED = N_("Hello. This is the event line for %(region)s. We call about your sign-up.")
#: To an answering machine, which anybody may listen to.
CALLED_MACHINE = N_("Hello. This is the event line for %(region)s.")
#: Of a sign-up nothing more than this: the code is for whoever picks up.
ABOUT = N_("We have news of %(title)s, %(when)s, %(street)s.")
CALL_BACK = N_("To answer, please call this number.")
REMINDER = N_("We remind you of %(title)s, %(when)s, %(street)s.")
SOON = N_("It begins soon: %(title)s, %(when)s, %(street)s.")
MOVED = N_("There is a new time or place: %(title)s, %(when)s, %(street)s.")
CANCELED_BECAUSE = N_("%(title)s, %(when)s, is canceled and will not take place. Reason: %(reason)s.")
SEATS_FREE = N_("Seats are free: %(title)s, %(when)s, %(street)s. Please answer by %(answer_by)s.")
PARTY_NOW = N_("Number of people: %(party)s.")
COMING = N_("If you are coming, press 1. If you cannot come, press 2.")
CANNOT_COME = N_("If you cannot come, press 2.")
REPEAT = N_("To hear this again, press star.")
PERSON_OR_END = N_("For a person, press 9. To get no more calls and texts from us, press 0.")
REAFFIRMED = N_("Thank you. We expect you at %(title)s, %(when)s.")
CALLS_STOPPED = N_(
    "You will get no calls and no texts from us now. To get them again, call this number and press 5. "
    "Goodbye."
)
#: To one who signs up after that; the key is that of the menu, which follows.
CALLS_ARE_STOPPED = N_("You ended calls and texts from us. To get them again, press 5.")
CALLS_AGAIN = N_(
    "Do you want calls and texts from us again, about what you sign up for? "
    "Message and data rates may apply. For yes, press 1. For no, press 2."
)
CALLS_STARTED = N_("You will get calls and texts from us again.")
#: What a text ended, only a text begins again: a caller's number can be forged.
START_BY_TEXT = N_("A text from this number ended our texts. To get them again, text START to us.")
GOODBYE = N_("Goodbye.")

# Persons, and what we cannot understand.
PERSON = N_("A person will call you back at this number. This can take a day. Goodbye.")
PERSON_WITHOUT_NUMBER = N_(
    "We cannot see your phone number, so nobody can call you back. "
    "Please call again with your number shown. Goodbye."
)
NOT_UNDERSTOOD = N_("We did not understand that.")

_ISOLATES = re.compile("[\u2066-\u2069]")


def spoken(line: Line, t: Translator) -> str:
    """The words of a line, in the language of `t`, without signs that only steer how it is written."""
    text = text_of(line.say, t) if isinstance(line.say, Phrase) else line.say
    return " ".join(_ISOLATES.sub("", text).split())


def digits(code: str) -> str:
    """A code as it is said: one digit after the other, and not as one large number."""
    return ", ".join(code)
