"""Tables of the engagement feature."""

from outreach.engagement.models import change_triggers
from outreach.engagement.models.ballot_batch import BallotBatch
from outreach.engagement.models.card import CardAnswer, CardProgram, CardQuarter, CardTotal, CardVisit
from outreach.engagement.models.edition import Edition
from outreach.engagement.models.edition_event import EditionEvent
from outreach.engagement.models.edition_statistics import EditionStatistics
from outreach.engagement.models.engagement_change import EngagementChange
from outreach.engagement.models.engagement_sums import EngagementSums
from outreach.engagement.models.event_tally import EventTally
from outreach.engagement.models.talk_tally import TalkTally
from outreach.engagement.models.talk_total import TalkTotal

__all__ = [
    "BallotBatch", "CardAnswer", "CardProgram", "CardQuarter", "CardTotal", "CardVisit", "Edition",
    "EditionEvent", "EditionStatistics", "EngagementChange", "EngagementSums", "EventTally", "TalkTally",
    "TalkTotal",
]  # fmt: skip

change_triggers.lay()
