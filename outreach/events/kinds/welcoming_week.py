"""Welcoming Week events: neighbors old and new meet over food, music, games or work."""

from outreach.events.kinds.base import EventKind
from outreach.events.questions import Question
from outreach.i18n import N_

KIND = EventKind(
    id="welcoming_week",
    label=N_("Welcoming Week event"),
    plural=N_("Welcoming Week events"),
    purpose=N_("Neighbors old and new meet: a picnic, a concert, a game, a shared job."),
    calendar_category=N_("Welcoming Week"),
    questions=(
        Question("bring", N_("Would you like to bring a dish or something to share?"), "yes_no"),
        Question("help", N_("Would you like to help set up or clean up?"), "yes_no"),
    ),
)
