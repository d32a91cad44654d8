"""Workshops: people learn something together, from English to starting a business."""

from outreach.events.kinds.base import EventKind
from outreach.events.questions import Question
from outreach.i18n import N_

KIND = EventKind(
    id="workshop",
    label=N_("Workshop"),
    plural=N_("Workshops"),
    purpose=N_("People learn something together."),
    calendar_category=N_("Workshop"),
    questions=(Question("hope", N_("What do you hope to learn?"), "short_text"),),
    part_label=N_("Session"),
    default_capacity=30,
    # A workshop can be about a private matter, and calendars are shared in families.
    neutral_title=N_("Appointment"),
)
