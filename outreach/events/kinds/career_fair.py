"""Career fairs: job seekers and students meet employers."""

from outreach.events.kinds.base import EventKind
from outreach.events.questions import Question
from outreach.i18n import N_

KIND = EventKind(
    id="career_fair",
    label=N_("Career fair"),
    plural=N_("Career fairs"),
    purpose=N_("Job seekers and students meet employers of the region."),
    calendar_category=N_("Career fair"),
    questions=(
        Question(
            "looking_for",
            N_("What are you looking for?"),
            "choice",
            (
                ("job", N_("A job")),
                ("internship", N_("An internship")),
                ("training", N_("Training")),
                ("advice", N_("Advice")),
            ),
        ),
        Question("field", N_("Which kind of work?"), "short_text"),
    ),
    part_label=N_("Round"),
    default_capacity=200,
    report_note=N_("Count job seekers. People at employers' tables are not guests."),
)
