"""When each holding of the inventory goes, and what a demand could get until then; pure.

From it are made the schedule that a public operator adopts before the first purge, and the public answer to
"what could somebody be made to give". It says nothing of any law: a lawyer of the place must look at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from outreach.i18n import N_

_EVENT_ENDS, _HOURS_72 = N_("The event ends"), N_("72 hours")
_NEVER_DELETED = N_("Never deleted")
_NOTHING = N_("Nothing")
_AS_COUNTS = N_("The same numbers")
_SEALED_OF_OPEN_EVENTS = N_(
    "This, for events to come and of the last 3 days. It is encrypted, and whoever has the key can open it."
)


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one holding is kept; all sentences are message ids."""

    #: From when on the period counts.
    trigger: str
    period: str
    #: What a demand of this day would yield, and one after the deletion.
    yields: str
    after: str = _NOTHING


#: By the id of the holding.
RULES: Mapping[str, Rule] = {
    "identity": Rule(_EVENT_ENDS, _HOURS_72, _SEALED_OF_OPEN_EVENTS),
    "party": Rule(_EVENT_ENDS, _HOURS_72, _SEALED_OF_OPEN_EVENTS),
    "registration": Rule(
        _EVENT_ENDS, _HOURS_72, N_("For events to come and of the last 3 days: codes, group sizes and needs")
    ),
    "lookup": Rule(
        _EVENT_ENDS,
        _HOURS_72,
        N_("Scrambled numbers; whoever has the key can try out all numbers of a region in minutes"),
    ),
    "consent": Rule(
        N_("The last text to the number"),
        N_("5 years"),
        N_("Scrambled numbers with a yes or no to texts, and its words; the key could tell the numbers"),
    ),
    "news": Rule(
        N_("The last word from the number"),
        N_("12 months"),
        N_("Numbers and languages of those who want news, with no event"),
    ),
    "texts": Rule(
        N_("The event ends, or the text is dealt with"),
        _HOURS_72,
        N_("Texts of the last days with their numbers. Phone companies keep records of their own."),
        N_("From us nothing. Phone companies keep records of their own."),
    ),
    "assignment": Rule(
        N_("The texts are dealt with"), N_("At once"), N_("Who of the staff answers which scrambled number")
    ),
    "reveals": Rule(
        N_("The request"),
        N_("2 years"),
        N_("Which of the staff asked for and saw a scrambled number, and why"),
    ),
    "calls": Rule(
        N_("The call"), N_("1 day"), N_("Keys that were pressed in calls of the last day, with the number")
    ),
    "counts": Rule(_NEVER_DELETED, _NEVER_DELETED, N_("Numbers of people at each event"), _AS_COUNTS),
    "ballots": Rule(
        N_("The quarter ends"),
        N_("30 days"),
        N_("Four numbers for each event, and no answer of a person"),
        N_("The sums of many events, as plain numbers"),
    ),
    "languages": Rule(
        _NEVER_DELETED,
        _NEVER_DELETED,
        N_("How many people registered in each language, for the region and three months"),
        _AS_COUNTS,
    ),
    "cards": Rule(
        N_("The quarter ends"),
        N_("30 days"),
        N_(
            "Scrambled codes of cards, at which events they were shown, and what was said; no number, no name"
        ),
        N_("How many people met again, as plain numbers"),
    ),
}
