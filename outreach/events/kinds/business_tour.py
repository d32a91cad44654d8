"""Business tours: business owners, newcomers and long-time residents, visit each other's shops."""

from outreach.events.kinds.base import EventKind
from outreach.events.questions import Question
from outreach.i18n import N_

KIND = EventKind(
    id="business_tour",
    label=N_("Business tour"),
    plural=N_("Business tours"),
    purpose=N_("Business owners visit each other's shops and share what they know."),
    calendar_category=N_("Business tour"),
    questions=(
        Question("owns_business", N_("Do you own a business or plan to start one?"), "yes_no"),
        Question("trade", N_("What does your business do?"), "short_text"),
    ),
    part_label=N_("Stop"),
    default_capacity=20,
    report_note=N_("Count visitors. Owners who show their shop on this tour are hosts."),
)
