"""Convenings: organizations and residents come together to plan, celebrate or decide."""

from outreach.events.kinds.base import DAY_BEFORE, EventKind
from outreach.events.questions import Question
from outreach.i18n import N_

KIND = EventKind(
    id="convening",
    label=N_("Convening"),
    plural=N_("Convenings"),
    purpose=N_("Organizations and residents come together to plan, to celebrate or to decide."),
    calendar_category=N_("Convening"),
    questions=(Question("organization", N_("Do you come for an organization? Which one?"), "short_text"),),
    part_label=N_("Session"),
    reminder_offsets=(DAY_BEFORE,),
    is_fallback=True,
)
