"""Trust trainings: residents and local officers learn from each other."""

from outreach.events.kinds.base import EventKind
from outreach.events.questions import Question
from outreach.i18n import N_

KIND = EventKind(
    id="trust_training",
    label=N_("Trust training"),
    plural=N_("Trust trainings"),
    purpose=N_("Residents and local officers learn from each other and build trust."),
    calendar_category=N_("Training"),
    questions=(
        Question(
            "topic",
            N_("Which topic matters most to you?"),
            "choice",
            (
                ("emergency", N_("How to get help in an emergency")),
                ("report", N_("How to report a crime")),
                ("traffic", N_("Traffic stops")),
                ("youth", N_("Young people and police")),
                ("complaint", N_("How to make a complaint")),
            ),
        ),
    ),
    part_label=N_("Session"),
    default_capacity=40,
    is_open_to_police_hosts=True,
    report_note=N_("Count residents only. Officers, staff and speakers are not guests."),
)
