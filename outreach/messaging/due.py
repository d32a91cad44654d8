"""What is owed to one party at an instant, derived from the state of its registration and its event.

Pure and from plain values: nobody tells this module that something happened, so a planner that runs
twice, late or after a crash owes the same. What is said is in `phrases`, when it may be sent in `quiet`.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from outreach.events.reminding import Reminder, reminders

Purpose = Literal[
    "confirmation", "day_before", "two_hours_before", "moved", "cancelled", "seat_offered", "thanks"
]
Channel = Literal["text", "voice"]
RegistrationState = Literal["confirmed", "waitlisted", "offered", "cancelled"]

#: Which goes first when many wait: a cancellation overtakes any number of announcements.
PRIORITY_CHANGE, PRIORITY_REPLY, PRIORITY_REMINDER, PRIORITY_ANNOUNCEMENT = 1, 2, 3, 4

#: What staff write to the guests of an event; it follows from no state and is therefore no `Purpose`.
ANNOUNCEMENT = "announcement"
#: News of an event to those who want some, and the question to a number that was typed in.
NEWS, NEWS_QUESTION = "news", "news_question"

#: So long before a party is forgotten nothing is sent to it any more: what became of a text is told to
#: its row, which is deleted with the party.
_SETTLED_WITHIN = timedelta(hours=2)

#: A reminder nearer to the start than this says that the event is soon.
_SOON = timedelta(hours=12)


#: What somebody is called about. Thanks can do without a ring.
SPOKEN: frozenset[Purpose] = frozenset(
    {"confirmation", "day_before", "two_hours_before", "moved", "cancelled", "seat_offered"}
)
#: Nobody answered, or the line was busy: so often, and so much later, it rings in all.
MOST_TRIES, NEXT_TRY_AFTER = 3, timedelta(minutes=30)
_SPOKEN_KEY = ":voice"


@dataclass(frozen=True, slots=True)
class Offer:
    """Seats that are kept for a waiting party until it answers; `number` rises with every offer."""

    number: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Expectation:
    """What decides about the texts of one registration."""

    registration_id: int
    state: RegistrationState
    #: Whether this number may be texted about this registration, as the ledger has it now.
    has_consent: bool
    registered_at: datetime
    #: Of the last change of state or party: the guest was told then, by a page, a reply or a text.
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    #: IANA zone of the event, which is the guest's own as far as we know.
    zone: str
    #: Rises when the time or the place changes, and with nothing else: what was told is told again.
    event_version: int
    #: One of `events.drafts.STATUSES`.
    event_status: str
    reminder_offsets: tuple[timedelta, ...] = ()
    moved_at: datetime | None = None
    #: The start that guests knew before the move.
    moved_from_at: datetime | None = None
    cancelled_at: datetime | None = None
    offer: Offer | None = None
    #: Offers ever made to this party; seats that came by an offer are confirmed anew.
    offers_made: int = 0
    #: How many of the party came, and when the organizer said that the event took place.
    arrived_count: int = 0
    closed_at: datetime | None = None
    #: When the party is forgotten.
    forgotten_at: datetime | None = None
    #: How this party is told.
    channel: Channel = "text"


@dataclass(frozen=True, slots=True)
class Owed:
    """One text that is owed. Nothing is sent before `not_before`, nor from `deadline` on."""

    purpose: Purpose
    #: kind : registration : event version : offset. Whoever owes the same has the same key.
    dedup_key: str
    not_before: datetime
    deadline: datetime
    priority: int
    #: For `quiet`: set when the text tells that this start no longer holds.
    changed_start_at: datetime | None = None
    channel: Channel = "text"


def confirmation_key(registration_id: int, state: RegistrationState, *, offers_made: int = 0) -> str:
    """The key of the text that says "you have seats" or "you wait".

    Whoever says so first writes it down under this key, the dialogue's reply and what a caller heard as
    well, so that it is not said again. The event's version is no part of it: a move is told by a text of
    its own.
    """
    news = f"confirmed-{offers_made}" if state == "confirmed" else "waitlisted"
    return f"confirmation:{registration_id}:0:{news}"


def announcement_key(broadcast_id: int, registration_id: int) -> str:
    """The key of the text that tells one party an announcement."""
    return f"broadcast:{broadcast_id}:{registration_id}"


def news_key(event_id: int, phone_hash: str) -> str:
    """The key of the news of one event to one number, which is on one list or on several."""
    return f"news:{event_id}:{phone_hash}"


def is_to_be_told(expectation: Expectation, now: datetime) -> bool:
    """Whether an announcement still concerns a party: it has seats at an event that is still to come."""
    return (
        expectation.has_consent
        and expectation.state == "confirmed"
        and expectation.event_status == "published"
        and now < expectation.starts_at
    )


def owed(expectation: Expectation, now: datetime) -> tuple[Owed, ...]:
    """Every text that is owed now or will be if nothing changes, the most urgent first.

    What was owed before and is not in the answer was superseded: the caller drops it if it is unsent.
    """
    if not expectation.has_consent or expectation.state == "cancelled":
        return ()
    if expectation.event_status == "cancelled":
        found = _cancelled(expectation)
    elif expectation.event_status == "published":
        found = [
            *_moved(expectation),
            *_seat_offered(expectation, now),
            *_confirmation(expectation),
            *_reminders(expectation),
        ]
    elif expectation.event_status == "held":
        found = _thanks(expectation)
    else:
        found = []
    if expectation.channel == "voice":
        found = [
            replace(text, dedup_key=text.dedup_key + _SPOKEN_KEY, channel="voice")
            for text in found
            if text.purpose in SPOKEN
        ]
    return tuple(text for text in found if now < text.deadline)


def next_try_key(dedup_key: str) -> str | None:
    """The key of the next try to call after one under a key; None when there is none left."""
    first, number = first_try_key(dedup_key), int(dedup_key.rpartition(_SPOKEN_KEY)[2].lstrip(":") or 1)
    return f"{first}:{number + 1}" if number < MOST_TRIES else None


def first_try_key(dedup_key: str) -> str:
    """The key under which a text or a call is owed, whichever try to call a key is of."""
    said, spoken, _ = dedup_key.rpartition(_SPOKEN_KEY)
    return said + spoken if spoken else dedup_key


def other_channel_key(dedup_key: str) -> str:
    """The key of the same news on the other channel."""
    said, spoken, _ = dedup_key.rpartition(_SPOKEN_KEY)
    return said if spoken else dedup_key + _SPOKEN_KEY


def is_silenced(reason: str | None, channel: Channel) -> bool:
    """Whether a number that is not texted for a reason (`suppressions.Reason`) is not told on a channel.

    Who said stop to texts is not called either.
    """
    return reason is not None and (channel == "text" or reason in ("stop", "blocked"))


def _cancelled(expectation: Expectation) -> list[Owed]:
    at = expectation.cancelled_at
    if at is None or at < expectation.registered_at:
        return []
    return [
        Owed(
            "cancelled",
            _key("cancelled", expectation),
            not_before=at,
            deadline=expectation.ends_at,
            priority=PRIORITY_CHANGE,
            changed_start_at=expectation.starts_at,
        )
    ]


def _moved(expectation: Expectation) -> list[Owed]:
    at = expectation.moved_at
    if at is None or at < expectation.registered_at:
        return []
    return [
        Owed(
            "moved",
            _key("moved", expectation),
            not_before=at,
            deadline=expectation.starts_at,
            priority=PRIORITY_CHANGE,
            changed_start_at=min(expectation.moved_from_at or expectation.starts_at, expectation.starts_at),
        )
    ]


def _seat_offered(expectation: Expectation, now: datetime) -> list[Owed]:
    offer = expectation.offer
    if expectation.state != "offered" or offer is None:
        return []
    return [
        Owed(
            "seat_offered",
            f"seat_offered:{expectation.registration_id}:0:{offer.number}",
            not_before=now,
            deadline=min(offer.expires_at, expectation.starts_at),
            priority=PRIORITY_CHANGE,
        )
    ]


def _confirmation(expectation: Expectation) -> list[Owed]:
    if expectation.state == "offered":
        return []
    if expectation.moved_at is not None and expectation.moved_at >= expectation.changed_at:
        # The text about the move says all that a confirmation would, and with the right time.
        return []
    return [
        Owed(
            "confirmation",
            confirmation_key(
                expectation.registration_id, expectation.state, offers_made=expectation.offers_made
            ),
            not_before=expectation.registered_at,
            deadline=expectation.starts_at,
            priority=PRIORITY_REPLY,
        )
    ]


def _reminders(expectation: Expectation) -> list[Owed]:
    if expectation.state != "confirmed":
        return []
    told_at = max(expectation.changed_at, expectation.moved_at or expectation.changed_at)
    found = reminders(expectation.starts_at, expectation.reminder_offsets, expectation.zone, told_at=told_at)
    # Once the next one's time has come, the one before it has nothing left to say.
    deadlines = [*(reminder.due_at for reminder in found[1:]), expectation.starts_at]
    return [
        _reminder(expectation, reminder, deadline)
        for reminder, deadline in zip(found, deadlines, strict=False)
    ]


def _reminder(expectation: Expectation, reminder: Reminder, deadline: datetime) -> Owed:
    purpose: Purpose = "day_before" if reminder.before > _SOON else "two_hours_before"
    return Owed(
        purpose,
        _key(purpose, expectation, reminder.before),
        not_before=reminder.due_at,
        deadline=deadline,
        priority=PRIORITY_REMINDER,
    )


def _thanks(expectation: Expectation) -> list[Owed]:
    """One text to a party that came, with what is kept of it, while it is kept."""
    at, forgotten_at = expectation.closed_at, expectation.forgotten_at
    has_come = expectation.state == "confirmed" and expectation.arrived_count > 0
    if not has_come or at is None or forgotten_at is None:
        return []
    return [
        Owed(
            "thanks",
            # An organizer who corrects the head count closes the event again, and thanks nobody twice.
            f"thanks:{expectation.registration_id}:0:0",
            not_before=max(at, expectation.ends_at),
            deadline=forgotten_at - _SETTLED_WITHIN,
            priority=PRIORITY_REMINDER,
        )
    ]


def _key(purpose: Purpose, expectation: Expectation, offset: timedelta = timedelta()) -> str:
    minutes = int(offset.total_seconds()) // 60
    return f"{purpose}:{expectation.registration_id}:{expectation.event_version}:{minutes}"
