"""What a kind of event is: a frozen value, one file each."""

from dataclasses import dataclass
from datetime import timedelta

from outreach.events.questions import Question
from outreach.i18n import N_

DAY_BEFORE = timedelta(hours=24)
TWO_HOURS_BEFORE = timedelta(hours=2)
USUAL_REMINDERS = (DAY_BEFORE, TWO_HOURS_BEFORE)


@dataclass(frozen=True, slots=True)
class EventKind:
    """Everything that differs from one kind of event to another."""

    id: str
    #: Message ids: one event of the kind, several, and a sentence for whoever plans one.
    label: str
    plural: str
    purpose: str
    #: Category in calendars (RFC 5545 CATEGORIES), a message id.
    calendar_category: str
    questions: tuple[Question, ...] = ()
    #: What a part of such an event is called, as a message id; None when it has no parts.
    part_label: str | None = None
    default_capacity: int | None = None
    #: How long before the start guests are reminded.
    reminder_offsets: tuple[timedelta, ...] = USUAL_REMINDERS
    #: How many guests must have come for the event to count as held.
    held_from_people: int = 1
    #: Whether law-enforcement organizations may host it.
    is_open_to_police_hosts: bool = False
    #: What the calendar shows on a guest's shared screen instead of the title; None for the title.
    neutral_title: str | None = None
    #: Whether an event is taken for one of this kind where its source does not say; true of one kind.
    is_fallback: bool = False
    #: What its report adds, as a message id for the organizer who closes it.
    report_note: str = N_("Count everybody in the room who came as a guest.")
